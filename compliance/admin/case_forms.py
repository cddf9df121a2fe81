"""The forms of a case's moves: reasons, texts, days, and the source concerned."""

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance.enums import Severity, ViolationKind
from compliance.kinds import CLAUSE, SEVERITY
from compliance.models import Case
from publishers.models import Publisher, Source

DAYS_TO_ANSWER = 14


class MoveForm(forms.Form):
    """A form of a move on a case; without fields it only asks whether one is sure."""

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        self.case = case


class ReasonForm(MoveForm):
    """Why a case is decided so; the publisher reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("It is kept with the case, and the publisher reads it."),
    )


class RefusalForm(MoveForm):
    """Why a second person does not agree; staff read it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("It is kept with the case, for whoever asked."),
    )


class SuspendForm(ReasonForm):
    """Which source is suspended, and why."""

    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), widget=UnfoldAdminSelectWidget
    )

    field_order = ("source", "reason")

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, case=case)
        sources = Source.objects.filter(publisher_id=case.publisher_id)
        if case.source_id is not None:
            sources = sources.filter(pk=case.source_id)
        field = self.fields["source"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = sources
        field.initial = case.source_id


class AnswerTimeForm(MoveForm):
    """How long the publisher has to answer."""

    days = forms.IntegerField(
        label=_("Days to answer"),
        min_value=1,
        max_value=365,
        initial=DAYS_TO_ANSWER,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The publisher gets a letter. When the time is over, a person decides."),
    )


class WordsForm(MoveForm):
    """Words of the publisher that came by letter."""

    text = forms.CharField(
        label=_("Words of the publisher"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=_("As they came. They are kept as they are, with your name beside them."),
    )


class OpenForm(forms.Form):
    """A case that a person opens."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=ViolationKind.choices, widget=UnfoldAdminSelectWidget
    )
    publisher = forms.CharField(
        label=_("Code of the publisher"), max_length=64, widget=UnfoldAdminTextInputWidget
    )
    source = forms.CharField(
        label=_("Code of the source"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: it is about none in particular."),
    )
    evidence = forms.CharField(
        label=_("What it is about"),
        max_length=64,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Such as an address, or the number of a complaint: a few words to know it by."),
    )
    facts = forms.CharField(
        label=_("What was found"),
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=_("One fact a line. It is frozen with the case, and the publisher reads it."),
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=[("", _("as usual for its kind")), *Severity.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    clause = forms.CharField(
        label=_("Clause"),
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: the clause of its kind."),
    )

    def clean_publisher(self) -> Publisher:
        """The publisher of that code."""
        code = self.cleaned_data["publisher"].strip()
        found = Publisher.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                now("No publisher has the code “%(code)s”.") % {"code": code}
            )
        return found

    def clean(self) -> dict[str, Any]:
        """The source is the publisher's; where the kind has no clause or severity, say one."""
        given = super().clean() or {}
        code, publisher = str(given.get("source", "")).strip(), given.get("publisher")
        given["source"] = None
        if code and isinstance(publisher, Publisher):
            given["source"] = Source.objects.filter(code=code, publisher=publisher).first()
            if given["source"] is None:
                self.add_error(
                    "source",
                    now("%(publisher)s has no source of the code “%(code)s”.")
                    % {"publisher": publisher, "code": code},
                )
        kind = str(given.get("kind", ""))
        given["severity"] = given.get("severity") or SEVERITY.get(kind)
        given["clause"] = str(given.get("clause", "")).strip() or CLAUSE.get(kind, "")
        return given
