"""What decisions do to money, and their undoing brings back: blocks, suspended sources, appeals."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from commissions.models import OrderLine, Touch, Transfer
from commissions.pipeline.rerating import pending_touches, rerate_pending
from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.operations import (
    appeal,
    decide_appeal,
    overturn_case,
    suspend_source,
    warn_publisher,
)
from config.clock import tick
from publishers.models import Source, SourceApproval, SourceSuspension
from publishers.operations import suspend_source as suspend
from publishers.operations import undo_suspension
from publishers.queries import approvals, approved_at, is_payable
from referrals.models import ReferralCredit
from referrals.operations import credit_referrals
from tests.cases import DAY, block_by_two, case_in, person
from tests.journeys.orders import (
    NOW,
    PAID,
    balance,
    booked,
    found_case,
    golden_facts,
    line,
    order,
)
from tests.journeys.test_blocks import LINK, chain, everything, review
from tests.journeys.worlds_through import assert_books_agree, books

pytestmark = pytest.mark.django_db
SUSPENDED = datetime(2019, 3, 2, tzinfo=UTC)
BEFORE, AFTER = "2019-03-01 10:00:00", "2019-03-03 10:00:00"


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def appealed(case: Case, *, is_right: bool) -> Case:
    appeal(case_id=case.pk, publisher_id=case.publisher_id, text="It was not me.", at=NOW + 2 * DAY)
    return decide_appeal(
        case_id=case.pk, is_right=is_right, by=person("judge"), at=NOW + 3 * DAY, reason="Weighed."
    )


def clara_source() -> Source:
    return Source.objects.get(code="clara-coup")


def suspended(case: Case, at: datetime = SUSPENDED) -> Case:
    return suspend_source(
        case_id=case.pk, source_id=clara_source().pk, by=person("one"), at=at, reason="x"
    )


# --- blocks ------------------------------------------------------------------------------------


def test_an_appeal_against_a_block_by_two_brings_everything_back_to_the_cent():
    chain()
    before = everything()
    case = block_by_two(found_case("clara", "r1"), NOW + DAY)
    taken = case.statements.get()
    # The rejected line earned nothing before; 5 % of eve's 2,333 was clara's credit.
    assert (taken.lines, taken.commission, taken.referral) == (-6, {"USD": -6_814}, {"USD": -116})
    assert "6 order lines with a commission of 68.14 USD" in taken.text_en
    assert "1.16 USD of referral credit" in taken.text_en
    assert_books_agree()
    appealed(case, is_right=True)
    assert_books_agree()
    assert everything() == before
    assert not Touch.objects.exists()
    back = case.statements.get(decision="overturned")
    assert (back.lines, back.commission, back.referral) == (6, {"USD": 6_814}, {"USD": 116})
    assert is_payable(case.publisher_id)


def test_an_appeal_that_is_turned_down_moves_nothing_and_the_block_stands():
    chain()
    case = block_by_two(found_case("clara", "r1"), NOW + DAY)
    blocked, transfers = everything(), Transfer.objects.count()
    case = appealed(case, is_right=False)
    assert (everything(), Transfer.objects.count()) == (blocked, transfers)
    assert not is_payable(case.publisher_id)
    assert_books_agree()


def test_while_an_appeal_is_open_the_block_holds_for_what_comes():
    chain()
    case = block_by_two(found_case("clara", "r1"), NOW + DAY)
    appeal(case_id=case.pk, publisher_id=case.publisher_id, text="No.", at=NOW + 2 * DAY)
    booked(order(20, source="clara-coup"))
    assert line(20).reason == "account_blocked"
    assert_books_agree()


def test_a_link_found_by_the_job_from_the_block_to_the_reinstatement():
    chain()
    before = everything()
    review(1, LINK)
    tick(until=NOW + DAY)
    case = Case.objects.get()
    assert (case.status, case.decided_by, balance("clara")) == ("blocked", None, 0)
    assert case.statements.get().automatic
    appealed(case, is_right=True)
    tick(until=NOW + 4 * DAY)
    assert everything() == before
    assert_books_agree()


@pytest.mark.parametrize("status", [CaseStatus.DISMISSED, CaseStatus.WARNED])
def test_no_money_moves_where_nothing_is_taken(status):
    chain()
    before, transfers = everything(), Transfer.objects.count()
    case = case_in("clara", status)
    assert (everything(), Transfer.objects.count()) == (before, transfers)
    assert case.statements.get().amounts == []
    if status == CaseStatus.WARNED:
        overturn_case(case_id=case.pk, by=person("one"), at=NOW + DAY, reason="x")
        assert (everything(), Transfer.objects.count()) == (before, transfers)
    assert_books_agree()


def test_a_warning_does_not_touch_a_block_on_another_ground():
    chain()
    block_by_two(found_case("clara", "r1"), NOW + DAY)
    blocked = everything()
    other = found_case("clara", "r2")
    warn_publisher(case_id=other.pk, by=person("one"), at=NOW + DAY, reason="x")
    overturn_case(case_id=other.pk, by=person("one"), at=NOW + DAY, reason="x")
    assert everything() == blocked
    assert_books_agree()


# --- suspended sources -------------------------------------------------------------------------


def around() -> None:
    """Orders of clara's source before and after its suspension, and of a sub-publisher."""
    booked(
        order(1, source="clara-coup", created_time=BEFORE),
        order(2, source="clara-coup", created_time=AFTER),
        order(3, source="clara-coup", created_time=AFTER, status=PAID),
        order(4, source="eve-site", created_time=AFTER),
    )
    credit_referrals(at=NOW)


