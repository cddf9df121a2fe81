"""The exact way to read CSV: record by record, for the lines that are not plain."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from commissions.feed import wording
from commissions.feed.csv_shape import CsvShape
from commissions.feed.lines import LINE_BYTES, too_long
from commissions.feed.model import ParkedRow
from commissions.feed.texts import UNSTORABLE, parked_fields, parked_line

# How many lines a quoted field may go on for, before its quote counts as forgotten.
MAX_CONTINUED = 50


@dataclass
class Records:
    """What is read of a block: plain lines as they are, the other good rows as lists of fields.

    `rows_read` counts every record up to here; `rest` is the end of the block that cannot be
    judged before more has come, because a quoted field may yet be closed.
    """

    shape: CsvShape
    rows_read: int
    last: bool = field(kw_only=True)
    plain: list[bytes] = field(default_factory=list)
    plain_numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)
    rest: bytes = b""

    def take_plain(self, lines: list[bytes]) -> None:
        """Lines each of which is a record by itself."""
        first = self.rows_read + 1
        self.rows_read += len(lines)
        self.plain += lines
        self.plain_numbers += range(first, self.rows_read + 1)

    def take(self, record: str, fields: list[str] | None) -> None:
        """One record, or with None one line that is none."""
        self.rows_read += 1
        if fields is None:
            why = wording.LINE_TOO_LONG if too_long(record) else self.shape.why_not(record)
            self.parked.append(parked_line(self.rows_read, record, why))
        elif UNSTORABLE.search(record):
            self.parked.append(_parked_unstorable(self.rows_read, fields, self.shape))
        else:
            self.numbers.append(self.rows_read)
            self.rows.append(fields)

    def frame(self) -> pl.DataFrame:
        """The good rows that are not plain as String columns, and `row`."""
        columns = {
            name: pl.Series(name, [row[place] for row in self.rows], dtype=pl.String)
            for name, place in self.shape.places.items()
        }
        return pl.DataFrame({"row": pl.Series("row", self.numbers, dtype=pl.Int64), **columns})


def read_between(data: bytes, others: list[int], records: Records) -> None:
    """Reads a block of whole lines of which all but `others` (their indexes) are plain."""
    lines = data.split(b"\n")
    lines.pop()
    at = 0
    for other in others:
        # A line that went into the quoted field of a row before it is not a row.
        if other < at:
            continue
        records.take_plain(lines[at:other])
        at = other + 1
        text = _text(lines[other])
        if not text or text.isspace():
            continue
        length, fields = _record_at(lines, other, records)
        if not length:
            records.rest = b"\n".join(lines[other:]) + b"\n"
            return
        records.take(_joined(lines, other, length), fields)
        at = other + length
    records.take_plain(lines[at:])


def _text(line: bytes) -> str:
    # Bytes that are not UTF-8 become lone surrogates: such a row can still be split,
    # and so be mended field by field.
    return line.decode("utf-8", "surrogateescape")


def _joined(lines: list[bytes], at: int, length: int) -> str:
    return _text(b"\n".join(lines[at : at + length]).removesuffix(b"\r"))


def _record_at(lines: list[bytes], at: int, records: Records) -> tuple[int, list[str] | None]:
    """(how many lines the record takes, its fields or None); 0 lines: more are needed."""
    line = _joined(lines, at, 1)
    if too_long(line):
        return 1, None
    fields = records.shape.split(line)
    if fields is not None or line.count('"') % 2 == 0:
        return 1, fields
    length = _lines_until_closed(lines, at, records)
    if length > 1:
        fields = records.shape.split(_joined(lines, at, length))
        # Joined but still no record: the line alone is at fault, and the next may be good.
        return (length, fields) if fields is not None else (1, None)
    return length, None


def _lines_until_closed(lines: list[bytes], at: int, records: Records) -> int:
    """How many lines it takes until the quotes balance; 1: they never do; 0: not known yet."""
    size = len(lines[at])
    for count in range(2, MAX_CONTINUED + 2):
        if at + count > len(lines):
            return 1 if records.last else 0
        following = lines[at + count - 1]
        size += len(following) + 1
        # A forgotten quote must not swallow good rows: a line that is a row by itself
        # is one, whatever stands before it.
        if size > LINE_BYTES or records.shape.begins_row(_text(following.removesuffix(b"\r"))):
            return 1
        if following.count(b'"') % 2:
            return count
    return 1


def _parked_unstorable(row: int, fields: list[str], shape: CsvShape) -> ParkedRow:
    name, value = next(
        (name, value)
        for name, value in zip(shape.names, fields, strict=True)
        if UNSTORABLE.search(value)
    )
    known = {name: fields[place] for name, place in shape.places.items()}
    return parked_fields(row, known, name, value, unstorable_sentence(name, value, raw=True))


def unstorable_sentence(name: str, value: str, *, raw: bool) -> str:
    """Why a text cannot be kept; `raw`: its lone surrogates stand for bytes of the file."""
    kinds: Iterator[str] = (match.group() for match in UNSTORABLE.finditer(value))
    if next(kinds, "") == "\x00":
        return wording.HOLDS_NUL % {"name": name}
    template = wording.NOT_UTF8 if raw else wording.HALF_A_PAIR
    return template % {"name": name}
