"""What the page of a finished what-if shows: a sentence, figures, charts beside their tables."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commissions.charts import Bars, Columns, Difference, MonthPair, bars, columns
from commissions.enums import Dimension, LineStatus
from commissions.models import WhatIf
from commissions.rulebooks.what_if.report import (
    WHOLE_BP,
    Breakdown,
    ChangedLine,
    Report,
    Row,
    report,
)
from commissions.templatetags.amounts import signed_rate
from publishers.admin.backoffice import link_to
from publishers.figures import money, number

SHARE = 1_000  # hundredths of a percent; what "much" is where nobody says
BARS = 10  # the table beside has more
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")


@dataclass(frozen=True)
class Part:
    """A chart and its table. No chart: nothing changes there."""

    code: str
    title: str
    key_title: str
    columns: Columns | None
    bars: Bars | None
    rows: list[dict[str, Any]]
    more: int


def share_given(text: str) -> int | None:
    """A share in percent, at most two decimals, as hundredths of a percent; None: it is none."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        return None
    whole, part = match.groups()
    share = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return share if share <= WHOLE_BP else None


def report_context(what_if: WhatIf, share_text: str) -> dict[str, Any]:
    """The report in words; `share_text`: as the page's own form gives it, empty at first."""
    given = share_given(share_text) if share_text else SHARE
    share_bp = SHARE if given is None else given
    found, currency = report(what_if, share_bp), what_if.rulebook.programme.currency
    return {
        "report": found,
        "headline": headline(found.total, currency),
        "currency": currency,
        "share": f"{share_bp // 100}.{share_bp % 100:02d}".rstrip("0").rstrip("."),
        "share_refused": share_text if given is None else "",
        "parts": _parts(found, currency) if found.total.lines else [],
        "lines": [_line(one) for one in found.lines],
    }


def headline(total: Row, currency: str) -> str:
    """The whole of it in one sentence."""
    if not total.lines:
        return _("No order of that period is in the books: there was nothing to try it on.")
    if not total.lines_changed:
        return ngettext(
            "Nothing would change: the %(lines)s line comes out as it is booked.",
            "Nothing would change: all %(lines)s lines come out as they are booked.",
            total.lines,
        ) % {"lines": number(total.lines)}
    difference = total.difference_cents
    texts = {
        "money": money(abs(difference), currency),
        "share": signed_rate(total.difference_bp),
        "lines": number(total.lines),
        "changed": ngettext("%(count)s line changes", "%(count)s lines change", total.lines_changed)
        % {"count": number(total.lines_changed)},
    }
    if not difference:
        return _earned_the_same(total.lines) % texts
    if not total.before_cents:
        return _earned_at_all(total.lines) % texts
    return (_earned_less if difference < 0 else _earned_more)(total.lines) % texts


def _earned_less(lines: int) -> str:
    return ngettext(
        "Publishers would have earned %(money)s less (%(share)s) on %(lines)s line; %(changed)s.",
        "Publishers would have earned %(money)s less (%(share)s) on %(lines)s lines; %(changed)s.",
        lines,
    )


def _earned_more(lines: int) -> str:
    return ngettext(
        "Publishers would have earned %(money)s more (%(share)s) on %(lines)s line; %(changed)s.",
        "Publishers would have earned %(money)s more (%(share)s) on %(lines)s lines; %(changed)s.",
        lines,
    )


def _earned_at_all(lines: int) -> str:
    return ngettext(
        "Publishers would have earned %(money)s instead of nothing on %(lines)s line; %(changed)s.",
        "Publishers would have earned %(money)s instead of nothing on %(lines)s lines; "
        "%(changed)s.",
        lines,
    )


def _earned_the_same(lines: int) -> str:
    return ngettext(
        "Publishers would have earned the same in all on %(lines)s line; %(changed)s.",
        "Publishers would have earned the same in all on %(lines)s lines; %(changed)s.",
        lines,
    )


def _parts(found: Report, currency: str) -> list[Part]:
    titles = {
        Dimension.PUBLISHER: (_("Publishers"), _("Difference by publisher")),
        Dimension.COUNTRY: (_("Countries"), _("Difference by country")),
        Dimension.CATEGORY: (_("Categories"), _("Difference by category")),
        Dimension.TRAFFIC_TYPE: (_("Traffic types"), _("Difference by type of traffic")),
    }
    return [
        _months(found, currency),
        *(_broken_down(one, *titles[one.dimension], currency) for one in found.breakdowns),
    ]


def _months(found: Report, currency: str) -> Part:
    pairs = [
        MonthPair(date.fromisoformat(f"{row.key}-01"), row.before_cents, row.after_cents)
        for row in found.months
    ]
    return Part(
        code=Dimension.MONTH.value,
        title=_("Months"),
        key_title=str(Dimension.MONTH.label),
        columns=columns(pairs, currency, _("Commission by month, as booked and as it would be")),
        bars=None,
        rows=[{"row": row, "name": row.name} for row in found.months],
        more=0,
    )


def _broken_down(breakdown: Breakdown, title: str, chart_title: str, currency: str) -> Part:
    differing = [row for row in breakdown.rows if row.difference_cents][:BARS]
    return Part(
        code=breakdown.dimension.value,
        title=title,
        key_title=str(breakdown.dimension.label),
        columns=None,
        bars=bars(
            [Difference(row.name, row.difference_cents) for row in differing], currency, chart_title
        ),
        rows=[{"row": row, "name": _name(breakdown.dimension, row)} for row in breakdown.rows],
        more=breakdown.keys - len(breakdown.rows),
    )


def _name(dimension: Dimension, row: Row) -> str:
    if dimension == Dimension.PUBLISHER and row.key:
        return link_to("publishers", "publisher", row.key, row.name)
    return row.name


def _line(line: ChangedLine) -> dict[str, Any]:
    return {
        "line": line,
        "link": link_to("commissions", "orderline", line.line_id, line.sub_order_id),
        "publisher": link_to("publishers", "publisher", line.publisher_id, line.publisher)
        if line.publisher
        else "–",
        "before_status": LineStatus(line.before_status).label,
        "after_status": LineStatus(line.after_status).label,
    }
