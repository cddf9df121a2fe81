"""The public pages say what is in force, what was and what will be; and nothing that is a draft."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commissions.models import (
    ConfirmationTime,
    NamedSet,
    Programme,
    Rule,
    Rulebook,
    SetMember,
    TrafficStatement,
)
from commissions.operations.rulebooks import ask_publication
from commissions.public.card import bounds, cards
from commissions.public.timeline import Standing, timeline
from commissions.rulebooks import calendar
from config.security import STRICT_POLICY
from publishers.models import TrafficPermission, TrafficType
from tests.fact_files import aliexpress
from tests.rulebooks import book_of, draft_of, person, publish

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 6, 1, 9, tzinfo=UTC)
PAGE = "/en/programmes/aliexpress/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock of the pages; set it to another time by calling."""

    def move(at: datetime) -> None:
        clock = SimpleNamespace(now=lambda: at)
        monkeypatch.setattr("commissions.public.views.timezone", clock)

    move(NOW)
    return move


def text(client: Client, address: str, status: int = 200) -> str:
    """A page as it is read: without its tags, blanks one wide."""
    response = client.get(address)
    assert response.status_code == status, address
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r" (?=[,.:])", "", re.sub(r"\s+", " ", plain))


def shipped(programme: Programme, version: int, starts_at: datetime, **more: object) -> Rulebook:
    """A published rulebook without rules."""
    return Rulebook.objects.create(
        **{
            "programme": programme, "version": version, "starts_at": starts_at,
            "title_en": f"Title {version}", "title_ru": f"Название {version}", "shipped": True,
            "status": "published", "published_at": NOW, "referral_bp": 500,
        } | more
    )  # fmt: skip


# --- the card and the conditions ----------------------------------------------------------------


def test_the_card_is_made_from_the_rules_in_force(client):
    aliexpress()
    page = text(client, PAGE)
    assert "In force since 10 September 2020: Non-affiliate goods by traffic type" in page
    assert "0.80 % – 70.00 %" in page
    assert "14 days The eleven countries of the sellers" in page
    assert "3 days all other countries" in page
    assert "38.50 USD" in page
    assert "5.00 %" in page


@pytest.mark.parametrize(
    ("at", "rates", "days"),
    [
        ("2019-03-01", "2.40 % – 70.00 %", "3 days every country"),
        ("2019-12-01", "0.80 % – 70.00 %", "3 days every country"),
    ],
)
def test_the_card_is_of_its_time(client, now, at, rates, days):
    aliexpress()
    now(datetime.fromisoformat(at).replace(tzinfo=UTC))
    page = text(client, PAGE)
    assert rates in page
    assert days in page


def test_a_bound_of_nothing_is_no_lowest_rate():
    rules = [
        Rule(outcome="feed_rate", min_bp=0, max_bp=7_000),
        Rule(outcome="rate", rate_bp=80),
        Rule(outcome="nothing"),
    ]
    assert bounds(rules) == (80, 7_000)
    assert bounds([Rule(outcome="rate", rate_bp=0), Rule(outcome="untracked")]) == (None, None)


def test_confirmation_is_as_measured_or_said_to_be_unknown(client):
    programme = aliexpress()
    assert "not measured yet" in text(client, PAGE)
    ConfirmationTime.objects.create(
        programme=programme, measured_at=NOW, lines=1_234, median_days=58, slow_days=69
    )
    page = text(client, PAGE)
    assert "58 days for half of the orders; for nine in ten at most 69 days" in page
    assert "as measured on 1 June 2021, 12:00, over 1234 order lines" in page


def test_each_rule_is_told_in_words_and_in_its_sentence(client):
    aliexpress()
    page = text(client, PAGE)
    for rule in Rule.objects.filter(rulebook__version=4):
        assert rule.sentence_en.replace("'", "&#x27;") in page
    assert "the country of delivery is among “The eleven countries" in page
    assert "everything else 5.50 %" in page


