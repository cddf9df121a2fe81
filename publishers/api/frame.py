"""Around every call of the API: its number, and problems where no view was reached."""

import json
import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from publishers.api.problems import PROBLEM_JSON, problem_of
from publishers.keys import note_use
from publishers.models import ApiKey

PREFIX = "/api/"
HEADER = "X-Request-Id"
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger(__name__)


class ApiMiddleware:
    """Numbers each call, and makes every error a problem, wherever it comes from.

    The number is the caller's own, where it sends one of a harmless form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        sent = request.headers.get(HEADER, "")
        number = sent if _NUMBER.fullmatch(sent) else uuid.uuid4().hex
        request.request_id = number  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.status_code >= 500:
            logger.error("Request %s: %s %s failed", number, request.method, request.path)
        if response.status_code >= 400 and response.headers.get("Content-Type") != PROBLEM_JSON:
            response = _problem(request, response)
        response.headers[HEADER] = number
        return response


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
