"""Columns of money over time: days, weeks or months, each beside its counterpart of before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commissions.charts import (
    MOST_PERIOD_LABELS,
    PLOT_HEIGHT,
    PLOT_TOP,
    UNDER_PLOT,
    Axis,
    Box,
    Columns,
    PeriodLabel,
    Tick,
    axis,
    from_top,
    pixels,
    tick_label,
    unit_of,
)
from publishers.figures import money

# More columns than this cannot be told apart on a telephone: neighbours are taken together.
MOST_SLOTS = 62


@dataclass(frozen=True)
class Slot:
    """A period on the chart, from its first day, and what it came to, in cents.

    before_cents: its counterpart in the period before, None: there is none. before_name: of that.
    """

    first: date
    name: str
    cents: int
    before_cents: int | None = None
    before_name: str = ""


def time_columns(
    slots: Sequence[Slot], currency: str, title: str, *, months: bool = False
) -> Columns | None:
    """A chart of periods in order; None where there is none, or nothing was earned in any.

    months: the periods are months, and are labelled so.
    """
    shown = _together(slots)
    amounts = [one.cents for one in shown] + [one.before_cents or 0 for one in shown]
    if not any(amounts):
        return None
    scale = axis(min(amounts), max(amounts))
    factor, unit = unit_of(scale, currency)
    compared = any(one.before_cents is not None for one in shown)
    now = ("after", _("this period"))
    best = max(shown, key=lambda one: one.cents)
    return Columns(
        title=title,
        description=_(
            "From %(first)s to %(last)s; the most: %(amount)s, %(best)s. The table has the figures."
        )
        % {
            "first": shown[0].name,
            "last": shown[-1].name,
            "amount": money(best.cents, currency),
            "best": best.name,
        },
        unit=unit,
        legend=(("before", _("the period before")), now) if compared else (),
        height=str(PLOT_TOP + PLOT_HEIGHT + UNDER_PLOT),
        month_y=str(PLOT_TOP + PLOT_HEIGHT + 16),
        year_y=str(PLOT_TOP + PLOT_HEIGHT + 30),
        ticks=tuple(
            Tick(from_top(scale, cents), tick_label(cents, scale, factor), "end", cents == 0)
            for cents in scale.ticks
        ),
        boxes=tuple(_boxes(shown, scale, currency)),
        labels=tuple(_labels(shown, months=months)),
    )


def _together(slots: Sequence[Slot]) -> list[Slot]:
    size = -(-len(slots) // MOST_SLOTS) or 1
    if size == 1:
        return list(slots)
    return [_one(slots[place : place + size]) for place in range(0, len(slots), size)]


def _one(slots: Sequence[Slot]) -> Slot:
    before = [one for one in slots if one.before_cents is not None]
    return Slot(
        first=slots[0].first,
        name=f"{slots[0].name} – {slots[-1].name}",
        cents=sum(one.cents for one in slots),
        before_cents=sum(one.before_cents or 0 for one in before) if before else None,
        before_name=f"{before[0].before_name} – {before[-1].before_name}" if before else "",
    )


def _boxes(slots: Sequence[Slot], scale: Axis, currency: str) -> list[Box]:
    """Of a slot, a fifth parts it from the next; two columns share the rest."""
    slot = Decimal(100) / len(slots)
    boxes = []
    for place, one in enumerate(slots):
        left, width = slot * place + slot / 10, slot * 4 / 5
        if one.before_cents is not None:
            width /= 2
            boxes.append(
                _box(scale, left, width, one.before_cents, "before", one.before_name, currency)
            )
            left += width
        boxes.append(_box(scale, left, width, one.cents, "after", one.name, currency))
    return boxes


def _box(
    scale: Axis, left: Decimal, width: Decimal, cents: int, kind: str, name: str, currency: str
) -> Box:
    return Box(
        x=f"{left:.3f}%",
        y=from_top(scale, max(cents, 0)),
        width=f"{width:.3f}%",
        height=f"{pixels(scale, abs(cents)):.2f}",
        kind=kind,
        says=f"{name}: {money(cents, currency)}",
    )


def _labels(slots: Sequence[Slot], *, months: bool) -> list[PeriodLabel]:
    """So many that they do not touch on a narrow screen; the larger unit where it changes."""
    slot = Decimal(100) / len(slots)
    every = -(-len(slots) // MOST_PERIOD_LABELS)
    labels, larger = [], ""
    for place in range(0, len(slots), every):
        first = slots[place].first
        small, large = (
            (date_format(first, "M"), str(first.year))
            if months
            else (str(first.day), date_format(first, "M"))
        )
        labels.append(
            PeriodLabel(f"{slot * place + slot / 2:.3f}%", small, large if large != larger else "")
        )
        larger = large
    return labels
