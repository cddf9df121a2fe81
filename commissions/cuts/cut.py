"""A cut: the lines asked for, grouped, with the sums of each group by status."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Sum, Value
from django.db.models.functions import Cast

from commissions import statistics
from commissions.cuts.asked import FILTERS, INSTANTS, Asked, lines_of
from commissions.cuts.days import Span, buckets
from commissions.cuts.enums import BY_TIME, SUBS, CutBy, DateKind, Lacking
from commissions.enums import LineStatus
from commissions.models import Programme
from publishers.models import Publisher

CONFIRMED = (LineStatus.CONFIRMED.value, LineStatus.PAID.value)


@dataclass
class Sums:
    """Lines, sales and commission (cents) by status, and in all."""

    by_status: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, status: str, lines: int, base_cents: int, commission_cents: int) -> None:
        """Count so much more of a status."""
        had = self.by_status.get(status, (0, 0, 0))
        self.by_status[status] = (
            had[0] + lines,
            had[1] + base_cents,
            had[2] + commission_cents,
        )

    def add_all(self, other: "Sums") -> None:
        """Count what another has."""
        for status, figures in other.by_status.items():
            self.add(status, *figures)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return sum(figures[0] for figures in self.by_status.values())

    @property
    def base_cents(self) -> int:
        """Sales, those that earn nothing included."""
        return sum(figures[1] for figures in self.by_status.values())

    @property
    def commission_cents(self) -> int:
        """Commission of every status."""
        return sum(figures[2] for figures in self.by_status.values())

    @property
    def waiting_cents(self) -> int:
        """Commission that waits for the merchant."""
        return self._of(LineStatus.WAITING)

    @property
    def hold_cents(self) -> int:
        """Commission on hold."""
        return self._of(LineStatus.HOLD)

    @property
    def confirmed_cents(self) -> int:
        """Commission confirmed, or paid since."""
        return sum(self._of(status) for status in CONFIRMED)

    @property
    def rejected_lines(self) -> int:
        """Lines that were rejected."""
        return self.by_status.get(LineStatus.REJECTED, (0, 0, 0))[0]

    def _of(self, status: str) -> int:
        return self.by_status.get(status, (0, 0, 0))[2]


@dataclass(frozen=True)
class Row:
    """One group. key: a value, or empty where the group lacks one; then `lacking` says what.

    span: of a group by time; its key is its first day.
    """

    key: str
    sums: Sums
    span: Span | None = None
    lacking: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same group in another period."""
        return self.key, self.lacking


@dataclass(frozen=True)
class Cut:
    """Groups, and what they come to together.

    Those by time are in its order, empty ones included; others by commission, the most first.
    """

    by: CutBy
    rows: list[Row]
    total: Sums


class TooManyGroups(ValueError):
    """A cut would have more groups than were asked for."""


def cut(asked: Asked, by: CutBy, *, most: int | None = None) -> Cut:
    """The lines asked for, of one programme and a period, grouped: one question, whatever it is.

    By time or status, on the programme's own days, with no filter but a status: read as stored
    from the daily totals, a row for each day and status. All else groups the publisher's lines of
    the period in the database; `lines_of` says what reading them costs.

    most: groups; of more, no more is read than shows it, and TooManyGroups raised. None: all.
    """
    programme, span = asked.programme, asked.span
    if programme is None or span is None:
        raise ValueError("A cut is of one programme, whose currency its sums have, and a period.")
    if most is not None and by in BY_TIME and len(buckets(span, by)) > most:
        raise TooManyGroups
    if _is_stored(asked, by, programme, span):
        found = _from_totals(asked, by, programme, span)
    else:
        found = _from_lines(asked, by, span, most)
    if most is not None and len(found) > most:
        raise TooManyGroups
    total = Sums()
    for sums in found.values():
        total.add_all(sums)
    if by in BY_TIME:
        places = enumerate(buckets(span, by))
        rows = [
            Row(one.first.isoformat(), found.get((str(place), ""), Sums()), span=one)
            for place, one in places
        ]
    else:
        rows = [Row(key, sums, lacking=lacking) for (key, lacking), sums in found.items()]
        rows.sort(key=lambda row: (-row.sums.commission_cents, -row.sums.lines, *row.identity))
    return Cut(by, rows, total)


def _is_stored(asked: Asked, by: CutBy, programme: Programme, span: Span) -> bool:
    return (
        by in (*BY_TIME, CutBy.STATUS)
        and asked.dates == DateKind.PLACED
        and span.zone == programme.time_zone
        and not asked.lacking
        and all(name == "status" for name, _value in asked.filters)
    )


Found = dict[tuple[str, str], Sums]


def _from_totals(asked: Asked, by: CutBy, programme: Programme, span: Span) -> Found:
    starts = [one.first for one in buckets(span, by)] if by in BY_TIME else []
    wanted = {value for _name, value in asked.filters}
    rows = statistics.by_day_and_status(
        programme, span.first, span.end, Publisher(pk=asked.publisher_id)
    )
    return _folded(
        (
            (str(bisect_right(starts, row.day) - 1) if starts else row.status, ""),
            (row.status, row.lines, row.base_cents, row.commission_cents),
        )
        for row in rows
        if not wanted or wanted == {row.status}
    )


def _from_lines(asked: Asked, by: CutBy, span: Span, most: int | None) -> Found:
    lines = lines_of(asked)
    if by in BY_TIME:
        starts = [one.starts_at for one in buckets(span, by)]
        lines = lines.annotate(
            group=Func(
                F(INSTANTS[asked.dates]),
                Cast(Value(starts, ArrayField(DateTimeField())), ArrayField(DateTimeField())),
                function="width_bucket",
                output_field=IntegerField(),
            )
            - 1
        )
    else:
        lines = lines.annotate(group=F(FILTERS[by.value]))
    grouped = lines.order_by().values_list(
        "group",
        "status",
        Count("pk"),
        Sum("base_cents"),
        Sum("commission_cents"),
    )
    if most is not None:
        # A group has a row for each status at most: one more shows that there are too many.
        grouped = grouped[: most * len(LineStatus) + 1]
    return _folded(_keyed(grouped, by))


def _keyed(
    grouped: Iterable[tuple[str | int | None, str, int, int, int]], by: CutBy
) -> Iterator[tuple[tuple[str, str], tuple[str, int, int, int]]]:
    """What a group lacks is said beside its key: no value there is cannot be the value empty."""
    for group, status, lines, base_cents, commission_cents in grouped:
        lacking = ""
        if group is None:
            lacking = Lacking.CLICK if by in SUBS else Lacking.RULE
        elif group == "" and by in SUBS:
            lacking = Lacking(by.value)
        key = "" if group is None else str(group)
        yield (key, str(lacking)), (status, lines, base_cents, commission_cents)


def _folded(
    rows: Iterable[tuple[tuple[str, str], tuple[str, int, int, int]]],
) -> Found:
    found: Found = {}
    for identity, figures in rows:
        found.setdefault(identity, Sums()).add(*figures)
    return found
