"""What pages of the portal tell beside lists, told by the API in the same words and figures."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commissions.models import OrderLine
from referrals.operations import credit_referrals
from tests.api.callers import Machine, machine, network, of, some_orders
from tests.backoffice import take
from tests.journeys.orders import INVALID, NOW, PAID, RECEIVED, booked, golden_facts, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(tmp_path) -> Machine:
    programme = network(tmp_path)
    some_orders(programme, tmp_path, 3)
    take(
        programme,
        tmp_path,
        [
            order(60, status=PAID),
            order(61, status=RECEIVED),
            order(62, status=INVALID),
        ],
    )
    return machine(of("anna"))


@pytest.fixture
def portal(anna) -> Client:
    client = Client()
    client.force_login(of("anna"))
    return client


def test_a_line_is_explained_as_its_page_explains_it(anna, portal):
    seen = set()
    for line in OrderLine.objects.filter(publisher__code="anna"):
        page = portal.get(f"/en/my/orders/{line.pk}/").context
        told = anna.get(f"orders/{line.pk}/explanation")
        assert told["reason_sentence"] == page["reason"]
        assert told["what_to_do"] == page["what_to_do"]
        assert told["when"] == page["when"]
        assert [(one["what"], str(one["why"])) for one in told["history"]] == [
            (one["what"], str(one["why"])) for one in page["history"]
        ]
        seen.add((line.status, bool(told["when"]), bool(told["what_to_do"])))
    assert len(seen) == 4


@pytest.mark.parametrize("language", ["en", "ru"])
def test_news_are_those_of_the_public_page_and_of_home(anna, portal, language):
    anna.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    told = anna.get("programmes/aliexpress/news")["items"]
    page = Client().get(f"/{language}/programmes/aliexpress/news/").context["announcements"]
    assert [(one["version"], one["changes"]) for one in told] == [
        (one.entry.rulebook.version, one.changes) for one in page
    ]
    home = portal.get(f"/{language}/my/").context["news"]
    recent = [one for one in told if one["recent"]]
    assert [one["version"] for one in recent] == [one["rulebook"].version for one in home]
    assert any(one["changes"] for one in told)
    assert told[0]["published_at"]
    anna.get("programmes/nothing/news", 404)


def test_news_go_on_and_back_and_cost_no_more_on_a_later_page(anna):
    every = anna.get("programmes/aliexpress/news")["items"]
    pages = [anna.get("programmes/aliexpress/news", limit=1)]
    while pages[-1]["next"]:
        with CaptureQueriesContext(connection) as queries:
            pages.append(anna.get(pages[-1]["next"]))
    assert [one for page in pages for one in page["items"]] == every
    assert len(every) == 4
    assert len(queries) < 15
    for before, page in zip(pages[-2::-1], pages[:0:-1], strict=True):
        assert anna.get(page["previous"])["items"] == before["items"]


def test_referrals_are_those_of_their_page(settings):
    settings.PERMILLE_SITE_URL = "https://permille.example"
    golden_facts()
    booked(*(order(number, source="boris-cb") for number in range(1, 4)))
    anna, portal = machine(of("anna")), Client()
    portal.force_login(of("anna"))

    def compared() -> list[int]:
        page = portal.get("/en/my/referrals/").context
        told = anna.get("referrals/summary")
        assert told["link"] == page["link"] == "https://permille.example/join/anna"
        assert [(one["programme"], one["referral_bp"]) for one in told["rates"]] == page["rates"]
        assert [(one["currency"], one["credited_cents"], one["coming_cents"])
                for one in told["by_currency"]] == [
            (one.currency, one.posted_cents, one.coming_cents) for one in page["credit"].in_all
        ]  # fmt: skip
        assert told["brought"] == page["page"].paginator.count == 2
        rows = anna.get("referrals")["items"]
        for row, (referral, credited) in zip(rows, page["brought"], strict=True):
            assert row["name"] == referral.name
            # No code, no mail, no day of joining: of others the page tells a month, too.
            assert row.keys() == {"id", "name", "month", "credits", "by_currency"}
            assert row["month"] == f"{referral.registered_at:%Y-%m}"
            assert [(one["credited_cents"], one["coming_cents"]) for one in row["by_currency"]] == [
                (one.posted_cents, one.coming_cents) for one in credited
            ]
        return [one["credited_cents"] for one in told["by_currency"]]

    before = compared()
    credit_referrals(at=NOW)
    assert compared() > before
