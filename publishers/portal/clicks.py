"""The publisher's own clicks, each with its id: shown newest first, and as a file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from publishers.click_log import Place, click_file, click_page, file_name, period_of
from publishers.downloads import csv_answer
from publishers.models import Click, Publisher
from publishers.portal.pages import portal_page, show
from publishers.queries import SourceState, source_states

# Days that can be asked for: none of them is the last that a calendar knows.
_SENSIBLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))]
_PLACE = "~"  # between the instant and the number of a place


class ClicksForm(forms.Form):
    """Which clicks: of one source or all, of whole days in UTC, or the one with an id."""

    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    first = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        validators=_SENSIBLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        validators=_SENSIBLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    click = forms.CharField(label=gettext_lazy("Click id"), required=False, max_length=64)

    def __init__(self, sources: list[SourceState], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All sources")), *((one.code, one.title) for one in sources)]
        self.fields["source"] = forms.ChoiceField(
            label=_("Source"), choices=choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        """A period that does not end before it begins."""
        asked = super().clean() or {}
        first, last = asked.get("first"), asked.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins: choose a later day."))
        return asked


@require_safe
@portal_page()
def clicks_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """A page of clicks; with `format=csv` all of the period as a file."""
    sources = source_states(publisher.pk, timezone.now())
    form = ClicksForm(sources, request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    start, end = _period(asked, timezone.now())
    codes = {one.id: one.code for one in sources if asked.get("source", "") in ("", one.code)}
    if request.GET.get("format") == "csv" and form.is_valid():
        pieces = click_file(codes, start=start, end=end)
        return csv_answer(request, pieces, file_name(start, end))  # type: ignore[return-value]
    context: dict[str, Any] = {"form": form, "sources": sources, "codes": codes}
    if asked.get("click"):
        found = Click.objects.filter(click_id=asked["click"], source__publisher=publisher)
        context["clicks"] = list(found)
        context["codes"] = {one.id: one.code for one in sources}
        return show(request, "clicks", context, here="clicks")
    page = click_page(list(codes), start=start, end=end, after=_place(request.GET.get("after")))
    context |= {"clicks": page.clicks, "start": start, "end": end - timedelta(days=1)}
    kept = {name: request.GET[name] for name in ("source", "first", "last") if name in request.GET}
    if page.following:
        after = f"{page.following.at.isoformat()}{_PLACE}{page.following.id}"
        context["older"] = urlencode({**kept, "after": after})
    context["file"] = urlencode({**kept, "format": "csv"})
    return show(request, "clicks", context, here="clicks")


def _period(asked: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """From the first day's beginning to the last day's end, in UTC."""
    first, last = asked.get("first"), asked.get("last")
    start = datetime.combine(first, time(), tzinfo=UTC) if first else None
    end = datetime.combine(last, time(), tzinfo=UTC) + timedelta(days=1) if last else None
    return period_of(start, end, at=now)


def _place(text: str | None) -> Place | None:
    """The place in an address; one that cannot be read is the beginning."""
    moment, _mark, number = (text or "").partition(_PLACE)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if at.tzinfo is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Place(at, int(number))
