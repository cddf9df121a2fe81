"""What a publisher asks of its lines, as its address says it: a period, a clock, filters."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from commissions.cuts import days
from commissions.cuts.asked import FILTERS, Asked
from commissions.cuts.days import EARLIEST, LATEST, LONGEST_PERIOD, Span, known_zones
from commissions.cuts.enums import CutBy, DateKind, ExportState, Lacking, Preset
from commissions.enums import LineStatus, Reason
from commissions.models import LineExport, Programme
from commissions.operations.line_exports import write_export
from commissions.portal.quote import countries_by_name
from publishers.columns import WrongCell, read_instant
from publishers.models import Publisher
from publishers.queries import sources_of

# Offered; any other name that the world's clocks have is understood in an address.
ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Warsaw", "Europe/Kyiv", "Europe/Moscow",
    "Europe/Samara", "Asia/Tbilisi", "Asia/Yekaterinburg", "Asia/Almaty", "Asia/Tashkent",
    "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Shanghai", "Asia/Irkutsk",
    "Asia/Vladivostok", "Asia/Tokyo", "Asia/Kolkata", "Asia/Jerusalem", "America/New_York",
    "America/Sao_Paulo", "America/Los_Angeles",
)  # fmt: skip


def own_clock(publisher: Publisher, programme: Programme | None) -> str:
    """The clock that is meant where none is named: the publisher's, else the programme's."""
    return publisher.time_zone or (programme.time_zone if programme else "UTC")


class DayField(forms.DateField):
    """A day as browsers send it, such as 2021-03-01."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise ValidationError(
                _("%(value)s is no day of this century: write one such as 2021-03-01.")
                % {"value": value}
            )
        return day


class InstantField(forms.CharField):
    """An instant with its offset, as machines write it."""

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        try:
            return read_instant(text) if text else None
        except WrongCell as wrong:
            raise ValidationError(str(wrong)) from wrong


class LackingField(forms.CharField):
    """What lines must not have: values of Lacking, commas between. Its value is a tuple."""

    def clean(self, value: Any) -> tuple[Lacking, ...]:
        text = super().clean(value)
        try:
            return tuple(Lacking(one) for one in text.split(",") if one)
        except ValueError as error:
            raise ValidationError(
                _("%(value)s is nothing that lines lack.") % {"value": text}
            ) from error


def _choice(label: Any, choices: list[tuple[str, Any]], every: Any = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", every), *choices] if every else choices, required=False
    )