def test_a_suspended_source_earns_nothing_from_then_on_and_all_it_had_earned_stays():
    around()
    before = everything()
    case = suspended(found_case("clara", "r1"))
    assert [line(n).reason for n in (1, 2, 3, 4)] == [
        "", "source_not_approved", "source_not_approved", "",
    ]  # fmt: skip
    taken = case.statements.get()
    assert (taken.lines, taken.commission, taken.referral) == (-2, {"USD": -1_400}, {"USD": 0})
    assert ReferralCredit.objects.get(referred__code="clara").credited_cents == 35
    assert not Touch.objects.exists(), "its lines were decided in the same transaction"
    assert_books_agree()
    booked(order(5, source="clara-coup", created_time=AFTER), order(6, source="clara-coup"))
    assert (line(5).reason, line(6).reason) == ("source_not_approved", "")
    overturn_case(case_id=case.pk, by=person("one"), at=NOW + DAY, reason="x")
    assert [line(n).commission_cents for n in (1, 2, 3, 5, 6)] == [700] * 5
    back = case.statements.get(decision="overturned")
    assert (back.lines, back.commission) == (3, {"USD": 2_100})
    assert not Touch.objects.exists()
    assert before != everything()
    assert_books_agree()


def test_what_came_through_a_suspension_undone_is_the_same_as_without_it():
    def deliver() -> None:
        booked(order(5, source="clara-coup", created_time=AFTER))
        credit_referrals(at=NOW + 4 * DAY)

    with transaction.atomic():
        around()
        deliver()
        untroubled = {**books(), "cases": []}
        transaction.set_rollback(True)
    around()
    case = suspended(found_case("clara", "r1"))
    deliver()
    assert {**books(), "cases": []} != untroubled
    overturn_case(case_id=case.pk, by=person("one"), at=NOW + 2 * DAY, reason="x")
    credit_referrals(at=NOW + 4 * DAY)
    assert {**books(), "cases": []} == untroubled
    assert_books_agree()


