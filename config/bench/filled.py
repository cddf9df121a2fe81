"""The books filled to many times a file: P6, P7 and P10 at five, P11 and P12 at ten."""

from datetime import date
from pathlib import Path

from commissions.models import Programme
from config.bench.books import largest_publisher, rest
from config.bench.children import Imported, import_apart
from config.bench.feed_files import first_word, write_clicks, write_feed
from config.bench.floors import round_trip_seconds
from config.bench.progress import Progress, foreseen
from config.bench.questions import month_of_network, month_of_publisher
from config.bench.results import Results
from config.bench.rows import TEN_FILES
from config.bench.staff_list import measure_staff_list
from config.bench.web import measure_pages, web_foreseen
from config.bench.world import World, starts_at
from publishers.clicks import load_clicks

FOR_QUESTIONS, FOR_GROWTH = 5, 10  # files stored
_QUESTIONS = frozenset({"P6", "P7"})


class FilledBooks:
    """Filled once a run, a month's file after another, with the clicks of each."""

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
        self.lines_stored = 0

    @staticmethod
    def foreseen(ids: frozenset[str], rows: int, rounds: int) -> float:
        """About how many seconds all of it takes."""
        files = FOR_GROWTH if ids & TEN_FILES else FOR_QUESTIONS
        files += rounds if "P12" in ids else 0
        pages = web_foreseen(rounds) if "P10" in ids else 0
        return pages + files * (_of_file(rows) + foreseen(rows, 0, 20))  # verified afterwards

    def measure(self, rounds: int, first_seconds: list[float]) -> None:
        """Fill and measure. first_seconds: P1's, a round each, which P12 is measured against."""
        for part in range(FOR_QUESTIONS):
            self._fill(part)
        if self.ids & _QUESTIONS:
            self._questions(rounds)
        if "P10" in self.ids:
            measure_pages(largest_publisher(), rounds, self.results, self.progress)
        if not self.ids & TEN_FILES:
            return
        for part in range(FOR_QUESTIONS, FOR_GROWTH):
            self._fill(part)
        if "P11" in self.ids:
            rest()
            with self.progress.step("P11", rounds * 5.0):
                measure_staff_list(rounds, self.results)
        if "P12" not in self.ids:
            return
        for number, empty in enumerate(first_seconds):
            rest()
            done = self._import(FOR_GROWTH + number, f"Round {number + 1} of {rounds}: P12")
            self.results.add("P12", done.seconds, empty)

    def _fill(self, part: int) -> None:
        self._import(part, f"Filling, file {part + 1}")

    def _import(self, part: int, what: str) -> Imported:
        feed, clicks = self.folder / f"part-{part}.csv", self.folder / "clicks.csv"
        with self.progress.step(what, _of_file(self.world.rows)):
            lines = first_word(self.world, part)
            write_clicks(lines, clicks)
            load_clicks(clicks)
            write_feed(lines, feed)
            del lines
            rest("publishers_click")
            done = import_apart(feed)
        feed.unlink()
        self.lines_stored += done.lines_new
        return done

    def _questions(self, rounds: int) -> None:
        """A month in the middle of what is stored."""
        begun = starts_at(FOR_QUESTIONS // 2)
        month = date(begun.year, begun.month, 1)
        questions = {
            "P6": month_of_publisher(self.programme, largest_publisher(), month),
            "P7": month_of_network(self.programme, month),
        }
        rest()
        for number in range(1, rounds + 1):
            with self.progress.step(f"Round {number} of {rounds}: P6, P7", 0.1):
                row_ids = sorted(_QUESTIONS & self.ids)
                asked = [questions[row_id] for row_id in row_ids]
                floor, *seconds = round_trip_seconds(("SELECT 1", ()), *asked)
                for row_id, taken in zip(row_ids, seconds, strict=True):
                    self.results.add(row_id, taken, floor)


def _of_file(rows: int) -> float:
    """About how many seconds a file takes with its clicks."""
    return foreseen(rows, 4, 20)
