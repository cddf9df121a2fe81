"""Two programmes that pay in two currencies: no page and no file adds up amounts of both."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from commissions.admin.publisher_books import balances, lines_by_status
from commissions.models import DailyTotal, LedgerAccount, Programme
from config.admin.publisher import everything_about
from publishers.models import Publisher
from referrals.exports import exported_balances
from referrals.models import Referral, ReferralCredit
from referrals.tree import Member, credit_received_by, family, forest
from tests.backoffice import superuser
from tests.journeys.orders import golden_facts
from tests.portal import of_publisher, text_of

pytestmark = pytest.mark.django_db
ACCOUNTS = {"waiting": 1_100, "hold": 220, "available": 33_000}


@pytest.fixture(autouse=True)
def _books():
    """Clara has money in dollars and ten times it in euro, and brought somebody in both."""
    golden_facts()
    dollar = Programme.objects.get()
    euro = Programme.objects.create(
        code="second", name="Second", time_zone="Europe/Berlin", currency="EUR",
        feed_time_zone="UTC",
    )  # fmt: skip
    clara, brought = publisher("clara"), newcomer()
    for programme, times in ((dollar, 1), (euro, 10)):
        for kind, cents in ACCOUNTS.items():
            LedgerAccount.objects.create(
                programme=programme, publisher=clara, kind=kind, balance_cents=times * cents
            )
        ReferralCredit.objects.create(
            programme=programme, referrer=clara, referred=brought, credited_cents=times * 7
        )
        DailyTotal.objects.create(
            programme=programme, publisher=clara, day=date(2020, 3, 1), status="hold", lines=2,
            base_cents=times * 10_000, commission_cents=times * 220,
        )  # fmt: skip


def publisher(code: str) -> Publisher:
    return Publisher.objects.get(code=code)


def newcomer() -> Publisher:
    """Somebody whom clara brought."""
    brought = Publisher.objects.create(
        code="brought", name="Brought", email="b@example.net", registered_at=timezone.now()
    )
    Referral.objects.create(referrer=publisher("clara"), referred=brought)
    return brought


def test_the_staffs_page_of_a_publisher_has_a_figure_for_each_currency():
    clara = publisher("clara")
    assert [(one.currency, one.waiting_cents, one.hold_cents, one.available_cents)
            for one in balances(clara.pk)] == [
        ("EUR", 11_000, 2_200, 330_000), ("USD", 1_100, 220, 33_000),
    ]  # fmt: skip
    assert [amounts for _title, amounts in everything_about(clara)["cards"]] == [
        ["110.00 EUR", "11.00 USD"],
        ["22.00 EUR", "2.20 USD"],
        ["3,300.00 EUR", "330.00 USD"],
        ["0.70 EUR", "0.07 USD"],
    ]
    rows = [(row["sales"], row["commission"]) for row in lines_by_status(clara)]
    assert rows == [("1,000.00 EUR", "22.00 EUR"), ("100.00 USD", "2.20 USD")]
    page = superuser().get(f"/admin/publishers/publisher/{clara.pk}/change/")
    said = text_of(page.content.decode())
    assert "Available 3,300.00 EUR 330.00 USD" in said
    assert "brought its referrer 0.70 EUR + 0.07 USD" in said


def test_who_has_no_money_has_nothing_in_the_oldest_programmes():
    [none] = balances(publisher("brought").pk)
    assert (none.currency, none.available_cents) == ("USD", 0)


def every(tree: Member) -> Iterator[Member]:
    yield tree
    for one in tree.referred:
        yield from every(one)


def test_the_tree_tells_what_was_brought_in_each_currency():
    clara = publisher("clara")
    assert credit_received_by(clara.pk) == {"EUR": 70, "USD": 7}
    [below] = [one for one in family(clara.pk).subject.referred if one.code == "brought"]
    assert below.brought == {"EUR": 70, "USD": 7}
    assert below.brought_told == "0.70 EUR + 0.07 USD"
    trees, _cut = forest()
    members = {one.code: one for tree in trees for one in every(tree)}
    assert members["brought"].brought == below.brought
    assert members["anna"].brought == {}


def test_the_portals_home_tells_each_currency_and_its_own_credit():
    said = text_of(of_publisher("clara").get("/en/my/").content.decode())
    assert "3,300.00 EUR" in said
    assert "330.00 USD" in said
    assert "Of what is available, 0.70 EUR came from referrals." in said
    assert "Of what is available, 0.07 USD came from referrals." in said


def test_the_exported_balances_have_a_row_for_each_currency():
    rows = [row for row in exported_balances() if row["publisher"] == "clara"]
    assert rows == [
        {"publisher": "clara", "currency": currency, "waiting_cents": times * 1_320,
         "available_cents": times * 33_000, "referral_cents": times * 7, "blocked": False}
        for currency, times in (("USD", 1), ("EUR", 10))
    ]  # fmt: skip
    [none] = [row for row in exported_balances() if row["publisher"] == "brought"]
    assert (none["currency"], none["waiting_cents"], none["referral_cents"]) == ("USD", 0, 0)
    assert len(list(exported_balances())) == Publisher.objects.count() + 1


def test_of_one_currency_the_exported_balances_name_none():
    Programme.objects.filter(code="second").update(currency="USD")
    [row] = [row for row in exported_balances() if row["publisher"] == "clara"]
    assert row == {
        "publisher": "clara", "waiting_cents": 11 * 1_320, "available_cents": 11 * 33_000,
        "referral_cents": 77, "blocked": False,
    }  # fmt: skip
