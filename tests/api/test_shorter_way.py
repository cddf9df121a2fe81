"""What a program reads with a key goes a shorter way, and is answered as on the usual one."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import RequestFactory

from commissions.api.order_pages import read_lines
from commissions.api.orders import COLUMNS
from config.api.urls import urlpatterns
from publishers.api.frame import FOR_PROGRAMS, reads_by_key
from tests.api.callers import V1, clerk, key_for, network, of, some_orders

pytestmark = pytest.mark.django_db

# Of no use to a program that reads: it has a key and no session, form, page or second factor.
FOR_BROWSERS = {
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "publishers.public.devices.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "publishers.public.second_factor.StaffSecondFactorMiddleware",
}
USUAL = {"cookie": "any=1"}  # Whoever sends a cookie goes the usual way.


def addresses() -> list[str]:
    """Every address of the API, with a number or a word where it has a place for one."""
    return [
        f"{V1}/" + "/".join("1" if part.startswith("<") else part for part in route.split("/"))
        for route in sorted({str(one.pattern) for one in urlpatterns})
    ]


def told(method: str, path: str, **headers: str):
    """All of an answer but the count of calls."""
    response = Client(headers={"x-request-id": "n", **headers}).generic(method, path)
    body = b"".join(response) if response.streaming else response.content
    counted = ("RateLimit-Remaining", "Set-Cookie")
    heads = {name: value for name, value in response.headers.items() if name not in counted}
    return response.status_code, heads, body, response.cookies.output()


def both(method: str, path: str, **headers: str):
    """The same asked on both ways."""
    return told(method, path, **headers), told(method, path, **headers, **USUAL)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_address_answers_the_same_on_both_ways(tmp_path, method):
    some_orders(network(tmp_path), tmp_path)
    keys = [key_for(of("anna"))[1], key_for(clerk("view_case", "view_feedimport"))[1], "no.key"]
    statuses = set()
    with time_machine.travel(datetime.now(UTC), tick=False):
        for text in keys:
            for path in [*addresses(), f"{V1}/nothing", f"{V1}/orders/", f"{V1}/orders?x=1"]:
                short, usual = both(method, path, authorization=f"Bearer {text}")
                assert short == usual, path
                statuses.add(short[0])
    assert {200, 400, 401, 403, 404} <= statuses


@pytest.mark.parametrize(
    "headers",
    [{"accept-language": "ru"}, {"accept-language": "de"}, {"accept": "text/html"},
     {"accept": "application/json;q=0.1"}, {"host": "elsewhere.example"},
     {"origin": "https://elsewhere.example"}, {"user-agent": ""}],
)  # fmt: skip
def test_headers_mean_the_same_on_both_ways(tmp_path, headers):
    some_orders(network(tmp_path), tmp_path)
    bearer = {"authorization": f"Bearer {key_for(of('anna'))[1]}"}
    with time_machine.travel(datetime.now(UTC), tick=False):
        for path in ("orders?limit=1", "orders?limit=x", "nothing"):
            short, usual = both("GET", f"{V1}/{path}", **bearer, **headers)
            assert short == usual


@pytest.mark.parametrize(
    ("method", "headers", "by_key"),
    [
        ("GET", {"authorization": "Bearer a.b"}, True),
        ("HEAD", {"authorization": "bearer a.b"}, True),
        ("POST", {"authorization": "Bearer a.b"}, False),
        ("GET", {"authorization": "Bearer a.b", "cookie": "sessionid=1"}, False),
        ("GET", {"authorization": "Basic YTpi"}, False),
        ("GET", {}, False),
    ],
)
def test_only_reads_with_a_key_and_nothing_of_a_browser_go_the_shorter_way(method, headers, by_key):
    assert reads_by_key(RequestFactory(headers=headers).generic(method, V1)) is by_key


def test_of_each_middleware_it_is_said_whether_programs_pass_it():
    names = settings.MIDDLEWARE
    behind = names[names.index("publishers.api.frame.ApiMiddleware") + 1 :]
    passed = [f"{one.__module__}.{one.__qualname__}" for one in FOR_PROGRAMS]
    assert [name for name in behind if name not in FOR_BROWSERS] == passed


def test_the_first_page_is_planned_once_and_not_for_each_call(tmp_path):
    some_orders(network(tmp_path), tmp_path)
    publisher = of("anna").publisher_id
    for most in (51, 3, 51, 3, 51, 3, 51, 3):
        assert read_lines(COLUMNS, {"publisher": publisher}, most=most)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(generic_plans) FROM pg_prepared_statements"
            " WHERE statement LIKE '%commissions_orderline l%ORDER BY%'"
        )
        (kept,) = cursor.fetchone()
    assert kept >= 1
