"""The entries of a file, whatever its format."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from compliance.detectors.keywords.encodings import UnreadableFile, decoded
from compliance.detectors.keywords.entries import Entry
from compliance.detectors.keywords.lines import read_lines
from compliance.detectors.keywords.sentences import JSON_BROKEN, JSON_TOO_DEEP
from compliance.detectors.keywords.structured import read_json, read_ndjson
from compliance.detectors.keywords.tables import find_table, read_table


@dataclass(frozen=True)
class Material:
    """What was understood: `form` is csv, json, ndjson or text; `ignored` are columns left out.

    entries: read as they are asked for; may raise UnreadableFile.
    """

    form: str
    encoding: str
    entries: Iterator[Entry]
    ignored: tuple[str, ...] = field(default=())


def read(data: bytes) -> Material:
    """The material in a file's bytes. Raises UnreadableFile."""
    text, encoding = decoded(data)
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        material = _from_json(text, start, encoding)
        if material is not None:
            return material
    table = find_table(text)
    if table is not None:
        return Material("csv", encoding, read_table(text, table), table.ignored)
    return Material("text", encoding, read_lines(text))


def _from_json(text: str, start: str, encoding: str) -> Material | None:
    try:
        return Material("json", encoding, read_json(json.loads(start)))
    except RecursionError:
        raise UnreadableFile(JSON_TOO_DEEP) from None
    except ValueError:
        first = start.split("\n", 1)[0].strip()
    try:
        is_object = isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        is_object = False
    if is_object:
        return Material("ndjson", encoding, read_ndjson(text))
    if start[0] == "{" and '"' in first:
        raise UnreadableFile(JSON_BROKEN)
    return None
