"""The quick way to read CSV: a block at a time into columns, where every line is plain."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from commissions.feed.csv_records import read_exactly
from commissions.feed.csv_shape import MAX_FAST_COLUMNS, CsvShape, unknown_columns
from commissions.feed.lines import LINE_BYTES, line_blocks
from commissions.feed.model import RawBlock

# A byte that the lines of a plain block cannot hold, so that polars takes each line whole.
_NO_SEPARATOR = "\x01"


def csv_blocks(path: Path, shape: CsvShape, start: int, block_bytes: int) -> Iterator[RawBlock]:
    """The rows after the header, which ends at the offset `start`."""
    rows_read, held, notices = 0, b"", unknown_columns(shape)
    for block in line_blocks(path, start, block_bytes):
        data = held + block.data
        frame = read_plainly(data, shape, rows_read)
        if frame is not None:
            held, rows_read = b"", rows_read + frame.height
            yield RawBlock(frame, [], block.bytes_done, rows_read, notices)
        else:
            records = read_exactly(data, shape, rows_read, block.last)
            held, rows_read = records.rest, records.rows_read
            done = block.bytes_done - len(held)
            yield RawBlock(records.frame(shape), records.parked, done, rows_read, notices)
        notices = []


def read_plainly(data: bytes, shape: CsvShape, rows_read: int) -> pl.DataFrame | None:
    """The block's known columns as text and `row`, or None where it needs the exact way.

    Plain is a block of UTF-8 whose every line is one whole record; what is not is left alone.
    """
    if not data or b"\x00" in data or _NO_SEPARATOR.encode() in data:
        return None
    # Only a carriage return that ends a line can be dropped; any other decides otherwise.
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            return None
    if len(shape.names) > MAX_FAST_COLUMNS or not _is_utf8(data):
        return None
    if not _every_line_is_a_record(data, shape):
        return None
    return _columns(data, shape, rows_read)


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _every_line_is_a_record(data: bytes, shape: CsvShape) -> bool:
    lines = pl.read_csv(
        data,
        has_header=False,
        new_columns=["line"],
        schema={"line": pl.String},
        separator=_NO_SEPARATOR,
        quote_char=None,
        empty_string_is_null=False,
    )
    if lines.height != data.count(b"\n"):
        return False
    line = pl.col("line")
    return bool(
        lines.select(
            (line.str.len_bytes().max() <= LINE_BYTES) & line.str.contains(shape.pattern).all()
        ).item()
    )


def _columns(data: bytes, shape: CsvShape, rows_read: int) -> pl.DataFrame:
    frame = pl.read_csv(
        data,
        has_header=False,
        schema={f"c{index}": pl.String for index in range(len(shape.names))},
        columns=list(shape.places.values()),
        quote_char='"',
        empty_string_is_null=False,
    )
    frame = frame.rename({f"c{place}": name for name, place in shape.places.items()})
    return frame.with_row_index("row", rows_read + 1).with_columns(pl.col("row").cast(pl.Int64))
