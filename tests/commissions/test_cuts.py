"""One truth: whatever lines are cut by, on whatever clock, their sums are the books' own."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from commissions import statistics
from commissions.cuts import days
from commissions.cuts.asked import FILTERS, INSTANTS, Asked, lines_of
from commissions.cuts.compared import compared
from commissions.cuts.cut import Cut, Sums, cut
from commissions.cuts.days import Span, buckets, known_zones, midnight
from commissions.cuts.enums import BY_TIME, SUBS, CutBy, DateKind, Lacking, Preset
from commissions.cuts.latest import last_day_of
from commissions.cuts.listing import page_of_lines
from commissions.enums import LineStatus
from commissions.models import OrderLine, Programme, Touch
from commissions.portal.asking import ZONES
from publishers.models import Click, Publisher
from tests.journeys.worlds_through import assert_books_agree
from tests.portal_worlds import medium_books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("medium")]
CHANCE = random.Random(20)
FIRST, END = date(2018, 1, 1), date(2022, 1, 1)
Figures = dict[str, tuple[int, int, int]]


@pytest.fixture(scope="module")
def medium(django_db_setup, django_db_blocker):
    with medium_books(django_db_blocker):
        # Clicks of the world carry no sub ids.
        for number, click in enumerate(Click.objects.order_by("pk")):
            click.sub1, click.sub2 = ("", "=cmd()", "a", "B")[number % 4], str(number % 7)
            click.save(update_fields=["sub1", "sub2"])
        # Sub ids decide nothing.
        Touch.objects.all().delete()
        yield


def biggest(count: int = 1) -> list[Publisher]:
    """The publishers that have the most lines."""
    found = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
    ids = found.annotate(n=Count("pk")).order_by("-n").values_list("publisher_id", flat=True)
    return [Publisher.objects.get(pk=pk) for pk in ids[:count]]


def figures(lines: list[OrderLine]) -> Figures:
    """Lines, sales and commission by status, counted one by one."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        sums = found.setdefault(line.status, Counter())
        sums.update(n=1, base=line.base_cents, commission=line.commission_cents)
    return {key: (one["n"], one["base"], one["commission"]) for key, one in found.items()}


def added(found: Cut) -> Figures:
    """The sums of a cut's rows together."""
    sums = Sums()
    for row in found.rows:
        sums.add_all(row.sums)
    return sums.by_status


def random_span(zone: str) -> Span:
    first = date(2018, 9, 1) + timedelta(CHANCE.randrange(900))
    return Span(first, first + timedelta(1 + CHANCE.randrange(200)), zone)


def instant_of(line: OrderLine, dates: DateKind) -> datetime | None:
    if dates == DateKind.CLICKED:
        return line.click.clicked_at if line.click else None
    return line.settled_at if dates == DateKind.SETTLED else line.created_at


def in_span(lines: list[OrderLine], span: Span, dates: DateKind) -> list[OrderLine]:
    """The lines whose day on the clock of the period lies in it, told by Python's calendar."""
    clock = ZoneInfo(span.zone)
    found = []
    for line in lines:
        at = instant_of(line, dates)
        if at is not None and span.first <= at.astimezone(clock).date() < span.end:
            found.append(line)
    return found


@pytest.mark.parametrize("dates", DateKind)
def test_every_cut_of_every_period_on_every_clock_has_the_lines_sums(dates):
    programme = Programme.objects.get()
    zones = [programme.time_zone, CHANCE.choice(ZONES), "Pacific/Apia"]
    for publisher in biggest(2):
        lines = list(OrderLine.objects.filter(publisher=publisher).select_related("click"))
        for zone in zones:
            span = random_span(zone)
            wanted = figures(in_span(lines, span, dates))
            asked = Asked(publisher.pk, programme, span, dates)
            for by in CutBy:
                found = cut(asked, by)
                assert added(found) == found.total.by_status == wanted, (by, span)


def test_rows_by_day_are_the_days_own_lines():
    programme, [publisher] = Programme.objects.get(), biggest()
    lines = list(OrderLine.objects.filter(publisher=publisher).select_related("click"))
    for zone in (programme.time_zone, "America/New_York"):
        for by in BY_TIME:
            span = Span(date(2019, 2, 11), date(2019, 12, 5), zone)
            for row in cut(Asked(publisher.pk, programme, span), by).rows:
                assert row.sums.by_status == figures(in_span(lines, row.span, DateKind.PLACED))


def test_the_stored_totals_and_the_lines_say_the_same():
    programme = Programme.objects.get()
    for publisher in biggest(3):
        for by in (*BY_TIME, CutBy.STATUS):
            span = random_span(programme.time_zone)
            asked = Asked(publisher.pk, programme, span)
            with CaptureQueriesContext(connection) as stored:
                quick = cut(asked, by)
            # The zone is the same by another name, which nothing is stored for.
            other = Asked(publisher.pk, programme, Span(span.first, span.end, "W-SU"))
            assert "dailytotal" in stored[0]["sql"]
            slow = cut(other, by)
            pairs = zip(quick.rows, slow.rows, strict=True)
            assert all(a.sums.by_status == b.sums.by_status for a, b in pairs)


