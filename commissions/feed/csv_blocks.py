"""Reading CSV a block at a time: plain lines into columns, the others one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from commissions.feed.csv_records import Records, read_between
from commissions.feed.csv_shape import MAX_FAST_COLUMNS, CsvShape, unknown_columns
from commissions.feed.lines import LINE_BYTES, line_blocks
from commissions.feed.model import ParkedRow, RawBlock

# A byte that no plain line holds, so that polars takes each line whole.
_NO_SEPARATOR = "\x01"
_NEVER_PLAIN = (b"\x00", b"\r", _NO_SEPARATOR.encode())


def csv_blocks(path: Path, shape: CsvShape, start: int, block_bytes: int) -> Iterator[RawBlock]:
    """The rows after the header, which ends at the offset `start`."""
    rows_read, held, notices = 0, b"", unknown_columns(shape)
    for block in line_blocks(path, start, block_bytes):
        read = read_block(held + block.data, shape, rows_read, last=block.last)
        held, rows_read = read.rest, read.rows_read
        done = block.bytes_done - len(held)
        yield RawBlock(read.frame, read.parked, done, rows_read, notices)
        notices = []


@dataclass(frozen=True)
class ReadBlock:
    """A block's good rows as text, its parked rows, and the end of it that awaits more."""

    frame: pl.DataFrame
    parked: list[ParkedRow]
    rows_read: int
    rest: bytes


def read_block(data: bytes, shape: CsvShape, rows_read: int, *, last: bool) -> ReadBlock:
    """Reads whole lines, before which `rows_read` records came; `last`: nothing follows them."""
    ends = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    plain = plain_lines(ends, shape)
    if plain.all():
        frame = _columns(ends, shape)
        if frame.height == len(plain):
            numbers = pl.int_range(rows_read + 1, rows_read + 1 + frame.height, eager=True)
            frame = frame.insert_column(0, numbers.alias("row"))
            return ReadBlock(frame, [], rows_read + frame.height, b"")
    if plain.all() or len(plain) != data.count(b"\n"):
        # Should polars ever see other lines than these, nothing of what it says is used.
        plain = pl.repeat(False, data.count(b"\n"), eager=True)
    return read_mixed(data, plain, shape, rows_read, last=last)


def read_mixed(
    data: bytes, plain: pl.Series, shape: CsvShape, rows_read: int, *, last: bool
) -> ReadBlock:
    """Reads a block of which some lines are plain: `plain` says of each line whether it is."""
    records = Records(shape, rows_read, last=last)
    read_between(data, plain.not_().arg_true().to_list(), records)
    exact = records.frame()
    if not records.plain:
        return ReadBlock(exact, records.parked, records.rows_read, records.rest)
    lines = b"\n".join(line.removesuffix(b"\r") for line in records.plain) + b"\n"
    numbers = pl.Series("row", records.plain_numbers, dtype=pl.Int64)
    frame = pl.concat([_columns(lines, shape).insert_column(0, numbers), exact]).sort("row")
    return ReadBlock(frame, records.parked, records.rows_read, records.rest)


def plain_lines(data: bytes, shape: CsvShape) -> pl.Series:
    """Of each line whether it is one whole record, to be read by polars as it stands."""
    if len(shape.names) > MAX_FAST_COLUMNS:
        return pl.repeat(False, data.count(b"\n"), eager=True)
    lines = _clean_lines(data) if _is_clean(data) else _lines_one_by_one(data)
    # In two halves, because polars works out one column on one core only.
    middle = len(lines) // 2
    halves = {"first": lines[:middle], "second": lines[middle:]}
    matched = pl.select(
        pl.lit(half).str.contains(shape.pattern).implode().alias(name)
        for name, half in halves.items()
    )
    whole: pl.Series = pl.concat([matched[name][0] for name in halves])
    short: pl.Series = lines.str.len_bytes() <= LINE_BYTES
    return (short & whole).fill_null(False)


def _is_clean(data: bytes) -> bool:
    if any(byte in data for byte in _NEVER_PLAIN):
        return False
    return data.isascii() or _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _clean_lines(data: bytes) -> pl.Series:
    if not data:
        return pl.Series([], dtype=pl.String)
    return pl.read_csv(
        data,
        has_header=False,
        schema={"line": pl.String},
        separator=_NO_SEPARATOR,
        quote_char=None,
        empty_string_is_null=False,
    ).to_series()


def _lines_one_by_one(data: bytes) -> pl.Series:
    """The lines as text; null for those that hold what makes them not plain."""
    lines = data.split(b"\n")
    lines.pop()
    plain = [
        None
        if any(byte in line for byte in _NEVER_PLAIN) or not (line.isascii() or _is_utf8(line))
        else line.decode("utf-8")
        for line in lines
    ]
    return pl.Series(plain, dtype=pl.String)


def _columns(data: bytes, shape: CsvShape) -> pl.DataFrame:
    """Plain lines as the shape's known columns of text."""
    frame = pl.read_csv(
        data,
        has_header=False,
        schema={f"c{index}": pl.String for index in range(len(shape.names))},
        columns=list(shape.places.values()),
        quote_char='"',
        empty_string_is_null=False,
    )
    return frame.rename({f"c{place}": name for name, place in shape.places.items()})
