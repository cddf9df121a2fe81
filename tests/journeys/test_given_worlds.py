"""The given worlds come to what their expected files hold, whichever way their facts arrive."""

import json
import random
from collections import defaultdict
from pathlib import Path

import pytest
from django.utils import timezone

from commissions.models import OrderLine, ParkedRow, Transfer
from commissions.operations.feed import replay_parked_row
from config.models import JobRun
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import (
    assert_as_expected,
    assert_same_books,
    books,
    dealt,
    differences,
    expected,
    exported,
    feed_lines,
    ingest,
    load,
    pages,
    run,
    scan,
    tick,
    without_late_facts,
    write_lines,
)
from tests.oracle.worlds import BAD_AMOUNTS, BAD_IDS, BAD_TIMES, BAD_WORDS, as_json
from tests.worlds import world

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("name", ["golden", "medium"])
IN_BETWEEN = {
    "no tick in between": (),
    "a tick in between": ("2020-03-01T00:00:00Z",),
    "the calendar already at its end": ("2021-06-01T00:00:00Z",),
}
MONTHS = [
    f"{year}-{month:02d}-01T00:00:00Z"
    for year in range(2018, 2022)
    for month in range(1, 13)
    if (2018, 9) <= (year, month) <= (2021, 6)
]


@pytest.fixture(autouse=True)
def _programme():
    aliexpress()


def finish(folder: Path) -> None:
    """Reviews and calendar, then what must come out."""
    scan(folder)
    tick()
    assert_as_expected(folder)


@BOTH
def test_a_given_world_comes_to_its_expected_files_in_every_field(name):
    folder = world(name)
    answer = run(folder)
    assert (answer.exit_code, answer.err) == (0, "")
    assert_as_expected(folder)


@pytest.mark.parametrize("form", ["csv", "pages"])
def test_golden_comes_to_the_same_from_its_other_forms(form):
    folder = world("golden")
    files = [folder / "orders.csv"] if form == "csv" else pages(folder)
    assert run(folder, *files).exit_code == 0
    assert_as_expected(folder)


@BOTH
def test_the_whole_flow_repeated_changes_nothing(name):
    folder = world(name)
    run(folder)
    before = set(Transfer.objects.values_list("id", flat=True))
    runs = set(JobRun.objects.values_list("job", "due_at", "attempts"))
    run(folder)
    assert_as_expected(folder)
    assert set(Transfer.objects.values_list("id", flat=True)) == before
    assert set(JobRun.objects.values_list("job", "due_at", "attempts")) == runs


def test_every_file_given_twice_is_as_given_once():
    folder = world("medium")
    load(folder)
    load(folder)
    feed = folder / "orders.ndjson"
    ingest(feed, feed)
    lines, transfers = OrderLine.objects.count(), Transfer.objects.count()
    ingest(feed)
    assert (OrderLine.objects.count(), Transfer.objects.count()) == (lines, transfers)
    scan(folder)
    scan(folder)
    tick()
    tick()
    assert_as_expected(folder)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_feed_in_ten_shuffled_files_comes_to_the_same(tmp_path, seed):
    """Medium has no differing rows of one status, so the order of its rows is no fact."""
    folder = world("medium")
    chance = random.Random(seed)
    lines = feed_lines(folder)
    chance.shuffle(lines)
    files = dealt(lines, 10, tmp_path)
    chance.shuffle(files)
    load(folder)
    for file in files:
        assert ingest(file).exit_code == 0
    finish(folder)


def test_overlapping_files_come_to_the_same(tmp_path):
    folder = world("medium")
    lines = feed_lines(folder)
    load(folder)
    for start in range(0, len(lines), 600):
        ingest(write_lines(tmp_path / f"{start}.ndjson", lines[start : start + 1200]))
    finish(folder)


def test_the_lines_of_one_order_in_different_files_come_to_the_same(tmp_path):
    folder = world("medium")
    parts: dict[int, list[str]] = defaultdict(list)
    places: dict[int, list[int]] = defaultdict(list)
    for line in feed_lines(folder):
        row = json.loads(line)
        known = places[row["order_id"]]
        if row["sub_order_id"] not in known:
            known.append(row["sub_order_id"])
        parts[known.index(row["sub_order_id"])].append(line)
    assert len(parts) >= 3
    load(folder)
    for place in sorted(parts, reverse=True):
        ingest(write_lines(tmp_path / f"{place}.ndjson", parts[place]))
    finish(folder)


@BOTH
@pytest.mark.parametrize("between", IN_BETWEEN)
def test_facts_that_come_after_the_orders_count_as_if_they_had_been_there(tmp_path, name, between):
    folder = world(name)
    load(without_late_facts(folder, tmp_path / "early"))
    ingest(folder / "orders.ndjson")
    for until in IN_BETWEEN[between]:
        tick(until)
    assert differences(exported("lines"), expected(folder)["lines"]), "the facts do not matter"
    load(folder)
    finish(folder)


