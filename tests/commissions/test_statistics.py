"""The statistics are what the lines come to, at every moment, and staff see them by the month."""

import re
from collections import Counter
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commissions import statistics
from commissions.models import DailyTotal, NetworkTotal, OrderLine, Programme
from commissions.queries import confirmed_by_rate
from compliance.operations import block_account
from publishers.models import Publisher, User
from referrals.operations import credit_referrals
from tests import backoffice
from tests.backoffice import signed_in, superuser
from tests.journeys.orders import (
    INVALID,
    NOW,
    PAID,
    RECEIVED,
    booked,
    found_case,
    golden_facts,
    order,
)
from tests.journeys.worlds_through import assert_books_agree

pytestmark = pytest.mark.django_db

FIRST, END = date(2019, 3, 1), date(2019, 4, 1)


@pytest.fixture
def programme() -> Programme:
    return golden_facts()


def shown(
    programme: Programme, publisher: str = "", first: date = FIRST, end: date = END
) -> list[tuple[Any, ...]]:
    """The statistics' rows, of the whole network where nobody is named."""
    of = Publisher.objects.get(code=publisher) if publisher else None
    return [tuple(row) for row in statistics.by_day_and_status(programme, first, end, of)]


def counted(
    programme: Programme, publisher: str = "", first: date = FIRST, end: date = END
) -> list[tuple[Any, ...]]:
    """The same, from the lines."""
    lines = OrderLine.objects.filter(programme=programme)
    if publisher:
        lines = lines.filter(publisher__code=publisher)
    found: dict[tuple[date, str], Counter[str]] = {}
    for line in lines:
        day = line.created_at.astimezone(ZoneInfo(programme.time_zone)).date()
        if first <= day < end:
            sums = found.setdefault((day, line.status), Counter())
            sums.update(lines=1, base=line.base_cents, commission=line.commission_cents)
    return [
        (*key, sums["lines"], sums["base"], sums["commission"])
        for key, sums in sorted(found.items())
    ]


def assert_right(programme: Programme) -> None:
    for publisher in ("", *Publisher.objects.values_list("code", flat=True)):
        assert shown(programme, publisher) == counted(programme, publisher), publisher
    cents: Counter[tuple[int, int]] = Counter()
    for line in OrderLine.objects.filter(status="confirmed").select_related("rulebook"):
        cents[line.publisher_id, line.rulebook.referral_bp] += line.commission_cents
    confirmed = {
        (row.publisher_id, row.referral_bp): row.cents
        for row in confirmed_by_rate(None)
        if row.cents
    }
    assert confirmed == {key: value for key, value in cents.items() if value}
    credit_referrals(at=NOW)
    assert_books_agree()


def test_they_follow_every_word_of_the_feed_and_every_decision(programme):
    booked(
        order(1), order(2, source="boris-cb"), order(3, source="nobody-at-all"),
        order(4, status=PAID), order(5, created_time="2019-03-02 10:00:00"),
    )  # fmt: skip
    assert_right(programme)
    assert {row[1] for row in shown(programme)} >= {"confirmed", "waiting"}
    booked(order(4, status=RECEIVED), order(5, status=INVALID, created_time="2019-03-02 10:00:00"))
    assert_right(programme)
    booked(order(2, source="anna-site"))
    assert_right(programme)
    block_account(case_id=found_case("anna", "x").pk, by=None, at=NOW, reason="")
    assert_right(programme)
    assert {row[1] for row in shown(programme, "anna")} == {"rejected"}


def test_lines_of_nobody_are_in_the_networks_days_alone(programme):
    booked(order(1, source="nobody-at-all"))
    assert [row[2] for row in shown(programme)] == [1]
    assert not DailyTotal.objects.exists()
    assert_right(programme)


def test_a_day_is_the_programmes_own_and_the_end_is_not_in(programme):
    # The feed's clock is Los Angeles', the programme's Moscow's: ten hours later.
    booked(
        order(1, created_time="2019-03-31 13:59:59"), order(2, created_time="2019-03-31 14:00:00")
    )
    days = {line.created_at.astimezone(ZoneInfo(programme.time_zone)).date()
            for line in OrderLine.objects.all()}  # fmt: skip
    assert days == {date(2019, 3, 31), date(2019, 4, 1)}
    assert [row[0] for row in shown(programme)] == [date(2019, 3, 31)]
    assert [row[0] for row in shown(programme, "anna")] == [date(2019, 3, 31)]
    assert statistics.first_and_last_day(programme) == (date(2019, 3, 31), date(2019, 4, 1))


def test_a_total_whose_lines_went_elsewhere_is_not_shown(programme):
    booked(order(1, status=PAID))
    booked(order(1))
    assert NetworkTotal.objects.filter(status="waiting", lines=0).exists()
    assert [row[1] for row in shown(programme)] == ["confirmed"]
    assert [row[1] for row in shown(programme, "anna")] == ["confirmed"]
    anna = Publisher.objects.get(code="anna")
    assert [row["status"] for row in statistics.by_status(anna)] == ["confirmed"]
    assert [row["status"] for row in statistics.by_status_of_network()] == ["confirmed"]


def test_a_month_is_one_question_that_adds_nothing_up(programme):
    booked(order(1), order(2, source="boris-cb"))
    for publisher in ("", "anna"):
        of = Publisher.objects.get(code=publisher) if publisher else None
        with CaptureQueriesContext(connection) as asked:
            list(statistics.by_day_and_status(programme, FIRST, END, of))
        [question] = [query["sql"] for query in asked]
        assert "SUM(" not in question
        assert "GROUP BY" not in question


# --- The staff's page --------------------------------------------------------------------------


def page(client: Client, **asked: str) -> str:
    """The page's text, its white space made single."""
    answer = client.get(reverse("admin:daily_totals"), asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.usefixtures("programme")
def test_the_page_shows_the_month_of_the_latest_order():
    booked(order(1), order(2, source="boris-cb", cents=20_000))
    text = page(superuser())
    assert "2019-03 · the whole network" in text
    assert "1 Mar 2019" in text
    assert "300.00 USD" in text
    assert "21.00 USD" in text
    assert "publisher=" not in text


@pytest.mark.usefixtures("programme")
def test_the_page_shows_one_publishers_month_and_leads_to_its_neighbours():
    booked(order(1), order(2, source="boris-cb", cents=20_000))
    text = page(superuser(), month="2019-03", publisher="boris")
    assert "200.00 USD" in text
    assert "300.00 USD" not in text
    assert "month=2019-02&amp;publisher=boris" in text
    assert "month=2019-04&amp;publisher=boris" in text


@pytest.mark.usefixtures("programme")
def test_the_page_says_that_a_month_has_no_order():
    booked(order(1))
    assert "No order of this month is in the books." in page(superuser(), month="2018-12")


@pytest.mark.usefixtures("programme")
def test_the_page_says_what_is_wrong_with_a_month_and_a_publisher():
    text = page(superuser(), month="2019-13", publisher="zoe")
    assert "2019-13 is not a month" in text
    assert "There is no publisher zoe" in text


def test_the_page_of_empty_books_says_what_to_do(tmp_path):
    backoffice.facts(tmp_path)
    assert "There are no figures yet: upload a feed file." in page(superuser())


def test_who_may_not_see_totals_is_refused():
    client = signed_in("clerk", is_staff=True)
    assert client.get(reverse("admin:daily_totals")).status_code == 403
    may = Permission.objects.get(codename="view_dailytotal")
    User.objects.get(username="clerk").user_permissions.add(may)
    assert client.get(reverse("admin:daily_totals")).status_code == 200
