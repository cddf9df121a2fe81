"""Decisions of people on cases: dismissed, warned, source suspended; confirmed or overturned.

Blocks have their own way (`compliance.operations.blocks`).
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from commissions.enums import Cause
from commissions.ledger.posting import Posting
from commissions.pipeline.locks import lock_all_books
from commissions.pipeline.rerating import (
    forget_touch_of_suspension,
    forget_touches,
    rerate_publisher,
    rerate_source,
    touches_of_publisher,
)
from compliance.earnings import NOTHING, earnings_of
from compliance.enums import CaseStatus, CaseStep
from compliance.kinds import APPEAL_TIME
from compliance.models import Case
from compliance.operations.blocks import drop_request
from compliance.operations.moves import (
    AnotherPersonNeeded,
    WrongMove,
    ground_of,
    held,
    move,
    note,
    said,
)
from compliance.statements import state_reasons
from publishers import operations as publishers
from publishers.models import Source, SourceSuspension, User
from referrals.operations import credit_referrals


@transaction.atomic
def dismiss_case(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Find that nothing was broken."""
    case = held(case_id)
    _decide(case, CaseStatus.DISMISSED, by=by, at=at, reason=reason)
    state_reasons(case, at=at, changed=NOTHING)
    return case


@transaction.atomic
def warn_publisher(*, case_id: int, by: User, at: datetime, reason: str) -> Case:
    """Find that a rule was broken, and leave it at a warning; no money moves."""
    case = held(case_id)
    words = said(reason, _("Say what the warning is for: the publisher reads it."))
    _decide(case, CaseStatus.WARNED, by=by, at=at, reason=words)
    state_reasons(case, at=at, changed=NOTHING)
    return case


@transaction.atomic
def suspend_source(
    *, case_id: int, source_id: int | None = None, by: User, at: datetime, reason: str
) -> Case:
    """Suspend a source of the case's publisher: orders by clicks from `at` on earn nothing.

    source_id: which, where the case names none itself. Raises WrongMove.
    """
    lock_all_books()
    case = held(case_id)
    words = said(reason, _("Say why the source is suspended: the publisher reads it."))
    case.source = _source_of(case, source_id)
    before = earnings_of(case.publisher_id)
    _decide(case, CaseStatus.SOURCE_SUSPENDED, by=by, at=at, reason=words)
    suspension = publishers.suspend_source(source_id=case.source.pk, ground=ground_of(case), at=at)
    _settle_source(case, suspension, Posting(at, Cause.RERATING, case.pk))
    state_reasons(case, at=at, changed=earnings_of(case.publisher_id) - before)
    return case


def _source_of(case: Case, source_id: int | None) -> Source:
    """The source to suspend. Raises WrongMove."""
    wanted = case.source_id or source_id
    if source_id is not None and wanted != source_id:
        raise WrongMove(
            _("Case %(number)s is about another source: %(source)s.")
            % {"number": case.pk, "source": case.source}
        )
    of_publisher = Source.objects.filter(publisher_id=case.publisher_id)
    source = of_publisher.filter(pk=wanted).first() if wanted is not None else None
    if source is None:
        raise WrongMove(_("Say which of the publisher's sources is suspended."))
    return source


def _decide(
    case: Case, decision: CaseStatus, *, by: User | None, at: datetime, reason: str
) -> None:
    """Move a held case to its decision and write it down; a request for a block falls with it."""
    move(case, decision)
    drop_request(case)
    case.decision, case.decided_at, case.decided_by = decision, at, by
    case.decision_reason = reason
    if decision != CaseStatus.DISMISSED:
        case.appeal_until = at + APPEAL_TIME
    case.save()
    note(case, CaseStep(decision.value), by=by, at=at, text=reason)


@transaction.atomic
def overturn_case(*, case_id: int, by: User | None, at: datetime, reason: str) -> Case:
    """Undo a decision that staff find to be wrong by themselves, exactly as it was done.

    Where another case still blocks the account, that block stands. A case that is appealed is
    decided by `decide_appeal`. Raises WrongMove.
    """
    lock_all_books()
    case = held(case_id)
    if case.status == CaseStatus.APPEALED:
        raise WrongMove(_("Case %(number)s is appealed: decide the appeal.") % {"number": case.pk})
    return _overturn(case, by=by, at=at, reason=reason)


@transaction.atomic
def decide_appeal(*, case_id: int, is_right: bool, by: User, at: datetime, reason: str) -> Case:
    """Decide an appeal: confirm the decision, or overturn it where the publisher is right.

    Raises WrongMove; AnotherPersonNeeded for whoever decided the case or asked for its block.
    """
    if is_right:
        lock_all_books()
    case = held(case_id)
    words = said(reason, _("Say why the appeal is decided so: the publisher reads it."))
    if case.status != CaseStatus.APPEALED:
        raise WrongMove(
            _("Case %(number)s is %(now)s: there is no appeal to decide.")
            % {"number": case.pk, "now": CaseStatus(case.status).label}
        )
    if by.pk in {case.decided_by_id, case.block_asked_by_id}:
        raise AnotherPersonNeeded(
            _("You had a hand in the decision yourself: another person decides the appeal.")
        )
    case.appeal_decided_at, case.appeal_decided_by, case.appeal_reason = at, by, words
    if is_right:
        return _overturn(case, by=by, at=at, reason=words)
    move(case, CaseStatus.CONFIRMED)
    case.save()
    note(case, CaseStep.CONFIRMED, by=by, at=at, text=words)
    state_reasons(case, at=at, changed=NOTHING)
    return case


def _overturn(case: Case, *, by: User | None, at: datetime, reason: str) -> Case:
    """Undo what the decision did; the books and the case are held."""
    move(case, CaseStatus.OVERTURNED)
    case.overturned_at, case.overturned_by, case.overturn_reason = at, by, reason
    case.save()
    note(case, CaseStep.OVERTURNED, by=by, at=at, text=reason)
    before = earnings_of(case.publisher_id)
    _undo(case, at)
    state_reasons(case, at=at, changed=earnings_of(case.publisher_id) - before)
    return case


def _undo(case: Case, at: datetime) -> None:
    posting = Posting(at, Cause.REINSTATEMENT, case.pk)
    if case.decision == CaseStatus.BLOCKED:
        publishers.end_block(publisher_id=case.publisher_id, ground=ground_of(case), at=at)
        _settle(case, posting)
    elif case.decision == CaseStatus.SOURCE_SUSPENDED and case.source_id is not None:
        suspension = publishers.undo_suspension(
            source_id=case.source_id, ground=ground_of(case), at=at
        )
        if suspension is not None:
            _settle_source(case, suspension, posting)


def _settle(case: Case, posting: Posting) -> None:
    """Bring the account's lines, its own credit and its referrer's in line with its standing."""
    touches = touches_of_publisher(case.publisher_id)
    rerate_publisher(case.publisher_id, posting=posting)
    forget_touches(touches)
    credit_referrals(at=posting.at, publisher_ids=[case.publisher_id])


def _settle_source(case: Case, suspension: SourceSuspension, posting: Posting) -> None:
    """Bring the source's lines and the referrer's credit in line with its standing."""
    rerate_source(case.publisher_id, suspension.source_id, posting=posting)
    forget_touch_of_suspension(suspension)
    credit_referrals(at=posting.at, publisher_ids=[case.publisher_id])
