"""An import asks the database as often for a batch of 3,000 lines as for one of 50."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from commissions.models import FeedImport, OrderLine, ParkedRow, Programme, StaleRow
from commissions.operations.feed import receive_feed
from commissions.pipeline.ingest import run_file
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import feed_lines, load, write_lines
from tests.worlds import world

FEW, MANY = 50, 3_000
EARLY, LATE = "Payment Completed", "Completed Settlement"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world():
    aliexpress()
    load(world("medium"))


class Counted:
    """Statements sent, by whatever connection: those executed, and COPYs."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def counted() -> Iterator[Counted]:
    """Count every statement while the block runs; each is executed as ever."""
    count = Counted()

    def counting(method: Any) -> Any:
        def counted_method(cursor: Any, statement: Any, *args: Any, **options: Any) -> Any:
            count.statements.append(str(statement))
            return method(cursor, statement, *args, **options)

        return counted_method

    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute", "copy"):
            patch.setattr(psycopg.Cursor, name, counting(getattr(psycopg.Cursor, name)))
        yield count


def imported(path: Path, *, batch_rows: int = 100_000) -> tuple[FeedImport, Counted]:
    """Run a feed file, and the statements it took."""
    programme = Programme.objects.get(code="aliexpress")
    now = timezone.now()
    feed = receive_feed(programme=programme, name=path.name, amount_unit="cents", by=None, at=now)
    with counted() as count:
        done = run_file(feed, path, now=now, batch_rows=batch_rows)
    return done, count


def rows(count: int, status: str = EARLY, first: int = 0) -> list[dict[str, Any]]:
    """Rows of medium as rows of that many sub-orders, all with one status."""
    originals = [json.loads(line) for line in feed_lines(world("medium"))]
    made = []
    for number in range(first, first + count):
        base = originals[number % len(originals)]
        numbers = {"order_id": f"7{number // 2:014d}", "sub_order_id": f"7{number:014d}"}
        made.append({**base, **numbers, "order_status": status})
    return made


def feed(path: Path, made: Iterable[dict[str, Any]]) -> Path:
    """An NDJSON file."""
    return write_lines(path, map(json.dumps, made))


def taken(tmp_path: Path, made: list[dict[str, Any]]) -> list[str]:
    """The statements of an import of these rows in one batch."""
    done, count = imported(feed(tmp_path / "feed", made))
    assert done.rows_read == len(made)
    return count.statements


def test_new_lines_take_the_same_statements_whatever_their_number(tmp_path):
    few = taken(tmp_path, rows(FEW))
    many = taken(tmp_path, rows(MANY, first=FEW))
    assert OrderLine.objects.count() == FEW + MANY
    assert len(many) == len(few), difference(few, many)
    assert any(sql.startswith("COPY commissions_orderline") for sql in many)


def test_changed_lines_take_the_same_statements_whatever_their_number(tmp_path):
    imported(feed(tmp_path / "feed", rows(FEW + MANY)))
    few = taken(tmp_path, rows(FEW, LATE))
    many = taken(tmp_path, rows(MANY, LATE, first=FEW))
    assert OrderLine.objects.filter(feed_status=3).count() == FEW + MANY
    assert len(many) == len(few), difference(few, many)


def test_stale_lines_take_the_same_statements_whatever_their_number(tmp_path):
    imported(feed(tmp_path / "feed", rows(FEW + MANY, LATE)))
    few = taken(tmp_path, rows(FEW))
    many = taken(tmp_path, rows(MANY, first=FEW))
    assert StaleRow.objects.count() == FEW + MANY
    assert len(many) == len(few), difference(few, many)


def test_parked_rows_take_the_same_statements_whatever_their_number(tmp_path):
    broken = [{**row, "paid_amount": "1e3"} for row in rows(FEW + MANY)]
    few = taken(tmp_path, [*rows(1), *broken[:FEW]])
    many = taken(tmp_path, [*rows(1), *broken[FEW:]])
    assert ParkedRow.objects.count() == FEW + MANY
    assert len(many) <= len(few), difference(few, many)


def test_a_file_that_says_nothing_new_takes_the_same_statements(tmp_path):
    imported(feed(tmp_path / "feed", rows(FEW + MANY)))
    few = taken(tmp_path, rows(FEW))
    many = taken(tmp_path, rows(MANY, first=FEW))
    assert len(many) == len(few), difference(few, many)


def test_no_further_batch_takes_more_statements_than_the_one_before(tmp_path):
    """One batch goes alone, two or more side by side, on connections of their own.

    Less only where a batch asks for no product or source that those before it did not ask for.
    """
    by_batches = {}
    for place, batches in enumerate((2, 3, 4, 6)):
        made = rows(100 * batches, first=1000 * place)
        done, count = imported(feed(tmp_path / "feed", made), batch_rows=100)
        assert done.lines_new == 100 * batches
        by_batches[batches] = len(count)
    each = by_batches[3] - by_batches[2]
    assert by_batches[4] - by_batches[3] <= each
    assert by_batches[6] - by_batches[4] <= 2 * each
    assert 0 < each < 60


def difference(few: list[str], many: list[str]) -> str:
    """The statements that one of two imports sent and the other did not."""
    heads = [sorted(sql[:90] for sql in one) for one in (few, many)]
    only = [
        [sql for sql in set(heads[k]) if heads[k].count(sql) != heads[1 - k].count(sql)]
        for k in (0, 1)
    ]
    return f"{len(few)} and {len(many)} statements; these differ: {only}"
