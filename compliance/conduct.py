"""The programme's clauses of conduct (F3, F4, F32-F37): which holds, and from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from compliance.detectors.marking import gettext_noop as _

# A clause begins with its day in the programme's zone.
PROGRAMME_ZONE = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Clause:
    """`starts` is the first day in the programme's zone; None: undated, it holds always."""

    code: str
    starts: date | None
    sentence: str

    @property
    def starts_at(self) -> datetime | None:
        """The instant from which the clause holds."""
        if self.starts is None:
            return None
        return datetime.combine(self.starts, time(), tzinfo=PROGRAMME_ZONE)

    def holds(self, at: datetime) -> bool:
        """Whether the clause is in force at this instant (with an offset)."""
        starts_at = self.starts_at
        return starts_at is None or at >= starts_at


_CLAUSES = (
    Clause(
        "F3",
        date(2020, 6, 8),
        _(
            "A browser extension must not open pop-ups by itself on the merchant's site and "
            "must not alter the site's code; notices inside its icon are allowed."
        ),
    ),
    Clause(
        "F4",
        date(2020, 7, 6),
        _(
            "A browser extension must not redirect users to affiliate links on the merchant's "
            "site; to the publisher's own site it may lead by individual agreement."
        ),
    ),
    Clause(
        "F32",
        None,
        _(
            "The brand's name, a misspelling of it or a name like it must not be in the domain "
            "name of a source."
        ),
    ),
    Clause(
        "F33",
        None,
        _(
            "The header of a site and the logo of a community must not carry the merchant's "
            "logo or its parts; its favicon must not be copied."
        ),
    ),
    Clause(
        "F34",
        None,
        _(
            "It must be plain to a visitor that the site is a third party's, unconnected with "
            "the merchant."
        ),
    ),
    Clause(
        "F35",
        None,
        _(
            "A visit must be the visitor's free and conscious wish; cookie stuffing is "
            "forbidden in every form."
        ),
    ),
    Clause(
        "F36",
        None,
        _("No content may teach deceiving sellers, and none may harm the merchant's reputation."),
    ),
    Clause(
        "F37",
        None,
        _(
            "Affiliate and referral links must not be placed on the merchant's site, product "
            "reviews included."
        ),
    ),
)

CLAUSES: Mapping[str, Clause] = MappingProxyType({clause.code: clause for clause in _CLAUSES})
