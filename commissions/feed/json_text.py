"""JSON whose numbers never become numbers, and whose repeated keys are not lost."""

import json
from collections.abc import Callable

Pairs = list[tuple[str, object]]


class Number(str):
    """A JSON number as its digits came: `1e3`, `10000.0` and 900000000000400 stay just that."""

    __slots__ = ()


class Clash(dict[str, object]):
    """A JSON object that gives one key twice with different values."""

    def __init__(self, pairs: Pairs, key: str) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        self.key = key


def json_object(pairs: Pairs) -> dict[str, object]:
    """The object, or a Clash; the same key with the same value again is nothing."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: dict[str, object] = {}
    for key, value in pairs:
        if seen.setdefault(key, value) != value:
            return Clash(pairs, key)
    return found


def decoder(
    constant: Callable[[str], object],
    json_object: Callable[[Pairs], dict[str, object]] = json_object,
) -> json.JSONDecoder:
    """A decoder that keeps tokens; `constant` is given NaN, Infinity and -Infinity."""
    return json.JSONDecoder(
        parse_float=Number,
        parse_int=Number,
        parse_constant=constant,
        object_pairs_hook=json_object,
    )


def json_text(value: object) -> str:
    """The value as JSON text again, its numbers and repeated keys as they came."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        pairs = value.pairs if isinstance(value, Clash) else value.items()
        return "{" + ", ".join(f"{_string(k)}: {json_text(v)}" for k, v in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    return _string(value)


def _string(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def field_text(value: object) -> str | None:
    """A field's value as the text it came as: null is None, true is "true", an object its JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    try:
        return json_text(value)
    except RecursionError:
        return "(nested too deeply to show)"