def test_traffic_is_what_is_permitted_now(client):
    aliexpress()
    adult = TrafficType.objects.get(code="adult")
    page = text(client, PAGE)
    assert page.index("Cashback service") < page.index("Only by a written agreement")
    assert page.index("Forbidden") < page.index("Adult traffic")
    TrafficPermission.objects.filter(traffic_type=adult).update(valid_to=NOW)
    TrafficPermission.objects.create(
        programme_code="aliexpress", traffic_type=adult, permission="permitted", valid_from=NOW,
        note_en="Ask for <proof> of age.",
    )  # fmt: skip
    page = text(client, PAGE)
    assert page.index("Adult traffic Ask for &lt;proof&gt; of age.") < page.index("Forbidden")


def test_lists_are_as_they_are_now_and_countries_have_their_names(client):
    aliexpress()
    eleven = NamedSet.objects.get(code="eleven")
    SetMember.objects.filter(named_set=eleven, value="KZ").update(valid_to=NOW)
    SetMember.objects.create(named_set=eleven, value="PL", valid_from=NOW + DAY)
    page = text(client, PAGE)
    assert "10 Armenia, Azerbaijan, Belarus, Georgia, Kyrgyzstan, Moldova" in page
    assert "Kazakhstan" not in page
    assert "Poland" not in page
    assert "Казахстан" not in text(client, PAGE.replace("/en/", "/ru/"))


def test_a_long_list_is_folded_and_a_longer_one_is_counted(client, monkeypatch):
    aliexpress()
    monkeypatch.setattr("commissions.rulebooks.conditions_page.LISTED", 20)
    stores = NamedSet.objects.get(code="brand_stores")
    SetMember.objects.bulk_create(
        SetMember(named_set=stores, value=f"{number}", name=f"Store {number:02}")
        for number in range(23)
    )
    html = client.get(PAGE).content.decode()
    folded = html[html.index("<details>") : html.index("</details>")]
    assert "<summary>Store 00, Store 01, Store 02 …</summary>" in folded
    assert folded.count("<li>") == 20
    assert "and 3 more" in folded


# --- the calendar and its pages -----------------------------------------------------------------


def test_the_calendar_links_every_published_rulebook_and_no_draft(client):
    programme = aliexpress()
    book = replace(book_of(programme, 4), starts_at=NOW + 30 * DAY)
    draft = draft_of(programme, replace(book, title_en="Secret draft"), NOW)
    asked = draft_of(programme, replace(book, title_en="Secret request"), NOW)
    ask_publication(rulebook_id=asked.pk, reason="", by=person("author"), at=NOW)
    coming = publish(programme, replace(book, title_en="Summer"), NOW)
    every = [PAGE, f"{PAGE}news/", "/en/programmes/"]
    assert all("Secret" not in text(client, address) for address in every)
    assert "To come on 1 July 2021, 12:00: Summer" in text(client, PAGE)
    html = client.get(PAGE).content.decode()
    linked = set(re.findall(r"/en/programmes/aliexpress/rules/(\d+)/", html))
    assert linked == {"1", "2", "3", "4", str(coming.version)}
    for version in (draft.version, asked.version):
        assert "There is no such page" in text(client, f"{PAGE}rules/{version}/", 404)


@pytest.mark.parametrize(
    ("version", "standing", "when"),
    [
        (1, "past", "From 10 October 2018 until 11 September 2019."),
        (4, "in force", "From 10 September 2020, until further notice."),
        (5, "to come", "From 1 July 2021, 12:00, until further notice."),
    ],
)
def test_the_page_of_a_version_says_how_it_stands(client, version, standing, when):
    programme = aliexpress()
    if version == 5:
        shipped(programme, 5, NOW + 30 * DAY)
        when_four = "From 10 September 2020 until 1 July 2021, 12:00."
        assert when_four in text(client, f"{PAGE}rules/4/")
    page = text(client, f"{PAGE}rules/{version}/")
    assert f"{standing} {when}" in page
    assert f"Version {version} of the rules of AliExpress, published on" in page


