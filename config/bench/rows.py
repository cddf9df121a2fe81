"""The rows of the benchmark: what is measured, against what, and how far we mean to go."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """goal: of the ratio; the smaller is better unless `faster`, where it says how many times."""

    id: str
    work: str
    against: str
    goal: float | None
    faster: bool = False
    later: bool = False

    def reached(self, ratio: float) -> bool:
        """Whether a ratio is as good as we mean it to be."""
        if self.goal is None:
            return False
        return ratio >= self.goal if self.faster else ratio <= self.goal


ROWS = (
    Row("P1", "a feed file into empty books", "BASE", 2.5),
    Row("P2", "the same file again", "BASE", 0.5),
    Row("P2-rows", "the same rows in another file", "BASE", None),
    Row("P3", "the same orders a month later, 40 % changed", "BASE", 2.5),
    Row("P4", "a rule change, 10 % of the stored lines change", "UPDATE", 4),
    Row("P5", "block an account of a tenth of the lines", "LOOP", 75, faster=True),
    Row("P6", "the portal's month, largest publisher, 5N lines", "SELECT 1", 8),
    Row("P7", "the staff's month, 5N lines", "SELECT 1", 8),
    Row("P8", "a line of P1, the usual way", "bulk_create, Decimal", 75, faster=True),
    Row("P8-common", "a line of P1, the common way", "save() and signals", 2500, faster=True),
    Row("P9", "a click: look up, record, redirect", "HELLO", 0.5, faster=True),
    Row("P10", "a page of 50 orders through the API", "HELLO", 3),
    Row("P11", "staff's order list at 10N lines", "its first page", 1.5),
    Row("P12", "P1 with 10N lines stored, a line", "P1, empty books", 1.25),
    Row("P13", "memory of P1's processes together", "600 MB", 1),
)
IDS = tuple(row.id for row in ROWS)
# Measured by one step with another row, and asked for by its name.
WITH = {"P2": ("P2", "P2-rows"), "P8": ("P8", "P8-common")}
ROUNDS_OF_BOOKS = frozenset(IDS) - {"P6", "P7", "P9", "P10", "P11"}
FILLED_BOOKS = frozenset({"P6", "P7", "P10", "P11", "P12"})
TEN_FILES = frozenset({"P11", "P12"})  # of the filled books


class NoSuchRow(Exception):
    """An id that names no row; the message lists those there are."""


def asked_rows(only: str) -> tuple[Row, ...]:
    """The rows of a list like `P1,P4`; all where it is empty. Raises NoSuchRow."""
    wanted = [word.strip().upper() for word in only.split(",") if word.strip()]
    ids = {known.upper(): known for known in IDS}
    unknown = [word for word in wanted if word not in ids]
    if unknown:
        raise NoSuchRow(f"There is no row {', '.join(unknown)}. Known are: {', '.join(IDS)}.")
    chosen = {one for word in wanted for one in WITH.get(ids[word], (ids[word],))}
    return tuple(row for row in ROWS if not wanted or row.id in chosen)


def measured(rows: Iterable[Row]) -> frozenset[str]:
    """The ids of those rows that can be measured by now."""
    return frozenset(row.id for row in rows if not row.later)
