"""The rounds that begin with empty books: P1 to P5, P8, P13."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from commissions.models import Programme
from config.bench.account_block import measure_block
from config.bench.books import empty_books, rest
from config.bench.children import Imported, import_apart
from config.bench.floors import copy_seconds
from config.bench.progress import Progress
from config.bench.results import Results
from config.bench.rule_change import measure_rule_change
from config.bench.usual_ways import common_seconds, usual_seconds
from config.bench.world import World

MEMORY_BYTES = 600_000_000  # what P13 is measured against
_UNITS = {"P2": 0.4, "P3": 1.5, "P4": 8.0, "P5": 1.5, "P8": 3.0}
_OF_BASE = frozenset({"P1", "P2", "P3"})
Told = TypeVar("Told")


class Rounds:
    """The work of a round, in the order of its life: new, again, other rules, a block, later."""

    SAMPLE = 2_000  # lines that the usual ways are timed on

    def __init__(
        self,
        programme: Programme,
        world: World,
        folder: Path,
        ids: frozenset[str],
        results: Results,
        progress: Progress,
    ) -> None:
        self.programme, self.world, self.folder = programme, world, folder
        self.ids, self.results, self.progress = ids, results, progress
        self.first_seconds: list[float] = []
        self._round = ""

    @staticmethod
    def units(ids: frozenset[str]) -> float:
        """A round's work, in imports."""
        return 1.5 + sum(units for row_id, units in _UNITS.items() if row_id in ids)

    def measure(self, number: int, rounds: int, *, verify: Callable[[], None]) -> None:
        """One round; in the last one the books are verified before the usual ways spoil them."""
        self._round = f"Round {number} of {rounds}"
        before = self._usual_ways("empty")
        base = self._base()
        first = self._first(base)
        if "P2" in self.ids:
            self.results.add("P2", self._import("P2", "first.csv", 0.4).seconds, base)
        if "P4" in self.ids:
            self._rule_change()
        if "P5" in self.ids:
            self._block(number)
        if "P3" in self.ids:
            later = self._import("P3", "later.csv", 1.5)
            self.results.add("P3", later.seconds, base)
            self.results.note("P3", lines_changed=later.lines_changed)
        if number == rounds:
            verify()
        self._note_usual(before, self._usual_ways("full"), first)
        empty_books()

    def _step(self, what: str, units: float, work: Callable[[], Told]) -> Told:
        with self.progress.step(f"{self._round}: {what}", units):
            return work()

    def _base(self) -> float:
        if not self.ids & _OF_BASE:
            return 0.0
        rest()
        return self._step("BASE", 0.3, lambda: copy_seconds(self.folder / "first.csv"))

    def _first(self, base: float) -> Imported:
        first = self._import("P1", "first.csv", 1.2)
        self.first_seconds.append(first.seconds)
        if "P1" in self.ids:
            self.results.add("P1", first.seconds, base)
        if "P13" in self.ids:
            self.results.add("P13", first.peak_bytes, MEMORY_BYTES)
        return first

    def _import(self, row_id: str, name: str, units: float) -> Imported:
        rest()
        return self._step(row_id, units, lambda: import_apart(self.folder / name))

    def _rule_change(self) -> None:
        done = self._step("P4", 8, lambda: measure_rule_change(self.programme))
        self.results.add("P4", done.seconds, done.floor)
        self.results.note(
            "P4",
            lines_changed=done.changed,
            lines_written=done.written,
            ratio_to_update_of_all_written=done.seconds / done.floor_of_written,
        )

    def _block(self, number: int) -> None:
        done = self._step("P5", 1.5, lambda: measure_block(f"bench-{number}"))
        self.results.add("P5", done.seconds, done.loop * done.lines, faster=True)
        self.results.note("P5", lines_changed=done.lines)

    def _usual_ways(self, books: str) -> tuple[float, float]:
        """Seconds a line of the usual and of the common way, into books as they are now."""
        if "P8" not in self.ids:
            return 0.0, 0.0
        sample = self.folder / "sample.csv"
        rest()
        usual = self._step(
            f"P8, {books} books", 0.5, lambda: usual_seconds(sample, self.programme, "7")
        )
        common = self._step(
            f"P8-common, {books} books", 1, lambda: common_seconds(sample, self.programme, "9")
        )
        if books == "empty":
            empty_books()
        return usual, common

    def _note_usual(
        self, before: tuple[float, float], after: tuple[float, float], first: Imported
    ) -> None:
        """What a line costs at half of the way: the mean of both ends."""
        if "P8" not in self.ids:
            return
        ours = first.seconds / self.world.rows
        for row_id, one, other in zip(("P8", "P8-common"), before, after, strict=True):
            self.results.add(row_id, ours, (one + other) / 2, faster=True)
            self.results.note(row_id, empty_books=one / ours, full_books=other / ours)
