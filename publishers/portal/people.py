"""The page of a publisher's people: who they are, what they may, who is invited."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from publishers.accounts import AccountRefused
from publishers.enums import Role
from publishers.models import Invitation, Publisher, User
from publishers.people import (
    INVITATION_LIVES,
    change_role,
    open_invitations,
    people_of,
    remove,
    withdraw,
)
from publishers.portal.pages import portal_page, reader_of, show
from publishers.public.inviting import LetterNotSent, invite_by_letter

SHOWN = 200


class InvitationForm(forms.Form):
    """Whom to invite, and what they may do."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MANAGER,
        help_text=gettext_lazy(
            "A reader looks and exports. A manager also runs sources and links. "
            "An owner also has people, payouts and the account itself."
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(writes=Role.OWNER)
def people(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Everybody who works for the publisher; owners invite more."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invited(request, publisher, form):
        return redirect("portal:settings_people")
    context = {
        "form": form,
        "people": people_of(publisher)[:SHOWN],
        "invitations": open_invitations(publisher, at=timezone.now())[:SHOWN],
        "roles": Role.choices,
        "days": INVITATION_LIVES.days,
        "tab": "settings_people",
    }
    return show(request, "settings/people", context, here="settings")


def _invited(request: HttpRequest, publisher: Publisher, form: InvitationForm) -> bool:
    """Whether the invitation went out; else the form says why not."""
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        invite_by_letter(
            publisher,
            email=email,
            role=role,
            by=reader_of(request),
            at=timezone.now(),
            on_site=request.build_absolute_uri,
        )
    except AccountRefused as refusal:
        form.add_error("email", str(refusal))
        return False
    except LetterNotSent as unsent:
        form.add_error(None, str(unsent))
        return False
    messages.success(request, _("%(email)s has a letter with the invitation.") % {"email": email})
    return True


@require_POST
@portal_page(writes=Role.OWNER)
def person(request: HttpRequest, publisher: Publisher, user_id: int) -> HttpResponse:
    """Give somebody another role, or remove them."""
    role = request.POST.get("role", "")
    try:
        if "remove" in request.POST:
            remove(publisher, user_id, at=timezone.now())
            said = _("Removed, and signed out everywhere.")
        elif role in Role.values:
            change_role(publisher, user_id, Role(role))
            said = _("The role is changed.")
        else:
            raise PermissionDenied
    except User.DoesNotExist as error:
        raise Http404 from error
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("public:programmes" if _is_gone(request) else "portal:settings_people")


@require_POST
@portal_page(writes=Role.OWNER)
def invitation_withdrawn(
    request: HttpRequest, publisher: Publisher, invitation_id: int
) -> HttpResponse:
    """End an invitation that is open."""
    try:
        withdraw(publisher, invitation_id, at=timezone.now())
    except Invitation.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect("portal:settings_people")


def _is_gone(request: HttpRequest) -> bool:
    """Whether somebody has just removed themselves."""
    return not User.objects.filter(pk=reader_of(request).pk, is_active=True).exists()
