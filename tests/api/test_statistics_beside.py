"""The period before, and files of statistics: what the portal's page shows and gives."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commissions.api import cuts
from commissions.cuts.enums import BY_TIME, CutBy, DateKind
from commissions.models import OrderLine, Programme
from publishers.models import Click, Source
from tests.api.callers import V1, Machine, machine, network, of, some_orders
from tests.backoffice import take
from tests.journeys.orders import order
from tests.portal_worlds import sheet_rows

pytestmark = pytest.mark.django_db
ZONES = ("America/Los_Angeles", "Europe/Moscow", "Pacific/Kiritimati")
PERIODS = (
    ("2019-03-01", "2019-04-01"),  # a month: beside one of another length
    ("2019-02-01", "2019-04-01"),
    ("2019-03-08", "2019-03-22"),
    ("2019-03-10", "2019-03-11"),
)
FIGURES = {
    "lines": "lines", "rejected_lines": "rejected_lines", "base_cents": "sales_cents",
    "waiting_cents": "waiting_cents", "hold_cents": "hold_cents",
    "confirmed_cents": "confirmed_cents", "commission_cents": "commission_cents",
    "clicks": "clicks", "per_100_clicks_cents": "per_100_clicks_cents",
}  # fmt: skip
BEFORE = {
    "commission_cents": "commission_before_cents", "difference_cents": "difference_cents",
    "clicks": "clicks_before", "per_100_clicks_cents": "per_100_clicks_before_cents",
}  # fmt: skip


@pytest.fixture
def anna(tmp_path) -> Machine:
    """Orders of February and March; some by a click, some groups of one month alone."""
    programme = network(tmp_path)
    source = Source.objects.get(code="anna-site")
    for number, sub in enumerate(("", "=mail", "a", "alone", "gone")):
        at = datetime(2019, 2 if sub == "gone" else 3, 1 + 5 * number, 12, tzinfo=UTC)
        Click.objects.create(click_id=f"own{number}", source=source, clicked_at=at, sub1=sub)
    some_orders(programme, tmp_path, 15)
    rows = [
        order(
            100 + number, ship_to_country=("RU", "DE")[number % 2],
            created_time=f"2019-0{2 + number % 2}-{9 + number:02d} 23:30:00",
            custom_parameters=f'{{"af": "anna-site", "dp": "own{number % 5}"}}',
        )
        for number in range(8)
    ]  # fmt: skip
    take(programme, tmp_path, rows)
    return machine(of("anna"))


def portals(kind: str, asked: dict[str, str]) -> HttpResponse:
    """The file of the portal's page for the same question."""
    client = Client()
    client.force_login(of("anna"))
    names = {"from": "first", "group_by": "by", "date_kind": "dates", "time_zone": "zone"}
    params = {names.get(name, name): value for name, value in asked.items() if name != "to"}
    # The page's last day is in the period.
    last = (date.fromisoformat(asked["to"]) - timedelta(days=1)).isoformat()
    answer = client.get(
        f"/en/my/statistics/table.{kind}", {**params, "period": "own", "last": last}
    )
    assert answer.status_code == 200
    return answer


def content(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content)


def cell(value: int | None) -> str:
    return "" if value is None else str(value)


questions = st.fixed_dictionaries(
    {
        "group_by": st.sampled_from(CutBy.values),
        "date_kind": st.sampled_from(DateKind.values),
        "time_zone": st.sampled_from(ZONES),
        "period": st.sampled_from(PERIODS),
        "more": st.sampled_from(
            [{}, {"status": "confirmed"}, {"source": "anna-site"}, {"sub1": "a"},
             {"lacking": "click"}, {"lacking": "sub1,sub2"}, {"country": "RU"}]
        ),
    }
)  # fmt: skip


def asked_by(question: dict[str, Any]) -> dict[str, str]:
    first, end = question["period"]
    names = ("group_by", "date_kind", "time_zone")
    return {"from": first, "to": end, **{name: question[name] for name in names}} | question["more"]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(question=questions)
def test_the_period_before_is_what_the_page_shows_and_the_file_is_the_pages(anna, question):
    asked = asked_by(question)
    theirs = portals("csv", asked)
    mine = anna.client.get(f"{V1}/statistics/file", {**asked, "format": "csv"})
    text = content(mine)
    assert text == content(theirs)
    for name in ("Content-Type", "Content-Disposition"):
        assert mine.headers[name] == theirs.headers[name]
    rows = list(csv.DictReader(StringIO(text.decode("utf-8-sig"))))
    told = anna.get("statistics", **asked, include="before")
    groups = [*told["groups"], {"key": "total", "name": "In all", **told["total"]}]
    for row, group in zip(rows, groups, strict=True):
        assert (row["key"].lstrip("'"), row["name"].lstrip("'")) == (group["key"], group["name"])
        for name, column in FIGURES.items():
            assert cell(group[name]) == row.get(column, "")
        for name, column in BEFORE.items():
            then = group["before"]
            assert cell(then[name] if then else None) == row.get(column, "")


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(question=questions)
def test_the_period_before_is_what_a_second_call_gives(anna, question):
    asked = asked_by(question)
    told = anna.get("statistics", **asked, include="before")
    alone = anna.get("statistics", **asked)
    before = told["total"]["before"]
    days = {"from": before["first_day"], "to": before["end_day"]}
    assert days["to"] == asked["from"]
    then = anna.get("statistics", **{**asked, **days})
    figures = (*cuts.FIGURES, "clicks", "conversion_bp", "per_100_clicks_cents")

    def of(group: dict[str, Any]) -> list[int | None]:
        return [group[name] for name in figures]

    assert of(told["total"]) == of(alone["total"])
    assert of(before) == of(then["total"])
    by_time = question["group_by"] in BY_TIME
    if by_time and len(alone["groups"]) != len(then["groups"]):
        assert {one["before"] for one in told["groups"]} == {None}
        return
    had = {(one["key"], one["lacking"]): one for one in then["groups"]}
    for place, group in enumerate(told["groups"]):
        like = then["groups"][place] if by_time else had.pop((group["key"], group["lacking"]), None)
        own = group["before"]
        assert (own["first_day"], own["end_day"]) == (
            (like["first_day"], like["end_day"]) if by_time else (days["from"], days["to"])
        )
        if like is not None:
            assert of(own) == of(like)
        else:
            assert own["lines"] == own["commission_cents"] == 0
        assert own["difference_cents"] == group["commission_cents"] - own["commission_cents"]
    assert by_time or not had
    kept = [
        {name: value for name, value in one.items() if name != "before"} for one in told["groups"]
    ]
    assert not [one for one in alone["groups"] if one not in kept]


