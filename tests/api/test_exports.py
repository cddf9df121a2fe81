"""Files of orders by the API: asked for, made in the background, and the same as the list."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commissions import tasks
from commissions.cuts.enums import ExportState
from commissions.models import LineExport, OrderLine
from commissions.operations import line_exports
from commissions.operations.line_exports import KEPT, MOST_WAITING
from publishers.enums import Scope
from publishers.models import AccountBlock, Publisher
from tests.api.callers import Machine, machine, network, of, some_orders
from tests.backoffice import take
from tests.journeys.orders import INVALID, order
from tests.portal_worlds import sheet_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(tmp_path, settings) -> Machine:
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = network(tmp_path)
    some_orders(programme, tmp_path, 8)
    take(programme, tmp_path, [order(50, status=INVALID, created_time="2019-03-25 10:00:00")])
    return machine(of("anna"))


@pytest.fixture
def portal(anna) -> Client:
    client = Client()
    client.force_login(of("anna"))
    return client


def asked_for(calls: Machine, query: str, status: int = 202, key: str = ""):
    return calls.post(f"exports?{query}", None, status, key=key)


def made(calls: Machine, query: str) -> bytes:
    """A file from asking for it to its last byte."""
    row = asked_for(calls, query)
    assert tasks.run_line_export(row["id"]) == "done"
    answer = calls.client.get(calls.get(f"exports/{row['id']}")["file"])
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_file_is_asked_for_followed_and_fetched(anna, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        response = anna.send("exports?format=csv&status=confirmed", key="one")
    assert response.status_code == 202
    assert len(rung) == 1
    told = response.json()
    assert (told["state"], told["percent"], told["file"]) == ("queued", 0, None)
    assert (told["lines_total"], told["seconds_left"]) == (None, None)
    assert anna.get(response.headers["Location"]) == told
    assert asked_for(anna, "format=csv&status=confirmed", key="one") == told
    assert LineExport.objects.count() == 1
    assert "not made yet" in anna.get(f"exports/{told['id']}/file", 409)["detail"]
    tasks.run_line_export(told["id"])
    done = anna.get(f"exports/{told['id']}")
    assert (done["state"], done["percent"], done["seconds_left"]) == ("done", 100, None)
    assert done["lines_done"] == done["lines_total"] == 8
    kept = LineExport.objects.get()
    assert done["kept_until"] == (kept.asked_at + KEPT).isoformat().replace("+00:00", "Z")
    answer = anna.client.get(done["file"], headers={"accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="orders-{kept.pk}.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert {row["status"] for row in rows_of(b"".join(answer.streaming_content))} == {"confirmed"}


def test_how_far_it_is_and_how_long_the_rest_takes(anna):
    row = asked_for(anna, "format=csv")
    now = timezone.now()
    LineExport.objects.update(
        state=ExportState.RUNNING, started_at=now - timedelta(seconds=10), beat_at=now,
        lines_done=250, lines_total=1000,
    )  # fmt: skip
    told = anna.get(f"exports/{row['id']}")
    assert (told["percent"], told["lines_per_second"]) == (25, 25)
    assert 25 <= told["seconds_left"] <= 30


PLACED = [datetime(2019, 3, day, hour, tzinfo=UTC) for day in (1, 4, 5, 9, 25) for hour in (0, 18)]


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    period=st.tuples(st.none() | st.sampled_from(PLACED), st.none() | st.sampled_from(PLACED)),
    status=st.none() | st.sampled_from(["confirmed", "rejected", "waiting"]),
    source=st.none() | st.just("anna-site"),
    number=st.none() | st.sampled_from(["7000001", "7000050", "none"]),
    country=st.none() | st.sampled_from(["US", "RU"]),
)
def test_a_file_has_the_lines_of_the_list_whatever_is_asked(
    anna, period, status, source, number, country
):
    start, end = sorted(period) if None not in period else period
    if start is not None and start == end:
        end += timedelta(days=1)
    asked = {"from": start, "to": end, "status": status, "source": source, "order_id": number,
             "country": country}  # fmt: skip
    asked = {
        name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
        for name, value in asked.items()
        if value is not None
    }
    listed = anna.get("orders", limit=200, **asked)["items"]
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    rows = rows_of(made(anna, f"format=csv&{query}"))
    assert [int(row["number"]) for row in rows] == [one["id"] for one in listed]
    assert [int(row["commission_cents"]) for row in rows] == [
        one["commission_cents"] for one in listed
    ]
    LineExport.objects.all().delete()


def test_portal_and_api_tell_of_the_same_files(anna, portal):
    portal.post("/en/my/exports/new/", {"format": "csv", "country": "US"})
    row = asked_for(anna, "format=xlsx&from=2019-03-05T00:00:00Z&order_id=7000007")
    told = anna.get("exports")["items"]
    shown = portal.get("/en/my/exports/").context["rows"]
    assert [one["id"] for one in told] == [one["export"].pk for one in shown]
    assert told[1]["asked"]["country"] == "US"
    # The page that it is of finds the lines of a file that a machine asked for.
    again = portal.get(f"/en/my/exports/{row['id']}/").context["again"]
    page = portal.get(again)
    assert [one["order"] for one in page.context["rows"]] == ["7000007"]
    kept = [one["told"] for one in page.context["kept"]]
    assert kept == ["Order: 7000007", "Placed at or after 5 Mar 2019, 03:00:00"]
    widened = portal.get(page.context["kept"][0]["address"])
    assert len(widened.context["rows"]) > 1


def test_a_sheet_is_written_on_the_clock_and_in_the_language_asked_for(anna):
    anna.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    rows = sheet_rows(made(anna, "format=xlsx&time_zone=Asia/Tokyo&order_id=7000001"))
    line = OrderLine.objects.get(order_id="7000001")
    assert len(rows) == 2
    assert "подтверждено" in rows[1]
    tokyo = (line.created_at + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S")
    assert tokyo in rows[1]


def test_questions_that_make_no_sense_are_refused_and_leave_nothing(anna, monkeypatch):
    for query, where in (
        ("", "#/format"), ("format=exe", "#/format"), ("format=csv&status=good", "#/status"),
        ("format=csv&time_zone=Mars/North", "#/time_zone"), ("format=csv&limit=3", "#/limit"),
        ("format=csv&from=2019-03-05T00:00:00Z&to=2019-03-01T00:00:00Z", "#/to"),
    ):  # fmt: skip
        assert asked_for(anna, query, 400)["pointer"] == where
    assert (
        asked_for(anna, "format=csv&source=boris-cb", 404)["detail"]
        == (asked_for(anna, "format=csv&source=nothing", 404)["detail"])
    )
    monkeypatch.setattr(line_exports, "MOST_SHEET_LINES", 3)
    assert "take CSV" in asked_for(anna, "format=xlsx", 422)["detail"]
    assert not LineExport.objects.exists()


def test_no_more_than_a_few_wait_at_once(anna):
    for _time in range(MOST_WAITING):
        asked_for(anna, "format=csv")
    assert "are being made already" in asked_for(anna, "format=csv", 409)["detail"]


def test_one_that_failed_says_so_and_no_more(anna):
    row = asked_for(anna, "format=csv")
    LineExport.objects.update(state=ExportState.FAILED, error="ZeroDivisionError")
    told = anna.get(f"exports/{row['id']}")
    assert (told["state"], told["file"]) == ("failed", None)
    assert "ask for it again" in anna.get(f"exports/{row['id']}/file", 409)["detail"]


def test_files_of_others_are_not_there(anna):
    row = asked_for(anna, "format=csv")
    tasks.run_line_export(row["id"])
    boris = machine(of("boris"))
    assert boris.get("exports")["items"] == []
    for path in (f"exports/{row['id']}", f"exports/{row['id']}/file"):
        assert boris.get(path, 404)["detail"] == boris.get("exports/99999999", 404)["detail"]


def test_who_may_read_the_lines_may_have_the_file_but_a_key_needs_its_scope(anna):
    reader = Machine("")
    reader.client = Client()  # keys are made by owners
    reader.client.force_login(of("anna", "reader"))
    asked_for(reader, "format=csv")
    reading = machine(of("anna"), Scope.READ_ORDERS)
    assert asked_for(reading, "format=csv", 403)["type"] == "urn:permille:problem:scope"
    assert len(reading.get("exports")["items"]) == 1
    AccountBlock.objects.create(
        publisher=Publisher.objects.get(code="anna"), ground="x", valid_from=timezone.now()
    )
    asked_for(reader, "format=csv")


def test_the_list_costs_the_same_for_more_files_and_goes_on(anna):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("exports")
        return len(queries)

    asked_for(anna, "format=csv")
    cost()
    before = cost()
    first = LineExport.objects.get()
    for number in range(1, 6):
        LineExport.objects.create(
            publisher=first.publisher, params={}, file_format="csv",
            asked_at=first.asked_at + timedelta(seconds=number),
        )  # fmt: skip
    assert cost() == before
    page = anna.get("exports", limit=4)
    rest = anna.get(page["next"])
    assert [one["id"] for one in page["items"] + rest["items"]] == list(
        LineExport.objects.order_by("-id").values_list("pk", flat=True)
    )
