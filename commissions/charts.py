"""Charts of money as shapes: templates draw them as SVG, without script or floats.

Across, places are percentages, so that a chart fills its column while its text keeps its size;
down, they are pixels. Both are texts, ready to be put in place in any language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from commissions.templatetags.amounts import signed_money
from publishers.figures import money

# Pixels.
PLOT_HEIGHT, PLOT_TOP, UNDER_PLOT = 180, 10, 38
BAR_ROW, BAR_TOP, BAR_HEIGHT, UNDER_BARS = 44, 18, 12, 22
# Of a chart that is as narrow as a telephone.
MOST_STEPS, MOST_PERIOD_LABELS, LONGEST_NAME = 4, 8, 26
# An axis that reaches ten of these counts in them.
THOUSAND_CENTS, MILLION_CENTS = 100_000, 100_000_000


@dataclass(frozen=True)
class Tick:
    """A line of the grid: where, and what it stands for. `is_zero`: it is the base line."""

    at: str
    label: str
    anchor: str
    is_zero: bool


@dataclass(frozen=True)
class Box:
    """A filled rectangle: its place, what it says to who points at it, and how it is coloured."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    says: str


@dataclass(frozen=True)
class PeriodLabel:
    """Under the columns: a month, and its year where it is the first label of that year."""

    x: str
    month: str
    year: str


@dataclass(frozen=True)
class Columns:
    """Columns side by side for each period of time; legend: (kind, what it stands for)."""

    title: str
    description: str
    unit: str
    legend: tuple[tuple[str, str], ...]
    height: str
    month_y: str
    year_y: str
    ticks: tuple[Tick, ...]
    boxes: tuple[Box, ...]
    labels: tuple[PeriodLabel, ...]


@dataclass(frozen=True)
class BarLabel:
    """Above a bar: a name, cut where it is long, and the amount."""

    y: str
    name: str
    whole_name: str
    amount: str


@dataclass(frozen=True)
class Bars:
    """Bars to the right of the base line for more, to the left for less."""

    title: str
    description: str
    unit: str
    height: str
    grid_height: str
    ticks_y: str
    ticks: tuple[Tick, ...]
    boxes: tuple[Box, ...]
    labels: tuple[BarLabel, ...]


@dataclass(frozen=True)
class MonthPair:
    """What a month has as booked, and as it would be, in cents. month: any day of it."""

    month: date
    before_cents: int
    after_cents: int


@dataclass(frozen=True)
class Difference:
    """What a name gains, or loses where it is below 0, in cents."""

    name: str
    cents: int


@dataclass(frozen=True)
class Axis:
    """Round amounts from `low` to `high`, in cents; 0 is always among them."""

    low: int
    high: int
    step: int

    @property
    def ticks(self) -> range:
        """The amounts, from the lowest."""
        return range(self.low, self.high + 1, self.step)

    def share(self, cents: int, of: int = 100) -> str:
        """How far from the low end an amount lies, where the whole axis is `of` long."""
        return _fixed((cents - self.low) * of, self.high - self.low)


def axis(low: int, high: int) -> Axis:
    """An axis over `low` to `high` and 0, in at most `MOST_STEPS` steps.

    A step is 1, 2 or 5 cents, or one of these with zeros behind.
    """
    low, high = min(low, 0), max(high, 0)
    if low == high:
        high = low + 1
    power = 1
    while True:
        for digit in (1, 2, 5):
            step = digit * power
            first, last = low // step, -(-high // step)
            if last - first <= MOST_STEPS:
                return Axis(first * step, last * step, step)
        power *= 10


def columns(pairs: Sequence[MonthPair], currency: str, title: str) -> Columns | None:
    """A chart of months in order, those between them that have nothing included.

    None where there is no month.
    """
    if not pairs:
        return None
    months = _every_month(pairs)
    scale = axis(
        min(min(one.before_cents, one.after_cents) for one in months),
        max(max(one.before_cents, one.after_cents) for one in months),
    )
    factor, unit = unit_of(scale, currency)
    slot = Decimal(100) / len(months)
    boxes = [
        _column(scale, slot, place, one, kind, currency)
        for place, one in enumerate(months)
        for kind in ("before", "after")
    ]
    return Columns(
        title=title,
        description=_("%(months)d months, from %(first)s to %(last)s. The table has the figures.")
        % {"months": len(months), "first": _named(months[0]), "last": _named(months[-1])},
        unit=unit,
        legend=(("before", _("as booked")), ("after", _("as it would be"))),
        height=str(PLOT_TOP + PLOT_HEIGHT + UNDER_PLOT),
        month_y=str(PLOT_TOP + PLOT_HEIGHT + 16),
        year_y=str(PLOT_TOP + PLOT_HEIGHT + 30),
        ticks=tuple(
            Tick(from_top(scale, cents), tick_label(cents, scale, factor), "end", cents == 0)
            for cents in scale.ticks
        ),
        boxes=tuple(boxes),
        labels=tuple(_period_labels(months, slot)),
    )


