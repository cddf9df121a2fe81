"""Files of many lines are made in the background: asked for once, found again, forgotten."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commissions import tasks
from commissions.cuts.enums import ExportState
from commissions.models import LineExport
from commissions.operations import line_exports
from commissions.operations.line_exports import KEPT, MOST_WAITING, forget_exports
from publishers.enums import Role
from tests.journeys.orders import booked, golden_facts, order
from tests.portal import of_publisher
from tests.portal_worlds import sheet_rows

pytestmark = pytest.mark.django_db
FILE, NEW = "/en/my/orders/file/", "/en/my/exports/new/"


@pytest.fixture(autouse=True)
def _orders(monkeypatch, settings, tmp_path):
    """Three of anna's lines where two are many, and nobody who hears the ring."""
    golden_facts()
    booked(order(1), order(2, country="FR"), order(3), order(4, source="boris-cb"))
    monkeypatch.setattr(line_exports, "MOST_AT_ONCE", 2)
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(tasks.run_line_export, "delay", lambda _pk: None)


@pytest.fixture
def client() -> Client:
    return of_publisher("anna")


def asked(client: Client, **more: str) -> LineExport:
    answer = client.post(NEW, {"format": "csv", **more})
    export = LineExport.objects.latest("pk")
    assert answer.headers["Location"] == f"/en/my/exports/{export.pk}/"
    return export


def downloaded(client: Client, export: LineExport) -> bytes:
    answer = client.get(f"/en/my/exports/{export.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_many_lines_are_offered_few_are_sent(client):
    offered = client.get(FILE, {"format": "csv"})
    assert "made in the background" in offered.content.decode()
    assert not LineExport.objects.exists()
    few = client.get(FILE, {"format": "csv", "country": "FR"})
    assert b"".join(few.streaming_content).decode().count("\n") == 1


def test_a_file_is_made_once_and_has_what_the_list_has(client):
    listed = [row["sub_order"] for row in client.get("/en/my/orders/").context["rows"]]
    export = asked(client)
    waiting = client.get(f"/en/my/exports/{export.pk}/")
    assert "data-progress-url" in waiting.content.decode()
    assert client.get(f"/en/my/exports/{export.pk}/file/").status_code == 302
    assert tasks.run_line_export(export.pk) == "done"
    assert tasks.run_line_export(export.pk) == "not waiting"
    rows = list(csv.DictReader(io.StringIO(downloaded(client, export).decode())))
    assert [row["sub_order_id"] for row in rows] == listed
    progress = client.get(f"/en/my/exports/{export.pk}/progress/").json()
    assert (progress["over"], progress["percent"]) == (True, 100)
    assert "It is ready. Lines: 3." in client.get(f"/en/my/exports/{export.pk}/").content.decode()
    assert f"/en/my/exports/{export.pk}/" in client.get("/en/my/exports/").content.decode()


def test_a_spreadsheet_is_in_the_language_of_who_asked(client):
    client.post(NEW.replace("/en/", "/ru/"), {"format": "xlsx"})
    export = LineExport.objects.get()
    assert export.language == "ru"
    tasks.run_line_export(export.pk)
    rows = sheet_rows(downloaded(client, export))
    assert len(rows) == 4
    assert {row[15] for row in rows[1:]} == {"подтверждено"}


def test_a_worker_that_died_is_followed_by_another_which_begins_anew(client):
    export = asked(client)
    LineExport.objects.update(state=ExportState.RUNNING, beat_at=timezone.now(), lines_done=2)
    assert tasks.run_line_export(export.pk) == "not waiting"
    LineExport.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert tasks.sweep_line_exports() == 1
    assert tasks.run_line_export(export.pk) == "done"
    export.refresh_from_db()
    assert (export.lines_done, export.lines_total) == (3, 3)


def test_one_that_fails_says_so(client, monkeypatch):
    export = asked(client)
    monkeypatch.setattr(line_exports, "lines_csv", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        tasks.run_line_export(export.pk)
    page = client.get(f"/en/my/exports/{export.pk}/").content.decode()
    assert "It could not be made." in page
    assert "ZeroDivision" not in page


def test_what_can_no_longer_be_asked_fails_too(client):
    export = asked(client)
    LineExport.objects.update(params={"source": "gone"})
    assert tasks.run_line_export(export.pk) == "failed"


def test_no_more_than_a_few_wait_at_once(client):
    for _time in range(MOST_WAITING):
        asked(client)
    answer = client.post(NEW, {"format": "csv"}, follow=True)
    assert "files are being made already" in answer.content.decode()
    assert LineExport.objects.count() == MOST_WAITING


def test_files_of_others_are_not_there(client):
    export = asked(client)
    tasks.run_line_export(export.pk)
    other = of_publisher("boris")
    for tail in ("", "progress/", "file/"):
        assert other.get(f"/en/my/exports/{export.pk}/{tail}").status_code == 404


def test_who_only_reads_may_have_files_made():
    asked(of_publisher("anna", role=Role.READER))


def test_old_files_are_deleted_with_their_rows(client, tmp_path):
    export = asked(client)
    tasks.run_line_export(export.pk)
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert forget_exports(at=export.asked_at + KEPT) == 0
    assert forget_exports(at=export.asked_at + KEPT + timedelta(seconds=1)) == 1
    assert not file.exists()
    assert not LineExport.objects.exists()


def test_no_other_format_is_made(client):
    assert client.get(FILE, {"format": "exe"}).status_code == 404
    assert client.post(NEW, {"format": "exe"}).status_code == 404
