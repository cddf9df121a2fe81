"""A file delivered again says nothing new - but only where nothing else has come since."""

import pytest

from commissions.models import FeedImport, OrderLine, ParkedRow, Programme, Store, Transfer
from commissions.operations.feed import receive_feed, replay_parked_row
from commissions.pipeline.ingest import run_file
from config.clock import tick
from tests.journeys.at_once import Begun, in_turn, until_waiting
from tests.journeys.orders import NOW, PAID, SETTLED, golden_facts, line, order, taken, written
from tests.journeys.worlds_through import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_NEW = "nothing has come since"


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "orders.ndjson", [order(number) for number in range(30)])


def not_read(done: FeedImport) -> bool:
    return any(NOTHING_NEW in notice for notice in done.notices)


def test_the_same_file_twice_is_told_to_say_nothing_new(file):
    first, second, third = taken(file), taken(file), taken(file)
    assert (first.lines_new, not_read(first)) == (30, False)
    for again in (second, third):
        assert (again.state, again.rows_read, again.rows_same) == ("done", 30, 30)
        assert not_read(again)
    assert OrderLine.objects.count() == Transfer.objects.count() == 30
    assert_books_agree()


def test_a_file_that_another_word_followed_is_read_again(file, tmp_path):
    taken(file)
    other = written(tmp_path / "other.ndjson", [order(3, cents=5_000)])
    taken(other)
    assert line(3).base_cents == 5_000
    again = taken(file)
    assert not not_read(again)
    assert (again.lines_changed, line(3).base_cents) == (1, 10_000)
    assert not_read(taken(file)) is False  # it changed a line: the next time it is read once more
    assert not_read(taken(file))


def test_a_file_that_others_came_between_is_read_again(tmp_path):
    file = written(tmp_path / "long.ndjson", [order(number) for number in range(30)])
    between = written(tmp_path / "between.ndjson", [order(3, cents=5_000)])
    row = receive_feed(
        programme=Programme.objects.get(), name="x", amount_unit="cents", by=None, at=NOW
    )
    others: list[Begun] = []

    def meanwhile(*_told: object) -> None:
        """Another import stands before the books, and has them before the last batch."""
        if not others:
            others.append(Begun(lambda: taken(between)))
            until_waiting(1)

    run_file(row, file, now=NOW, batch_rows=10, on_batch=meanwhile)
    others[0].result()
    assert line(3).base_cents == 5_000
    again = taken(file)
    assert not not_read(again)
    assert line(3).base_cents == 10_000


@pytest.mark.parametrize(
    "rows",
    [
        [order(1), order(2, paid_amount="12.5")],
        [order(1, status=SETTLED), order(1, status=PAID)],
        [order(1, status=PAID), order(1, status=SETTLED)],
        [order(1, cents=1), order(1, cents=2)],
    ],
    ids=["parked", "stale", "moved on", "said twice"],
)
def test_a_file_whose_rows_speak_of_one_another_or_wait_is_always_read(tmp_path, rows):
    file = written(tmp_path / "orders.ndjson", rows)
    taken(file)
    before = list(OrderLine.objects.values())
    assert not not_read(taken(file))
    assert list(OrderLine.objects.values()) == before


def test_a_mended_row_is_a_word_that_came_since(file, tmp_path):
    taken(written(tmp_path / "bad.ndjson", [order(3, paid_amount="x")]))
    parked = ParkedRow.objects.get()
    taken(file)
    fields = {**order(3), "paid_amount": "777"}
    replay_parked_row(parked_id=parked.pk, fields=fields, by=None, at=NOW)
    assert line(3).base_cents == 777
    assert not not_read(taken(file))
    assert line(3).base_cents == 10_000


def test_facts_that_came_since_are_followed_all_the_same(file):
    taken(file)
    store = Store.objects.first()
    before = line(1).commission_cents
    Programme.objects.get().products.filter(product_id="5003").update(store_id=store.store_id)
    Store.objects.filter(store_id=store.store_id).update(in_programme=False)
    assert not_read(taken(file))
    tick(until=NOW)
    assert (before, line(1).status) == (700, "untracked")
    assert_books_agree()


def test_the_same_bytes_in_another_unit_are_another_file(file):
    taken(file)
    row = receive_feed(
        programme=Programme.objects.get(), name="x", amount_unit="units", by=None, at=NOW
    )
    assert not not_read(run_file(row, file, now=NOW))
    assert line(1).base_cents == 1_000_000


def test_of_the_same_file_twice_at_once_both_are_read_or_one_is_told(file):
    done = in_turn(lambda: taken(file), lambda: taken(file))
    assert sum(one.lines_new for one in done) == 30
    assert sum(one.rows_same for one in done) == 30
    assert_books_agree()
