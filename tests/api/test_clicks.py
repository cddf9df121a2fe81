"""Clicks by the API: the same rows as the portal's page and its file, page by page."""

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

from publishers.clicking import Visit, record_click
from publishers.enums import Scope
from publishers.merchant_links import direct_target
from publishers.models import Click, Publisher, Source
from tests.api.callers import Machine, machine, network, of

pytestmark = pytest.mark.django_db

BEGAN = datetime(2020, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM = Visit("https://deals.example.org/", "document", "navigate", "cross-site", "?1")


def clicked(source: str, at: datetime, **subs: str) -> str:
    target = direct_target("https://aliexpress.ru/item/5003.html", ["aliexpress.ru"])
    recorded = record_click(source=source, target=target, visit=FROM, subs=subs, at=at)
    assert recorded is not None
    return recorded.click_id


@pytest.fixture
def anna(tmp_path) -> Machine:
    """Clicks of two sources of anna's, some at one instant, and of boris'."""
    network(tmp_path)
    first = Source.objects.get(code="anna-site")
    Source.objects.create(code="anna-blog", publisher=first.publisher, title="Blog",
                          traffic_type=first.traffic_type)  # fmt: skip
    Click.objects.all().delete()
    for number in range(12):
        clicked("anna-blog" if number % 3 else "anna-site", BEGAN + number // 2 * HOUR,
                sub1=f"s{number}")  # fmt: skip
    clicked("boris-cb", BEGAN)
    return machine(of("anna"))


@pytest.fixture
def portal(anna) -> Client:
    client = Client()
    client.force_login(of("anna"))
    return client


def test_clicks_are_those_of_the_page_and_of_its_file(anna, portal):
    asked = {"first": "2020-05-01", "last": "2020-05-01"}
    page = portal.get("/en/my/clicks/", asked).context["clicks"]
    told = anna.get("clicks", **{"from": "2020-05-01T00:00:00Z", "to": "2020-05-02T00:00:00Z"})
    assert [one["click_id"] for one in told["items"]] == [one.click_id for one in page]
    assert len(page) == 12
    answer = portal.get("/en/my/clicks/", {**asked, "format": "csv"})
    file = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    for row, one in zip(rows, told["items"], strict=True):
        assert datetime.fromisoformat(row["clicked_at"]) == datetime.fromisoformat(
            one["clicked_at"]
        )
        assert {**row, "clicked_at": ""} == {**one, "clicked_at": ""}
    by_source = portal.get("/en/my/clicks/", {**asked, "source": "anna-blog"}).context["clicks"]
    assert [one["click_id"] for one in anna.get("clicks", source="anna-blog")["items"]] == [
        one.click_id for one in by_source
    ]


@settings(
    max_examples=20, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    limit=st.integers(1, 13),
    source=st.none() | st.sampled_from(["anna-site", "anna-blog"]),
    start=st.none() | st.integers(0, 5),
)
def test_pages_forwards_and_back_have_every_click_once(anna, limit, source, start):
    asked = {} if source is None else {"source": source}
    if start is not None:
        asked["from"] = (BEGAN + start * HOUR).isoformat()
    every = anna.get("clicks", **asked)["items"]
    pages = [anna.get("clicks", limit=limit, **asked)]
    while pages[-1]["next"]:
        pages.append(anna.get(pages[-1]["next"]))
    assert [one for page in pages for one in page["items"]] == every
    for before, page in zip(pages[-2::-1], pages[:0:-1], strict=True):
        assert anna.get(page["previous"])["items"] == before["items"]
    assert pages[0]["previous"] is None


def test_one_click_is_found_by_its_id_and_of_others_there_is_none(anna):
    mine, theirs = clicked("anna-site", BEGAN), Click.objects.get(source__code="boris-cb").click_id
    assert [one["click_id"] for one in anna.get("clicks", click_id=mine)["items"]] == [mine]
    assert anna.get("clicks", click_id=theirs)["items"] == []
    assert anna.get("clicks", click_id=mine, source="anna-blog")["items"] == []
    assert (
        anna.get("clicks", 404, source="boris-cb")["detail"]
        == (anna.get("clicks", 404, source="nothing")["detail"])
    )
    sums = machine(of("anna"), Scope.READ_STATISTICS)
    assert sums.get("clicks", 403)["type"] == "urn:permille:problem:scope"


def test_what_came_meanwhile_moves_nothing(anna):
    first = anna.get("clicks", limit=4)
    clicked("anna-site", BEGAN + 24 * HOUR)
    rest = anna.get(first["next"], 200)
    shown = [one["click_id"] for one in first["items"] + rest["items"]]
    assert len(shown) == len(set(shown))


def file(calls: Machine, **asked: str) -> list[dict[str, str]]:
    """The rows of the file of clicks."""
    answer = calls.client.get("/api/v1/clicks/file", asked, headers={"accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_file_of_clicks_is_the_portals(anna, portal):
    clicked("anna-site", BEGAN, sub1="=1+1")
    for source in ({}, {"source": "anna-blog"}):
        page = {"first": "2020-05-01", "last": "2020-05-01", "format": "csv", **source}
        theirs = portal.get("/en/my/clicks/", page)
        asked = {"from": "2020-05-01T00:00:00Z", "to": "2020-05-02T00:00:00Z", **source}
        mine = anna.client.get("/api/v1/clicks/file", asked)
        assert b"".join(mine.streaming_content) == b"".join(theirs.streaming_content)
        for name in ("Content-Type", "Content-Disposition"):
            assert mine.headers[name] == theirs.headers[name]
    rows = file(anna, **{"from": "2020-05-01T13:00:00Z", "to": "2020-05-01T15:00:00Z"})
    listed = anna.get("clicks", **{"from": "2020-05-01T13:00:00Z", "to": "2020-05-01T15:00:00Z"})
    assert [one["click_id"] for one in rows] == [one["click_id"] for one in listed["items"]]
    assert len(rows) == 4
    assert "'=1+1" in {one["sub1"] for one in file(anna, to="2020-05-01T12:00:01Z")}


def test_without_a_period_the_file_is_of_the_last_days_as_in_the_portal(anna, portal):
    now = timezone.now()
    for days in (0, 28, 31, 60):
        clicked("anna-site", now - timedelta(days=days))
    theirs = portal.get("/en/my/clicks/", {"format": "csv"})
    text = b"".join(theirs.streaming_content).decode()
    rows = file(anna)
    assert rows == list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    assert len(file(anna, **{"from": "2020-01-01T00:00:00Z"})) == 16
    # Thirty days before an instant that is given; where the calendar begins, none.
    assert len(file(anna, to=(BEGAN + timedelta(days=30)).isoformat())) == 12
    assert len(file(anna, to=(BEGAN + timedelta(days=30, seconds=1)).isoformat())) == 10
    assert file(anna, to="0001-01-01T00:00:00Z") == []
    assert file(anna, **{"from": "9999-12-31T23:59:59Z"}) == []


def test_the_head_of_the_file_reads_no_click(anna):
    with CaptureQueriesContext(connection) as queries:
        head = anna.client.head("/api/v1/clicks/file")
        assert b"".join(head.streaming_content) == b""
    assert not [one for one in queries if "publishers_click" in one["sql"]]
    assert "attachment" in head.headers["Content-Disposition"]


def test_a_file_of_what_is_not_there_is_refused(anna):
    for asked, where in (
        ({"limit": 3}, "limit"), ({"from": "yesterday"}, "from"), ({"source": ""}, "source"),
        ({"from": "2020-05-02T00:00:00Z", "to": "2020-05-01T00:00:00Z"}, "to"),
    ):  # fmt: skip
        assert anna.get("clicks/file", 400, **asked)["pointer"] == f"#/{where}"
    theirs, none = ({"source": code} for code in ("boris-cb", "nothing"))
    assert anna.get("clicks/file", 404, **theirs) | {"request_id": ""} == (
        anna.get("clicks/file", 404, **none) | {"request_id": ""}
    )
    sums = machine(of("anna"), Scope.READ_STATISTICS)
    assert sums.get("clicks/file", 403)["type"] == "urn:permille:problem:scope"


def test_somebody_without_sources_has_no_clicks(anna):
    Publisher.objects.create(code="carol", name="Carol", email="carol@example.net",
                             registered_at=BEGAN)  # fmt: skip
    assert machine(of("carol")).get("clicks") == {"items": [], "next": None, "previous": None}
    assert file(machine(of("carol"))) == []


def test_a_page_costs_the_same_however_many_there_are(anna):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("clicks")
        return len(queries)

    cost()
    before = cost()
    for number in range(40):
        clicked("anna-site", BEGAN + number * HOUR)
    assert cost() == before
