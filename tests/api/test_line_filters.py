"""What lines are asked for by: the list, its files and statistics understand the same."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.api.line_filters import LINE_FILTERS
from commissions.cuts.asked import FILTERS, Asked, lines_of
from commissions.models import OrderLine
from publishers.models import Click, Source
from tests.api.callers import Machine, machine, network, of
from tests.backoffice import take
from tests.journeys.orders import INVALID, order

pytestmark = pytest.mark.django_db
WHENEVER = {"from": "2019-01-01", "to": "2019-12-31", "group_by": "status"}


@pytest.fixture
def anna(tmp_path) -> Machine:
    """Lines that differ in all that can be asked; a third of them came by a click."""
    programme = network(tmp_path)
    source = Source.objects.get(code="anna-site")
    for number in range(4):
        Click.objects.create(
            click_id=f"own{number}", source=source, clicked_at=datetime(2019, 3, 1, tzinfo=UTC),
            **{f"sub{place}": f"{place}-{number % 2}" for place in range(1, 6)},
        )  # fmt: skip
    named = [
        json.dumps({"af": "anna-site", **({"dp": f"own{number}"} if number < 4 else {})})
        for number in range(12)
    ]
    take(programme, tmp_path, [
        order(number, custom_parameters=words, ship_to_country=("RU", "US", "DE")[number % 3],
              category_id=("200", "44")[number % 2], **({"status": INVALID} if number == 7 else {}))
        for number, words in enumerate(named, start=1)
    ])  # fmt: skip
    return machine(of("anna"))


def said_by_lines() -> list[tuple[str, str]]:
    """Every filter with every value that a line has."""
    return [
        (name, value)
        for name in LINE_FILTERS
        for value in sorted(
            set(OrderLine.objects.values_list(FILTERS[name], flat=True)) - {None, ""}
        )
    ]


def test_whatever_a_line_is_asked_by_list_and_statistics_mean_the_same_lines(anna):
    publisher = of("anna").publisher_id
    asked = said_by_lines()
    assert {name for name, _value in asked} == set(LINE_FILTERS)
    for name, value in asked:
        lines = lines_of(Asked(publisher, filters=((name, value),)))
        ids = {one["id"] for one in anna.get("orders", limit=100, **{name: value})["items"]}
        assert ids == set(lines.values_list("pk", flat=True)) != set(), (name, value)
        counted = anna.get("statistics", **WHENEVER, **{name: value})["total"]["lines"]
        assert counted == len(ids), (name, value)


def test_filters_are_met_together_and_page_by_page(anna):
    first = anna.get("orders", limit=1, sub1="1-1", country="US")
    assert {one["country"] for one in first["items"]} == {"US"}
    every = anna.get("orders", sub1="1-1")["items"]
    assert len(every) == 2
    page = anna.get("orders", limit=1, sub1="1-1")
    following = anna.get(page["next"])
    assert [*page["items"], *following["items"]] == every
    assert anna.get("orders", sub1="1-1", sub2="2-0")["items"] == []


def test_a_line_is_found_by_either_number_of_the_merchants(anna):
    for line in anna.get("orders", limit=3)["items"]:
        for name in ("order_id", "sub_order_id"):
            assert anna.get("orders", **{name: line[name]})["items"] == [line]
    assert machine(of("boris")).get("orders", sub_order_id=line["sub_order_id"])["items"] == []


def test_a_click_is_told_where_it_is_asked_for_and_costs_no_further_question(anna):
    assert not [one for one in anna.get("orders")["items"] if "click" in one]
    with CaptureQueriesContext(connection) as plain:
        anna.get("orders")
    with CaptureQueriesContext(connection) as told:
        lines = anna.get("orders", include="click")["items"]
    assert len(told) == len(plain)
    by_id = {one["click"]["id"]: one["click"] for one in lines if one["click"]}
    assert sorted(by_id) == ["own0", "own1", "own2", "own3"]
    assert by_id["own1"] == {
        "id": "own1", "at": "2019-03-01T00:00:00Z", "sub1": "1-1", "sub2": "2-1", "sub3": "3-1",
        "sub4": "4-1", "sub5": "5-1",
    }  # fmt: skip
    assert sum(one["click"] is None for one in lines) == 8
    one = next(line for line in lines if line["click"])
    assert anna.get(f"orders/{one['id']}")["click"] == one["click"]


@pytest.mark.parametrize(
    "asked",
    [{"country": "usa"}, {"reason": "bored"}, {"rule": "a b"}, {"sub3": ""}, {"include": "rule"}],
)
def test_a_filter_that_says_nothing_is_pointed_at(anna, asked):
    (name,) = asked
    assert [one["pointer"] for one in anna.get("orders", 400, **asked)["errors"]] == [f"#/{name}"]
