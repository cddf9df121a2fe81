"""The publisher's statistics: one cut of its lines, as a chart, a table and files."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from commissions.charts import Bars, Columns, Difference, bars
from commissions.cuts.compared import Compared, Pair, compared_as_shown
from commissions.cuts.days import Span, month_of
from commissions.cuts.enums import BY_TIME, CutBy, DateKind, Preset
from commissions.cuts.files import cut_csv, cut_xlsx, file_name
from commissions.cuts.latest import last_day_of
from commissions.cuts.names import names_of, rule_names, span_name
from commissions.models import Programme
from commissions.portal.asking import AskingForm, StatisticsForm, address
from commissions.time_charts import Slot, time_columns
from publishers.downloads import csv_answer
from publishers.figures import instant, money
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show
from publishers.spreadsheets import XLSX

# Rows on the page; the files have all.
MOST_ROWS = 400
MOST_BARS = 12
ORDER = gettext_lazy("Order: %(value)s")
# What `since` and `until` mean, by the kind of date.
BOUNDS = {
    DateKind.PLACED: (
        gettext_lazy("Placed at or after %(value)s"),
        gettext_lazy("Placed before %(value)s"),
    ),
    DateKind.CLICKED: (
        gettext_lazy("Clicked at or after %(value)s"),
        gettext_lazy("Clicked before %(value)s"),
    ),
    DateKind.SETTLED: (
        gettext_lazy("Settled by the merchant at or after %(value)s"),
        gettext_lazy("Settled by the merchant before %(value)s"),
    ),
}
TITLES = {
    CutBy.DAY: gettext_lazy("Commission by day"),
    CutBy.WEEK: gettext_lazy("Commission by week"),
    CutBy.MONTH: gettext_lazy("Commission by month"),
}


@require_safe
@portal_page()
def statistics_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """What was earned in a period, by whatever the publisher asks."""
    form = StatisticsForm(request.GET, publisher, timezone.now())
    found = _found(form)
    context = {"form": form, "presets": presets(form, "statistics"), **kept(form, "statistics")}
    if found:
        context |= _context(form, *found)
    return show(request, "statistics", context, here="statistics")


@require_safe
@portal_page()
def statistics_csv(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The page's rows for programs."""
    form = StatisticsForm(request.GET, publisher, timezone.now())
    found, programme, span = _found_or_404(form)
    # Made at once: the language of the names is the request's.
    pieces = list(cut_csv(found, names_of(found.now, programme), programme.currency))
    name = f"{file_name(form.by_asked, span)}.csv"
    return csv_answer(request, pieces, name)  # type: ignore[return-value]


