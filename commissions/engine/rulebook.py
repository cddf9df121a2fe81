"""A rulebook as the engine reads it: a decision table, cookie lives, cap, referral rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commissions.engine.conditions import Condition

# rate: a fixed rate; feed_rate: the product's own rate within bounds; nothing: rejected, with the
# rule's code as the reason; untracked: kept, but in no statistic.
OUTCOME_KINDS = ("rate", "feed_rate", "nothing", "untracked")


@dataclass(frozen=True)
class Outcome:
    """What a rule gives. Rates in hundredths of a percent; bounds included."""

    kind: str
    rate_bp: int = 0
    min_bp: int = 0
    max_bp: int = 0


@dataclass(frozen=True)
class Rule:
    """A row of the table: it matches where all its conditions hold."""

    id: int
    code: str
    conditions: tuple[Condition, ...]
    outcome: Outcome


@dataclass(frozen=True)
class CookieLife:
    """Days a click counts for orders to the countries of the set; None: all other countries."""

    set_code: str | None
    days: int


@dataclass(frozen=True)
class Rulebook:
    """Rules in force from `starts_at`. `cap_cents` None: an order has no cap."""

    id: int
    version: int
    starts_at: datetime
    rules: tuple[Rule, ...]
    cookie_lives: tuple[CookieLife, ...]
    cap_cents: int | None
    referral_bp: int


def calendar(rulebooks: Sequence[Rulebook]) -> tuple[Rulebook, ...]:
    """Rulebooks in order of their starts; of two with the same start the later version stays."""
    by_start: dict[datetime, Rulebook] = {}
    for book in sorted(rulebooks, key=lambda book: (book.starts_at, book.version)):
        by_start[book.starts_at] = book
    return tuple(by_start[start] for start in sorted(by_start))
