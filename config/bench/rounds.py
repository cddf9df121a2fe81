"""The rounds that begin with empty books: P1 to P5, P8, P13."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from commissions.models import Programme
from config.bench.account_block import measure_block
from config.bench.books import empty_books, rest, write_pages
from config.bench.children import Imported, import_apart
from config.bench.floors import copy_seconds
from config.bench.progress import Progress, foreseen
from config.bench.results import Results
from config.bench.rule_change import measure_rule_change
from config.bench.usual_ways import common_seconds, usual_seconds
from config.bench.world import World

MEMORY_BYTES = 600_000_000  # what P13 is measured against
# About how long the steps take: seconds of their own, microseconds a line.
_FORESEEN = {
    "BASE": (0.5, 4.0), "P1": (3.0, 12.0), "P2": (3.0, 1.0), "P2-rows": (3.0, 8.0),
    "P3": (3.0, 15.0), "P4": (4.0, 100.0), "P5": (2.0, 10.0), "P8": (2.0, 1.0),
    "P8-common": (30.0, 1.0),
}  # fmt: skip
_USUAL = frozenset({"P8", "P8-common"})  # timed twice a round
_OF_BASE = frozenset({"P1", "P2", "P2-rows", "P3"})
Told = TypeVar("Told")


class Rounds:
    """The work of a round, in the order of its life: new, again, other rules, a block, later."""

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
    def foreseen(ids: frozenset[str], rows: int) -> float:
        """About how many seconds a round takes."""
        steps = [*((ids & _FORESEEN.keys()) | {"BASE", "P1"}), *(ids & _USUAL)]
        return sum(foreseen(rows, *_FORESEEN[step]) for step in steps)

    def measure(self, number: int, rounds: int, *, verify: Callable[[], None]) -> None:
        """One round; in the last one the books are verified before the usual ways spoil them."""
        self._round = f"Round {number} of {rounds}"
        before = self._usual_ways("empty")
        base = self._base()
        first = self._first(base)
        if "P2" in self.ids:
            self.results.add("P2", self._import("P2", "first.csv").seconds, base)
            self.results.add("P2-rows", self._import("P2-rows", "again.csv").seconds, base)
        if "P4" in self.ids:
            self._rule_change()
        if "P5" in self.ids:
            self._block(number)
        if "P3" in self.ids:
            later = self._import("P3", "later.csv")
            self.results.add("P3", later.seconds, base)
            self.results.note("P3", lines_changed=later.lines_changed)
        if number == rounds:
            verify()
        self._note_usual(before, self._usual_ways("full"), first)
        empty_books()

    def _step(self, step: str, work: Callable[[], Told], books: str = "") -> Told:
        what = f"{self._round}: {step}{books}"
        with self.progress.step(what, foreseen(self.world.rows, *_FORESEEN[step])):
            return work()

    def _base(self) -> float:
        if not self.ids & _OF_BASE:
            return 0.0
        write_pages()
        return self._step("BASE", lambda: copy_seconds(self.folder / "first.csv"))

    def _first(self, base: float) -> Imported:
        first = self._import("P1", "first.csv")
        self.first_seconds.append(first.seconds)
        if "P1" in self.ids:
            self.results.add("P1", first.seconds, base)
        if "P13" in self.ids:
            self.results.add("P13", first.peak_bytes, MEMORY_BYTES)
        return first

    def _import(self, row_id: str, name: str) -> Imported:
        if row_id == "P1":
            write_pages()  # The books are as a new installation has them: never looked at.
        else:
            rest()
        return self._step(row_id, lambda: import_apart(self.folder / name))

    def _rule_change(self) -> None:
        done = self._step("P4", lambda: measure_rule_change(self.programme))
        self.results.add("P4", done.seconds, done.floor)
        self.results.note(
            "P4",
            lines_changed=done.changed,
            lines_written=done.written,
            ratio_to_update_of_all_written=done.seconds / done.floor_of_written,
        )

    def _block(self, number: int) -> None:
        done = self._step("P5", lambda: measure_block(f"bench-{number}"))
        self.results.add("P5", done.seconds, done.loop * done.lines, faster=True)
        self.results.note("P5", lines_changed=done.lines)

    def _usual_ways(self, books: str) -> tuple[float, float]:
        """Seconds a line of the usual and of the common way, into books as they are now."""
        if "P8" not in self.ids:
            return 0.0, 0.0
        sample = self.folder / "sample.csv"
        rest()
        usual = self._step(
            "P8", lambda: usual_seconds(sample, self.programme, "7"), f", {books} books"
        )
        common = self._step(
            "P8-common", lambda: common_seconds(sample, self.programme, "9"), f", {books} books"
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
