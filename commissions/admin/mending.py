"""The form that mends a parked row: every field as it came, the one at fault first."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from commissions.feed.model import FIELDS, LINE
from commissions.models import ParkedRow
from commissions.operations.feed import fields_of_parked

# Longer texts get more room.
LONG = 80


class MendingForm(forms.Form):
    """Fields are named as the feed names them. `came`: those that the row had."""

    def __init__(self, parked: ParkedRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        raw = {**fields_of_parked(parked), **(parked.mended or {})}
        self.line = raw.pop(LINE, "")
        self.came = tuple(raw)
        known = [*raw, *(name for name in FIELDS if name not in raw)]
        at_fault = [parked.field] if parked.field in known else []
        for name in [*at_fault, *(one for one in known if one != parked.field)]:
            self.fields[name] = _field(name, raw.get(name, ""))
        self.at_fault = at_fault

    def given(self) -> dict[str, str]:
        """Fields that the row had, and those that were filled in."""
        given = self.cleaned_data.items()
        return {name: text for name, text in given if text or name in self.came}

    def first_fields(self) -> list[forms.BoundField]:
        """The field at fault."""
        return [self[name] for name in self.at_fault]

    def other_fields(self) -> list[forms.BoundField]:
        """The other fields that the row had."""
        return [self[name] for name in self.came if name not in self.at_fault]

    def missing_fields(self) -> list[forms.BoundField]:
        """Fields of the feed that the row did not have."""
        shown = {*self.came, *self.at_fault}
        return [self[name] for name in self.fields if name not in shown]


def _field(name: str, value: str) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget if len(value) > LONG else UnfoldAdminTextInputWidget
    return forms.CharField(
        label=name, initial=value, required=False, strip=False, widget=widget(), help_text=""
    )


PAGE_TITLE = _("Mend a parked row")
