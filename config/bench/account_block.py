"""P5: the block of the largest account, and the same done line by line."""

import time
from dataclasses import dataclass

from django.utils import timezone

from commissions.ledger.keys import Subject, posting_key
from commissions.ledger.posting import ACCOUNT_OF_STATUS
from commissions.models import LedgerAccount, OrderLine
from compliance.enums import ViolationKind
from compliance.models import Case
from compliance.operations import block_account, overturn_case
from config.bench.books import largest_publisher, rest
from config.bench.scratch import direct
from publishers.models import Publisher

LOOP_LINES = 20_000
_LINE = (
    "UPDATE commissions_orderline SET status = 'rejected', reason = 'account_blocked',"
    " commission_cents = 0, revision = revision + 1 WHERE id = %s"
)
_TRANSFER = (
    "INSERT INTO commissions_transfer"
    " (id, debit_id, credit_id, amount_cents, cause, cause_id, event_at)"
    " VALUES (%s, %s, %s, %s, 'block', 1, %s)"
)
_BALANCES = (
    "UPDATE commissions_ledgeraccount"
    " SET balance_cents = balance_cents + CASE id WHEN %s THEN -%s ELSE %s END"
    " WHERE id IN (%s, %s)"
)


@dataclass(frozen=True)
class Block:
    """seconds: of the block of `lines` lines; loop: of one line of the loop."""

    seconds: float
    loop: float
    lines: int


def measure_block(evidence: str) -> Block:
    """Measure the loop, rolled back; then the block, which an appeal undoes.

    evidence: the case's, another one each time.
    """
    publisher = largest_publisher()
    rest()
    loop = _loop_seconds(publisher)
    case = open_case(publisher, evidence)
    rest()
    started = time.perf_counter()
    block_account(case_id=case.pk, by=None, at=timezone.now(), reason="")
    seconds = time.perf_counter() - started
    lines = OrderLine.objects.filter(publisher=publisher, reason="account_blocked").count()
    overturn_case(case_id=case.pk, by=None, at=timezone.now(), reason="The bench is over.")
    return Block(seconds, loop, lines)


def open_case(publisher: Publisher, evidence: str) -> Case:
    """A case that blocks an account once somebody decides so."""
    return Case.objects.create(
        kind=ViolationKind.REVIEW_LINK,
        publisher=publisher,
        evidence=evidence,
        evidence_frozen={},
        clause="F37",
        found_at=timezone.now(),
    )


def _loop_seconds(publisher: Publisher) -> float:
    """Seconds a line: read before, then three statements each, in one transaction."""
    accounts = dict(LedgerAccount.objects.filter(publisher=publisher).values_list("kind", "id"))
    merchant = LedgerAccount.objects.get(publisher=None, kind="merchant").pk
    lines = list(
        OrderLine.objects.filter(
            publisher=publisher, status__in=ACCOUNT_OF_STATUS, commission_cents__gt=0
        ).values_list("id", "revision", "status", "commission_cents")[:LOOP_LINES]
    )
    at = timezone.now()
    with direct() as server, server.cursor() as cursor:
        started = time.perf_counter()
        for line_id, revision, status, cents in lines:
            account = accounts[ACCOUNT_OF_STATUS[status]]
            key = posting_key(Subject.LINE, line_id, revision + 1, 0)
            cursor.execute(_LINE, [line_id])
            cursor.execute(_TRANSFER, [key, account, merchant, cents, at])
            cursor.execute(_BALANCES, [account, cents, cents, account, merchant])
        seconds = time.perf_counter() - started
        server.rollback()
    return seconds / max(len(lines), 1)