class AskingForm(forms.Form):
    """Which lines, of which days on which clock.

    After `is_valid`, `span` and `before` are the period and the one before it, None: all time.
    """

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.order_by("pk"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("every programme"),
    )
    period = _choice(gettext_lazy("Period"), Preset.choices, gettext_lazy("all time"))
    first = DayField(label=pgettext_lazy("period", "From"), required=False)
    last = DayField(
        label=pgettext_lazy("period", "To"),
        required=False,
        help_text=gettext_lazy("This day included."),
    )
    dates = _choice(gettext_lazy("Days are those"), DateKind.choices)
    zone = forms.ChoiceField(label=gettext_lazy("On the clock of"), required=False)
    status = _choice(gettext_lazy("Status"), LineStatus.choices, gettext_lazy("every status"))
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    reason = _choice(
        gettext_lazy("Why it earns nothing"), Reason.choices, gettext_lazy("every reason")
    )
    # These come by following a row, and are shown as what they keep.
    rule = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    sub1 = forms.CharField(required=False, max_length=255, strip=False, widget=forms.HiddenInput)
    sub2 = forms.CharField(required=False, max_length=255, strip=False, widget=forms.HiddenInput)
    sub3 = forms.CharField(required=False, max_length=255, strip=False, widget=forms.HiddenInput)
    sub4 = forms.CharField(required=False, max_length=255, strip=False, widget=forms.HiddenInput)
    sub5 = forms.CharField(required=False, max_length=255, strip=False, widget=forms.HiddenInput)
    lacking = LackingField(required=False, max_length=100, widget=forms.HiddenInput)

    # The period that is meant where none is given; empty: all time.
    usual_period = ""

    def __init__(self, data: Any, publisher: Publisher, at: datetime) -> None:
        """at: the instant that today and this month are reckoned from."""
        super().__init__(data)
        self.publisher, self.at = publisher, at
        self.span: Span | None = None
        self.before: Span | None = None
        self.programmes = list(Programme.objects.order_by("pk"))
        if len(self.programmes) < 2:
            del self.fields["programme"]
        named = [(code, f"{title} ({code})") for code, title in sources_of(publisher.pk)]
        self._choose("source", [("", _("every source")), *named])
        self._choose("country", [("", _("every country")), *countries_by_name()])
        own = own_clock(publisher, self.programmes[0] if self.programmes else None)
        asked = str(self.data.get("zone", ""))
        zones = {own: None, **dict.fromkeys(ZONES)}
        if asked in known_zones():
            zones[asked] = None
        whose = _("%(zone)s (yours)") if publisher.time_zone else _("%(zone)s (the programme's)")
        told = [("", whose % {"zone": own})]
        self._choose("zone", told + [(name, name) for name in zones if name != own])
        if asked == own:  # The same clock by its name.
            self._choose("zone", [*told, (own, own)])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def programme_asked(self) -> Programme | None:
        """The programme chosen, or the only one there is."""
        chosen = self.cleaned_data.get("programme")
        if chosen is None and len(self.programmes) == 1:
            return self.programmes[0]
        return chosen if isinstance(chosen, Programme) else None

    @property
    def zone_asked(self) -> str:
        """The clock chosen, else the publisher's, else the programme's."""
        programme = self.programme_asked or (self.programmes[0] if self.programmes else None)
        return str(self.cleaned_data.get("zone") or own_clock(self.publisher, programme))

    def clean(self) -> dict[str, Any]:
        """Makes of the period's fields one period."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        period = cleaned.get("period") or (Preset.OWN if first or last else self.usual_period)
        if period == Preset.OWN:
            self._own(first, last)
        elif period:
            today = days.today(self.at, self.zone_asked)
            self.span, self.before = days.preset(period, today, self.zone_asked)
        cleaned["period"] = str(period)
        return cleaned

    def _own(self, first: date | None, last: date | None) -> None:
        if {"first", "last"} & set(self.errors):
            return
        if first is None and last is None:
            self.add_error("first", _("An own period needs its days: say from which to which."))
            return
        first, last = first or last, last or first
        if first is None or last is None or last < first:
            self.add_error("last", _("The period must not end before it starts."))
        elif (last - first).days >= LONGEST_PERIOD:
            self.add_error("last", _("At most ten years are shown at once: choose fewer."))
        else:
            self.span, self.before = days.own_period(first, last, self.zone_asked)

    def asked(self) -> Asked:
        """The lines that a valid form asks for."""
        cleaned = self.cleaned_data
        return Asked(
            publisher_id=self.publisher.pk,
            programme=self.programme_asked,
            span=self.span,
            dates=DateKind(cleaned.get("dates") or DateKind.PLACED),
            filters=tuple((name, cleaned[name]) for name in FILTERS if cleaned.get(name)),
            lacking=cleaned.get("lacking", ()),
        )

    def params(self) -> dict[str, str]:
        """What was asked, without what was left empty, as an address says it."""
        given = {name: str(self.data.get(name, "")) for name in self.fields}
        return {name: value for name, value in given.items() if value}


class StatisticsForm(AskingForm):
    """Lines of one programme and a period, and what their rows are."""

    by = _choice(gettext_lazy("Rows by"), CutBy.choices)
    usual_period = Preset.THIS_MONTH.value

    def __init__(self, data: Any, publisher: Publisher, at: datetime) -> None:
        super().__init__(data, publisher, at)
        self._choose("period", [(value, str(label)) for value, label in Preset.choices])
        programme = self.fields.get("programme")
        if isinstance(programme, forms.ModelChoiceField):
            programme.empty_label = None

    @property
    def programme_asked(self) -> Programme | None:
        """The programme chosen, else the first: amounts of several are not added up."""
        return super().programme_asked or (self.programmes[0] if self.programmes else None)

    @property
    def by_asked(self) -> CutBy:
        """What the rows are; days where nothing is said."""
        return CutBy(self.cleaned_data.get("by") or CutBy.DAY)


class OrdersForm(AskingForm):
    """Lines of any period, or those with one of the merchant's numbers."""

    q = forms.CharField(
        label=gettext_lazy("Number of the order or sub-order"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Whole. With a number, the other fields do not matter."),
    )
    # What machines ask by; people find it where a file was made so.
    order_id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    since = InstantField(required=False, max_length=40, widget=forms.HiddenInput)
    until = InstantField(required=False, max_length=40, widget=forms.HiddenInput)

    def asked(self) -> Asked:
        """The lines that a valid form asks for."""
        cleaned = self.cleaned_data
        return replace(super().asked(), since=cleaned["since"], until=cleaned["until"])


def run_export(export: LineExport) -> LineExport:
    """Write a file of lines: what its address said, as of when it was asked for."""
    form = OrdersForm(export.params, export.publisher, export.asked_at)
    if not form.is_valid():
        # Such as a source that was there when it was asked.
        LineExport.objects.filter(pk=export.pk).update(
            state=ExportState.FAILED, error=form.errors.as_json()
        )
        export.refresh_from_db()
        return export
    return write_export(export=export, asked=form.asked(), zone=form.zone_asked)


def address(name: str, params: dict[str, str], **changes: str) -> str:
    """A page of the portal with what is asked; a change to nothing takes a part away."""
    asked = {key: value for key, value in {**params, **changes}.items() if value}
    return reverse(f"portal:{name}") + (f"?{urlencode(asked)}" if asked else "")
