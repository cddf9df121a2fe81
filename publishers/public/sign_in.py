"""The way in for a publisher's people and for staff, and out again.

The stages on the way (the address, the second factor) are the library's; see `adapter.py`.
"""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LogoutView
from django.core.exceptions import ValidationError
from django.urls import translate_url
from django.utils.translation import get_language, get_language_from_path, override
from django.utils.translation import gettext_lazy as _

from publishers.models import User


def belongs_here(user: User) -> bool:
    """Whether somebody is of the staff or of a publisher: nobody else signs in."""
    return user.is_active and bool(user.is_staff or user.publisher_id)


class SignInForm(LoginForm):
    """Name or e-mail and password of somebody of a publisher, or of the staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail or user name"),
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )
        self.order_fields(["login", "password"])
        password = self.fields["password"]
        password.label = _("Password")
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)

    def add_prefix(self, field_name: str) -> str:
        """What browsers and their keepers of passwords know the field by."""
        return super().add_prefix("username" if field_name == "login" else field_name)

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        """Who is wrong, unknown, shut out or neither is told the same."""
        try:
            cleaned: dict[str, Any] = super()._clean_with_password(credentials)
        except ValidationError as error:
            if getattr(error, "code", "") == "too_many_login_attempts":
                raise
            raise self.wrong() from error
        if not (isinstance(self.user, User) and belongs_here(self.user)):
            raise self.wrong()
        return cleaned

    def wrong(self) -> ValidationError:
        """The one sentence."""
        return AuthenticationForm().get_invalid_login_error()


class SignIn(LoginView):
    """Signs in, and leads to where somebody wanted to go: an address of this site alone."""

    form_class = SignInForm
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "next": self.get_next_url() or ""}

    def get_success_url(self) -> str | None:
        """In the language that was read last: it may have been switched here."""
        wanted = self.get_next_url()
        if not wanted:
            return super().get_success_url()
        language = get_language() or ""
        # An address is only found under its own language.
        with override(get_language_from_path(wanted) or language):
            return translate_url(wanted, language)


class SignOut(LogoutView):
    """Signs out; by POST alone, so that no link can do it."""

    next_page = "public:programmes"
