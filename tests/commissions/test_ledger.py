"""The ledger only grows, its keys say what was posted, and each change of a line moves cents."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commissions.enums import Cause
from commissions.ledger.keys import (
    ID_BITS,
    MAX_REVISION,
    Subject,
    posting_key,
    posting_keys,
    transfers_of_line,
)
from commissions.ledger.posting import Posting
from commissions.models import DailyTotal, LedgerAccount, NetworkTotal, OrderLine, Transfer
from commissions.pipeline.rerating import rerate_pending, rerate_publisher
from publishers.models import Publisher
from publishers.operations import end_block, open_block
from referrals.operations import credit_referrals
from tests.journeys.orders import (
    INVALID,
    NOW,
    PAID,
    RECEIVED,
    SETTLED,
    WORDS,
    balance,
    booked,
    golden_facts,
    line,
    order,
)
from tests.journeys.worlds_through import assert_books_agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts():
    return golden_facts()


# --- what the database refuses -----------------------------------------------------------------


@pytest.fixture
def posted(facts) -> Transfer:
    """The one transfer of a settled order."""
    booked(order(1))
    return Transfer.objects.get()


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commissions_transfer SET amount_cents = 1",
        "UPDATE commissions_transfer SET recorded_at = now()",
        "DELETE FROM commissions_transfer",
    ],
)
def test_a_transfer_is_never_changed_or_deleted(posted, statement):
    with pytest.raises(ProgrammingError, match="Cannot update or delete rows"):
        execute(statement)
    again = Transfer.objects.get()
    assert (again.amount_cents, again.recorded_at) == (posted.amount_cents, posted.recorded_at)


def test_a_transfer_is_not_changed_through_its_model_either(posted):
    posted.amount_cents = 1
    with pytest.raises(ProgrammingError), transaction.atomic():
        posted.save()
    with pytest.raises(ProgrammingError), transaction.atomic():
        posted.delete()


def test_the_ledger_is_truncated_in_test_databases_alone(posted):
    """The trigger's own condition, asked of databases by other names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), prosrc FROM pg_proc WHERE prosrc LIKE %s",
                       ["%The ledger only grows%"])  # fmt: skip
        ((here, body),) = cursor.fetchall()
        (condition,) = re.findall(r"IF (current_database.*?) THEN", body)
        condition = condition.replace("%", "%%").replace("current_database()", "%s")
        refused = {}
        for name in (here, "test_permille", "permille", "latest", "contest", "Test", ""):
            cursor.execute(f"SELECT {condition}", [name])
            refused[name] = cursor.fetchone()[0]
    assert here.startswith("test")
    assert not refused.pop(here)
    assert not refused.pop("test_permille", False)
    assert all(refused.values()), refused


def test_truncating_asks_the_trigger_before_anything_is_gone():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled, tgtype::int & 2, tgtype::int & 32 FROM pg_trigger"
            " WHERE tgrelid = 'commissions_transfer'::regclass"
            " AND tgname LIKE 'pgtrigger_transfer_no_truncate%'"
        )
        assert cursor.fetchall() == [("O", 2, 32)]  # enabled, before, truncate


def again(posted: Transfer, **changes: object) -> Transfer:
    values = {
        "id": posted.pk + 2, "debit_id": posted.debit_id, "credit_id": posted.credit_id,
        "amount_cents": 1, "cause": Cause.IMPORT, "event_at": NOW,
    }  # fmt: skip
    return Transfer(**{**values, **changes})


def test_the_same_posting_key_twice_is_refused(posted):
    with pytest.raises(IntegrityError, match="commissions_transfer_pkey"), transaction.atomic():
        again(posted, id=posted.pk).save(force_insert=True)
    with transaction.atomic():
        again(posted).save(force_insert=True)


@pytest.mark.parametrize("cents", [0, -1])
def test_a_transfer_of_nothing_or_less_is_refused(posted, cents):
    with (
        pytest.raises(IntegrityError, match="commissions_transfer_positive"),
        transaction.atomic(),
    ):
        again(posted, amount_cents=cents).save(force_insert=True)


def test_a_transfer_from_an_account_to_itself_is_refused(posted):
    with (
        pytest.raises(IntegrityError, match="commissions_transfer_two_accounts"),
        transaction.atomic(),
    ):
        again(posted, debit_id=posted.credit_id).save(force_insert=True)


