"""A copy of all of one's own data, and the end of the account."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from publishers.accounts import (
    REOPENED_WITHIN,
    AccountRefused,
    close_account,
    closing_of,
    reopen_account,
)
from publishers.data_exports import (
    KEPT,
    ask_export,
    exports_of,
    file_name,
    finished_export,
    kept_until,
)
from publishers.enums import ExportState, Role
from publishers.models import Publisher
from publishers.portal.pages import portal_page, reader_of, show
from publishers.public.password_again import wrong_password

SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(reads=Role.OWNER, writes=Role.OWNER, while_blocked=True)
def data(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Ask for a copy of the data, see how far it is, and load it down."""
    if request.method == "POST":
        ask_export(publisher, by=reader_of(request), at=timezone.now())
        return redirect("portal:settings_data")
    listed = list(exports_of(publisher)[:SHOWN])
    context = {
        "exports": [(one, kept_until(one)) for one in listed],
        "under_way": any(one.state in (ExportState.WAITING, ExportState.RUNNING) for one in listed),
        "days": KEPT.days,
        "tab": "settings_data",
    }
    part = request.headers.get("HX-Request") == "true"
    name = "settings/pieces/exports" if part else "settings/data"
    return show(request, name, context, here="settings")


@require_safe
@portal_page(reads=Role.OWNER, while_blocked=True)
def download(request: HttpRequest, publisher: Publisher, export_id: int) -> HttpResponseBase:
    """The file of an export of one's own, while it is kept."""
    export = finished_export(publisher, export_id)
    if export is None:
        raise Http404
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=file_name(export))


class ClosingForm(forms.Form):
    """The owner's password, once more."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(reads=Role.OWNER, writes=Role.OWNER, while_blocked=True)
def closing(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """What closing means, and the closing itself."""
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wrong = wrong_password(request, form.cleaned_data["password"])
        if wrong:
            form.add_error("password", wrong)
        else:
            close_account(publisher, by=reader_of(request), at=timezone.now())
            messages.success(request, _("The account is closed, and everybody is signed out."))
            return redirect("public:sign_in")
    standing = closing_of(publisher)
    context = {
        "form": form,
        "closing": standing,
        "until": standing.closed_at + REOPENED_WITHIN if standing else None,
        "days": REOPENED_WITHIN.days,
        "tab": "settings_closing",
    }
    return show(request, "settings/closing", context, here="settings")


@require_POST
@portal_page(writes=Role.OWNER, while_blocked=True)
def reopening(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Open a closed account again, while it can be."""
    try:
        reopen_account(publisher, by=reader_of(request), at=timezone.now())
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The account is open again, and so are its sources."))
    return redirect("portal:settings_closing")
