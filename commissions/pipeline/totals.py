"""The totals, kept in the transaction that changes the lines."""

from dataclasses import dataclass

import polars as pl
from django.db import connection

from commissions.enums import LineStatus
from commissions.models import Programme
from commissions.pipeline.columns import was
from commissions.pipeline.copying import fill_temporary

_FIGURES = ["lines", "base_cents", "commission_cents"]
_CONFIRMED = [str(LineStatus.CONFIRMED), str(LineStatus.PAID)]


@dataclass(frozen=True)
class Deltas:
    """What a change adds to each total (below 0: takes away), by its key and in its order."""

    publishers: pl.DataFrame
    network: pl.DataFrame
    confirmed: pl.DataFrame


def deltas_of_lines(programme: Programme, lines: pl.DataFrame) -> Deltas:
    """What lines change in the totals; asks no database.

    lines: the decision columns, created_at and is_new, and the `was_...` of each.
    """
    came = _part(programme, lines, sign=1)
    went = _part(programme, lines.filter(~pl.col("is_new")), sign=-1)
    return deltas_of(pl.concat([came, went]))


def deltas_of(changes: pl.DataFrame) -> Deltas:
    """What differences come to, total by total.

    changes: publisher_id, day, status, rulebook_id, lines, base_cents, commission_cents (below 0:
    taken away); a key may come many times.
    """
    owned = changes.filter(pl.col("publisher_id").is_not_null())
    confirmed = owned.filter(
        pl.col("status").is_in(_CONFIRMED), pl.col("rulebook_id").is_not_null()
    )
    return Deltas(
        publishers=_sums(owned, ["publisher_id", "day", "status"], _FIGURES),
        network=_sums(changes, ["day", "status"], _FIGURES),
        confirmed=_sums(confirmed, ["publisher_id", "rulebook_id"], ["commission_cents"]),
    )


def add_to_totals(programme: Programme, deltas: Deltas) -> None:
    """Add to the totals of publishers, of the network, and of confirmed commission.

    Rows are written in the order of their keys. The caller holds the programme's books.
    """
    _add_to_publishers(programme, deltas.publishers)
    _add_to_network(programme, deltas.network)
    _add_to_confirmed(deltas.confirmed)


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


def _sums(changes: pl.DataFrame, key: list[str], figures: list[str]) -> pl.DataFrame:
    """What changed by key, in the key's order; keys where nothing did are left out."""
    return (
        changes.group_by(key)
        .agg(pl.col(figures).sum())
        .filter(pl.any_horizontal(pl.col(figures) != 0))
        .sort(key)
    )


def _add_to_publishers(programme: Programme, deltas: pl.DataFrame) -> None:
    """Tens of thousands of rows a batch: by COPY."""
    if deltas.is_empty():
        return
    fill_temporary(
        "total_delta",
        "publisher_id bigint, day date, status text,"
        " lines bigint, base_cents bigint, commission_cents bigint",
        deltas,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commissions_dailytotal AS t (programme_id, publisher_id, day, status,"
            " lines, base_cents, commission_cents)"
            " SELECT %s, publisher_id, day, status, lines, base_cents, commission_cents"
            " FROM total_delta"
            " ON CONFLICT (publisher_id, programme_id, day, status) DO UPDATE SET"
            " lines = t.lines + excluded.lines,"
            " base_cents = t.base_cents + excluded.base_cents,"
            " commission_cents = t.commission_cents + excluded.commission_cents",
            [programme.pk],
        )


def _add_to_network(programme: Programme, deltas: pl.DataFrame) -> None:
    """Some rows a day of the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commissions_networktotal AS t (programme_id, day, status, lines,"
            " base_cents, commission_cents)"
            " SELECT %s, d.* FROM unnest(%s::date[], %s::text[], %s::bigint[], %s::bigint[],"
            " %s::bigint[]) AS d"
            " ON CONFLICT (programme_id, day, status) DO UPDATE SET"
            " lines = t.lines + excluded.lines,"
            " base_cents = t.base_cents + excluded.base_cents,"
            " commission_cents = t.commission_cents + excluded.commission_cents",
            [programme.pk, *_columns(deltas)],
        )


def _add_to_confirmed(deltas: pl.DataFrame) -> None:
    """A row or two a publisher."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commissions_confirmedtotal AS t (publisher_id, rulebook_id,"
            " commission_cents)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])"
            " ON CONFLICT (publisher_id, rulebook_id) DO UPDATE SET"
            " commission_cents = t.commission_cents + excluded.commission_cents",
            list(_columns(deltas)),
        )


def _columns(frame: pl.DataFrame) -> list[list[object]]:
    return [column.to_list() for column in frame]
