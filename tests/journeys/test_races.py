"""Two at once: each pair has one outcome, whoever comes first, and the books agree after it."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from commissions.enums import ParkedState
from commissions.invariants import decisions_follow_from_facts
from commissions.models import (
    FeedImport,
    LedgerAccount,
    OrderLine,
    ParkedRow,
    Store,
    Touch,
    Transfer,
)
from commissions.operations.feed import replay_parked_row
from commissions.pipeline.rerating import rerate_pending
from compliance.models import Case, ReviewText
from compliance.operations import block_account, block_unanswered, overturn_case, scan_reviews
from config.clock import tick
from config.models import JobRun
from publishers.models import AccountBlock, Agreement, Publisher
from publishers.queries import is_blocked
from referrals.operations import credit_referrals
from tests.journeys.at_once import (
    CLOCK,
    Begun,
    all_at_once,
    books_held,
    held,
    in_turn,
    until_waiting,
)
from tests.journeys.orders import (
    NOW,
    PAID,
    SETTLED,
    balance,
    booked,
    found_case,
    golden_facts,
    in_small_batches,
    line,
    order,
    taken,
    written,
)
from tests.journeys.worlds_through import assert_books_agree, books, command

pytestmark = pytest.mark.django_db(transaction=True)

BOTH_WAYS = pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["first", "second"])
ROWS = 120


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def in_both_turns(turn, *works):
    """The works in the order that the test is run with; results in the order they were named."""
    results = in_turn(*(works[place] for place in turn))
    return [result for _, result in sorted(zip(turn, results, strict=True))]


def many_rows(source: str | None = None) -> list[dict[str, str]]:
    """Orders of three lines each, of two days, the statuses in turn."""
    sources = ("anna-site", "boris-cb", "clara-coup", "eve-site", "filip-ads")
    return [
        order(
            number, source=source or sources[number % 5], cents=1_000 + 397 * number,
            status=(PAID, SETTLED)[number % 2], order_id=7_000_000 + number // 3,
            created_time=f"2019-03-{1 + number % 2:02d} 10:00:00",
        )
        for number in range(ROWS)
    ]  # fmt: skip


def settle_referrals() -> None:
    credit_referrals(at=NOW)
    assert_books_agree()


# --- imports -----------------------------------------------------------------------------------


def test_one_file_delivered_twice_at_once_books_as_once(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows())
    done = in_turn(lambda: taken(path), lambda: taken(path))
    assert sum(one.lines_new for one in done) == ROWS
    assert [one.rows_same for one in done] == [0, ROWS]
    assert OrderLine.objects.count() == ROWS
    assert {one.revision for one in OrderLine.objects.all()} == {1}
    settle_referrals()


def test_one_file_delivered_three_times_batch_beside_batch_books_as_once(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows())
    done = all_at_once(*[lambda: in_small_batches(path)] * 3)
    assert sum(one.lines_new for one in done) == ROWS
    assert {one.lines_changed for one in done} <= set(range(ROWS))
    settle_referrals()
    found, transfers = books(), Transfer.objects.count()
    assert taken(path).rows_same == ROWS
    assert Transfer.objects.count() == transfers
    assert books() == found


def test_files_that_share_an_order_keep_its_cap_whichever_comes_first(tmp_path):
    rows = [order(number, order_id=7_000_000, cents=50_000) for number in range(4)]
    halves = [written(tmp_path / f"{n}.ndjson", rows[n::2]) for n in range(2)]
    in_turn(lambda: taken(halves[0]), lambda: taken(halves[1]))
    assert sorted(one.commission_cents for one in OrderLine.objects.all()) == [962, 962, 963, 963]
    assert balance("anna") == 3_850
    settle_referrals()


@BOTH_WAYS
def test_a_later_word_and_an_earlier_one_at_once_come_to_the_later(tmp_path, turn):
    late = written(tmp_path / "late.ndjson", [order(1, status=SETTLED)])
    early = written(tmp_path / "early.ndjson", [order(1, status=PAID)])
    in_both_turns(turn, lambda: taken(early), lambda: taken(late))
    assert (line(1).status, balance("anna"), balance("anna", "waiting")) == ("confirmed", 700, 0)
    settle_referrals()


# --- blocks ------------------------------------------------------------------------------------


@BOTH_WAYS
def test_an_import_beside_a_block_ends_with_every_line_of_the_account_rejected(tmp_path, turn):
    booked(order(900, source="eve-site"))
    case = found_case("eve", "r1")
    path = written(tmp_path / "orders.ndjson", many_rows())
    in_both_turns(
        turn, lambda: taken(path),
        lambda: block_account(case_id=case.pk, by=None, at=NOW, reason=""),
    )  # fmt: skip
    lines = OrderLine.objects.filter(publisher__code="eve")
    assert lines.count() == ROWS // 5 + 1
    assert set(lines.values_list("status", "reason")) == {("rejected", "account_blocked")}
    assert (balance("eve"), balance("eve", "waiting")) == (0, 0)
    settle_referrals()


@BOTH_WAYS
def test_overturning_a_case_beside_the_block_of_another_leaves_the_account_blocked(turn):
    booked(order(1, source="eve-site"), order(2, source="filip-ads"))
    first, second = found_case("eve", "r1"), found_case("eve", "r2")
    block_account(case_id=first.pk, by=None, at=NOW, reason="")
    in_both_turns(
        turn,
        lambda: overturn_case(case_id=first.pk, by=None, at=NOW + timedelta(days=1), reason="-"),
        lambda: block_account(case_id=second.pk, by=None, at=NOW, reason=""),
    )
    assert is_blocked(Publisher.objects.get(code="eve").pk)
    assert AccountBlock.objects.filter(valid_to=None).get().ground == f"case:{second.pk}"
    assert (line(1).status, balance("eve"), balance("filip")) == ("rejected", 0, 700)
    settle_referrals()
    overturn_case(case_id=second.pk, by=None, at=NOW + timedelta(days=2), reason="-")
    assert (line(1).status, balance("eve"), balance("clara")) == ("confirmed", 735, 35)
    settle_referrals()


@BOTH_WAYS
def test_an_import_beside_an_overturning_ends_with_every_line_earning(tmp_path, turn):
    booked(order(900, source="eve-site"))
    case = found_case("eve", "r1")
    block_account(case_id=case.pk, by=None, at=NOW, reason="")
    path = written(tmp_path / "orders.ndjson", many_rows("eve-site"))
    in_both_turns(
        turn, lambda: taken(path),
        lambda: overturn_case(case_id=case.pk, by=None, at=NOW + timedelta(days=1), reason="-"),
    )  # fmt: skip
    earning = OrderLine.objects.filter(status__in=["waiting", "confirmed"])
    assert earning.count() == ROWS + 1
    settle_referrals()


@BOTH_WAYS
def test_the_credit_of_referrals_beside_a_block_credits_nothing_for_the_account(turn):
    booked(order(1, source="eve-site"), order(2, source="filip-ads"), order(3, source="clara-coup"))
    case = found_case("eve", "r1")
    in_both_turns(
        turn, lambda: credit_referrals(at=NOW),
        lambda: block_account(case_id=case.pk, by=None, at=NOW, reason=""),
    )  # fmt: skip
    assert (balance("eve"), balance("clara"), balance("anna")) == (0, 700, 35)
    assert_books_agree()


def test_the_scan_and_a_person_block_two_accounts_at_once_without_a_deadlock():
    """The scan blocks eve, then filip, in one transaction; staff block filip by another case."""
    booked(order(1, source="eve-site"), order(2, source="filip-ads"))
    for number, code in enumerate(("eve-site", "filip-ads")):
        ReviewText.objects.create(
            review_id=f"r{number}", posted_at=NOW + timedelta(seconds=number),
            text=f"https://go.permille.example/c/{code}",
        )  # fmt: skip
    case = found_case("filip", "by hand")
    later = NOW + timedelta(days=1)
    in_turn(
        lambda: scan_reviews(at=later),
        lambda: block_account(case_id=case.pk, by=None, at=later, reason=""),
    )
    assert set(Case.objects.values_list("status", flat=True)) == {"blocked"}
    assert (balance("eve"), balance("filip")) == (0, 0)
    settle_referrals()


def test_an_agreement_mended_while_a_block_decides_is_not_forgotten():
    """The block has read the agreement and stands before the balances when it is mended."""
    agreement = Agreement.objects.get(publisher__code="dmitri")
    booked(order(1, source="dmitri-tb"), order(2, source="dmitri-tb", status=PAID))
    case = found_case("dmitri", "r1")
    block_account(case_id=case.pk, by=None, at=NOW, reason="")
    overturning = lambda: overturn_case(  # noqa: E731
        case_id=case.pk, by=None, at=NOW + timedelta(days=1), reason="-"
    )
    with transaction.atomic():
        accounts = LedgerAccount.objects.filter(publisher__code="dmitri")
        list(accounts.select_for_update(of=("self",)))
        begun = Begun(overturning)
        until_waiting(1)
        mended = Agreement.objects.filter(pk=agreement.pk)
        end = line(1).created_at
        Begun(lambda: mended.update(valid_to=end)).result()
    begun.result()
    rerate_pending(at=NOW + timedelta(days=1))
    assert {one.reason for one in (line(1), line(2))} == {"forbidden_traffic"}
    settle_referrals()


def test_an_agreement_mended_beside_a_block_waits_for_the_re_rating():
    """The block has left its touch and stands before the balances when the agreement is mended."""
    agreement = Agreement.objects.get(publisher__code="dmitri")
    booked(order(1, source="dmitri-tb"), order(2, source="dmitri-tb", status=PAID))
    case = found_case("dmitri", "r1")
    with transaction.atomic():
        accounts = LedgerAccount.objects.filter(publisher__code="dmitri")
        list(accounts.select_for_update(of=("self",)))
        begun = Begun(lambda: block_account(case_id=case.pk, by=None, at=NOW, reason=""))
        until_waiting(1)
        mended = Agreement.objects.filter(pk=agreement.pk)
        end = line(1).created_at
        Begun(lambda: mended.update(valid_to=end)).result()
    begun.result()
    assert {one.reason for one in (line(1), line(2))} == {"account_blocked"}
    assert list(Touch.objects.values_list("scope", "value")) == [
        ("publisher", str(case.publisher_id))
    ]
    rerate_pending(at=NOW + timedelta(days=1))
    assert {one.reason for one in (line(1), line(2))} == {"forbidden_traffic"}
    settle_referrals()


def test_staff_dismiss_a_case_beside_the_job_that_would_block_it():
    """The job goes on with the other cases."""
    booked(order(1, source="eve-site"), order(2, source="filip-ads"))
    cases = [
        found_case(code, "r1", status="waiting", answer_until=NOW, blocks_unanswered=True)
        for code in ("eve", "filip")
    ]
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=cases[0].pk)
        begun = Begun(lambda: block_unanswered(at=NOW))
        until_waiting(1)
        row.status = row.decision = "dismissed"
        row.decided_at = NOW
        row.save()
    begun.result()
    assert [Case.objects.get(pk=case.pk).status for case in cases] == ["dismissed", "blocked"]
    settle_referrals()


# --- the clock ---------------------------------------------------------------------------------


def test_two_ticks_at_once_make_each_run_once():
    booked(order(1, source="eve-site"), order(2, source="clara-coup"))
    ReviewText.objects.create(
        review_id="r1", posted_at=NOW - timedelta(days=30), text="permille.example/join/eve"
    )
    with held(CLOCK):
        begun = [Begun(lambda: tick(until=NOW)) for _ in range(2)]
        until_waiting(2)
    runs = [len(one.result().runs) for one in begun]
    assert sorted(runs)[0] == 0
    assert sorted(runs)[1] > 2
    assert {run.attempts for run in JobRun.objects.all()} == {1}
    assert Case.objects.get().status == "blocked"
    assert (balance("clara"), balance("anna")) == (700, 35)
    assert_books_agree()


@BOTH_WAYS
def test_a_tick_beside_an_import_comes_to_the_same(tmp_path, turn):
    booked(order(900, source="eve-site"))
    ReviewText.objects.create(
        review_id="r1", posted_at=NOW - timedelta(days=30), text="permille.example/join/eve"
    )
    path = written(tmp_path / "orders.ndjson", many_rows())
    in_both_turns(turn, lambda: taken(path), lambda: tick(until=NOW))
    tick(until=NOW + timedelta(days=1))
    assert set(
        OrderLine.objects.filter(publisher__code="eve").values_list("reason", flat=True)
    ) == {"account_blocked"}
    assert_books_agree()


# --- late facts --------------------------------------------------------------------------------


def leave_the_programme() -> None:
    """The store of product 5003 takes no part any more: its lines earn nothing."""
    Store.objects.filter(store_id="920000").update(in_programme=False)


def test_a_store_that_changes_while_an_import_waits_is_seen_by_it(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows())
    with books_held():
        begun = Begun(lambda: taken(path))
        until_waiting(1)
        leave_the_programme()
        rerating = Begun(lambda: rerate_pending(at=NOW))
        until_waiting(2)
    begun.result()
    rerating.result()
    assert set(OrderLine.objects.values_list("status", flat=True)) == {"untracked"}
    assert not Transfer.objects.exists()
    assert not Touch.objects.exists()
    assert_books_agree()


def test_a_store_that_changes_unseen_by_an_import_is_due_and_then_made_good(tmp_path):
    path = written(tmp_path / "orders.ndjson", many_rows())
    with transaction.atomic():
        leave_the_programme()
        Begun(lambda: taken(path)).result()
    assert OrderLine.objects.filter(status="confirmed").exists()
    answer = command("verify_books")
    assert (answer.exit_code, "re-ratings wait" in answer.out) == (0, True), answer.out
    rerate_pending(at=NOW)
    assert set(OrderLine.objects.values_list("status", flat=True)) == {"untracked"}
    settle_referrals()


def test_a_store_that_changes_behind_a_rerating_under_way_is_taken_by_the_next():
    """Touches taken by a run that stands before the books stay when a new one comes."""
    booked(*many_rows())
    leave_the_programme()
    with books_held():
        begun = Begun(lambda: rerate_pending(at=NOW))
        until_waiting(1)
        Store.objects.filter(store_id="920000").update(in_programme=True)
    begun.result()
    assert Touch.objects.filter(taken=False).exists()
    rerate_pending(at=NOW)
    assert not OrderLine.objects.filter(status="untracked").exists()
    settle_referrals()


def test_two_reratings_at_once_post_the_difference_once():
    booked(*many_rows())
    before = Transfer.objects.count()
    leave_the_programme()
    in_turn(*[lambda: rerate_pending(at=NOW)] * 2)
    assert set(OrderLine.objects.values_list("revision", flat=True)) == {2}
    assert Transfer.objects.count() == 2 * before
    settle_referrals()


# --- the check of the books --------------------------------------------------------------------


def test_verify_books_beside_a_block_takes_lines_and_facts_of_one_moment():
    booked(order(1, source="eve-site"))
    case = found_case("eve", "r1")
    with books_held():
        begun = Begun(decisions_follow_from_facts)
        until_waiting(1)
        block_account(case_id=case.pk, by=None, at=NOW, reason="")
    assert begun.result() is None


def test_a_fact_that_comes_while_verify_books_looks_is_not_a_fault_of_the_lines():
    booked(order(1))
    with books_held():
        begun = Begun(decisions_follow_from_facts)
        until_waiting(1)
        leave_the_programme()
    assert begun.result() is None
    rerate_pending(at=NOW)
    assert_books_agree()


# --- parked rows -------------------------------------------------------------------------------


def parked_row(tmp_path) -> tuple[ParkedRow, dict[str, str]]:
    taken(written(tmp_path / "bad.ndjson", [order(1, ship_to_country="XX")]))
    return ParkedRow.objects.get(), order(1)


def test_two_replays_of_one_parked_row_book_it_once(tmp_path):
    parked, fields = parked_row(tmp_path)
    replay = lambda: replay_parked_row(  # noqa: E731
        parked_id=parked.pk, fields=fields, by=None, at=NOW
    )
    results = in_turn(replay, replay)
    assert {one.state for one in results} == {ParkedState.REPLAYED}
    assert (Transfer.objects.count(), line(1).revision, balance("anna")) == (1, 1, 700)
    settle_referrals()


@BOTH_WAYS
def test_a_replay_beside_an_import_of_other_orders_books_both(tmp_path, turn):
    parked, fields = parked_row(tmp_path)
    path = written(tmp_path / "orders.ndjson", many_rows()[10:])
    in_both_turns(
        turn, lambda: taken(path),
        lambda: replay_parked_row(parked_id=parked.pk, fields=fields, by=None, at=NOW),
    )  # fmt: skip
    assert OrderLine.objects.count() == ROWS - 10 + 1
    settle_referrals()


@BOTH_WAYS
def test_a_replay_beside_the_same_unreadable_row_again_keeps_it_mended(tmp_path, turn):
    parked, fields = parked_row(tmp_path)
    again = written(tmp_path / "again.ndjson", [order(1, ship_to_country="XX"), order(2)])
    in_both_turns(
        turn, lambda: taken(again),
        lambda: replay_parked_row(parked_id=parked.pk, fields=fields, by=None, at=NOW),
    )  # fmt: skip
    assert ParkedRow.objects.get().state == ParkedState.REPLAYED
    assert (line(1).revision, balance("anna")) == (1, 1_400)
    assert FeedImport.objects.filter(state="done").count() == 2
    settle_referrals()
