"""The block takes by sets what the engine, deciding every line again, would take line by line."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q

import commissions.programmes
from commissions.enums import Cause, Reason
from commissions.ledger.keys import Subject, posting_key, transfers_of_line
from commissions.ledger.posting import Posting
from commissions.models import DailyTotal, LedgerAccount, OrderLine, Touch, Transfer
from commissions.pipeline.account_block import reject_earning_lines
from commissions.pipeline.rerating import rerate_pending, rerate_publisher
from compliance.operations import block_account, overturn_case
from publishers.models import AccountBlock, Agreement, Publisher
from publishers.operations import open_block
from referrals.operations import credit_referrals
from tests.fact_files import aliexpress
from tests.journeys.orders import (
    INVALID,
    NOW,
    PAID,
    RECEIVED,
    balance,
    booked,
    found_case,
    golden_facts,
    line,
    order,
)
from tests.journeys.worlds_through import assert_books_agree, books, command, ingest, load
from tests.oracle.worlds import write_world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EARNING = ("waiting", "hold", "confirmed")
SHIPPED = Path(commissions.programmes.__file__).parent / "aliexpress"
SEEDS = [21, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(300, 310))]

Everything = dict[str, list[tuple[object, ...]]]


def everything() -> Everything:
    """Every field of the books that says what happened, and not when it was written down."""
    totals = DailyTotal.objects.exclude(lines=0, base_cents=0, commission_cents=0)
    moved = [field.name for field in Transfer._meta.fields if field.name != "recorded_at"]
    summed = [field.name for field in DailyTotal._meta.fields if field.name != "id"]
    return {
        "lines": list(OrderLine.objects.order_by("id").values_list()),
        "transfers": list(Transfer.objects.order_by("id").values_list(*moved)),
        "accounts": list(LedgerAccount.objects.order_by("id").values_list()),
        "totals": sorted(totals.values_list(*summed), key=str),
        "touches": list(Touch.objects.order_by("id").values_list("scope", "value")),
    }


def assert_the_same(found: Everything, wanted: Everything) -> None:
    for name, rows in wanted.items():
        differing = [pair for pair in zip(found[name], rows, strict=False) if pair[0] != pair[1]]
        assert not differing, (name, differing[:2])
        assert len(found[name]) == len(rows), name


def by_the_engine(publisher_id: int) -> tuple[Everything, int, int]:
    """The books after every line of the account was decided again; then all is as before."""
    with transaction.atomic():
        before = set(Touch.objects.values_list("id", flat=True))
        open_block(publisher_id=publisher_id, ground="case:1", at=NOW)
        told = rerate_publisher(publisher_id, posting=Posting(NOW, Cause.BLOCK, 1))
        Touch.objects.exclude(id__in=before).delete()
        found = everything()
        transaction.set_rollback(True)
    return found, told.changed, told.transfers


def by_sets(publisher_id: int) -> tuple[Everything, int, int]:
    """The books after the block; then all is as before."""
    with transaction.atomic():
        block = open_block(publisher_id=publisher_id, ground="case:1", at=NOW)
        told = reject_earning_lines(block, posting=Posting(NOW, Cause.BLOCK, 1))
        found = everything()
        transaction.set_rollback(True)
    return found, told.changed, told.transfers


def assert_both_ways_agree(publisher_id: int) -> None:
    engine, *counted = by_the_engine(publisher_id)
    sets, *told = by_sets(publisher_id)
    assert_the_same(sets, engine)
    assert told == counted


# --- random worlds -----------------------------------------------------------------------------


def two_programmes(tmp_path: Path, seed: int) -> None:
    """A random world in the books of two programmes, of other time zones and another age."""
    aliexpress()
    other = tmp_path / "other"
    shutil.copytree(SHIPPED, other)
    said = (other / "programme.toml").read_text(encoding="utf-8")
    for before, after in (
        ('code = "aliexpress"', 'code = "other"'),
        ('time_zone = "Europe/Moscow"', 'time_zone = "Pacific/Honolulu"'),
        ("minimum_age_days = 0", "minimum_age_days = 400"),
    ):
        assert before in said
        said = said.replace(before, after, 1)
    (other / "programme.toml").write_text(said, encoding="utf-8")
    command("load_programme", other)
    folder = write_world(tmp_path / "world", seed, orders=250, unreadable=False, forms=())
    load(folder)
    command("load_world", folder, "--programme", "other")
    ingest(folder / "orders.ndjson")
    # The other one has only some of the orders.
    some = tmp_path / "some.ndjson"
    rows = (folder / "orders.ndjson").read_text(encoding="utf-8").splitlines(keepends=True)
    some.write_text("".join(rows[::3]), encoding="utf-8")
    command("ingest_orders", some, "--programme", "other")
    rerate_pending(at=NOW)
    credit_referrals(at=NOW)


def largest_earners(count: int) -> list[int]:
    lines = OrderLine.objects.filter(status__in=EARNING).values("publisher_id")
    counted = lines.annotate(lines=Count("id")).order_by("-lines", "publisher_id")
    return [row["publisher_id"] for row in counted[:count]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_block_is_what_the_engine_decides_of_the_same_books(tmp_path, seed):
    two_programmes(tmp_path, seed)
    owners = largest_earners(4)
    lines = OrderLine.objects.filter(publisher_id__in=owners, status__in=EARNING)
    assert lines.filter(commission_cents__gt=0, commission_cents__lt=F("rated_cents")).exists()
    assert lines.filter(commission_cents=0).exists()
    assert lines.filter(status="hold", feed_status=3).exists(), "old enough to be confirmed"
    assert lines.values("programme_id").distinct().count() == 2
    for owner in owners:
        assert_both_ways_agree(owner)


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_taken_and_undone_in_any_order_leave_the_books_as_they_were(tmp_path, seed):
    two_programmes(tmp_path, seed)
    chance = random.Random(seed)
    before = {**books(), "cases": []}
    codes = [Publisher.objects.get(pk=owner).code for owner in largest_earners(3)]
    cases = [found_case(code, evidence) for code in codes for evidence in ("r1", "r2")]
    for case in chance.sample(cases, len(cases)):
        block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
        assert_books_agree()
    held = OrderLine.objects.filter(publisher__code__in=codes)
    assert not held.filter(Q(status__in=EARNING) | Q(commission_cents__gt=0)).exists()
    for case in chance.sample(cases, len(cases)):
        overturn_case(case_id=case.pk, by=None, at=NOW + 2 * DAY, reason="-")
        assert_books_agree()
    assert {**books(), "cases": []} == before


# --- lines of every kind -----------------------------------------------------------------------


@pytest.fixture
def _orders() -> None:
    golden_facts()
    booked(
        order(1, source="eve-site", status=PAID), order(2, source="eve-site", status=RECEIVED),
        order(3, source="eve-site", cents=12_345), order(4, source="eve-site", status=INVALID),
        # Nothing to take: 7 % of 14 cents is no cent.
        order(5, source="eve-site", cents=14), order(6, source="eve-site", status=PAID, cents=0),
        # Over the cap, with another publisher's lines in the same order.
        order(7, source="eve-site", cents=50_000, order_id=7_000_099),
        order(8, source="eve-site", cents=50_001, order_id=7_000_099),
        order(9, source="anna-site", cents=70_000, order_id=7_000_099),
        order(10, source="anna-site", order_id=7_000_099),
    )  # fmt: skip
    credit_referrals(at=NOW)


def blocked(code: str = "eve", evidence: str = "r1") -> int:
    """The number of a case by which the account was blocked."""
    case = found_case(code, evidence)
    block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
    assert_books_agree()
    return case.pk


@pytest.mark.usefixtures("_orders")
def test_both_ways_agree_on_lines_of_every_kind():
    for code in ("eve", "anna", "filip"):
        assert_both_ways_agree(Publisher.objects.get(code=code).pk)


@pytest.mark.usefixtures("_orders")
def test_a_reversal_is_posted_once_under_the_next_revision_of_its_line():
    one, was = line(7), line(7).revision
    case = blocked()
    found = transfers_of_line(one.pk).get(cause=Cause.BLOCK)
    assert found.pk == posting_key(Subject.LINE, one.pk, was + 1, 0)
    assert (found.amount_cents, found.cause_id, found.event_at) == (1_925, case, NOW + DAY)
    assert (found.debit.kind, found.debit.publisher.code) == ("available", "eve")
    assert (found.credit.kind, line(7).revision) == ("merchant", was + 1)


@pytest.mark.usefixtures("_orders")
def test_a_line_that_earns_nothing_is_rejected_without_a_transfer():
    revisions = {number: line(number).revision for number in (5, 6)}
    blocked()
    for number, revision in revisions.items():
        one = line(number)
        assert (one.status, one.reason, one.revision) == ("rejected", "account_blocked", revision)
        assert not transfers_of_line(one.pk).exists()


@pytest.mark.usefixtures("_orders")
def test_the_share_that_another_publisher_has_of_a_capped_order_stays():
    before = [line(number).commission_cents for number in (9, 10)]
    blocked()
    assert [line(number).commission_cents for number in (9, 10)] == before
    assert sum(before) == 3_850


@pytest.mark.usefixtures("_orders")
def test_what_was_paid_out_stays_paid():
    OrderLine.objects.filter(pk=line(3).pk).update(status="paid")
    case = found_case("eve", "r1")
    block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
    paid = line(3)
    assert (paid.status, paid.reason, paid.commission_cents) == ("paid", "", 864)
    assert not transfers_of_line(paid.pk).filter(cause=Cause.BLOCK).exists()
    assert balance("eve") == 864


@pytest.mark.usefixtures("_orders")
def test_an_account_that_is_blocked_already_gives_nothing_more():
    first = blocked()
    taken = everything()
    second = blocked(evidence="r2")
    assert_the_same(everything(), taken)
    owner = Publisher.objects.get(code="eve").pk
    again = AccountBlock.objects.get(ground=f"case:{second}")
    told = reject_earning_lines(again, posting=Posting(NOW, Cause.BLOCK, second))
    assert (told.changed, told.transfers) == (0, 0)
    assert OrderLine.objects.filter(publisher_id=owner, reason=Reason.ACCOUNT_BLOCKED).count() == 7
    overturn_case(case_id=first, by=None, at=NOW + 2 * DAY, reason="-")
    assert line(3).reason == Reason.ACCOUNT_BLOCKED


@pytest.mark.usefixtures("_orders")
def test_cents_that_lie_in_no_account_stop_the_block_and_nothing_is_written():
    """Books that are broken already are not broken further."""
    filip = Publisher.objects.get(code="filip")
    LedgerAccount.objects.filter(publisher__code="eve", kind="hold").update(publisher=filip)
    before = everything()
    case = found_case("eve", "r1")
    with pytest.raises(IntegrityError, match="null value"):
        block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
    assert_the_same(everything(), before)


# --- facts that wait ---------------------------------------------------------------------------


@pytest.mark.usefixtures("_orders")
def test_only_the_blocks_own_touch_is_forgotten():
    eve = Publisher.objects.get(code="eve")
    Agreement.objects.create(
        publisher=eve, traffic_type_id=Agreement.objects.first().traffic_type_id
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commissions_store SET in_programme = false")
    waiting = everything()["touches"]
    assert ("publisher", str(eve.pk)) in waiting
    case = found_case("eve", "r1")
    block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
    assert everything()["touches"] == waiting


@pytest.mark.usefixtures("_orders")
def test_facts_that_waited_count_after_the_block_as_if_they_had_come_before_it():
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE commissions_store SET in_programme = false")
        rerate_pending(at=NOW)
        case = found_case("eve", "r1")
        block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
        credit_referrals(at=NOW + DAY)
        wanted = {**books(), "cases": []}
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commissions_store SET in_programme = false")
    case = found_case("eve", "r1")
    block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
    assert line(3).reason == Reason.ACCOUNT_BLOCKED
    rerate_pending(at=NOW + DAY)
    credit_referrals(at=NOW + DAY)
    assert {**books(), "cases": []} == wanted
    assert line(3).status == "untracked"
    assert_books_agree()


@pytest.mark.usefixtures("_orders")
def test_a_block_asks_as_often_for_many_lines_as_for_few():
    def asked(lines: range) -> int:
        said: list[str] = []

        def note(execute, sql, params, many, context):
            said.append(sql)
            return execute(sql, params, many, context)

        with transaction.atomic():
            booked(*(order(number, source="clara-coup") for number in lines))
            credit_referrals(at=NOW)
            case = found_case("clara", "r1")
            with connection.execute_wrapper(note):
                block_account(case_id=case.pk, by=None, at=NOW + DAY, reason="")
            transaction.set_rollback(True)
        return len(said)

    assert asked(range(100, 102)) == asked(range(200, 500))
