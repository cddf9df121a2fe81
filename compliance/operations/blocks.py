"""The block of an account: by the job, or by two people - one asks, another approves (F37, S6)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from commissions.enums import Cause
from commissions.ledger.posting import Posting
from commissions.pipeline.account_block import reject_earning_lines
from commissions.pipeline.locks import lock_all_books
from compliance.earnings import earnings_of
from compliance.enums import TRANSITIONS, CaseStatus, CaseStep
from compliance.kinds import APPEAL_TIME
from compliance.models import Case
from compliance.operations.moves import (
    AnotherPersonNeeded,
    WrongMove,
    ground_of,
    held,
    move,
    note,
    said,
)
from compliance.queries import unanswered
from compliance.statements import state_reasons
from publishers import operations as publishers
from publishers.models import User
from referrals.operations import credit_referrals


@transaction.atomic
def block_account(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Block the case's account, deduct its earnings, referral credit included, end its access.

    by: None: the job, by the policy in force; else who approves what another person asked for
    (`approve_block`). Raises WrongMove; AnotherPersonNeeded where no other person asked.
    """
    lock_all_books()
    case = held(case_id)
    move(case, CaseStatus.BLOCKED)
    if by is not None:
        _require_another_asked(case, by)
    before = earnings_of(case.publisher_id)
    case.decision, case.decided_at, case.decided_by = CaseStatus.BLOCKED, at, by
    case.decision_reason, case.appeal_until = reason, at + APPEAL_TIME
    case.save()
    block = publishers.open_block(publisher_id=case.publisher_id, ground=ground_of(case), at=at)
    reject_earning_lines(block, posting=Posting(at, Cause.BLOCK, case.pk))
    credit_referrals(at=at, publisher_ids=[case.publisher_id])
    publishers.end_access(publisher_id=case.publisher_id, at=at)
    note(case, CaseStep.BLOCKED, by=by, at=at, text=reason)
    state_reasons(case, at=at, changed=earnings_of(case.publisher_id) - before)
    return case


def _require_another_asked(case: Case, by: User) -> None:
    if case.block_asked_by_id is None:
        raise AnotherPersonNeeded(
            _("A block by hand takes two people: ask for it, and another person approves.")
        )
    if case.block_asked_by_id == by.pk:
        raise AnotherPersonNeeded(
            _("You asked for this block yourself: another person has to approve it.")
        )


@transaction.atomic
def ask_block(*, case_id: int, reason: str, by: User, at: datetime) -> Case:
    """Ask that the account be blocked; nothing is taken until another person approves."""
    case = held(case_id)
    words = said(reason, _("Say why the account is to be blocked: the publisher reads it."))
    _require_undecided(case)
    if case.block_asked_by_id is not None:
        raise WrongMove(
            _("%(who)s has asked for this block already: it waits for a second person.")
            % {"who": case.block_asked_by}
        )
    case.block_asked_by, case.block_asked_at, case.block_reason = by, at, words
    case.save(update_fields=["block_asked_by", "block_asked_at", "block_reason"])
    note(case, CaseStep.BLOCK_ASKED, by=by, at=at, text=words)
    return case


def _require_undecided(case: Case) -> None:
    if CaseStatus.BLOCKED not in TRANSITIONS[CaseStatus(case.status)]:
        move(case, CaseStatus.BLOCKED)  # raises, and says why


@transaction.atomic
def approve_block(*, case_id: int, by: User, at: datetime) -> Case:
    """Block the account that another person asked to block, for the reason then given."""
    lock_all_books()
    case = held(case_id)
    return block_account(case_id=case_id, by=by, at=at, reason=case.block_reason)


@transaction.atomic
def take_back_block_request(*, case_id: int, by: User, at: datetime) -> Case:
    """The one who asked for a block thinks again."""
    case = held(case_id)
    _require_request(case)
    if case.block_asked_by_id != by.pk:
        raise AnotherPersonNeeded(
            _("%(who)s asked for this block: refuse it, and say why.")
            % {"who": case.block_asked_by}
        )
    return _without_request(case, CaseStep.BLOCK_TAKEN_BACK, by=by, at=at)


@transaction.atomic
def refuse_block(*, case_id: int, reason: str, by: User, at: datetime) -> Case:
    """The second person does not agree to a block, and says why; the case is as before."""
    case = held(case_id)
    _require_request(case)
    words = said(reason, _("Say why it is refused: whoever asked needs to know."))
    if case.block_asked_by_id == by.pk:
        raise AnotherPersonNeeded(
            _("You asked for this block yourself: take the request back instead.")
        )
    return _without_request(case, CaseStep.BLOCK_REFUSED, by=by, at=at, text=words)


def _require_request(case: Case) -> None:
    _require_undecided(case)
    if case.block_asked_by_id is None:
        raise WrongMove(_("Nobody asks for a block of this account any more."))


def _without_request(case: Case, step: CaseStep, *, by: User, at: datetime, text: str = "") -> Case:
    drop_request(case)
    case.save(update_fields=["block_asked_by", "block_asked_at", "block_reason"])
    note(case, step, by=by, at=at, text=text)
    return case


def drop_request(case: Case) -> None:
    """Forget the request for a block, unsaved: another decision has come, or it was taken back."""
    case.block_asked_by, case.block_asked_at, case.block_reason = None, None, ""


def block_unanswered(*, at: datetime) -> int:
    """The scheduled block of accounts whose time to answer is over, and who said nothing."""
    ids = list(
        unanswered()
        .filter(answer_until__lte=at)
        .order_by("answer_until", "id")
        .values_list("id", flat=True)
    )
    return sum(_block_unless_answered(case_id, at) for case_id in ids)


@transaction.atomic
def _block_unless_answered(case_id: int, at: datetime) -> bool:
    """Whether it was blocked: not where somebody has decided, or answered, meanwhile."""
    lock_all_books()
    held(case_id)
    if not unanswered().filter(pk=case_id).exists():
        return False
    block_account(case_id=case_id, by=None, at=at, reason="")
    return True
