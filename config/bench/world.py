"""The size of the benchmark's world, and its chance: the same draws each time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

# Within the life of the shipped programme's last rulebook, whatever the number of files.
FIRST_DAY = datetime(2021, 1, 4, tzinfo=UTC)
DAYS_OF_A_FILE = 40
DAYS_BETWEEN_FILES = 30
CATEGORIES = 40

# splitmix64: whole numbers alone, so that every machine and version draws the same.
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@dataclass(frozen=True)
class World:
    """How much there is of everything beside a feed file of `rows` lines."""

    rows: int

    @property
    def publishers(self) -> int:
        return _between(50, self.rows // 500, 2_000)

    @property
    def sources(self) -> int:
        return self.publishers * 3 // 2

    @property
    def stores(self) -> int:
        return _between(100, self.rows // 500, 2_000)

    @property
    def products(self) -> int:
        return _between(1_000, self.rows // 20, 50_000)


def _between(least: int, wanted: int, most: int) -> int:
    return max(least, min(wanted, most))


def starts_at(part: int) -> datetime:
    """When the first order of a file was placed; file 0 is the first."""
    return FIRST_DAY + timedelta(days=DAYS_BETWEEN_FILES * part)


def draw(key: pl.Expr, salt: int, below: int) -> pl.Expr:
    """A whole number from 0 to `below` - 1, by key (UInt64) and salt."""
    return (_mixed(key, salt) % _number(below)).cast(pl.Int64)


def one_in(key: pl.Expr, salt: int, many: int) -> pl.Expr:
    """True for one of so many."""
    return draw(key, salt, many) == 0


def _mixed(key: pl.Expr, salt: int) -> pl.Expr:
    word = key * _number(_STEP) + _number(salt * _STEP % 2**64)
    word = (word ^ (word // _number(1 << 30))) * _number(_FIRST)
    word = (word ^ (word // _number(1 << 27))) * _number(_SECOND)
    return word ^ (word // _number(1 << 31))


def _number(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def source_code(number: pl.Expr) -> pl.Expr:
    """The code of a source by its number."""
    return pl.lit("S") + number.cast(pl.String).str.zfill(6)


def product_code(number: pl.Expr) -> pl.Expr:
    """The id of a product by its number."""
    return (number + 4_000_000_000).cast(pl.String)


def category_of(product: pl.Expr) -> pl.Expr:
    """The number of a product's category."""
    return draw(product.cast(pl.UInt64), 900, CATEGORIES)


def category_code(number: pl.Expr) -> pl.Expr:
    """The id of a category by its number."""
    return (number + 1_000).cast(pl.String)


def group_of(category: int) -> str:
    """The set that a category belongs to."""
    if category == 0:
        return "special"
    if category < 11:  # of all lines, one in ten earns by this group's rate
        return "electronics"
    return "home_and_apparel" if category < 25 else "other"
