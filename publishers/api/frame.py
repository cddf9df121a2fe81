"""Around every call of the API: its number, and problems where no view was reached."""

import json
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone

from publishers.api.problems import PROBLEM_JSON, problem_of
from publishers.keys import note_use
from publishers.models import ApiKey

PREFIX = "/api/"
HEADER = "X-Request-Id"
# Of the settings' MIDDLEWARE behind this one, those that a program's reads pass, in their order.
# The others are for browsers: session, form tokens, people, messages, second factor.
FOR_PROGRAMS = (LocaleMiddleware, CommonMiddleware, XFrameOptionsMiddleware)
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger(__name__)


class ApiMiddleware:
    """Numbers each call, and makes every error a problem, wherever it comes from.

    The number is the caller's own, where it sends one of a harmless form. What a program reads with
    a key goes to its view by a shorter way (`reads_by_key`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.shorter_way = _shorter_way()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        sent = request.headers.get(HEADER, "")
        number = sent if _NUMBER.fullmatch(sent) else uuid.uuid4().hex
        request.request_id = number  # type: ignore[attr-defined]
        way = self.shorter_way if reads_by_key(request) else self.get_response
        response = way(request)
        if response.status_code >= 500:
            logger.error("Request %s: %s %s failed", number, request.method, request.path)
        if response.status_code >= 400 and response.headers.get("Content-Type") != PROBLEM_JSON:
            response = _problem(request, response)
        response.headers[HEADER] = number
        return response


def reads_by_key(request: HttpRequest) -> bool:
    """Whether a program asks with a key, and for nothing to change; it sends no cookie.

    Its key alone decides, whether it opens anything or not (`KeyAuthentication`).
    """
    sent = request.META
    return (
        request.method in ("GET", "HEAD")
        and not sent.get("HTTP_COOKIE")
        and sent.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
    )


def _shorter_way() -> Callable[[HttpRequest], HttpResponse]:
    """Past the middleware for browsers, put together as the framework does it."""
    handler = BaseHandler()
    handler._view_middleware = []  # type: ignore[attr-defined]  # noqa: SLF001
    handler._template_response_middleware = []  # type: ignore[attr-defined]  # noqa: SLF001
    handler._exception_middleware = []  # type: ignore[attr-defined]  # noqa: SLF001
    way: Any = convert_exception_to_response(handler._get_response)  # type: ignore[attr-defined]  # noqa: SLF001
    for middleware in reversed(FOR_PROGRAMS):
        way = convert_exception_to_response(middleware(way))
    return cast("Callable[[HttpRequest], HttpResponse]", way)


def _problem(request: HttpRequest, before: HttpResponse) -> HttpResponse:
    text = json.dumps(problem_of(before.status_code, request), ensure_ascii=False)
    response = HttpResponse(text, status=before.status_code, content_type=PROBLEM_JSON)
    for name in ("Allow", "Vary"):
        if name in before.headers:
            response.headers[name] = before.headers[name]
    return response


class NotingUse:
    """Notes the use of a key once its answer has been sent: the caller does not wait for it."""

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def close(self) -> None:
        """Called by the server after the last byte."""
        note_use(self.key, at=timezone.now())
