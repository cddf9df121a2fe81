"""verify_books: golden's books agree; each fault planted alone is found, and its place is named."""

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.db.models import F

from commissions.enums import Cause
from commissions.ledger.keys import Subject, posting_key, transfers_of, transfers_of_line
from commissions.models import (
    ConfirmedTotal,
    DailyTotal,
    LedgerAccount,
    NetworkTotal,
    OrderLine,
    Programme,
    Rule,
    Rulebook,
    Store,
    Touch,
    Transfer,
)
from compliance.models import Case
from publishers.models import AccountBlock, Click, Publisher, Source
from referrals.models import ReferralCredit
from tests.fact_files import aliexpress
from tests.journeys.orders import NOW, booked, order
from tests.journeys.worlds_through import assert_books_agree, command, run
from tests.worlds import world

PLAIN = "900000000000301"  # anna's, confirmed, 700 cents of 10,000 at 7 %
ONE_CENT_SALE = "900000000004501"  # confirmed, 0 cents of 1 at 7 %
CAPPED = "900000000009501"  # 1,925 cents, half of the cap
WITH_CLICK = "900000000005801"
BLOCKED = "900000000007501"  # eve's, rejected for the block, 20,000 at 7 %

# Each test is a savepoint within the transaction that holds golden: its fault goes with it.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("golden")]


@pytest.fixture(scope="module")
def golden(django_db_setup, django_db_blocker):
    """Golden's books, once for all tests of this module, and gone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        aliexpress()
        run(world("golden"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


# --- how faults are planted --------------------------------------------------------------------


def unguarded(*tables: str) -> None:
    """Take the triggers away that would refuse the fault."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def kept(sub_order_id: str) -> OrderLine:
    return OrderLine.objects.get(sub_order_id=sub_order_id)


def change(sub_order_id: str, **changes: object) -> OrderLine:
    """Change a stored line behind the pipeline's back."""
    OrderLine.objects.filter(sub_order_id=sub_order_id).update(**changes)
    return kept(sub_order_id)


def account(code: str | None, kind: str) -> LedgerAccount:
    """An account; opened where there was none."""
    publisher = Publisher.objects.get(code=code) if code else None
    return LedgerAccount.objects.get_or_create(
        publisher=publisher, kind=kind, programme=Programme.objects.get()
    )[0]


def move(debit: LedgerAccount, credit: LedgerAccount, cents: int, key: int) -> None:
    """Write a transfer, its balances with it."""
    Transfer.objects.create(
        id=key, debit=debit, credit=credit, amount_cents=cents, cause=Cause.IMPORT, event_at=NOW
    )
    mend_balances()


def mend_balances() -> None:
    """Every balance as its transfers say: the fault is then not in the balances."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commissions_ledgeraccount a SET balance_cents ="
            " (SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount_cents"
            "  ELSE -t.amount_cents END), 0) FROM commissions_transfer t"
            "  WHERE a.id IN (t.credit_id, t.debit_id))"
        )


def mend_totals() -> None:
    """Every total as its lines say."""
    day = "(created_at AT TIME ZONE g.time_zone)::date"
    figures = "count(*), sum(base_cents), sum(commission_cents)"
    lines = "commissions_orderline l JOIN commissions_programme g ON g.id = l.programme_id"
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE commissions_dailytotal, commissions_networktotal, commissions_confirmedtotal;"
            "INSERT INTO commissions_dailytotal (programme_id, publisher_id, day, status, lines,"
            f" base_cents, commission_cents) SELECT g.id, publisher_id, {day}, l.status, {figures}"
            f" FROM {lines} WHERE publisher_id IS NOT NULL GROUP BY 1, 2, 3, 4;"
            "INSERT INTO commissions_networktotal (programme_id, day, status, lines, base_cents,"
            f" commission_cents) SELECT g.id, {day}, l.status, {figures} FROM {lines}"
            " GROUP BY 1, 2, 3;"
            "INSERT INTO commissions_confirmedtotal (publisher_id, rulebook_id, commission_cents)"
            " SELECT publisher_id, rulebook_id, sum(commission_cents) FROM commissions_orderline"
            " WHERE status IN ('confirmed', 'paid') GROUP BY 1, 2"
        )


def give(line: OrderLine, cents: int, kind: str = "available") -> None:
    """Post cents to a line's publisher, and count it on the line: the ledger is then in order."""
    key = posting_key(Subject.LINE, line.pk, line.revision + 1, 1)
    move(account(None, "merchant"), account(line.publisher.code, kind), cents, key)
    change(line.sub_order_id, revision=F("revision") + 1)


