"""A mailing is for those who asked for it, and lets them go."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors.mailings import check_mailing

GOOD_IN = "A form on our site with a tick box; a letter asks to confirm."
GOOD_OUT = "An unsubscribe link in the footer of every letter."


def judged(subscribe: str = GOOD_IN, leave: str = GOOD_OUT, letter: str = "") -> tuple[str, list]:
    report = check_mailing("News", subscribe=subscribe, leave=leave, letter=letter)
    assert all(finding.rule == "F27" for finding in report.findings)
    return report.verdict.value, [finding.step for finding in report.findings]


@pytest.mark.parametrize(
    ("subscribe", "leave"),
    [
        (GOOD_IN, GOOD_OUT),
        ("Double opt-in at checkout", "One-click unsubscribe"),
        ("We never buy lists; readers sign up themselves", "Reply STOP"),
        ("No purchased databases: subscription form only", "stop"),
        ("Подписка через форму на сайте, без купленных баз", "Ссылка «Отписаться» в каждом письме"),
        ("Клиент ставит галочку и подтверждает номер", "Ответить СТОП"),
        ("Форма підписки", "Кнопка «Відписатися»"),
        (GOOD_IN, "Write to us, or click the unsubscribe link in every letter"),
    ],
)
def test_a_plain_mailing_is_clear(subscribe, leave):
    assert judged(subscribe, leave) == ("clear", [])


@pytest.mark.parametrize("nothing", ["", "  ", "-", "n/a", "None", "нет", "Не указано", "…"])
def test_both_ways_must_be_said(nothing):
    assert judged(subscribe=nothing) == ("violation", ["subscribe_not_said"])
    assert judged(leave=nothing) == ("violation", ["leave_not_said"])


@pytest.mark.parametrize(
    "subscribe",
    [
        *("We bought a list of addresses", "A purchased database", "Emails scraped from forums"),
        *(
            "Buyers are automatically subscribed",
            "pre-ticked box",
            "cold emails",
            "without consent",
        ),
        *(
            "Купленная база",
            "База спарсена с сайтов",
            "Подписываются автоматически",
            "без согласия",
        ),
    ],
)
def test_nobody_gets_it_unasked(subscribe):
    assert judged(subscribe=subscribe) == ("violation", ["not_of_own_will"])


@pytest.mark.parametrize(
    "leave",
    [
        *("No unsubscribe", "They cannot unsubscribe", "There is no way to leave"),
        *(
            "Unsubscribing is not possible",
            "Отписаться нельзя",
            "Отписка не предусмотрена",
            "нет отписки",
        ),
    ],
)
def test_a_mailing_without_an_unsubscribe_is_a_violation(leave):
    assert judged(leave=leave) == ("violation", ["cannot_leave"])


@pytest.mark.parametrize(
    ("leave", "step"),
    [
        ("Write to our support to unsubscribe", "hard_to_leave"),
        ("Нужно написать в поддержку", "hard_to_leave"),
        ("They know how", "leave_vague"),
    ],
)
def test_a_way_that_is_not_plain_goes_to_a_person(leave, step):
    assert judged(leave=leave) == ("review", [step])


def test_a_vague_start_goes_to_a_person():
    assert judged(subscribe="People like our shop") == ("review", ["subscribe_vague"])


def test_a_sample_letter_must_let_people_go():
    assert judged(letter="Buy phones! Unsubscribe: https://news.example/u") == ("clear", [])
    assert judged(letter="Buy phones!") == ("violation", ["letter"])


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_answer_is_judged(subscribe, leave, letter):
    assert judged(subscribe, leave, letter)[0] in ("clear", "review", "violation")


@pytest.mark.parametrize(
    "piece", ["buy ", "without a ", "list a ", "no ", "reply a ", "write a ", "-"]
)
def test_long_answers_are_judged_at_once(piece):
    begun = time.process_time()
    judged(piece * 50_000, piece * 50_000, piece * 50_000)
    assert time.process_time() - begun < 2
