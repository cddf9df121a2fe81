"""The statistics of the API are the cuts of the portal's page: one truth, asked twice."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commissions.api import cuts
from commissions.cuts.cut import cut
from commissions.cuts.enums import CutBy, DateKind
from commissions.models import OrderLine, Programme
from publishers.models import Click, Source
from tests.api.callers import Machine, machine, network, of, some_orders
from tests.backoffice import take
from tests.journeys.orders import order

pytestmark = pytest.mark.django_db
PERIOD = {"from": "2019-02-01", "to": "2019-05-01"}
ZONES = ("America/Los_Angeles", "Europe/Moscow", "Pacific/Kiritimati")


@pytest.fixture
def anna(tmp_path) -> Machine:
    programme = network(tmp_path)
    source = Source.objects.get(code="anna-site")
    at = datetime(2019, 3, 1, 12, tzinfo=UTC)
    for number, sub in enumerate(("", "=mail", "a", "alone")):
        Click.objects.create(click_id=f"own{number}", source=source, clicked_at=at, sub1=sub)
    some_orders(programme, tmp_path, 8)
    rows = [
        order(
            100 + number, ship_to_country="RU", created_time="2019-03-09 23:30:00",
            custom_parameters=json.dumps({"af": "anna-site", "dp": f"own{number}"}),
        )
        for number in range(3)
    ]  # fmt: skip
    take(programme, tmp_path, rows)
    return machine(of("anna"))


def on_the_page(**asked: str) -> dict[tuple[str, str], list[str]]:
    """What the portal's page gives for the same question, row by row, by its own CSV."""
    client = Client()
    client.force_login(of("anna"))
    names = {"from": "first", "group_by": "by", "date_kind": "dates", "time_zone": "zone"}
    params = {names.get(name, name): value for name, value in asked.items() if name != "to"}
    # The page's last day is in the period.
    last = date.fromordinal(date.fromisoformat(asked["to"]).toordinal() - 1).isoformat()
    answer = client.get("/en/my/statistics/table.csv", {**params, "period": "own", "last": last})
    if answer.status_code == 404:
        raise AssertionError(params)
    rows = csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return {
        (row["key"].lstrip("'"), row["name"].lstrip("'")): [
            *list(row.values())[2:9],
            row.get("clicks", ""),
            row.get("per_100_clicks_cents", ""),
        ]
        for row in rows
    }


def told(answer: dict) -> dict[tuple[str, str], list[str]]:
    """The answer in the form of the file."""
    figures = ("lines", "rejected_lines", "base_cents", "waiting_cents", "hold_cents",
               "confirmed_cents", "commission_cents", "clicks", "per_100_clicks_cents")  # fmt: skip
    rows = [(one["key"], one["name"], one) for one in answer["groups"]]
    rows.append(("total", "In all", answer["total"]))
    return {
        (key, name): ["" if one[figure] is None else str(one[figure]) for figure in figures]
        for key, name, one in rows
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    by=st.sampled_from(CutBy.values),
    dates=st.sampled_from(DateKind.values),
    zone=st.sampled_from(ZONES),
    more=st.sampled_from(
        [{}, {"status": "confirmed"}, {"source": "anna-site"}, {"country": "RU"}, {"sub1": "a"}]
    ),
)
def test_each_cut_is_what_the_page_shows(anna, by, dates, zone, more):
    asked = {**PERIOD, "group_by": by, "date_kind": dates, "time_zone": zone, **more}
    assert told(anna.get("statistics", **asked)) == on_the_page(**asked)


def test_groups_add_up_to_the_total_and_to_what_is_given_without_groups(anna):
    days = anna.get("statistics", **PERIOD)
    lines = sum(one["lines"] for one in days["items"])
    cents = sum(one["commission_cents"] for one in days["items"])
    assert lines == OrderLine.objects.filter(publisher__code="anna").count() == 11
    for by in CutBy.values:
        found = anna.get("statistics", **PERIOD, group_by=by)
        assert (found["total"]["lines"], found["total"]["commission_cents"]) == (lines, cents)
        assert sum(one["commission_cents"] for one in found["groups"]) == cents > 0
    by_sub = anna.get("statistics", **PERIOD, group_by="sub1")["groups"]
    assert {(one["key"], one["lacking"]): one["lines"] for one in by_sub} == {
        ("", "click"): 8, ("", "sub1"): 1, ("=mail", None): 1, ("a", None): 1, ("alone", None): 0,
    }  # fmt: skip
    assert {one["key"]: one["clicks"] for one in by_sub if one["lacking"] != "click"} == {
        "": 1, "=mail": 1, "a": 1, "alone": 1,
    }  # fmt: skip
    (march,) = [one for one in anna.get("statistics", **PERIOD, group_by="month")["groups"]
                if one["first_day"] == "2019-03-01"]  # fmt: skip
    assert (march["end_day"], march["lines"], march["name"]) == ("2019-04-01", 11, "March 2019")


def test_a_clock_of_ones_own_moves_orders_to_its_days(anna):
    def of_day(day: str, zone: str) -> int:
        found = anna.get("statistics", **PERIOD, group_by="day", time_zone=zone)
        assert found["time_zone"] == zone
        return next(one["lines"] for one in found["groups"] if one["key"] == day)

    # Half past eleven at night in Los Angeles is the next morning in Moscow.
    assert of_day("2019-03-09", "America/Los_Angeles") - of_day("2019-03-09", "Europe/Moscow") >= 2


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"group_by": "weather"}, "#/group_by"),
        ({"group_by": "day", "time_zone": "Moscow"}, "#/time_zone"),
        ({"group_by": "day", "date_kind": "paid"}, "#/date_kind"),
        ({"group_by": "day", "status": "good"}, "#/status"),
        ({"group_by": "month", "from": "0001-01-01"}, "#/from"),
        ({"group_by": "month", "to": "9999-12-31"}, "#/to"),
        ({"group_by": "month", "from": "2001-01-01"}, "#/to"),
        ({"group_by": "day", "from": "2014-01-01"}, "#/group_by"),
        ({"status": "confirmed"}, "#/status"),
        ({"time_zone": "Europe/Moscow"}, "#/time_zone"),
    ],
)
def test_a_question_that_cannot_be_answered_points_at_why(anna, more, where):
    assert anna.get("statistics", 400, **{**PERIOD, **more})["pointer"] == where


def test_there_are_never_more_groups_than_are_given(anna, monkeypatch):
    monkeypatch.setattr(cuts, "MOST_GROUPS", 1)
    refused = anna.get("statistics", 400, **PERIOD, group_by="sub1")
    assert "more than 1 groups" in refused["detail"]
    assert len(anna.get("statistics", **PERIOD, group_by="source")["groups"]) == 1


def test_of_somebody_elses_source_there_is_nothing(anna):
    asked = {**PERIOD, "group_by": "day"}
    theirs = anna.get("statistics", 404, **asked, source="boris-cb")
    none = anna.get("statistics", 404, **asked, source="nobody")
    assert theirs["detail"].replace("boris-cb", "nobody") == none["detail"]


@pytest.mark.parametrize("by", ["day", "source", "country", "rule", "sub1", "status"])
def test_more_lines_cost_no_more_questions(anna, tmp_path, by):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("statistics", **PERIOD, group_by=by)
        return len(queries)

    cost()
    before = cost()
    some_orders(Programme.objects.get(), tmp_path, 20, 300)
    assert cost() == before


def test_the_same_function_answers_page_and_api():
    assert cuts.cut is cut
