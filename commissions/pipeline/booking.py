"""Book what was decided: lines, transfers, balances and daily totals, in one transaction.

Import, re-rating, ageing, blocks and their undoing all end here. Only differences are written.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl
from django.db import connection
from django.db.models import Value

from commissions.engine.bulk import settle_frame
from commissions.engine.reference import Reference
from commissions.ledger.posting import Posting, post_lines
from commissions.models import OrderLine, Programme
from commissions.pipeline.columns import DECISION, FEED, STORED, was
from commissions.pipeline.copying import fill_temporary, write_frame
from commissions.pipeline.reference import load_reference
from commissions.pipeline.totals import add_to_totals

_NUMBERS = 0x9E15  # the namespace of the advisory lock on line numbers
_SQL_TYPES = {pl.Int8: "smallint", pl.Int32: "int", pl.Int64: "bigint", pl.Boolean: "boolean",
              pl.String: "text"}  # fmt: skip
# What stands in a column that is not written.
_DEFAULTS: dict[str, str | bool] = {
    field.attname: field.db_default.value
    for field in OrderLine._meta.concrete_fields  # noqa: SLF001 - Django's own way to ask
    if isinstance(field.db_default, Value)
}


@dataclass(frozen=True)
class Booked:
    """What one batch did: lines new, lines changed, transfers posted."""

    new: int
    changed: int
    transfers: int


def decide_and_book(programme: Programme, lines: pl.DataFrame, *, posting: Posting) -> Booked:
    """Decide lines and write what differs from what is stored.

    lines: from `latest.beside_stored`, every line of each order concerned. The caller holds the
    programme's books (`locks.lock_books`) and is in a transaction.
    """
    if lines.is_empty():
        return Booked(0, 0, 0)
    return book(programme, changes(lines, load_reference(programme, lines)), posting=posting)


def changes(lines: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """The lines that are new or decided otherwise than they are stored; asks no database.

    lines: as for `decide_and_book`; ref: the reference for them.
    """
    decided = settle_frame(lines, ref)
    return decided.filter(pl.col("id").is_null() | _differs((*FEED, *DECISION)))


def book(programme: Programme, written: pl.DataFrame, *, posting: Posting) -> Booked:
    """Write lines from `changes`, under the same hold of the books that they were decided under."""
    if written.is_empty():
        return Booked(0, 0, 0)
    new = written["id"].null_count()
    written = _with_ids(written)
    written, transfers = post_lines(programme, written, posting)
    _store(programme.pk, written)
    add_to_totals(programme, written)
    return Booked(new, written.height - new, transfers)


def _differs(names: tuple[str, ...]) -> pl.Expr:
    return reduce(or_, (pl.col(name).ne_missing(pl.col(was(name))) for name in names))


def _with_ids(written: pl.DataFrame) -> pl.DataFrame:
    """New lines get the network's own numbers, in the order in which they came."""
    is_new = written["id"].is_null()
    count = int(is_new.sum())
    written = written.with_columns(is_new=is_new, revision=pl.col("revision").fill_null(0))
    if not count:
        return written
    numbers = pl.int_range(first := _reserve_numbers(count), first + count, eager=True)
    place = is_new.cast(pl.Int64).cum_sum() - 1
    fresh = numbers.gather(place.clip(lower_bound=0))
    return written.with_columns(id=pl.when(pl.col("is_new")).then(fresh).otherwise(pl.col("id")))


def _reserve_numbers(count: int) -> int:
    """The first of so many numbers in a row.

    Moving the sequence once costs nothing, drawing a hundred thousand numbers does. The lock keeps
    the imports of two programmes from moving it at once; it is let go before any work is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [_NUMBERS])
        try:
            cursor.execute(
                "WITH sequence AS (SELECT pg_get_serial_sequence('commissions_orderline', 'id')::"
                "regclass AS name), first AS MATERIALIZED (SELECT nextval(name) AS n FROM sequence)"
                " SELECT n, setval((SELECT name FROM sequence), n + %s - 1) FROM first",
                [count],
            )
            return int(cursor.fetchone()[0])
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_NUMBERS])


def _store(programme_id: int, written: pl.DataFrame) -> None:
    """Write the lines: new ones are added, changed ones brought up to date."""
    new = written.filter("is_new").select(STORED.keys())
    if not new.is_empty():
        said = new.select(column for column in new if not _is_default(column))
        write_frame(
            "commissions_orderline",
            said.with_columns(programme_id=pl.lit(programme_id)),
        )
    _update(written.filter(~pl.col("is_new")))


def _is_default(column: pl.Series) -> bool:
    """Whether the database would put in every value by itself: most fields are seldom given."""
    if column.null_count() == len(column):
        return True
    default = _DEFAULTS.get(column.name)
    return default is not None and bool((column == default).all())


def _update(changed: pl.DataFrame) -> None:
    """Bring stored lines up to date, in the columns alone that any of them has otherwise.

    A change of rules touches a few columns, and a new status of the order no text: the less is
    written, the more lines stay on their page and out of the indexes.
    """
    if changed.is_empty():
        return
    differing = changed.select(
        pl.col(name).ne_missing(pl.col(was(name))).any() for name in (*FEED, *DECISION)
    )
    names = [name for name in differing.columns if differing[name][0]] + ["revision"]
    rows = changed.select("id", *names)
    types = ", ".join(
        f"{name} {_SQL_TYPES.get(dtype.base_type(), 'timestamptz')}"
        for name, dtype in rows.schema.items()
    )
    fill_temporary("changed_line", types, rows)
    assignments = ", ".join(f"{name} = c.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE commissions_orderline l SET {assignments} FROM changed_line c"
            " WHERE l.id = c.id"
        )
