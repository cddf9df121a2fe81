"""What every call has: problems, numbers of requests, pages, limits, strict bodies."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis
from rest_framework.exceptions import APIException

from commissions.api import orders
from commissions.models import OrderLine
from compliance.api.sources import SourcesView
from publishers.api import limits
from publishers.api.bodies import DEEPEST, Words, read_json
from publishers.models import Source
from tests.api.callers import V1, Machine, answer, key_for, machine, network, of, some_orders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anna(tmp_path) -> Iterator[Machine]:
    """anna's program, with 25 orders to ask for; nobody has called yet."""
    cache.clear()
    programme = network(tmp_path)
    some_orders(programme, tmp_path, 25)
    yield machine(of("anna"))
    cache.clear()


# --- problems ------------------------------------------------------------------------------------


def test_every_error_is_a_problem_with_the_number_of_the_request(anna, monkeypatch, settings):
    for path in ("", "nothing", "orders/", "orders/0", "orders/x", "orders/" + "9" * 30, "../api"):
        answer(anna.client.get(f"{V1}/{path}"), 404)
    # Beside the versions there is a page for people.
    assert anna.client.get("/api/").headers["Location"] == "/en/api/"
    answer(anna.client.put(f"{V1}/orders"), 405)
    keyless = answer(Client().get(f"{V1}/orders"), 401)
    assert "Authorization: Bearer" in keyless["detail"]
    answer(anna.client.get(f"{V1}/orders", headers={"accept": "text/html"}), 406)
    answer(anna.send("sources", "<a/>", content_type="application/xml"), 415)
    answer(anna.send("cases/1/answer", json.dumps({"text": "x" * 10})), 404)
    settings.ALLOWED_HOSTS = ["permille.example"]
    answer(anna.client.get(f"{V1}/orders"), 400)
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(orders, "read_lines", lambda *_asked: 1 / 0)
    anna.client.raise_request_exception = False
    told = answer(anna.client.get(f"{V1}/orders"), 500)
    assert "fault of ours" in told["detail"]
    assert "ZeroDivision" not in json.dumps(told)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("", False), ("a b", False),
     ("a\tb", False), ("é", False), ("<script>", False)],
)  # fmt: skip
def test_the_number_of_a_request_is_the_callers_where_it_is_harmless(sent, kept):
    response = Client().get(f"{V1}/nothing", headers={"x-request-id": sent})
    assert (response.headers["X-Request-Id"] == sent) is kept
    assert response.json()["request_id"] == response.headers["X-Request-Id"]


def test_pages_for_people_are_no_problems():
    response = Client().get("/en/nothing/")
    assert response.status_code == 404
    assert "X-Request-Id" not in response.headers


# --- pages ---------------------------------------------------------------------------------------


def walked(anna: Machine, link: str, way: str, **asked) -> list[list[int]]:
    pages, found = [], anna.get(link, **asked)
    while True:
        pages.append([one["id"] for one in found["items"]])
        if not found[way]:
            return pages
        found = anna.get(found[way])


@pytest.mark.parametrize("limit", [1, 7, 24, 25, 200])
def test_pages_give_each_row_once_there_and_back(anna, limit):
    wanted = list(
        OrderLine.objects.filter(publisher__code="anna")
        .order_by("-created_at", "-id")
        .values_list("id", flat=True)
    )
    pages = walked(anna, "orders", "next", limit=limit)
    assert [one for page in pages for one in page] == wanted
    assert all(len(page) == limit for page in pages[:-1])
    last = anna.get("orders", limit=limit)
    while last["next"]:
        last = anna.get(last["next"])
    back = [[one["id"] for one in last["items"]]]
    while last["previous"]:
        last = anna.get(last["previous"])
        back.append([one["id"] for one in last["items"]])
    assert back == pages[::-1]


def test_what_comes_meanwhile_moves_nothing(anna, tmp_path):
    first = anna.get("orders", limit=10)
    some_orders(OrderLine.objects.first().programme, tmp_path, 5, first=300)
    both = first["items"] + anna.get(first["next"])["items"]
    numbers = [one["id"] for one in both]
    assert len(set(numbers)) == 20
    assert numbers == [
        one.id for one in OrderLine.objects.filter(id__in=numbers).order_by("-created_at", "-id")
    ]


def test_links_are_in_the_header_too_and_nothing_is_counted(anna):
    first = anna.get("orders", limit=10)
    with CaptureQueriesContext(connection) as asked:
        response = anna.client.get(first["next"])
    told = response.json()
    assert response.headers["Link"] == (
        f'<{told["next"]}>; rel="next", <{told["previous"]}>; rel="previous"'
    )
    assert not any("COUNT(" in one["sql"].upper() for one in asked)


def test_filters_stay_on_the_next_page(anna):
    found = anna.get("orders", limit=2, status="confirmed", source="anna-site")
    assert "status=confirmed" in found["next"]
    assert "source=anna-site" in found["next"]


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "a:b:c", "x" * 9_000, "\x00", "é"])
def test_a_wrong_cursor_is_told_so(anna, cursor):
    told = anna.get("orders", 400, cursor=cursor)
    assert told["pointer"] == "#/cursor"


def test_a_cursor_of_another_list_is_none_of_this(anna):
    link = anna.get("orders", limit=1)["next"]
    cursor = link.partition("cursor=")[2]
    assert "no cursor of this list" in anna.get(f"sources?cursor={cursor}", 400)["detail"]
    assert "no cursor" in anna.get(f"orders?cursor={cursor[:-2]}AA", 400)["detail"]


