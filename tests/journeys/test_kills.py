"""An import killed at any moment leaves whole batches or none; run again, the books are whole."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from commissions.models import (
    FeedImport,
    LedgerAccount,
    OrderLine,
    ParkedRow,
    Programme,
    StaleRow,
    Transfer,
)
from commissions.operations.feed import receive_feed
from commissions.tasks import SILENCE, run_import, sweep_imports
from config.celery import app
from referrals.operations import credit_referrals
from tests.journeys.at_once import Begun, all_at_once, books_held, until_waiting
from tests.journeys.orders import NOW, WORDS, balance, booked, golden_facts, order, taken, written
from tests.journeys.worlds_through import assert_books_agree, books

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).resolve().parents[2]
ROWS, BATCH = 30_000, 2_000
SEED = 20_210_601
SOURCES = ("anna-site", "boris-cb", "clara-coup", "eve-site", "filip-ads", "nobody")
# Runs an import; stands still at the n-th statement after so many batches, to be killed there.
CHILD = """
import signal, sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from django.db import connection
from commissions.models import FeedImport
from commissions.pipeline import ingest
from commissions.tasks import run_import

pk, path, batch, statement = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
seen = {"batches": 0, "statements": 0}

def count(execute, *args):
    if seen["batches"] >= batch:
        seen["statements"] += 1
    if seen["statements"] == statement:
        print("standing still", flush=True)
        signal.pause()
    return execute(*args)

def on_batch(row, _waiting):
    seen["batches"] += 1

with connection.execute_wrapper(count):
    if path == "task":
        print(run_import(pk))
    else:
        row = FeedImport.objects.select_related("programme").get(pk=pk)
        now = datetime.fromisoformat("2021-06-01T00:00:00+00:00")
        ingest.run_file(row, Path(path), now=now, on_batch=on_batch, batch_rows=2000)
        print("done")
"""


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def environment() -> dict[str, str]:
    """This process's environment, its database the one of this test."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(PROJECT)}


