"""The chart of an observation: how long after their clicks orders came, as shapes for SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commissions.charts import PLOT_HEIGHT, PLOT_TOP, Axis, Box, Tick, axis
from compliance.detectors.traffic import DELAY_STEPS
from publishers.figures import number

UNDER_PLOT = 36  # pixels for the labels of the steps


@dataclass(frozen=True)
class StepLabel:
    """Under a column: up to what delay it counts, the unit below the count."""

    x: str
    count: str
    unit: str


@dataclass(frozen=True)
class DelayChart:
    """One column for each stretch of delays, from the shortest."""

    title: str
    description: str
    height: str
    counts_y: str
    units_y: str
    ticks: tuple[Tick, ...]
    boxes: tuple[Box, ...]
    labels: tuple[StepLabel, ...]


def delay_chart(steps: Mapping[str, int]) -> DelayChart | None:
    """The chart of orders by their step of DELAY_STEPS; None where there is no order."""
    if not steps:
        return None
    counts = [int(steps.get(str(step), 0)) for step in range(len(DELAY_STEPS) + 1)]
    scale = axis(0, max(counts))
    slot = Decimal(100) / len(counts)
    names = step_names()
    return DelayChart(
        title=_("Orders by the time since their click"),
        description=_("%(orders)s orders. Under each column stands how long at most it took.")
        % {"orders": number(sum(counts))},
        height=str(PLOT_TOP + PLOT_HEIGHT + UNDER_PLOT),
        counts_y=str(PLOT_TOP + PLOT_HEIGHT + 16),
        units_y=str(PLOT_TOP + PLOT_HEIGHT + 29),
        ticks=tuple(
            Tick(f"{PLOT_TOP + _pixels(scale, scale.high - count):.2f}", number(count), "end",
                 count == 0)
            for count in scale.ticks
        ),
        boxes=tuple(
            Box(
                x=f"{slot * place + slot / 8:.3f}%",
                y=f"{PLOT_TOP + PLOT_HEIGHT - _pixels(scale, count):.2f}",
                width=f"{slot * 3 / 4:.3f}%",
                height=f"{_pixels(scale, count):.2f}",
                kind="after",
                says=f"{' '.join(filter(None, names[place]))}: {number(count)}",
            )
            for place, count in enumerate(counts)
        ),
        labels=tuple(
            StepLabel(f"{slot * place + slot / 2:.3f}%", *name)
            for place, name in enumerate(names)
        ),
    )  # fmt: skip


def step_names() -> list[tuple[str, str]]:
    """How long at most each step took, as count and unit; the last has no end."""
    return [*(_short(step) for step in DELAY_STEPS), (pgettext("delay", "more"), "")]


def _short(seconds: int) -> tuple[str, str]:
    if seconds < 60:
        return str(seconds), pgettext("delay", "s")
    if seconds < 3_600:
        return str(seconds // 60), pgettext("delay", "min")
    if seconds < 86_400:
        return str(seconds // 3_600), pgettext("delay", "h")
    return str(seconds // 86_400), pgettext("delay", "d")


def _pixels(scale: Axis, count: int) -> Decimal:
    return Decimal(count * PLOT_HEIGHT) / (scale.high - scale.low)
