"""The figures of a what-if, added up batch by batch: commission as booked, and as it would be."""

import polars as pl

from commissions.engine.reference import Reference
from commissions.enums import Dimension
from commissions.models import Programme, WhatIf, WhatIfFigure, WhatIfLine
from commissions.pipeline.columns import was

SHOWN_LINES = 500  # of the lines that change most
_SUMS = ("lines", "lines_changed", "before_cents", "after_cents")
_CENTS = {"before_cents": was("commission_cents"), "after_cents": "commission_cents"}


class Figures:
    """Figures of the batches added so far; memory grows with the keys, not with the lines."""

    def __init__(self, programme: Programme, rule_codes: dict[int, str]) -> None:
        self._programme = programme
        self._rule_codes = rule_codes
        self._figures: list[pl.DataFrame] = []
        self._lines = pl.DataFrame()

    def add(self, decided: pl.DataFrame, ref: Reference) -> None:
        """Add the lines of one batch.

        decided: what `settle_frame` gives for lines from `beside_stored`, their `was_...` beside.
        """
        changed = pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(was(name)))
            for name in ("commission_cents", "status", "reason", "rate_bp")
        )
        types = {row.id: row.traffic_type for row in ref.sources}
        placed = pl.col("created_at").dt.convert_time_zone(self._programme.time_zone)
        lines = decided.select(
            "id", "sub_order_id", "publisher_id", "status", was("status"), "rule_id",
            was("rule_id"),
            **{name: pl.col(column) for name, column in _CENTS.items()},
            changed=changed,
            total=pl.lit(""),
            month=placed.dt.strftime("%Y-%m"),
            publisher=pl.col("publisher_id").cast(pl.String).fill_null(""),
            country=pl.col("country"),
            category=pl.col("category_id"),
            traffic_type=pl.col("source_id").replace_strict(
                types, default="", return_dtype=pl.String
            ),
        )  # fmt: skip
        added = [_summed(lines, dimension) for dimension in Dimension.values]
        self._figures = [_folded([*self._figures, *added])]
        self._keep_largest(lines.filter("changed"))

    def _keep_largest(self, changed: pl.DataFrame) -> None:
        by_change = (pl.col("after_cents") - pl.col("before_cents")).abs()
        kept = changed.sort(by_change, "sub_order_id", descending=[True, False]).head(SHOWN_LINES)
        both = pl.concat([self._lines, kept]) if not self._lines.is_empty() else kept
        self._lines = both.sort(by_change, "sub_order_id", descending=[True, False]).head(
            SHOWN_LINES
        )

    def write(self, what_if: WhatIf) -> None:
        """Write the figures beside their what-if, in the caller's transaction."""
        what_if.figures.all().delete()
        what_if.lines.all().delete()
        rows = self._figures[0].iter_rows(named=True) if self._figures else ()
        WhatIfFigure.objects.bulk_create(
            (WhatIfFigure(what_if=what_if, **row) for row in rows), batch_size=5_000
        )
        WhatIfLine.objects.bulk_create(
            WhatIfLine(
                what_if=what_if,
                place=place,
                line_id=row["id"],
                sub_order_id=row["sub_order_id"],
                publisher_id=row["publisher_id"],
                before_status=row[was("status")],
                after_status=row["status"],
                before_rule=self._rule_codes.get(row[was("rule_id")], ""),
                after_rule=self._rule_codes.get(row["rule_id"], ""),
                before_cents=row["before_cents"],
                after_cents=row["after_cents"],
            )
            for place, row in enumerate(self._lines.iter_rows(named=True), start=1)
        )


def _summed(lines: pl.DataFrame, dimension: str) -> pl.DataFrame:
    return (
        lines.group_by(key=dimension)
        .agg(
            lines=pl.len().cast(pl.Int64),
            lines_changed=pl.col("changed").sum().cast(pl.Int64),
            before_cents=pl.col("before_cents").sum(),
            after_cents=pl.col("after_cents").sum(),
        )
        .select(pl.lit(dimension).alias("dimension"), "key", *_SUMS)
    )


def _folded(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames).group_by("dimension", "key").agg(pl.col(_SUMS).sum())