def test_orders_that_come_before_any_publisher_wait_for_theirs():
    folder = world("medium")
    ingest(folder / "orders.ndjson")
    tick("2020-03-01T00:00:00Z")
    assert {row["status"] for row in exported("lines")} == {"unattributed"}
    load(folder)
    finish(folder)


def test_each_late_file_alone_between_two_ticks_comes_to_the_same(tmp_path):
    folder = world("medium")
    early = without_late_facts(folder, tmp_path / "early")
    load(early)
    ingest(folder / "orders.ndjson")
    for name in ("agreements", "virtual_products", "brand_stores", "clicks", "products", "stores"):
        tick("2021-01-01T00:00:00Z")
        (early / f"{name}.csv").write_bytes((folder / f"{name}.csv").read_bytes())
        load(early)
    finish(folder)


@BOTH
def test_the_calendar_ticked_month_by_month_comes_to_the_same(name):
    folder = world(name)
    load(folder)
    ingest(folder / "orders.ndjson")
    scan(folder)
    for until in MONTHS:
        tick(until)
    assert_as_expected(folder)


def test_a_feed_that_grows_between_the_ticks_comes_to_the_same(tmp_path):
    """Each month the rows placed in it, then the tick: blocks fall between the imports."""
    folder = world("medium")
    months: dict[str, list[str]] = defaultdict(list)
    for line in feed_lines(folder):
        months[json.loads(line)["created_time"][:7]].append(line)
    load(folder)
    scan(folder)
    for month in sorted(months):
        ingest(write_lines(tmp_path / f"{month}.ndjson", months[month]))
        year, number = map(int, month.split("-"))
        tick(f"{year + number // 12}-{number % 12 + 1:02d}-01T00:00:00Z")
    tick()
    assert_as_expected(folder)


@BOTH
def test_reviews_kept_after_the_tick_are_taken_up_by_the_next(name):
    folder = world(name)
    load(folder)
    ingest(folder / "orders.ndjson")
    tick()
    assert exported("cases") == []
    assert differences(exported("balances"), expected(folder)["balances"])
    finish(folder)


def test_orders_that_come_after_the_block_are_deducted_too():
    folder = world("medium")
    load(folder)
    finished = expected(folder)
    scan(folder)
    tick()
    assert len(exported("cases")) == len(finished["cases"])
    ingest(folder / "orders.ndjson")
    tick()
    assert_as_expected(folder)


def test_books_are_exported_the_same_twice():
    folder = world("golden")
    run(folder)
    assert_same_books(books(), books())


def faults() -> list[tuple[str, object]]:
    """Every field with every value that parks its row."""
    table: dict[str, list[object]] = {
        **BAD_WORDS,
        **dict.fromkeys(("order_id", "sub_order_id"), BAD_IDS),
        **dict.fromkeys(("paid_amount", "finished_amount"), BAD_AMOUNTS),
        **dict.fromkeys(("created_time", "paid_time", "finished_time"), BAD_TIMES),
    }
    return [(field, value) for field, values in table.items() for value in values]


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.deep)])
def test_rows_that_came_broken_and_were_mended_are_as_if_they_had_come_right(tmp_path, count):
    """Mended in any order and after a tick; the same numbers may be parked and read meanwhile."""
    folder = world("medium")
    originals = [json.loads(line) for line in feed_lines(folder)]
    chance = random.Random(count)
    places = chance.sample(range(len(originals)), count)
    broken = dict(zip(places, chance.choices(faults(), k=count), strict=True))
    rows = [
        {**original, **dict([broken[place]] if place in broken else [])}
        for place, original in enumerate(originals)
    ]
    load(folder)
    answer = ingest(write_lines(tmp_path / "feed.ndjson", map(as_json, rows)))
    assert answer.exit_code == 1
    scan(folder)
    tick("2021-03-01T00:00:00Z")
    waiting = list(ParkedRow.objects.order_by("row"))
    assert [one.row - 1 for one in waiting] == sorted(broken)
    chance.shuffle(waiting)
    for one in waiting:
        right = {name: str(value) for name, value in originals[one.row - 1].items()}
        replay_parked_row(parked_id=one.pk, fields=right, by=None, at=timezone.now())
    tick()
    assert_as_expected(folder)


@BOTH
def test_reviews_scanned_before_their_publishers_are_known_count_as_well(name):
    folder = world(name)
    scan(folder)
    tick()
    load(folder)
    ingest(folder / "orders.ndjson")
    tick()
    assert_as_expected(folder)
