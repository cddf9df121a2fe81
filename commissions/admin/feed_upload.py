"""The form of the upload page, and what becomes of the file."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from commissions.models import FeedImport, Programme
from commissions.receiving import take_feed
from publishers.models import User


class UploadForm(forms.Form):
    """A feed file: whose programme's, and what its amounts are in."""

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("pk"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("NDJSON, CSV, or a page of the merchant's API in JSON."),
        widget=UnfoldAdminFileFieldWidget,
    )
    amount_unit = forms.ChoiceField(
        label=_("Amounts are in"),
        choices=[("cents", _("cents")), ("units", _("units of the currency"))],
        widget=UnfoldAdminSelectWidget,
        help_text=_("1050 is 10.50 in cents; 10.50 is written as such in units."),
    )


def take_upload(form: UploadForm, *, by: User | None, at: datetime) -> FeedImport:
    """Take the file of a form that is valid."""
    given = form.cleaned_data
    return take_feed(
        programme=given["programme"],
        upload=given["file"],
        amount_unit=given["amount_unit"],
        by=by,
        at=at,
    )
