"""Honest traffic of many shapes is clear; each planted fraud is found from its minimum on."""

import math
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors import cookie_stuffing, merchant_referrers
from compliance.detectors.suspicion import Gravity
from compliance.detectors.thresholds import DEFAULTS, THRESHOLDS
from compliance.detectors.traffic import (
    DELAY_STEPS,
    EARLY_SECONDS,
    SPIKE_SECONDS,
    Delays,
    Traffic,
)

DAYS_3 = 259_200


def delays_of(seconds: list[int]) -> Delays:
    """The counts that the database makes of these delays."""
    stretches = Counter(one // SPIKE_SECONDS for one in seconds)
    most = max(((n, -at) for at, n in stretches.items()), default=(0, 0))
    return Delays(
        count=len(seconds), by_second=Counter(one for one in seconds if one < 60),
        early=sum(one < EARLY_SECONDS for one in seconds),
        within=sum(one < 10 * EARLY_SECONDS for one in seconds),
        fullest_at=-most[1] * SPIKE_SECONDS, fullest=most[0],
        steps=Counter(sum(one >= step for step in DELAY_STEPS) for one in seconds),
    )  # fmt: skip


def signs(traffic: Traffic, limits=DEFAULTS) -> set[str]:
    found = cookie_stuffing.judge(traffic, limits)
    return {sign.sign for sign in found.signs} if found else set()


# --- honest ------------------------------------------------------------------------------------

# What brings buyers, and how they buy: the median delay in seconds, how wide it spreads, orders to
# 10,000 clicks, clicks that an element or a page of the merchant's wrongly causes to 10,000.
SHAPES = {
    "cashback: straight to the checkout": (90, 0.9, 900, 3),
    "coupons": (240, 1.1, 500, 3),
    "reviews and price comparison": (2_400, 1.6, 150, 10),
    "video channel": (5_400, 1.7, 60, 10),
    "newsletter": (3_600, 1.5, 100, 30),
    "furniture, thought over for a day": (21_600, 1.5, 200, 10),
    "teaser that hardly sells": (1_200, 1.5, 12, 30),
    "toolbar by agreement": (150, 1.0, 700, 5),
    "older browsers that say nothing": (1_800, 1.6, 150, 10),
}


def honest(shape: str, clicks: int, chance: random.Random) -> Traffic:
    median, spread, orders_per, noise_per = SHAPES[shape]

    def some(per: float) -> int:
        """How many of the clicks, drawn by a normal or a Poisson law."""
        mean = clicks * per / 10_000
        if mean > 50:
            return max(0, round(chance.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), chance.random(), 0
        while product > limit:
            product *= chance.random()
            count += 1
        return count

    orders = some(orders_per)
    seconds = [
        max(6, int(chance.lognormvariate(math.log(median), spread))) for _ in range(orders)
    ]  # fmt: skip
    # A buyer whose cart was full, and clocks that differ: one order in two hundred is quick.
    seconds = [chance.randrange(5) if chance.random() < 0.005 else one for one in seconds]
    embedded = min(clicks, some(noise_per))
    silent = clicks // 2 if "older" in shape else clicks // 20
    prefetched = min(clicks - silent - embedded, some(300)) if clicks > 100 else 0
    dests = {"document": clicks - embedded - silent - prefetched, "iframe": embedded,
             "": silent, "empty": prefetched}  # fmt: skip
    return Traffic(
        clicks, dests, min(clicks, some(10)), min(clicks, some(2)), orders, True,
        delays_of(seconds),
    )  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_honest_traffic_is_clear(shape):
    chance = random.Random(shape)
    drawn, struck = 4_000, []
    for _ in range(drawn):
        traffic = honest(shape, int(10 ** chance.uniform(0.5, 4.3)), chance)
        if merchant_referrers.judge(traffic, DEFAULTS) or signs(traffic):
            struck.append((traffic.clicks, signs(traffic)))
    assert len(struck) <= drawn / 1_000, struck


@pytest.mark.parametrize("shape", SHAPES)
def test_a_great_source_is_clear(shape):
    chance = random.Random(shape)
    traffic = honest(shape, 300_000, chance)
    assert not merchant_referrers.judge(traffic, DEFAULTS)
    assert not signs(traffic)


def test_nothing_is_clear():
    assert not signs(Traffic())
    assert merchant_referrers.judge(Traffic(), DEFAULTS) is None


@given(
    clicks=st.integers(0, 10**7),
    dests=st.dictionaries(st.sampled_from(["", "empty", "document"]), st.integers(0, 10**6)),
)
def test_navigations_prefetches_and_silence_are_no_elements_of_a_page(clicks, dests):
    assert not signs(Traffic(clicks=clicks, fetch_dests=dests))


# --- planted -----------------------------------------------------------------------------------


def ordinary(orders: int = 0) -> Traffic:
    """A thousand clicks and as many ordinary orders as wanted."""
    return Traffic(
        1_000, {"document": 1_000}, 0, 0, orders, True,
        delays_of([600 + 97 * n for n in range(orders)]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "dest", ["image", "iframe", "frame", "script", "style", "object", "embed", "video", "other"]
)
@given(count=st.integers(10, 5_000))
def test_clicks_loaded_by_an_element_are_found_from_the_minimum_on(dest, count):
    assert signs(Traffic(count, {dest: count})) == {"embedded"}


@given(others=st.integers(0, 200), count=st.integers(0, 200))
def test_elements_are_found_exactly_where_count_and_share_reach_their_thresholds(others, count):
    traffic = Traffic(others + count, {"document": others, "image": count})
    reached = count >= 10 and count * 10_000 // max(1, others + count) >= 1_000
    assert ("embedded" in signs(traffic)) is reached


@given(orders=st.integers(3, 27), second=st.integers(0, 4), late=st.integers(0, 20))
def test_orders_at_once_after_the_click_are_found_from_the_third_on(orders, second, late):
    traffic = replace(
        ordinary(), delays=delays_of([second] * orders + [3_000 + 700 * n for n in range(late)])
    )
    assert "quick" in signs(traffic)
    assert "quick" not in signs(replace(traffic, delays=delays_of([second] * 2 + [5] * orders)))


@given(count=st.integers(50, 400), shift=st.integers(0, 1_000))
def test_orders_spread_evenly_over_three_days_are_found_from_the_fiftieth_on(count, shift):
    spread = [(shift + n * DAYS_3 // count) % DAYS_3 for n in range(count)]
    assert "flat" in signs(replace(ordinary(), delays=delays_of(spread)))


@given(seed=st.integers(0, 10**6))
def test_orders_by_chance_in_three_days_are_found_as_flat(seed):
    chance = random.Random(seed)
    spread = [chance.randrange(DAYS_3) for _ in range(120)]
    assert "flat" in signs(replace(ordinary(), delays=delays_of(spread)))


def test_forty_nine_orders_are_too_few_to_judge_their_spread():
    spread = [n * DAYS_3 // 49 for n in range(49)]
    assert signs(replace(ordinary(), delays=delays_of(spread))) == set()


@given(at=st.integers(5, 20_000), count=st.integers(30, 300))
def test_orders_at_one_delay_are_found_from_the_thirtieth_on(at, count):
    stretch = at // 10 * 10
    delays = delays_of([max(5, stretch + n % 10) for n in range(count)])
    assert signs(replace(ordinary(), delays=delays)) == {"spike"}
    few = delays_of([max(5, stretch + n % 10) for n in range(29)])
    assert signs(replace(ordinary(), delays=few)) == set()


@given(clicks=st.integers(10_000, 10**6))
def test_clicks_that_hardly_an_order_follows_are_found_from_ten_thousand_on(clicks):
    few = (2 * clicks - 1) // 10_000
    assert signs(Traffic(clicks=clicks, orders=few, orders_known=True)) == {"idle"}
    assert signs(Traffic(clicks=clicks, orders=few + 1, orders_known=True)) == set()
    assert signs(Traffic(clicks=clicks, orders=few)) == set(), "the feed has not come yet"


def test_nine_thousand_clicks_without_an_order_are_too_few():
    assert signs(Traffic(clicks=9_999, orders_known=True)) == set()


@given(count=st.integers(5, 500))
def test_clicks_from_the_checkout_are_found_from_the_fifth_on(count):
    traffic = Traffic(clicks=count * 100, merchant_referrers=count, checkout_referrers=count)
    assert signs(traffic) == {"checkout"}
    assert signs(replace(traffic, clicks=count * 102)) == set()


@given(count=st.integers(10, 10_000))
def test_clicks_from_the_merchants_pages_are_found_from_the_tenth_on(count):
    traffic = Traffic(clicks=count * 100, merchant_referrers=count)
    assert merchant_referrers.judge(traffic, DEFAULTS).gravity == Gravity.LOW
    assert merchant_referrers.judge(replace(traffic, clicks=count * 102), DEFAULTS) is None
    few = replace(traffic, clicks=9, merchant_referrers=9)
    assert merchant_referrers.judge(few, DEFAULTS) is None


@pytest.mark.parametrize(
    ("clicks", "gravity"), [(100, Gravity.LOW), (10, Gravity.MEDIUM), (2, Gravity.HIGH)]
)
def test_the_greater_the_share_from_the_merchant_the_graver(clicks, gravity):
    traffic = Traffic(clicks=clicks * 10, merchant_referrers=10)
    assert merchant_referrers.judge(traffic, DEFAULTS).gravity == gravity


def test_one_strong_sign_is_of_middling_gravity_two_are_grave_and_hints_are_light():
    one = Traffic(100, {"document": 85, "iframe": 15})
    two = replace(one, delays=delays_of([100 * n for n in range(7, 30)] + [1] * 5))
    most = Traffic(100, {"document": 10, "iframe": 90})
    hint = Traffic(clicks=100, checkout_referrers=10)
    gravity = [cookie_stuffing.judge(each, DEFAULTS).gravity for each in (hint, one, two, most)]
    assert gravity == [Gravity.LOW, Gravity.MEDIUM, Gravity.HIGH, Gravity.HIGH]


# --- thresholds and sentences ------------------------------------------------------------------


PLANTED = {
    "embedded_share": Traffic(100, {"document": 80, "iframe": 20}),
    "quick_share": replace(ordinary(), delays=delays_of([1] * 3 + [200 * n for n in range(5, 12)])),
    "flat_early_share": replace(
        ordinary(), delays=delays_of([n * DAYS_3 // 60 for n in range(60)])
    ),
    "spike_share": replace(ordinary(), delays=delays_of([70] * 40 + [900])),
    "idle_orders": Traffic(clicks=20_000, orders=1, orders_known=True),
    "checkout_share": Traffic(clicks=100, checkout_referrers=20),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_threshold_moved_past_what_was_measured_silences_its_sign(name):
    found = cookie_stuffing.judge(PLANTED[name], DEFAULTS)
    (sign,) = found.signs
    assert sign.threshold_name == name
    beyond = 0 if name in {"flat_early_share", "idle_orders"} else 10_000
    assert cookie_stuffing.judge(PLANTED[name], {**DEFAULTS, name: beyond}) is None


@pytest.mark.parametrize("name", PLANTED)
def test_a_sign_says_its_figures_in_a_sentence(name):
    (sign,) = cookie_stuffing.judge(PLANTED[name], DEFAULTS).signs
    told = sign.sentence % sign.figures
    assert "%(" not in told
    assert str(sign.figures[next(iter(sign.figures))]) in told


def test_every_threshold_has_a_default_within_its_bounds_and_a_sentence():
    for spec in THRESHOLDS.values():
        assert spec.least <= spec.default <= spec.most
        assert spec.sentence.endswith(".")