def bars(
    differences: Sequence[Difference],
    currency: str,
    title: str,
    said: Callable[[int, str], str] = signed_money,
) -> Bars | None:
    """A chart of differences, in the order given; None where there is none to show.

    said: how an amount is written; differences have their sign.
    """
    if not differences:
        return None
    scale = axis(min(one.cents for one in differences), max(one.cents for one in differences))
    factor, unit = unit_of(scale, currency)
    bottom = BAR_ROW * len(differences)
    first = differences[0]
    return Bars(
        title=title,
        description=_("%(bars)d bars; the first: %(name)s, %(amount)s. The table has the figures.")
        % {
            "bars": len(differences),
            "name": first.name,
            "amount": said(first.cents, currency),
        },
        unit=unit,
        height=str(bottom + UNDER_BARS),
        grid_height=str(bottom),
        ticks_y=str(bottom + 16),
        ticks=_ticks_below(scale, factor),
        boxes=tuple(
            _bar(scale, place, one, said(one.cents, currency))
            for place, one in enumerate(differences)
        ),
        labels=tuple(
            BarLabel(
                y=str(place * BAR_ROW + 12),
                name=_cut(one.name),
                whole_name=one.name,
                amount=said(one.cents, currency),
            )
            for place, one in enumerate(differences)
        ),
    )


def _ticks_below(scale: Axis, factor: int) -> tuple[Tick, ...]:
    """The grid of bars, its ends written inside the chart."""
    anchors = {scale.low: "start", scale.high: "end"}
    return tuple(
        Tick(
            f"{scale.share(cents)}%",
            tick_label(cents, scale, factor),
            anchors.get(cents, "middle"),
            cents == 0,
        )
        for cents in scale.ticks
    )


def _column(
    scale: Axis, slot: Decimal, place: int, pair: MonthPair, kind: str, currency: str
) -> Box:
    """A column takes two fifths of its month's slot; the fifth that is left parts the months."""
    cents = pair.before_cents if kind == "before" else pair.after_cents
    told = _("as booked") if kind == "before" else _("as it would be")
    left = slot * place + slot / 10 + (slot * 2 / 5 if kind == "after" else 0)
    top = pixels(scale, scale.high - max(cents, 0))
    return Box(
        x=f"{left:.3f}%",
        y=f"{PLOT_TOP + top:.2f}",
        width=f"{slot * 2 / 5:.3f}%",
        height=f"{pixels(scale, abs(cents)):.2f}",
        kind=kind,
        says=f"{_named(pair)}, {told}: {money(cents, currency)}",
    )


def _bar(scale: Axis, place: int, one: Difference, amount: str) -> Box:
    return Box(
        x=f"{scale.share(min(one.cents, 0))}%",
        y=str(place * BAR_ROW + BAR_TOP),
        width=f"{scale.share(scale.low + abs(one.cents))}%",
        height=str(BAR_HEIGHT),
        kind="less" if one.cents < 0 else "more",
        says=f"{one.name}: {amount}",
    )


def pixels(scale: Axis, cents: int) -> Decimal:
    """How high an amount stands."""
    return Decimal(cents * PLOT_HEIGHT) / (scale.high - scale.low)


def from_top(scale: Axis, cents: int) -> str:
    """Where an amount lies, from the top of the chart."""
    return f"{PLOT_TOP + pixels(scale, scale.high - cents):.2f}"


def _fixed(over: int, under: int) -> str:
    return f"{Decimal(over) / under:.2f}"


def unit_of(scale: Axis, currency: str) -> tuple[int, str]:
    """Cents to one of what the axis counts in, and what that is called."""
    largest = max(scale.high, -scale.low)
    if largest >= 10 * MILLION_CENTS:
        return MILLION_CENTS, _("million %(currency)s") % {"currency": currency}
    if largest >= 10 * THOUSAND_CENTS:
        return THOUSAND_CENTS, _("thousand %(currency)s") % {"currency": currency}
    return 100, currency


def tick_label(cents: int, scale: Axis, factor: int) -> str:
    """An amount of the axis, with the decimals that its step needs."""
    step = (Decimal(scale.step) / factor).normalize()
    places = max(0, -int(step.as_tuple().exponent))
    return number_format(Decimal(cents) / factor, places, force_grouping=True)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _named(pair: MonthPair) -> str:
    return date_format(pair.month, "F Y")


def _every_month(pairs: Sequence[MonthPair]) -> list[MonthPair]:
    """The months from the first to the last; those without figures have nothing."""
    by_number = {_number(one.month): one for one in pairs}
    return [
        by_number.get(number) or MonthPair(date(number // 12, number % 12 + 1, 1), 0, 0)
        for number in range(min(by_number), max(by_number) + 1)
    ]


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _period_labels(months: Sequence[MonthPair], slot: Decimal) -> list[PeriodLabel]:
    """So many of the months that their labels do not touch on a narrow screen."""
    every = -(-len(months) // MOST_PERIOD_LABELS)
    labels: list[PeriodLabel] = []
    year = None
    for place in range(0, len(months), every):
        month = months[place].month
        labels.append(
            PeriodLabel(
                x=f"{slot * place + slot / 2:.3f}%",
                month=date_format(month, "M"),
                year=str(month.year) if month.year != year else "",
            )
        )
        year = month.year
    return labels
