"""The publisher's pages of money: home, statistics, orders and files tell one and the same sums."""

import csv
import io
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commissions.admin.publisher_books import balances, lines_by_status
from commissions.cuts.enums import CutBy, DateKind
from commissions.models import LedgerAccount, OrderLine, Programme
from commissions.queries import balances_of
from config.portal.home import earned
from publishers.figures import money, month
from publishers.models import Click, Publisher
from tests.portal import of_publisher
from tests.portal_worlds import medium_books, sheet_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("medium")]
CHANCE = random.Random(21)
STATISTICS, ORDERS = "/en/my/statistics/", "/en/my/orders/"
ALL = {"period": "own", "first": "2018-01-01", "last": "2021-12-31"}


@pytest.fixture(scope="module")
def medium(django_db_setup, django_db_blocker):
    with medium_books(django_db_blocker):
        Click.objects.update(sub1="=1+1", sub3="-x")
        yield


@pytest.fixture
def biggest() -> Publisher:
    """The publisher that has the most lines."""
    found = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
    most = found.annotate(n=Count("pk")).order_by("-n").first()
    return Publisher.objects.get(pk=most["publisher_id"])


@pytest.fixture
def client(biggest) -> Client:
    return of_publisher(biggest.code)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def csv_rows(client: Client, address: str, asked: dict[str, str]) -> list[dict[str, str]]:
    text = body(client.get(address, asked)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def sheet(client: Client, address: str, asked: dict[str, str]) -> list[list[str]]:
    return sheet_rows(body(client.get(address, asked)))


def cents(amount: Any) -> int:
    return int(Decimal(str(amount)).scaleb(2).to_integral_value())


def random_asked(by: CutBy, dates: DateKind) -> dict[str, str]:
    first = date(2018, 10, 1) + timedelta(CHANCE.randrange(800))
    last = first + timedelta(CHANCE.randrange(200))
    zone = CHANCE.choice(["", "UTC", "Asia/Tokyo", "America/New_York"])
    asked = {"period": "own", "first": str(first), "last": str(last), "by": by.value,
             "dates": dates.value, "zone": zone}  # fmt: skip
    return {key: value for key, value in asked.items() if value}


def listed(client: Client, asked: dict[str, str]) -> list[int]:
    """The numbers of the lines on every page of the list."""
    found, address = [], ORDERS
    while address:
        page = client.get(address, asked)
        found += [row["pk"] for row in page.context["rows"]]
        address, asked = page.context["older"], {}
    return found


@pytest.mark.parametrize("by", CutBy)
@pytest.mark.parametrize("dates", DateKind)
def test_page_csv_xlsx_and_orders_have_the_same_sums(client, by, dates):
    asked = random_asked(by, dates)
    page = client.get(STATISTICS, asked)
    found = page.context["found"]
    rows = [(pair, name) for pair, name, _address in page.context["rows"]]
    table = csv_rows(client, f"{STATISTICS}table.csv", asked)
    assert [row["lines"] for row in table] == [
        str(one.row.sums.lines) for one in (*found.pairs, found.total)
    ]
    assert [int(row["commission_cents"]) for row in table] == [
        one.row.sums.commission_cents for one in (*found.pairs, found.total)
    ]
    cells = sheet(client, f"{STATISTICS}table.xlsx", asked)[1:]
    for (pair, name), line, said in zip(rows, cells, table, strict=False):
        assert line[0] == name
        assert said["name"].removeprefix("'") == name
        assert (int(line[1]), cents(line[3]), cents(line[7])) == (
            pair.row.sums.lines, pair.row.sums.base_cents, pair.row.sums.commission_cents,
        )  # fmt: skip
    lines = csv_rows(client, f"{ORDERS}file/", {**asked, "format": "csv"})
    total = found.now.total
    assert len(lines) == total.lines
    assert sum(int(line["commission_cents"]) for line in lines) == total.commission_cents
    assert sum(int(line["sales_cents"]) for line in lines) == total.base_cents
    assert [line["number"] for line in lines] == [str(pk) for pk in listed(client, asked)]
    spread = sheet(client, f"{ORDERS}file/", {**asked, "format": "xlsx"})[1:]
    assert sum(cents(line[-2]) for line in spread) == total.commission_cents


@pytest.mark.parametrize("by", CutBy)
def test_following_a_row_shows_the_orders_of_its_sums(client, by):
    page = client.get(STATISTICS, {**ALL, "last": "2020-06-30", "by": by.value, "dates": "placed"})
    rows = page.context["rows"]
    for pair, _name, address in CHANCE.sample(rows, min(3, len(rows))):
        found = OrderLine.objects.filter(pk__in=listed_at(client, address))
        assert found.count() == pair.row.sums.lines
        assert sum(found.values_list("commission_cents", flat=True)) == (
            pair.row.sums.commission_cents
        )


def listed_at(client: Client, address: str) -> list[int]:
    found = []
    while address:
        page = client.get(address)
        found += [row["pk"] for row in page.context["rows"]]
        address = page.context["older"]
    return found


def test_statistics_by_status_are_the_admins_page_of_the_publisher(client, biggest):
    page = client.get(STATISTICS, {**ALL, "by": "status"})
    own = {pair.row.key: pair.row.sums for pair, _name, _address in page.context["rows"]}
    staffs = lines_by_status(biggest)
    assert len(staffs) == len(own)
    for row in staffs:
        sums = own[row["address"].partition("status=")[2].partition("&")[0]]
        assert row["commission"] == money(sums.commission_cents)
        assert row["lines"].replace(",", "") == str(sums.lines)


def test_balances_are_the_admins_and_the_sums_of_lines_that_wait(client, biggest):
    page = client.get("/en/my/")
    [(own, referral_cents)] = page.context["balances"]
    [staffs] = balances(biggest.pk)
    assert (own.waiting_cents, own.hold_cents, own.available_cents) == (
        staffs.waiting_cents, staffs.hold_cents, staffs.available_cents,
    )  # fmt: skip
    total = client.get(STATISTICS, ALL).context["found"].now.total
    assert own.waiting_cents == total.waiting_cents
    assert own.hold_cents == total.hold_cents
    confirmed = total.confirmed_cents + referral_cents
    assert own.available_cents == confirmed


def test_home_says_of_its_days_what_the_statistics_say(client, biggest):
    programme = Programme.objects.get()
    for _again in range(5):
        at = datetime(2019, 1, 1, 21, tzinfo=UTC) + timedelta(CHANCE.randrange(600))
        found = earned(biggest, programme, at, named=False)
        for sums, address in (
            (found["today"], found["today_address"]),
            (found["month"].row.sums, found["month_address"]),
            (found["last_month"], found["last_month_address"]),
        ):
            page = client.get(address)
            assert page.context["found"].now.total.by_status == sums.by_status
        before = client.get(found["month_address"]).context["found"].total_before
        if at.day > 1:
            assert found["month"].before.lines <= found["last_month"].lines
            assert before.lines >= 0


def test_currencies_are_never_added_up(client, biggest):
    other = Programme.objects.create(
        code="other", name="Other", time_zone="UTC", currency="EUR", feed_time_zone="UTC"
    )
    LedgerAccount.objects.create(programme=other, publisher=biggest, kind="hold", balance_cents=7)
    euros, dollars = balances_of(biggest.pk)
    assert (euros.currency, euros.hold_cents, dollars.currency) == ("EUR", 7, "USD")
    page = client.get(STATISTICS, {**ALL, "programme": "other"})
    assert page.context["currency"] == "EUR"
    assert page.context["found"].now.total.lines == 0
    first = client.get(STATISTICS, ALL)
    assert first.context["currency"] == "USD"
    assert 'name="programme"' in first.content.decode()


# --- what is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"period": "own"}, "An own period needs its days"),
        ({"first": "2021-03-02", "last": "2021-03-01"}, "must not end before it starts"),
        ({"first": "1999-01-01"}, "is no day of this century"),
        ({"first": "2001-01-01", "last": "2020-01-01"}, "At most ten years"),
        ({"first": "x"}, "Enter a valid date"),
        ({"period": "sometimes"}, "Select a valid choice"),
        ({"by": "moon"}, "Select a valid choice"),
        ({"zone": "Europe/Atlantis"}, "Select a valid choice"),
        ({"lacking": "wit"}, "is nothing that lines lack"),
        ({"sub1": "a\x00"}, "Null characters"),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_shown(client, asked, sentence):
    page = client.get(STATISTICS, asked)
    assert sentence in page.content.decode()
    assert "found" not in page.context
    assert client.get(f"{STATISTICS}table.csv", asked).status_code == 404


def test_any_clock_of_the_world_may_be_asked(client):
    page = client.get(STATISTICS, {**ALL, "zone": "Asia/Kathmandu"})
    assert page.context["found"].now.total.lines > 0


def test_an_empty_period_leads_to_the_month_of_the_latest_order(client):
    page = client.get(STATISTICS)
    assert "Nothing in this period." in page.content.decode()
    there = client.get(page.context["latest_address"])
    assert there.context["found"].now.total.lines > 0


def test_texts_that_a_spreadsheet_would_reckon_are_escaped(client):
    rows = csv_rows(client, f"{STATISTICS}table.csv", {**ALL, "by": "sub1"})
    assert {row["key"] for row in rows if row["key"]} == {"'=1+1", "total"}
    lines = csv_rows(client, f"{ORDERS}file/", {"format": "csv"})
    assert {line["sub3"] for line in lines} == {"'-x", ""}
    cells = sheet(client, f"{ORDERS}file/", {"format": "xlsx"})
    assert "=1+1" in {line[7] for line in cells}


def test_a_row_is_followed_where_it_lacks_something_too(client):
    page = client.get(STATISTICS, {**ALL, "by": "sub1", "lacking": "rule"})
    for pair, _name, address in page.context["rows"]:
        if pair.row.sums.lines:
            assert len(listed_at(client, address)) == pair.row.sums.lines


# --- one's own alone -----------------------------------------------------------------------------


def test_lines_of_others_and_of_nobody_are_not_there(client, biggest):
    others = OrderLine.objects.exclude(publisher=biggest).filter(publisher__isnull=False).first()
    nobodys = OrderLine.objects.filter(publisher__isnull=True).first()
    none = client.get(f"{ORDERS}999999999/")
    for line in (others, nobodys):
        answer = client.get(f"{ORDERS}{line.pk}/")
        assert answer.status_code == none.status_code == 404
        found = client.get(ORDERS, {"q": line.sub_order_id})
        assert found.context["rows"] == []
    assert client.get(f"{ORDERS}{2**70}/").status_code == 404


def test_an_order_is_found_by_either_number(client, biggest):
    line = OrderLine.objects.filter(publisher=biggest).first()
    for wanted in (line.order_id, line.sub_order_id):
        rows = client.get(ORDERS, {"q": wanted}).context["rows"]
        assert line.pk in {row["pk"] for row in rows}
    assert client.get(ORDERS, {"q": line.sub_order_id[:-1]}).context["rows"] == []


def test_the_page_of_every_kind_of_line_says_why(client, biggest):
    kinds = OrderLine.objects.filter(publisher=biggest).order_by("status", "reason", "pk")
    for line in kinds.distinct("status", "reason"):
        page = client.get(f"{ORDERS}{line.pk}/")
        text = re.sub(r"\s+", " ", page.content.decode())
        assert money(line.commission_cents) in text
        assert "Why this amount?" in text
        assert bool(page.context["what_to_do"]) == bool(line.reason)
        waits = line.status in ("waiting", "hold")
        assert bool(page.context["when"]) == (waits or line.status == "confirmed")
        moved = sum(1 for one in page.context["history"])
        assert moved >= (1 if line.commission_cents else 0)


# --- as few questions ----------------------------------------------------------------------------


def questions(client: Client, address: str, asked: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as found:
        body(client.get(address, asked or {}))
    return len(found)


def smallest() -> Publisher:
    """A publisher that has a line, and hardly more."""
    found = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
    least = found.annotate(n=Count("pk")).order_by("n").first()
    return Publisher.objects.get(pk=least["publisher_id"])


@pytest.mark.parametrize("by", CutBy)
def test_statistics_ask_as_few_questions_of_many_lines_as_of_few(client, by):
    few = of_publisher(smallest().code)
    for name in ("", "table.csv", "table.xlsx"):
        asked = {**ALL, "by": by.value}
        many = questions(client, STATISTICS + name, asked)
        assert many <= questions(few, STATISTICS + name, asked) + 1 <= 14


@pytest.mark.parametrize("address", [ORDERS, "/en/my/", f"{ORDERS}file/?format=csv"])
def test_pages_ask_as_few_questions_of_many_lines_as_of_few(client, address):
    few = of_publisher(smallest().code)
    assert questions(client, address) <= questions(few, address) + 1 <= 30


def test_the_list_counts_nothing(client):
    with CaptureQueriesContext(connection) as found:
        client.get(ORDERS)
    assert not [one["sql"] for one in found if "COUNT(" in one["sql"]]


def test_totals_are_what_the_front_page_reads(biggest):
    programme = Programme.objects.get()
    for at, asked in ((timezone.now(), 3), (last_order(biggest), 1)):
        with CaptureQueriesContext(connection) as found:
            earned(biggest, programme, at, named=False)
        assert ["dailytotal" in one["sql"] for one in found] == [True] * asked


# --- the publisher's own clock, and months in which nothing happens ------------------------------


def last_order(publisher: Publisher) -> datetime:
    """When the publisher's latest order that earns was placed."""
    lines = OrderLine.objects.filter(publisher=publisher, commission_cents__gt=0)
    return lines.latest("created_at").created_at


def lines_between(publisher: Publisher, first: datetime, end: datetime) -> int:
    return OrderLine.objects.filter(
        publisher=publisher, created_at__gte=first, created_at__lt=end
    ).count()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_days_are_the_publishers_where_the_address_names_no_clock(client, biggest, zone):
    Publisher.objects.filter(pk=biggest.pk).update(time_zone=zone)
    biggest.refresh_from_db()
    at = last_order(biggest)
    own_day = at.astimezone(ZoneInfo(zone)).date()
    start = datetime.combine(own_day, datetime.min.time(), ZoneInfo(zone))
    wanted = lines_between(biggest, start, start + timedelta(1))
    day = {"period": "own", "first": str(own_day), "last": str(own_day)}
    page = client.get(STATISTICS, day)
    assert page.context["zone"] == zone
    assert f"{zone} (yours)" in page.content.decode()
    assert page.context["found"].now.total.lines == wanted > 0
    assert len(listed_at(client, page.context["orders_address"])) == wanted
    named = client.get(STATISTICS, {**day, "zone": "UTC"})
    assert named.context["zone"] == "UTC"
    found = earned(biggest, Programme.objects.get(), at, named=False)
    assert found["today"].lines == wanted
    assert found["zone"] == zone
    of_month = lines_between(biggest, start.replace(day=1), start + timedelta(1))
    assert found["month"].row.sums.lines == of_month


@pytest.mark.parametrize("zone", ["", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_home_leads_to_the_last_month_that_earned(client, biggest, zone):
    Publisher.objects.filter(pk=biggest.pk).update(time_zone=zone)
    biggest.refresh_from_db()
    page = client.get("/en/my/")
    [found] = page.context["earned"]
    text = page.content.decode()
    assert "Nothing was earned this month yet." in text
    assert month(found["latest_month"]) in text
    there = client.get(found["latest_address"]).context["found"].now.total
    assert there.by_status == found["latest"].by_status
    clock = ZoneInfo(zone or Programme.objects.get().time_zone)
    last = last_order(biggest).astimezone(clock)
    assert f"first={last.date().replace(day=1)}" in found["latest_address"]
    assert there.commission_cents > 0
    at = last_order(biggest)
    assert "latest" not in earned(biggest, Programme.objects.get(), at, named=False)


def test_who_never_earned_is_led_to_no_month(biggest):
    nobody = Publisher.objects.create(
        code="new", name="New", email="n@example.net", registered_at=timezone.now()
    )
    assert "latest" not in earned(nobody, Programme.objects.get(), timezone.now(), named=False)