def test_a_sheet_has_the_rows_of_the_pages(anna):
    asked = {"from": "2019-03-01", "to": "2019-04-01", "group_by": "sub1",
             "time_zone": "Europe/Moscow"}  # fmt: skip
    answer = anna.client.get(f"{V1}/statistics/file", {**asked, "format": "xlsx"})
    theirs = portals("xlsx", asked)
    assert answer.headers["Content-Disposition"] == theirs.headers["Content-Disposition"]
    rows = sheet_rows(content(answer))
    assert rows == sheet_rows(content(theirs))
    assert len(rows) > 5


def test_a_file_speaks_the_language_of_the_call_and_goes_to_whoever_asks_for_its_kind(anna):
    asked = {"from": "2019-03-01", "to": "2019-04-01", "group_by": "month", "format": "csv"}
    for accepted in ("text/csv", "application/json", "*/*"):
        answer = anna.client.get(
            f"{V1}/statistics/file", asked, headers={"accept": accepted, "accept-language": "ru"}
        )
        assert "март 2019" in content(answer).decode().lower()
        assert "no-store" in answer.headers["Cache-Control"]
    head = anna.client.head(f"{V1}/statistics/file", asked)
    assert (head.status_code, head.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert content(head) == b""


@pytest.mark.parametrize(
    ("path", "more", "where"),
    [
        ("statistics/file", {"group_by": "day"}, "#/format"),
        ("statistics/file", {"format": "csv"}, "#/group_by"),
        ("statistics/file", {"group_by": "day", "format": "pdf"}, "#/format"),
        ("statistics/file", {"group_by": "day", "format": "csv", "include": "before"}, "#/include"),
        ("statistics/file", {"group_by": "day", "format": "csv", "to": "2018-01-01"}, "#/to"),
        ("statistics/file", {"group_by": "day", "format": "csv", "to": "2099-01-01"}, "#/to"),
        ("statistics", {"include": "before"}, "#/include"),
        ("statistics", {"lacking": "rule"}, "#/lacking"),
        ("statistics", {"group_by": "day", "include": "click"}, "#/include"),
    ],
)
def test_a_question_that_cannot_be_answered_points_at_why(anna, path, more, where):
    asked = {"from": "2019-03-01", "to": "2019-04-01", **more}
    assert anna.get(path, 400, **asked)["pointer"] == where


def test_of_somebody_elses_source_there_is_no_file(anna):
    asked = {"from": "2019-03-01", "to": "2019-04-01", "group_by": "day", "format": "csv"}
    theirs = anna.get("statistics/file", 404, **asked, source="boris-cb")
    assert theirs["detail"] == anna.get("statistics/file", 404, **asked, source="no")["detail"]


def test_groups_of_either_period_count_as_groups(anna, monkeypatch):
    asked = {"from": "2019-03-01", "to": "2019-04-01", "group_by": "sub1"}
    every = anna.get("statistics", **asked, include="before")["groups"]
    either = [one for one in every if one["lines"] or one["before"]["lines"]]
    now = [one for one in every if one["lines"]]
    assert len(now) < len(either)
    monkeypatch.setattr(cuts, "MOST_GROUPS", len(either) - 1)
    refused = anna.get("statistics", 400, **asked, include="before")
    assert refused["pointer"] == "#/group_by"
    anna.get("statistics", **asked)
    monkeypatch.setattr(cuts, "MOST_GROUPS", len(either))
    assert len(anna.get("statistics", **asked, include="before")["groups"]) == len(either)


@pytest.mark.parametrize("by", ["day", "sub1", "rule"])
def test_more_lines_cost_no_more_questions(anna, tmp_path, by):
    asked = {"from": "2019-03-01", "to": "2019-04-01", "group_by": by}

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("statistics", **asked, include="before")
            content(anna.client.get(f"{V1}/statistics/file", {**asked, "format": "csv"}))
        return len(queries)

    cost()
    before, had = cost(), OrderLine.objects.count()
    some_orders(Programme.objects.get(), tmp_path, 20, 300)
    assert OrderLine.objects.count() > had
    assert cost() == before
