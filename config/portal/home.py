"""The publisher's front page: what was earned, what comes, what needs an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commissions.cuts import days
from commissions.cuts.asked import Asked
from commissions.cuts.compared import Pair
from commissions.cuts.cut import Row, Sums, cut
from commissions.cuts.days import Span, month_of
from commissions.cuts.enums import CutBy, Preset
from commissions.cuts.latest import last_day_of
from commissions.cuts.names import span_name
from commissions.models import Programme
from commissions.portal.asking import address, own_clock
from commissions.public.news import announcements, is_recent, newest_first
from commissions.public.timeline import Standing, timeline
from commissions.queries import balances_of
from commissions.time_charts import Slot, time_columns
from compliance.queries import WaitingForPublisher, waiting_for_publisher
from config.portal.first_steps import first_steps
from publishers.figures import day, instant
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show
from referrals.tree import credit_received_by

CHART_DAYS = 30
MOST_NEWS = 3


@require_safe
@portal_page()
def home(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Where somebody of a publisher begins."""
    now = timezone.now()
    programmes = list(Programme.objects.order_by("pk"))
    credit = credit_received_by(publisher.pk)
    context = {
        "earned": [earned(publisher, one, now, named=len(programmes) > 1) for one in programmes],
        "balances": [(one, credit.get(one.currency, 0)) for one in balances_of(publisher.pk)],
        "news": [entry for one in programmes for entry in news(one, now)],
        "answers": [in_words(one) for one in waiting_for_publisher(publisher.pk, now)],
        "first_steps": first_steps(publisher),
    }
    return show(request, "home", context, here="home")


def earned(
    publisher: Publisher, programme: Programme, now: datetime, *, named: bool
) -> dict[str, Any]:
    """Today, this month and the month before in a programme: one question.

    On the publisher's clock, where it has named one, else on the programme's. Where this month has
    earned nothing yet, three more at most find the last that has.
    """
    zone = own_clock(publisher, programme)
    on = days.today(now, zone)
    month, before = days.preset(Preset.THIS_MONTH, on, zone)
    last_month, _other = days.preset(Preset.LAST_MONTH, on, zone)
    chart = Span(on - (CHART_DAYS - 1) * days.DAY, on + days.DAY, zone)
    asked = Asked(
        publisher.pk, programme, Span(min(last_month.first, chart.first), chart.end, zone)
    )
    found = cut(asked, CutBy.DAY).rows
    today = Span(on, on + days.DAY, zone)
    this_month = sums_in(found, month)
    latest = None if this_month.commission_cents else last_earning(asked, programme, publisher)
    return {
        "programme": programme,
        "name": programme.name if named else "",
        "currency": programme.currency,
        "zone": zone if zone != programme.time_zone else "",
        "today": sums_in(found, today),
        "today_address": _statistics(programme, today, named=named),
        "month": Pair(Row("", this_month), sums_in(found, before)),
        "month_told": span_name(month),
        "month_address": _statistics(programme, month, named=named),
        "before_told": span_name(before),
        "last_month": sums_in(found, last_month),
        "last_month_told": span_name(last_month, CutBy.MONTH),
        "last_month_address": _statistics(programme, last_month, named=named),
        "columns": _columns(found, chart, programme),
        **(_latest(*latest, programme, named=named) if latest else {}),
    }


def last_earning(
    asked: Asked, programme: Programme, publisher: Publisher
) -> tuple[Span, Sums] | None:
    """The last month in which anything was earned, and what; None: nothing ever was."""
    if asked.span is None:
        return None
    zone = asked.span.zone
    last = last_day_of(publisher, programme, zone, earning=True)
    if last is None:
        return None
    month = Span(month_of(last), month_of(last, 1), zone)
    return month, cut(asked.of(month), CutBy.MONTH).total


def _latest(month: Span, sums: Sums, programme: Programme, *, named: bool) -> dict[str, Any]:
    return {
        "latest": sums,
        "latest_month": month.first,
        "latest_address": _statistics(programme, month, named=named),
    }


def sums_in(found: Sequence[Row], span: Span) -> Sums:
    """What the days of a period come to."""
    sums = Sums()
    for row in found:
        if row.span and span.first <= row.span.first < span.end:
            sums.add_all(row.sums)
    return sums


def _statistics(programme: Programme, span: Span, *, named: bool) -> str:
    asked = {"programme": programme.code} if named else {}
    return address(
        "statistics", asked, period=Preset.OWN.value, first=str(span.first), last=str(span.last)
    )


def _columns(found: Sequence[Row], span: Span, programme: Programme) -> Any:
    slots = [
        Slot(one.first, day(one.first), sums_in(found, one).commission_cents)
        for one in (
            Span(span.first + n * days.DAY, span.first + (n + 1) * days.DAY, span.zone)
            for n in range(span.days)
        )
    ]
    title = _("Commission of the last %(days)d days") % {"days": CHART_DAYS}
    return time_columns(slots, programme.currency, title)


def news(programme: Programme, now: datetime) -> list[dict[str, Any]]:
    """Changes of rules lately published or still to come, the newest first, with what changes."""
    calendar = timeline(programme, now)
    recent = [entry for entry in newest_first(calendar) if is_recent(entry, now)]
    return [
        {
            "entry": one.entry,
            "rulebook": one.entry.rulebook,
            "programme": programme,
            "to_come": one.entry.standing == Standing.TO_COME,
            "changes": one.changes,
        }
        for one in announcements(recent[:MOST_NEWS], calendar)
    ]


def in_words(waiting: WaitingForPublisher) -> dict[str, str]:
    """What waits for the publisher's word, until when, and the page for it."""
    told = waiting.title
    if waiting.until is not None:
        told = _("%(what)s, until %(until)s") % {"what": told, "until": instant(waiting.until)}
    return {"told": told, "address": reverse(waiting.url_name, args=waiting.url_args)}
