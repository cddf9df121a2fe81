"""Cases: found by the job, decided, and undone exactly (F37).

Every use case that takes an account's money or gives it back stands here by name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from commissions.enums import Cause
from commissions.ledger.posting import Posting
from commissions.pipeline.account_block import reject_earning_lines
from commissions.pipeline.locks import lock_all_books
from commissions.pipeline.rerating import (
    forget_touches,
    rerate_publisher,
    touches_of_publisher,
)
from compliance.enums import TRANSITIONS, CaseStatus, PolicyMode, ViolationKind
from compliance.models import Case, ReviewText
from compliance.queries import policy_at, unscanned
from compliance.review_evidence import Accusation, accusations
from publishers import operations as publishers
from publishers.models import User
from referrals.operations import credit_referrals

CLAUSE = {ViolationKind.REVIEW_LINK: "F37"}
SCAN_BATCH = 2_000


class WrongMove(Exception):
    """A case cannot go from its status to the one asked for; the message says why."""


def ground_of(case: Case) -> str:
    """How an account's block names the case it rests on."""
    return f"case:{case.pk}"


def keep_reviews(*, reviews: Iterable[Mapping[str, Any]]) -> int:
    """Keep review texts for the job that scans them; a text kept already is left as it is.

    reviews: mappings of review_id, product_id, author, posted_at (aware), text.
    Returns how many were new.
    """
    before = ReviewText.objects.count()
    ReviewText.objects.bulk_create(
        (ReviewText(**review) for review in reviews), ignore_conflicts=True, batch_size=2_000
    )
    return ReviewText.objects.count() - before


def scan_reviews(*, at: datetime) -> list[Case]:
    """The scheduled scan: open one case per text and publisher, and do what the policy says."""
    opened: list[Case] = []
    while True:
        with transaction.atomic():
            texts = list(
                unscanned(at).select_for_update(skip_locked=True)
                .order_by("posted_at", "review_id")[:SCAN_BATCH]
            )  # fmt: skip
            if not texts:
                return opened
            accused = accusations(texts)
            if accused:
                lock_all_books()
            for accusation in accused:
                opened += _open_case(accusation, at)
            seen = ReviewText.objects.filter(pk__in=[text.pk for text in texts])
            seen.update(scanned_at=at, unknown_codes=[])
            ReviewText.objects.bulk_update(
                [text for text in texts if text.unknown_codes], ["unknown_codes"]
            )


def _open_case(accusation: Accusation, at: datetime) -> list[Case]:
    case, new = Case.objects.get_or_create(
        kind=ViolationKind.REVIEW_LINK, evidence=accusation.evidence,
        publisher_id=accusation.publisher_id,
        defaults={"evidence_frozen": accusation.frozen, "found_at": at,
                  "clause": CLAUSE[ViolationKind.REVIEW_LINK]},
    )  # fmt: skip
    if new:
        apply_policy(case_id=case.pk, at=at)
    return [case] if new else []


@transaction.atomic
def apply_policy(*, case_id: int, at: datetime) -> None:
    """Do with a new case what its policy says: block, wait for an answer, or leave it."""
    lock_all_books()
    case = Case.objects.select_for_update().get(pk=case_id)
    mode, days = policy_at(case.kind, case.found_at)
    if mode == PolicyMode.AT_ONCE:
        block_account(case_id=case.pk, by=None, at=at, reason="")
    elif mode == PolicyMode.AFTER_ANSWER:
        move(case, CaseStatus.WAITING)
        case.answer_until = case.found_at + timedelta(days=days or 0)
        case.save()


def block_unanswered(*, at: datetime) -> int:
    """The scheduled block of accounts whose time to answer is over."""
    over = Q(status=CaseStatus.WAITING, answer_until__lte=at)
    ids = list(
        Case.objects.filter(over).order_by("answer_until", "id").values_list("id", flat=True)
    )
    return sum(_block_unless_decided(case_id, at) for case_id in ids)


def _block_unless_decided(case_id: int, at: datetime) -> bool:
    try:
        block_account(case_id=case_id, by=None, at=at, reason="")
    except WrongMove:  # somebody has decided it meanwhile
        return False
    return True


def move(case: Case, status: CaseStatus) -> None:
    """Set the next status. Raises WrongMove where the table of transitions has no such move."""
    if status not in TRANSITIONS[CaseStatus(case.status)]:
        raise WrongMove(
            f"Case {case.pk} is {CaseStatus(case.status).label}: "
            f"it cannot become {status.label} from there."
        )
    case.status = status


@transaction.atomic
def block_account(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Block the case's account and deduct its earnings, referral credit included.

    by: who decided; None: the job, by the policy in force.
    """
    lock_all_books()
    case = Case.objects.select_for_update().get(pk=case_id)
    move(case, CaseStatus.BLOCKED)
    case.decided_at, case.decided_by, case.decision_reason = at, by, reason
    case.save()
    block = publishers.open_block(publisher_id=case.publisher_id, ground=ground_of(case), at=at)
    reject_earning_lines(block, posting=Posting(at, Cause.BLOCK, case.pk))
    credit_referrals(at=at, publisher_ids=[case.publisher_id])
    return case


@transaction.atomic
def dismiss_case(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Find that nothing was broken."""
    case = Case.objects.select_for_update().get(pk=case_id)
    move(case, CaseStatus.DISMISSED)
    case.decided_at, case.decided_by, case.decision_reason = at, by, reason
    case.save()
    return case


@transaction.atomic
def overturn_case(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Undo a block: the account is free and gets back exactly what the block took.

    Where another case still blocks the account, that block stands.
    """
    lock_all_books()
    case = Case.objects.select_for_update().get(pk=case_id)
    move(case, CaseStatus.OVERTURNED)
    case.overturned_at, case.overturned_by, case.overturn_reason = at, by, reason
    case.save()
    publishers.end_block(publisher_id=case.publisher_id, ground=ground_of(case), at=at)
    touches = touches_of_publisher(case.publisher_id)
    rerate_publisher(case.publisher_id, posting=Posting(at, Cause.REINSTATEMENT, case.pk))
    forget_touches(touches)
    credit_referrals(at=at, publisher_ids=[case.publisher_id])
    return case
