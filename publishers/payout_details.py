"""Where publishers are paid to: taken, told apart and shown without keeping the number."""

import re
import unicodedata
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from publishers.models.payout_details import PayoutDetails, PayoutKind
from publishers.models.publisher import Publisher

_SALT = "publishers.payout_details"
_BETWEEN = re.compile(r"[\s\-.·_/]+")  # what people write into a number to read it
_FORMS = {
    PayoutKind.CARD: re.compile(r"[0-9]{12,19}"),
    PayoutKind.BANK_ACCOUNT: re.compile(r"[A-Z0-9]{8,34}"),
    PayoutKind.EMAIL_WALLET: re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{1,63}"),
    PayoutKind.WALLET: re.compile(r"[A-Za-z0-9]{5,128}"),
}


class DetailsRefused(ValueError):
    """A number that cannot be one of its kind; the message says what is expected."""


@transaction.atomic
def set_payout_details(*, publisher_id: int, kind: str, number: str, at: datetime) -> PayoutDetails:
    """Pay this publisher to `number` from `at` on; the details before end there.

    The same details again change nothing. Raises DetailsRefused for a number that is none of its
    kind, or where the details in force began at `at` or later. The message never has the number.
    """
    Publisher.objects.select_for_update().get(pk=publisher_id)
    known = normalised(kind, number)
    details = PayoutDetails(
        publisher_id=publisher_id, kind=kind, fingerprint=fingerprint(kind, known),
        masked=masked(kind, known), valid_from=at,
    )  # fmt: skip
    standing = PayoutDetails.objects.filter(publisher_id=publisher_id, valid_to__isnull=True)
    before = standing.first()
    if before is not None:
        if (before.kind, before.fingerprint) == (kind, details.fingerprint):
            return before
        if before.valid_from >= at:
            raise DetailsRefused(
                _("Other details hold from %(instant)s on: choose a later time.")
                % {"instant": before.valid_from.isoformat()}
            )
        standing.update(valid_to=at)
    details.save()
    return details


def normalised(kind: str, number: str) -> str:
    """The number in the one form in which equal ones are equal. Raises DetailsRefused.

    Spaces, hyphens and dots within do not count; e-mail addresses and bank accounts are the same in
    either letter case; numbers of wallets are not, unless they are hexadecimal.
    """
    text = unicodedata.normalize("NFKC", number).strip()
    if kind == PayoutKind.EMAIL_WALLET:
        text = text.lower()
    else:
        text = _BETWEEN.sub("", text)
        if kind == PayoutKind.BANK_ACCOUNT:
            text = text.upper()
        elif text[:2].lower() == "0x":
            text = text.lower()
    if not _FORMS[PayoutKind(kind)].fullmatch(text):
        raise DetailsRefused(
            _("This is no number of a %(kind)s: write it as the bank or the wallet shows it.")
            % {"kind": PayoutKind(kind).label}
        )
    return text


def fingerprint(kind: str, known: str) -> str:
    """A keyed hash of a normalised number, 64 hexadecimal digits. The key is the secret key."""
    return salted_hmac(_SALT, f"{kind}:{known}", algorithm="sha256").hexdigest()


def masked(kind: str, known: str) -> str:
    """A normalised number as it may be shown: its end, or an address's first letter and host."""
    if kind == PayoutKind.EMAIL_WALLET:
        name, _at, host = known.rpartition("@")
        return f"{name[0]}•••@{host}"[:64]
    return f"•••• {known[-4:]}"


def held_by_several(at: datetime) -> list[tuple[int, str, str, str, datetime]]:
    """(publisher id, code, fingerprint, masked, since) of details set by `at`.

    Only those that more than one publisher has had, then or before, by fingerprint and time.
    """
    had = PayoutDetails.objects.filter(valid_from__lte=at)
    elsewhere = had.filter(fingerprint=OuterRef("fingerprint")).exclude(
        publisher_id=OuterRef("publisher_id")
    )
    names = ("publisher_id", "publisher__code", "fingerprint", "masked", "valid_from")
    shared = had.filter(Exists(elsewhere)).order_by("fingerprint", "valid_from", "publisher_id")
    return list(shared.values_list(*names))
