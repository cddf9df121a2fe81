"""What a constant expression comes to: joined, reversed, encoded; read, and never run."""

import base64
import binascii
import codecs
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.structure import Code
from compliance.detectors.extensions.tokens import NAME, NUMBER, REGEX, STRING

# Stands inside a text for a part that only a run would tell.
HOLE = "\0"
_DEEPEST = 24
_LONGEST = 60_000
_MOST_PARTS = 20_000
_GLOBAL = frozenset({"window", "self", "globalThis"})
Value = str | int | list[Any] | None


def base64_text(text: str) -> str:
    """What base64 (either alphabet, padding optional) says; empty where nothing readable."""
    plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def hex_text(text: str) -> str:
    """What pairs of hexadecimal digits say."""
    try:
        return bytes.fromhex(text).decode("utf-8")
    except ValueError:
        return ""


_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def readings(text: str) -> list[str]:
    """The text itself, and what it says decoded in the usual ways of hiding a text."""
    found = [text]
    if not 8 <= len(text) <= _LONGEST:
        return found
    if _ENCODED.fullmatch(text):
        once = base64_text(text)
        found += [once, base64_text(once) if once else "", base64_text(text[::-1]), hex_text(text)]
        found.append(once[::-1])
    if "%" in text:
        found.append(unquote(text))
    if " " not in text:
        found += [text[::-1], codecs.encode(text, "rot13")]
    return [each for each in found if each]


def _number(text: str) -> int | None:
    try:
        return int(text.replace("_", "").rstrip("n"), 0)
    except ValueError:
        return None


