"""Two batches of an import are under way at once: the books are those of one after another."""

import random
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from commissions.models import FeedImport, OrderLine, Programme
from commissions.operations.feed import receive_feed
from commissions.pipeline import lanes, lines, reference
from commissions.pipeline.ingest import run_file
from commissions.pipeline.locks import (
    hold_books_on,
    lock_books,
    somebody_waits,
    write_for_holder,
)
from commissions.pipeline.rerating import rerate_pending
from publishers.models import Publisher, Source, SourceApproval, TrafficType
from tests.journeys.at_once import BOOKS, PATIENCE, Begun, held, until_waiting
from tests.journeys.orders import NOW, PAID, RECEIVED, SETTLED, Row, golden_facts, order, written
from tests.journeys.worlds_through import books, command

pytestmark = pytest.mark.django_db(transaction=True)

SOURCES = ("anna-site", "boris-cb", "clara-coup", "eve-site", "filip-ads", "nobody")


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def assert_nothing_is_wrong() -> None:
    """Credit for referrals may still wait for its job."""
    answer = command("verify_books")
    assert answer.exit_code == 0, answer.out


def taken_in(path: Path, batch_rows: int) -> FeedImport:
    row = receive_feed(
        programme=Programme.objects.get(), name=path.name, amount_unit="cents", by=None, at=NOW
    )
    return run_file(row, path, now=NOW, batch_rows=batch_rows)


def wandering_rows(chance: random.Random, count: int) -> list[Row]:
    """Few orders, large sums, and sub-orders that are said again, now and then of another order."""
    return [
        order(
            chance.randrange(count // 2), order_id=7_000_000 + chance.randrange(count // 4),
            source=chance.choice(SOURCES), status=chance.choice((PAID, RECEIVED, SETTLED)),
            cents=chance.randrange(100, 90_000),
        )
        for _ in range(count)
    ]  # fmt: skip


@pytest.fixture
def side_by_side(monkeypatch):
    """Of each batch that was begun, in turn: how many were under way before it."""
    counted: list[int] = []
    start = lanes.Lanes._start

    def counting(under_way, flight):
        counted.append(len(under_way._flights))
        start(under_way, flight)

    monkeypatch.setattr(lanes.Lanes, "_start", counting)
    return counted


def emptied() -> None:
    """No lines, no money, as before the first file."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE commissions_orderline, commissions_transfer, commissions_stalerow,"
            " commissions_parkedrow, commissions_feedimport RESTART IDENTITY CASCADE;"
            " UPDATE commissions_ledgeraccount SET balance_cents = 0;"
        )
        for table in connection.introspection.table_names():
            if table.startswith("commissions_") and table.endswith(("total", "totals")):
                cursor.execute(f"TRUNCATE {table}")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_batches_the_books_are_those_of_one_batch(tmp_path, seed, side_by_side):
    chance = random.Random(seed)
    path = written(tmp_path / "feed.ndjson", wandering_rows(chance, 120))
    taken_in(path, 1_000)
    in_one = books()
    emptied()
    done = taken_in(path, chance.randrange(3, 12))
    assert books() == in_one
    assert_nothing_is_wrong()
    assert done.rows_read == 120
    assert side_by_side


def test_orders_that_do_not_meet_are_under_way_beside_each_other(tmp_path, side_by_side):
    rows = [order(number, order_id=7_000_000 + number // 2) for number in range(80)]
    done = taken_in(written(tmp_path / "feed.ndjson", rows), 9)  # an odd number: orders of two
    assert done.lines_new == 80
    assert side_by_side == [0, *[1] * 9]
    assert_nothing_is_wrong()


def test_an_order_that_comes_in_two_batches_waits_for_its_first_half(tmp_path, side_by_side):
    halves = [order(number, order_id=7_000_000 + number % 10, cents=60_000) for number in range(20)]
    taken_in(written(tmp_path / "feed.ndjson", halves), 10)
    assert side_by_side == [0]  # and the second half, the last, goes alone
    assert_nothing_is_wrong()


def test_a_sub_order_that_comes_in_two_batches_under_two_orders_waits(tmp_path, side_by_side):
    """Both would add it, and the first would wait for the second, which waits for its turn."""
    rows = [order(number % 10, order_id=7_000_000 + number, cents=60_000) for number in range(20)]
    taken_in(written(tmp_path / "feed.ndjson", rows), 10)
    assert side_by_side == [0]
    assert OrderLine.objects.count() == 10
    assert_nothing_is_wrong()


def test_a_sub_order_that_comes_under_another_order_is_the_same_line(tmp_path):
    rows = [order(number, order_id=7_000_000 + number, cents=60_000) for number in range(30)]
    taken_in(written(tmp_path / "first.ndjson", rows), 100)
    moved = [order(number, order_id=7_000_100, cents=60_000) for number in range(30)]
    taken_in(written(tmp_path / "second.ndjson", moved), 10)
    assert OrderLine.objects.count() == 30
    assert set(OrderLine.objects.values_list("order_id", flat=True)) == {"7000100"}
    assert_nothing_is_wrong()


def test_a_sub_order_that_leaves_an_order_of_the_next_batch_is_seen_by_it(tmp_path, side_by_side):
    """The next batch shares no order with this one as it was given, and is begun beside it."""
    first = [order(number, order_id=7_000_001, cents=60_000, status=PAID) for number in (1, 2)]
    moves = [
        order(1, order_id=7_000_002, cents=60_000, status=PAID),
        order(2, order_id=7_000_001, cents=60_000, status=SETTLED),
    ]
    path = written(tmp_path / "moves.ndjson", moves)
    taken_in(written(tmp_path / "first.ndjson", first), 100)
    taken_in(path, 100)
    in_one = books()
    emptied()
    taken_in(written(tmp_path / "first.ndjson", first), 100)
    side_by_side.clear()
    taken_in(path, 1)
    assert side_by_side == [0, 1, 0]  # the last time: begun again, when the first was booked alone
    assert books() == in_one
    assert_nothing_is_wrong()


def test_whoever_waits_for_the_books_gets_them_between_two_batches(tmp_path, side_by_side):
    """While somebody waits no batch is begun beside another, so that the next commit lets go."""
    rows = [order(number) for number in range(40)]
    path = written(tmp_path / "feed.ndjson", rows)
    programme = Programme.objects.get()
    with held(BOOKS, programme.pk):
        importing = Begun(lambda: taken_in(path, 10))
        until_waiting(1)
        assert somebody_waits(programme.pk)
    importing.result()
    assert not somebody_waits(programme.pk)
    assert sum(side_by_side) == 3
    with connection.cursor() as cursor:  # nothing is held on when it is over
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'advisory'"
        )
        assert cursor.fetchone()[0] == 0
    assert_nothing_is_wrong()


def registered(code: str) -> None:
    """A source of a publisher's that was approved from the first."""
    source = Source.objects.create(
        code=code, publisher=Publisher.objects.earliest("id"), title=code,
        traffic_type=TrafficType.objects.get(code="content_site"), url="https://late.example.org/",
    )  # fmt: skip
    SourceApproval.objects.create(source=source, valid_from=NOW.replace(year=2018))


def test_a_fact_that_comes_while_the_books_are_held_finds_its_lines_afterwards(tmp_path):
    rows = [order(number, source="late-site") for number in range(40)]
    path = written(tmp_path / "feed.ndjson", rows)
    row = receive_feed(
        programme=Programme.objects.get(), name="feed", amount_unit="cents", by=None, at=NOW
    )
    told = iter(range(4))

    def register_once(_feed_import, _waiting) -> None:
        if next(told) == 0:
            registered("late-site")

    run_file(row, path, now=NOW, batch_rows=10, on_batch=register_once)
    assert OrderLine.objects.count() == 40
    rerate_pending(at=NOW)
    assert not OrderLine.objects.filter(source__isnull=True).exists()
    assert_nothing_is_wrong()


def test_what_one_import_knew_is_asked_anew_by_the_next(tmp_path):
    rows = [order(number, source="late-site") for number in range(20)]
    taken_in(written(tmp_path / "first.ndjson", rows[:10]), 5)
    registered("late-site")
    taken_in(written(tmp_path / "second.ndjson", rows[10:]), 5)
    known = OrderLine.objects.filter(source__code="late-site")
    assert known.count() == 10


def test_what_is_held_of_the_reference_is_bounded(tmp_path, monkeypatch):
    path = written(tmp_path / "feed.ndjson", wandering_rows(random.Random(9), 120))
    taken_in(path, 1_000)
    in_one = books()
    emptied()
    monkeypatch.setattr(reference, "MOST_KEYS", 1)
    taken_in(path, 7)
    assert books() == in_one
    assert_nothing_is_wrong()


@pytest.fixture
def looked_up_one_by_one(monkeypatch):
    """The plans by which orders were looked up, a batch each."""
    plans: list[str] = []
    read = lines.read_frame

    def explained(query, schema, params):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query}", params)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return read(query, schema, params)

    monkeypatch.setattr(lines, "read_frame", explained)
    return plans