def test_of_two_cases_that_suspend_a_source_the_earlier_counts_until_it_falls():
    around()
    late = suspended(found_case("clara", "r1"), NOW)
    early = suspended(found_case("clara", "r2"))
    assert line(2).reason == "source_not_approved"
    overturn_case(case_id=early.pk, by=person("one"), at=NOW + DAY, reason="x")
    assert line(2).reason == ""
    source = clara_source()
    assert not approved_at(NOW).filter(source=source).exists()
    assert_books_agree()
    overturn_case(case_id=late.pk, by=person("one"), at=NOW + DAY, reason="x")
    assert approved_at(NOW).filter(source=source).exists()
    assert_books_agree()


def test_an_approval_given_after_a_suspension_stands_and_one_given_before_comes_back_whole():
    around()
    source = clara_source()
    stored = list(SourceApproval.objects.filter(source=source).values())
    case = suspended(found_case("clara", "r1"))
    assert list(SourceApproval.objects.filter(source=source).values()) == stored
    first = SourceApproval.objects.get(source=source)
    assert approvals([source.pk]) == [(source.pk, first.valid_from, SUSPENDED)]
    again = datetime(2019, 3, 3, tzinfo=UTC)
    SourceApproval.objects.filter(pk=first.pk).update(valid_to=again)
    SourceApproval.objects.create(source=source, valid_from=again)
    rerate_pending(at=NOW)
    assert line(2).reason == ""
    assert sorted(approvals([source.pk]), key=lambda one: one[1]) == [
        (source.pk, first.valid_from, SUSPENDED), (source.pk, again, None),
    ]  # fmt: skip
    overturn_case(case_id=case.pk, by=person("one"), at=NOW + DAY, reason="x")
    assert (source.pk, first.valid_from, again) in approvals([source.pk])
    assert_books_agree()


def test_a_suspension_on_another_ground_touches_its_lines_and_the_job_decides_them():
    around()
    source = clara_source()
    suspend(source_id=source.pk, ground="review of the rules", at=SUSPENDED)
    assert suspend(source_id=source.pk, ground="review of the rules", at=NOW).pk
    assert SourceSuspension.objects.count() == 1
    assert pending_touches()
    assert line(2).reason == ""
    rerate_pending(at=NOW)
    assert line(2).reason == "source_not_approved"
    assert undo_suspension(source_id=source.pk, ground="another", at=NOW) is None
    undo_suspension(source_id=source.pk, ground="review of the rules", at=NOW)
    rerate_pending(at=NOW)
    assert line(2).reason == ""


def test_a_suspension_forgets_no_touch_but_its_own():
    around()
    source = clara_source()
    # A mended title touches the source's lines: nobody has decided them again yet.
    Source.objects.filter(pk=source.pk).update(title="Another")
    others = set(Touch.objects.values_list("id", flat=True))
    assert others
    with transaction.atomic():
        suspended(found_case("clara", "r1"))
    assert set(Touch.objects.values_list("id", flat=True)) == others


def test_a_block_and_a_suspension_are_undone_in_any_order():
    around()
    before = everything()
    suspension = suspended(found_case("clara", "r1"))
    block = block_by_two(found_case("clara", "r2"), NOW + DAY)
    assert balance("clara") == 0
    overturn_case(case_id=suspension.pk, by=person("one"), at=NOW + 2 * DAY, reason="x")
    assert set(OrderLine.objects.filter(publisher__code="clara").values_list("reason")) == {
        ("account_blocked",)
    }
    assert_books_agree()
    overturn_case(case_id=block.pk, by=person("one"), at=NOW + 3 * DAY, reason="x")
    assert everything() == before
    assert_books_agree()


def test_an_approval_given_at_the_very_instant_of_a_suspension_stands():
    around()
    source = clara_source()
    first = SourceApproval.objects.get(source=source)
    SourceApproval.objects.filter(pk=first.pk).update(valid_to=SUSPENDED)
    SourceApproval.objects.create(source=source, valid_from=SUSPENDED)
    suspended(found_case("clara", "r1"))
    assert (source.pk, SUSPENDED, None) in approvals([source.pk])
    assert approved_at(SUSPENDED).filter(source=source).exists()
    assert line(2).reason == ""
