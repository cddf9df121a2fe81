"""How long orders take to be confirmed is measured, and told only where there is something."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commissions.confirmation import measure_confirmation
from commissions.models import ConfirmationTime, OrderLine, Programme
from tests import backoffice
from tests.backoffice import order, take

NOW = datetime(2021, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def programme(code: str = "one") -> Programme:
    return Programme.objects.create(
        code=code, name=code, time_zone="UTC", currency="USD", feed_time_zone="UTC"
    )


def line(of: Programme, number: int, settled_at: datetime | None, took: timedelta, **more) -> None:
    """A line that was settled then, so long after it had been placed."""
    OrderLine.objects.create(
        **{
            "programme": of, "order_id": number, "sub_order_id": number, "feed_status": 3,
            "created_at": (settled_at or NOW) - took, "settled_at": settled_at, "paid_cents": 1,
            "is_hot": False, "is_affiliate": True, "country": "US", "status": "confirmed",
            "base_cents": 1, "rated_cents": 0, "commission_cents": 0,
        } | more
    )  # fmt: skip


def measured(of: Programme) -> tuple[int, int, int]:
    row = ConfirmationTime.objects.get(programme=of)
    return row.lines, row.median_days, row.slow_days


@pytest.mark.django_db
def test_without_a_line_that_was_settled_nothing_is_written():
    one = programme()
    line(one, 1, None, 50 * DAY, status="waiting")
    assert measure_confirmation(at=NOW) == 0
    assert not ConfirmationTime.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "settled_at", "took", "counts"),
    [
        ("confirmed", NOW, 50 * DAY, True),
        ("paid", NOW - 364 * DAY, 50 * DAY, True),
        ("rejected", NOW - DAY, 50 * DAY, False),
        ("hold", NOW - DAY, 50 * DAY, False),
        ("confirmed", NOW - 365 * DAY, 50 * DAY, False),
        ("confirmed", NOW + timedelta(seconds=1), 50 * DAY, False),
        ("confirmed", NOW - DAY, -DAY, False),
        ("confirmed", NOW - DAY, timedelta(), True),
    ],
)
def test_a_line_counts_that_earned_and_was_settled_in_the_year_before(
    status, settled_at, took, counts
):
    line(programme(), 1, settled_at, took, status=status)
    assert measure_confirmation(at=NOW) == int(counts)


@pytest.mark.django_db
def test_days_are_whole_ones_and_a_later_measure_takes_the_place_of_the_first():
    one = programme()
    line(one, 1, NOW, 51 * DAY - timedelta(seconds=1))
    measure_confirmation(at=NOW)
    assert measured(one) == (1, 50, 50)
    line(one, 2, NOW, 70 * DAY)
    line(one, 3, NOW, 60 * DAY)
    measure_confirmation(at=NOW + DAY)
    assert measured(one) == (3, 60, 70)
    assert ConfirmationTime.objects.get().measured_at == NOW + DAY


@pytest.mark.django_db
def test_each_programme_is_measured_by_itself_and_one_without_lines_keeps_what_it_had():
    one, other = programme("one"), programme("other")
    line(one, 1, NOW - 300 * DAY, 10 * DAY)
    line(other, 2, NOW, 90 * DAY)
    assert measure_confirmation(at=NOW) == 2
    assert measure_confirmation(at=NOW + 200 * DAY) == 1
    assert (measured(one), measured(other)) == ((1, 10, 10), (1, 90, 90))


@pytest.mark.django_db
def test_lines_that_came_by_the_feed_are_measured(tmp_path):
    facts = backoffice.facts(tmp_path)
    times = {
        "created_time": "2021-03-01 10:00:00",
        "completed_settlement_time": "2021-05-01 10:00:00",
    }
    take(facts, tmp_path, [order(1, **times), order(2, status="Payment Completed")])
    assert measure_confirmation(at=NOW) == 1
    # An hour less than sixty-one days: the merchant's clocks were put forward between.
    assert measured(facts) == (1, 60, 60)


class AnyLines(TestCase):
    """The database and plain arithmetic agree."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(0, 200), min_size=1, max_size=30))
    def test_the_measure_is_the_first_day_within_which_half_and_nine_in_ten_are(self, days):
        one = programme()
        with transaction.atomic():
            for number, took in enumerate(days):
                line(one, number, NOW, took * DAY)
        measure_confirmation(at=NOW)
        within = sorted(days)
        assert measured(one) == (
            len(days),
            within[ceil(len(days) / 2) - 1],
            within[ceil(len(days) * 9 / 10) - 1],
        )
