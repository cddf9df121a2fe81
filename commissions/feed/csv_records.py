"""The exact way to read CSV: record by record, for the blocks that are not plain."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from commissions.feed.csv_shape import CsvShape
from commissions.feed.lines import LINE_BYTES, TOO_LONG, too_long
from commissions.feed.model import ParkedRow
from commissions.feed.texts import UNSTORABLE, parked_fields, parked_line

# How many lines a quoted field may go on for, before its quote counts as forgotten.
MAX_CONTINUED = 50


@dataclass
class Records:
    """What was read of a block: rows as lists of fields, their numbers, and the parked ones."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)
    rows_read: int = 0
    rest: bytes = b""

    def frame(self, shape: CsvShape) -> pl.DataFrame:
        """The good rows as String columns, and `row`."""
        columns = {
            name: pl.Series(name, [row[place] for row in self.rows], dtype=pl.String)
            for name, place in shape.places.items()
        }
        return pl.DataFrame({"row": pl.Series("row", self.numbers, dtype=pl.Int64), **columns})


def read_exactly(data: bytes, shape: CsvShape, rows_read: int, last: bool) -> Records:
    """Reads a block of whole lines; `rows_read` records came before it.

    Where the block ends inside a quoted field that may yet be closed, what is left of it is
    given back as `rest`, to be put before the next block.
    """
    # Bytes that are not UTF-8 become lone surrogates: such a row can still be split,
    # and so be mended field by field.
    text = data.decode("utf-8", "surrogateescape")
    dirty = UNSTORABLE.search(text) is not None
    lines = text.split("\n")
    lines.pop()
    records, at = Records(rows_read=rows_read), 0
    while at < len(lines):
        line = lines[at]
        if not line or line.isspace():
            at += 1
            continue
        length, fields = _record_at(lines, at, shape, last)
        if not length:
            rest = "\n".join(lines[at:]) + "\n"
            records.rest = rest.encode("utf-8", "surrogateescape")
            break
        record = _joined(lines[at : at + length])
        _take(records, record, fields, shape, dirty)
        at += length
    return records


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).removesuffix("\r")


def _record_at(
    lines: list[str], at: int, shape: CsvShape, last: bool
) -> tuple[int, list[str] | None]:
    """(how many lines the record takes, its fields or None); 0 lines: more are needed."""
    line = lines[at].removesuffix("\r")
    if too_long(line):
        return 1, None
    fields = shape.split(line)
    if fields is not None or line.count('"') % 2 == 0:
        return 1, fields
    length = _lines_until_closed(lines, at, shape, last)
    if length > 1:
        fields = shape.split(_joined(lines[at : at + length]))
        # Joined but still no record: the line alone is at fault, and the next may be good.
        return (length, fields) if fields is not None else (1, None)
    return length, None


def _lines_until_closed(lines: list[str], at: int, shape: CsvShape, last: bool) -> int:
    """How many lines it takes until the quotes balance; 1: they never do; 0: not known yet."""
    size = len(lines[at])
    for count in range(2, MAX_CONTINUED + 2):
        if at + count > len(lines):
            return 1 if last else 0
        following = lines[at + count - 1]
        size += len(following) + 1
        # A forgotten quote must not swallow good rows: a line that is a row by itself
        # is one, whatever stands before it.
        if size > LINE_BYTES or shape.begins_row(following.removesuffix("\r")):
            return 1
        if following.count('"') % 2:
            return count
    return 1


def _take(
    records: Records, record: str, fields: list[str] | None, shape: CsvShape, dirty: bool
) -> None:
    records.rows_read += 1
    row = records.rows_read
    if fields is None:
        why = TOO_LONG if too_long(record) else shape.why_not(record)
        records.parked.append(parked_line(row, record, why))
    elif dirty and UNSTORABLE.search(record):
        records.parked.append(_parked_unstorable(row, fields, shape))
    else:
        records.numbers.append(row)
        records.rows.append(fields)


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
        return f"{name} holds a NUL character, which no text may: send it without."
    if raw:
        return f"{name} holds bytes that are not UTF-8: save the file as UTF-8 and send the row again."
    return f"{name} holds half of a surrogate pair, which is no character: send the text again in full."
