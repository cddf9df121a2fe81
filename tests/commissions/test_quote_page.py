"""The staff's page of a quote: asked by its address, in both languages, by who may read rules."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from commissions.models import Product, Programme
from publishers.models import User
from tests.backoffice import signed_in, superuser
from tests.journeys.orders import booked, golden_facts, order

pytestmark = pytest.mark.django_db

DRESS = {"product": "5003", "country": "US", "source": "anna-site", "at": "2019-03-01 13:00"}


@pytest.fixture
def golden() -> None:
    golden_facts()


def shown(client: Client, **asked: str) -> str:
    """The page's text, its white space made single."""
    answer = client.get(reverse("admin:quote"), asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_has_the_address_that_people_are_told():
    assert reverse("admin:quote") == "/admin/quote/"


def test_an_empty_page_says_what_to_type():
    text = shown(superuser())
    assert "Type the product, the country of delivery and the source" in text
    assert "errorlist" not in text


@pytest.mark.usefixtures("golden")
def test_a_quote_is_shown_with_its_steps():
    Product.objects.filter(product_id="5003").update(affiliate=True, hot_rate_bp=4500)
    text = shown(superuser(), **DRESS, price="12,90")
    assert "45.00 %" in text
    assert "5.80 USD (580 cents)" in text
    assert "affiliate product" in text
    assert "1,290 × 45.00 % = 580.5, cut down to 580 cents = 5.80 USD" in text
    assert "Placed 1 Mar 2019, 13:00:00" in text  # on the programme's clock
    assert "rules before it do not match" in text


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("price", "cents"), [("12.5", 1250), ("12", 1200), ("0.01", 1), ("", None)]
)
def test_a_price_is_read_in_units_without_a_float(price, cents):
    answer = superuser().get(reverse("admin:quote"), {**DRESS, "price": price})
    assert answer.context["form"].cleaned_data["price"] == cents


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("source", "nobody", "No source has the code"),
        ("country", "us", "is no country"),
        ("price", "1,290.00", "is not a price"),
        ("price", "1e3", "is not a price"),
        ("price", "9999999999999", "is not a price"),
        ("price", "10000000000.01", "whole cents from 0 to"),
        ("at", "yesterday", "Enter a valid date/time"),
        ("product", "a b", "Write an id"),
        ("product", "5\x003", "Null characters"),
        ("product", "", "This field is required"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field, value, sentence):
    answer = superuser().get(reverse("admin:quote"), {**DRESS, field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert sentence in answer.context["form"].errors[field][0]
    assert "quote" not in answer.context


@pytest.mark.usefixtures("golden")
def test_a_quote_that_depends_shows_each_way():
    text = shown(superuser(), **{**DRESS, "product": "999"})
    assert "Rate not known" in text
    assert "It depends on whether it is on hot sale, its category, the hot-sale rate." in text
    assert "not on hot sale; category: any other" in text
    assert "affiliate: not known" in text


@pytest.mark.usefixtures("golden")
def test_a_quote_says_that_it_is_known_from_the_feed():
    booked(order(1, is_affiliate_product="N"))
    text = shown(superuser(), **DRESS)
    assert "not an affiliate product" in text
    assert "no (from the feed&#x27;s latest row, of 1 Mar 2019, 21:00)" in text


@pytest.mark.usefixtures("golden")
def test_the_link_asks_the_same_of_the_same_instant():
    client = superuser()
    address = client.get(
        reverse("admin:quote"), {k: v for k, v in DRESS.items() if k != "at"} | {"price": "1.05"}
    ).context["address"]
    asked = parse_qs(urlsplit(address).query)
    assert asked["price"] == ["1.05"]
    assert asked["product"] == ["5003"]
    assert "at" in asked
    again = client.get(address)
    assert again.context["form"].errors == {}
    assert again.context["address"] == address


@pytest.mark.usefixtures("golden")
def test_where_there_are_several_programmes_one_is_chosen():
    Programme.objects.create(code="other", name="Other", time_zone="UTC", currency="USD",
                             feed_time_zone="UTC")  # fmt: skip
    answer = superuser().get(reverse("admin:quote"), {**DRESS, "programme": "other"})
    text = re.sub(r"\s+", " ", answer.content.decode())
    assert "no rulebook was in force then" in text


@pytest.mark.usefixtures("golden")
def test_the_page_speaks_russian_to_who_reads_it():
    client = superuser()
    client.cookies["django_language"] = "ru"
    Product.objects.filter(product_id="5003").update(affiliate=True, hot_rate_bp=4500)
    text = shown(client, **DRESS, price="12.90")
    assert "45,00 %" in text
    assert "5,80 USD" in text
    assert "доли цента отброшены" in text


def test_only_who_may_read_the_rules_sees_it():
    address = reverse("admin:quote")
    assert Client().get(address).status_code == 302
    assert signed_in("anna").get(address).status_code == 302
    clerk = signed_in("clerk", is_staff=True)
    assert clerk.get(address).status_code == 403
    may_read = Permission.objects.get(codename="view_rulebook")
    User.objects.get(username="clerk").user_permissions.add(may_read)
    assert clerk.get(address).status_code == 200
