"""The description of the API as its pages show it: groups of operations, each told in full.

Made from the finished description alone (OpenAPI 3.1), in whichever language that is: what a view
or a serializer does not say there, the pages do not say either. Members of a body are one flat
list, each with its way to it: `items[].click.id`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

METHODS = ("get", "post", "put", "patch", "delete")
# What a schema says of a value beyond its kind, by the names that it has there.
_LIMITS = (
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"),
    *("default", "const"),
)
_CODE = re.compile("`([^`]*)`")

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """A parameter, or a member of a body. kind: as JSON names it; limits: name and value."""

    name: str
    kind: str
    words: SafeString
    required: bool = False
    nullable: bool = False
    place: str = ""  # of a parameter: path, query or header
    values: tuple[str, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Example:
    """A body as it may be. title: may be empty."""

    title: str
    text: str


@dataclass(frozen=True)
class Body:
    """What is sent or answered. shapes: of each form that it may have, its members."""

    kinds: tuple[str, ...]
    shapes: tuple[tuple[Member, ...], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Answer:
    """What comes back. body: None where there is none."""

    status: str
    words: SafeString
    body: Body | None


@dataclass(frozen=True)
class Operation:
    """A method of an address. id: the same in every language."""

    id: str
    method: str
    path: str
    summary: str
    words: tuple[SafeString, ...]
    parameters: tuple[Member, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    problems: tuple[Answer, ...]

    @property
    def writes(self) -> bool:
        """Whether it takes an Idempotency-Key."""
        return self.method != "GET"


@dataclass(frozen=True)
class Group:
    """Operations under one heading. slug: of its page, the same in every language."""

    slug: str
    name: str
    operations: tuple[Operation, ...]


def groups(description: Schema, plain: Schema) -> tuple[Group, ...]:
    """The operations by their headings, in the order of their names.

    plain: the same description in English, from which addresses are made.
    """
    found: dict[str, list[Operation]] = {}
    names: dict[str, str] = {}
    for path, operations in description["paths"].items():
        for method in (one for one in METHODS if one in operations):
            told = operations[method]
            slug = slugify(plain["paths"][path][method]["tags"][0])
            names[slug] = told["tags"][0]
            found.setdefault(slug, []).append(_operation(description, path, method, told))
    return tuple(
        Group(slug, names[slug], tuple(found[slug]))
        for slug in sorted(names, key=names.__getitem__)
    )


def coded(text: str) -> SafeString:
    """A sentence as HTML; what stands between backticks is code."""
    parts = enumerate(_CODE.split(text))
    return format_html_join(
        "", "{}", ((_code(part) if number % 2 else part,) for number, part in parts)
    )


def _code(text: str) -> SafeString:
    return format_html('<code translate="no">{}</code>', text)


def _operation(description: Schema, path: str, method: str, told: Schema) -> Operation:
    answers = [
        _answer(description, status, answer) for status, answer in sorted(told["responses"].items())
    ]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        words=tuple(coded(one) for one in told.get("description", "").split("\n\n") if one),
        parameters=tuple(_parameter(description, one) for one in _in_order(told)),
        body=_body(description, told["requestBody"]["content"]) if "requestBody" in told else None,
        answers=tuple(one for one in answers if one.status < "3"),
        problems=tuple(one for one in answers if one.status > "3"),
    )


def _in_order(told: Schema) -> list[Schema]:
    """Parameters: what is in the path first, and what must be given before what may."""
    return sorted(
        told.get("parameters", []), key=lambda one: (one["in"] != "path", not one.get("required"))
    )


def _parameter(description: Schema, told: Schema) -> Member:
    return _member(
        description,
        {**told["schema"], "description": told.get("description", "")},
        name=told["name"],
        required=bool(told.get("required")),
        place=told["in"],
    )


def _answer(description: Schema, status: str, told: Schema) -> Answer:
    whole = _found(description, told)
    content = whole.get("content")
    body = _body(description, content) if content else None
    return Answer(status, coded(whole.get("description", "")), body)


def _body(description: Schema, content: Mapping[str, Schema]) -> Body:
    """A body of one shape or of several kinds of files, whose bytes have no members."""
    first = next(iter(content.values()))
    schema, _nullable = _whole(description, first["schema"])
    forms = schema.get("oneOf", [schema])
    shapes = [tuple(_members(description, one, "")) for one in forms]
    examples = [
        Example(str(one.get("summary", "")), _shown(one["value"]))
        for one in first.get("examples", {}).values()
    ]
    return Body(tuple(content), tuple(filter(None, shapes)), tuple(examples))


def _shown(value: Any) -> str:
    """A value of an example, as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _members(description: Schema, schema: Schema, way: str) -> Iterator[Member]:
    """The members of an object, or of the things in a list, each followed by its own."""
    whole, _nullable = _whole(description, schema)
    if whole.get("type") == "array":
        yield from _members(description, whole["items"], f"{way}[]")
        return
    required = whole.get("required", [])
    for name, told in whole.get("properties", {}).items():
        named = f"{way}.{name}" if way else name
        yield _member(description, told, name=named, required=name in required)
        yield from _members(description, told, named)


