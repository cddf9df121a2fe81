"""What a browser may load on our pages, and what a log must not show."""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Our own pages: files of this site, and nothing written into the page.
STRICT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The admin theme writes small scripts and styles into its pages ('unsafe-inline'), and its
# Alpine evaluates the expressions in their attributes ('unsafe-eval'). Everything still
# comes from this site, and nothing can be sent to another.
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
ADMIN_PREFIX = "/admin/"

_SECRETS = (
    (re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@"), r"\1***@"),
    (
        re.compile(r"(?i)((?:password|passwd|secret|token|api[_-]?key)\W{1,5})[^\s,;&'\"]+"),
        r"\1***",
    ),
)


class ContentSecurityPolicyMiddleware:
    """Adds the policy; a view that has set its own keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith(ADMIN_PREFIX) else STRICT_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class SecretlessFormatter(logging.Formatter):
    """Blanks passwords in addresses and values named like secrets, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without what it must not tell."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """`text` with the passwords of addresses, and values named like secrets, blanked."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text