def forget_touches() -> None:
    Touch.objects.all().delete()


# --- the faults --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What verify_books must say: the check that finds the fault, and the place it names."""

    check: str
    place: str


def balance_off_by_a_cent():
    LedgerAccount.objects.filter(pk=account("anna", "available").pk).update(
        balance_cents=F("balance_cents") + 1
    )
    one = account("anna", "available")
    return Found("balance is its transfers", f"Account {one.pk} (available of anna) has a balance")


def balances_that_do_not_cancel_out():
    LedgerAccount.objects.filter(kind="merchant").update(balance_cents=F("balance_cents") - 1)
    return Found("balances cancel out", "come to -1 cents together")


def transfer_missing():
    unguarded("commissions_transfer")
    line = kept(PLAIN)
    transfers_of_line(line.pk).delete()
    mend_balances()
    return Found(
        "line money lies in its account", f"Line {line.pk} should have 700 cents in account"
    )


def transfer_of_another_amount():
    unguarded("commissions_transfer")
    line = kept(PLAIN)
    transfers_of_line(line.pk).update(amount_cents=701)
    mend_balances()
    return Found(
        "line money lies in its account",
        f"Line {line.pk} should have 700 cents in account {account('anna', 'available').pk}, "
        "its transfers put 701 there",
    )


def transfer_doubled_under_another_key():
    line = kept(PLAIN)
    one = transfers_of_line(line.pk).get()
    move(one.debit, one.credit, 700, posting_key(Subject.LINE, line.pk, line.revision + 1, 1))
    return Found(
        "line counts its postings",
        f"Line {line.pk} counts {line.revision} postings, its last transfer is of posting "
        f"{line.revision + 1}",
    )


def transfer_doubled_and_counted():
    line = kept(PLAIN)
    give(line, 700)
    return Found("line money lies in its account", f"Line {line.pk} should have 700 cents")


def transfer_about_no_line():
    key = posting_key(Subject.LINE, 1 << 39, 1, 1)
    move(account(None, "merchant"), account("filip", "waiting"), 5, key)
    return Found("line money lies in its account", f"Line {1 << 39} should have 0 cents")


def transfer_about_nothing():
    """Of a kind of subject that there is not."""
    key = 5 << 60
    move(account(None, "merchant"), account("filip", "waiting"), 5, key)
    return Found("transfers keep to their accounts", f"Transfer {key}")


def line_paid_for_by_the_wrong_account():
    """The network paid a line's commission, which the merchant owes for."""
    unguarded("commissions_transfer")
    line = kept(PLAIN)
    transfers_of_line(line.pk).update(debit=account(None, "referral"))
    mend_balances()
    one = transfers_of_line(line.pk).get()
    return Found("transfers keep to their accounts", f"Transfer {one.pk}")


def transfer_to_nowhere():
    unguarded("commissions_transfer")
    one = transfers_of_line(kept(PLAIN).pk).get()
    Transfer.objects.filter(pk=one.pk).update(credit=999_999)
    mend_balances()
    return Found("nothing points nowhere", f"Transfer {one.pk} names an account that does not")


def commission_off_by_a_cent():
    line = change(PLAIN, commission_cents=699)
    mend_totals()
    return Found("line money lies in its account", f"Line {line.pk} should have 699 cents")


def commission_off_by_a_cent_and_posted():
    """Line, transfers, balances and totals agree with one another, not with the facts."""
    line = change("900000000005601", commission_cents=699)
    unguarded("commissions_transfer")
    transfers_of_line(line.pk).update(amount_cents=699)
    mend_balances()
    mend_totals()
    return Found(
        "decisions follow from facts",
        f"Line {line.sub_order_id} is stored with another commission_cents than its facts give",
    )


def rate():
    change(PLAIN, rate_bp=701)
    return Found("line is computed right", f"Line {PLAIN} (confirmed): base 10000, rate 701")


