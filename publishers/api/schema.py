"""The description of the API (OpenAPI 3.1), made from the views and what every answer has."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from publishers.api.parameters import Parameters
from publishers.api.problems import PROBLEM_JSON
from publishers.api.writes import HEADER

# The last paragraph of an operation's description.
SCOPE = "Scope: `{scope}`."
_PROBLEMS = {
    "400": "A parameter, a header or the body is not as it must be; `errors` points at each.",
    "401": "No key was sent, or one that opens nothing.",
    "403": "The caller may not do this: a scope, a right or a role is missing.",
    "404": "There is no such thing, or it is somebody else's.",
    "406": "Answers are JSON.",
    "409": "It cannot be done as things stand, or the same write is under way (`Retry-After`).",
    "411": "The length of the body is not said.",
    "413": "The body is too large.",
    "415": "The body is of a kind that is not taken.",
    "422": "The Idempotency-Key was used for another request, or the content is refused.",
    "429": "Too many calls in this minute; `Retry-After` says when to go on.",
    "500": "A fault of ours.",
    "503": "Something that we need for it does not answer just now.",
}
_OF_READS = ("400", "401", "403", "404", "406", "429", "500")
_OF_WRITES = (*_OF_READS, "409", "413", "415", "422")
_COUNTS = {
    "RateLimit-Limit": "Calls of this kind in a minute.",
    "RateLimit-Remaining": "How many are left.",
    "RateLimit-Reset": "Seconds until the next minute begins.",
}
_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "A name of the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "request_id": {"type": "string", "description": "Tell it when you ask about the call."},
        "pointer": {"type": "string", "description": "Of the first error."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail", "pointer"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {
                        "type": "string",
                        "description": "A JSON pointer, as a fragment, to what is wrong.",
                    },
                },
            },
        },
    },
    "example": {
        "type": "urn:permille:problem:invalid",
        "title": "Invalid parameter",
        "status": 400,
        "detail": "limit is “0”. Write how many to give, from 1 to 200.",
        "request_id": "5f0c8c0d3c534e0b8a54c5d1c1f0a3f7",
        "pointer": "#/limit",
        "errors": [{"detail": "…", "pointer": "#/limit"}],
    },
}


class KeyScheme(OpenApiAuthenticationExtension):
    """A key in the header."""

    target_class = "publishers.api.callers.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the API. Each operation names the scope that it takes.",
        }


class ParameterShape(OpenApiSerializerFieldExtension):
    """A text in a body."""

    target_class = "publishers.api.bodies.Words"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        words = self.target
        shape: dict[str, Any] = {"type": "string", "maxLength": words.most}
        return shape if words.blank else {**shape, "minLength": 1, "pattern": r"\S"}


class Schema(AutoSchema):
    """An operation with the scope that it takes, its parameters and the header of writes."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        super().get_auth()  # which notes what the ways in are
        if _view(self).public:
            return [{}]
        scope = _view(self).scopes.get(self.method)
        return [{"key": [scope.value] if scope else []}, {"cookieAuth": []}]

    def get_override_parameters(self) -> list[Any]:
        given: list[Any] = list(super().get_override_parameters())
        if self.method == "GET" or _view(self).public:
            return given
        header = OpenApiParameter(
            name=HEADER,
            type={"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
            location=OpenApiParameter.HEADER,
            required=True,
            description="New for each write, and the same when the same write is sent again.",
        )
        return [*given, header]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        name = str(super().get_serializer_name(serializer, direction))
        return name.removesuffix("Shape").removesuffix("Body")

    def get_tags(self) -> list[str]:
        return [_view(self).tag]


def _view(schema: Schema) -> Any:
    """The view that an operation is of: an ApiView, which is declared above this file."""
    return schema.view


def described(parameters: type[Parameters]) -> list[OpenApiParameter]:
    """The parameters of an address for the description."""
    return [
        OpenApiParameter(
            name=name,
            type=getattr(one, "shape", {"type": "string"}),
            location=OpenApiParameter.QUERY,
            required=one.required,
            description=str(one.help_text or ""),
        )
        for name, one in parameters().fields.items()
    ]


def paged(name: str, items: type[serializers.Serializer]) -> Any:
    """The serializer of one page of these."""
    told = "The address of that page; null: there is none."
    members = {
        "items": items(many=True),
        "next": serializers.URLField(allow_null=True, help_text=told),
        "previous": serializers.URLField(allow_null=True, help_text=told),
    }
    return type(f"{name}Page", (serializers.Serializer,), members)()


def with_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Adds to each operation the problems that it may answer, and the headers of every answer."""
    parts = result.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = _PROBLEM
    parts["headers"] = {
        "RequestId": {"description": "The number of the call.", "schema": {"type": "string"}},
        **{
            name.replace("-", ""): {"description": text, "schema": {"type": "integer"}}
            for name, text in _COUNTS.items()
        },
    }
    parts["responses"] = {f"Problem{status}": _answer(status) for status in _PROBLEMS}
    for address in result["paths"].values():
        for method, operation in address.items():
            _complete(method, operation)
    return result


def _answer(status: str) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if status in ("429",):
        headers["Retry-After"] = {"description": "Seconds.", "schema": {"type": "integer"}}
    if status == "401":
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    return {
        "description": _PROBLEMS[status],
        "headers": headers,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete(method: str, operation: dict[str, Any]) -> None:
    public = operation.get("security") == [{}]
    usual = ("406", "500") if public else _OF_READS if method == "get" else _OF_WRITES
    answers = operation["responses"]
    extra = operation.pop("x-problems", [])
    scopes = [one for way in operation.get("security", []) for one in way.get("key", [])]
    if scopes:
        of_scope = SCOPE.format(scope=scopes[0])
        operation["description"] = f"{operation['description']}\n\n{of_scope}"
    for answer in answers.values():
        headers = answer.setdefault("headers", {})
        headers["X-Request-Id"] = {"$ref": "#/components/headers/RequestId"}
        if not public:
            headers |= {
                name: {"$ref": f"#/components/headers/{name.replace('-', '')}"} for name in _COUNTS
            }
    for status in (*usual, *extra):
        answers.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
