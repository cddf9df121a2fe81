"""A block of text rows through the rules: typed rows, and the parked ones with their sentences.

Validity is computed in columns; only rows that fail are ever looked at one by one.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from commissions.feed.columns import VALUE, feed_columns, value_of
from commissions.feed.model import FIELDS, REQUIRED, ROW_SCHEMA, FeedRules, ParkedRow
from commissions.feed.parameters import Fault, Parameters, read_parameters
from commissions.feed.sentences import sentence
from commissions.feed.texts import parked_fields


@dataclass(frozen=True)
class RowReader:
    """The rules of one reading of a feed; `now` is the clock that created_time is held against."""

    rules: FeedRules
    now: datetime

    def read(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[ParkedRow]]:
        """`raw` as of RawBlock -> rows as of ROW_SCHEMA, and the rows parked, both in order."""
        if raw.is_empty():
            return pl.DataFrame(schema=ROW_SCHEMA), []
        # What every row must have is looked for even where no row has it.
        raw = raw.with_columns(
            pl.lit(None, pl.String).alias(name) for name in REQUIRED if name not in raw.columns
        )

        def text(field: str) -> pl.Expr:
            return pl.col(field).fill_null("") if field in raw.columns else pl.lit("")

        columns = feed_columns(self.rules, self.now, text)
        checks = {column.field: column.fine for column in columns if column.fine is not None}
        checks["settled_currency"] = text("settled_currency") == self.rules.currency
        parameters = read_parameters(raw)
        typed = raw.with_columns(column.value.alias(VALUE + column.name) for column in columns)
        flags = typed.select(check.alias(field) for field, check in checks.items())
        values = {
            **{column.name: value_of(column.name) for column in columns},
            "row": pl.col("row"),
            "af": pl.lit(parameters.af),
            "dp": pl.lit(parameters.dp),
        }
        rows = typed.select(
            values[name].cast(dtype).alias(name) for name, dtype in ROW_SCHEMA.items()
        )
        bad = flags.select(pl.all_horizontal(pl.all()).not_().arg_true()).to_series()
        failed = sorted({*bad.to_list(), *parameters.faults})
        if not failed:
            return rows, []
        parked = self._parked(raw[failed], flags[failed], parameters, failed)
        good = pl.Series(failed, dtype=pl.UInt32)
        kept = pl.int_range(rows.height, dtype=pl.UInt32, eager=True).is_in(good.implode())
        return rows.filter(~kept), parked

    def _parked(
        self, raw: pl.DataFrame, flags: pl.DataFrame, parameters: Parameters, failed: list[int]
    ) -> list[ParkedRow]:
        """The failed rows, each by the first of its fields (in the order of FIELDS) at fault."""
        checked = [field for field in FIELDS if field in flags.columns]
        each = flags.select(checked).iter_rows()
        parked = []
        for index, fields, fine in zip(failed, raw.iter_rows(named=True), each, strict=True):
            row = fields.pop("row")
            wrong = [field for field, ok in zip(checked, fine, strict=True) if not ok]
            fault = self._first(fields, wrong, parameters.faults.get(index))
            parked.append(parked_fields(row, fields, fault.field, fault.value, fault.reason))
        return parked

    def _first(
        self, fields: dict[str, str | None], wrong: list[str], parameters: Fault | None
    ) -> Fault:
        if parameters is not None and (
            not wrong or FIELDS.index(parameters.field) < FIELDS.index(wrong[0])
        ):
            return parameters
        field = wrong[0]
        value = fields.get(field) or ""
        return Fault(field, value, sentence(field, value, self.rules, self.now))
