"""Clicks beside a cut's lines: how many lead to an order, and what a hundred of them earn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commissions.cuts.asked import Asked
from commissions.cuts.cut import Row, Sums
from commissions.cuts.days import Span, buckets
from commissions.cuts.enums import BY_TIME, SUBS, CutBy, DateKind, Lacking
from publishers.click_counts import BY_PLACE, Counted, click_counts

WHOLE_BP = 10_000
# Of these a click knows; of a country, a rule or a status it does not.
BY_CLICK = (*BY_TIME, CutBy.SOURCE, *SUBS)
OF_CLICK = {CutBy.SOURCE.value, *(sub.value for sub in SUBS)}


@dataclass(frozen=True)
class Clicks:
    """Clicks, beside the lines of every status and their commission (cents) of the same group."""

    clicks: int
    lines: int = 0
    commission_cents: int = 0

    @property
    def conversion_bp(self) -> int | None:
        """Lines for the clicks, in hundredths of a percent, to the nearest; None: no clicks."""
        return _shared(self.lines * WHOLE_BP, self.clicks)

    @property
    def per_hundred_cents(self) -> int | None:
        """What a hundred clicks earn, in cents, to the nearest; None: no clicks."""
        return _shared(self.commission_cents * 100, self.clicks)


def clicks_of(count: int, sums: Sums) -> Clicks:
    """Clicks beside the sums of their group."""
    return Clicks(count, sums.lines, sums.commission_cents)


def click_key(row: Row) -> str | None:
    """What clicks of a row's group have; None: the row is of lines whose click is not known."""
    return None if row.lacking == Lacking.CLICK else row.key


def rows_of_clicks_alone(by: CutBy, rows: Iterable[Row], keys: Iterable[str]) -> list[Row]:
    """Rows with nothing in them, for the keys of clicks that no row of lines has."""
    known = {click_key(row) for row in rows}
    return [
        Row(key, Sums(), lacking=by.value if key == "" and by in SUBS else "")
        for key in sorted({*keys} - known)
    ]


def _shared(amount: int, among: int) -> int | None:
    if not among:
        return None
    rounded = (2 * abs(amount) + among) // (2 * among)
    return -rounded if amount < 0 else rounded


def has_clicks(asked: Asked, by: CutBy) -> bool:
    """Whether clicks can be held against the lines asked for.

    They cannot where lines are chosen or grouped by what a click does not know, nor where days are
    those of settling.
    """
    names = {name for name, _value in asked.filters}
    lacking = {what.value for what in asked.lacking}
    return (
        by in BY_CLICK
        and asked.dates != DateKind.SETTLED
        and names | lacking <= OF_CLICK
        # Of what has a value and lacks it, there is nothing.
        and not names & lacking
    )


def counted(asked: Asked, by: CutBy, spans: Sequence[Span], known: Sequence[str]) -> list[Counted]:
    """The clicks of periods that follow each other, the earliest first: one question.

    Their keys are those of the rows of a cut; empty: the sub id is. known: keys that are counted
    however few clicks they have.
    """
    parts = [one for span in spans for one in (buckets(span, by) if by in BY_TIME else [span])]
    found = click_counts(
        asked.publisher_id,
        BY_PLACE if by in BY_TIME else by.value,
        [(span.starts_at, span.ends_at) for span in spans],
        starts=[one.starts_at for one in parts],
        only={**dict(asked.filters), **{what.value: "" for what in asked.lacking}},
        known=known,
    )
    if by in BY_TIME:
        for one in found:
            days = {parts[int(place)].first.isoformat(): n for place, n in one.by_key.items()}
            one.by_key = days
    return found