@pytest.mark.parametrize("kind", ["waiting", "hold"])
def test_what_waits_for_a_publisher_is_never_less_than_nothing(facts, kind):
    booked(order(1, status=PAID if kind == "waiting" else RECEIVED))
    accounts = LedgerAccount.objects.filter(publisher__code="anna", kind=kind)
    with pytest.raises(IntegrityError, match="pending_not_negative"), transaction.atomic():
        accounts.update(balance_cents=-1)


@pytest.mark.parametrize(("kind", "code"), [("merchant", "anna"), ("available", None)])
def test_an_account_belongs_to_whom_its_kind_says(facts, kind, code):
    owner = Publisher.objects.get(code=code) if code else None
    with pytest.raises(IntegrityError, match="commissions_account_owner"), transaction.atomic():
        LedgerAccount.objects.create(programme=facts, publisher=owner, kind=kind)


def test_an_account_is_opened_once(facts):
    LedgerAccount.objects.create(programme=facts, kind="merchant")
    with pytest.raises(IntegrityError, match="commissions_account_once"), transaction.atomic():
        LedgerAccount.objects.create(programme=facts, kind="merchant")


# --- posting keys ------------------------------------------------------------------------------

SUBJECTS = st.sampled_from(list(Subject))
IDS = st.integers(0, (1 << ID_BITS) - 1)
REVISIONS = st.integers(0, MAX_REVISION)
LEGS = st.integers(0, 1)
PARTS = st.tuples(SUBJECTS, IDS, REVISIONS, LEGS)


def parts_of(key: int) -> tuple[int, int, int, int]:
    """The key taken apart, as the SQL of the checks does it."""
    return key >> 60, key >> 20 & (1 << 40) - 1, key >> 1 & 524_287, key & 1


@given(PARTS)
def test_a_posting_key_says_what_was_posted(parts):
    key = posting_key(*parts)
    assert 0 <= key < 1 << 63
    assert parts_of(key) == parts


@given(PARTS, PARTS)
def test_different_postings_have_different_keys_in_the_order_of_their_parts(one, other):
    assert (posting_key(*one) < posting_key(*other)) == (one < other)


@given(SUBJECTS, st.lists(st.tuples(IDS, REVISIONS), min_size=1, max_size=20), LEGS)
def test_keys_of_a_frame_are_the_same_keys(subject, rows, leg):
    frame = pl.DataFrame(rows, schema={"id": pl.Int64, "revision": pl.Int32}, orient="row")
    keys = frame.select(key=posting_keys(subject, "id", "revision", leg))["key"]
    assert keys.to_list() == [posting_key(subject, *row, leg) for row in rows]


@pytest.mark.parametrize(
    ("subject_id", "revision", "leg"),
    [(-1, 0, 0), (1 << 40, 0, 0), (0, -1, 0), (0, 1 << 19, 0), (0, 0, 2), (0, 0, -1)],
)
def test_a_part_that_does_not_fit_makes_no_key(subject_id, revision, leg):
    with pytest.raises(ValueError, match="a part is out of its range"):
        posting_key(Subject.LINE, subject_id, revision, leg)


# --- what each change of a line moves ----------------------------------------------------------


def moved(number: int, after: int) -> list[tuple[str, str, int]]:
    """(from, to, cents) of a line's transfers since so many."""

    def name(account: LedgerAccount) -> str:
        return f"{account.publisher.code} {account.kind}" if account.publisher else account.kind

    return [
        (name(one.debit), name(one.credit), one.amount_cents)
        for one in transfers_of_line(line(number).pk)[after:]
    ]


