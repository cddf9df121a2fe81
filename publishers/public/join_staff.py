"""The page that a new member of staff comes to by their letter: a password of one's own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from publishers.accounts import AccountRefused
from publishers.models import User
from publishers.staff_invitations import invited_to_staff, join_staff


class FirstPasswordForm(forms.Form):
    """A password that nobody else knows."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        """user: whose it will be; it must not be like their name or address."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        """Not one that is guessed."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


@never_cache
@sensitive_post_parameters("password")
def first_password(request: HttpRequest, secret: str) -> HttpResponse:
    """Who has the link has read the letter: their address is theirs."""
    now = timezone.now()
    person = invited_to_staff(secret, at=now)
    if person is None:
        return TemplateResponse(request, "public/join_staff.html", {"person": None}, status=404)
    form = FirstPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            joined = join_staff(secret, password=form.cleaned_data["password"], at=now)
        except AccountRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_to(joined))
            return redirect("public:sign_in")
    return TemplateResponse(request, "public/join_staff.html", {"person": person, "form": form})


def _said_to(person: User) -> str:
    if person.is_staff:
        return _("Your password is kept: sign in.")
    return _(
        "Your password is kept. You can sign in as soon as two people have given you your roles."
    )
