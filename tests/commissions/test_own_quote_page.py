"""A publisher signs in and asks what a sale would earn, through sources of their own alone."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from commissions.models import Product, Programme
from commissions.portal.quote import countries_by_name
from config.security import STRICT_POLICY
from publishers.models import AccountBlock, Publisher, Source, User
from tests.backoffice import signed_in
from tests.journeys.orders import NOW, golden_facts

pytestmark = pytest.mark.django_db

PAGE, SIGN_IN, SIGN_OUT = "/en/my/quote/", "/en/sign-in/", "/en/sign-out/"
DRESS = {"product": "5003", "country": "US", "source": "anna-site", "at": "2019-03-01 13:00"}
WORD = "a long word of passage"


@pytest.fixture
def golden() -> None:
    golden_facts()
    Product.objects.filter(product_id="5003").update(affiliate=True, hot_rate_bp=4500)


def of_publisher(code: str) -> Client:
    """A browser in which somebody of a publisher is signed in."""
    client = signed_in(code)
    User.objects.filter(username=code).update(publisher=Publisher.objects.get(code=code))
    return client


def text(client: Client, address: str = PAGE, **asked: str) -> str:
    """The page as it is read: without its tags, blanks one wide."""
    response = client.get(address, asked)
    assert response.status_code == 200
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r" (?=[,.:])", "", re.sub(r"\s+", " ", plain))


# --- in and out ----------------------------------------------------------------------------------


def person(name: str, **rights: object) -> User:
    return User.objects.create_user(name, password=WORD, **rights)


def sign_in(client: Client, name: str, word: str = WORD, **more: str):
    return client.post(SIGN_IN, {"username": name, "password": word, **more})


def test_who_is_not_signed_in_is_sent_to_do_so_and_comes_back(golden):
    person("annas", publisher=Publisher.objects.get(code="anna"))
    client = Client()
    sent = client.get(PAGE, {"product": "5003", "price": "12,90"})
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith(f"{SIGN_IN}?next=/en/my/quote/%3Fproduct%3D5003")
    form = client.get(sent.headers["Location"])
    back = sign_in(client, "annas", next=form.context["next"])
    assert back.headers["Location"] == "/en/my/quote/?product=5003&price=12%2C90"
    assert client.get(back.headers["Location"]).status_code == 200


def test_without_a_place_to_go_back_to_each_goes_to_their_own(golden):
    person("annas", publisher=Publisher.objects.get(code="anna"))
    person("clerk", is_staff=True)
    assert sign_in(Client(), "annas").headers["Location"] == "/en/my/"
    assert sign_in(Client(), "clerk").headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "///evil.example", "javascript:alert(1)",
     r"\\evil.example", "https:evil.example", "http://testserver@evil.example/", "//[", "\x00"],
)  # fmt: skip
def test_nobody_is_led_to_another_site(elsewhere):
    person("clerk", is_staff=True)
    assert sign_in(Client(), "clerk", next=elsewhere).headers["Location"] == "/admin/"
    assert Client().get(SIGN_IN, {"next": elsewhere}).context["next"] == ""


def test_one_comes_back_in_the_language_that_was_switched_to(golden):
    person("annas", publisher=Publisher.objects.get(code="anna"))
    answer = Client().post(
        "/ru/sign-in/", {"username": "annas", "password": WORD, "next": "/en/my/quote/?product=1"}
    )
    assert answer.headers["Location"] == "/ru/my/quote/?product=1"


@pytest.mark.parametrize(
    ("name", "word"),
    [("annas", "wrong"), ("nobody", WORD), ("gone", WORD), ("stray", WORD), ("annas\x00", WORD)],
)
def test_who_may_not_in_is_told_in_one_sentence(golden, name, word):
    anna = Publisher.objects.get(code="anna")
    person("annas", publisher=anna)
    person("gone", publisher=anna, is_active=False)
    person("stray")
    client = Client()
    answer = sign_in(client, name, word)
    assert answer.status_code == 200
    if "\x00" not in name:
        assert "Please enter a correct username and password" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_forms_that_another_site_sends_are_refused(golden):
    person("clerk", is_staff=True)
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "clerk").status_code == 403
    assert "_auth_user_id" not in strict.session
    strict.force_login(User.objects.get(username="clerk"))
    assert strict.post(SIGN_OUT).status_code == 403
    assert "_auth_user_id" in strict.session


def test_signing_in_changes_the_session_and_out_ends_it(golden):
    person("annas", publisher=Publisher.objects.get(code="anna"))
    client = Client()
    client.session.save()
    before = client.session.session_key
    sign_in(client, "annas")
    assert client.session.session_key != before
    assert client.get(SIGN_OUT).status_code == 405
    assert client.post(SIGN_OUT).headers["Location"] == "/en/programmes/"
    assert client.get(PAGE).status_code == 302


# --- who sees what -------------------------------------------------------------------------------


def test_staff_have_their_own_page_and_who_is_neither_has_none(golden):
    clerk = signed_in("clerk", is_staff=True)
    sent = clerk.get(PAGE, {"product": "5003"})
    assert sent.headers["Location"] == "/admin/quote/?product=5003"
    assert clerk.get(PAGE).headers["Location"] == "/admin/quote/"
    assert signed_in("stray").get(PAGE).status_code == 403


def test_one_may_choose_among_ones_own_sources_alone(golden):
    client = of_publisher("anna")
    choices = client.get(PAGE).context["form"].fields["source"].choices
    own = Source.objects.filter(publisher__code="anna")
    assert {code for code, _name in choices} == {"", *own.values_list("code", flat=True)}
    assert "boris" not in client.get(PAGE).content.decode()


def test_a_source_of_somebody_else_is_the_same_as_none(golden):
    client = of_publisher("anna")
    other, none = (text(client, **{**DRESS, "source": code}) for code in ("boris-cb", "boris-xx"))
    assert "You have no source with the code boris-cb: choose one of yours." in other
    assert other.replace("boris-cb", "boris-xx") == none
    assert "How this comes about" not in other


def test_who_has_no_source_is_told_what_to_do(golden):
    fresh = Publisher.objects.create(code="new", name="New", email="n@e.org", registered_at=NOW)
    client = signed_in("new")
    User.objects.update(publisher=fresh)
    assert "You have no source yet." in text(client, **DRESS)


# --- the answer ----------------------------------------------------------------------------------


def test_a_quote_is_shown_with_its_steps(golden):
    page = text(of_publisher("anna"), **DRESS, price="12,90")
    assert "earns affiliate product" in page
    assert "Rate 45.00 %" in page
    assert "Commission 5.80 USD (580 cents)" in page
    assert "earns the merchant's own rate for it".replace("'", "&#x27;") in page
    assert "1,290 × 45.00 % = 580.5, cut down to 580 cents = 5.80 USD" in page
    assert "Placed 1 Mar 2019, 13:00:00" in page  # on the programme's clock
    assert "rules before it do not match" in page
    assert "the product is on hot sale (here: yes)" in page
    assert "Taken for granted" in page


def test_without_a_price_the_rate_is_told(golden):
    page = text(of_publisher("anna"), **DRESS)
    assert "Rate 45.00 % Commission needs a price" in page


def test_what_it_depends_on_is_said(golden):
    page = text(of_publisher("anna"), **{**DRESS, "product": "999"}, price="1")
    assert "affiliate: not known" in page
    assert "Rate not known Commission not known" in page
    assert "It depends on whether it is on hot sale, its category, the hot-sale rate." in page
    assert "not on hot sale; category: any other" in page


def test_no_affiliate_product_is_called_so(golden):
    Product.objects.filter(product_id="5003").update(affiliate=False)
    assert "not an affiliate product" in text(of_publisher("anna"), **DRESS)


def test_a_blocked_account_is_quoted_nothing(golden):
    anna = Publisher.objects.get(code="anna")
    AccountBlock.objects.create(publisher=anna, ground="case:1", valid_from=NOW)
    page = text(of_publisher("anna"), **DRESS, price="12.90")
    assert "earns nothing" in page
    assert "Commission 0.00 USD (0 cents)" in page
    assert "The account is blocked" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("price", "12.9.0", "is not a price"),
        ("price", "10000000000.01", "whole cents from 0 to"),
        ("country", "ZZ", "Select a valid choice"),
        ("country", "US\x00", "Select a valid choice"),
        ("source", "\ud800", "You have no source with the code"),
        ("source", "a\x00", "You have no source with the code"),
        ("source", "a" * 9_000, "You have no source with the code"),
        ("at", "2019-02-31", "Enter a valid date/time"),
        ("at", "9999-12-31 23:59", "of the years 1970 to 9998"),
        ("product", "a b", "Write an id"),
        ("product", "5\x003", "Null characters"),
        ("product", "", "This field is required"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(golden, field, value, sentence):
    asked = {**DRESS, field: value.encode("utf-8", "surrogatepass")}
    answer = of_publisher("anna").get(PAGE, asked)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert sentence in answer.context["form"].errors[field][0]
    assert "quote" not in answer.context


def test_where_there_are_several_programmes_one_is_chosen(golden):
    Programme.objects.create(
        code="other", name="Other", time_zone="UTC", currency="EUR", feed_time_zone="UTC"
    )
    client = of_publisher("anna")
    assert "Other" in text(client)
    assert "0.00 EUR" not in text(client, **DRESS, programme="aliexpress", price="1")
    assert "no rulebook was in force then" in text(client, **DRESS, programme="other")


def test_countries_are_sorted_as_their_readers_sort_them():
    with translation.override("ru"):
        names = [name for _code, name in countries_by_name()]
        assert names[0] == "Австралия"
        assert names.index("Индия") < names.index("Иордания") < names.index("Йемен")
        assert names.index("Йемен") < names.index("Казахстан")
    with translation.override("en"):
        names = [name for _code, name in countries_by_name()]
        assert names.index("Afghanistan") < names.index("Åland Islands") < names.index("Albania")


def test_the_page_speaks_russian_at_its_russian_address(golden):
    page = text(of_publisher("anna"), "/ru/my/quote/", **DRESS, price="12.90")
    assert "45,00 %" in page
    assert "Страна доставки" in page
    assert "США" in page


def test_pages_keep_to_the_strict_policy_and_are_never_kept(golden):
    client = of_publisher("anna")
    for response in (client.get(PAGE), client.get(PAGE, DRESS), Client().get(SIGN_IN)):
        html = response.content.decode()
        assert response.headers["Content-Security-Policy"] == STRICT_POLICY
        assert "no-store" in response.headers["Cache-Control"]
        assert not re.search(r"(?i)<script(?! src=)|<style|\sstyle=|\son\w+=|https?://", html)


def test_what_others_wrote_is_shown_as_written(golden):
    Source.objects.filter(code="anna-site").update(title="<b>Bold</b>")
    Product.objects.filter(product_id="5003").update(title="<i>Thin</i>")
    html = of_publisher("anna").get(PAGE, DRESS).content.decode()
    assert "<b>" not in html
    assert "<i>" not in html


def test_it_asks_as_few_questions_however_many_sources_there_are(golden):
    client = of_publisher("anna")
    site = Source.objects.get(code="anna-site")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            text(client, **DRESS, price="12.90")
        return len(asked)

    few = questions()
    Source.objects.bulk_create(
        Source(code=f"s{n}", publisher_id=site.publisher_id, traffic_type=site.traffic_type,
               title="S")
        for n in range(50)
    )  # fmt: skip
    assert questions() == few <= 27
