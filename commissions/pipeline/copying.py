"""Frames in and out of PostgreSQL by COPY: one statement whatever the number of rows.

Text columns are never null in the tables written here ('' means not given), so that a null in a
frame is always a null of a number or an instant.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db import connection

INSTANT = pl.Datetime("us", "UTC")
CHUNK = 1 << 20


def read_frame(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a query as a frame.

    query: selects exactly the columns of `schema`, in its order; instants as microseconds since
    1970 (see `epoch_us`), booleans as integers. Instants and booleans are typed by the schema.
    """
    wire = {
        name: pl.Int64 if dtype == INSTANT else pl.Int8 if dtype == pl.Boolean else dtype
        for name, dtype in schema.items()
    }
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        data = b"".join(bytes(block) for block in copy)
    if not data:
        return pl.DataFrame(schema=dict(schema))
    frame = pl.read_csv(data, has_header=False, schema=wire, raise_if_empty=False)
    return frame.with_columns(
        pl.col(name).cast(dtype) for name, dtype in schema.items() if dtype != wire[name]
    )


def epoch_us(column: str) -> str:
    """SQL for an instant as whole microseconds since 1970."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


def write_frame(table: str, frame: pl.DataFrame) -> None:
    """Add the rows of a frame to a table; the frame's columns are the table's."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    data = memoryview(frame.write_csv(include_header=False).encode())
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(data), CHUNK):
            copy.write(data[start : start + CHUNK])


def fill_temporary(table: str, columns: str, frame: pl.DataFrame) -> None:
    """A temporary table of this transaction holding the frame, with statistics for the planner."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    write_frame(table, frame)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
