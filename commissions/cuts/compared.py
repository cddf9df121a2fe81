"""A cut beside the same of the period before."""

from dataclasses import dataclass

from commissions.cuts.asked import Asked
from commissions.cuts.cut import Cut, Row, Sums, cut
from commissions.cuts.days import Span
from commissions.cuts.enums import BY_TIME, CutBy

WHOLE_BP = 10_000


@dataclass(frozen=True)
class Pair:
    """A group and its counterpart in the period before; `before` None: it has none.

    former: the counterpart's days, of a group by time.
    """

    row: Row
    before: Sums | None
    former: Span | None = None

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

    Groups that there were before and are no more come last, with nothing in them.
    """

    now: Cut
    pairs: list[Pair]
    total_before: Sums

    @property
    def total(self) -> Pair:
        """Everything there is, beside everything there was."""
        return Pair(Row("", self.now.total), self.total_before)


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


def compared(asked: Asked, by: CutBy, before: Span) -> Compared:
    """The lines asked for, cut, beside those of the period before: two questions.

    Days stand beside days in their order, where both periods have as many; other groups beside
    those of the same key.
    """
    now, then = cut(asked, by), cut(asked.of(before), by)
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
    return Compared(Cut(by, [pair.row for pair in pairs], now.total), pairs, then.total)


def _sums_of(row: Row | None) -> Sums:
    return row.sums if row else Sums()
