"""Two people at one case, or a person and the job: one wins, the other is told, the books agree."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from commissions.models import Transfer
from compliance.enums import CaseStatus
from compliance.models import Case, StatementOfReasons, ViolationPolicy
from compliance.operations import (
    WrongMove,
    answer,
    appeal,
    approve_block,
    approve_policy,
    ask_block,
    ask_policy,
    block_account,
    block_unanswered,
    decide_appeal,
    open_case,
    overturn_case,
    suspend_source,
    take_back_block_request,
)
from publishers.models import AccountBlock, Letter, Publisher, Source
from publishers.queries import is_blocked
from referrals.operations import credit_referrals
from tests.cases import DAY, block_by_two, case_in, person
from tests.journeys.at_once import Begun, all_at_once, in_turn, until_waiting
from tests.journeys.orders import (
    NOW,
    balance,
    booked,
    found_case,
    golden_facts,
    line,
    order,
    taken,
    written,
)
from tests.journeys.worlds_through import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)
BOTH_WAYS = pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["first", "second"])


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()
    booked(order(1, source="eve-site"), order(2, source="filip-ads"))
    credit_referrals(at=NOW)


def tried(work: Callable[[], Any]) -> Callable[[], bool]:
    """Whether it was done; False: it was refused with a sentence."""

    def attempt() -> bool:
        try:
            work()
        except WrongMove:
            return False
        return True

    return attempt


def in_both_turns(turn, *works):
    results = in_turn(*(works[place] for place in turn))
    return [result for _, result in sorted(zip(turn, results, strict=True))]


def at_one_row(case: Case, *works) -> list[Any]:
    """All stand before the case's row, in this order, when it is let go."""
    begun = []
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        for place, work in enumerate(works, start=1):
            begun.append(Begun(work))
            until_waiting(place)
    return [one.result() for one in begun]


def of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_two_blocks_of_one_case_at_once_take_once():
    case = found_case("eve", "r1")
    blocking = tried(lambda: block_account(case_id=case.pk, by=None, at=NOW, reason=""))
    assert sorted(in_turn(blocking, blocking)) == [False, True]
    assert AccountBlock.objects.count() == StatementOfReasons.objects.count() == 1
    assert Letter.objects.filter(publisher=case.publisher).count() == 1
    assert Transfer.objects.filter(cause="block").count() == 1
    assert_books_agree()


def test_two_cases_of_one_account_at_once_block_it_twice_and_take_once():
    cases = [found_case("eve", "r1"), found_case("eve", "r2")]
    in_turn(
        *(
            lambda case=case: block_account(case_id=case.pk, by=None, at=NOW, reason="")
            for case in cases
        )
    )
    assert AccountBlock.objects.count() == 2
    lines = StatementOfReasons.objects.order_by("pk").values_list("lines", flat=True)
    assert list(lines) == [-1, 0]
    assert_books_agree()


def test_two_people_who_approve_at_once_block_once():
    case = found_case("eve", "r1")
    ask_block(case_id=case.pk, reason="a link", by=person("asker"), at=NOW)
    people = [person("one"), person("two")]
    approving = [
        tried(lambda one=one: approve_block(case_id=case.pk, by=one, at=NOW)) for one in people
    ]
    done = in_turn(*approving)
    assert sorted(done) == [False, True]
    assert of(case).decided_by == people[done.index(True)]
    assert AccountBlock.objects.count() == 1
    assert_books_agree()


@BOTH_WAYS
def test_a_request_taken_back_beside_its_approval_is_one_or_the_other(turn):
    case = found_case("eve", "r1")
    ask_block(case_id=case.pk, reason="a link", by=person("asker"), at=NOW)
    works = [
        tried(lambda: take_back_block_request(case_id=case.pk, by=person("asker"), at=NOW)),
        tried(lambda: approve_block(case_id=case.pk, by=person("two"), at=NOW)),
    ]
    done = all_at_once(*(works[place] for place in turn))
    assert sorted(done) == [False, True]
    assert is_blocked(case.publisher_id) == (of(case).status == "blocked")
    assert_books_agree()


@BOTH_WAYS
def test_an_appeal_decided_both_ways_at_once_is_decided_once(turn):
    case = case_in("eve", CaseStatus.APPEALED)
    judges = [person("judge-1"), person("judge-2")]
    works = [
        tried(
            lambda by=by, is_right=is_right: decide_appeal(
                case_id=case.pk, is_right=is_right, by=by, at=NOW + 3 * DAY, reason="x"
            )
        )
        for by, is_right in zip(judges, (True, False), strict=True)
    ]
    done = at_one_row(case, *(works[place] for place in turn))
    assert sorted(done) == [False, True]
    stands = of(case)
    assert stands.status in {"confirmed", "overturned"}
    assert is_blocked(case.publisher_id) == (stands.status == "confirmed")
    assert line(1).status == ("rejected" if stands.status == "confirmed" else "confirmed")
    assert case.statements.count() == 2
    credit_referrals(at=NOW + 3 * DAY)
    assert_books_agree()


