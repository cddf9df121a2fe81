"""Rulebooks published in any order: the books are those of the final calendar, to the cent."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum

from commissions.models import OrderLine, Programme, Rulebook, WhatIf
from commissions.pipeline.rerating import rerate_pending
from commissions.programmes.shapes import RulebookFile
from publishers.suspensions import suspend_sources
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import (
    Books,
    assert_books_agree,
    assert_same_books,
    books,
    dealt,
    feed_lines,
    ingest,
    load,
    scan,
    tick,
)
from tests.oracle.worlds import write_world
from tests.random_rulebooks import random_book, starts
from tests.rulebooks import publish

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 6, 1, tzinfo=UTC)


@contextmanager
def scratch() -> Iterator[Programme]:
    """A programme in an empty database, gone afterwards."""
    with transaction.atomic():
        yield aliexpress()
        transaction.set_rollback(True)


def from_scratch(folder: Path, calendar: list[RulebookFile]) -> Books:
    """The books of a world whose rulebooks were all there before anything else."""
    with scratch() as programme:
        for book in calendar:
            publish(programme, book, NOW)
        load(folder)
        ingest(folder / "orders.ndjson")
        scan(folder)
        tick()
        return books()


def seeds(count: int, deep: int) -> list[object]:
    return [*range(count), *(pytest.param(one, marks=pytest.mark.deep) for one in range(50, deep))]


def drawn(chance: random.Random) -> list[RulebookFile]:
    with scratch() as programme:
        return [
            random_book(chance, programme, start) for start in starts(chance, chance.randint(1, 4))
        ]


@pytest.mark.parametrize("seed", seeds(5, 70))
def test_rulebooks_in_any_order_come_to_the_books_of_their_calendar(tmp_path, seed):
    chance = random.Random(seed)
    folder = write_world(tmp_path / "world", seed, publishers=12, orders=90, rewrites=False)
    calendar = drawn(chance)
    wanted = from_scratch(folder, sorted(calendar, key=lambda book: book.starts_at))
    with scratch() as programme:
        steps: list[object] = [*calendar, *dealt(feed_lines(folder), 3, tmp_path), "facts", "tick"]
        chance.shuffle(steps)
        for step in steps:
            if isinstance(step, RulebookFile):
                publish(programme, step, NOW)
            elif isinstance(step, Path):
                ingest(step)
            elif step == "facts":
                load(folder)
            else:
                tick("2020-03-01T00:00:00Z")
        scan(folder)
        tick()
        assert_same_books(books(), wanted)
        assert_books_agree()


def booked_cents() -> int:
    return OrderLine.objects.aggregate(cents=Sum("commission_cents"))["cents"] or 0


@pytest.mark.parametrize("seed", seeds(4, 70))
def test_a_what_if_foretells_to_the_cent_what_publication_posts(tmp_path, seed):
    chance = random.Random(seed)
    folder = write_world(tmp_path / "world", seed, publishers=12, orders=90, rewrites=False)
    calendar = drawn(chance)
    with scratch() as programme:
        load(folder)
        ingest(folder / "orders.ndjson")
        scan(folder)
        tick()
        for book in calendar:
            before = {row.pk: row.commission_cents for row in OrderLine.objects.all()}
            published = publish(programme, book, NOW)
            suspend_sources(at=NOW, zone="UTC")
            rerate_pending(at=NOW)
            after = {row.pk: row.commission_cents for row in OrderLine.objects.all()}
            assert_foretold(published, before, after)
        tick()  # the referral credit that follows
        assert_books_agree()


def assert_foretold(rulebook: Rulebook, before: dict[int, int], after: dict[int, int]) -> None:
    """Total, publishers, countries, and each line that changes most: as it then came."""
    what_if = WhatIf.objects.get(rulebook=rulebook)
    total = what_if.figures.filter(dimension="total").first()
    moved = sum(after.values()) - sum(before.values())
    assert (total.after_cents - total.before_cents if total else 0) == moved
    for dimension in ("month", "publisher", "country", "category", "traffic_type"):
        figures = what_if.figures.filter(dimension=dimension)
        sums = figures.aggregate(before=Sum("before_cents"), after=Sum("after_cents"))
        assert (sums["after"] or 0) - (sums["before"] or 0) == moved
    changed = {pk for pk in before if before[pk] != after[pk]}
    told = {line.line_id: (line.before_cents, line.after_cents) for line in what_if.lines.all()}
    assert {pk for pk, cents in told.items() if cents[0] != cents[1]} == changed
    for pk in changed:
        assert told[pk] == (before[pk], after[pk])