@contextmanager
def process(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A python process in the project; killed at the end if it is not over."""
    started = subprocess.Popen(
        [sys.executable, *map(str, arguments)], cwd=PROJECT, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def kill_at(feed_import: FeedImport, path: Path | str, batch: int, statement: int) -> None:
    """An import in a process of its own, killed at a statement."""
    with process("-c", CHILD, feed_import.pk, path, batch, statement) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        assert said == "standing still\n", (said, child.communicate())
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL


def command(path: Path) -> subprocess.CompletedProcess[str]:
    """`manage.py ingest_orders`, to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", "ingest_orders", str(path)], cwd=PROJECT, env=environment(),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def many_rows(count: int) -> Iterator[dict[str, str]]:
    """Orders of several lines, words that come twice and that come late, and rows to park."""
    chance = random.Random(SEED)
    for place in range(count):
        number = place if place < 100 or chance.random() < 0.8 else chance.randrange(place)
        bad = {"ship_to_country": "XX"} if place % 1_009 == 500 else {}
        yield order(
            number, source=SOURCES[number % 6], status=WORDS[chance.choice((1, 2, 3, 3, 4))],
            cents=number * 37 % 90_000, order_id=7_000_000 + number // 3,
            created_time=f"2019-0{1 + number % 8}-{1 + number % 28:02d} 10:00:00", **bad,
        )  # fmt: skip


def figures() -> tuple[object, ...]:
    """The books, and what was parked."""
    credit_referrals(at=NOW)
    assert_books_agree()
    return books(), sorted(ParkedRow.objects.values_list("row", "raw"))


def undisturbed(path: Path) -> tuple[object, ...]:
    """What a run that nobody kills comes to; the database is empty again after it."""
    taken(path)
    found = figures()
    call_command("flush", interactive=False, verbosity=0)
    golden_facts()
    return found


def received(name: str = "orders.ndjson") -> FeedImport:
    return receive_feed(
        programme=Programme.objects.get(), name=name, amount_unit="cents", by=None, at=NOW
    )


def queued(path: Path) -> FeedImport:
    """An import as the upload page leaves it: the file stored, the row waiting."""
    row = received(path.name)
    row.stored_as.save(path.name, ContentFile(path.read_bytes()), save=True)
    return row


def test_an_import_killed_at_five_moments_and_run_again_is_as_one_undisturbed(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows(ROWS))
    whole = undisturbed(path)
    chance = random.Random(SEED)
    row = received()
    # Each kill later in the file than the one before, so that it falls into batches not yet booked.
    for batch in sorted(chance.sample(range(1, ROWS // BATCH - 1), 5)):
        kill_at(row, path, batch, chance.randrange(1, 25))
        row.refresh_from_db()
        assert row.state == "running"
        assert row.rows_read >= batch * (BATCH - 2)  # orders of three are not torn apart
        assert OrderLine.objects.count() >= batch * BATCH // 2
    with process("-c", CHILD, row.pk, path, 99, 1) as child:
        assert child.communicate(timeout=120)[0] == "done\n"
    assert figures() == whole
    row.refresh_from_db()
    assert (row.state, row.rows_read) == ("done", ROWS)
    assert row.lines_new == OrderLine.objects.count(), "each line is counted once"
    assert row.rows_parked == ParkedRow.objects.count() == 30
    assert row.rows_stale == StaleRow.objects.count()
    counted = row.lines_new + row.lines_changed + row.rows_stale + row.rows_parked + row.rows_same
    assert counted >= row.rows_read
    transfers = Transfer.objects.count()
    again = command(path)
    assert (again.returncode, "0 lines new, 0 changed" in again.stdout) == (1, True), again
    assert Transfer.objects.count() == transfers
    assert figures() == whole


def test_the_command_killed_before_and_amid_its_booking_leaves_nothing_and_can_be_repeated(
    tmp_path,
):
    booked(order(90_000))
    path = written(tmp_path / "orders.ndjson", [*many_rows(3_000), order(90_000)])
    with books_held(), process("manage.py", "ingest_orders", path) as child:
        until_waiting(1)
        child.kill()
        child.wait()
    merchant = LedgerAccount.objects.filter(kind="merchant")
    with transaction.atomic():
        list(merchant.select_for_update())
        with process("manage.py", "ingest_orders", path) as child:
            until_waiting(1)  # its transfers are written, its balances wait
            child.kill()
            child.wait()
    until_waiting(0)
    assert (OrderLine.objects.count(), Transfer.objects.count(), balance("anna")) == (1, 1, 700)
    assert command(path).returncode == 1  # rows are parked, which the command says
    killed_and_repeated = figures()
    call_command("flush", interactive=False, verbosity=0)
    golden_facts()
    booked(order(90_000))
    taken(path)
    assert figures() == killed_and_repeated


# --- the task ----------------------------------------------------------------------------------


def test_a_queued_import_is_claimed_once(tmp_path):
    row = queued(written(tmp_path / "orders.ndjson", [order(1), order(2)]))
    with books_held():
        begun = Begun(lambda: run_import(row.pk))
        until_waiting(1)
        assert run_import(row.pk) == "not waiting"
    assert begun.result() == "done"
    assert run_import(row.pk) == "not waiting"
    row.refresh_from_db()
    assert (row.lines_new, balance("anna")) == (2, 1_400)
    credit_referrals(at=NOW)
    assert_books_agree()


def test_of_two_workers_that_hear_the_same_ring_one_does_the_work(tmp_path):
    for number in range(5):
        row = queued(written(tmp_path / f"{number}.ndjson", [order(number)]))
        results = all_at_once(lambda pk=row.pk: run_import(pk), lambda pk=row.pk: run_import(pk))
        assert sorted(results) == ["done", "not waiting"]
    assert Transfer.objects.count() == 5


@contextmanager
def bell() -> Iterator[object]:
    """The queue of the broker, empty at first."""
    with app.connection_for_read() as broker:
        queue = broker.SimpleQueue("celery")
        queue.clear()
        yield queue
        queue.clear()
        queue.close()


def test_an_import_whose_worker_died_is_taken_up_again_by_the_sweep(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows(300))
    whole = undisturbed(path)
    row = queued(path)
    kill_at(row, "task", 0, 22)
    row.refresh_from_db()
    assert row.state == "running"
    with bell() as queue:
        assert sweep_imports() == 0, "it may be alive still"
        FeedImport.objects.update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))
        assert sweep_imports() == 1
        message = queue.get(timeout=10)
        message.ack()
        assert message.headers["task"] == "commissions.tasks.run_import"
        assert run_import(*message.payload[0]) == "done"
        assert sweep_imports() == 0
    assert figures() == whole


def test_the_sweep_rings_for_a_queued_import_whose_ring_was_lost(tmp_path):
    row = queued(written(tmp_path / "orders.ndjson", [order(1)]))
    received()  # a command's own import: no worker has its file
    with bell() as queue:
        assert sweep_imports() == 1
        assert list(queue.get(timeout=10).payload[0]) == [row.pk]


def test_a_refused_or_failed_import_is_not_swept(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("nothing,of,the,feed\n1,2,3,4\n")
    row = queued(path)
    assert run_import(row.pk) == "refused"
    gone = queued(written(tmp_path / "gone.ndjson", [order(1)]))
    Path(gone.stored_as.path).unlink()
    with pytest.raises(FileNotFoundError):
        run_import(gone.pk)
    gone.refresh_from_db()
    assert (gone.state, gone.error.startswith("FileNotFoundError")) == ("failed", True)
    assert sweep_imports() == 0
    assert not OrderLine.objects.exists()