def rate_that_changes_no_cent():
    change(ONE_CENT_SALE, rate_bp=600)
    return Found(
        "decisions follow from facts",
        f"Line {ONE_CENT_SALE} is stored with another rate_bp than its facts give",
    )


def status():
    line = change(PLAIN, status="hold")
    mend_totals()
    return Found("line money lies in its account", f"Line {line.pk} should have 700 cents")


def status_without_money():
    change(ONE_CENT_SALE, status="hold")
    mend_totals()
    return Found(
        "decisions follow from facts", f"Line {ONE_CENT_SALE} is stored with another status"
    )


def rule():
    line = kept(PLAIN)
    other = Rule.objects.filter(rulebook=line.rulebook).exclude(pk=line.rule_id).first()
    change(PLAIN, rule=other)
    return Found("decisions follow from facts", f"Line {PLAIN} is stored with another rule_id")


def rule_of_another_rulebook():
    line = kept(PLAIN)
    change(PLAIN, rule=Rule.objects.exclude(rulebook=line.rulebook).first())
    return Found("nothing points nowhere", f"Line {PLAIN} names")


def reason():
    change("900000000004601", reason="mall_russia")
    return Found(
        "decisions follow from facts", "Line 900000000004601 is stored with another reason"
    )


def facts_that_were_not_decided_again():
    change(PLAIN, category_id="100")
    return Found("decisions follow from facts", f"Line {PLAIN} is stored with another rule_id")


def order_over_the_cap():
    line = change(CAPPED, commission_cents=1_926)
    give(line, 1)
    mend_totals()
    return Found(
        "order keeps to its cap",
        "Order 900000000009500 earns 3851 cents; its lines come to 7000 and its cap is 3850",
    )


def daily_total():
    one = DailyTotal.objects.filter(commission_cents=700, publisher__code="anna").first()
    DailyTotal.objects.filter(pk=one.pk).update(commission_cents=701)
    return Found(
        "totals are their lines",
        f"The total of {one.day}, publisher {one.publisher_id}, {one.status}",
    )


def daily_total_missing():
    one = DailyTotal.objects.filter(publisher__code="anna").first()
    type(one).objects.filter(pk=one.pk).delete()
    return Found("totals are their lines", f"The total of {one.day}, publisher {one.publisher_id}")


def daily_total_of_lines_there_are_not():
    one = DailyTotal.objects.filter(publisher__code="anna").first()
    DailyTotal.objects.create(
        programme=one.programme, publisher=one.publisher, day=NOW.date(), status="paid",
        lines=1, base_cents=0, commission_cents=0,
    )  # fmt: skip
    return Found(
        "totals are their lines",
        f"The total of {NOW.date()}, publisher {one.publisher_id}, paid in programme "
        f"{one.programme_id} says 1 lines, 0 sales, 0 commission; its lines come to , , .",
    )


def network_total_off_by_a_line():
    """Of a day on which somebody's line earned nothing: no money tells of it."""
    one = NetworkTotal.objects.filter(commission_cents=0, lines__gt=0).first()
    NetworkTotal.objects.filter(pk=one.pk).update(lines=F("lines") + 1)
    return Found(
        "network totals are their lines",
        f"The network's total of {one.day}, {one.status} in programme {one.programme_id} says "
        f"{one.lines + 1} lines",
    )


def network_total_without_the_lines_of_nobody():
    lines = OrderLine.objects.filter(publisher=None)
    one = NetworkTotal.objects.filter(status=lines.first().status).first()
    type(one).objects.filter(pk=one.pk).delete()
    return Found("network totals are their lines", f"The network's total of {one.day}")


def confirmed_total_off_by_a_cent():
    one = ConfirmedTotal.objects.filter(publisher__code="filip").first()
    ConfirmedTotal.objects.filter(pk=one.pk).update(commission_cents=F("commission_cents") + 1)
    return Found(
        "confirmed totals are their lines",
        f"The confirmed total of publisher {one.publisher_id} under rulebook {one.rulebook_id} "
        f"says {one.commission_cents + 1} cents; its lines come to {one.commission_cents}.",
    )


def confirmed_total_missing():
    one = ConfirmedTotal.objects.filter(publisher__code="filip").first()
    type(one).objects.filter(pk=one.pk).delete()
    return Found(
        "confirmed totals are their lines",
        f"The confirmed total of publisher {one.publisher_id} under rulebook {one.rulebook_id} "
        f"says 0 cents; its lines come to {one.commission_cents}.",
    )


