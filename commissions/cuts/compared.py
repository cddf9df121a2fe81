"""A cut beside the same of the period before."""

from dataclasses import dataclass, replace

from commissions.cuts.asked import Asked
from commissions.cuts.clicked import (
    Clicks,
    click_key,
    clicks_of,
    counted,
    has_clicks,
    rows_of_clicks_alone,
)
from commissions.cuts.cut import Cut, Row, Sums, TooManyGroups, cut
from commissions.cuts.days import Span
from commissions.cuts.enums import BY_TIME, CutBy
from commissions.models import Programme
from publishers.click_counts import Counted

WHOLE_BP = 10_000


@dataclass(frozen=True)
class Pair:
    """A group and its counterpart in the period before; `before` None: it has none.

    former: the counterpart's days, of a group by time. clicked, clicked_before: with their clicks;
    None: they were not asked for, or cannot be told.
    """

    row: Row
    before: Sums | None
    former: Span | None = None
    clicked: Clicks | None = None
    clicked_before: Clicks | None = None

    @property
    def difference_cents(self) -> int | None:
        """How much more commission than before."""
        return None if self.before is None else difference(self.row.sums, self.before)

    @property
    def difference_bp(self) -> int | None:
        """The same in hundredths of a percent of what was before; None where that was nothing."""
        return None if self.before is None else change_bp(self.row.sums, self.before)


@dataclass(frozen=True)
class Compared:
    """The groups of a cut with their counterparts, and both sums.

    Groups that there were before and are no more come last, with nothing in them; so do those that
    have clicks alone. clicks, clicks_before: in all; None: they were not asked for.
    """

    now: Cut
    pairs: list[Pair]
    total_before: Sums
    clicks: int | None = None
    clicks_before: int | None = None

    @property
    def total(self) -> Pair:
        """Everything there is, beside everything there was."""
        pair = Pair(Row("", self.now.total), self.total_before)
        if self.clicks is None or self.clicks_before is None:
            return pair
        return replace(
            pair,
            clicked=clicks_of(self.clicks, self.now.total),
            clicked_before=clicks_of(self.clicks_before, self.total_before),
        )

    @property
    def clicks_beyond(self) -> int:
        """Clicks of the period that are in no group's row, there being too many groups."""
        return (self.clicks or 0) - sum(one.clicked.clicks for one in self.pairs if one.clicked)


def difference(now: Sums, before: Sums) -> int:
    """How much more commission, in cents."""
    return now.commission_cents - before.commission_cents


def change_bp(now: Sums, before: Sums) -> int | None:
    """The difference in hundredths of a percent of before, to the nearest; None: nothing was."""
    if not before.commission_cents:
        return None
    share, size = difference(now, before) * WHOLE_BP, abs(before.commission_cents)
    rounded = (2 * abs(share) + size) // (2 * size)
    return -rounded if share < 0 else rounded


def compared_as_shown(
    asked: Asked, by: CutBy, before: Span, *, most: int | None = None
) -> Compared:
    """What pages, files and the API show: with clicks where they can be held against the lines."""
    if clicks_are_told(asked, by):
        return compared_with_clicks(asked, by, before, most=most)
    return compared(asked, by, before, most=most)


def clicks_are_told(asked: Asked, by: CutBy) -> bool:
    """Whether a cut is shown with clicks.

    A click is of a source and of no programme: of several, nobody knows which it was for.
    """
    return has_clicks(asked, by) and Programme.objects.count() == 1


def compared(asked: Asked, by: CutBy, before: Span, *, most: int | None = None) -> Compared:
    """The lines asked for, cut, beside those of the period before: two questions.

    Days stand beside days in their order, where both periods have as many; other groups beside
    those of the same key.

    most: groups with lines in either period; TooManyGroups is raised where there are more.
    """
    now, then = cut(asked, by, most=most), cut(asked.of(before), by, most=most)
    if by in BY_TIME:
        if len(now.rows) != len(then.rows):
            return Compared(now, [Pair(row, None) for row in now.rows], then.total)
        both = zip(now.rows, then.rows, strict=True)
        pairs = [Pair(row, former.sums, former.span) for row, former in both]
        return Compared(now, pairs, then.total)
    had = {row.identity: row for row in then.rows}
    pairs = [Pair(row, _sums_of(had.pop(row.identity, None))) for row in now.rows]
    gone = [Row(row.key, Sums(), lacking=row.lacking) for row in had.values()]
    pairs += [Pair(row, had[row.identity].sums) for row in gone]
    if most is not None and len(pairs) > most:
        raise TooManyGroups
    return Compared(Cut(by, [pair.row for pair in pairs], now.total), pairs, then.total)


def _sums_of(row: Row | None) -> Sums:
    return row.sums if row else Sums()


def compared_with_clicks(
    asked: Asked, by: CutBy, before: Span, *, most: int | None = None
) -> Compared:
    """The same with the clicks of both periods: three questions. Ask `has_clicks` first."""
    found = compared(asked, by, before, most=most)
    if asked.span is None:
        raise ValueError("A cut is of a period.")
    keys = [] if by in BY_TIME else [pair.row.key for pair in found.pairs]
    then, now = counted(asked, by, [before, asked.span], keys)
    pairs = list(found.pairs)
    if by not in BY_TIME:
        rows, clicked = [pair.row for pair in pairs], {*now.by_key, *then.by_key}
        pairs += [Pair(row, Sums()) for row in rows_of_clicks_alone(by, rows, clicked)]
    pairs = [_with_clicks(pair, now, then) for pair in pairs]
    if by not in BY_TIME:
        earning = [pair for pair in pairs if pair.row.sums.lines]
        others = [pair for pair in pairs if not pair.row.sums.lines]
        others.sort(key=lambda one: -(one.clicked.clicks if one.clicked else 0))
        pairs = earning + others
    cut_now = Cut(by, [pair.row for pair in pairs], found.now.total)
    return Compared(cut_now, pairs, found.total_before, now.total, then.total)


def _with_clicks(pair: Pair, now: Counted, then: Counted) -> Pair:
    key = click_key(pair.row)
    if key is None:
        return pair
    former = pair.former.first.isoformat() if pair.former else key
    before = pair.before
    return replace(
        pair,
        clicked=clicks_of(now.by_key.get(key, 0), pair.row.sums),
        clicked_before=None if before is None else clicks_of(then.by_key.get(former, 0), before),
    )