def test_a_superseded_version_stays_readable_and_names_its_successor(client):
    programme = aliexpress()
    start = Rulebook.objects.get(version=3).starts_at
    shipped(programme, 5, start, reason="A rate was wrong.", title_en="Put right")
    old, new = text(client, f"{PAGE}rules/3/"), text(client, f"{PAGE}rules/5/")
    assert "superseded" in old
    assert "These conditions do not hold: version 5 took their place" in old
    assert "Goods shipped to this country earn the rate that the seller has set" in old
    assert "A correction: it takes the place of version 3." in new
    assert "placed before they were published. Why: A rate was wrong." in new
    assert "Version 5 took its place." in text(client, PAGE)
    assert "Version 5 took its place." in text(client, f"{PAGE}news/")


def test_a_version_tells_of_traffic_what_it_states_itself_else_what_held_at_its_start(client):
    programme = aliexpress()
    adult = TrafficType.objects.get(code="adult")
    book = Rulebook.objects.create(
        programme=programme, version=9, starts_at=NOW + DAY, title_en="T", title_ru="T",
        referral_bp=1,
    )  # fmt: skip
    TrafficStatement.objects.create(rulebook=book, traffic_type=adult, permission="permitted")
    Rulebook.objects.filter(pk=book.pk).update(shipped=False)
    book.asked_by, book.asked_at, book.status = person("author"), NOW, "asked"
    book.save()
    book.approved_by, book.published_at, book.status = person("approver"), NOW, "published"
    book.save()
    page, before = text(client, f"{PAGE}rules/9/"), text(client, f"{PAGE}rules/4/")
    assert "Traffic “Adult traffic”: permission: forbidden → permitted" in page
    assert page.rindex("Adult traffic") < page.rindex("Forbidden") < page.rindex("Motivated")
    assert before.index("Forbidden") < before.index("Adult traffic")


def test_news_are_newest_first_and_paged(client):
    programme = aliexpress()
    later = datetime(2100, 1, 1, tzinfo=UTC)  # than what ships was loaded
    for version in range(5, 13):
        shipped(programme, version, NOW + version * DAY, published_at=later + version * DAY)
    page = text(client, f"{PAGE}news/")
    assert page.index("Title 12") < page.index("Title 11") < page.index("Title 5")
    assert "In force from 13 June 2021, 12:00. Version 12." in page
    assert "Brand list" not in page
    assert "Brand list" in text(client, f"{PAGE}news/?page=2")
    assert "Brand list" in text(client, f"{PAGE}news/?page=99")
    assert "Title 12" in text(client, f"{PAGE}news/?page=x")


