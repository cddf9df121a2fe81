"""The page of referrals and the referral link: who came, what they brought, and no more (F25)."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publishers.models import Publisher
from publishers.operations import open_block
from referrals.models import Referral
from referrals.operations import credit_referrals
from referrals.queries import credit_of
from tests.journeys.orders import NOW, booked, golden_facts, order
from tests.portal import of_publisher, text_of

pytestmark = pytest.mark.django_db

PAGE = "/en/my/referrals/"


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def earned(*cents: int) -> None:
    """Confirmed sales of boris, whom anna brought; he earns 7 % of them."""
    booked(*(order(number, source="boris-cb", cents=one) for number, one in enumerate(cents, 1)))


def test_the_link_leads_to_the_registration_in_the_browsers_language(settings):
    settings.PERMILLE_SITE_URL = "https://permille.example"
    html = of_publisher("anna").get(PAGE).content.decode()
    assert "https://permille.example/join/anna<" in html
    for asked, language in (("ru-RU,ru;q=0.9", "ru"), ("de", "en"), ("", "en")):
        led = Client().get("/join/anna", headers={"accept-language": asked})
        assert led.headers["Location"] == f"/{language}/sign-up/?ref=anna"
        assert "Accept-Language" in led.headers["Vary"]
    assert Client().get("/join/an.na", follow=True).status_code == 404
    assert Client().post("/join/anna").status_code == 405


def test_what_somebody_brought_is_posted_or_still_to_come():
    anna, boris = (Publisher.objects.get(code=code) for code in ("anna", "boris"))
    earned(10_000)
    before = credit_of(anna.pk)
    assert [(one.posted_cents, one.coming_cents) for one in before.in_all] == [(0, 35)]
    credit_referrals(at=NOW)
    after = credit_of(anna.pk)
    assert [(one.posted_cents, one.coming_cents) for one in after.of(boris.pk)] == [(35, 0)]
    text = text_of(of_publisher("anna").get(PAGE).content.decode())
    assert "0.35 USD" in text
    assert boris.name in text
    assert f"{boris.registered_at:%B %Y}" in text


def test_nothing_else_of_those_brought_is_told():
    earned(10_000)
    credit_referrals(at=NOW)
    html = of_publisher("anna").get(PAGE).content.decode()
    boris = Publisher.objects.get(code="boris")
    for secret in ("boris-cb", boris.email, "100.00", "7.00 USD", str(8_000_001)):
        assert secret not in html


def test_who_brought_somebody_is_not_told_to_whom_was_brought():
    earned(10_000)
    mine = credit_of(Publisher.objects.get(code="boris").pk)
    assert [(one.posted_cents, one.coming_cents) for one in mine.in_all] == [(0, 0)]
    credit_referrals(at=NOW)
    text = text_of(of_publisher("boris").get(PAGE).content.decode())
    assert Publisher.objects.get(code="anna").name not in text
    assert "0.35" not in text
    assert "Nobody yet" in of_publisher("filip").get(PAGE).content.decode()


def test_a_blocked_referrer_is_told_that_credit_is_taken_back():
    anna = Publisher.objects.get(code="anna")
    earned(10_000)
    credit_referrals(at=NOW)
    client = of_publisher("anna")
    open_block(publisher_id=anna.pk, ground="case:1", at=NOW)
    [one] = credit_of(anna.pk).in_all
    assert (one.posted_cents, one.coming_cents) == (35, -35)
    assert "a blocked account is credited nothing" in client.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_few_and_for_many_and_shows_fifty_at_a_time():
    anna = Publisher.objects.get(code="anna")
    client = of_publisher("anna")
    counts = []
    for start, more in ((0, 3), (3, 60)):
        for number in range(start, start + more):
            came = Publisher.objects.create(
                code=f"p{number}", name=f"P {number}", email="p@example.net",
                registered_at=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
            Referral.objects.create(referrer=anna, referred=came)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
    assert len(page.context["brought"]) == 50
    assert "Page 1 of 2" in text_of(page.content.decode())
    assert len(client.get(f"{PAGE}?page=2").context["brought"]) == 15
    assert client.get(f"{PAGE}?page=x").status_code == 200


def test_the_page_speaks_russian_and_asks_to_sign_in():
    assert 'lang="ru"' in of_publisher("anna").get("/ru/my/referrals/").content.decode()
    assert Client().get(PAGE).headers["Location"].startswith("/en/sign-in/")