@pytest.mark.parametrize(
    "asked",
    [{"limit": 0}, {"limit": 201}, {"limit": "1e1"}, {"limit": "٣"}, {"other": 1}, {"status": "x"},
     {"from": "2019-03-01"}, {"from": "2019-03-01T00:00:00"}, {"to": "x"},
     {"from": "2019-03-02T00:00:00Z", "to": "2019-03-02T00:00:00Z"}, {"order_id": "a b"}],
)  # fmt: skip
def test_wrong_filters_are_pointed_at(anna, asked):
    told = anna.get("orders", 400, **asked)
    assert told["pointer"] == f"#/{list(asked)[-1]}"


def test_a_page_of_fifty_costs_no_more_queries_than_one_of_five(anna, tmp_path):
    some_orders(OrderLine.objects.first().programme, tmp_path, 40, first=500)
    counts = []
    for limit in (5, 5, 50):
        with CaptureQueriesContext(connection) as asked:
            assert len(anna.get("orders", limit=limit)["items"]) == limit
        counts.append(len(asked))
    assert counts[1] == counts[2] <= 6


# --- limits --------------------------------------------------------------------------------------


def test_so_many_calls_a_minute_and_no_more(anna, settings):
    settings.PERMILLE_API_LIMITS = {"read": 3, "write": 1}
    with time_machine.travel("2030-01-01T00:00:20Z", tick=False):
        other = Machine(key_for(of("anna"))[1])
        mine = Machine(key_for(of("anna"))[1])
        left = [mine.client.get(f"{V1}/account").headers["RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        response = mine.client.get(f"{V1}/account")
        answer(response, 429)
        assert response.headers["Retry-After"] == response.headers["RateLimit-Reset"] == "40"
        assert response.headers["RateLimit-Limit"] == "3"
        other.get("account")
        mine.post("sources", {}, 400)  # writes are counted for themselves
        mine.post("sources", {}, 429)
    with time_machine.travel("2030-01-01T00:01:00Z", tick=False):
        mine.get("account")


def test_without_the_cache_everybody_is_let_in(anna, settings, monkeypatch):
    settings.PERMILLE_API_LIMITS = {"read": 1, "write": 1}
    nobody_there = Redis(host="127.0.0.1", port=1)
    monkeypatch.setattr(limits, "counter", lambda: nobody_there)
    for _call in range(3):
        response = anna.client.get(f"{V1}/account")
        assert response.status_code == 200
        assert "RateLimit-Limit" not in response.headers


# --- bodies --------------------------------------------------------------------------------------

GOOD = {"traffic_type": "content_site", "title": "Deals", "url": "https://deals.example.org/"}
WRONG_JSON = [
    b"", b"{", b"nul", b"{'a': 1}", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}',
    b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b"\xff\xfe", b'{"a": "\xff"}',
    b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50, b"9" * 5_000, b'{"a": 1} x',
    b"\xef\xbb\xbf{}",
]  # fmt: skip


@pytest.mark.parametrize("raw", WRONG_JSON, ids=lambda raw: raw[:12].decode("latin-1"))
def test_what_is_no_json_is_refused_with_a_sentence(raw):
    with pytest.raises(APIException) as refused:
        read_json(raw)
    assert refused.value.status_code == 400
    assert len(str(refused.value.detail)) < 500


@settings(max_examples=100, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers(-10**15, 10**15) | st.text(
        st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), inner), max_leaves=8,
))  # fmt: skip
def test_json_is_read_as_it_is(value):
    if len(json.dumps(value)) < DEEPEST:
        assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"other": 1}, "#/other"), ({"title": 1}, "#/title"), ({"title": None}, "#/title"),
        ({"title": ""}, "#/title"), ({"title": "x" * 201}, "#/title"),
        ({"title": "a\x00b"}, "#/title"), ({"title": "\ud800"}, "#/title"),
        ({"title": ["x"]}, "#/title"), ({"countries": "RU"}, "#/countries"),
        ({"countries": [1]}, "#/countries/0"),
        ({"keywords": {"name": "x", "content": "!", }}, "#/keywords/content"),
        ({"keywords": {"name": "x", "content": "aGk=", "size": 2}}, "#/keywords/size"),
    ],
)  # fmt: skip
def test_wrong_bodies_are_pointed_at_and_write_nothing(anna, changed, pointer):
    before = Source.objects.count()
    told = anna.post("sources", json.dumps({**GOOD, **changed}), 400)
    assert told["pointer"] == pointer
    assert Source.objects.count() == before


def test_bodies_that_are_no_object_or_too_large_are_refused(anna, monkeypatch):
    for body in ("[]", '"x"', "1", "null", "true"):
        anna.post("sources", body, 400)
    monkeypatch.setattr(SourcesView, "largest_body", 100)
    anna.post("sources", json.dumps({**GOOD, "audience": "x" * 200}), 413)


def test_words_are_words():
    assert Words(most=3).run_validation("abc") == "abc"


def test_a_period_is_half_open(anna):
    moments = sorted(
        OrderLine.objects.filter(publisher__code="anna").values_list("created_at", flat=True)
    )
    start, end = moments[3], moments[7]
    found = anna.get("orders", **{"from": start.isoformat(), "to": end.isoformat()})["items"]
    wanted = [one for one in moments if start <= one < end]
    assert len(found) == len(wanted)
    later = anna.get("orders", **{"from": (moments[-1] + timedelta(seconds=1)).isoformat()})
    assert later["items"] == []
