"""A password asked for once more counts against the same limit as signing in."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _


def wrong_password(request: HttpRequest, password: str) -> str:
    """Why a password given again is not taken; empty: it is."""
    try:
        right = get_adapter(request).reauthenticate(request.user, password)
    except ValidationError as error:
        return str(error.messages[0])
    return "" if right else _("That is not your password.")
