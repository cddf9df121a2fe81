"""GET /c/<source>: a click that is answered is stored, and leads to the merchant alone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publishers.clicking import new_click_id
from publishers.models import Click, Publisher, Source
from publishers.operations import end_block, open_block
from tests.backoffice import NOW, facts

pytestmark = pytest.mark.django_db

DRESS = "https://ru.aliexpress.com/item/5003.html?spm=x"


@pytest.fixture(autouse=True)
def _sources(tmp_path):
    facts(tmp_path)


def follow(source: str = "anna-site", headers: dict[str, str] | None = None, **asked: str):
    return Client().get(f"/c/{source}?{urlencode(asked)}", headers=headers)


def test_a_click_is_kept_with_all_that_the_browser_said_and_led_on():
    before = datetime.now(UTC)
    answer = follow(
        to=DRESS,
        sub1="banner",
        sub5="осень",
        headers={
            "Referer": "https://anna.example.org/post",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-User": "?1",
        },
    )
    click = Click.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{DRESS}&af=anna-site&dp={click.click_id}"
    assert "no-store" in answer.headers["Cache-Control"]
    assert (click.source.code, click.landing_product_id) == ("anna-site", "5003")
    assert (click.sub1, click.sub2, click.sub5) == ("banner", "", "осень")
    assert click.referrer == "https://anna.example.org/post"
    assert (click.fetch_dest, click.fetch_mode) == ("document", "navigate")
    assert (click.fetch_site, click.fetch_user) == ("cross-site", "?1")
    assert before <= click.clicked_at <= datetime.now(UTC)


def test_a_click_costs_one_statement_and_needs_a_host_of_ours(settings):
    with CaptureQueriesContext(connection) as asked:
        assert follow(to=DRESS).status_code == 302
    assert len(asked) == 1
    settings.ALLOWED_HOSTS = ["permille.example"]
    assert follow(to=DRESS).status_code == 400
    assert Click.objects.count() == 1


def test_without_an_address_one_comes_to_the_front_page():
    led = urlsplit(follow().headers["Location"])
    assert (led.scheme, led.netloc, led.path) == ("https", "www.aliexpress.com", "/")
    assert parse_qs(led.query)["dp"] == [Click.objects.get().click_id]


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "https://s.click.aliexpress.com/e/1",
     "https://aliexpress.com@evil.example/", "javascript:alert(1)", "\x00"],
)  # fmt: skip
def test_a_link_elsewhere_is_refused_with_the_reason_and_the_way_to_the_merchant(address):
    answer = follow(to=address)
    assert answer.status_code == 400
    assert "https://www.aliexpress.com/" in answer.content.decode()
    assert "Location" not in answer.headers
    assert not Click.objects.exists()


@pytest.mark.parametrize("source", ["nobody", "Anna-site", "%00", "a" * 200, "анна"])
def test_an_unknown_source_is_told_so(source):
    answer = follow(source)
    assert answer.status_code == 404
    assert not Click.objects.exists()


def test_a_blocked_publishers_visitor_arrives_named_to_nobody_and_is_kept():
    anna = Publisher.objects.get(code="anna")
    open_block(publisher_id=anna.pk, ground="case 1", at=NOW)
    assert follow(to=DRESS).headers["Location"] == DRESS
    assert Click.objects.count() == 1
    end_block(publisher_id=anna.pk, ground="case 1", at=NOW + timedelta(days=1))
    assert "af=anna-site" in follow(to=DRESS).headers["Location"]
    assert "af=boris-cb" in follow("boris-cb", to=DRESS).headers["Location"]


def test_a_look_without_following_is_no_click():
    answer = Client().head(f"/c/anna-site?{urlencode({'to': DRESS})}")
    assert answer.headers["Location"] == DRESS
    assert not Click.objects.exists()
    assert Client().post("/c/anna-site").status_code == 405


def test_whatever_a_browser_says_is_kept_as_far_as_it_fits():
    assert follow(headers={"Referer": "r" * 9000, "Sec-Fetch-Dest": "d" * 90}).status_code == 302
    click = Click.objects.get()
    assert (len(click.referrer), len(click.fetch_dest)) == (2000, 32)


def test_a_click_costs_one_statement():
    with CaptureQueriesContext(
        connection,
    ) as asked:
        follow(to=DRESS)
    assert len(asked) == 1, [query["sql"] for query in asked]


def test_a_source_with_clicks_cannot_be_deleted():
    follow(to=DRESS)
    assert Source.objects.filter(code="boris-cb").delete()[0] == 1
    with pytest.raises(ProtectedError):
        Source.objects.filter(code="anna-site").delete()
    with pytest.raises(IntegrityError, match="anna-site has clicks"):
        deleted_by_hand("anna-site")


def deleted_by_hand(code: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM publishers_sourceapproval")
        cursor.execute("DELETE FROM publishers_source WHERE code = %s", [code])


def test_ids_are_unique_and_in_the_order_of_time():
    moments = [NOW + timedelta(milliseconds=n) for n in range(2000)]
    ids = [new_click_id(at) for at in moments]
    assert ids == sorted(ids)
    assert len({new_click_id(NOW) for _ in range(2000)}) == 2000
    assert {len(one) for one in ids} == {26}
