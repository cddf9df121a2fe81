"""Refusals that the framework has no name for; each becomes a problem."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class Conflict(APIException):
    """It may not be done as things stand now."""

    status_code = 409
    default_detail = _("This cannot be done as things stand.")
    default_code = "conflict"


class InFlight(Conflict):
    """The same write is under way at this moment."""

    default_detail = _("The same write is under way: try again in a second.")
    default_code = "in_flight"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wait = 1  # the framework makes it a Retry-After


class Unprocessable(APIException):
    """It was read and understood, and does not hold together."""

    status_code = 422
    default_detail = _("This cannot be taken as it is.")
    default_code = "unprocessable"


class LengthRequired(APIException):
    """How long the body is has to be said before it comes."""

    status_code = 411
    default_detail = _("Say how long the body is: send Content-Length.")
    default_code = "length_required"


class TooLarge(APIException):
    """More bytes than are taken here."""

    status_code = 413
    default_detail = _("The body is too large.")
    default_code = "too_large"


class Unavailable(APIException):
    """Something that we need for it does not answer just now."""

    status_code = 503
    default_detail = _("This cannot be done just now. Try again in some minutes.")
    default_code = "unavailable"
