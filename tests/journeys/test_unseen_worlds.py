"""Random worlds that nobody has seen: the product comes to what the oracle says, field by field."""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from commissions.models import FeedImport, ParkedRow, Programme
from commissions.operations.feed import receive_feed
from commissions.pipeline.ingest import run_file
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import (
    LATE_FILES,
    Books,
    assert_books_agree,
    assert_same_books,
    books,
    dealt,
    differences,
    feed_lines,
    ingest,
    load,
    pages,
    run,
    scan,
    tick,
    with_wrong_facts,
    without_late_facts,
    write_lines,
)
from tests.oracle.books import Books as Settled
from tests.oracle.books import settle
from tests.oracle.worlds import write_world

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = datetime(2021, 6, 1, tzinfo=UTC)
FORMS = ("ndjson", "csv", "pages")
UNITS = ("cents", "units")
ORDER = r'"order_id": "?\d+"?'


@pytest.fixture(autouse=True)
def _programme():
    aliexpress()


def feed_of(folder: Path, form: str) -> list[Path]:
    """The files of a world's feed in one of its forms."""
    return pages(folder) if form == "pages" else [folder / f"orders.{form}"]


def settled(folder: Path, files: list[Path], unit: str = "cents") -> Settled:
    """What the oracle says."""
    return settle(folder, files, folder / "reviews.ndjson", UNTIL, unit)


def told(found: Settled) -> Books:
    """The oracle's books as the exports have them."""
    return {"lines": found.lines, "balances": found.balances, "cases": found.cases}


def assert_the_same_rows_are_parked(found: Settled) -> None:
    """Each row that the oracle could not read is parked by its place, and for the same field.

    Where the oracle says that a line is no row at all, the product may know the field.
    """
    wanted = {one.where: one.name for one in found.parked}
    kept = ParkedRow.objects.values_list("feed_import__file_name", "row", "field", "reason")
    parked = {f"{name}:{row}": (field, reason) for name, row, field, reason in kept}
    assert sorted(parked) == sorted(wanted)
    assert sum(FeedImport.objects.values_list("rows_parked", flat=True)) == len(wanted)
    for where, name in wanted.items():
        field, reason = parked[where]
        # One field under two names: which of them is said to be at fault is left open.
        same = field.replace("customer_", "custom_") == name.replace("customer_", "custom_")
        assert same or name == "row", f"{where} is parked for {field}, not {name}: {reason}"


def assert_as_the_oracle(found: Settled) -> None:
    """Books, parked rows and invariants."""
    assert_same_books(books(), told(found))
    assert_the_same_rows_are_parked(found)
    assert_books_agree()


def seeds(few: int) -> list[object]:
    """One seed for every day, and some for when there is time."""
    return [few, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(200, 212))]


def moments(chance: random.Random, count: int) -> list[datetime]:
    """Whole minutes of the programme's life, in their order."""
    start = datetime(2018, 12, 1, tzinfo=UTC)
    minutes = int((UNTIL - start) / timedelta(minutes=1))
    return [start + timedelta(minutes=n) for n in sorted(chance.sample(range(minutes), count))]


FEEDS = [(11, form, unit) for form in FORMS for unit in UNITS] + [
    pytest.param(seed, form, UNITS[seed % 2], marks=pytest.mark.deep)
    for seed in range(100, 130)
    for form in FORMS
]


@pytest.mark.parametrize(("seed", "form", "unit"), FEEDS)
def test_an_unseen_world_comes_to_what_the_oracle_says(tmp_path, seed, form, unit):
    orders = 200 if form == "pages" else 500  # fifty orders are a page, and a page is an import
    folder = write_world(tmp_path / "world", seed, orders=orders, unit=unit)
    files = feed_of(folder, form)
    found = settled(folder, files, unit)
    assert found.parked
    assert run(folder, *files, unit=unit).exit_code == 1, "rows were parked"
    assert_as_the_oracle(found)


