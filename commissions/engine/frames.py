"""The reference as columns: the same rows that `engine.reference` asks one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, overload

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
# An open start sorts before every instant that a feed can carry, an open end after it.
FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


Row = TypeVar("Row", bound=tuple[Any, ...])


class RowsOfFrame(Sequence[Row], Generic[Row]):
    """A frame that is asked row by row where somebody wants rows, and else stays as it is."""

    def __init__(self, row: Callable[[tuple[Any, ...]], Row], columns: pl.DataFrame) -> None:
        """row: makes one of a plain tuple, the values in the order of the columns."""
        self._row, self.columns = row, columns

    def __len__(self) -> int:
        return self.columns.height

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self.columns.iter_rows())

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "RowsOfFrame[Row]": ...
    def __getitem__(self, place: int | slice) -> "Row | RowsOfFrame[Row]":
        if isinstance(place, slice):
            return RowsOfFrame(self._row, self.columns[place])
        return self._row(self.columns.row(place))


def frame(rows: Iterable[Sequence[Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Rows of tuples as a frame of the given columns."""
    if isinstance(rows, RowsOfFrame):
        named = zip(rows.columns.columns, schema.items(), strict=True)
        return rows.columns.select(
            pl.col(was).cast(kind).alias(name) for was, (name, kind) in named
        )
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def periods(rows: Iterable[Sequence[Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Dated rows, their last two fields a half-open period, sorted by its start."""
    dated = frame(rows, {**schema, "valid_from": INSTANT, "valid_to": INSTANT})
    return dated.with_columns(
        pl.col("valid_from").fill_null(FIRST), pl.col("valid_to").fill_null(LAST)
    ).sort("valid_from")


def at_instant(
    lines: pl.DataFrame, dated: pl.DataFrame, *, keys: dict[str, str], at: str, take: dict[str, str]
) -> list[pl.Series]:
    """Values of the dated row in force for each line; null where none was.

    lines: any frame; dated: from `periods`, where no two rows of one key overlap;
    keys: column of lines -> column of dated; at: the lines' instant column;
    take: column of dated -> name of the result. Results are in the order of the lines.
    """
    wanted = lines.select(
        *(pl.col(name).alias(key) for name, key in keys.items()), pl.col(at).alias("_at")
    ).with_row_index("_row")
    joined = _beside_their_period(wanted, dated, list(keys.values()))
    held = (pl.col("valid_from") <= pl.col("_at")) & (pl.col("_at") < pl.col("valid_to"))
    taken = joined.select(
        pl.when(held).then(pl.col(column)).alias(name) for column, name in take.items()
    )
    return taken.get_columns()


def _beside_their_period(wanted: pl.DataFrame, dated: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Each wanted row beside the only period of its key, or the last that began by then."""
    several = dated.filter(pl.len().over(by) > 1)
    if several.is_empty():
        return wanted.join(dated, on=by, how="left", maintain_order="left", coalesce=True)
    keys = several.select(by).unique()
    once = wanted.join(keys, on=by, how="anti").join(dated, on=by, how="left")
    searched = (
        wanted.join(keys, on=by, how="semi")
        .sort("_at")
        .join_asof(
            several,
            left_on="_at",
            right_on="valid_from",
            by=by,
            strategy="backward",
            coalesce=False,
            check_sortedness=False,  # both sides were sorted by time above; groups share that order
        )
    )
    return pl.concat([once, searched.select(once.columns)]).sort("_row")


def known(
    lines: pl.DataFrame, table: pl.DataFrame, *, on: str, key: str, take: dict[str, str]
) -> pl.DataFrame:
    """The lines with columns of the table's row of the same key; null where there is none."""
    renamed = table.select(pl.col(key).alias(on), *(pl.col(c).alias(n) for c, n in take.items()))
    return lines.join(renamed, on=on, how="left", maintain_order="left")
