"""Long work is stopped between two batches without harm, and goes on where somebody says so."""

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commissions.enums import ImportState, WhatIfState
from commissions.management.commands import ingest_orders
from commissions.models import (
    FeedImport,
    LedgerAccount,
    OrderLine,
    ParkedRow,
    Programme,
    WhatIf,
    WhatIfFigure,
)
from commissions.operations import feed as operations
from commissions.operations.feed import (
    SILENCE,
    ImportRefused,
    receive_feed,
    run_import_again,
    stop_import,
)
from commissions.operations.rulebooks import RulebookRefused, ask_what_if, stop_what_if
from commissions.pipeline import ingest
from commissions.pipeline.ingest import OnBatch, ignore_progress, run_file
from commissions.pipeline.taking import OWN_FIELDS
from commissions.rulebooks.what_if import running as trials
from commissions.tasks import run_import, run_what_if, sweep_imports, sweep_what_ifs
from publishers.models import User
from tests.backoffice import signed_in, superuser
from tests.journeys.at_once import until_waiting
from tests.journeys.orders import NOW, golden_facts, line, order, taken, written
from tests.journeys.test_kills import process
from tests.journeys.worlds_through import assert_books_agree, books
from tests.rulebooks import book_of, draft_of

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, BATCH = 50, 10


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Five batches: a row to park in the second, words that come again in the fourth."""
    rows = [order(number) for number in range(ROWS)]
    rows[12] = order(12, ship_to_country="XX")
    rows[33] = order(3, cents=5_000)
    return written(tmp_path / "orders.ndjson", rows)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was rung for; no worker answers."""
    calls: list[int] = []
    monkeypatch.setattr(run_import, "delay_on_commit", calls.append)
    monkeypatch.setattr(run_import, "delay", calls.append)
    monkeypatch.setattr(run_what_if, "delay", calls.append)
    return calls


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports by task and command take batches of ten rows."""

    def run_small(*arguments: Any, **options: Any) -> FeedImport:
        return run_file(*arguments, batch_rows=BATCH, **options)

    monkeypatch.setattr(operations, "run_file", run_small)


def received(file: Path, *, kept: bool = False) -> FeedImport:
    row = receive_feed(
        programme=Programme.objects.get(), name=file.name, amount_unit="cents", by=None, at=NOW
    )
    if kept:
        row.stored_as.save(file.name, ContentFile(file.read_bytes()))
    return row


def run(row: FeedImport, file: Path, on_batch: OnBatch = ignore_progress) -> FeedImport:
    row.refresh_from_db()
    return run_file(row, file, now=NOW, on_batch=on_batch, batch_rows=BATCH)


def stops_after(batches: int) -> OnBatch:
    """Somebody asks for a stop while this batch of a run is booked."""
    coming = iter(range(1, 1 + ROWS // BATCH))

    def on_batch(row: FeedImport, _waiting: object) -> None:
        if next(coming) == batches:
            stop_import(feed_import_id=row.pk, by=None, at=NOW)

    return on_batch


def again(row: FeedImport) -> None:
    FeedImport.objects.filter(pk=row.pk).update(stored_as="feeds/orders.ndjson")
    run_import_again(feed_import_id=row.pk, by=None, at=NOW)


def counters(row: FeedImport) -> tuple[int, ...]:
    row.refresh_from_db()
    return (row.rows_read, row.lines_new, row.lines_changed, row.rows_same, row.rows_stale,
            row.rows_parked, row.bytes_done)  # fmt: skip


def end_of(row: FeedImport) -> tuple[Any, ...]:
    """The books and the import's own account of them."""
    assert_books_agree()
    return books(), counters(row), ParkedRow.objects.count()


def emptied() -> None:
    """The books as they were before anything came."""
    call_command("flush", interactive=False, verbosity=0)
    golden_facts()


# --- Imports -----------------------------------------------------------------------------------


def test_a_stop_begins_no_further_batch_and_keeps_what_is_booked(file):
    row = run(received(file), file, stops_after(1))
    assert row.state == ImportState.CANCELLED
    row.refresh_from_db()
    assert (row.state, row.stop_asked_at) == ("cancelled", NOW)
    assert row.finished_at is not None
    assert (row.rows_read, row.lines_new, OrderLine.objects.count()) == (10, 10, 10)
    assert_books_agree()


