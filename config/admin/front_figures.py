"""How a programme does, on the first page: its latest 30 days, beside the 30 before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from commissions import statistics
from commissions.charts import Columns
from commissions.cuts.cut import CONFIRMED, Sums
from commissions.enums import LineStatus
from commissions.models import Programme
from commissions.time_charts import Slot, time_columns
from publishers.figures import NOTHING, day, money, number, rate

DAYS = 30
ONE = timedelta(days=1)
# Each programme asks two questions.
MOST_PROGRAMMES = 5


@dataclass
class Figures:
    """Days of a programme."""

    sums: Sums = field(default_factory=Sums)

    @property
    def approval_bp(self) -> int | None:
        """Lines approved, of those that the merchant has decided; None: it decided none."""
        good = sum(self.sums.by_status.get(status, (0, 0, 0))[0] for status in CONFIRMED)
        decided = good + self.sums.rejected_lines
        return None if decided == 0 else (good * 20_000 + decided) // (2 * decided)

    def shown(self, currency: str) -> dict[str, str]:
        """The four figures as people read them."""
        return {
            "lines": number(self.sums.lines),
            "sales": money(self.sums.base_cents, currency),
            "commission": money(self.sums.commission_cents, currency),
            "approval": rate(self.approval_bp),
        }


def programmes() -> list[dict[str, Any]]:
    """What the page shows of each programme, the oldest first."""
    return [_shown(one) for one in Programme.objects.order_by("pk")[:MOST_PROGRAMMES]]


def _shown(programme: Programme) -> dict[str, Any]:
    known = statistics.first_and_last_day(programme)
    if known is None:
        return {"name": programme.name, "empty": True}
    end = known[1] + ONE
    first, before = end - DAYS * ONE, end - 2 * DAYS * ONE
    by_day = _by_day(statistics.by_day_and_status(programme, before, end))
    days = [first + n * ONE for n in range(DAYS)]
    return {
        "name": programme.name,
        "first": day(first),
        "last": day(end - ONE),
        "cards": list(_cards(programme, by_day, days)),
        "charts": [chart for chart in _charts(programme, by_day, days) if chart],
        "rows": [
            {"day": day(one), "address": address_of_days(programme, one, one),
             **by_day[one].shown(programme.currency)}
            for one in reversed(days) if one in by_day
        ],
    }  # fmt: skip


def _by_day(rows: Iterable[Any]) -> dict[date, Figures]:
    found: dict[date, Figures] = {}
    for row in rows:
        figures = found.setdefault(row.day, Figures())
        figures.sums.add(row.status, row.lines, row.base_cents, row.commission_cents)
    return found


def _together(by_day: dict[date, Figures], days: Iterable[date]) -> Figures:
    figures = Figures()
    for one in days:
        if one in by_day:
            figures.sums.add_all(by_day[one].sums)
    return figures


def _cards(
    programme: Programme, by_day: dict[date, Figures], days: list[date]
) -> Iterator[dict[str, str]]:
    now = _together(by_day, days).shown(programme.currency)
    before = _together(by_day, [one - DAYS * ONE for one in days]).shown(programme.currency)
    address = address_of_days(programme, days[0], days[-1])
    titles = {
        "lines": _("Order lines"),
        "sales": _("Sales"),
        "commission": _("Commission"),
        "approval": _("Approved"),
    }
    for name, title in titles.items():
        hint = _("%(figure)s in the 30 days before") % {"figure": before[name]}
        if name == "approval":
            hint = _("of the lines that are decided; %(figure)s before") % {"figure": before[name]}
        yield {
            "title": title,
            "figure": now[name],
            "hint": hint if before[name] != NOTHING else _("nothing in the 30 days before"),
            "address": address,
        }


def _charts(
    programme: Programme, by_day: dict[date, Figures], days: list[date]
) -> Iterator[Columns | None]:
    empty = Figures()
    for title, name in ((_("Commission by day"), "commission_cents"),
                        (_("Sales by day"), "base_cents")):  # fmt: skip
        slots = [
            Slot(
                one,
                day(one),
                getattr(by_day.get(one, empty).sums, name),
                getattr(by_day.get(one - DAYS * ONE, empty).sums, name),
                day(one - DAYS * ONE),
            )
            for one in days
        ]
        yield time_columns(slots, programme.currency, title)


def address_of_days(programme: Programme, first: date, last: date) -> str:
    """The daily totals of these days."""
    asked = {"programme": programme.code, "first": f"{first}", "last": f"{last}"}
    return f"{reverse('admin:daily_totals')}?{urlencode(asked)}"


def lines_by_status() -> list[tuple[LineStatus, int]]:
    """All lines of all programmes, by status: from the totals."""
    return [
        (LineStatus(row["status"]), row["lines_sum"]) for row in statistics.by_status_of_network()
    ]