class AnyCalendar(TestCase):
    """The timeline and the calendar agree on any rulebooks at any time."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 5), max_size=8), st.integers(-1, 6))
    def test_exactly_what_the_calendar_has_in_force_is_shown_so(self, starts, day):
        programme = Programme.objects.create(
            code="p", name="P", time_zone="UTC", currency="USD", feed_time_zone="UTC"
        )
        for version, start in enumerate(starts, start=1):
            shipped(programme, version, NOW + start * DAY)
        at = NOW + day * DAY
        entries = timeline(programme, at)
        ruling = calendar.in_force(programme, at)
        assert [e.rulebook for e in entries] == list(calendar.published(programme))
        shown = [e.rulebook for e in entries if e.standing == Standing.IN_FORCE]
        assert shown == ([ruling] if ruling else [])
        for entry in entries:
            assert entry.superseded_by == calendar.superseded_by(entry.rulebook)
            assert entry.ends_at == calendar.ends_at(entry.rulebook)
        ((_programme, card),) = cards([programme], at)
        assert (card is None) == (ruling is None)


# --- languages, empty states, what browsers may do -----------------------------------------------


def test_the_language_switch_keeps_the_page_and_its_query(client):
    aliexpress()
    html = client.get(f"{PAGE}news/?page=2").content.decode()
    assert 'lang="en"' in html
    assert re.search(r'href="/ru/programmes/aliexpress/news/\?page=2"\s+lang="ru"', html)
    link = 'hreflang="{0}" href="http://testserver/{0}/programmes/aliexpress/news/?page=2"'
    assert all(link.format(code) in html for code in ("en", "ru"))


def test_a_page_is_in_the_language_of_its_address_whatever_the_browser_asks_for(client):
    aliexpress()
    russian = client.get(f"{PAGE.replace('/en/', '/ru/')}", headers={"accept-language": "en"})
    assert russian.headers["Content-Language"] == "ru"
    assert "Непартнёрские товары по типам трафика" in russian.content.decode()
    assert "Казахстан" in russian.content.decode()
    english = client.get(PAGE, headers={"accept-language": "ru"})
    assert "Non-affiliate goods by traffic type" in english.content.decode()


def test_an_address_without_a_language_leads_to_one(client):
    found = client.get("/programmes/", headers={"accept-language": "ru"})
    assert (found.status_code, found.headers["Location"]) == (302, "/ru/programmes/")
    assert client.get("/").headers["Location"] == "/admin/"


def test_a_programme_without_rules_says_so(client, now):
    assert "There is no programme yet." in text(client, "/en/programmes/")
    aliexpress()
    now(datetime(2018, 1, 1, tzinfo=UTC))
    assert "No rules are in force yet" in text(client, PAGE)
    assert "No rules are in force yet" in text(client, "/en/programmes/")
    assert "To come on 10 October 2018: Rates by category" in text(client, PAGE)
    Programme.objects.create(
        code="new", name="New", time_zone="UTC", currency="USD", feed_time_zone="UTC"
    )
    assert "No rules have been published yet." in text(client, "/en/programmes/new/")
    assert "Nothing has been published yet." in text(client, "/en/programmes/new/news/")
    shipped(Programme.objects.get(code="new"), 1, datetime(2017, 1, 1, tzinfo=UTC), cap_cents=None)
    bare = text(client, "/en/programmes/new/")
    assert "This rulebook has no rules" in bare
    assert "What one order earns has no cap." in bare


@pytest.mark.parametrize(
    "address", ["nobody/", "nobody/news/", "nobody/rules/1/", "aliexpress/rules/99999999999999/"]
)
def test_what_is_not_there_is_a_page_with_a_way_on(client, address):
    aliexpress()
    assert "There is no such page" in text(client, f"/en/programmes/{address}", 404)


def test_pages_are_only_read(client):
    aliexpress()
    assert client.post(PAGE).status_code == 405
    assert client.head(PAGE).status_code == 200


def test_pages_keep_to_the_strict_policy_and_set_no_cookie(client):
    aliexpress()
    for address in (
        PAGE,
        f"{PAGE}news/",
        f"{PAGE}rules/3/",
        "/ru/programmes/",
        "/en/programmes/x/",
    ):
        response = client.get(address)
        html = response.content.decode()
        assert response.headers["Content-Security-Policy"] == STRICT_POLICY
        assert not re.search(r"(?i)<script|<style|\sstyle=|\son\w+=|https?://(?!testserver)", html)
        assert not response.cookies


def test_what_staff_wrote_is_shown_as_written(client):
    programme = aliexpress()
    book = replace(
        book_of(programme, 4), starts_at=NOW + DAY, title_en="<b>Bold</b>", title_ru="<b>Ж</b>"
    )
    made = publish(programme, book, NOW)
    for address in (PAGE, f"{PAGE}news/", f"{PAGE}rules/{made.version}/"):
        html = client.get(address).content.decode()
        assert "<b>" not in html
        assert "&lt;b&gt;Bold&lt;/b&gt;" in html


def test_pages_ask_as_few_questions_whatever_there_is_to_show(client):
    programme = aliexpress()
    stores = NamedSet.objects.get(code="brand_stores")
    addresses = ["/en/programmes/", PAGE, f"{PAGE}rules/3/", f"{PAGE}news/"]

    def questions() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    few = questions()
    for version in range(5, 15):
        shipped(programme, version, NOW + version * DAY)
    SetMember.objects.bulk_create(
        SetMember(named_set=stores, value=f"{number}", name="S") for number in range(200)
    )
    many = questions()
    assert many[:3] == few[:3]
    assert max(few[:3]) <= 20
    # A page of news has at most ten, and asks of each whom the sets held then.
    assert many[3] <= few[3] + 10 <= 25
