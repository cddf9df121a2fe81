"""The way in for a publisher's people, and out again."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, get_language_from_path, override

from publishers.models import User
from publishers.public.pages import every_page


class SignInForm(AuthenticationForm):
    """Name and password of somebody of a publisher, or of the staff."""

    def confirm_login_allowed(self, user: User) -> None:
        """Who is neither is told the same as somebody unknown."""
        super().confirm_login_allowed(user)
        if not (user.is_staff or user.publisher_id):
            raise self.get_invalid_login_error()


class SignIn(LoginView):
    """Signs in, and leads to where somebody wanted to go: an address of this site alone."""

    template_name = "public/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **every_page(self.request)}

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """In the language that was read last: it may have been switched here."""
        wanted, language = super().get_redirect_url(), get_language() or ""
        # An address is only found under its own language.
        with override(get_language_from_path(wanted) or language):
            return translate_url(wanted, language)

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        own_page = isinstance(user, User) and user.publisher_id
        return reverse("portal:home" if own_page else "admin:index")


class SignOut(LogoutView):
    """Signs out; by POST alone, so that no link can do it."""

    next_page = "public:programmes"
