"""Frames in and out of PostgreSQL by COPY: one statement whatever the number of rows.

Text columns are never null in the tables written here ('' means not given), so that a null in a
frame is always a null of a number or an instant.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import QuerySet

INSTANT = pl.Datetime("us", "UTC")
CHUNK_ROWS = 10_000


SECOND = 1_000_000


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
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement, params) as copy:
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


def write_frame(table: str, frame: pl.DataFrame) -> None:
    """Add the rows of a frame to a table; the frame's columns are the table's."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for rows in _encoded(frame):
            copy.write(rows)


def _encoded(frame: pl.DataFrame) -> Iterator[bytes]:
    """The frame as CSV, in parts: each is encoded while the server takes the one before."""
    parts = frame.iter_slices(CHUNK_ROWS)
    if frame.height <= CHUNK_ROWS:
        yield from map(_as_csv, parts)
        return
    with ThreadPoolExecutor(max_workers=1) as encoder:
        coming = encoder.submit(_as_csv, next(parts))
        for part in parts:
            encoded = coming.result()
            coming = encoder.submit(_as_csv, part)
            yield encoded
        yield coming.result()


def _as_csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv(include_header=False).encode()


def fill_temporary(table: str, columns: str, frame: pl.DataFrame) -> None:
    """A temporary table of this transaction holding the frame.

    It has no statistics: what is joined to it must be found by a unique key, one row for each.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    write_frame(table, frame)
