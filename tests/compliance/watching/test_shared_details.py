"""Accounts paid to the same details are told of; the number itself is nowhere."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors import shared_details
from compliance.detectors.shared_details import Holding
from compliance.detectors.suspicion import Gravity
from compliance.detectors.thresholds import DEFAULTS
from compliance.models import Observation, Threshold
from compliance.operations import warn_publisher
from compliance.watching.operations import open_case_from
from publishers.models import PayoutDetails, Publisher
from publishers.payout_details import (
    DetailsRefused,
    fingerprint,
    masked,
    normalised,
    set_payout_details,
)
from tests import backoffice
from tests.cases import person
from tests.compliance.watching.clicked import DAY, START, watched

CARD = "4111 1111 1111 1111"


@pytest.fixture
def people(tmp_path) -> dict[str, Publisher]:
    """anna brought boris in; clara and dora came by themselves."""
    backoffice.facts(tmp_path)
    for code in ("clara", "dora"):
        Publisher.objects.create(
            code=code, name=code, email=f"{code}@example.net", registered_at=START
        )
    return {one.code: one for one in Publisher.objects.all()}


def give(publisher: Publisher, number: str = CARD, day: int = 0, kind: str = "card"):
    return set_payout_details(
        publisher_id=publisher.pk, kind=kind, number=number, at=START + day * DAY
    )


# --- the detector alone ------------------------------------------------------------------------


def holding(number: int, details: str, day: int) -> Holding:
    return Holding(number, f"p{number}", details, "•••• 1", START + day * DAY)


@given(days=st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_every_account_but_the_first_of_each_details_is_told_of(days):
    holdings = [holding(number, "x", day) for number, day in enumerate(days)]
    found = shared_details.judge(holdings, set(), DEFAULTS)
    assert len(found) == len(days) - 1
    first = min(holdings, key=lambda one: (one.since, one.publisher_id))
    assert all(one.others[0] == first for one in found)


@given(details=st.lists(st.integers(), unique=True, max_size=8))
def test_accounts_with_details_of_their_own_are_clear(details):
    holdings = [holding(n, str(one), n) for n, one in enumerate(details)]
    holdings += [holding(n, str(one), n + 60) for n, one in enumerate(details)]
    assert shared_details.judge(holdings, {(0, 1)}, DEFAULTS) == []


def test_a_referrer_with_the_same_details_is_grave():
    holdings = [holding(1, "x", 0), holding(2, "x", 1)]
    (found,) = shared_details.judge(holdings, {(1, 2)}, DEFAULTS)
    assert found.suspicion.gravity == Gravity.HIGH
    assert [sign.sign for sign in found.suspicion.signs] == ["shared", "referrer"]
    (mild,) = shared_details.judge(holdings, {(1, 3)}, DEFAULTS)
    assert mild.suspicion.gravity == Gravity.MEDIUM


def test_as_many_accounts_as_the_threshold_says_are_needed():
    holdings = [holding(n, "x", n) for n in range(4)]
    found = shared_details.judge(holdings, set(), {**DEFAULTS, "shared_accounts": 3})
    assert [one.holding.publisher_id for one in found] == [2, 3]


# --- the numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "one", "same"),
    [
        ("card", "4111111111111111", " 4111-1111 1111\u00a01111 "),
        ("card", "4111111111111111", "４１１１111111111111"),
        ("bank_account", "DE89370400440532013000", "de89 3704 0044 0532 0130 00"),
        ("email_wallet", "Anna@Example.net", "anna@example.NET "),
        ("wallet", "0xAbCdEf0123", "0xabcdef0123"),
    ],
)
def test_one_number_in_two_spellings_is_one(kind, one, same):
    assert normalised(kind, one) == normalised(kind, same)


def test_wallets_in_other_letters_and_kinds_are_others():
    assert normalised("wallet", "TAbcde") != normalised("wallet", "Tabcde")
    assert fingerprint("card", "4" * 16) != fingerprint("wallet", "4" * 16)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("card", "4111"), ("card", "4111x11111111111"), ("email_wallet", "anna"), ("wallet", "")],
)
def test_what_is_no_number_of_its_kind_is_refused_without_being_repeated(kind, number):
    with pytest.raises(DetailsRefused) as refused:
        normalised(kind, number)
    assert not number or number not in str(refused.value)


def test_the_fingerprint_needs_the_key(settings):
    before = fingerprint("card", "4" * 16)
    settings.SECRET_KEY = "another"
    assert fingerprint("card", "4" * 16) != before


@given(number=st.from_regex(r"[0-9]{12,19}", fullmatch=True))
def test_a_mask_shows_four_digits(number):
    assert masked("card", number).strip("•").strip() == number[-4:]


@pytest.mark.django_db
def test_the_number_is_kept_nowhere(people):
    row = give(people["anna"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM publishers_payoutdetails AS d")
        (text,) = cursor.fetchone()
    assert "41111111" not in text.replace(" ", "")
    assert row.masked == "•••• 1111"


@pytest.mark.django_db
def test_new_details_end_the_old_ones_and_the_same_change_nothing(people):
    first = give(people["anna"])
    assert give(people["anna"], "4111-1111-1111-1111", day=5) == first
    second = give(people["anna"], "5500 0000 0000 0004", day=7)
    first.refresh_from_db()
    assert (first.valid_to, second.valid_from) == (START + 7 * DAY, START + 7 * DAY)
    with pytest.raises(DetailsRefused, match="later"):
        give(people["anna"], "340000000000009", day=7)
    assert PayoutDetails.objects.count() == 2


@pytest.mark.django_db
def test_details_are_kept_as_they_were(people):
    row = give(people["anna"])
    rows = PayoutDetails.objects.filter(pk=row.pk)
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.update(fingerprint="0" * 64)
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.delete()


# --- the watch ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_accounts_with_one_card_are_told_of_once(people):
    give(people["clara"])
    give(people["boris"], "5500000000000004", day=3)
    assert watched(4)["observations"] == 0
    give(people["dora"], "4111-1111-1111-1111", day=5)
    assert watched(5)["observations"] == 1
    assert watched(6)["observations"] == 0
    one = Observation.objects.get()
    assert (one.publisher.code, one.source, one.window_start) == ("dora", None, START + 5 * DAY)
    assert (one.severity, one.found_at) == (2, START + 5 * DAY + timedelta(hours=3))
    accounts = [account["publisher"] for account in one.evidence["accounts"]]
    assert accounts == ["clara", "dora"]
    assert "clara, dora" in one.evidence["signs"][0]["figures"]["codes"]


@pytest.mark.django_db
def test_a_card_that_was_left_still_tells(people):
    """Who was blocked comes back under another name with the same card."""
    give(people["clara"])
    give(people["clara"], "5500000000000004", day=2)
    give(people["dora"], day=30)
    assert watched(31)["observations"] == 1


@pytest.mark.django_db
def test_a_referrer_who_shares_its_card_is_grave(people):
    give(people["anna"])
    give(people["boris"], day=1)
    watched(2)
    one = Observation.objects.get()
    assert (one.publisher.code, one.severity) == ("boris", 3)
    assert one.evidence["signs"][1]["figures"]["pairs"] == "anna > boris"


@pytest.mark.django_db
def test_the_threshold_of_the_time_counts(people):
    Threshold.objects.create(name="shared_accounts", value=3, valid_to=START + 10 * DAY)
    give(people["clara"])
    give(people["dora"], day=5)
    assert watched(20)["observations"] == 0
    give(people["anna"], day=21)
    assert watched(21)["observations"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holders", "clause"),
    [
        (("anna", "boris"), "F25"), (("clara", "dora"), ""), (("boris", "clara"), ""),
        (("anna", "boris", "dora"), ""),
    ],
)  # fmt: skip
def test_a_case_names_the_clause_on_referrals_only_where_the_account_is_part_of_one(
    people, holders, clause
):
    for day, code in enumerate(holders):
        give(people[code], day=day)
    watched(10)
    row = Observation.objects.get(publisher=people[holders[-1]])
    case = open_case_from(row, by=person("clerk"), at=START + 11 * DAY)
    assert case.clause == clause
    warn_publisher(case_id=case.pk, by=person("clerk"), at=START + 12 * DAY, reason="One person?")
    text = case.statements.get().text_en
    assert ("Clause F25: The referral programme" in text) == bool(clause)
    assert ("No clause of the programme's conditions speaks of this" in text) == (not clause)