def test_the_stored_totals_and_the_lines_say_the_same_of_each_status():
    programme, [publisher] = Programme.objects.get(), biggest()
    span = Span(FIRST, END, programme.time_zone)
    lines = list(OrderLine.objects.filter(publisher=publisher).select_related("click"))
    some = 0
    for status in LineStatus.values:
        wanted = {key: sums for key, sums in figures(lines).items() if key == status}
        some += bool(wanted)
        for by in (*BY_TIME, CutBy.STATUS):
            asked = Asked(publisher.pk, programme, span, filters=(("status", status),))
            with CaptureQueriesContext(connection) as stored:
                quick = cut(asked, by)
            assert "dailytotal" in stored[0]["sql"]
            with CaptureQueriesContext(connection) as read:
                slow = cut(asked.of(Span(FIRST, END, "W-SU")), by)
            assert "dailytotal" not in read[0]["sql"]
            assert quick.total.by_status == slow.total.by_status == wanted
            assert [(row.key, row.sums.by_status) for row in quick.rows] == [
                (row.key, row.sums.by_status) for row in slow.rows
            ]
    assert some > 2


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", ""])
def test_the_last_day_is_that_of_the_last_line_on_any_clock(zone):
    programme = Programme.objects.get()
    zone, days_off = zone or programme.time_zone, 0
    for publisher in biggest(20):
        lines = OrderLine.objects.filter(publisher=publisher).order_by("-created_at")
        for earning in (False, True):
            last = (lines.filter(commission_cents__gt=0) if earning else lines).first()
            day = last_day_of(publisher, programme, zone, earning=earning)
            assert day == (last and last.created_at.astimezone(ZoneInfo(zone)).date())
            days_off += day != statistics.last_day_of(publisher, programme, earning=earning)
    assert bool(days_off) == (zone != programme.time_zone)


def test_all_publishers_and_nobody_together_are_the_books():
    programme = Programme.objects.get()
    span = Span(FIRST, END, programme.time_zone)
    for by in (CutBy.DAY, CutBy.SOURCE, CutBy.SUB1, CutBy.RULE):
        total = Sums()
        for pk in Publisher.objects.values_list("pk", flat=True):
            total.add_all(cut(Asked(pk, programme, span), by).total)
        owned = OrderLine.objects.filter(publisher__isnull=False)
        sums = owned.aggregate(n=Count("pk"), base=Sum("base_cents"), c=Sum("commission_cents"))
        assert (total.lines, total.base_cents, total.commission_cents) == (
            sums["n"], sums["base"], sums["c"],
        )  # fmt: skip
    assert_books_agree()


def test_the_orders_behind_each_row_come_to_its_sums():
    programme, [publisher] = Programme.objects.get(), biggest()
    span = Span(date(2019, 1, 1), date(2020, 6, 1), "Asia/Omsk")
    for by in CutBy:
        for row in cut(Asked(publisher.pk, programme, span), by).rows:
            filters = () if by in BY_TIME or row.lacking else ((by.value, row.key),)
            lacking = (Lacking(row.lacking),) if row.lacking else ()
            behind = Asked(publisher.pk, programme, row.span or span, DateKind.PLACED,
                           filters, lacking)  # fmt: skip
            assert figures(list(lines_of(behind))) == row.sums.by_status, (by, row)


@pytest.mark.parametrize("by", CutBy)
def test_any_cut_is_one_question(by):
    programme, [publisher] = Programme.objects.get(), biggest()
    for dates in DateKind:
        span = Span(FIRST, END, "Asia/Omsk")
        with CaptureQueriesContext(connection) as asked:
            cut(Asked(publisher.pk, programme, span, dates), by)
        assert len(asked) == 1


def test_what_a_row_lacks_is_no_value_that_another_could_have():
    programme, [publisher] = Programme.objects.get(), biggest()
    found = cut(Asked(publisher.pk, programme, Span(FIRST, END, "UTC")), CutBy.SUB1)
    keys = {row.identity for row in found.rows}
    assert keys == {("a", ""), ("B", ""), ("=cmd()", ""), ("", "sub1"), ("", "click")}


