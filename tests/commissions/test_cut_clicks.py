"""Clicks beside a cut: every click of a period is in one group, and none is in another's."""

import csv
import io
import random
from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from commissions.cuts import days
from commissions.cuts.asked import Asked
from commissions.cuts.clicked import BY_CLICK, OF_CLICK, Clicks, has_clicks
from commissions.cuts.compared import Compared, compared_with_clicks
from commissions.cuts.days import Span
from commissions.cuts.enums import SUBS, CutBy, DateKind, Lacking
from commissions.models import Programme
from publishers.click_counts import click_counts
from publishers.models import Click, Publisher
from tests.portal import of_publisher, text_of
from tests.portal_worlds import medium_books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("medium")]
CHANCE = random.Random(34)
STATISTICS = "/en/my/statistics/"
ALL = {"period": "own", "first": "2018-01-01", "last": "2021-12-31"}


@pytest.fixture(scope="module")
def medium(django_db_setup, django_db_blocker):
    with medium_books(django_db_blocker):
        for number, click in enumerate(Click.objects.order_by("pk")):
            click.sub1, click.sub2 = ("", "=cmd()", "a", "B")[number % 4], str(number % 7)
            click.save(update_fields=["sub1", "sub2"])
        yield


def most_clicked(count: int = 1) -> list[Publisher]:
    owners = Counter(Click.objects.values_list("source__publisher_id", flat=True))
    return [Publisher.objects.get(pk=pk) for pk, _clicks in owners.most_common(count)]


def clicks_in(publisher: Publisher, span: Span) -> list[Click]:
    """The clicks whose day on the clock of the period lies in it, told by Python's calendar."""
    clock = ZoneInfo(span.zone)
    return [
        click
        for click in Click.objects.filter(source__publisher=publisher).select_related("source")
        if span.first <= click.clicked_at.astimezone(clock).date() < span.end
    ]


def key_of(click: Click, by: CutBy, span: Span, zone: str) -> str:
    if by == CutBy.SOURCE:
        return click.source.code
    if by in SUBS:
        return str(getattr(click, by.value))
    day = click.clicked_at.astimezone(ZoneInfo(zone)).date()
    if by == CutBy.WEEK:
        day -= timedelta(day.weekday())
    elif by == CutBy.MONTH:
        day = day.replace(day=1)
    return str(max(day, span.first))


def random_spans(publisher: Publisher, zone: str) -> tuple[Span, Span]:
    """A period that begins with some click of a publisher, and the one before it."""
    clicks = Click.objects.filter(source__publisher=publisher).order_by("pk")
    at = CHANCE.choice(clicks.values_list("clicked_at", flat=True))
    first = days.today(at, zone)
    return days.own_period(first, first + timedelta(CHANCE.randrange(1, 400)), zone)


def told(found: Compared, *, before: bool) -> dict[str, int]:
    """Clicks by key, groups without any left out."""
    sums = {}
    for pair in found.pairs:
        clicked = pair.clicked_before if before else pair.clicked
        key = str(pair.former.first) if before and pair.former else pair.row.key
        if clicked and clicked.clicks:
            assert key not in sums
            sums[key] = clicked.clicks
    return sums


@pytest.mark.parametrize("by", BY_CLICK)
@pytest.mark.parametrize("dates", [DateKind.PLACED, DateKind.CLICKED])
def test_every_click_of_either_period_is_in_the_group_of_its_own(by, dates):
    programme = Programme.objects.get()
    for publisher in most_clicked(2):
        for zone in (programme.time_zone, "Asia/Tokyo"):
            span, before = random_spans(publisher, zone)
            found = compared_with_clicks(Asked(publisher.pk, programme, span, dates), by, before)
            now, then = clicks_in(publisher, span), clicks_in(publisher, before)
            assert (found.clicks, found.clicks_before) == (len(now), len(then))
            assert told(found, before=False) == Counter(key_of(c, by, span, zone) for c in now)
            if all(pair.before is not None for pair in found.pairs):
                wanted = Counter(key_of(c, by, before, zone) for c in then)
                assert told(found, before=True) == wanted
            assert found.clicks_beyond == 0
            total = found.total
            assert total.clicked == Clicks(
                len(now), found.now.total.lines, found.now.total.commission_cents
            )


def test_of_the_orders_by_the_day_of_their_click_none_is_of_a_day_without_clicks():
    programme, [publisher] = Programme.objects.get(), most_clicked()
    span, before = random_spans(publisher, programme.time_zone)
    asked = Asked(publisher.pk, programme, span, DateKind.CLICKED)
    for by in (CutBy.DAY, CutBy.SUB1, CutBy.SOURCE):
        found = compared_with_clicks(asked, by, before)
        assert found.clicks > 0
        assert all(pair.clicked.clicks for pair in found.pairs if pair.row.sums.lines)


def test_filters_of_clicks_choose_clicks_too():
    programme, [publisher] = Programme.objects.get(), most_clicked()
    span, before = random_spans(publisher, "Asia/Omsk")
    clicks = clicks_in(publisher, span)
    source = clicks[0].source.code
    for filters, lacking, wanted in (
        ((("source", source),), (), [c for c in clicks if c.source.code == source]),
        ((("sub1", "a"), ("sub2", "3")), (), [c for c in clicks if (c.sub1, c.sub2) == ("a", "3")]),
        ((), (Lacking.SUB1,), [c for c in clicks if not c.sub1]),
    ):
        asked = Asked(publisher.pk, programme, span, DateKind.PLACED, filters, lacking)
        for by in (CutBy.WEEK, CutBy.SUB2, CutBy.SOURCE):
            found = compared_with_clicks(asked, by, before)
            assert found.clicks == len(wanted)
            assert told(found, before=False) == Counter(
                key_of(click, by, span, "Asia/Omsk") for click in wanted
            )