@require_safe
@portal_page()
def statistics_xlsx(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The page's rows as a spreadsheet."""
    form = StatisticsForm(request.GET, publisher, timezone.now())
    found, programme, span = _found_or_404(form)
    file = cut_xlsx(found, names_of(found.now, programme), programme.currency, span)
    name = f"{file_name(form.by_asked, span)}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)  # type: ignore[return-value]


def _found(form: StatisticsForm) -> tuple[Compared, Programme] | None:
    """What a valid form asks for; None where it is not valid, or there is no programme yet."""
    if not form.is_valid() or form.span is None or form.before is None:
        return None
    programme = form.programme_asked
    if programme is None:
        return None
    return compared_as_shown(form.asked(), form.by_asked, form.before), programme


def _found_or_404(form: StatisticsForm) -> tuple[Compared, Programme, Span]:
    found = _found(form)
    if found is None or form.span is None:
        raise Http404
    return *found, form.span


def _context(form: StatisticsForm, found: Compared, programme: Programme) -> dict[str, Any]:
    span, before, params = form.span, form.before, form.params()
    if span is None or before is None:
        return {}
    names, currency = names_of(found.now, programme), programme.currency
    named = list(zip(found.pairs, names, strict=True))
    shown = named[:MOST_ROWS]
    return {
        "found": found,
        "currency": currency,
        "by": form.by_asked,
        "by_label": form.by_asked.label,
        "period_told": span_name(span, CutBy.MONTH),
        "before_told": span_name(before, CutBy.MONTH),
        "zone": form.zone_asked,
        "dates": form.cleaned_data.get("dates") or DateKind.PLACED.value,
        "with_clicks": found.clicks is not None,
        "compares": any(pair.before is not None for pair in found.pairs),
        "columns": _columns(found, names, currency),
        "bars": _bars(named, form.by_asked, currency),
        "rows": [(pair, name, _orders_behind(form, pair)) for pair, name in shown],
        "more": len(named) - len(shown),
        "orders_address": _orders_behind(form, found.total),
        "csv_address": address("statistics_csv", params),
        "xlsx_address": address("statistics_xlsx", params),
        **(_nothing(form, programme) if not found.now.total.lines else {}),
    }


def _nothing(form: StatisticsForm, programme: Programme) -> dict[str, Any]:
    """What to look at where a period has nothing: the month of the latest order."""
    last = last_day_of(form.publisher, programme, form.zone_asked)
    if last is None:
        return {"no_orders": True}
    month = {
        "period": Preset.OWN.value,
        "first": str(month_of(last)),
        "last": str(last),
    }
    kept_params = {k: v for k, v in form.params().items() if k in ("by", "programme", "zone")}
    return {"latest_day": last, "latest_address": address("statistics", kept_params, **month)}


def _columns(found: Compared, names: list[str], currency: str) -> Columns | None:
    by = found.now.by
    if by not in BY_TIME:
        return None
    slots = [
        Slot(
            first=pair.row.span.first,
            name=name,
            cents=pair.row.sums.commission_cents,
            before_cents=pair.before.commission_cents if pair.before else None,
            before_name=span_name(pair.former, by) if pair.former else "",
        )
        for pair, name in zip(found.pairs, names, strict=True)
        if pair.row.span
    ]
    return time_columns(slots, currency, str(TITLES[by]), months=by == CutBy.MONTH)


def _bars(named: list[tuple[Pair, str]], by: CutBy, currency: str) -> Bars | None:
    if by in BY_TIME:
        return None
    shown = [
        Difference(name, pair.row.sums.commission_cents)
        for pair, name in named
        if pair.row.sums.commission_cents
    ]
    title = _("Commission by %(what)s") % {"what": by.label}
    return bars(shown[:MOST_BARS], currency, title, money)


def _orders_behind(form: StatisticsForm, pair: Pair) -> str:
    """The orders that make up a row."""
    by, span = form.by_asked, pair.row.span or form.span
    changes = {"by": "", "period": Preset.OWN.value}
    if span:
        changes |= {"first": str(span.first), "last": str(span.last)}
    if form.programme_asked and "programme" in form.fields:
        changes["programme"] = form.programme_asked.code
    if pair.row.lacking:
        lacking = dict.fromkeys([*form.cleaned_data["lacking"], pair.row.lacking])
        changes["lacking"] = ",".join(lacking)
    elif by not in BY_TIME and pair.row.key:
        changes[by.value] = pair.row.key
    return address("orders", form.params(), **changes)


def presets(form: AskingForm, name: str) -> list[dict[str, Any]]:
    """Ways to the usual periods, all else as it is asked."""
    params = form.params()
    now = form.cleaned_data.get("period", "") if form.is_valid() else ""
    return [
        {
            "label": one.label,
            "address": address(name, params, period=one.value, first="", last="", page=""),
            "here": one.value == now,
        }
        for one in Preset
        if one != Preset.OWN
    ]


def kept(form: AskingForm, name: str) -> dict[str, Any]:
    """What a followed row keeps that no field shows: each with the way to all of it."""
    if not form.is_valid():
        return {}
    params, told = form.params(), []
    for field in ("rule", "sub1", "sub2", "sub3", "sub4", "sub5"):
        value = form.cleaned_data[field]
        if not value:
            continue
        programme = form.programme_asked
        if field == "rule" and programme:
            value = rule_names([value], programme).get(value, value)
        says = f"{CutBy(field).label}: {value}"
        told.append({"told": says, "address": address(name, params, **{field: ""})})
    since, until = BOUNDS[DateKind(form.cleaned_data.get("dates") or DateKind.PLACED)]
    for field, words in (("order_id", ORDER), ("since", since), ("until", until)):
        value = form.cleaned_data.get(field)
        if value:
            if isinstance(value, datetime):
                value = instant(value, form.zone_asked, seconds=True)
            text = str(words % {"value": value})
            told.append({"told": text, "address": address(name, params, **{field: ""})})
    lacking = form.cleaned_data["lacking"]
    for what in lacking:
        rest = ",".join(one for one in lacking if one != what)
        says = str(what.label)
        told.append({"told": says, "address": address(name, params, lacking=rest)})
    return {"kept": told}
