"""The link builder and the click log: one's own sources, every refusal with its reason."""

import csv
import html
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publishers.clicking import Visit, new_click_id, record_click
from publishers.enums import Role
from publishers.merchant_links import direct_target
from publishers.models import Click, Publisher, Source
from publishers.operations import open_block
from tests.backoffice import NOW, facts
from tests.portal import of_publisher, text_of

pytestmark = pytest.mark.django_db

LINKS, CLICKS = "/en/my/links/", "/en/my/clicks/"
DRESS = "https://aliexpress.ru/item/5003.html"
NOBODY = Visit("https://=1+1.example/", "document", "navigate", "cross-site", "?1")


@pytest.fixture(autouse=True)
def _sources(tmp_path):
    facts(tmp_path)


def clicked(source: str, at: datetime, **subs: str) -> str:
    target = direct_target(DRESS, ["aliexpress.ru"])
    recorded = record_click(source=source, target=target, visit=NOBODY, subs=subs, at=at)
    assert recorded is not None
    return recorded.click_id


def made(client: Client, addresses: str, **asked: str):
    return client.post(LINKS, {"source": "anna-site", "addresses": addresses, **asked})


def test_links_are_built_for_each_address_and_the_others_are_told_why(settings):
    settings.PERMILLE_TRACKING_URL = "https://go.permille.example"
    page = made(
        of_publisher("anna"),
        f"{DRESS}\n\nhttps://s.click.aliexpress.com/e/1\n",
        sub1="a b",
        sub2="ё",
    )
    (link,) = page.context["links"]
    built = urlsplit(link.link)
    assert (built.netloc, built.path) == ("go.permille.example", "/c/anna-site")
    assert parse_qs(built.query) == {"to": [DRESS], "sub1": ["a b"], "sub2": ["ё"]}
    (refused,) = page.context["refused"]
    assert "is the merchant's, but a redirector" in html.unescape(text_of(page.content.decode()))
    assert "s.click.aliexpress.com" in refused.why_not


def test_a_link_that_was_built_leads_where_it_says():
    page = made(of_publisher("anna"), DRESS, sub1="x&y=z")
    link = urlsplit(page.context["links"][0].link)
    led = Client().get(f"{link.path}?{link.query}")
    assert led.headers["Location"].startswith(f"{DRESS}?af=anna-site&dp=")
    assert Click.objects.get().sub1 == "x&y=z"


def test_of_somebody_elses_source_no_link_is_built():
    page = made(of_publisher("anna"), DRESS, source="boris-cb")
    assert not page.context["links"]
    assert page.context["form"].errors["source"]


def test_too_many_addresses_and_too_long_sub_ids_are_told_beside_their_fields():
    client = of_publisher("anna")
    page = made(client, "\n".join([DRESS] * 201))
    assert "201 addresses are too many" in page.content.decode()
    page = made(client, DRESS, sub3="x" * 256)
    assert page.context["form"].errors["sub3"]
    assert not page.context["links"]


def test_a_source_that_is_not_approved_is_said_to_be_so():
    page = made(of_publisher("boris"), DRESS, source="boris-cb")
    assert len(page.context["links"]) == 1
    assert "not approved yet" in text_of(page.content.decode())


def test_who_may_see_the_pages():
    anna = Publisher.objects.get(code="anna")
    for page in (LINKS, CLICKS):
        assert Client().get(page).headers["Location"].startswith("/en/sign-in/")
        assert (
            of_publisher("anna", role=Role.READER, name=f"r{len(page)}").get(page).status_code
            == 200
        )
    reader = of_publisher("anna", role=Role.READER, name="builds")
    assert made(reader, DRESS).status_code == 200
    open_block(publisher_id=anna.pk, ground="case 1", at=NOW)
    assert made(reader, DRESS).status_code == 403
    assert "This account is blocked" in reader.get(CLICKS).content.decode()


def test_without_a_source_the_pages_say_what_to_do():
    Source.objects.filter(code="boris-cb").delete()
    client = of_publisher("boris")
    for page in (LINKS, CLICKS):
        assert "You have no source yet" in text_of(client.get(page).content.decode())


def test_clicks_come_newest_first_page_by_page_and_each_once():
    at = datetime(2021, 5, 1, 12, tzinfo=UTC)
    # Three of one moment stand on the edge of a page: none may be lost or shown twice.
    ids = [clicked("anna-site", at + timedelta(seconds=n // 3)) for n in range(120)]
    clicked("boris-cb", at)
    client = of_publisher("anna")
    address: str | None = "first=2021-05-01&last=2021-05-01"
    seen: list[str] = []
    while address:
        page = client.get(f"{CLICKS}?{address}")
        seen += [click.click_id for click in page.context["clicks"]]
        address = page.context.get("older")
    assert sorted(seen) == sorted(ids)
    moments = list(
        Click.objects.filter(click_id__in=seen).values_list("click_id", "clicked_at", "id")
    )
    order = {click: (when, key) for click, when, key in moments}
    assert [order[one] for one in seen] == sorted(order.values(), reverse=True)


def test_a_click_is_found_by_its_id_by_its_owner_alone():
    mine = clicked("anna-site", NOW, sub2="banner")
    page = of_publisher("anna").get(CLICKS, {"click": mine})
    assert "sub2: banner" in text_of(page.content.decode())
    other = of_publisher("boris").get(CLICKS, {"click": mine})
    assert not other.context["clicks"]


def test_the_file_has_all_clicks_of_the_period_and_no_formula():
    at = datetime(2021, 5, 1, 23, 59, 59, tzinfo=UTC)
    ids = {clicked("anna-site", at, sub1="=1+1") for _ in range(60)}
    clicked("anna-site", at + timedelta(seconds=1))
    asked = {"first": "2021-05-01", "last": "2021-05-01", "format": "csv"}
    answer = of_publisher("anna").get(CLICKS, asked)
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["click_id"] for row in rows} == ids
    assert {row["sub1"] for row in rows} == {"'=1+1"}
    assert {row["clicked_at"] for row in rows} == {"2021-05-01T23:59:59+00:00"}


@pytest.mark.parametrize(
    "asked",
    ["first=2021-13-01", "first=2021-05-02&last=2021-05-01", "after=x", "after=2021-05-01~1",
     "after=2021-05-01T00:00:00%2B00:00~99999999999999999999", "source=boris-cb", "click=%00",
     "first=9999-12-31&last=9999-12-31", "first=0001-01-01"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_answered_all_the_same(asked):
    clicked("anna-site", NOW)
    assert of_publisher("anna").get(f"{CLICKS}?{asked}").status_code == 200


def test_a_page_costs_the_same_queries_for_few_clicks_and_for_many():
    client = of_publisher("anna")
    counts = []
    for more in (1, 40):
        for _ in range(more):
            clicked("anna-site", NOW)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{CLICKS}?first=2021-06-01&last=2021-06-01")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
    assert new_click_id(NOW) < new_click_id(NOW + timedelta(seconds=1))


@pytest.mark.parametrize("page", ["/ru/my/links/", "/ru/my/clicks/"])
def test_the_pages_speak_russian(page):
    assert 'lang="ru"' in of_publisher("anna").get(page).content.decode()