def confirmed_total_under_another_rulebook():
    """The same cents, credited at another rate."""
    one = ConfirmedTotal.objects.filter(publisher__code="filip").first()
    given = ConfirmedTotal.objects.filter(publisher=one.publisher).values("rulebook")
    other = Rulebook.objects.exclude(pk__in=given).first()
    ConfirmedTotal.objects.create(
        publisher=one.publisher, rulebook=other, commission_cents=one.commission_cents
    )
    ConfirmedTotal.objects.filter(pk=one.pk).update(commission_cents=0)
    return Found(
        "confirmed totals are their lines",
        f"The confirmed total of publisher {one.publisher_id} under rulebook {other.pk} says",
    )


def credit_that_was_not_transferred():
    credit = ReferralCredit.objects.get(referred__code="boris")
    ReferralCredit.objects.filter(pk=credit.pk).update(credited_cents=F("credited_cents") + 35)
    return Found(
        "credit is its transfers",
        f"Referral credit {credit.pk} (for publisher {credit.referred_id}) says "
        f"{credit.credited_cents + 35} cents, its transfers come to {credit.credited_cents}",
    )


def credit_row_of_another_referrer():
    credit = ReferralCredit.objects.get(referred__code="boris")
    other = Publisher.objects.get(code="filip")
    ReferralCredit.objects.filter(pk=credit.pk).update(referrer=other)
    return Found(
        "credit follows its referral",
        f"Referral credit {credit.pk} goes to publisher {other.pk}, who did not bring publisher "
        f"{credit.referred_id} in",
    )


def credit_transferred_to_another_publisher():
    unguarded("commissions_transfer")
    credit = ReferralCredit.objects.get(referred__code="boris")
    transfers_of(Subject.REFERRAL_CREDIT, credit.pk).update(credit=account("filip", "available"))
    mend_balances()
    return Found("credit is its transfers", f"Referral credit {credit.pk} (for publisher")


def credit_posted_twice():
    unguarded("commissions_transfer")
    credit = ReferralCredit.objects.get(referred__code="boris")
    one = transfers_of(Subject.REFERRAL_CREDIT, credit.pk).get()
    key = posting_key(Subject.REFERRAL_CREDIT, credit.pk, credit.revision + 1, 0)
    move(one.debit, one.credit, one.amount_cents, key)
    return Found("credit is its transfers", f"Referral credit {credit.pk} (for publisher")


def blocked_line_that_earns():
    line = change(BLOCKED, status="confirmed", reason="", commission_cents=1_400)
    give(line, 1_400)
    mend_totals()
    return Found(
        "blocked accounts earn nothing",
        f"Line {BLOCKED} is confirmed (), but its publisher's account is blocked",
    )


def line_rejected_for_a_block_there_is_not():
    change("900000000004601", reason="account_blocked")
    return Found(
        "blocked accounts earn nothing",
        "Line 900000000004601 is rejected (account_blocked), but its publisher's account is not",
    )


def block_without_its_case():
    block = AccountBlock.objects.create(
        publisher=Publisher.objects.get(code="filip"), ground="case:999", valid_from=NOW
    )
    forget_touches()
    return Found(
        "blocks rest on cases",
        f"Block {block.pk} of publisher {block.publisher_id} rests on case:999, which there is not",
    )


def case_without_its_block():
    case = Case.objects.get()
    AccountBlock.objects.all().delete()
    forget_touches()
    return Found("blocks rest on cases", f"Case {case.pk} is blocked, but the block that rests on")


def block_of_a_case_overturned():
    unguarded("compliance_case")
    case = Case.objects.get()
    Case.objects.update(status="overturned")
    return Found("blocks rest on cases", f"Case {case.pk} is overturned, but the block")


def source_of_another_publisher():
    change(PLAIN, source=Source.objects.get(code="boris-cb"))
    return Found("nothing points nowhere", f"Line {PLAIN} names a publisher, source, click")


def click_of_another_source():
    change(WITH_CLICK, click=Click.objects.filter(source__code="clara-coup").first())
    return Found("nothing points nowhere", f"Line {WITH_CLICK} names a publisher, source, click")


