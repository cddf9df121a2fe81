"""The second factor: its secrets in the database, and staff who cannot do without one."""

import base64
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _

from publishers.models import User
from publishers.public.pages import ADMIN_PREFIX

# Recovery codes alone are no factor: they stand in for one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Signing out stays possible, and choosing a language.
OPEN_TO_ALL = ("/admin/logout/", "/admin/login/", "/admin/jsi18n/")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps secrets encrypted: a copy of the database opens nobody's account."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """Under the site's secret key, and for reading under those of before."""
    return MultiFernet(
        [Fernet(_key(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> bytes:
    digest = blake2b(force_bytes(secret), digest_size=32, person=b"second factor").digest()
    return base64.urlsafe_b64encode(digest)


def has_second_factor(user: Any) -> bool:
    """Whether somebody signs in with an app or a passkey too."""
    return bool(second_factors().is_mfa_enabled(user, FACTORS))


def staff_without_second_factor() -> str:
    """What the admin's front page says where staff need no second factor; empty: they do."""
    if settings.PERMILLE_STAFF_SECOND_FACTOR:
        return ""
    return _(
        "Staff may sign in with a password alone. Set PERMILLE_STAFF_SECOND_FACTOR=1 before real "
        "money is in the books."
    )


class StaffSecondFactorMiddleware:
    """Where it is asked for, the admin stays shut until staff have a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._lacks_one(request):
            messages.warning(
                request,
                _("The back office opens once you have an authenticator app or a passkey."),
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _lacks_one(self, request: HttpRequest) -> bool:
        if not settings.PERMILLE_STAFF_SECOND_FACTOR:
            return False
        if not request.path.startswith(ADMIN_PREFIX) or request.path in OPEN_TO_ALL:
            return False
        user = request.user
        return isinstance(user, User) and user.is_staff and not has_second_factor(user)
