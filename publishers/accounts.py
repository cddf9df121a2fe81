"""An account's life: opened, described by its people, closed and opened again."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from publishers.enums import ALWAYS_SENT, LetterKind, Role
from publishers.models import AccountBlock, AccountClosing, Publisher, Source, TermsConsent, User
from publishers.operations import end_access, suspend_source, undo_suspension

# The terms that somebody accepts now; another day with every change of their words.
TERMS_VERSION = date(2026, 11, 1)
# What the suspension of a closed account's sources rests on.
CLOSED = "closed"
REOPENED_WITHIN = timedelta(days=30)
LONGEST_CODE = 40  # characters, the number that makes it unique left out
CODE_TRIES = 50
_LATIN = dict(
    zip(
        "абвгдезийклмнопрстуфхцчшщыэюяёіїєґўъь",
        [*"abvgde", "z", "i", "i", *"klmnoprstuf", "h", "c", "ch", "sh", "sch", "y", "e", "yu",
         "ya", "e", "i", "i", "e", "g", "u", "", ""],
        strict=True,
    )
) | {"ж": "zh"}  # fmt: skip


class AccountRefused(Exception):
    """What was asked for an account is not done; one sentence says why."""


@dataclass(frozen=True)
class NewAccount:
    """What somebody says who signs up. country: two letters, or empty; language: en or ru."""

    name: str
    email: str
    country: str
    language: str


@dataclass(frozen=True)
class Profile:
    """What a publisher says of itself. time_zone: a zone's name, or empty for the programme's."""

    name: str
    country: str
    language: str
    time_zone: str


def code_from(name: str) -> str:
    """A code that stands in links, made from a name: its letters in Latin, hyphens between words.

    A name without such letters gives `publisher`.
    """
    plain = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_CODE].strip("-")
    return code or "publisher"


@transaction.atomic
def open_account(new: NewAccount, *, owner: User, at: datetime) -> Publisher:
    """A publisher, its owner, and the owner's consent to the terms of now.

    owner: not yet stored, with name and password; it is stored here. Raises AccountRefused where
    no code is free.
    """
    publisher = _publisher(new, at)
    owner.publisher = publisher
    owner.role = Role.OWNER
    owner.email = new.email
    owner.save()
    TermsConsent.objects.create(
        publisher=publisher, user=owner, version=TERMS_VERSION, accepted_at=at
    )
    return publisher


def _publisher(new: NewAccount, at: datetime) -> Publisher:
    """The row, under the first code that nobody has: `name`, `name-2`, `name-3`."""
    base = code_from(new.name)
    taken = set(Publisher.objects.filter(code__startswith=base).values_list("code", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + CODE_TRIES))
    for code in (base, *numbered):
        if code in taken:
            continue
        try:
            with transaction.atomic():
                return Publisher.objects.create(
                    code=code,
                    email=new.email,
                    name=new.name,
                    country=new.country,
                    language=new.language,
                    registered_at=at,
                )
        except IntegrityError:
            # Somebody of the same name was quicker.
            continue
    raise AccountRefused(_("No code is free for the name %(name)s: choose another.")
                         % {"name": new.name})  # fmt: skip


def describe(publisher: Publisher, profile: Profile) -> None:
    """Write down what a publisher says of itself. Its code stays: it stands in links."""
    publisher.name = profile.name
    publisher.country = profile.country
    publisher.language = profile.language
    publisher.time_zone = profile.time_zone
    publisher.full_clean(exclude=["email"])
    publisher.save(update_fields=["name", "country", "language", "time_zone"])


@transaction.atomic
def describe_anew(publisher_id: int, said: Mapping[str, str]) -> Publisher:
    """Write down some of what a publisher says of itself, by the names of `Profile`."""
    publisher = Publisher.objects.select_for_update(no_key=True).get(pk=publisher_id)
    known = {field.name: getattr(publisher, field.name) for field in fields(Profile)}
    describe(publisher, Profile(**{**known, **said}))
    return publisher


def is_sent(publisher: Publisher, kind: LetterKind) -> bool:
    """Whether letters of a kind go out, and are not kept alone."""
    return kind in ALWAYS_SENT or kind not in publisher.letters_off


def choose_letters(publisher: Publisher, wanted: Collection[str]) -> None:
    """Which kinds of letters are sent; those about safety and cases always are."""
    publisher.letters_off = [
        kind for kind in LetterKind if kind not in ALWAYS_SENT and kind not in wanted
    ]
    publisher.save(update_fields=["letters_off"])


@dataclass(frozen=True)
class Standing:
    """Whether an account is blocked, and whether its people closed it."""

    is_blocked: bool
    is_closed: bool

    @property
    def is_shut(self) -> bool:
        """Whether nothing can be changed now."""
        return self.is_blocked or self.is_closed


def standing_of(publisher: Publisher) -> Standing:
    """How an account stands now, in one question."""
    own = {"publisher": OuterRef("pk")}
    blocks = AccountBlock.objects.filter(**own, valid_to__isnull=True)
    closings = AccountClosing.objects.filter(**own, reopened_at__isnull=True)
    row = Publisher.objects.filter(pk=publisher.pk).values_list(Exists(blocks), Exists(closings))
    return Standing(*row.get())


def closing_of(publisher: Publisher) -> AccountClosing | None:
    """The closing that stands; None where the account is open."""
    return AccountClosing.objects.filter(publisher=publisher, reopened_at__isnull=True).first()


@transaction.atomic
def close_account(publisher: Publisher, *, by: User, at: datetime) -> AccountClosing:
    """Close an account: its sources are suspended and every session ends. Twice is once.

    Its books stay as they are, and its people may sign in to read them.
    """
    Publisher.objects.select_for_update().get(pk=publisher.pk)
    standing = closing_of(publisher)
    if standing is not None:
        return standing
    for source_id in Source.objects.filter(publisher=publisher).values_list("pk", flat=True):
        suspend_source(source_id=source_id, ground=CLOSED, at=at)
    end_access(publisher_id=publisher.pk, at=at)
    return AccountClosing.objects.create(publisher=publisher, closed_at=at, closed_by=by)


@transaction.atomic
def reopen_account(publisher: Publisher, *, by: User, at: datetime) -> None:
    """Open a closed account again; its sources are as if they had never been suspended.

    Raises AccountRefused once its time is over.
    """
    Publisher.objects.select_for_update().get(pk=publisher.pk)
    standing = closing_of(publisher)
    if standing is None:
        return
    if at > standing.closed_at + REOPENED_WITHIN:
        raise AccountRefused(
            _("An account can be opened again for %(days)d days after it was closed. Write to us.")
            % {"days": REOPENED_WITHIN.days}
        )
    for source_id in Source.objects.filter(publisher=publisher).values_list("pk", flat=True):
        undo_suspension(source_id=source_id, ground=CLOSED, at=at)
    standing.reopened_at, standing.reopened_by = at, by
    standing.save(update_fields=["reopened_at", "reopened_by"])
