"""A whole run: the world, exactness, the rounds, the filled books; in the end the books agree."""

import io
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from commissions.models import Product, Programme, SetMember, Store
from config.bench.books import empty_books, rest
from config.bench.fact_rows import write_facts
from config.bench.feed_files import first_word, month_later, write_clicks, write_feed
from config.bench.filled import FilledBooks
from config.bench.progress import Progress
from config.bench.rehearsal import rehearse
from config.bench.results import Results
from config.bench.rounds import Rounds
from config.bench.rows import FILLED_BOOKS, ROUNDS_OF_BOOKS
from config.bench.world import World
from publishers.clicks import load_clicks
from publishers.models import Click, Publisher, Source

FACTS = (Product, SetMember, Store, Click, Publisher, Source)


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
    with progress.step(f"Facts and feed files of {wanted.rows:,} lines", 1):
        programme = _set_up(world, folder)
    with progress.step("Exactness: every path against the plain engine", 3):
        rehearse(programme, world, folder)
    rounds = Rounds(programme, world, folder, wanted.ids, results, progress)
    if wanted.ids & ROUNDS_OF_BOOKS:
        for number in range(1, wanted.rounds + 1):
            rounds.measure(number, wanted.rounds, verify=lambda: _verify(progress))
    if wanted.ids & FILLED_BOOKS:
        filled = FilledBooks(programme, world, folder, wanted.ids, results, progress)
        filled.measure(wanted.rounds, rounds.first_seconds)
        _verify(progress)
    return results


def units_of(wanted: Wanted) -> float:
    """How much there is to do, in imports of one file."""
    ids, units = wanted.ids, 4.0
    if ids & ROUNDS_OF_BOOKS:
        units += 2 + wanted.rounds * Rounds.units(ids)
    if ids & FILLED_BOOKS:
        units += 10 + FilledBooks.units(ids, wanted.rounds)
    return units


def _set_up(world: World, folder: Path) -> Programme:
    call_command("load_programme", verbosity=0, stdout=io.StringIO())
    programme = Programme.objects.get(code="aliexpress")
    write_facts(programme, world)
    lines = first_word(world, 0)
    write_clicks(lines, folder / "clicks.csv")
    load_clicks(folder / "clicks.csv")
    write_feed(lines, folder / "first.csv")
    write_feed(month_later(lines), folder / "later.csv")
    every = max(world.rows // Rounds.SAMPLE, 1)
    sample = lines.filter(lines["order"] % every == 0).head(Rounds.SAMPLE)
    write_feed(sample, folder / "sample.csv")
    empty_books()  # the facts' own touches
    rest(*(model._meta.db_table for model in FACTS))
    return programme


def _verify(progress: Progress) -> None:
    said = io.StringIO()
    with progress.step("The books are verified", 2):
        try:
            call_command("verify_books", stdout=said, stderr=said)
        except SystemExit:
            raise BooksBroken(said.getvalue()) from None
