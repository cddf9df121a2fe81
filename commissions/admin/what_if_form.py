"""Which days a rulebook is tried on: the periods offered, and days of one's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions import statistics
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.programmes.rulebook_reading import midnight
from commissions.rulebooks import calendar
from publishers.figures import period

OWN_DAYS, OWN_PERIOD = "days", "rulebook"
LAST_DAYS = {"month": 30, "quarter": 90, "year": 365}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Preset:
    """A period that is offered: half-open, an open end is None.

    needed: a publication that changes what has been asks for a what-if over just this one.
    """

    code: str
    title: str
    from_at: datetime
    to_at: datetime | None
    shown: str
    hint: str = ""
    needed: bool = False


def presets(rulebook: Rulebook, at: datetime) -> list[Preset]:
    """The periods offered for a rulebook; whole days on its programme's clock."""
    zone = ZoneInfo(rulebook.programme.time_zone)
    today = midnight(at.astimezone(zone).date(), zone)
    titles = {
        "month": _("the last 30 days"),
        "quarter": _("the last 90 days"),
        "year": _("the last 365 days"),
    }
    offered = [_of_rulebook(rulebook, at)]
    for code, days in LAST_DAYS.items():
        start = midnight(today.date() - timedelta(days=days), zone)
        offered.append(_preset(code, titles[code], start, today, zone))
    known = statistics.first_and_last_day(rulebook.programme)
    if known is not None:
        start = midnight(known[0], zone)
        offered.append(_preset("all", _("since the first order"), start, None, zone))
    return offered


def _preset(
    code: str, title: str, from_at: datetime, to_at: datetime | None, zone: ZoneInfo
) -> Preset:
    return Preset(code, title, from_at, to_at, period(from_at, to_at, zone.key))


def _of_rulebook(rulebook: Rulebook, at: datetime) -> Preset:
    end = calendar.ends_at(rulebook)
    needed = rulebook.status != RulebookStatus.PUBLISHED and rulebook.starts_at < at
    future = _("It begins in the future: no order is placed in it yet.")
    return Preset(
        OWN_PERIOD,
        _("the rulebook's own period"),
        rulebook.starts_at,
        end,
        period(rulebook.starts_at, end, rulebook.programme.time_zone),
        hint=future if rulebook.starts_at >= at else "",
        needed=needed,
    )


def day_field(label: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "pm-input"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )


class PeriodForm(forms.Form):
    """One of the periods offered, or days of one's own, both of them included."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    first_day = day_field(gettext_lazy("from the day"))
    last_day = day_field(gettext_lazy("to the day, included; empty: to the end"))

    def __init__(self, data: Any, rulebook: Rulebook, at: datetime) -> None:
        self.offered = presets(rulebook, at)
        start = OWN_PERIOD if rulebook.starts_at < at else "quarter"
        super().__init__(data, initial={"period": start})
        self._zone = ZoneInfo(rulebook.programme.time_zone)
        choices = [(one.code, one.title) for one in self.offered]
        self.fields["period"].choices = [*choices, (OWN_DAYS, _("days of your own"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("period") == OWN_DAYS and not self.errors:
            first, last = given["first_day"], given["last_day"]
            if first is None:
                self.add_error("first_day", _("Say from which day on."))
            elif last is not None and last < first:
                self.add_error("last_day", _("The period must end after it starts."))
        return given

    def chosen(self) -> tuple[datetime, datetime | None]:
        """The period of a valid form: half-open, an open end is None."""
        code = self.cleaned_data["period"]
        if code != OWN_DAYS:
            preset = next(one for one in self.offered if one.code == code)
            return preset.from_at, preset.to_at
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        end = None if last is None else midnight(last + timedelta(days=1), self._zone)
        return midnight(first, self._zone), end