class Folder:
    """Reads expressions of one program; each position once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[tuple[int, int], tuple[Value, int]] = {}
        self._depth = 0

    def sum_at(self, code: Code, index: int) -> tuple[Value, int]:
        """The value of the sum that begins at `index`, and where it ends. Nothing is executed."""
        key = (id(code), index)
        if key in self._known:
            return self._known[key]
        if self._depth > _DEEPEST:
            return None, code.skip(index) if index < len(code) else index
        self._known[key] = (
            None,
            min(index + 1, len(code)),
        )  # A name that stands for itself ends here.
        self._depth += 1
        try:
            result = self._sum(code, index)
        finally:
            self._depth -= 1
        self._known[key] = result
        return result

    def _sum(self, code: Code, index: int) -> tuple[Value, int]:
        value, end = self._part(code, index)
        parts = 1
        while code.text(end) == "+" and end + 1 < len(code) and parts < _MOST_PARTS:
            self.program.budget.spend()
            right, end = self._part(code, end + 1)
            value = _plus(value, right)
            parts += 1
        return value, end

    def _part(self, code: Code, index: int) -> tuple[Value, int]:
        self.program.budget.spend()
        if index >= len(code):
            return None, index
        value, end = self._primary(code, index)
        for _ in range(60):
            text = code.text(end)
            if text == "[" and code.mates[end] > end:
                value, end = self._member(code, value, end)
            elif text in {".", "?."} and code.kind(end + 1) == NAME:
                value, end = self._method(code, value, end + 1)
            elif text == "(" and code.mates[end] > end:
                value, end = None, code.skip(end)
            else:
                break
        return value, min(end, len(code))

    def _primary(self, code: Code, index: int) -> tuple[Value, int]:
        kind, text = code.tokens.kinds[index], code.tokens.texts[index]
        if kind in {STRING, NUMBER, REGEX}:
            known: dict[int, Value] = {STRING: text, NUMBER: _number(text)}
            return known.get(kind), index + 1
        if text == "(" and code.mates[index] > index:
            value, end = self.sum_at(code, index + 1)
            return (value if end == code.mates[index] else None), code.skip(index)
        if text == "[" and code.mates[index] > index:
            return self._list(code, index), code.skip(index)
        if kind == NAME:
            return self._name(code, index)
        return None, code.skip(index)

    def _list(self, code: Code, opener: int) -> list[Any]:
        items: list[Any] = []
        index, end = opener + 1, code.mates[opener]
        while index < end and len(items) < _MOST_PARTS:
            if code.text(index) == "...":
                value, after = self.sum_at(code, index + 1)
                items += list(value) if isinstance(value, str | list) else [None]
            else:
                value, after = self.sum_at(code, index)
                items.append(value if code.text(after) in {",", "]", ")"} else None)
            while after < end and code.text(after) != ",":
                self.program.budget.spend()
                after = code.skip(after)
            index = after + 1
        return items

    def arguments(self, code: Code, opener: int) -> list[Any]:
        """The values in the brackets of a call."""
        if code.text(opener) != "(" or code.mates[opener] <= opener:
            return []
        return self._list(code, opener)

    def _name(self, code: Code, index: int) -> tuple[Value, int]:
        name = code.tokens.texts[index]
        if name in _GLOBAL and code.text(index + 1) == "." and code.kind(index + 2) == NAME:
            index += 2
            name = code.tokens.texts[index]
        if code.text(index + 1) == "(" and name in _DECODERS:
            given = self.arguments(code, index + 1)
            value = _DECODERS[name](given[0]) if given and isinstance(given[0], str) else None
            return value, code.skip(index + 1)
        if name in {"String", "Buffer"} and code.text(index + 1) == ".":
            return self._static(code, index)
        if name == "new":
            return None, index + 1
        return self._constant(code, index), index + 1

    def _static(self, code: Code, index: int) -> tuple[Value, int]:
        name, opener = code.text(index + 2), index + 3
        if code.text(opener) in {".", "?."} and code.text(opener + 1) in {"apply", "call"}:
            opener += 2
        given = self.arguments(code, opener)
        if not given:
            return None, index + 1
        if name in {"fromCharCode", "fromCodePoint"}:
            numbers = given[-1] if isinstance(given[-1], list) else given
            return _from_codes(numbers), code.skip(opener)
        if name == "from" and isinstance(given[0], str) and len(given) > 1:
            decode = {"base64": base64_text, "hex": hex_text}.get(str(given[1]), str)
            return decode(given[0]), code.skip(opener)
        return None, code.skip(opener)

    def _constant(self, code: Code, index: int) -> Value:
        """What a name always stands for: it was given one value, and is nobody's parameter."""
        values = self.program.values_at(code, index)
        if len(values) != 1 or self.program.parameter_at(code, index):
            return None
        where = values[0]
        value, end = self.sum_at(where.code, where.span.start)
        return value if end >= where.span.end else None

    def _member(self, code: Code, value: Value, opener: int) -> tuple[Value, int]:
        key, _end = self.sum_at(code, opener + 1)
        item: Value = None
        if isinstance(value, list | str) and isinstance(key, int) and 0 <= key < len(value):
            item = value[key]
        elif isinstance(key, str):
            item = self._property(key)
        return item, code.skip(opener)

    def _property(self, name: str) -> Value:
        found = [
            (code, span)
            for code in self.program.codes
            for span in code.properties.get(name, ())[:2]
        ]
        if len(found) != 1:
            return None
        code, span = found[0]
        value, end = self.sum_at(code, span.start)
        return value if end >= span.end else None

    def _method(self, code: Code, value: Value, index: int) -> tuple[Value, int]:
        name, opener = code.tokens.texts[index], index + 1
        if code.text(opener) != "(" or code.mates[opener] <= opener:
            return (self._property(name) if name != "length" else None), opener
        if not isinstance(value, str | list):
            return None, code.skip(opener)
        if name == "map" and isinstance(value, list):
            return _mapped(value, code.tokens.texts[opener : code.mates[opener]]), code.skip(opener)
        given = self.arguments(code, opener)
        pattern = code.tokens.texts[opener + 1] if code.kind(opener + 1) == REGEX else None
        return _called(value, name, given, pattern), code.skip(opener)


def _plus(left: Value, right: Value) -> Value:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    if isinstance(left, str) or isinstance(right, str):
        text = _as_text(left) + _as_text(right)
        return text[:_LONGEST]
    return None


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else HOLE