@BOTH_WAYS
def test_an_appeal_that_is_upheld_beside_the_block_of_another_case_leaves_that_block(turn):
    case, other = case_in("eve", CaseStatus.APPEALED), found_case("eve", "r2")
    in_both_turns(
        turn,
        lambda: decide_appeal(
            case_id=case.pk, is_right=True, by=person("judge"), at=NOW + 3 * DAY, reason="x"
        ),
        lambda: block_account(case_id=other.pk, by=None, at=NOW + 2 * DAY, reason=""),
    )
    assert AccountBlock.objects.filter(valid_to=None).get().ground == f"case:{other.pk}"
    assert (line(1).status, balance("eve")) == ("rejected", 0)
    credit_referrals(at=NOW + 3 * DAY)
    assert_books_agree()
    overturn_case(case_id=other.pk, by=person("judge"), at=NOW + 4 * DAY, reason="x")
    assert (line(1).status, balance("eve")) == ("confirmed", 735)
    assert_books_agree()


@BOTH_WAYS
def test_an_appeal_beside_the_staffs_own_overturning_ends_in_one_of_them(turn):
    case = block_by_two(found_case("eve", "r1"))
    works = [
        tried(lambda: appeal(case_id=case.pk, publisher_id=case.publisher_id, text="-", at=NOW)),
        tried(lambda: overturn_case(case_id=case.pk, by=person("one"), at=NOW + DAY, reason="x")),
    ]
    done = at_one_row(case, *(works[place] for place in turn))
    assert sorted(done) == [False, True]
    assert is_blocked(case.publisher_id) == (of(case).status == "appealed")
    credit_referrals(at=NOW + DAY)
    assert_books_agree()


@BOTH_WAYS
def test_an_answer_beside_the_job_that_would_block_is_heard_or_too_late(turn):
    case = found_case("eve", "r1", status="waiting", answer_until=NOW, blocks_unanswered=True)
    works = [
        tried(lambda: answer(case_id=case.pk, publisher_id=case.publisher_id, text="-", at=NOW)),
        lambda: block_unanswered(at=NOW),
    ]
    results = at_one_row(case, *(works[place] for place in turn))
    heard, blocked = (results[turn.index(place)] for place in (0, 1))
    assert heard == (not blocked)
    assert is_blocked(case.publisher_id) == bool(blocked)
    assert_books_agree()


@BOTH_WAYS
def test_an_import_beside_a_suspension_ends_with_every_later_line_rejected(tmp_path, turn):
    case = found_case("eve", "r1")
    source = Source.objects.get(code="eve-site")
    rows = [
        order(number, source="eve-site", created_time="2019-03-03 10:00:00")
        for number in range(10, 40)
    ]
    path = written(tmp_path / "orders.ndjson", rows)
    since = line(1).created_at + DAY
    in_both_turns(
        turn,
        lambda: taken(path),
        lambda: suspend_source(
            case_id=case.pk, source_id=source.pk, by=person("one"), at=since, reason="x"
        ),
    )
    assert {line(number).reason for number in range(10, 40)} == {"source_not_approved"}
    assert line(1).reason == ""
    credit_referrals(at=NOW)
    assert_books_agree()


def test_a_case_found_by_two_jobs_at_once_is_one_case():
    eve = Publisher.objects.get(code="eve")
    found = all_at_once(
        *[
            lambda: open_case(
                kind="review_link", publisher_id=eve.pk, evidence="e", frozen={}, at=NOW
            )[1]
        ]
        * 3
    )
    assert sorted(found) == [False, False, True]
    assert Case.objects.get().status == "blocked"
    assert AccountBlock.objects.count() == 1
    assert_books_agree()


def test_two_policies_of_one_kind_approved_at_once_do_not_overlap():
    policies = [
        ask_policy(
            kind="logo", mode="at_once", answer_days=None, valid_from=NOW, by=person("asker"),
            at=NOW, reason="x",
        )
        for _ in range(2)
    ]  # fmt: skip
    person("two")
    done = all_at_once(
        *(
            tried(
                lambda policy=policy: approve_policy(policy_id=policy.pk, by=person("two"), at=NOW)
            )
            for policy in policies
        )
    )
    assert sorted(done) == [False, True]
    assert ViolationPolicy.objects.holding().count() == 1
