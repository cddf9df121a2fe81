"""Errors of the API as problem details (RFC 9457): what is wrong, where, and what to do."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote as percent_encoded

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.response import Response
from rest_framework.views import exception_handler

PROBLEM_JSON = "application/problem+json"
TYPES = "urn:permille:problem:"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error that the asker can mend; None for any other.

    Members: type, title, status, detail, request_id; where single parameters are wrong also errors,
    each with its detail and its pointer (a JSON pointer as a fragment, `#/product`), and the
    first's pointer.
    """
    if isinstance(error, SuspiciousOperation):
        error = ParseError()
    response = exception_handler(error, context)
    if response is None:
        return None
    wrong = list(_wrong("", response.data))
    errors = [{"detail": str(said), "pointer": where} for where, said in wrong if where]
    kind, title = _kind(wrong[0][1].code or "", response.status_code, about_one=bool(errors))
    response.data = {
        "type": kind,
        "title": title,
        "status": response.status_code,
        "detail": " ".join(str(said) for _where, said in wrong),
        **_number(context.get("request")),
        **({"pointer": errors[0]["pointer"], "errors": errors} if errors else {}),
    }
    response.content_type = PROBLEM_JSON
    return response


def problem_of(status: int, request: Any) -> dict[str, Any]:
    """The problem of an error that came to pass outside of any view."""
    sentences = {
        400: _("The request cannot be read: check its address, its headers and its body."),
        403: _("This may not be called so."),
        404: _("There is nothing at this address: compare it with the documentation."),
        405: _("This address does not know the method."),
        413: _("The body is too large."),
    }
    ours = _("This is a fault of ours. Tell us the number of the request, and try again later.")
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentences.get(status, ours if status >= 500 else HTTPStatus(status).phrase),
        **_number(request),
    }


def _number(request: Any) -> dict[str, str]:
    number = getattr(request, "request_id", "")
    return {"request_id": number} if number else {}


def pointer(*path: str) -> str:
    """A JSON pointer (RFC 6901) as the fragment of an address."""
    steps = (step.replace("~", "~0").replace("/", "~1") for step in path)
    return "#" + "".join(f"/{percent_encoded(step, safe='~')}" for step in steps)


def _wrong(where: str, detail: Any) -> Iterator[tuple[str, ErrorDetail]]:
    """Every sentence and what it points at: an empty text where it is about the whole."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # The framework's own names for what belongs to no single parameter.
            whole = not where and name in ("detail", "non_field_errors")
            yield from _wrong(where if whole else f"{where or '#'}{pointer(str(name))[1:]}", inner)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _wrong(where, inner)
    else:
        yield where, detail


def _kind(code: str, status: int, *, about_one: bool) -> tuple[str, str]:
    """The type and the title of a problem. about_one: single parameters are wrong."""
    of_one = {
        "unknown": _("Unknown parameter"),
        "repeated": _("Repeated parameter"),
        "required": _("Missing parameter"),
        "invalid": _("Invalid parameter"),
        "not_found": _("Not found"),
    }
    of_all = {
        "scope": _("Scope missing"),
        "blocked": _("Account blocked"),
        "closed": _("Account closed"),
        "person": _("A person is needed"),
        "idempotency": _("Idempotency key used before"),
        "in_flight": _("Write under way"),
    }
    titles = of_one if about_one else of_all
    if code in titles:
        return f"{TYPES}{code.replace('_', '-')}", titles[code]
    return "about:blank", HTTPStatus(status).phrase
