"""Writes a typed client of the API: one Python file that needs the standard library alone.

Made of the description (OpenAPI 3.1), which is made of the views: shapes as TypedDicts, one method
an operation, pages as iterators. What calls and problems are is `client_runtime`, taken in whole.
"""

import ast
import builtins
import keyword
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.api import client_runtime

WIDTH = 100
MANY = 8  # parameters, of which linters say that they are too many when there are more
HEAD = '''"""A client of the Permille API, version 1. `manage.py api_client` wrote it: edit nothing.

`Client("https://permille.example", key)` has a method for each operation, and `all_...` for every
item of a list. A refusal raises Problem. Each write gets an Idempotency-Key by itself.
"""

from __future__ import annotations
'''
CLIENT = '''class Client(Calls):
    """The operations of the API; each names the scope that its key takes."""
'''
# What the written part may need beyond what the runtime imports.
NEEDED = {
    "collections.abc": ("Iterator",),
    "typing": ("BinaryIO", "Literal", "NotRequired", "TypeAlias", "TypedDict", "final"),
}
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
MOMENTS = {"date": "date", "date-time": "datetime"}
# The problems are an exception, not a shape.
NO_SHAPES = {"Problem"}
# What is answered by a file: how many bytes it has.
FILE = "int"
BINARY = "application/octet-stream"

Schema = Mapping[str, Any]


@dataclass
class Words:
    """The names given to choices of words: of the same words one name, the first asked for."""

    names: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def name(self, wanted: str, words: Sequence[Any]) -> str:
        """The name of a choice."""
        return self.names.setdefault(tuple(words), wanted)

    def written(self) -> Iterator[str]:
        """The aliases, by name."""
        for words, name in sorted(self.names.items(), key=lambda pair: pair[1]):
            yield f"{name}: TypeAlias = Literal{_bracketed([_quoted(one) for one in words], name)}"


def client_source(description: Mapping[str, Any]) -> str:
    """The text of the client's file."""
    words = Words()
    schemas = {
        name: one for name, one in description["components"]["schemas"].items()
        if name not in NO_SHAPES
    }  # fmt: skip
    either = {ref for one in schemas.values() for ref in _either(one)}
    shapes = [
        _shape(name, one, words, final=name in either)
        for name, one in schemas.items()
        if "properties" in one
    ]
    unions = [
        f"{name}: TypeAlias = {_quoted(_type(one, name, words))}"
        for name, one in schemas.items()
        if "properties" not in one
    ]
    methods = [
        method
        for address, of_address in description["paths"].items()
        for verb, operation in of_address.items()
        for method in _methods(address, verb, operation, schemas, words)
    ]
    client = "\n".join([CLIENT, *methods]).rstrip()
    parts = ["\n".join(words.written()), *shapes, "\n".join(unions), client]
    runtime = _runtime()
    body = "\n\n\n".join([runtime.body, *(one for one in parts if one)])
    return f"{HEAD}\n{_imports(runtime.imported, body)}\n\n\n{body}\n"


@dataclass(frozen=True)
class _Runtime:
    imported: list[ast.stmt]
    body: str