@pytest.mark.parametrize("ticks", [0, 2])
@pytest.mark.parametrize("seed", seeds(12))
def test_facts_that_come_late_one_file_after_another_change_nothing(tmp_path, seed, ticks):
    folder = write_world(tmp_path / "world", seed, forms=())
    early = without_late_facts(folder, tmp_path / "early")
    chance = random.Random(seed)
    load(early)
    ingest(folder / "orders.ndjson")
    for until in moments(chance, ticks):
        tick(until.isoformat())
    for name in chance.sample(LATE_FILES, len(LATE_FILES)):
        (early / name).write_bytes((folder / name).read_bytes())
        load(early)
        if ticks and chance.random() < 0.5:
            tick(moments(chance, 1)[0].isoformat())
    scan(folder)
    tick()
    assert_as_the_oracle(settled(folder, [folder / "orders.ndjson"]))


@pytest.mark.parametrize("seed", seeds(13))
def test_the_order_of_rows_is_no_fact_where_none_are_rewritten(tmp_path, seed):
    folder = write_world(tmp_path / "world", seed, rewrites=False, unreadable=False, forms=())
    chance = random.Random(seed)
    lines = feed_lines(folder)
    chance.shuffle(lines)
    load(folder)
    for file in dealt(lines, 5, tmp_path):
        ingest(file)
    scan(folder)
    tick()
    assert_as_the_oracle(settled(folder, [folder / "orders.ndjson"]))


@pytest.mark.parametrize("seed", seeds(14))
def test_the_size_of_a_batch_changes_nothing(tmp_path, seed):
    folder = write_world(tmp_path / "world", seed, forms=())
    path, now = folder / "orders.ndjson", timezone.now()
    load(folder)
    whose = Programme.objects.get(code="aliexpress")
    feed = receive_feed(programme=whose, name=path.name, amount_unit="cents", by=None, at=now)
    run_file(feed, path, now=now, batch_rows=67)
    scan(folder)
    tick()
    assert_as_the_oracle(settled(folder, [path]))


@pytest.mark.parametrize("seed", seeds(15))
def test_lines_that_go_over_to_another_order_are_capped_where_they_are(tmp_path, seed):
    """Rows of a sub-order name different orders; the row that stands says which it is in."""
    folder = write_world(tmp_path / "world", seed, unreadable=False, forms=())
    chance = random.Random(seed)
    lines = feed_lines(folder)
    orders = re.findall(ORDER, "\n".join(lines))
    few = chance.sample(orders, 40)
    moved = [
        re.sub(ORDER, chance.choice(few), line, count=1) if chance.random() < 0.3 else line
        for line in lines
    ]
    files = [
        write_lines(tmp_path / f"{start}.ndjson", moved[start : start + 200])
        for start in range(0, len(moved), 200)
    ]
    load(folder)
    for file in files:
        ingest(file)
    scan(folder)
    tick()
    assert_as_the_oracle(settled(folder, files))


@pytest.mark.parametrize("seed", seeds(16))
def test_the_books_are_right_at_every_instant_on_the_way(tmp_path, seed):
    folder = write_world(tmp_path / "world", seed, unreadable=False, forms=())
    feed = folder / "orders.ndjson"
    load(folder)
    ingest(feed)
    scan(folder)
    for until in [*moments(random.Random(seed), 5), UNTIL]:
        tick(until.isoformat())
        assert_same_books(books(), told(settle(folder, [feed], folder / "reviews.ndjson", until)))
    assert_books_agree()


def test_orders_that_come_before_every_fact_wait_for_them(tmp_path):
    folder = write_world(tmp_path / "world", 17, forms=())
    ingest(folder / "orders.ndjson")
    tick("2020-01-01T00:00:00Z")
    assert {row["status"] for row in books()["lines"]} == {"unattributed"}
    load(folder)
    scan(folder)
    tick()
    assert_as_the_oracle(settled(folder, [folder / "orders.ndjson"]))


@pytest.mark.parametrize("ticks", [0, 2])
@pytest.mark.parametrize("seed", seeds(18))
def test_facts_that_were_wrong_and_are_mended_leave_no_trace(tmp_path, seed, ticks):
    """Sources change hands and kind, clicks their source, products their store."""
    folder = write_world(tmp_path / "world", seed, unreadable=False, forms=())
    chance = random.Random(seed)
    load(with_wrong_facts(folder, tmp_path / "wrong", chance))
    ingest(folder / "orders.ndjson")
    for until in moments(chance, ticks):
        tick(until.isoformat())
    found = settled(folder, [folder / "orders.ndjson"])
    assert differences(books()["lines"], found.lines)
    load(folder)
    scan(folder)
    tick()
    assert_as_the_oracle(found)