def test_clicks_of_rare_sub_ids_are_in_the_sum_and_those_of_known_ones_in_their_groups():
    [publisher] = most_clicked()
    span = Span(date(2018, 1, 1), date(2022, 1, 1), "UTC")
    clicks = clicks_in(publisher, span)
    rarest = Counter(click.sub2 for click in clicks).most_common()[-1]
    period = (span.starts_at, span.ends_at)
    [found] = click_counts(
        publisher.pk, "sub2", [period], starts=[period[0]], known=[rarest[0]], most=1
    )
    assert found.total == len(clicks)
    assert dict([rarest]).items() <= found.by_key.items()
    assert len(found.by_key) == 2


def test_what_clicks_do_not_know_has_no_clicks_beside_it():
    asked = Asked(1)
    assert {by for by in CutBy if has_clicks(asked, by)} == set(BY_CLICK)
    assert {CutBy.RULE, CutBy.STATUS, CutBy.COUNTRY}.isdisjoint(BY_CLICK)
    assert not has_clicks(Asked(1, dates=DateKind.SETTLED), CutBy.DAY)
    for name in ("status", "reason", "country", "rule"):
        assert not has_clicks(Asked(1, filters=((name, "x"),)), CutBy.DAY)
    for name in OF_CLICK:
        assert has_clicks(Asked(1, filters=((name, "x"),)), CutBy.DAY)
    assert not has_clicks(Asked(1, lacking=(Lacking.CLICK,)), CutBy.DAY)
    assert not has_clicks(Asked(1, filters=(("sub1", "a"),), lacking=(Lacking.SUB1,)), CutBy.DAY)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(-(10**9), 10**9))
def test_shares_of_clicks_are_the_nearest_whole_ones(clicks, lines, cents):
    found = Clicks(clicks, lines, cents)
    assert 2 * abs(found.conversion_bp * clicks - lines * 10_000) <= clicks
    assert 2 * abs(found.per_hundred_cents * clicks - cents * 100) <= clicks
    assert Clicks(0, lines, cents).conversion_bp is None
    assert Clicks(0, lines, cents).per_hundred_cents is None


@pytest.mark.parametrize("by", BY_CLICK)
def test_clicks_of_two_periods_are_one_question_more(by):
    programme, [publisher] = Programme.objects.get(), most_clicked()
    span, before = random_spans(publisher, "Asia/Omsk")
    with CaptureQueriesContext(connection) as asked:
        compared_with_clicks(Asked(publisher.pk, programme, span), by, before)
    assert len(asked) == 3
    assert sum("publishers_click c" in one["sql"] for one in asked) == 1


# --- the page ------------------------------------------------------------------------------------


def rows_of(client: Client, asked: dict[str, str]) -> list[dict[str, str]]:
    text = b"".join(client.get(f"{STATISTICS}table.csv", asked).streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("by", BY_CLICK)
def test_the_files_have_the_clicks_of_the_page(by):
    [publisher] = most_clicked()
    client = of_publisher(publisher.code)
    asked = {**ALL, "first": "2019-07-01", "last": "2020-06-30", "by": by.value}
    page = client.get(STATISTICS, asked)
    found = page.context["found"]
    assert found.clicks > 0
    for pair, row in zip([*found.pairs, found.total], rows_of(client, asked), strict=True):
        count, share, cents = ("", "", "")
        if pair.clicked:
            count = str(pair.clicked.clicks)
            bp = pair.clicked.conversion_bp
            share = "" if bp is None else f"{bp // 100}.{bp % 100:02d}"
            cents = "" if bp is None else str(pair.clicked.per_hundred_cents)
        assert (row["clicks"], row["conversion_percent"], row["per_100_clicks_cents"]) == (
            count, share, cents,
        )  # fmt: skip
        before = pair.clicked_before
        assert row["clicks_before"] == (str(before.clicks) if before else "")
    said = text_of(page.content.decode())
    assert "per 100 clicks" in said
    assert f"{found.clicks:,}" in said


@pytest.mark.parametrize(
    "asked",
    [{"by": "rule"}, {"by": "status"}, {"by": "day", "status": "hold"}, {"dates": "settled"}],
)
def test_where_clicks_make_no_sense_their_columns_are_absent(asked):
    [publisher] = most_clicked()
    client = of_publisher(publisher.code)
    page = client.get(STATISTICS, {**ALL, **asked})
    assert page.context["found"].clicks is None
    assert "per 100 clicks" not in page.content.decode()
    assert not {"clicks", "per_100_clicks_cents"} & set(rows_of(client, {**ALL, **asked})[0])


def test_of_several_programmes_nobody_knows_which_a_click_was_for():
    [publisher] = most_clicked()
    client = of_publisher(publisher.code)
    assert client.get(STATISTICS, ALL).context["with_clicks"]
    Programme.objects.create(
        code="other", name="Other", time_zone="UTC", currency="EUR", feed_time_zone="UTC"
    )
    assert not client.get(STATISTICS, ALL).context["with_clicks"]