def _runtime() -> _Runtime:
    """What clients stand on: its imports, and the text of the rest."""
    text = Path(client_runtime.__file__).read_text(encoding="utf-8")
    tree = ast.parse(text)
    imported = [one for one in tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    rest = text.splitlines()[imported[-1].end_lineno or 0 :]
    return _Runtime([*imported], "\n".join(rest).strip())


def _imports(imported: list[ast.stmt], body: str) -> str:
    """The imports of the whole file, in the order that linters keep."""
    named = {module: {one for one in names if re.search(rf"\b{one}\b", body)}
             for module, names in NEEDED.items()}  # fmt: skip
    whole = []
    for one in imported:
        if isinstance(one, ast.Import):
            whole += [f"import {alias.name}" for alias in one.names]
        elif isinstance(one, ast.ImportFrom):
            named.setdefault(str(one.module), set()).update(alias.name for alias in one.names)
    lines = [*sorted(whole)]
    for module in sorted(named):
        # Constants before classes before functions.
        names = sorted(
            named[module], key=lambda name: (not name.isupper(), name[0].islower(), name)
        )
        lines += [f"from {module} import {', '.join(names)}"] if names else []
    return "\n".join(lines)


def _either(schema: Schema) -> list[str]:
    """The shapes of which a schema is one."""
    return [str(one["$ref"]).rpartition("/")[2] for one in schema.get("oneOf", ()) if "$ref" in one]


def _shape(name: str, schema: Schema, words: Words, *, final: bool) -> str:
    """A class of what an object has. final: type checkers tell it from others by its keys."""
    lines = ["@final"] if final else []
    lines += [f"class {name}(TypedDict):", *_docstring(schema.get("description", name), 4), ""]
    required = set(schema.get("required", ()))
    for key, one in schema["properties"].items():
        if not key.isidentifier() or keyword.iskeyword(key):
            raise ValueError(f"{name}.{key} cannot be a name in Python: call it otherwise.")
        kind = _type(one, f"{name}{_camel(key)}", words)
        lines.append(f"    {key}: {kind if key in required else f'NotRequired[{kind}]'}")
    return "\n".join(lines)


def _type(schema: Schema, wanted: str, words: Words, *, given: bool = False) -> str:
    """The annotation of a schema. wanted: the name of a choice; given: it is a parameter."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(_type(one, wanted, words, given=given) for one in schema[several])
    if "enum" in schema:
        chosen = [one for one in schema["enum"] if one is not None]
        none = " | None" if None in schema["enum"] else ""
        return f"{words.name(wanted, chosen)}{none}"
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    told = [_plain(kind, schema, wanted, words, given=given) for kind in kinds]
    return " | ".join(told) or "Any"


def _plain(kind: str, schema: Schema, wanted: str, words: Words, *, given: bool) -> str:
    if kind == "array":
        return f"list[{_type(schema['items'], wanted, words)}]"
    if kind == "object":
        return "dict[str, Any]"
    if given and kind == "string":
        if schema.get("pattern", "").startswith("^[1-9][0-9]"):
            return "int"  # the number of a row
        return MOMENTS.get(schema.get("format", ""), "str")
    return PLAIN[kind]


def _methods(
    address: str, verb: str, operation: Mapping[str, Any], schemas: Mapping[str, Schema],
    words: Words,
) -> Iterator[str]:  # fmt: skip
    """The method of an operation, and of a list one that goes through its pages."""
    name = operation["operationId"]
    parameters = [_Parameter.of(one, name, words) for one in operation.get("parameters", [])
                  if one["in"] != "header"]  # fmt: skip
    answer = next(one for status, one in operation["responses"].items() if status < "400")
    content = answer.get("content", {})
    if content and "application/json" not in content:
        yield _method(address, verb, operation, parameters, FILE, words)
        return
    schema = content.get("application/json", {}).get("schema")
    returned = _type(schema, f"{_camel(name)}Answer", words) if schema else "None"
    yield _method(address, verb, operation, parameters, returned, words)
    page = schemas.get(returned, {}).get("properties", {})
    if {"items", "next"} <= page.keys():
        item = _type(page["items"]["items"], returned, words)
        yield _pages(name, operation["summary"], parameters, item)


@dataclass(frozen=True)
class _Parameter:
    """A parameter. wire: its name in the address."""

    wire: str
    kind: str
    required: bool
    in_path: bool

    @classmethod
    def of(cls, told: Mapping[str, Any], operation: str, words: Words) -> "_Parameter":
        wanted = f"{_camel(operation)}{_camel(told['name'])}"
        kind = _type(told["schema"], wanted, words, given=True)
        in_path = told["in"] == "path"
        return cls(told["name"], kind, in_path or bool(told.get("required")), in_path)

    @property
    def name(self) -> str:
        taken = keyword.iskeyword(self.wire) or hasattr(builtins, self.wire)
        return f"{self.wire}_" if taken else self.wire

    @property
    def line(self) -> str:
        return (
            f"{self.name}: {self.kind}"
            if self.required
            else f"{self.name}: {self.kind} | None = None"
        )


def _method(
    address: str, verb: str, operation: Mapping[str, Any], parameters: list[_Parameter],
    returned: str, words: Words,
) -> str:  # fmt: skip
    name = operation["operationId"]
    told = f"{operation['summary']}.\n\n{operation['description']}"
    lines = [one.line for one in sorted(parameters, key=lambda one: not one.required)]
    steps = re.sub(r"\{(\w+)\}", r"{_step(\1)}", address)
    path = f'{"f" if "{" in steps else ""}"{steps}"'
    asked = _mapping([f'"{one.wire}": {one.name}' for one in parameters if not one.in_path])
    if returned == FILE:
        told = f"{told}\n\nWritten into `into` as it comes; the answer is how many bytes."
        lines = ["into: BinaryIO", *lines]
        made = f"self._fetch{_called([path, 'into', *([asked] if asked else [])])}"
    elif verb == "get":
        made = f"self._read{_called([path, *([asked] if asked else [])])}"
    else:
        bodies, sent = _body(operation, words)
        lines = [*bodies, *lines, "idempotency_key: str | None = None"]
        given = [path, "idempotency_key", *([f"asked={asked}"] if asked else []), *sent]
        given += [] if verb == "post" else [f'method="{verb.upper()}"']
        made = f"self._write{_called(given)}"
    answered = (
        [f"        {made}"] if returned == "None"
        else [f"        answer: {returned} = {made}", "        return answer"]
    )  # fmt: skip
    return "\n".join([*_signature(name, lines, returned), *_docstring(told, 8), *answered, ""])


def _body(operation: Mapping[str, Any], words: Words) -> tuple[list[str], list[str]]:
    """The parameters for a write's body, and how they are sent on."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return [], []
    if BINARY in content:
        kinds = words.name(f"{_camel(operation['operationId'])}ContentType", list(content))
        return (
            ["body: bytes | BinaryIO", f"content_type: {kinds} = {_quoted(next(iter(content)))}"],
            ["file=body", "content_type=content_type"],
        )
    schema = content["application/json"]["schema"]
    return [f"body: {_type(schema, '', words)}"], ["body=body"]


def _pages(name: str, summary: str, parameters: list[_Parameter], item: str) -> str:
    """A method that gives every item, page by page."""
    rest = [one for one in parameters if one.wire != "cursor"]
    lines = [one.line for one in sorted(rest, key=lambda one: not one.required)]
    given = [*(f"{one.name}={one.name}" for one in rest), "cursor=cursor"]
    told = f"{summary}: every one, page by page; `limit` is of a page."
    return "\n".join(
        [*_signature(f"all_{name.removeprefix('list_')}", lines, f"Iterator[{item}]"),
         *_docstring(told, 8),
         "        cursor: str | None = None",
         "        while True:",
         f"            page = self.{name}{_called(given, 12)}",
         '            yield from page["items"]',
         '            cursor = _cursor_of(page["next"])',
         "            if cursor is None:",
         "                return", ""]
    )  # fmt: skip


def _signature(name: str, lines: list[str], returned: str) -> list[str]:
    short = (
        f"    def {name}({', '.join(['self', '*', *lines] if lines else ['self'])}) -> {returned}:"
    )
    if len(short) <= WIDTH:
        return [short]
    given = ["self", "*", *lines]
    # All are named by who calls: as many as the API has filters.
    many = "  # noqa: PLR0913" if len(lines) > MANY else ""
    return [
        f"    def {name}({many}",
        *(f"        {one}," for one in given),
        f"    ) -> {returned}:",
    ]


def _mapping(pairs: list[str]) -> str:
    """A dictionary as an argument on a line of its own; empty: nothing is asked."""
    short = f"{{{', '.join(pairs)}}}" if pairs else ""
    if len(short) <= WIDTH - 20:
        return short
    return "{\n" + "".join(f"{' ' * 16}{one},\n" for one in pairs) + " " * 12 + "}"


def _called(given: list[str], indent: int = 8) -> str:
    """Arguments, on one line where they are few and short, else one a line."""
    short = f"({', '.join(given)})"
    if len(short) <= WIDTH - 60 and "\n" not in short:
        return short
    inner = " " * (indent + 4)
    return "(\n" + "".join(f"{inner}{one},\n" for one in given) + " " * indent + ")"


def _bracketed(given: list[str], name: str) -> str:
    short = f"[{', '.join(given)}]"
    if len(name) + len(short) + len(": TypeAlias = Literal") <= WIDTH:
        return short
    return "[\n" + "".join(f"    {one},\n" for one in given) + "]"


def _docstring(text: str, indent: int) -> list[str]:
    """Lines of a docstring, wrapped."""
    blank, said = " " * indent, text.replace("\\", "\\\\").strip().rstrip(".") + "."
    parts = [textwrap.fill(one, WIDTH - indent - 6) for one in said.split("\n\n")]
    if len(parts) == 1 and "\n" not in parts[0]:
        return [f'{blank}"""{parts[0]}"""']
    lines = "\n\n".join(parts).splitlines()
    return [
        f'{blank}"""{lines[0]}',
        *(f"{blank}{one}".rstrip() for one in lines[1:]),
        f'{blank}"""',
    ]


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_-]", name))
