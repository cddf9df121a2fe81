"""A case is opened, once for an evidence, and what its policy says is done with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from commissions.pipeline.locks import lock_all_books
from compliance.enums import CaseStatus, CaseStep, PolicyMode, Severity
from compliance.kinds import CLAUSE, SEVERITY
from compliance.models import Case
from compliance.operations.answers import wait_for_answer
from compliance.operations.blocks import block_account
from compliance.operations.moves import held, note
from compliance.queries import policy_at
from publishers.models import User


@transaction.atomic
def open_case(
    *,
    kind: str,
    publisher_id: int,
    evidence: str,
    frozen: Mapping[str, Any],
    at: datetime,
    source_id: int | None = None,
    by: User | None = None,
    **more: Any,
) -> tuple[Case, bool]:
    """Open a case, and do with it what the policy of its kind says; (the case, whether it is new).

    evidence: what it is about, at most 64 characters; of one kind, evidence and publisher there is
    one case, and one opened already is left as it is.
    frozen: the evidence as it is now, plain JSON. `findings` is a list of what was found, each with
    a `sentence` - in English with, where it has places, `values`, or in `en` and `ru` - that the
    publisher reads.
    by: the person who opens it; None: a job. A person's case waits for a person in any policy.
    more: `severity` and `clause`, else those of the kind.
    """
    if by is None and policy_at(kind, at).mode == PolicyMode.AT_ONCE:
        lock_all_books()
    case, new = Case.objects.get_or_create(
        kind=kind, evidence=evidence, publisher_id=publisher_id,
        defaults={
            "evidence_frozen": dict(frozen), "found_at": at, "found_by": by,
            "source_id": source_id, "clause": more.get("clause") or CLAUSE.get(kind, ""),
            "severity": more.get("severity") or SEVERITY.get(kind, Severity.MEDIUM),
        },
    )  # fmt: skip
    if new:
        note(case, CaseStep.FOUND, by=by, at=at)
        if by is None:
            apply_policy(case_id=case.pk, at=at)
            case.refresh_from_db()
    return case, new


@transaction.atomic
def apply_policy(*, case_id: int, at: datetime) -> None:
    """Do with a new case what its policy says: block, wait for an answer, or leave it."""
    kind, found_at = Case.objects.values_list("kind", "found_at").get(pk=case_id)
    ruling = policy_at(kind, found_at)
    if ruling.mode == PolicyMode.AT_ONCE:
        lock_all_books()
    case = held(case_id)
    if case.status != CaseStatus.FOUND:  # somebody has decided it meanwhile
        return
    if ruling.mode == PolicyMode.AT_ONCE:
        block_account(case_id=case.pk, by=None, at=at, reason="")
    elif ruling.mode == PolicyMode.AFTER_ANSWER:
        case.blocks_unanswered = True
        wait_for_answer(case, until=case.found_at + ruling.time_to_answer, by=None, at=at)
