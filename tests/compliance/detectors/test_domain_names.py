"""A name that carries the brand is found, with the step that found it; any text gets an answer."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compliance.detectors.domain_names import check_name
from compliance.detectors.domain_names.parsing import parse
from compliance.detectors.domain_names.readings import latin_letter
from compliance.detectors.domain_names.sentences import _PROBLEMS, _STEPS
from compliance.detectors.domain_names.similarity import likeness
from compliance.detectors.finding import Verdict

ZERO_WIDTH_SPACE = "\u200b"
SOFT_HYPHEN = "\u00ad"

CARRIED = {
    # Seen in the wild.
    "ExpressAli": "token_order",
    "BabaAli": "token_order",
    "AliEx@ss": "masked",
    "aliexpressservice": "containment",
    "aliexpressaapparel": "containment",
    # The merchant's own.
    "aliexpress.com": "containment",
    "https://m.aliexpress.ru/item/1.html?af=x": "containment",
    "shop.alibaba": "own_suffix",
    # One step each.
    "get-aliexpress-coupons.net": "containment",
    "ali-express.com": "hyphens",
    f"ali{ZERO_WIDTH_SPACE}express.com": "invisible",
    f"ali{SOFT_HYPHEN}express.com": "invisible",
    "аliехрrеss.com": "skeleton",
    "ạlıexpress.com": "skeleton",
    "ａｌｉｅｘｐｒｅｓｓ": "containment",
    "алиэкспресс.рф": "transliteration",
    "али-экспресс.рф": "transliteration",
    "aliekspress.ru": "transliteration",
    "a1iexpress.com": "digit",
    "cheap-al1expre55-shop.com": "digit",
    "@liexpre$$": "symbol",
    "ali.express": "tld_word",
    "aliexpr.es/s": "tld_word",
    "a.liexpress.com": "joined_labels",
    "login.aliexpress.com.evil.ru": "containment",
    "淘宝网": "native",
    "aliexpresss.com": "containment",
    "aliiexpress.com": "doubled",
    "aliexpres.com": "undoubled",
    "alixepress.biz": "transposed",
    "aliexprwss.com": "keyboard",
    "aliexprass.com": "vowel",
    "aliezpress.com": "keyboard",
    "aliepress.com": "dropped",
    "aliexpreqss.com": "inserted",
    "user:aliexpress.com@evil.com": "containment",
    # Communities.
    "@ali_express_deals": "hyphens",
    "vk.com/aliexpress_skidki": "containment",
    "https://t.me/s/alibaba_news": "containment",
    "youtube.com/@%D0%B0%D0%BB%D0%B8%D0%B1%D0%B0%D0%B1%D0%B0": "transliteration",
    "Али Экспресс: скидки каждый день": "transliteration",
    "Taobao для новичков": "containment",
    "1688shop": "containment",
    "t-mall.ru": "hyphens",
}


@pytest.mark.parametrize(("name", "step"), CARRIED.items())
def test_the_step_that_matched_is_told(name, step):
    report = check_name(name)
    assert report.verdict is Verdict.BRAND
    assert step in {finding.step for finding in report.findings}
    assert {finding.rule for finding in report.findings} == {"F32"}


FOR_A_PERSON = {
    "aliex": "shortened",
    "aliexp": "shortened",
    "alix": "shortened",
    "aliexpo.com": "shortened",
    "ali-skidki.ru": "shopping_word",
    "alideals.com": "shopping_word",
    "myalishop.com": "shopping_word",
    "Али: скидки и купоны": "shopping_word",
    "ali-super-express.com": "scattered",
    "alexpress.com": "dropped",
    "ailexpress.biz": "transposed",
    "gmall.com": "keyboard",
    "168.com": "undoubled",
    "founded1688.com": "containment",
    "алипэйй.рф": "transliteration",
    "taob.ao": "tld_word",
    "t.mall.com": "joined_labels",
    "16-88.com": "hyphens",
}


@pytest.mark.parametrize(("name", "step"), FOR_A_PERSON.items())
def test_a_close_call_is_for_a_person(name, step):
    report = check_name(name)
    assert report.verdict is Verdict.REVIEW
    assert report.findings[0].step == step


NO_NAME = {
    "": "empty",
    "   ": "empty",
    "...": "empty",
    "https://": "empty",
    "///": "empty",
    "-_-": "empty",
    "a" * 254: "too_long",
    "https://" + "a" * 254 + ".com": "too_long",
    "x" * 100_000: "too_long",
    "vk.com/" + "a" * 254: "too_long",
    "http://127.0.0.1:8000/": "address",
    "[::1]": "address",
    "xn--\u00e9.com": "punycode",
    "xn--99999999999.com": "punycode",
}


@pytest.mark.parametrize(("name", "step"), NO_NAME.items())
def test_what_cannot_be_a_name_is_answered_with_a_sentence(name, step):
    report = check_name(name)
    assert report.verdict is Verdict.REVIEW
    assert [finding.step for finding in report.findings] == [step]
    assert len(report.findings[0].sentence) < 300


@pytest.mark.parametrize(
    "name",
    [
        "https://myblog.ru/aliexpress-review",
        "youtube.com/channel/UC1688abcd",
        "youtube.com/watch?v=aliexpress",
        "t.me/joinchat/aliexpress",
        "t.me/+alibaba",
        "vk.com/club716888",
        "https://alias.example/?to=aliexpress.com",
        "ali.ru",
        "www.ali.com",
        "express.com",
        "baba.net",
        "natali.express",
        "capitali.express",
        "www.xn--e1afmkfd.xn--p1ai",
    ],
)
def test_what_is_not_the_name_is_not_judged(name):
    assert check_name(name).verdict is Verdict.CLEAR


def test_the_sentence_names_the_word_the_form_and_what_to_do():
    (finding,) = check_name("super-ali-express-24.com").findings
    assert finding.sentence == (
        "“super-ali-express-24” without its separators holds “aliexpress”: the protected word"
        " AliExpress. Register the source under a name without it."
    )
    assert finding.detail == {
        "brand": "AliExpress",
        "matched": "aliexpress",
        "part": "super-ali-express-24",
    }


def test_sentences_are_translated_by_whom_the_caller_names():
    (finding,) = check_name("taobao", lambda message: f"<{message}>").findings
    assert finding.sentence.startswith("<“taobao” in “taobao” is the protected word Taobao.>")


def test_every_sentence_can_be_filled():
    for sentence in _STEPS.values():
        assert sentence % {"form": "f", "place": "p", "brand": "b"}
    for sentence in _PROBLEMS.values():
        assert sentence % {"given": "g", "most": 253}


def test_what_turns_the_line_round_is_shown_as_its_number():
    (finding,) = check_name("\u202ealiexpress").findings
    assert "\u202e" not in finding.sentence
    assert "\\u202ealiexpress" in finding.sentence


@given(st.text(max_size=400))
@example("xn--")
@example("xn--a-.xn--")
@example("\ud800.com")
@example("ali\x00express")
@example("http://[::1")
@example("%00%ff%zz.com/%")
@example("@@@@")
@settings(max_examples=300)
def test_any_text_gets_an_answer(text):
    report = check_name(text)
    assert report.as_json()["checked"] == text
    assert (report.verdict is Verdict.CLEAR) == (not report.findings)


@given(st.text("ali.expr-@/s 168tmбаэк", max_size=60))
@settings(max_examples=300)
def test_any_mixture_of_the_letters_gets_an_answer(text):
    assert check_name(text).checked == text


@given(st.sampled_from(["AliExpress.com", "ALI-BABA.net", "Tao-Bao", "алиЭКСПРЕСС"]))
def test_capitals_and_outer_blanks_change_nothing(name):
    loud, quiet = check_name(f"  {name.upper()} "), check_name(name.lower())
    assert loud.verdict is quiet.verdict is Verdict.BRAND


@given(st.text("abelixprs", min_size=7, max_size=13))
def test_likeness_costs_nothing_only_for_the_word_itself(text):
    found = likeness("aliexpress", text)
    assert (found.cost == 0) == (text == "aliexpress")
    assert bool(found.slips) == (found.cost > 0)


@pytest.mark.parametrize(
    ("text", "cost", "slips"),
    [
        ("aliexpress", 0, ()),
        ("a1iexpress", 3, ("lookalike",)),
        ("aliexxpress", 4, ("doubled",)),
        ("aliexpres", 4, ("undoubled",)),
        ("alixepress", 6, ("transposed",)),
        ("aliexpross", 8, ("vowel",)),
        ("aliexprews", 8, ("keyboard",)),
        ("aliexvress", 10, ("replaced",)),
        ("aliexress", 10, ("dropped",)),
        ("alivexpress", 10, ("inserted",)),
    ],
)
def test_each_slip_has_its_cost(text, cost, slips):
    found = likeness("aliexpress", text)
    assert (found.cost, found.slips) == (cost, slips)


@pytest.mark.parametrize(
    ("sign", "letter"), [("а", "a"), ("ł", "l"), ("ɫ", "l"), ("ӏ", "l"), ("ʀ", "r"), ("ε", "e")]
)
def test_signs_are_read_as_the_letters_they_look_like(sign, letter):
    assert latin_letter(sign) == letter


def test_hosts_are_taken_apart_as_they_are_read():
    name = parse("https://user@WWW.Shop.Example.co.uk:8080/path?q#f")
    assert name.labels == ("Shop", "Example")
    assert name.suffix == ("co", "uk")


def test_hostile_names_take_no_longer_than_others():
    hostile = ["ali" * 84, "aliexpres-" * 25, "a1" * 126, "shop" * 63, "@l" * 120, "." * 2000]
    hostile += ["1688-" * 50, "ɑ" * 250, "rnnn" * 60, "ali.express." * 21]
    began = time.process_time()
    for name in hostile:
        check_name(name)
    assert time.process_time() - began < 2.0
