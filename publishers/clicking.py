"""A click as it happens: kept in the database before the visitor is sent on."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from publishers.merchant_links import SUBS, Target
from publishers.prepared import prepared_cursor, unchecked
from publishers.sql import sql

# Without I, L, O and U, which are misread; in the order of their codes, so that ids sort by time.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS, _TIME_DIGITS, _ALL_DIGITS = 80, 10, 26
LONGEST_REFERRER = 2_000
LONGEST_WORD = 32


@dataclass(frozen=True)
class Visit:
    """What a visitor's browser said: where from (Referer), what loaded the link (Sec-Fetch-...)."""

    referrer: str
    fetch_dest: str
    fetch_mode: str
    fetch_site: str
    fetch_user: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Visit":
        """As kept: without NUL, and no longer than fits. A visitor is never turned away for it.

        environ: the request's headers by their names in WSGI.
        """

        def word(name: str, most: int = LONGEST_WORD) -> str:
            return environ.get(name, "").replace("\x00", "")[:most]

        return cls(
            referrer=word("HTTP_REFERER", LONGEST_REFERRER),
            fetch_dest=word("HTTP_SEC_FETCH_DEST"),
            fetch_mode=word("HTTP_SEC_FETCH_MODE"),
            fetch_site=word("HTTP_SEC_FETCH_SITE"),
            fetch_user=word("HTTP_SEC_FETCH_USER"),
        )


@dataclass(frozen=True)
class Recorded:
    """A click that is in the database. attributed: its source's account may be named."""

    click_id: str
    attributed: bool


def new_click_id(at: datetime) -> str:
    """26 digits and letters: 48 bits of milliseconds, 80 of chance.

    Ids of one time lie side by side in their index; nobody guesses another's.
    """
    number = int(at.timestamp() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_ALL_DIGITS)))


def record_click(
    *, source: str, target: Target, visit: Visit, subs: Mapping[str, str], at: datetime
) -> Recorded | None:
    """Keep a click on a source's link; None where no source has the code.

    One statement, committed when it returns: what is answered afterwards is stored. Where the
    connection was lost meanwhile, it is done anew with another id: whether the first came to be
    stored, nobody can tell.
    """
    return unchecked(lambda: _record(source, target, visit, subs, at))


def _record(
    source: str, target: Target, visit: Visit, subs: Mapping[str, str], at: datetime
) -> Recorded | None:
    click_id = new_click_id(at)
    row = {
        "click_id": click_id,
        "source": source,
        "at": at,
        "product_id": target.product_id,
        **vars(visit),
        **{name: subs.get(name, "") for name in SUBS},
    }
    with prepared_cursor() as cursor:
        cursor.execute(sql("click_record"), row)
        found = cursor.fetchone()
    return None if found is None else Recorded(click_id, attributed=not found[0])
