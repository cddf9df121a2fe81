"""Imports of lists whose rows belong to a programme: the form asks whose."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.forms import ConfirmImportForm
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from commissions.models import Programme
from publishers.admin.tables import TableAdmin


class ProgrammeImportForm(ImportForm):
    """The file, and whose rows it holds."""

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("pk"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )


class ProgrammeConfirmForm(ConfirmImportForm):
    """Carries the programme from the preview to the import."""

    programme = forms.ModelChoiceField(queryset=Programme.objects.all(), widget=forms.HiddenInput)


class ProgrammeTableAdmin(TableAdmin):
    """A list of one programme's rows."""

    import_form_class = ProgrammeImportForm
    confirm_form_class = ProgrammeConfirmForm

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"form": kwargs.get("form")}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if import_form is not None and import_form.is_valid():
            initial["programme"] = import_form.cleaned_data["programme"].pk
        return initial
