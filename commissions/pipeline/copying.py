"""Frames in and out of PostgreSQL by COPY: one statement whatever the number of rows.

Text columns are never null in the tables written here ('' means not given), so that a null in a
frame is always a null of a number or an instant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet

INSTANT = pl.Datetime("us", "UTC")
CHUNK_ROWS = 10_000


SECOND = 1_000_000
_SECONDS_OF_DAY = 86_400


def read_frame(
    query: str,
    schema: Mapping[str, Any],
    params: Sequence[Any] | None = None,
    *,
    tick: int = SECOND,
) -> pl.DataFrame:
    """The rows of a query as a frame.

    query: selects exactly the columns of `schema`, in its order; instants as whole numbers of
    ticks since 1970 (see `epoch_seconds`), booleans as integers. Both are typed by the schema.
    tick: in microseconds.
    """
    wire = {
        name: pl.Int64 if dtype == INSTANT else pl.Int8 if dtype == pl.Boolean else dtype
        for name, dtype in schema.items()
    }
    # Put together here, because the cursor that notes its statements takes none of parameters.
    statement = mogrify(f"COPY ({query}) TO STDOUT (FORMAT csv)", params, connection)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        data = b"".join(bytes(block) for block in copy)
    if not data:
        return pl.DataFrame(schema=dict(schema))
    frame = pl.read_csv(data, has_header=False, schema=wire, raise_if_empty=False)
    return frame.with_columns(
        (pl.col(name) * tick).cast(dtype) if dtype == INSTANT else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
        if dtype != wire[name]
    )


def epoch_seconds(column: str) -> str:
    """SQL for an instant as whole seconds since 1970, which is what the feed's times are."""
    # date_part gives a double, exact for whole seconds of any year; extract's numeric is slow.
    return f"date_part('epoch', {column})::bigint"


def read_rows(rows: QuerySet[Any, Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a values_list as a frame, their instants to the microsecond."""

    def one(name: str, dtype: object) -> str:
        if dtype == INSTANT:
            return f"(extract(epoch FROM {name}) * {SECOND})::bigint"
        return f"{name}::int" if dtype == pl.Boolean else name

    query, params = rows.query.sql_with_params()
    wanted = ", ".join(one(name, dtype) for name, dtype in schema.items())
    query = f"SELECT {wanted} FROM ({query}) AS r ({', '.join(schema)})"
    return read_frame(query, schema, params, tick=1)


@dataclass(frozen=True)
class Encoded:
    """The rows of a frame as they go over the wire."""

    columns: tuple[str, ...]
    parts: tuple[bytes, ...]


def encoded(frame: pl.DataFrame) -> Encoded:
    """A frame ready to be written: all that is left is the server's work."""
    return Encoded(tuple(frame.columns), tuple(map(_as_csv, frame.iter_slices(CHUNK_ROWS))))


def write_encoded(table: str, rows: Encoded) -> None:
    """Add rows to a table; their columns are the table's."""
    _copy_in(table, rows.columns, rows.parts)


def write_frame(table: str, frame: pl.DataFrame) -> None:
    """Add the rows of a frame to a table; the frame's columns are the table's."""
    _copy_in(table, frame.columns, _encoded_meanwhile(frame))


def _copy_in(table: str, columns: Iterable[str], parts: Iterable[bytes]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for rows in parts:
            copy.write(rows)


def _encoded_meanwhile(frame: pl.DataFrame) -> Iterator[bytes]:
    """The frame as CSV, in parts: each is encoded while the server takes the one before."""
    parts = frame.iter_slices(CHUNK_ROWS)
    if frame.height <= CHUNK_ROWS:
        yield from map(_as_csv, parts)
        return
    with ThreadPoolExecutor(max_workers=1) as encoder:
        coming = encoder.submit(_as_csv, next(parts))
        for part in parts:
            done = coming.result()
            coming = encoder.submit(_as_csv, part)
            yield done
        yield coming.result()


def _as_csv(frame: pl.DataFrame) -> bytes:
    written = frame.with_columns(
        _as_text(column) for column in frame if column.dtype == INSTANT and len(column)
    )
    return written.write_csv(include_header=False).encode()


def _as_text(instants: pl.Series) -> pl.Series:
    """Instants of whole seconds as text; others as they are, to be written one by one.

    Dates and times of day are few, and each is put into words once.
    """
    ticks = instants.to_physical()
    if (ticks % SECOND != 0).any() or ticks.null_count() == len(ticks):
        return instants
    seconds = ticks // SECOND
    days = seconds // _SECONDS_OF_DAY
    first, last = pl.select(pl.lit(days).min(), pl.lit(days).max().alias("last")).row(0)
    dates = pl.int_range(first, last + 1, dtype=pl.Int32, eager=True).cast(pl.Date)
    text: pl.Series = dates.cast(pl.String).gather(days - first)
    return (text + _times_of_day().gather(seconds % _SECONDS_OF_DAY)).alias(instants.name)


@cache
def _times_of_day() -> pl.Series:
    midnight = pl.datetime(1970, 1, 1)
    times = midnight + pl.duration(seconds=pl.int_range(_SECONDS_OF_DAY))
    return pl.select(times.dt.strftime("T%H:%M:%SZ")).to_series()


def fill_temporary(table: str, columns: str, frame: pl.DataFrame) -> None:
    """A temporary table of this transaction holding the frame.

    It has no statistics: what is joined to it must be found by a unique key, one row for each.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    write_frame(table, frame)
