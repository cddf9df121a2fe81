"""The page that an invitation's link opens: who asks, as what, and a password of one's own."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from publishers.accounts import TERMS_VERSION, AccountRefused
from publishers.enums import Role
from publishers.models import Invitation, User
from publishers.people import accept, invitation_of


class JoinForm(forms.Form):
    """A name and a password; the address is the one that was written to."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    terms = forms.BooleanField(label=gettext_lazy("I accept the terms"))

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        """email: the invited address, which the password must not be."""
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        """Not one that is guessed."""
        password = str(self.cleaned_data["password"])
        validate_password(password, User(username=self.email, email=self.email))
        return password


@never_cache
@sensitive_post_parameters("password")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Who has the link has read the letter: their address is theirs."""
    invitation = invitation_of(secret, at=timezone.now())
    if invitation is None:
        return TemplateResponse(request, "public/join.html", {"invitation": None}, status=404)
    form = JoinForm(invitation.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _join(invitation, secret, form.cleaned_data)
        except (AccountRefused, ValidationError) as refusal:
            form.add_error(
                None, refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
            )
        else:
            messages.success(request, _("You work for %(name)s now: sign in.")
                             % {"name": invitation.publisher.name})  # fmt: skip
            return redirect("public:sign_in")
    context = {
        "invitation": invitation,
        "role": Role(invitation.role).label,
        "form": form,
        "terms_version": TERMS_VERSION,
    }
    return TemplateResponse(request, "public/join.html", context)


@transaction.atomic
def _join(invitation: Invitation, secret: str, said: dict[str, Any]) -> None:
    """One login a person: who has one already works for somebody, and needs another address."""
    known = filter_users_by_email(invitation.email)
    if any(user.is_active or user.publisher_id or user.is_staff for user in known):
        raise AccountRefused(
            _("%(email)s has a login already, and a login works for one publisher: ask for an "
              "invitation to another address.") % {"email": invitation.email}
        )  # fmt: skip
    user = known[0] if known else User()
    user.first_name = said["name"]
    user.set_password(said["password"])
    if not user.username:
        user.username = get_adapter().generate_unique_username([invitation.email, "user"])
    accept(secret, user=user, at=timezone.now())
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(
        user=user, email=invitation.email.lower(), verified=True, primary=True
    )