def source_that_does_not_exist():
    change(PLAIN, source=999_999)
    return Found("nothing points nowhere", f"Line {PLAIN} names a publisher, source, click")


def revision():
    line = change(PLAIN, revision=F("revision") + 1)
    return Found("line counts its postings", f"Line {line.pk} counts {line.revision} postings")


FAULTS = [
    balance_off_by_a_cent, balances_that_do_not_cancel_out, transfer_missing,
    transfer_of_another_amount, transfer_doubled_under_another_key, transfer_doubled_and_counted,
    transfer_about_no_line, transfer_about_nothing, line_paid_for_by_the_wrong_account,
    transfer_to_nowhere, commission_off_by_a_cent, commission_off_by_a_cent_and_posted, rate,
    rate_that_changes_no_cent, status, status_without_money, rule, rule_of_another_rulebook,
    reason, facts_that_were_not_decided_again, order_over_the_cap, daily_total,
    daily_total_missing, daily_total_of_lines_there_are_not, network_total_off_by_a_line,
    network_total_without_the_lines_of_nobody, confirmed_total_off_by_a_cent,
    confirmed_total_missing, confirmed_total_under_another_rulebook,
    credit_that_was_not_transferred, credit_row_of_another_referrer,
    credit_transferred_to_another_publisher, credit_posted_twice, blocked_line_that_earns,
    line_rejected_for_a_block_there_is_not, block_without_its_case, case_without_its_block,
    block_of_a_case_overturned, source_of_another_publisher, click_of_another_source,
    source_that_does_not_exist, revision,
]  # fmt: skip


def test_golden_has_no_fault():
    assert_books_agree()


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_and_its_place_named(plant):
    found = plant()
    answer = command("verify_books")
    assert answer.exit_code == 1, answer.out
    assert f"WRONG {found.check}" in answer.out, answer.out
    assert found.place in answer.out, answer.out
    assert "The books agree." not in answer.out
    assert "invariants are broken." in answer.err


def test_more_faults_than_are_named_are_counted():
    OrderLine.objects.update(revision=F("revision") + 1)
    answer = command("verify_books")
    assert answer.exit_code == 1
    assert f"WRONG line counts its postings: {OrderLine.objects.count()}" in answer.out
    assert answer.out.count("postings, its last transfer") == 10


# --- what is due is not wrong ------------------------------------------------------------------


def assert_due(words: str) -> None:
    answer = command("verify_books")
    assert answer.exit_code == 0, answer.out
    assert words in answer.out, answer.out
    assert "WRONG" not in answer.out


def test_credit_that_the_job_has_not_posted_is_due():
    booked(order(1, source="boris-cb"))
    assert_due("due   +35 cents of referral credit on 1 referrals wait for their job")


def test_credit_to_be_taken_back_is_due():
    booked(order(1, source="boris-cb"))
    command("tick", "--until", "2021-06-02T00:00:00Z")
    assert_books_agree()
    booked(order(1, source="boris-cb", status="Invalid"))
    assert_due("due   -35 cents of referral credit on 1 referrals wait for their job")


def test_a_rerating_that_waits_is_due():
    Store.objects.filter(store_id="920000").update(in_programme=False)
    assert_due("due   re-ratings wait for their job; run tick, then ask again")


def test_a_click_that_came_late_is_due():
    booked(order(1, custom_parameters='{"af": "anna-site", "dp": "late"}'))
    Click.objects.create(
        click_id="late", source=Source.objects.get(code="anna-site"), clicked_at=NOW
    )
    assert_due("due   re-ratings wait")


def test_a_source_given_to_another_publisher_is_due():
    Source.objects.filter(code="clara-coup").update(publisher=Publisher.objects.get(code="filip"))
    assert_due("due   re-ratings wait")


def test_a_click_mended_to_another_source_is_due():
    line = kept(WITH_CLICK)
    other = Source.objects.get(code="clara-coup")
    Click.objects.filter(pk=line.click_id).update(source=other)
    assert_due("due   re-ratings wait")


def test_a_fault_is_found_while_a_rerating_waits():
    Store.objects.filter(store_id="920000").update(in_programme=False)
    found = balance_off_by_a_cent()
    answer = command("verify_books")
    assert answer.exit_code == 1
    assert found.place in answer.out
    assert "due   re-ratings wait" in answer.out
