"""Daily totals, kept in the transaction that changes the lines."""

import polars as pl
from django.db import connection

from commissions.models import Programme
from commissions.pipeline.columns import was
from commissions.pipeline.copying import fill_temporary

_KEY = ["publisher_id", "day", "status", "rulebook_id"]
_FIGURES = ["lines", "base_cents", "commission_cents"]


def add_to_totals(programme: Programme, lines: pl.DataFrame) -> None:
    """Add what changed to the totals by publisher, day, status and rulebook.

    lines: the decision columns, created_at and is_new, and the `was_...` of each.
    """
    came = _part(programme, lines, sign=1)
    went = _part(programme, lines.filter(~pl.col("is_new")), sign=-1)
    add_deltas(programme, pl.concat([came, went]))


def add_deltas(programme: Programme, deltas: pl.DataFrame) -> None:
    """Add differences to the totals.

    deltas: publisher_id, day, status, rulebook_id, lines, base_cents, commission_cents (below 0:
    taken away); a key may come many times.
    """
    deltas = (
        deltas.group_by(_KEY)
        .agg(pl.col(_FIGURES).sum())
        .filter(pl.any_horizontal(pl.col(_FIGURES) != 0))
        .sort(_KEY)
    )
    if deltas.is_empty():
        return
    fill_temporary(
        "total_delta",
        "publisher_id bigint, day date, status text, rulebook_id bigint,"
        " lines bigint, base_cents bigint, commission_cents bigint",
        deltas,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commissions_dailytotal AS t (programme_id, publisher_id, day, status,"
            " rulebook_id, lines, base_cents, commission_cents)"
            " SELECT %s, publisher_id, day, status, rulebook_id, lines, base_cents,"
            " commission_cents FROM total_delta"
            " ON CONFLICT (publisher_id, day, status, rulebook_id, programme_id) DO UPDATE SET"
            " lines = t.lines + excluded.lines,"
            " base_cents = t.base_cents + excluded.base_cents,"
            " commission_cents = t.commission_cents + excluded.commission_cents",
            [programme.pk],
        )


def _part(programme: Programme, lines: pl.DataFrame, *, sign: int) -> pl.DataFrame:
    name = (lambda column: column) if sign > 0 else was
    day = pl.col(name("created_at")).dt.convert_time_zone(programme.time_zone).dt.date()
    return lines.select(
        publisher_id=name("publisher_id"),
        day=day,
        status=name("status"),
        rulebook_id=name("rulebook_id"),
        lines=pl.lit(sign, dtype=pl.Int64),
        base_cents=pl.col(name("base_cents")) * sign,
        commission_cents=pl.col(name("commission_cents")) * sign,
    )