def test_pages_of_the_list_have_every_line_once_and_lead_back():
    [publisher] = biggest()
    asked = Asked(publisher.pk)
    page, pages = page_of_lines(asked, size=7), []
    while True:
        pages.append([line.pk for line in page.lines])
        if page.older is None:
            break
        page = page_of_lines(asked, after=page.older, size=7)
    wanted = OrderLine.objects.filter(publisher=publisher).order_by("-created_at", "-pk")
    assert [pk for one in pages for pk in one] == list(wanted.values_list("pk", flat=True))
    back = []
    while page.newer is not None:
        page = page_of_lines(asked, before=page.newer, size=7)
        back.append([line.pk for line in page.lines])
    assert back[::-1] == pages[:-1] if len(pages[-1]) == 7 else back


def test_groups_that_are_no_more_are_told_with_what_they_were():
    programme = Programme.objects.get()
    for publisher in biggest(3):
        for by in (CutBy.SOURCE, CutBy.RULE, CutBy.COUNTRY, CutBy.STATUS):
            span = random_span(programme.time_zone)
            _now, before = days.own_period(span.first, span.last, span.zone)
            asked = Asked(publisher.pk, programme, span)
            found = compared(asked, by, before)
            then = sum(pair.before.commission_cents for pair in found.pairs)
            assert then == found.total_before.commission_cents
            assert found.total_before.by_status == cut(asked.of(before), by).total.by_status


# --- days ----------------------------------------------------------------------------------------

ANY_DAY = st.dates(date(2016, 1, 1), date(2026, 12, 31))
ANY_ZONE = st.sampled_from(sorted(known_zones()))


@given(ANY_DAY, st.integers(1, 400), ANY_ZONE, st.sampled_from(BY_TIME))
def test_buckets_part_a_period_without_gap_or_overlap(first, length, zone, by):
    span = Span(first, first + timedelta(length), zone)
    parts = buckets(span, by)
    assert (parts[0].first, parts[-1].end) == (span.first, span.end)
    assert all(a.end == b.first and a.ends_at == b.starts_at for a, b in pairwise(parts))
    assert all(part.days > 0 and part.starts_at <= part.ends_at for part in parts)


@given(ANY_DAY, st.integers(0, 86_399), ANY_ZONE)
def test_an_instant_lies_between_the_midnights_of_its_day(day, second, zone):
    at = datetime.combine(day, time(), UTC) + timedelta(seconds=second)
    day = days.today(at, zone)
    assert midnight(day, zone) <= at < midnight(day + timedelta(1), zone)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2019, 3, 31), "Europe/Berlin", 23), (date(2019, 10, 27), "Europe/Berlin", 25),
        (date(2018, 11, 4), "America/Sao_Paulo", 23), (date(2019, 2, 16), "America/Sao_Paulo", 25),
        (date(2019, 3, 31), "Europe/Moscow", 24), (date(2011, 12, 30), "Pacific/Apia", 0),
    ],
)  # fmt: skip
def test_days_on_which_clocks_are_changed_have_their_own_length(day, zone, hours):
    span = Span(day, day + timedelta(1), zone)
    assert span.ends_at - span.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("name", "period", "before"),
    [
        (Preset.TODAY, ("2021-03-31", "2021-04-01"), ("2021-03-30", "2021-03-31")),
        (Preset.YESTERDAY, ("2021-03-30", "2021-03-31"), ("2021-03-29", "2021-03-30")),
        (Preset.SEVEN_DAYS, ("2021-03-25", "2021-04-01"), ("2021-03-18", "2021-03-25")),
        # February is shorter: it is compared whole.
        (Preset.THIS_MONTH, ("2021-03-01", "2021-04-01"), ("2021-02-01", "2021-03-01")),
        (Preset.LAST_MONTH, ("2021-02-01", "2021-03-01"), ("2021-01-01", "2021-02-01")),
        (Preset.THIS_YEAR, ("2021-01-01", "2021-04-01"), ("2020-01-01", "2020-04-01")),
    ],
)
def test_presets_are_the_days_that_their_names_say(name, period, before):
    spans = days.preset(name, date(2021, 3, 31), "UTC")
    assert [(str(one.first), str(one.end)) for one in spans] == [period, before]


def test_a_leap_day_is_held_against_the_last_of_february():
    _now, before = days.preset(Preset.THIS_YEAR, date(2020, 2, 29), "UTC")
    assert (before.first, before.last) == (date(2019, 1, 1), date(2019, 2, 28))


@given(ANY_DAY, st.integers(0, 400))
def test_an_own_period_is_held_against_one_that_ends_where_it_begins(first, more):
    span, before = days.own_period(first, first + timedelta(more), "UTC")
    assert before.end == span.first
    whole = span.first.day == 1 and span.end.day == 1
    assert whole or before.days == span.days


def test_every_name_of_a_filter_and_a_clock_is_one_of_a_line():
    assert {by.value for by in (CutBy.SOURCE, CutBy.COUNTRY, CutBy.RULE, *SUBS)} <= set(FILTERS)
    assert set(INSTANTS) == set(DateKind)
    assert set(ZONES) <= known_zones()
