"""Rows that come as JSON objects: the lines of NDJSON, the orders of a page, mended rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError
from operator import itemgetter
from pathlib import Path

import polars as pl

from commissions.feed import wording
from commissions.feed.csv_records import unstorable_sentence
from commissions.feed.json_text import Clash, Number, decoder, field_text
from commissions.feed.lines import line_blocks, too_long
from commissions.feed.model import FIELDS, KNOWN, LENIENT, PARAMETER_FIELDS, ParkedRow, RawBlock
from commissions.feed.texts import UNSTORABLE, parked_fields, parked_line, quoted, shortened

# An escape that may stand for what no text may hold.
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_MAX_NAMES = 20
ROW_DECODER = decoder(Number)


@dataclass
class JsonRows:
    """Collects rows of JSON as columns; a row at fault is parked, and the others go on."""

    rows_read: int = 0
    numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)

    def take_line(self, line: str) -> None:
        """One line of NDJSON."""
        self.rows_read += 1
        if too_long(line):
            self._park_line(line, wording.LINE_TOO_LONG)
            return
        try:
            value = ROW_DECODER.decode(line)
        except RecursionError:
            self._park_line(line, wording.LINE_TOO_DEEP)
        except JSONDecodeError as error:
            self._park_line(line, _not_json(line, error))
        else:
            self._take(value, line, suspect=is_suspect(line))

    def take_value(self, value: object, *, suspect: bool) -> None:
        """One row already decoded; `suspect`: its texts must be walked through."""
        self.rows_read += 1
        self._take(value, None, suspect=suspect)

    def _take(self, value: object, line: str | None, *, suspect: bool) -> None:
        if not isinstance(value, dict):
            self._park_line(
                line or field_text(value) or "null",
                wording.ROW_NO_OBJECT,
            )
        elif isinstance(value, Clash):
            self._park_line(
                line or field_text(value) or "",
                wording.ROW_GIVES_TWICE % {"key": quoted(value.key)},
            )
        elif suspect and (found := unstorable_in(value)):
            name, text = found
            raw = line is not None and UNSTORABLE.search(line) is not None
            self._park_fields(value, name, text, unstorable_sentence(name, text, raw=raw))
        else:
            self.numbers.append(self.rows_read)
            self.rows.append(value)

    def _park_line(self, line: str, reason: str) -> None:
        self.parked.append(parked_line(self.rows_read, line, reason))

    def _park_fields(self, row: dict[str, object], name: str, value: str, reason: str) -> None:
        self.parked.append(parked_fields(self.rows_read, _texts(row), name, value, reason))

    def block(self, bytes_done: int, said: set[str]) -> RawBlock:
        """What was collected, as a block; `said` are the unknown names already noticed."""
        names: set[str] = set().union(*self.rows)
        faults: dict[int, ParkedRow] = {}
        columns: dict[str, pl.Series] = {"row": pl.Series("row", self.numbers, dtype=pl.Int64)}
        for name, values in self._values(names).items():
            columns[name] = self._column(name, values, faults)
        frame = pl.DataFrame(columns)
        if faults:
            frame = frame.filter(~pl.col("row").is_in(list(faults)))
        parked = sorted([*self.parked, *faults.values()], key=lambda fault: fault.row)
        return RawBlock(frame, parked, bytes_done, self.rows_read, unknown_names(names, said))

    def _values(self, names: set[str]) -> dict[str, list[object]]:
        """The values of every known field that is given, in the order of the rows."""
        common = set(self.rows[0]).intersection(*self.rows) if self.rows else set()
        always = [name for name in FIELDS if name in common]
        if len(always) < 2:
            always = []
        found: dict[str, list[object]] = {}
        if always:
            # Fields that every row has, nearly all as a rule, are taken out together.
            each = zip(*map(itemgetter(*always), self.rows), strict=True)
            found = {name: list(values) for name, values in zip(always, each, strict=True)}
        for name in FIELDS:
            if name in names and name not in found:
                found[name] = [row.get(name) for row in self.rows]
        return {name: found[name] for name in FIELDS if name in found}

    def _column(self, name: str, values: list[object], faults: dict[int, ParkedRow]) -> pl.Series:
        """One field of all rows as text; rows whose value cannot be one go to `faults`."""
        try:
            return pl.Series(name, values, dtype=pl.String, strict=True)
        except TypeError:
            # Something in it is no text, which is rare enough to look for afterwards.
            for index, value in enumerate(values):
                if value is None or isinstance(value, str):
                    continue
                row = self.numbers[index]
                if row not in faults and _is_nested(name, value):
                    faults[row] = self._parked_nested(index, name, value)
                values[index] = _as_text(name, value)
            return pl.Series(name, values, dtype=pl.String)

    def _parked_nested(self, index: int, name: str, value: object) -> ParkedRow:
        shown = field_text(value) or ""
        reason = wording.NOT_A_TEXT % {"what": f"{name} {quoted(shown)}"}
        return parked_fields(self.numbers[index], _texts(self.rows[index]), name, shown, reason)


def is_suspect(text: str) -> bool:
    """Whether JSON text could hold what no text may: only then are its values walked through."""
    if "\\u" in text and _ESCAPED.search(text):
        return True
    # Without surrogates, which stand for bytes of the file, the text encodes as it is.
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _is_nested(name: str, value: object) -> bool:
    """Whether the value is an object or a list where only a text can stand."""
    if name in LENIENT or not isinstance(value, dict | list):
        return False
    return not (name in PARAMETER_FIELDS and isinstance(value, dict))


def _as_text(name: str, value: object) -> str | None:
    if name in LENIENT and isinstance(value, dict | list):
        return None
    return field_text(value)


def _texts(row: Mapping[str, object]) -> dict[str, str | None]:
    return {name: field_text(row[name]) for name in FIELDS if name in row}


def _not_json(line: str, error: JSONDecodeError) -> str:
    if "\x00" in line:
        return wording.LINE_HOLDS_NUL
    return wording.LINE_NOT_JSON % {"fault": error.msg, "place": error.pos + 1}


def unstorable_in(value: object, name: str = "") -> tuple[str, str] | None:
    """(field, text) of the first text inside that PostgreSQL could not keep."""
    waiting: list[tuple[str, object]] = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str) and UNSTORABLE.search(value):
            return shortened(name), value
        if isinstance(value, dict):
            pairs = value.pairs if isinstance(value, Clash) else value.items()
            for key, inner in pairs:
                waiting += [(name or key, key), (name or key, inner)]
        elif isinstance(value, list):
            waiting += [(name, inner) for inner in value]
    return None


def unknown_names(names: set[str], said: set[str]) -> list[str]:
    """A notice about fields that are not read and were not noticed yet; adds them to `said`."""
    new = sorted({shortened(name, 40) for name in names - KNOWN} - said)
    if not new or len(said) >= _MAX_NAMES:
        return []
    said.update(new)
    shown = ", ".join(new[:_MAX_NAMES])
    if len(new) > _MAX_NAMES:
        shown = wording.AND_MORE % {"names": shown, "count": len(new) - _MAX_NAMES}
    return [wording.FIELDS_IGNORED % {"names": shown}]


def ndjson_blocks(path: Path, start: int, block_bytes: int) -> Iterator[RawBlock]:
    """The lines of an NDJSON file from the offset `start`."""
    rows_read, said = 0, set[str]()
    for block in line_blocks(path, start, block_bytes):
        rows = JsonRows(rows_read)
        # Bytes that are not UTF-8 become lone surrogates, and park their own row only.
        for line in block.data.decode("utf-8", "surrogateescape").split("\n"):
            if line and not line.isspace():
                rows.take_line(line)
        rows_read = rows.rows_read
        yield rows.block(block.bytes_done, said)
