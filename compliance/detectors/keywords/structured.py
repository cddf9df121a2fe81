"""Entries in JSON: kinds as keys with lists under them, or objects with a kind and a text."""

import io
import json
from collections.abc import Iterator
from typing import Any

from compliance.detectors.keywords.encodings import UnreadableFile
from compliance.detectors.keywords.entries import Entry, Kind, entries_of
from compliance.detectors.keywords.labels import kind_of, label_of
from compliance.detectors.keywords.sentences import JSON_TOO_DEEP, LINE_NO_JSON


def read_json(document: Any) -> Iterator[Entry]:
    """The entries of a document; strings in a bare list are keywords. Raises UnreadableFile."""
    kind = Kind.KEYWORD if isinstance(document, list) else None
    try:
        yield from _walk(document, kind, None)
    except RecursionError:
        raise UnreadableFile(JSON_TOO_DEEP) from None


def read_ndjson(text: str) -> Iterator[Entry]:
    """The entries of a text with one object a line. Raises UnreadableFile naming the line."""
    for number, line in enumerate(io.StringIO(text.lstrip("\ufeff")), start=1):
        if line.strip():
            try:
                yield from _walk(json.loads(line), Kind.KEYWORD, number)
            except (ValueError, RecursionError):
                raise UnreadableFile(LINE_NO_JSON, line=number) from None


def _walk(value: Any, kind: Kind | None, line: int | None) -> Iterator[Entry]:
    if isinstance(value, dict):
        yield from _object(value, kind, line)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, kind, line)
    elif kind is not None and isinstance(value, str | int | float) and value is not True:
        yield from entries_of(kind, str(value), line)


def _object(value: dict[str, Any], kind: Kind | None, line: int | None) -> Iterator[Entry]:
    labels = {key: label_of(key) for key in value}
    kinds = [
        kind_of(value[key])
        for key, label in labels.items()
        if label and label.is_type and isinstance(value[key], str)
    ]
    named = next(filter(None, kinds), None)
    held = [key for key, label in labels.items() if label and (label.kind or label.is_value)]
    for key, content in value.items():
        label = labels[key]
        if label is None:
            # A group or a campaign by its name, with lists of its own.
            yield from _walk(content, None, line) if isinstance(content, dict | list) else ()
        elif not label.is_type:
            whole = label.is_value or len(held) == 1 or label.kind is Kind.KEYWORD
            meant = named if named and whole else label.kind
            yield from _walk(content, meant or kind or Kind.TEXT, line)