CHANGES = {
    "none to waiting": (None, (PAID, 10_000), [("merchant", "anna waiting", 700)]),
    "none to available": (None, (SETTLED, 10_000), [("merchant", "anna available", 700)]),
    "none to nothing": (None, (INVALID, 10_000), []),
    "none to no cents": (None, (PAID, 14), []),
    "waiting to hold, the same": (
        (PAID, 10_000), (RECEIVED, 10_000), [("anna waiting", "anna hold", 700)],
    ),
    "waiting to hold, more": (
        (PAID, 10_000), (RECEIVED, 11_000),
        [("anna waiting", "anna hold", 700), ("merchant", "anna hold", 70)],
    ),
    "waiting to hold, less": (
        (PAID, 10_000), (RECEIVED, 9_000),
        [("anna waiting", "anna hold", 630), ("anna waiting", "merchant", 70)],
    ),
    "waiting to hold, nothing left": (
        (PAID, 10_000), (RECEIVED, 0), [("anna waiting", "merchant", 700)],
    ),
    "no cents to hold": ((PAID, 0), (RECEIVED, 10_000), [("merchant", "anna hold", 700)]),
    "hold to available": (
        (RECEIVED, 10_000), (SETTLED, 10_000), [("anna hold", "anna available", 700)],
    ),
    "waiting to available": (
        (PAID, 10_000), (SETTLED, 10_000), [("anna waiting", "anna available", 700)],
    ),
    "available to none": (
        (SETTLED, 10_000), (INVALID, 10_000), [("anna available", "merchant", 700)],
    ),
    "more where it lies": ((PAID, 10_000), (PAID, 20_000), [("merchant", "anna waiting", 700)]),
    "less where it lies": ((PAID, 20_000), (PAID, 10_000), [("anna waiting", "merchant", 700)]),
    "nothing new": ((PAID, 10_000), (PAID, 10_000), []),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_line_moves_the_difference_alone(facts, name):
    before, after, wanted = CHANGES[name]
    count = 0
    if before:
        booked(order(1, status=before[0], cents=before[1]))
        count = Transfer.objects.count()
    revision = line(1).revision if before else 0
    booked(order(1, status=after[0], cents=after[1]))
    assert moved(1, count) == wanted
    assert line(1).revision == revision + bool(wanted)
    assert_books_agree()


@pytest.mark.parametrize("status", [PAID, RECEIVED, SETTLED])
def test_a_line_that_changes_hands_is_taken_from_one_and_given_to_the_other(facts, status):
    booked(order(1, status=status))
    kind = {PAID: "waiting", RECEIVED: "hold", SETTLED: "available"}[status]
    booked(order(1, status=status, source="eve-site", cents=20_000))
    assert moved(1, 1) == [(f"anna {kind}", "merchant", 700), ("merchant", f"eve {kind}", 1_400)]
    assert (balance("anna", kind), balance("eve", kind)) == (0, 1_400)
    credit_referrals(at=NOW)
    assert_books_agree()


def test_a_line_that_nobody_owns_any_more_goes_back_to_the_merchant(facts):
    booked(order(1, status=PAID))
    booked(order(1, status=PAID, tracking_id="nobody", custom_parameters=""))
    assert line(1).status == "unattributed"
    assert moved(1, 1) == [("anna waiting", "merchant", 700)]
    assert_books_agree()


def test_a_line_that_moves_to_another_order_leaves_that_ones_cap(facts):
    booked(*(order(number, order_id=7_000_000, cents=50_000) for number in (1, 2)))
    assert [line(1).commission_cents, line(2).commission_cents] == [1_925, 1_925]
    report = booked(order(2, order_id=7_000_001, cents=50_000))
    assert (report.rows_read, report.lines_changed, report.rows_same) == (1, 2, 0)
    assert [line(1).commission_cents, line(2).commission_cents] == [3_500, 3_500]
    assert_books_agree()


def test_a_blocked_line_gives_its_cents_back_and_gets_them_again(facts):
    booked(order(1, source="eve-site"))
    eve = Publisher.objects.get(code="eve").pk
    open_block(publisher_id=eve, ground="by hand", at=NOW)
    rerate_publisher(eve, posting=Posting(NOW, Cause.BLOCK))
    end_block(publisher_id=eve, ground="by hand", at=NOW + timedelta(days=1))
    rerate_publisher(eve, posting=Posting(NOW, Cause.REINSTATEMENT))
    rerate_pending(at=NOW)
    assert moved(1, 0) == [
        ("merchant", "eve available", 1_400 // 2),
        ("eve available", "merchant", 700),
        ("merchant", "eve available", 700),
    ]
    assert set(transfers_of_line(line(1).pk).values_list("cause", flat=True)) == {
        Cause.IMPORT, Cause.BLOCK, Cause.REINSTATEMENT,
    }  # fmt: skip
    credit_referrals(at=NOW)
    assert_books_agree()


# --- random words against a small model --------------------------------------------------------

SOURCES = {"eve-site": "eve", "filip-ads": "filip", "nobody": None}
KIND = {1: "waiting", 2: "hold", 3: "available"}
CAP = 3_850


@dataclass
class Model:
    """Sub-orders as their last words, and blocked publishers: what must be in which account."""

    words: dict[int, tuple[int, str, int, int]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)

    def hear(self, number: int, status: int, source: str, cents: int, order_id: int) -> None:
        if number not in self.words or self.words[number][0] <= status:
            self.words[number] = (status, source, cents, order_id)

    def accounts(self) -> dict[tuple[str, str], int]:
        """Cents by publisher and kind of account, accounts of nothing left out."""
        orders: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
        for number, (status, source, cents, order_id) in self.words.items():
            owner = SOURCES[source]
            if owner and status in KIND:
                part = (cents * 7 // 100, number, KIND[status])
                orders.setdefault((owner, order_id), []).append(part)
        found: dict[tuple[str, str], int] = {}
        for (owner, _), parts in orders.items():
            for cents, kind in capped(parts):
                if owner not in self.blocked and cents:
                    found[owner, kind] = found.get((owner, kind), 0) + cents
        return found


def capped(parts: list[tuple[int, int, str]]) -> list[tuple[int, str]]:
    """The cap of an order: one cent after another to whoever lacks the largest part of its own."""
    total = sum(cents for cents, _, _ in parts)
    if total <= CAP:
        return [(cents, kind) for cents, _, kind in parts]
    given = [CAP * cents // total for cents, _, _ in parts]
    lacking = sorted(
        range(len(parts)),
        key=lambda place: (-(CAP * parts[place][0] % total), str(8_000_000 + parts[place][1])),
    )
    for place in lacking[: CAP - sum(given)]:
        given[place] += 1
    return [(cents, parts[place][2]) for place, cents in enumerate(given)]


CENTS = st.sampled_from([0, 1, 14, 15, 9_999, 10_000, 30_001, 54_999, 55_000, 55_015, 100_003])
SAYING = st.tuples(
    st.integers(0, 3), st.integers(1, 4), st.sampled_from(list(SOURCES)), CENTS, st.integers(1, 2)
)
STEP = st.one_of(st.lists(SAYING, min_size=1, max_size=4), st.sampled_from(["eve", "filip"]))


def act(model: Model, step: list[tuple[int, int, str, int, int]] | str, at: datetime) -> None:
    """A delivery of feed rows; or an account is blocked, or freed where it was."""
    if isinstance(step, str):
        publisher = Publisher.objects.get(code=step).pk
        if step in model.blocked:
            end_block(publisher_id=publisher, ground="by hand", at=at)
        else:
            open_block(publisher_id=publisher, ground="by hand", at=at)
        model.blocked ^= {step}
        rerate_publisher(publisher, posting=Posting(at, Cause.BLOCK))
        rerate_pending(at=at)
        return
    for saying in step:
        model.hear(*saying)
    booked(
        *(
            order(number, status=WORDS[status], source=source, cents=cents, order_id=order_id,
                  custom_parameters="")
            for number, status, source, cents, order_id in step
        )
    )  # fmt: skip


def found_accounts() -> dict[tuple[str, str], int]:
    """What the ledger holds for publishers without their referral credit."""
    held = {
        (one.publisher.code, one.kind): one.balance_cents
        for one in LedgerAccount.objects.filter(publisher__isnull=False).select_related("publisher")
    }
    for credit in Publisher.objects.filter(credits_received__isnull=False).distinct():
        cents = sum(credit.credits_received.values_list("credited_cents", flat=True))
        held[credit.code, "available"] -= cents
    return {key: cents for key, cents in held.items() if cents}


@settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_random_words_and_blocks_leave_each_cent_where_the_model_has_it(facts, steps):
    with transaction.atomic():
        model = Model()
        for day, step in enumerate(steps):
            act(model, step, NOW + timedelta(days=day))
            credit_referrals(at=NOW)
            assert found_accounts() == model.accounts()
            assert_books_agree()
        earned = sum(OrderLine.objects.values_list("commission_cents", flat=True))
        for shown in (DailyTotal, NetworkTotal):
            assert sum(shown.objects.values_list("commission_cents", flat=True)) == earned
        transaction.set_rollback(True)
