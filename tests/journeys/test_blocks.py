"""A block takes everything that was not paid out; its undoing brings exactly that back."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from commissions.enums import Cause
from commissions.models import LedgerAccount, OrderLine, Touch, Transfer
from commissions.pipeline.rerating import rerate_pending
from compliance.enums import TRANSITIONS, CaseStatus
from compliance.models import Case, ReviewText
from compliance.operations import (
    WrongMove,
    block_account,
    dismiss_case,
    keep_reviews,
    overturn_case,
    scan_reviews,
)
from config.clock import tick
from config.models import JobRun
from publishers.models import AccountBlock, Publisher
from publishers.queries import is_blocked
from referrals.models import ReferralCredit
from referrals.operations import credit_referrals
from tests.cases import LONG_AGO, agreed_policy, case_in, columns_of
from tests.journeys.orders import (
    INVALID,
    NOW,
    PAID,
    RECEIVED,
    SETTLED,
    balance,
    booked,
    found_case,
    golden_facts,
    line,
    order,
)
from tests.journeys.worlds_through import assert_books_agree, books, exported

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LINK = "Cheaper: https://go.permille.example/c/clara-coup?sub1=x"


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def chain() -> None:
    """Orders of everybody from anna down to filip; clara, in the middle, has one of each kind."""
    booked(
        order(1, source="anna-site"), order(2, source="eve-site", cents=33_333),
        order(3, source="filip-ads"), order(10, source="clara-coup", status=PAID),
        order(11, source="clara-coup", status=RECEIVED),
        order(12, source="clara-coup", status=SETTLED, cents=12_345),
        order(13, source="clara-coup", status=INVALID),
        order(14, source="clara-coup", cents=50_000, order_id=7_000_099),
        order(15, source="clara-coup", cents=50_001, order_id=7_000_099),
        order(16, source="clara-coup", order_id=7_000_098),
        order(17, source="anna-site", order_id=7_000_098),
    )  # fmt: skip
    credit_referrals(at=NOW)


def everything() -> dict[str, object]:
    """Every figure of the books."""
    accounts = LedgerAccount.objects.order_by("id").values_list("id", "balance_cents")
    lines = OrderLine.objects.order_by("id").values(
        "id", "status", "reason", "rule_id", "rate_bp", "base_cents", "rated_cents",
        "commission_cents", "publisher_id", "source_id", "rulebook_id",
    )  # fmt: skip
    given = ReferralCredit.objects.order_by("id").values_list("referred_id", "credited_cents")
    return {"accounts": dict(accounts), "lines": list(lines), "credits": dict(given)}


def block(case: Case, days: int = 1) -> None:
    block_account(case_id=case.pk, by=None, at=NOW + days * DAY, reason="a link")
    assert_books_agree()


def overturn(case: Case, days: int = 2) -> None:
    overturn_case(case_id=case.pk, by=None, at=NOW + days * DAY, reason="an appeal")
    assert_books_agree()


def review(number: int = 1, text: str = LINK, days: int = 0) -> None:
    keep_reviews(
        reviews=[{"review_id": f"r{number}", "product_id": "5003", "author": "u",
                  "posted_at": NOW + days * DAY, "text": text}]
    )  # fmt: skip


# --- what a block takes ------------------------------------------------------------------------


def test_a_block_deducts_all_that_was_not_paid_out():
    chain()
    assert (balance("clara", "waiting"), balance("clara", "hold")) == (700, 700)
    block(found_case("clara", "r1"))
    lines = OrderLine.objects.filter(publisher__code="clara")
    earning = lines.exclude(sub_order_id=str(8_000_013))
    assert set(earning.values_list("status", "reason")) == {("rejected", "account_blocked")}
    assert line(13).reason == "invalid"
    assert sum(lines.values_list("commission_cents", flat=True)) == 0
    kinds = ("waiting", "hold", "available")
    assert [balance("clara", kind) for kind in kinds] == [0, 0, 0]


def test_the_rule_and_rate_that_had_decided_a_line_stay_readable():
    chain()
    before = line(12)
    block(found_case("clara", "r1"))
    after = line(12)
    assert (after.rule_id, after.rate_bp) == (before.rule_id, 700)
    assert (after.base_cents, after.rated_cents) == (12_345, 864)


def test_a_block_takes_the_credit_up_and_down_the_chain():
    chain()
    # anna had 5 % of clara's 864 + 3,850 + 700, clara had 5 % of eve's 2,333.
    credit = dict(ReferralCredit.objects.values_list("referred__code", "credited_cents"))
    assert credit == {"clara": 270, "eve": 116, "filip": 35}
    block(found_case("clara", "r1"))
    credit = dict(ReferralCredit.objects.values_list("referred__code", "credited_cents"))
    assert credit == {"clara": 0, "eve": 0, "filip": 35}
    assert (balance("anna"), balance("eve")) == (1_400, 2_333 + 35)


def test_other_publishers_lines_of_a_shared_order_stay():
    chain()
    block(found_case("clara", "r1"))
    assert (line(16).commission_cents, line(17).commission_cents) == (0, 700)


def test_the_transfers_of_a_block_name_its_case():
    chain()
    case = found_case("clara", "r1")
    block(case)
    taken = Transfer.objects.filter(cause=Cause.BLOCK)
    assert set(taken.values_list("cause_id", flat=True)) == {case.pk}
    assert sum(taken.values_list("amount_cents", flat=True)) == 700 + 700 + 864 + 3_850 + 700


# --- what its undoing brings back --------------------------------------------------------------


def test_overturning_brings_back_exactly_what_was_taken():
    chain()
    before, exports = everything(), books()
    case = found_case("clara", "r1")
    block(case)
    assert everything() != before
    overturn(case)
    assert everything() == before
    cases = exported("cases")
    assert cases[0]["status"] == "overturned"
    assert {**books(), "cases": []} == {**exports, "cases": []}
    assert not Touch.objects.exists()


def test_orders_that_came_in_between_come_back_too():
    chain()
    case = found_case("clara", "r1")
    block(case)
    booked(
        order(20, source="clara-coup", cents=20_000), order(21, source="clara-coup", status=PAID),
        order(10, source="clara-coup", status=SETTLED), order(22, source="eve-site"),
    )  # fmt: skip
    credit_referrals(at=NOW + DAY)
    assert {line(number).reason for number in (20, 21, 10)} == {"account_blocked"}
    assert balance("clara") == 0
    assert_books_agree()
    overturn(case)
    assert [line(number).commission_cents for number in (20, 21, 10)] == [1_400, 700, 700]
    assert (balance("clara", "waiting"), balance("clara", "hold")) == (700, 700)
    # Its own lines, and 5 % of eve's 2,333 + 700.
    assert balance("clara") == 864 + 3_850 + 700 + 1_400 + 700 + 151
    unblocked = everything()["credits"]
    assert unblocked[Publisher.objects.get(code="clara").pk] == (5_414 + 2_100) * 5 // 100


def test_what_came_without_the_block_is_the_same_as_what_came_through_it():
    """Blocked and freed between the deliveries, or never: the same books."""
    with transaction.atomic():
        chain()
        booked(order(20, source="clara-coup"), order(12, source="clara-coup", status=INVALID))
        credit_referrals(at=NOW + 2 * DAY)
        untroubled = {**books(), "cases": []}
        transaction.set_rollback(True)
    chain()
    case = found_case("clara", "r1")
    block(case)
    booked(order(20, source="clara-coup"), order(12, source="clara-coup", status=INVALID))
    overturn(case)
    assert {**books(), "cases": []} == untroubled


def test_an_account_blocked_and_freed_many_times_is_as_before():
    chain()
    before = everything()
    for number in range(4):
        case = found_case("clara", f"r{number}")
        block(case, 2 * number + 1)
        overturn(case, 2 * number + 2)
    assert everything() == before
    assert AccountBlock.objects.filter(valid_to=None).count() == 0


def test_a_block_overturned_as_of_its_own_begin_never_held():
    chain()
    before = everything()
    case = found_case("clara", "r1")
    block(case, 1)
    overturn(case, 1)
    assert everything() == before
    assert not AccountBlock.objects.exists()


def test_two_cases_on_one_account_overturning_one_leaves_the_block():
    chain()
    before = everything()
    first, second = found_case("clara", "r1"), found_case("clara", "r2")
    block(first)
    blocked = everything()
    transfers = Transfer.objects.count()
    block(second)
    assert Transfer.objects.count() == transfers, "there was nothing left to take"
    overturn(first)
    assert everything() == blocked
    assert is_blocked(Publisher.objects.get(code="clara").pk)
    overturn(second, 3)
    assert everything() == before


def test_blocks_along_a_chain_are_undone_in_any_order():
    chain()
    before = everything()
    cases = {code: found_case(code, "r1") for code in ("anna", "clara", "eve")}
    for case in cases.values():
        block(case)
    assert sum(ReferralCredit.objects.values_list("credited_cents", flat=True)) == 0
    for code in ("clara", "anna", "eve"):
        overturn(cases[code])
    assert everything() == before


# --- what the policy says ----------------------------------------------------------------------


def policy(mode: str, days: int | None = None, start: datetime = LONG_AGO) -> None:
    """Set by one person, and approved by another where it takes two."""
    agreed_policy(mode, start, days)


def test_without_a_policy_the_tick_blocks_at_once():
    chain()
    review()
    tick(until=NOW + DAY)
    case = Case.objects.get()
    assert (case.status, case.decided_by, case.decided_at) == ("blocked", None, NOW)
    assert (case.publisher.code, case.evidence, case.clause) == ("clara", "r1", "F37")
    assert balance("clara") == 0
    assert_books_agree()


def test_where_there_is_time_to_answer_the_tick_blocks_when_it_is_over():
    chain()
    policy("after_answer", 7)
    review()
    tick(until=NOW + 7 * DAY - timedelta(seconds=1))
    case = Case.objects.get()
    assert (case.status, case.answer_until) == ("waiting", NOW + 7 * DAY)
    assert line(12).status == "confirmed"
    assert_books_agree()
    tick(until=NOW + 7 * DAY)
    case.refresh_from_db()
    assert (case.status, case.decided_at) == ("blocked", NOW + 7 * DAY)
    assert line(12).reason == "account_blocked"
    assert JobRun.objects.get(job="block_unanswered", result={"accounts_blocked": 1})
    assert_books_agree()


def test_a_case_dismissed_in_time_is_not_blocked():
    chain()
    policy("after_answer", 7)
    review()
    tick(until=NOW + DAY)
    dismiss_case(case_id=Case.objects.get().pk, by=None, at=NOW + DAY, reason="not theirs")
    tick(until=NOW + 30 * DAY)
    assert Case.objects.get().status == "dismissed"
    assert not AccountBlock.objects.exists()
    assert_books_agree()


def test_where_a_person_decides_the_tick_leaves_the_case():
    chain()
    policy("person")
    review()
    tick(until=NOW + 90 * DAY)
    case = Case.objects.get()
    assert (case.status, case.decided_at) == ("found", None)
    assert line(12).status == "confirmed"
    block(case, 91)
    assert line(12).reason == "account_blocked"


def test_the_policy_in_force_when_the_text_was_found_is_the_one_that_counts():
    chain()
    policy("person")
    policy("at_once", start=NOW + DAY)
    review(1)
    review(2, "https://permille.example/join/eve", days=1)
    tick(until=NOW + 2 * DAY)
    found = {case.publisher.code: case.status for case in Case.objects.all()}
    assert found == {"clara": "found", "eve": "blocked"}


# --- cases -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"evidence_frozen": {}}, {"evidence": "r2"}, {"kind": "other"},
        {"found_at": NOW + DAY}, {"publisher": "eve"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_evidence_is_frozen(change):
    case = found_case("clara", "r1")
    if "publisher" in change:
        change = {"publisher": Publisher.objects.get(code=change["publisher"])}
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete rows"), transaction.atomic():
        case.delete()


@pytest.mark.parametrize("before", list(CaseStatus))
@pytest.mark.parametrize("after", list(CaseStatus))
def test_a_case_moves_by_the_table_alone(before, after):
    case = case_in("clara", before)
    change = Case.objects.filter(pk=case.pk)
    columns = columns_of(after, case)
    if after in TRANSITIONS[before] or before == after:
        assert change.update(**columns) == 1
        return
    refused = pytest.raises(ProgrammingError, match=r"Invalid transition|stays as it")
    with refused, transaction.atomic():
        change.update(**columns)


def test_a_move_that_is_not_in_the_table_is_refused_with_a_sentence_and_changes_nothing():
    chain()
    case = found_case("clara", "r1")
    with pytest.raises(WrongMove, match=f"Case {case.pk} is found: it cannot become overturned"):
        overturn(case)
    block(case)
    before = everything()
    with pytest.raises(WrongMove):
        block(case)
    with pytest.raises(WrongMove):
        dismiss_case(case_id=case.pk, by=None, at=NOW, reason="")
    assert everything() == before


def test_one_case_a_text_and_publisher():
    review(1, f"{LINK} and https://permille.example/join/clara and permille.example/join/eve")
    opened = scan_reviews(at=NOW + DAY)
    assert sorted(case.publisher.code for case in opened) == ["clara", "eve"]
    clara = next(case for case in opened if case.publisher.code == "clara")
    assert len(clara.evidence_frozen["links"]) == 2
    ReviewText.objects.update(scanned_at=None)
    assert scan_reviews(at=NOW + 2 * DAY) == []
    with pytest.raises(IntegrityError, match="compliance_case_once"), transaction.atomic():
        found_case("clara", "r1")


def test_a_second_text_is_a_second_case():
    review(1)
    review(2)
    assert [case.evidence for case in scan_reviews(at=NOW + DAY)] == ["r1", "r2"]
    assert AccountBlock.objects.filter(valid_to=None).count() == 2


def test_a_text_edited_later_does_not_matter():
    chain()
    review()
    scan_reviews(at=NOW + DAY)
    frozen = Case.objects.get().evidence_frozen
    review(1, "I was never here.")
    ReviewText.objects.update(text="I was never here.", author="somebody else")
    assert scan_reviews(at=NOW + 2 * DAY) == []
    case = Case.objects.get()
    assert case.evidence_frozen == frozen
    assert (frozen["text"], frozen["author"], frozen["product_id"]) == (LINK, "u", "5003")
    assert case.status == "blocked"


def test_a_text_kept_again_before_the_scan_stays_as_it_first_came():
    review(1, "Nothing here.")
    review(1, LINK)
    assert scan_reviews(at=NOW + DAY) == []
    assert ReviewText.objects.get().text == "Nothing here."


@pytest.mark.parametrize(
    "text",
    [
        "https://go.permille.example/c/no-such-source", "permille.example/join/no-such-publisher",
        "https://aliexpress.com/item/1.html?af=CLARA-COUP", "go.permille.example/c/clara-coupx",
        "permille.example/join/clara_", "https://go.permille.example/c/",
    ],
)  # fmt: skip
def test_codes_that_nobody_has_name_nobody(text):
    review(1, text)
    assert scan_reviews(at=NOW + DAY) == []
    assert not AccountBlock.objects.exists()


def test_a_text_posted_later_than_the_scan_waits():
    review(1, days=1)
    assert scan_reviews(at=NOW) == []
    assert len(scan_reviews(at=NOW + DAY)) == 1


def test_blocks_of_a_publisher_without_orders_change_no_cent():
    case = found_case("filip", "r1")
    block(case)
    assert exported("balances")[5] == {
        "publisher": "filip", "waiting_cents": 0, "available_cents": 0, "referral_cents": 0,
        "blocked": True,
    }  # fmt: skip
    overturn(case)
    assert not Transfer.objects.exists()


def test_facts_mended_under_a_block_count_when_it_is_overturned():
    """The undoing gives back what the facts say by then, not a figure noted before."""
    chain()
    case = found_case("clara", "r1")
    block(case)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commissions_store SET in_programme = false")
    rerate_pending(at=NOW + DAY)
    credit_referrals(at=NOW + DAY)
    overturn(case)
    assert line(12).status == "untracked"
    assert balance("clara") == 0
