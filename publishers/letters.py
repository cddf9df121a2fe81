"""Letters to publishers: written when something is to be told, sent by a job.

The row is the work. A letter is written once for its key, and sent at least once: where the
process dies between the mail server's yes and the note of it, the letter goes again, under the
same Message-ID.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import override

from publishers.enums import ALWAYS_SENT, LetterKind
from publishers.models import Letter, Publisher
from publishers.queries import blocked_ids

WRITTEN_AT_ONCE = 5_000
SENT_AT_ONCE = 100
# A run holds the clock; what is left is taken up by the next ring.
SENT_IN_A_RUN = 1_000
SUBJECT, ERROR = 200, 500  # characters
# How long after it was written a letter is tried, after so many failures; then staff look at it.
# A mail server that defers strangers takes the second or third try.
TRIED_AFTER = (timedelta(), *(timedelta(minutes=minutes) for minutes in (2, 15, 60, 240)))
ATTEMPTS = len(TRIED_AFTER)
# What goes wrong with a letter. Answers are about it alone; anything else ends the connection.
LETTER_ERRORS = (SMTPException, OSError, ValueError)
ANSWERS = (SMTPResponseException, SMTPRecipientsRefused, ValueError)


@dataclass(frozen=True)
class Words:
    """What a letter says, in one language."""

    subject: str
    text: str


@dataclass(frozen=True)
class Owed:
    """A letter to be written. `words` is called while the publisher's language is active.

    to_blocked: it concerns a block or what led to one, and is written to a blocked account too.
    kind: what it is about; a publisher who does without letters of the kind has it kept, not sent.
    address: whose letter it is; empty: the publisher's own.
    """

    key: str
    publisher: Publisher
    words: Callable[[], Words]
    to_blocked: bool = False
    kind: LetterKind = LetterKind.NEWS
    address: str = ""


def worded(name: str, context: Mapping[str, Any]) -> Words:
    """`letters/<name>_subject.txt` and `letters/<name>.txt`, in the active language.

    A subject is one line of at most 200 characters; paragraphs are one empty line apart, whatever
    the template leaves out.
    """
    subject = " ".join(render_to_string(f"letters/{name}_subject.txt", dict(context)).split())
    text = render_to_string(f"letters/{name}.txt", dict(context))
    paragraphs = re.sub(r"\n\s*\n", "\n\n", text).strip()
    return Words(Truncator(subject).chars(SUBJECT), paragraphs + "\n")


def language_of(publisher: Publisher) -> str:
    """The language of a publisher's letters: Russian, else English."""
    return "ru" if publisher.language.lower().startswith("ru") else "en"


def write_letters(owed: Iterable[Owed], *, at: datetime) -> None:
    """Write letters that are not written yet, by their keys; to blocked accounts only what concerns
    their block.

    Within the caller's transaction: what is undone is told to nobody.
    """
    letters = iter(owed)
    while chunk := list(islice(letters, WRITTEN_AT_ONCE)):
        blocked = blocked_ids([one.publisher.pk for one in chunk])
        Letter.objects.bulk_create(
            (
                _letter(one, at)
                for one in chunk
                if one.to_blocked or one.publisher.pk not in blocked
            ),
            ignore_conflicts=True,
        )


def _letter(owed: Owed, at: datetime) -> Letter:
    language = language_of(owed.publisher)
    with override(language):
        words = owed.words()
    return Letter(
        key=owed.key,
        publisher=owed.publisher,
        kind=owed.kind,
        wanted=owed.kind in ALWAYS_SENT or owed.kind not in owed.publisher.letters_off,
        address=owed.address or owed.publisher.email,
        language=language,
        subject=words.subject,
        text=words.text,
        made_at=at,
    )


def _unsent() -> QuerySet[Letter]:
    return Letter.objects.filter(sent_at__isnull=True, wanted=True)


def letter_waits(until: datetime) -> datetime | None:
    """When the first of the unsent letters was, or is, to be tried; None: none waits."""
    waiting = _unsent().filter(attempts__lt=ATTEMPTS).order_by()
    first = waiting.values_list("attempts").annotate(Min("made_at"))
    return min((made + TRIED_AFTER[attempts] for attempts, made in first), default=None)


def send_letters(*, at: datetime) -> dict[str, int]:
    """Try the letters that are due, each once and at most SENT_IN_A_RUN of them.

    Returns how many were `sent` and how many `failed`.
    A letter that cannot be delivered keeps the error and stops no other. Raises the mail server's
    own error where the server cannot be reached: that is no letter's fault, and all wait.
    """
    done = {"sent": 0, "failed": 0}
    last = 0
    connection = get_connection()
    try:
        while sum(done.values()) < SENT_IN_A_RUN:
            connection.open()
            tried = _send_some(connection, at=at, after=last)
            if not tried:
                break
            last = tried[-1].pk
            for letter in tried:
                done["sent" if letter.sent_at else "failed"] += 1
    finally:
        connection.close()
    return done


@transaction.atomic
def _send_some(connection: BaseEmailBackend, *, at: datetime, after: int) -> list[Letter]:
    """Try the next letters, and note what became of them; ends early where the server hangs up."""
    due = Q()
    for attempts, delay in enumerate(TRIED_AFTER):
        due |= Q(attempts=attempts, made_at__lte=at - delay)
    waiting = _unsent().filter(due, pk__gt=after).order_by("pk")
    tried: list[Letter] = []
    for letter in waiting.select_for_update(skip_locked=True)[:SENT_AT_ONCE]:
        tried.append(letter)
        try:
            _send(connection, letter)
        except LETTER_ERRORS as error:
            letter.attempts += 1
            letter.error = f"{type(error).__name__}: {error}"[:ERROR]
            if not isinstance(error, ANSWERS):
                connection.close()
                break
        else:
            letter.sent_at, letter.error = at, ""
    Letter.objects.bulk_update(tried, ["sent_at", "attempts", "error"])
    return tried


def _send(connection: BaseEmailBackend, letter: Letter) -> None:
    """Hand one letter to the mail server; raises what the server or the letter has against it."""
    message = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[letter.address],
        connection=connection,
        headers={
            "Message-ID": f"<letter-{letter.pk}@{settings.PERMILLE_SITE_HOSTS[0]}>",
            "Content-Language": letter.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if not message.send():
        raise ValueError("The letter has no address to go to.")
