"""A whole run: the world, exactness, the rounds, the filled books; in the end the books agree."""

import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.core.management import call_command

from commissions.models import Programme
from config.bench.books import empty_books, rest
from config.bench.fact_rows import write_facts
from config.bench.feed_files import first_word, month_later, write_clicks, write_feed
from config.bench.filled import FilledBooks
from config.bench.progress import Progress, foreseen
from config.bench.rehearsal import LINES, rehearse
from config.bench.results import Results
from config.bench.rounds import Rounds
from config.bench.rows import FILLED_BOOKS, ROUNDS_OF_BOOKS
from config.bench.web import measure_clicks, web_foreseen
from config.bench.world import World
from publishers.clicks import load_clicks

FACTS = (
    *("publishers_publisher", "publishers_source", "publishers_click", "commissions_product"),
    *("commissions_store", "commissions_setmember"),
)
SAMPLE_LINES = 2_000  # that the usual ways are timed on


class BooksBroken(Exception):
    """The books do not agree after what was measured; the message is what verify_books says."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for: lines of a file, rounds, ids of rows."""

    rows: int
    rounds: int
    ids: frozenset[str]


def run_bench(wanted: Wanted, folder: Path, progress: Progress) -> Results:
    """Measure in the database that Django is turned to, which holds the schema and no row.

    folder: for feed files. Raises Inexact, BooksBroken, ImportFailed.
    """
    world, results = World(wanted.rows), Results(wanted.rows)
    with progress.step(
        f"Facts and feed files of {wanted.rows:,} lines", foreseen(wanted.rows, 3, 20)
    ):
        programme = _set_up(world, folder)
    with progress.step(
        "Exactness: every path against the plain engine", _of_rehearsal(wanted.rows)
    ):
        rehearse(programme, world, folder)
    rounds = Rounds(programme, world, folder, wanted.ids, results, progress)
    if wanted.ids & ROUNDS_OF_BOOKS:
        for number in range(1, wanted.rounds + 1):
            rounds.measure(number, wanted.rounds, verify=lambda: _verify(progress, wanted.rows))
    if "P9" in wanted.ids:
        measure_clicks(wanted.rounds, results, progress)
    if wanted.ids & FILLED_BOOKS:
        filled = FilledBooks(programme, world, folder, wanted.ids, results, progress)
        filled.measure(wanted.rounds, rounds.first_seconds)
        _verify(progress, filled.lines_stored)
    return results


def foreseen_seconds(wanted: Wanted) -> float:
    """About how long the whole run takes."""
    ids, rows, rounds = wanted.ids, wanted.rows, wanted.rounds
    seconds = foreseen(rows, 3, 20) + _of_rehearsal(rows)
    if ids & ROUNDS_OF_BOOKS:
        seconds += rounds * Rounds.foreseen(ids, rows) + foreseen(rows, 1, 20)
    if "P9" in ids:
        seconds += web_foreseen(rounds)
    if ids & FILLED_BOOKS:
        seconds += FilledBooks.foreseen(ids, rows, rounds)
    return seconds


def _of_rehearsal(rows: int) -> float:
    return foreseen(min(rows, LINES), 10, 1_500)


def _set_up(world: World, folder: Path) -> Programme:
    call_command("load_programme", verbosity=0, stdout=io.StringIO())
    programme = Programme.objects.get(code="aliexpress")
    write_facts(programme, world)
    lines = first_word(world, 0)
    write_clicks(lines, folder / "clicks.csv")
    load_clicks(folder / "clicks.csv")
    write_feed(lines, folder / "first.csv")
    write_feed(month_later(lines), folder / "later.csv")
    # The same rows in other bytes: the first of them is the last.
    write_feed(pl.concat([lines.tail(-1), lines.head(1)]), folder / "again.csv")
    size = min(SAMPLE_LINES, world.rows // 10)
    sample = lines.filter(lines["order"] % (world.rows // size) == 0).head(size)
    write_feed(sample, folder / "sample.csv")
    empty_books()  # the facts' own touches
    rest(*FACTS)
    return programme


def _verify(progress: Progress, lines: int) -> None:
    said = io.StringIO()
    with progress.step("The books are verified", foreseen(lines, 1, 20)):
        try:
            call_command("verify_books", stdout=said, stderr=said)
        except SystemExit:
            raise BooksBroken(said.getvalue()) from None
