"""Book what was decided: lines, transfers, balances and daily totals, in one transaction.

Import, re-rating, ageing, blocks and their undoing all end here. Only differences are written.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl
from django.db import connection

from commissions.engine.bulk import settle_frame
from commissions.engine.reference import Reference
from commissions.ledger.posting import Draft, Posting, draft_lines, post_draft
from commissions.models import OrderLine, Programme
from commissions.pipeline.columns import DECISION, FEED, STORED, was
from commissions.pipeline.copying import Encoded, encoded, fill_temporary, write_encoded
from commissions.pipeline.reference import load_reference
from commissions.pipeline.totals import Deltas, add_to_totals, deltas_of_lines

_NUMBERS = 0x9E15  # the namespace of the advisory lock on line numbers
_SQL_TYPES = {pl.Int8: "smallint", pl.Int32: "int", pl.Int64: "bigint", pl.Boolean: "boolean",
              pl.String: "text"}  # fmt: skip
# What stands in a column that is not written.
_DEFAULTS: dict[str, object] = {
    field.attname: field.db_default
    for field in OrderLine._meta.concrete_fields  # noqa: SLF001 - Django's own way to ask
    if isinstance(field.db_default, str | bool)
}


@dataclass(frozen=True)
class Booked:
    """What one batch did: lines new, lines changed, transfers posted."""

    new: int
    changed: int
    transfers: int


@dataclass(frozen=True)
class Prepared:
    """What one batch writes, worked out to the last byte but for the numbers of accounts.

    new: lines added, their rows in `added`; changed: id, and the columns that are written.
    """

    new: int
    added: Encoded
    changed: pl.DataFrame
    draft: Draft
    deltas: Deltas


def decide_and_book(programme: Programme, lines: pl.DataFrame, *, posting: Posting) -> Booked:
    """Decide lines and write what differs from what is stored.

    lines: from `latest.beside_stored`, every line of each order concerned. The caller holds the
    programme's books (`locks.lock_books`) and is in a transaction.
    """
    if lines.is_empty():
        return Booked(0, 0, 0)
    written = changes(lines, load_reference(programme, lines))
    return book(programme, prepared(programme, written, posting=posting), posting=posting)


def changes(lines: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """The lines that are new or decided otherwise than they are stored; asks no database.

    lines: as for `decide_and_book`; ref: the reference for them.
    """
    decided = settle_frame(lines, ref)
    return decided.filter(pl.col("id").is_null() | _differs((*FEED, *DECISION)))


def prepared(programme: Programme, written: pl.DataFrame, *, posting: Posting) -> Prepared | None:
    """What is to be written for lines from `changes`, if anything. New lines get their numbers."""
    if written.is_empty():
        return None
    written, draft = draft_lines(_with_ids(written), posting)
    new = written.filter("is_new")
    return Prepared(
        new.height, _added(programme, new), _changed(written.filter(~pl.col("is_new"))), draft,
        deltas_of_lines(programme, written),
    )  # fmt: skip


def book(programme: Programme, ready: Prepared | None, *, posting: Posting) -> Booked:
    """Write what was prepared, under the same hold of the books that it was decided under.

    posting: the same that it was prepared for.
    """
    store_lines(ready)
    return post_stored(programme, ready, posting=posting)


def store_lines(ready: Prepared | None) -> None:
    """Write the lines of what was prepared: the part that touches nothing but these lines."""
    if ready is None:
        return
    if ready.new:
        write_encoded("commissions_orderline", ready.added)
    _update(ready.changed)


def post_stored(programme: Programme, ready: Prepared | None, *, posting: Posting) -> Booked:
    """Write the transfers, balances and totals of lines that this transaction has stored."""
    if ready is None:
        return Booked(0, 0, 0)
    transfers = post_draft(programme, ready.draft, posting)
    add_to_totals(programme, ready.deltas)
    return Booked(ready.new, ready.changed.height, transfers)


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


def _added(programme: Programme, new: pl.DataFrame) -> Encoded:
    """New lines as they are stored, without the columns that the database fills by itself."""
    said = new.select(name for name in STORED if not _is_default(new[name]))
    return encoded(said.with_columns(programme_id=pl.lit(programme.pk)))


def _is_default(column: pl.Series) -> bool:
    """Whether the database would put in every value by itself: most fields are seldom given."""
    if column.null_count() == len(column):
        return True
    default = _DEFAULTS.get(column.name)
    return default is not None and bool((column == default).all())


def _changed(changed: pl.DataFrame) -> pl.DataFrame:
    """Changed lines by their number, in the columns alone that any of them has otherwise.

    A change of rules touches a few columns, and a new status of the order no text: the less is
    written, the more lines stay on their page and out of the indexes.
    """
    differing = changed.select(
        pl.col(name).ne_missing(pl.col(was(name))).any() for name in (*FEED, *DECISION)
    )
    names = [name for name in differing.columns if differing[name][0]]
    return changed.select("id", *names, "revision")


def _update(rows: pl.DataFrame) -> None:
    """Bring stored lines up to date, in the columns given."""
    if rows.is_empty():
        return
    types = ", ".join(
        f"{name} {_SQL_TYPES.get(dtype.base_type(), 'timestamptz')}"
        for name, dtype in rows.schema.items()
    )
    fill_temporary("changed_line", types, rows)
    assignments = ", ".join(f"{name} = c.{name}" for name in rows.columns if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE commissions_orderline l SET {assignments} FROM changed_line c"
            " WHERE l.id = c.id"
        )
