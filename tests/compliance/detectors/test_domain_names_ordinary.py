"""Ordinary names are clear, those near a brand included."""

import re
from itertools import product
from pathlib import Path

import pytest

from compliance.detectors.domain_names import check_name
from compliance.detectors.finding import Verdict

DATA = Path(__file__).parent / "data"


def words_of(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def groups() -> dict[str, list[str]]:
    text = (DATA / "ordinary_words.txt").read_text(encoding="utf-8")
    parts = re.split(r"^# (.*)$", text, flags=re.M)[1:]
    return {parts[i]: parts[i + 1].split() for i in range(0, len(parts), 2)}


def combined() -> list[str]:
    """First names, places, colours and words of other languages, each before every trade.

    Without those that spell a brand across a border, as Bali Express: they are for review, below.
    """
    kinds = groups()
    trades = kinds.pop("trades and things")
    before = sorted({word for words in kinds.values() for word in words})
    names = (f"{first}{trade}" for first, trade in product(before, trades))
    return [name for name in names if not re.search("aliexpress|alipay", name)]


def not_clear(names: list[str]) -> dict[str, Verdict]:
    verdicts = {name: check_name(name).verdict for name in names}
    return {name: verdict for name, verdict in verdicts.items() if verdict is not Verdict.CLEAR}


@pytest.mark.parametrize("ending", ["com", "ru", "co.uk", "shop"])
def test_sites_that_everybody_knows_are_clear(ending):
    assert not_clear([f"{site}.{ending}" for site in words_of("ordinary_sites.txt")]) == {}


@pytest.mark.parametrize("ending", ["com", "ru", "org", "net"])
def test_names_with_a_part_of_a_brand_in_them_are_clear(ending):
    assert not_clear([f"{name}.{ending}" for name in words_of("ordinary_near.txt")]) == {}


def test_of_made_up_names_one_in_a_thousand_may_be_looked_at():
    names = combined()
    assert len(names) > 10_000
    found = not_clear([f"{name}.com" for name in names])
    assert Verdict.BRAND not in found.values()
    assert len(found) <= 0.001 * len(names), found


def test_the_same_names_with_a_hyphen_or_a_dot_are_clear():
    kinds = groups()
    names = [
        name
        for first, trade in product(kinds["first names"][::2], kinds["trades and things"])
        for name in (f"{first}-{trade}.ru", f"{first}.{trade}.ru")
    ]
    assert len(not_clear(names)) <= 0.001 * len(names), not_clear(names)


# Letters that spell the brand, and may be the end of one word and another: a person decides.
@pytest.mark.parametrize(
    "name",
    [
        *("italiexpress", "baliexpress", "somaliexpress", "realiexpress", "regaliexpress"),
        *("nepali-pay", "balipay", "salimama", "vitali-express"),
    ],
)
def test_a_brand_across_the_border_of_two_words_is_for_review(name):
    assert check_name(f"{name}.com").verdict is Verdict.REVIEW
