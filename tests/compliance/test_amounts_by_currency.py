"""Statements of reasons name each amount in the currency of the programme it was earned in."""

from datetime import date

import pytest

from commissions.models import DailyTotal, Programme
from compliance.earnings import NOTHING, Earnings, earnings_of
from compliance.enums import CaseStatus
from compliance.statements import state_reasons
from publishers.models import Publisher
from referrals.models import ReferralCredit
from tests.journeys.orders import NOW, found_case, golden_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def euro() -> Programme:
    """A second programme, which pays in euro."""
    golden_facts()
    return Programme.objects.create(
        code="second", name="Second", time_zone="Europe/Berlin", currency="EUR",
        feed_time_zone="UTC",
    )  # fmt: skip


def told(changed: Earnings) -> tuple[str, str]:
    """What a statement of the change says of it, in English and Russian."""
    case = found_case("clara", "r1")
    case.status = CaseStatus.DISMISSED
    statement = state_reasons(case, at=NOW, changed=changed)
    return statement.text_en, statement.text_ru


def test_what_an_account_earns_is_added_up_by_currency(euro):
    clara, eve = (Publisher.objects.get(code=code) for code in ("clara", "eve"))
    dollar = Programme.objects.exclude(pk=euro.pk).get()
    for programme, status, cents in (
        (dollar, "confirmed", 1_200), (dollar, "hold", 34), (euro, "waiting", 500),
        (euro, "rejected", 0),
    ):  # fmt: skip
        DailyTotal.objects.create(
            programme=programme, publisher=clara, day=date(2020, 3, 1), status=status, lines=2,
            base_cents=10_000, commission_cents=cents,
        )  # fmt: skip
    ReferralCredit.objects.create(programme=euro, referrer=clara, referred=eve, credited_cents=7)
    earned = earnings_of(clara.pk)
    assert earned == Earnings(6, {"USD": 1_234, "EUR": 500}, {"EUR": 7})
    assert (NOTHING - earned).amounts() == [
        {"currency": "EUR", "commission_cents": -500, "referral_cents": -7},
        {"currency": "USD", "commission_cents": -1_234, "referral_cents": 0},
    ]
    assert (earned - earned).amounts() == []


def test_a_statement_names_each_amount_in_its_own_currency(euro):
    english, russian = told(Earnings(-6, {"USD": -1_234, "EUR": -500}, {"EUR": -7}))
    assert "Deducted: 6 order lines" in english
    assert "a commission of 5.00 EUR + 12.34 USD, and 0.07 EUR of referral credit" in english
    assert "5,00 EUR + 12,34 USD" in russian
    assert "-" not in english[english.index("Deducted") :].split("\n")[0]


def test_a_statement_of_one_currency_names_no_other(euro):
    english, russian = told(Earnings(1, {"EUR": 500}, {}))
    assert "a commission of 5.00 EUR, and 0.00 EUR of referral credit" in english
    assert "USD" not in english + russian


def test_where_nothing_is_earned_by_the_lines_taken_nothing_is_told_in_the_oldest_currency(euro):
    english, _russian = told(Earnings(-1, {"USD": 0}, {}))
    assert "a commission of 0.00 USD, and 0.00 USD of referral credit" in english