@pytest.mark.parametrize("stops", [(1,), (1, 3), (1, 1), (4, 2)])
def test_stopped_and_run_again_the_books_are_as_if_never_stopped(file, stops):
    whole = received(file)
    run(whole, file)
    expected = end_of(whole)
    emptied()
    row = received(file)
    for batches in stops:
        assert run(row, file, stops_after(batches)).state == ImportState.CANCELLED
        again(row)
    assert run(row, file).state == ImportState.DONE
    assert end_of(row) == expected


def test_a_stop_asked_at_the_last_batch_finds_it_done(file):
    row = run(received(file), file, stops_after(ROWS // BATCH))
    assert row.state == ImportState.DONE
    row.refresh_from_db()
    assert (row.state, row.rows_read) == ("done", ROWS)


def test_a_stop_asked_before_the_first_batch_books_nothing(file):
    row = received(file)
    FeedImport.objects.filter(pk=row.pk).update(stop_asked_at=NOW)
    assert run(row, file).state == ImportState.CANCELLED
    assert OrderLine.objects.count() == 0


def test_a_file_whose_import_was_stopped_is_read_again(file):
    run(received(file), file, stops_after(1))
    second = taken(file)
    assert not any("nothing has come since" in notice for notice in second.notices)
    assert (second.state, second.rows_read) == ("done", ROWS)
    assert OrderLine.objects.count() == ROWS - 2
    assert line(3).base_cents == 5_000


def test_a_run_that_writes_its_row_leaves_the_wish_to_stop_in_it(file):
    row = received(file)
    FeedImport.objects.filter(pk=row.pk).update(stop_asked_at=NOW)
    row.save(update_fields=OWN_FIELDS)
    row.refresh_from_db()
    assert row.stop_asked_at == NOW


def test_a_queued_import_that_is_stopped_is_never_taken_up(file, rung):
    row = received(file, kept=True)
    assert stop_import(feed_import_id=row.pk, by=None, at=NOW).state == ImportState.CANCELLED
    assert (sweep_imports(), rung) == (0, [])
    assert run_import(row.pk) == "not waiting"
    assert OrderLine.objects.count() == 0


def test_an_import_whose_run_has_died_is_stopped_at_once(file):
    row, at = received(file), timezone.now()
    FeedImport.objects.update(state=ImportState.RUNNING, beat_at=at - timedelta(seconds=5))
    assert stop_import(feed_import_id=row.pk, by=None, at=at).state == ImportState.RUNNING
    later = at + SILENCE
    assert stop_import(feed_import_id=row.pk, by=None, at=later).state == ImportState.CANCELLED


@pytest.mark.parametrize("state", ["done", "refused", "failed", "cancelled"])
def test_what_is_over_is_not_stopped(file, state):
    row = received(file)
    FeedImport.objects.update(state=state)
    with pytest.raises(ImportRefused, match="over already"):
        stop_import(feed_import_id=row.pk, by=None, at=NOW)
    row.refresh_from_db()
    assert (row.state, row.stop_asked_at) == (state, None)


@pytest.mark.parametrize("state", ["queued", "running", "done", "refused"])
def test_only_what_was_stopped_or_failed_is_run_again(file, state):
    row = received(file, kept=True)
    FeedImport.objects.update(state=state)
    with pytest.raises(ImportRefused, match="stopped or failed"):
        run_import_again(feed_import_id=row.pk, by=None, at=NOW)


def test_an_import_without_its_file_is_not_run_again(file):
    row = run(received(file), file, stops_after(1))
    with pytest.raises(ImportRefused, match="give it again"):
        run_import_again(feed_import_id=row.pk, by=None, at=NOW)


def test_reading_ahead_ends_when_nobody_asks_for_more():
    read: list[int] = []

    def batches():
        for number in range(100):
            read.append(number)
            yield number

    coming = ingest.ahead(batches())
    assert next(coming) == 0
    coming.close()
    assert read in ([0], [0, 1])
    assert not any("ThreadPoolExecutor" in one.name for one in threading.enumerate())


# --- The terminal ------------------------------------------------------------------------------


def interrupts(monkeypatch: pytest.MonkeyPatch, how: Any) -> None:
    """Something happens when the command tells of its first batch."""
    monkeypatch.setattr(ingest_orders.Command, "_bar", lambda *_args: how())


def ended(capsys: pytest.CaptureFixture[str], *files: Path) -> tuple[int, str]:
    """How the command ends, and what it says."""
    with pytest.raises(SystemExit) as exited:
        call_command("ingest_orders", *map(str, files))
    return int(exited.value.code or 0), capsys.readouterr().err


def broken_off() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "how",
    [broken_off, lambda: os.kill(os.getpid(), signal.SIGINT),
     lambda: os.kill(os.getpid(), signal.SIGTERM)],
    ids=["interrupt", "SIGINT", "SIGTERM"],
)  # fmt: skip
@pytest.mark.usefixtures("small_batches")
def test_the_command_is_stopped_and_the_file_given_again_goes_on(file, how, monkeypatch, capsys):
    before = signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as patch:
        interrupts(patch, how)
        code, said = ended(capsys, file, file)
    assert code == 130
    assert (
        "orders.ndjson was stopped: its first 10 rows are booked and stay so, and giving the file "
        "again goes on."
    ) in said
    assert signal.getsignal(signal.SIGTERM) == before
    row = FeedImport.objects.get()
    assert (row.state, row.rows_read, OrderLine.objects.count()) == ("cancelled", 10, 10)
    ended(capsys, file)  # it has a parked row
    assert FeedImport.objects.latest("id").state == ImportState.DONE
    assert OrderLine.objects.count() == ROWS - 2
    assert_books_agree()


def test_a_signal_in_the_last_batch_of_a_file_leaves_the_next_one_alone(
    file, tmp_path, monkeypatch, capsys
):
    other = written(tmp_path / "other.ndjson", [order(99)])
    interrupts(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGINT))
    code, said = ended(capsys, file, other)
    assert (code, FeedImport.objects.get().state) == (130, "done")
    assert "Stopped before other.ndjson: nothing of it was read." in said


