"""The form of the upload page, and what becomes of the file."""

from datetime import datetime

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from commissions.models import FeedImport, Programme
from commissions.operations.feed import receive_feed
from commissions.tasks import run_import
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


@transaction.atomic
def take_upload(form: UploadForm, *, by: User | None, at: datetime) -> FeedImport:
    """Keep the file, queue its import, and ring for it once both are safe."""
    upload: UploadedFile = form.cleaned_data["file"]
    feed_import = receive_feed(
        programme=form.cleaned_data["programme"],
        name=upload.name or "",
        amount_unit=form.cleaned_data["amount_unit"],
        by=by,
        at=at,
    )
    feed_import.bytes_total = upload.size or 0
    feed_import.stored_as.save(upload.name or "feed", upload, save=True)
    run_import.delay_on_commit(feed_import.pk)
    return feed_import