def _member(
    description: Schema, schema: Schema, *, name: str, required: bool, place: str = ""
) -> Member:
    whole, nullable = _whole(description, schema)
    values = whole.get("enum", [])
    return Member(
        name=name,
        kind=_kind(description, whole),
        words=coded(whole.get("description", "")),
        required=required,
        nullable=nullable,
        place=place,
        values=tuple(str(one) for one in values if one is not None),
        limits=tuple((one, str(whole[one])) for one in _LIMITS if one in whole),
    )


def _kind(description: Schema, whole: Schema) -> str:
    named = whole.get("type", "any")
    kinds = [one for one in (named if isinstance(named, list) else [named]) if one != "null"]
    if kinds == ["array"]:
        inner, _nullable = _whole(description, whole["items"])
        return f"array of {_kind(description, inner)}"
    form = whole.get("format")
    return f"{' or '.join(kinds)} ({form})" if form else " or ".join(kinds)


def _whole(description: Schema, schema: Schema) -> tuple[dict[str, Any], bool]:
    """A schema with what it refers to put in its place, and whether it may be null.

    What is said where it is used comes before what is said where it is declared.
    """
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    parts = [*schema.get("allOf", []), *([schema] if "$ref" in schema else [])]
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= _whole(description, _found(description, part))[0]
    merged |= own
    forms = merged.get("oneOf", [])
    others = [one for one in forms if one.get("type") != "null"]
    if forms and len(others) == 1:
        del merged["oneOf"]
        return _whole(description, others[0])[0] | merged, len(others) < len(forms)
    nullable = "null" in merged.get("type", []) or None in merged.get("enum", [])
    return merged, nullable


def _found(description: Schema, told: Schema) -> Schema:
    """What a reference leads to; anything else is itself."""
    if "$ref" not in told:
        return told
    found: Any = description
    for name in told["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return _found(description, found)


def calling(operation: Operation, address: str) -> str:
    """The operation as a line for a shell; what the caller puts in is in capitals.

    address: of this site, without a path.
    """
    path = operation.path
    for one in operation.parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", one.name.upper())
    needed = [one for one in operation.parameters if one.place == "query" and one.required]
    asked = "&".join(f"{one.name}={one.name.upper()}" for one in needed)
    lines = ['curl -H "Authorization: Bearer $KEY"']
    if operation.writes:
        lines = [f"curl -X {operation.method}", '-H "Authorization: Bearer $KEY"']
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if operation.body is not None:
        lines.append(f'-H "Content-Type: {operation.body.kinds[0]}"')
        lines.append(f"--data-binary {_data(operation.body)}")
    lines.append(f'"{address}{path}{"?" if asked else ""}{asked}"')
    return " \\\n".join(lines)


def _data(body: Body) -> str:
    """The first example, as a shell takes it; a file where the body is one."""
    if not body.examples:
        return "@FILE"
    return "'{}'".format(body.examples[0].text.replace("'", "'\\''"))