def _from_codes(numbers: list[Any]) -> str | None:
    letters = [n for n in numbers if isinstance(n, int) and 0 <= n < 0x110000]
    return "".join(map(chr, letters)) if letters and len(letters) == len(numbers) else None


def _mapped(items: list[Any], words: list[str]) -> Value:
    """`map` over numbers that makes letters, with one number added, taken off or mixed in."""
    if "fromCharCode" not in words and "fromCodePoint" not in words:
        return None
    shift: Callable[[int], int] = int
    for sign, number in pairwise(words):
        operand = _number(number) if number[:1].isdigit() else None
        if operand is not None and sign in _SHIFTS:
            shift = _SHIFTS[sign](operand)
    codes = [shift(item) if isinstance(item, int) else -1 for item in items]
    return [chr(each) if 0 <= each < 0x110000 else None for each in codes]


_SHIFTS: dict[str, Callable[[int], Callable[[int], int]]] = {
    "+": lambda operand: lambda each: each + operand,
    "-": lambda operand: lambda each: each - operand,
    "^": lambda operand: lambda each: each ^ operand,
}
_DECODERS: dict[str, Callable[[str], str]] = {
    "atob": base64_text,
    "unescape": unquote,
    "decodeURIComponent": unquote,
    "decodeURI": unquote,
    "encodeURI": str,
    "String": str,
}


def _called(value: str | list[Any], name: str, given: list[Any], pattern: str | None) -> Value:
    first = given[0] if given else None
    if name == "join" and isinstance(value, list):
        separator = first if isinstance(first, str) else ","
        return separator.join(map(_as_text, value))[:_LONGEST]
    if name == "reverse" and isinstance(value, list):
        return value[::-1]
    if name == "concat":
        return _concat(value, given)
    if name in {"slice", "substring", "substr"}:
        return _sliced(value, name, given)
    return _text_called(value, name, given, pattern) if isinstance(value, str) else None


def _concat(value: str | list[Any], given: list[Any]) -> Value:
    if isinstance(value, str):
        return (value + "".join(map(_as_text, given)))[:_LONGEST]
    items = list(value)
    for item in given:
        items += item if isinstance(item, list) else [item]
    return items[:_MOST_PARTS]


def _sliced(value: str | list[Any], name: str, given: list[Any]) -> Value:
    numbers = [each for each in given if isinstance(each, int)]
    if len(numbers) != len(given) or any(each < 0 for each in numbers):
        return None
    start = numbers[0] if numbers else 0
    end = numbers[1] if len(numbers) > 1 else len(value)
    return value[start : start + end if name == "substr" else end]


def _text_called(value: str, name: str, given: list[Any], pattern: str | None) -> Value:
    first = given[0] if given else None
    match name:
        case "split":
            return _split(value, first, pattern)
        case "replace" | "replaceAll" if len(given) > 1 and isinstance(given[1], str):
            by_text = value.replace(first, given[1]) if isinstance(first, str) else None
            return (
                by_text[:_LONGEST] if by_text is not None else _replaced(value, pattern, given[1])
            )
        case "toLowerCase":
            return value.lower()
        case "toString" | "trim" | "valueOf" | "normalize":
            return value
        case "at" | "charAt" if isinstance(first, int) and 0 <= first < len(value):
            return value[first]
        case _:
            return None


def _split(value: str, separator: object, pattern: str | None) -> Value:
    if separator == "" or (pattern is not None and pattern.startswith("/(?:)")):
        return list(value)
    return list(value.split(separator)) if isinstance(separator, str) else None


_LETTERS = re.compile(r"/\[?((?:\\?[^\\\[\](){}*+?|^$./]|\\[^a-zA-Z0-9])+)\]?\+?/([a-z]*)")


def _replaced(value: str, pattern: str | None, by: str) -> Value:
    """Replace by a regular expression of plain letters, or of one set of them."""
    found = _LETTERS.fullmatch(pattern or "")
    if not found:
        return None
    letters = re.sub(r"\\(.)", r"\1", found.group(1))
    if (pattern or "").startswith("/["):
        return "".join(by if letter in letters else letter for letter in value)[:_LONGEST]
    return value.replace(letters, by)[:_LONGEST]