def test_a_second_signal_does_not_wait_for_the_batch():
    asked = ingest_orders.AskedToStop()
    asked()
    with pytest.raises(KeyboardInterrupt):
        asked()


def test_a_second_signal_breaks_a_batch_off_in_the_middle_of_a_statement(file):
    taken(written(file.with_name("before.ndjson"), [order(99)]))
    merchant = LedgerAccount.objects.filter(kind="merchant")
    with transaction.atomic():
        list(merchant.select_for_update())
        with process("manage.py", "ingest_orders", file) as child:
            until_waiting(1)  # its transfers are written, its balances wait
            assert child.stderr is not None
            child.send_signal(signal.SIGTERM)
            while "Stopping after the batch" not in child.stderr.readline():
                assert child.poll() is None
            child.send_signal(signal.SIGTERM)
            said = child.communicate(timeout=60)[1]
    assert child.returncode == 130
    assert "orders.ndjson was stopped: its first 0 rows are booked" in said
    row = FeedImport.objects.latest("id")
    assert (row.state, row.error, OrderLine.objects.count()) == ("cancelled", "", 1)
    assert_books_agree()


# --- The page of an import ---------------------------------------------------------------------


def page(client: Client, row: FeedImport | WhatIf) -> str:
    name = row._meta.model_name
    return client.get(reverse(f"admin:commissions_{name}_change", args=[row.pk])).content.decode()


def press(client: Client, row: FeedImport | WhatIf, button: str) -> int:
    name = row._meta.model_name
    return client.post(reverse(f"admin:commissions_{name}_{button}", args=[row.pk])).status_code


def viewer(*codes: str) -> Client:
    client = signed_in("clerk", is_staff=True)
    rights = Permission.objects.filter(codename__in=codes, content_type__app_label="commissions")
    User.objects.get(username="clerk").user_permissions.set(rights)
    return client


