"""A published rulebook is told to every publisher, in their language and as it concerns them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from commissions.models import Programme, Rulebook, WhatIf
from commissions.rulebooks.announcing import announce
from publishers.models import Letter, Publisher
from publishers.operations import open_block
from tests.fact_files import Folder, aliexpress
from tests.rulebooks import book_of, publish

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 6, 1, 9, tzinfo=UTC)
MOSCOW = datetime(2021, 7, 1, tzinfo=UTC) - timedelta(hours=3)


@pytest.fixture
def programme(tmp_path) -> Programme:
    """The programme as it ships; anna reads Russian, boris English."""
    made = aliexpress()
    Folder(tmp_path, made).with_sources()
    Publisher.objects.filter(code="boris").update(language="en")
    return made


def letter(code: str) -> Letter:
    return Letter.objects.get(publisher__code=code)


def shipped(programme: Programme, version: int, starts_at: datetime, **more: object) -> Rulebook:
    """A published rulebook."""
    return Rulebook.objects.create(
        programme=programme, version=version, starts_at=starts_at, title_en="Brand list",
        title_ru="Список брендов", status="published", published_at=NOW, referral_bp=500,
        shipped=True, **more,
    )  # fmt: skip


def tried(rulebook: Rulebook, **cents: tuple[int, int]) -> WhatIf:
    """A what-if with the commission of publishers before and after."""
    what_if = WhatIf.objects.create(
        rulebook=rulebook, digest="", from_at=rulebook.starts_at, asked_at=NOW, state="done"
    )
    figures = {"": (9, 9)} | {
        str(Publisher.objects.get(code=code).pk): cents[code] for code in cents
    }
    for key, (before, after) in figures.items():
        what_if.figures.create(
            dimension="publisher", key=key, lines=1, lines_changed=1, before_cents=before,
            after_cents=after,
        )  # fmt: skip
    what_if.figures.create(
        dimension="total", key="", lines=1, lines_changed=1, before_cents=5, after_cents=6
    )
    return what_if


def test_a_publication_writes_to_each_publisher_in_their_language(programme, settings):
    settings.PERMILLE_SITE_URL = "https://network.example"
    book = replace(
        book_of(programme, 4), starts_at=MOSCOW, title_en="Summer & sun", title_ru="Лето & солнце"
    )
    made = publish(programme, book, NOW)
    russian, english = letter("anna"), letter("boris")
    assert (russian.language, english.language) == ("ru", "en")
    assert english.subject == "AliExpress: new conditions from 1 July 2021. Summer & sun"
    assert "Лето & солнце" in russian.subject
    assert "1 июля 2021" in russian.subject
    page = f"/programmes/aliexpress/rules/{made.version}/"
    assert f"https://network.example/en{page}\n" in english.text
    assert f"https://network.example/ru{page}\n" in russian.text
    assert "In force from 1 July 2021 on the programme's clock, Europe/Moscow." in english.text
    assert english.key == f"rulebook:{made.pk}:{english.publisher_id}"
    assert (english.made_at, english.sent_at) == (NOW, None)


def test_a_letter_says_each_sentence_of_the_rules_once_and_in_their_order(programme):
    book = replace(book_of(programme, 4), starts_at=MOSCOW)
    publish(programme, book, NOW)
    for code, sentences in (
        ("anna", [rule.sentence_ru for rule in book.rules]),
        ("boris", [rule.sentence_en for rule in book.rules]),
    ):
        text = letter(code).text
        expected = list(dict.fromkeys(sentences))
        assert [text.count(one) for one in expected] == [1] * len(expected)
        assert sorted(expected, key=text.index) == expected


def test_a_rulebook_to_come_tells_of_no_effect_and_no_past(programme):
    publish(programme, replace(book_of(programme, 4), starts_at=MOSCOW), NOW)
    for words in ("already", "Why:", "Your commission", "corrects"):
        assert words not in letter("boris").text


def test_a_retroactive_rulebook_says_why_and_what_it_changes_for_each(programme):
    book = shipped(programme, 9, NOW - timedelta(days=9), reason="The <merchant> told us late.")
    what_if = tried(book, boris=(12_345, 10_000), anna=(1_000, 1_250))
    announce(book, what_if=what_if, at=NOW)
    english, russian = letter("boris"), letter("anna")
    assert "new conditions since 23 May 2021, 12:00" in english.subject
    assert "The <merchant> told us late." in english.text
    assert "123.45 USD until now, 100.00 USD under these conditions, -23.45 USD" in english.text
    assert "reckoned on 1 June 2021, 12:00" in english.text
    for money in ("10,00 USD", "12,50 USD", "+2,50 USD"):
        assert money in russian.text
    assert "123" not in russian.text


def test_who_loses_and_gains_nothing_is_told_so(programme):
    book = shipped(programme, 9, NOW - timedelta(days=9), reason="Late.")
    announce(book, what_if=tried(book, anna=(700, 700)), at=NOW)
    assert "Your commission for those orders stays as it is." in letter("boris").text
    assert "USD" not in letter("anna").text


def test_a_correction_names_the_version_whose_place_it_takes(programme):
    old = Rulebook.objects.get(version=4)
    book = shipped(programme, 9, old.starts_at, reason="A rate was wrong.")
    announce(book, what_if=None, at=NOW)
    assert "It corrects version 4, and takes its place." in letter("boris").text


def test_blocked_accounts_are_not_told(programme):
    anna = Publisher.objects.get(code="anna")
    open_block(publisher_id=anna.pk, ground="case:1", at=NOW)
    announce(shipped(programme, 9, MOSCOW), what_if=None, at=NOW)
    assert [one.publisher.code for one in Letter.objects.all()] == ["boris"]


def test_a_publication_that_is_undone_tells_nobody(programme):
    with transaction.atomic():
        announce(shipped(programme, 9, MOSCOW), what_if=None, at=NOW)
        assert Letter.objects.count() == 2
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


def test_twice_announced_is_told_once(programme):
    book = shipped(programme, 9, MOSCOW)
    announce(book, what_if=None, at=NOW)
    announce(book, what_if=None, at=NOW)
    assert Letter.objects.count() == 2


def test_thousands_are_told_in_few_queries(programme, django_assert_max_num_queries):
    Publisher.objects.bulk_create(
        Publisher(
            code=f"p{number}", name="P", email=f"p{number}@example.net", registered_at=NOW,
            language=("ru", "en")[number % 2],
        )
        for number in range(7_000)
    )  # fmt: skip
    book = shipped(programme, 9, NOW - timedelta(days=9), reason="Late.")
    what_if = tried(book, anna=(700, 900))
    with django_assert_max_num_queries(20):
        announce(book, what_if=what_if, at=NOW)
    assert Letter.objects.count() == 7_002
