"""The daily watch: what it finds in the books, once, and by the thresholds of the time."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors.traffic import checkout_pages, merchant_pages
from compliance.models import Case, Observation, ObservationPolicy, Threshold, WatchMark
from compliance.watching.operations import AlreadyDecided, dismiss_observation, open_case_from
from compliance.watching.traffic import checkout_pattern, merchant_pattern
from publishers.models import AccountBlock, Click, Publisher, User
from publishers.payout_details import set_payout_details
from tests import backoffice
from tests.compliance.watching.clicked import DAY, START, clicks, orders, seen, source, watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _facts(tmp_path):
    backoffice.facts(tmp_path)


def kinds() -> list[str]:
    return sorted(Observation.objects.values_list("kind", flat=True))


def signs_of(observation: Observation) -> list[str]:
    return [sign["sign"] for sign in observation.evidence["signs"]]


# --- found -------------------------------------------------------------------------------------


def test_a_day_of_ordinary_clicks_and_orders_strikes_nobody():
    some = clicks("k", 200)
    orders(some, [60 * n + 40 for n in range(40)])
    assert watched(10) == {"observations": 0, "cases_opened": 0}


def test_clicks_in_frames_are_found_on_the_second_day_with_their_evidence():
    clicks("good", 30)
    clicks("bad", 12, dest="iframe", referrer="https://stuffer.example/page")
    assert watched(1, hour=23)["observations"] == 0, "the day has not settled"
    assert watched(2)["observations"] == 1
    one = Observation.objects.get()
    assert (one.kind, one.publisher.code, one.source.code) == (
        "cookie_stuffing", "anna", "anna-site",
    )  # fmt: skip
    assert (one.window_start, one.window_end) == (START, START + DAY)
    assert one.found_at == START + 2 * DAY + timedelta(hours=3)
    assert signs_of(one) == ["embedded"]
    figures = one.evidence["figures"]
    assert (figures["clicks"], figures["fetch_dests"]) == (42, {"document": 30, "iframe": 12})
    sample = one.evidence["clicks"]
    assert [click["click_id"] for click in sample] == [f"bad-{n}" for n in range(10)]
    assert sample[0]["referrer"] == "https://stuffer.example/page"
    assert one.evidence["thresholds"]["embedded_share"] == 1_000


def test_clicks_from_the_merchants_site_are_found():
    clicks("k", 40, referrer="https://ru.aliexpress.com/item/1.html")
    clicks("other", 40, referrer="https://evil.example/?to=aliexpress.com")
    watched(2)
    one = Observation.objects.get()
    assert (one.kind, one.evidence["signs"][0]["measured"]) == ("merchant_referrer", 5_000)
    assert {click["click_id"][0] for click in one.evidence["clicks"]} == {"k"}


def test_orders_at_once_after_their_click_are_found_with_the_orders():
    some = clicks("k", 100)
    orders(some, [2] * 5 + [400 + 60 * n for n in range(20)])
    watched(2)
    one = Observation.objects.get()
    assert signs_of(one) == ["quick"]
    sample = one.evidence["orders"]
    assert len(sample) == 10
    assert [order["seconds"] for order in sample[:6]] == [2, 2, 2, 2, 2, 400]
    assert one.evidence["figures"]["delay_steps"]["0"] == 5


def test_sub_orders_of_one_order_and_orders_of_one_click_count_once():
    some = clicks("k", 1)
    orders(some, [2, 3, 4, 2, 2])
    assert watched(2)["observations"] == 0


def test_a_trickle_is_found_when_its_week_is_over_and_a_slower_one_after_four():
    for day in range(7):
        clicks(f"week{day}", 2, day=day, dest="image")
    source("slow", "boris")
    for day in range(0, 28, 2):
        clicks(f"slow{day}", 1, day=day, dest="image", source="slow")
    watched(8)
    found = Observation.objects.get()
    assert found.window_end - found.window_start == 7 * DAY
    watched(29)
    later = Observation.objects.exclude(pk=found.pk).get()
    assert (later.source.code, later.window_end - later.window_start) == ("slow", 28 * DAY)


def test_what_a_day_told_its_week_does_not_tell_again():
    clicks("k", 20, dest="image")
    clicks("l", 20, day=20, dest="image")
    watched(60)
    windows = Observation.objects.values_list("window_start", "window_end")
    assert sorted(end - start for start, end in windows) == [DAY, DAY]


def test_clicks_without_orders_wait_until_the_feed_has_come():
    now = [(START + timedelta(seconds=n), f"many-{n}") for n in range(10_000)]
    owner = source("idle", "boris")
    Click.objects.bulk_create(
        Click(click_id=name, source=owner, clicked_at=at) for at, name in now
    )  # fmt: skip
    assert watched(2)["observations"] == 0
    orders(clicks("late", 1), [90])
    assert watched(3)["observations"] == 0, "the feed is not past that day yet"
    orders(clicks("later", 1, day=1), [90], first=50)
    Click.objects.create(click_id="nudge", source=owner, clicked_at=START)
    assert watched(4)["observations"] == 1
    assert signs_of(Observation.objects.get()) == ["idle"]


# --- referrers as the database and as Python read them ------------------------------------------

MERCHANT = [
    "https://aliexpress.com", "http://aliexpress.com/", "https://RU.AliExpress.com/item/1.html",
    "https://m.aliexpress.ru?x=1", "https://aliexpress.us:443/", "https://aliexpress.com./a",
    "https://user:pass@www.aliexpress.com/", "https://trade.aliexpress.com/order",
]  # fmt: skip
OTHERS = [
    "", "aliexpress.com", "https://aliexpress.com.evil.example/", "https://notaliexpress.com/",
    "https://evil.example/aliexpress.com/", "https://evil.example/?u=https://aliexpress.com/",
    "https://evil.example#https://aliexpress.com/", "https://aliexpress.com@evil.example/",
    "https://aliexpress.comx/", "https://aliexpressXcom/", "ftp://aliexpress.com/",
    "https://aliexpress.com\n", "https://evil.example\\@aliexpress.com/", "https:aliexpress.com/",
]  # fmt: skip
CHECKOUT = [
    "https://www.aliexpress.com/p/trade/confirm.html?x=1", "https://trade.aliexpress.com/",
    "https://shoppingcart.aliexpress.com/shopcart/x", "https://aliexpress.ru/checkout",
]  # fmt: skip
NO_CHECKOUT = [
    "https://aliexpress.com/item/1.html?from=checkout", "https://evil.example/checkout",
    "https://aliexpress.com/", "https://trade.example/aliexpress.com/",
]  # fmt: skip


def in_database(pattern: str, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, pattern])
        return bool(cursor.fetchone()[0])


def in_python(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.ASCII) is not None


@pytest.mark.parametrize("text", [*MERCHANT, *CHECKOUT, *OTHERS, *NO_CHECKOUT])
def test_a_referrer_is_the_merchants_by_its_exact_host(text):
    of_merchant = text in MERCHANT or text in CHECKOUT or text in NO_CHECKOUT[0::2]
    assert in_database(merchant_pattern(), text) is of_merchant
    of_checkout = text in CHECKOUT or text == MERCHANT[-1]
    assert in_database(checkout_pattern(), text) is of_checkout


PIECES = st.lists(
    st.sampled_from(
        ["https://", "http://", "aliexpress.com", "aliexpress", ".com", ".ru", "ru.", "evil.", "/",
         "?", "#", "@", "\\", ":", "80", "checkout", "trade.", "cart", "-", "x", "\n", " "]
    ), max_size=8,
).map("".join)  # fmt: skip


@given(text=PIECES)
def test_the_patterns_say_the_same_to_python_and_to_the_database(text):
    domains = settings.PERMILLE_MERCHANT_DOMAINS
    for pattern in (merchant_pages(domains), checkout_pages(domains)):
        assert in_python(pattern, text) is in_database(pattern, text)
    if in_python(checkout_pages(domains), text):
        assert in_python(merchant_pages(domains), text)


# --- once, late, caught up ---------------------------------------------------------------------


def planted() -> None:
    """Four weeks with something of every kind."""
    for day in (0, 3, 4, 9, 22):
        clicks(f"good{day}", 30, day=day)
        clicks(f"frame{day}", 11, day=day, dest="iframe")
    clicks("shop", 15, day=5, referrer="https://aliexpress.com/item/1")
    for day in range(8, 14):
        clicks(f"drip{day}", 2, day=day, dest="script", source="boris-cb")
    orders(clicks("quick", 10, day=6), [1] * 6)
    for at, code in enumerate(("anna", "boris")):
        publisher = Publisher.objects.get(code=code)
        set_payout_details(
            publisher_id=publisher.pk, kind="card", number="4111 1111 1111 1111",
            at=START + (2 + at) * DAY,
        )  # fmt: skip


def test_days_caught_up_together_are_as_day_by_day():
    planted()
    with transaction.atomic():
        for day in range(1, 32):
            watched(day)
        by_day = seen()
        transaction.set_rollback(True)
    assert not seen()
    watched(31)
    assert seen() == by_day
    assert len(by_day) == 9
    assert {kind for kind, *_ in by_day} == {
        "merchant_referrer", "cookie_stuffing", "shared_payout_details",
    }  # fmt: skip


def test_a_run_repeated_finds_nothing_more():
    planted()
    watched(31)
    before = seen()
    assert watched(31)["observations"] == 0
    WatchMark.objects.update(judged_to=None, click_id=0, line_id=0)
    assert watched(31)["observations"] == 0
    assert seen() == before


def test_clicks_that_come_late_are_judged_by_the_next_run():
    clicks("good", 10)
    watched(5)
    clicks("bad", 20, dest="iframe")
    assert watched(6)["observations"] == 1
    one = Observation.objects.get()
    assert one.window_start == START
    assert one.found_at == START + 6 * DAY + timedelta(hours=3), "nobody could know before"


def test_orders_that_come_late_are_judged_by_the_next_run():
    some = clicks("k", 100)
    watched(5)
    orders(some, [1] * 10)
    assert watched(6)["observations"] == 1


def test_a_run_asks_no_more_for_more_clicks_orders_and_days():
    def statements(day: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            watched(day)
        return len(asked)

    clicks("warm", 20, dest="image", day=-5)
    watched(-1)
    clicks("few", 15, dest="image")
    few = statements(3)
    for day in range(4, 8):
        some = clicks(f"many{day}", 300, day=day, dest="image")
    orders(some, [1] * 30)
    clicks("others", 300, day=5, source="boris-cb", dest="image")
    many = statements(12)
    assert Observation.objects.count() >= 6
    assert many <= few + 12, (few, many)  # a span more has become due: the week


# --- thresholds --------------------------------------------------------------------------------


def test_a_finding_is_by_the_threshold_in_force_when_its_window_was_due():
    Threshold.objects.create(
        name="embedded_share", value=9_000, valid_from=START + 4 * DAY, valid_to=START + 9 * DAY
    )
    for day in (0, 3, 10):
        clicks(f"good{day}", 20, day=day)
        clicks(f"bad{day}", 20, day=day, dest="iframe")
    watched(12)
    days = Observation.objects.order_by("window_start").filter(
        window_end__lt=START + 12 * DAY, kind="cookie_stuffing"
    )
    assert [(one.window_start - START).days for one in days] == [0, 10]
    assert {one.evidence["thresholds"]["embedded_share"] for one in days} == {1_000}


def test_thresholds_of_one_name_do_not_overlap_and_stay():
    row = Threshold.objects.create(name="quick_orders", value=4, valid_from=START)
    with pytest.raises(Exception, match="periods_apart"), transaction.atomic():
        Threshold.objects.create(name="quick_orders", value=5, valid_from=START + DAY)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Threshold.objects.filter(pk=row.pk).update(value=1)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        row.delete()
    Threshold.objects.filter(pk=row.pk).update(valid_to=START + DAY)


# --- what becomes of it ------------------------------------------------------------------------


@pytest.fixture
def observation() -> Observation:
    clicks("bad", 20, dest="iframe")
    watched(2)
    return Observation.objects.get()


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk", is_staff=True)


def test_an_observation_opens_no_case_and_blocks_nobody(observation):
    assert not Case.objects.exists()
    assert not AccountBlock.objects.exists()


def test_evidence_is_frozen_and_an_observation_is_kept(observation):
    rows = Observation.objects.filter(pk=observation.pk)
    for change in ({"evidence": {}}, {"severity": 1}, {"found_at": START}, {"kind": "x"}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        rows.delete()
    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute("UPDATE compliance_observation SET evidence = '{}'")


def test_a_case_is_opened_by_a_person_once(observation, clerk):
    at = START + 3 * DAY
    case = open_case_from(observation, by=clerk, at=at)
    observation.refresh_from_db()
    assert (case.kind, case.clause, case.status) == ("cookie_stuffing", "F35", "found")
    assert case.evidence == f"observation:{observation.pk}"
    assert case.evidence_frozen["findings"][0]["sentence"].startswith("Clicks loaded by an element")
    assert case.evidence_frozen["signs"] == observation.evidence["signs"]
    assert (observation.status, observation.case, observation.decided_by) == (
        "case_opened", case, clerk,
    )  # fmt: skip
    for again in (
        lambda: open_case_from(observation, by=clerk, at=at),
        lambda: dismiss_observation(observation=observation, by=clerk, at=at, reason="No."),
    ):
        with pytest.raises(AlreadyDecided):
            again()
    assert not AccountBlock.objects.exists()


def test_an_observation_is_dismissed_with_a_reason(observation, clerk):
    at = START + 3 * DAY
    with pytest.raises(ValueError, match="why"):
        dismiss_observation(observation=observation, by=clerk, at=at, reason=" ")
    done = dismiss_observation(observation=observation, by=clerk, at=at, reason="A widget.")
    assert (done.status, done.decision_reason, done.decided_by) == (
        "dismissed", "A widget.", clerk,
    )  # fmt: skip
    assert watched(40)["observations"] == 0, "it is not told again"


@pytest.mark.parametrize(("severity", "day", "opened"), [(3, 0, 1), (2, 0, 1), (3, 5, 0)])
def test_a_policy_of_the_time_opens_cases(severity, day, opened):
    ObservationPolicy.objects.create(
        kind="cookie_stuffing", mode="open_case", least_severity=severity,
        valid_from=START + day * DAY,
    )  # fmt: skip
    clicks("bad", 20, dest="iframe")
    assert watched(9)["cases_opened"] == opened
    assert Case.objects.filter(status="found").count() == opened
    assert not AccountBlock.objects.exists()
    assert all(one.decided_by is None for one in Observation.objects.all())


def test_a_milder_observation_than_the_policy_names_waits_for_a_person():
    ObservationPolicy.objects.create(kind="merchant_referrer", mode="open_case")
    clicks("k", 90)
    clicks("shop", 10, referrer="https://aliexpress.com/item/1")
    assert watched(2) == {"observations": 1, "cases_opened": 0}