@pytest.mark.usefixtures("small_batches")
def test_an_import_is_stopped_and_run_again_from_its_page(file, rung, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    row, client = received(file, kept=True), superuser()
    assert 'data-action="stop"' in page(client, row)
    at = timezone.now()
    FeedImport.objects.update(state=ImportState.RUNNING, beat_at=at, started_at=at)
    assert press(client, row, "stop") == 302
    assert "data-stopping" in page(client, row)
    progress = reverse("admin:commissions_feedimport_progress", args=[row.pk])
    assert client.get(progress).json()["stopping"] is True
    run(row, file)
    shown = page(client, row)
    assert "data-stopped" in shown
    assert 'data-action="again"' in shown
    assert press(client, row, "again") == 302
    assert rung == [row.pk]
    assert run_import(row.pk) == "done"
    assert 'data-action="again"' not in page(client, row)
    assert OrderLine.objects.count() == ROWS - 2


def test_a_stop_that_comes_too_late_is_answered_with_a_sentence(file):
    row = taken(file)
    client = superuser()
    address = reverse("admin:commissions_feedimport_stop", args=[row.pk])
    assert "there is nothing to stop" in client.post(address, follow=True).content.decode()
    assert client.get(address).status_code == 405


def test_whoever_may_only_look_stops_nothing(file):
    row, client = received(file, kept=True), viewer("view_feedimport")
    assert "data-action" not in page(client, row)
    assert (press(client, row, "stop"), press(client, row, "again")) == (403, 403)
    row.refresh_from_db()
    assert row.state == ImportState.QUEUED


def test_a_stop_needs_the_token_of_the_page(file):
    row = received(file)
    client = Client(enforce_csrf_checks=True)
    superuser()
    client.force_login(User.objects.get(username="root"))
    assert press(client, row, "stop") == 403


# --- What-ifs ----------------------------------------------------------------------------------


@pytest.fixture
def what_if(file: Path) -> WhatIf:
    """A what-if over 49 orders, queued."""
    taken(file)
    programme = Programme.objects.get()
    draft = draft_of(programme, book_of(programme, 1), NOW)
    return ask_what_if(rulebook_id=draft.pk, from_at=draft.starts_at, to_at=None, by=None, at=NOW)


def tried(what_if: WhatIf, *, stop_after: int) -> WhatIf:
    def on_batch(row: WhatIf) -> None:
        if row.orders_done == stop_after:
            stop_what_if(what_if_id=row.pk, by=None, at=NOW)

    return trials.run_what_if(what_if_id=what_if.pk, on_batch=on_batch, batch_orders=BATCH)


def test_a_stopped_what_if_keeps_no_figures(what_if, rung):
    before = books()
    assert tried(what_if, stop_after=20).state == WhatIfState.CANCELLED
    what_if.refresh_from_db()
    assert (what_if.state, what_if.orders_done, what_if.stop_asked_at) == ("cancelled", 20, NOW)
    assert what_if.finished_at is not None
    assert not WhatIfFigure.objects.exists()
    assert books() == before
    assert (sweep_what_ifs(), run_what_if(what_if.pk)) == (0, "not waiting")


def test_a_what_if_asked_to_stop_at_its_last_batch_is_done(what_if):
    assert tried(what_if, stop_after=ROWS - 2).state == WhatIfState.DONE
    assert WhatIfFigure.objects.exists()


def test_a_queued_what_if_is_stopped_at_once_and_what_is_over_is_not(what_if):
    assert stop_what_if(what_if_id=what_if.pk, by=None, at=NOW).state == WhatIfState.CANCELLED
    with pytest.raises(RulebookRefused, match="over already"):
        stop_what_if(what_if_id=what_if.pk, by=None, at=NOW)


def test_a_what_if_is_stopped_and_run_again_from_its_page(what_if, rung):
    client = superuser()
    assert 'data-action="stop"' in page(client, what_if)
    WhatIf.objects.update(state=WhatIfState.RUNNING, beat_at=timezone.now())
    assert press(client, what_if, "stop") == 302
    assert "data-stopping" in page(client, what_if)
    tried(what_if, stop_after=0)
    shown = page(client, what_if)
    assert "data-stopped" in shown
    assert 'data-action="again"' in shown
    late = client.post(reverse("admin:commissions_whatif_stop", args=[what_if.pk]), follow=True)
    assert "there is nothing to stop" in late.content.decode()
    assert press(client, what_if, "again") == 302
    fresh = WhatIf.objects.latest("id")
    assert (fresh.state, rung) == ("queued", [fresh.pk])
    assert run_what_if(fresh.pk) == "done"


def test_whoever_may_not_try_rulebooks_stops_no_what_if(what_if):
    client = viewer("view_whatif")
    assert 'data-action="stop"' not in page(client, what_if)
    assert press(client, what_if, "stop") == 403
