"""The page of the daily totals: a month or some days, of the network or of one publisher."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from commissions import statistics
from commissions.admin.columns import STATUS_LABELS
from commissions.enums import LineStatus
from commissions.models import Programme
from publishers.admin.backoffice import on_the_clock, page_of
from publishers.figures import day, money, number
from publishers.models import Publisher

MOST_DAYS = timedelta(days=366)
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class MonthField(forms.CharField):
    """A month such as 2021-03; its value is the month's first day, None where none is given."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        found = _MONTH.fullmatch(text)
        if not found:
            raise ValidationError(
                _("%(value)s is not a month: write the year and the month, such as 2021-03.")
                % {"value": text}
            )
        return date(int(found[1]), int(found[2]), 1)


class DailyTotalsForm(forms.Form):
    """Which month or days, and of whom."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.order_by("pk"),
        to_field_name="code",
        required=False,
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    month = MonthField(
        label=gettext_lazy("Month"),
        required=False,
        help_text=gettext_lazy("Such as 2021-03. Empty: the month of the latest order."),
    )
    first = forms.DateField(
        label=gettext_lazy("From day"),
        required=False,
        help_text=gettext_lazy("Such as 2021-03-15; with the last day, instead of a month."),
        widget=UnfoldAdminTextInputWidget,
    )
    last = forms.DateField(
        label=gettext_lazy("To day"),
        required=False,
        help_text=gettext_lazy("The last day that is shown; at most a year after the first."),
        widget=UnfoldAdminTextInputWidget,
    )
    publisher = forms.CharField(
        label=gettext_lazy("Code of the publisher"),
        required=False,
        help_text=gettext_lazy("Empty: the whole network."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = list(Programme.objects.order_by("pk")[:2])
        self.first_programme = programmes[0] if programmes else None
        if len(programmes) < 2:
            del self.fields["programme"]

    def clean_publisher(self) -> Publisher | None:
        code = self.cleaned_data["publisher"]
        if not code:
            return None
        found = Publisher.objects.filter(code=code).first()
        if found is None:
            raise ValidationError(
                _("There is no publisher %(code)s: write a code of the list of publishers.")
                % {"code": code}
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Days are given both or not at all, in their order."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if (first is None) != (last is None) and not {"first", "last"} & self.errors.keys():
            missing = "last" if last is None else "first"
            self.add_error(missing, _("Give the first day and the last, or neither."))
        elif first and last and not timedelta() <= last - first <= MOST_DAYS:
            self.add_error(
                "last", _("The last day is the first one or later, at most a year after it.")
            )
        return given


def daily_totals_view(request: HttpRequest) -> HttpResponse:
    """The page, for the admin site."""
    if not request.user.has_perm("commissions.view_dailytotal"):
        raise PermissionDenied

    def page() -> HttpResponse:
        form = DailyTotalsForm(request.GET)
        context = {
            **admin.site.each_context(request),
            "title": _("Daily totals"),
            "form": form,
            **(_asked(form) if form.is_valid() else {}),
        }
        return TemplateResponse(request, "admin/commissions/daily_totals.html", context)

    return on_the_clock(page)


def address_of(programme: Programme, month: date, publisher: Publisher | None) -> str:
    """Where a month is shown."""
    asked = {"programme": programme.code, "month": f"{month:%Y-%m}"}
    if publisher is not None:
        asked["publisher"] = publisher.code
    return f"{reverse('admin:daily_totals')}?{urlencode(asked)}"


def _asked(form: DailyTotalsForm) -> dict[str, Any]:
    """The month or days that a valid form asks for; nothing where no order is known yet."""
    programme = form.cleaned_data.get("programme") or form.first_programme
    known = statistics.first_and_last_day(programme) if programme else None
    if programme is None or known is None:
        return {}
    given = form.cleaned_data
    publisher = given["publisher"]
    if given["first"]:
        first, last = given["first"], given["last"]
        return {
            "month": f"{day(first)} – {day(last)}" if first != last else day(first),
            **_table(programme, first, last + timedelta(days=1), publisher),
        }
    month = given["month"] or known[1].replace(day=1)
    return {
        "month": f"{month:%Y-%m}",
        **_table(programme, month, _moved(month, 1), publisher),
        "earlier": address_of(programme, _moved(month, -1), publisher),
        "later": address_of(programme, _moved(month, 1), publisher),
    }


def _table(
    programme: Programme, first: date, end: date, publisher: Publisher | None
) -> dict[str, Any]:
    """The totals from `first` to before `end`, and what they come to."""
    found = list(statistics.by_day_and_status(programme, first, end, publisher))
    return {
        "publisher": page_of(publisher, publisher.code) if publisher else "",
        "rows": [_shown(row, programme.currency) for row in found],
        "sums": {
            "lines": number(sum(row.lines for row in found)),
            "sales": money(sum(row.base_cents for row in found), programme.currency),
            "commission": money(sum(row.commission_cents for row in found), programme.currency),
        },
    }


def _moved(month: date, by: int) -> date:
    """The first day of the month so many months after (before, where less than 0)."""
    years, rest = divmod(month.month - 1 + by, 12)
    return date(month.year + years, rest + 1, 1)


def _shown(row: Any, currency: str) -> dict[str, Any]:
    status = LineStatus(row.status)
    return {
        "day": day(row.day),
        "status": status.label,
        "kind": STATUS_LABELS[status],
        "lines": number(row.lines),
        "sales": money(row.base_cents, currency),
        "commission": money(row.commission_cents, currency),
    }