def test_orders_are_looked_up_by_an_index_even_in_a_table_that_is_empty_so_far(
    tmp_path, looked_up_one_by_one
):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE commissions_orderline")
    midst = [order(number) for number in (2, 7, 12, 17)]
    taken_in(written(tmp_path / "first.ndjson", midst), 10)
    taken_in(written(tmp_path / "feed.ndjson", [order(number) for number in range(20)]), 5)
    assert len(looked_up_one_by_one) == 4
    assert not [plan for plan in looked_up_one_by_one if "Seq Scan" in plan]
    assert OrderLine.objects.count() == 20


def test_orders_beyond_all_that_is_stored_are_not_looked_up_one_by_one(
    tmp_path, looked_up_one_by_one
):
    taken_in(written(tmp_path / "old.ndjson", [order(number) for number in (0, 40)]), 10)
    new = [*range(10, 20), *range(60, 70)]
    taken_in(written(tmp_path / "new.ndjson", [order(number) for number in new]), 10)
    assert not looked_up_one_by_one
    again = [order(number, status=PAID) for number in new]
    taken_in(written(tmp_path / "again.ndjson", again), 10)
    assert len(looked_up_one_by_one) == 2
    assert OrderLine.objects.count() == 22


def test_the_books_of_a_holder_that_died_are_not_had_while_something_is_written_for_it():
    programme_id = Programme.objects.get().pk
    writes, may_end = Event(), Event()

    def hold_and_die() -> None:
        with transaction.atomic():
            lock_books(programme_id)
            hold_books_on(programme_id)
        lane = Begun(write)
        assert writes.wait(PATIENCE)
        lanes_of_the_dead.append(lane)  # and this thread's connection ends with it

    @transaction.atomic
    def write() -> None:
        write_for_holder(programme_id)
        writes.set()
        assert may_end.wait(PATIENCE)

    @transaction.atomic
    def take_the_books() -> bool:
        lock_books(programme_id)
        return may_end.is_set()

    lanes_of_the_dead: list[Begun] = []
    Begun(hold_and_die).result()
    next_holder = Begun(take_the_books)
    until_waiting(1)
    may_end.set()
    lanes_of_the_dead[0].result()
    assert next_holder.result()
