"""Cases at any point of their life, and the people who decide them.

`case_in` goes there by the product's own operations; `columns_of` says what a row has there.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.enums import ADVERSE, DECISIONS, CaseStatus
from compliance.kinds import APPEAL_TIME
from compliance.models import Case, ViolationPolicy
from compliance.operations import (
    appeal,
    approve_block,
    approve_policy,
    ask_block,
    ask_for_answer,
    ask_policy,
    decide_appeal,
    dismiss_case,
    overturn_case,
    suspend_source,
    warn_publisher,
)
from publishers.models import Source, User
from tests.journeys.orders import NOW, found_case

LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def person(name: str) -> User:
    """Somebody of staff, the same for the same name."""
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, is_staff=True)


def agreed_policy(
    mode: str, start: datetime = LONG_AGO, days: int | None = None, kind: str = "review_link"
) -> ViolationPolicy:
    """A policy that holds: asked for by one person, and approved by another where it takes two."""
    policy = ask_policy(
        kind=kind, mode=mode, answer_days=days, valid_from=start, by=person("asker"), at=NOW,
        reason="So it was agreed.",
    )  # fmt: skip
    if mode == "person":
        return policy
    return approve_policy(policy_id=policy.pk, by=person("approver"), at=NOW)


def block_by_two(case: Case, at: datetime = NOW, reason: str = "Seen and weighed.") -> Case:
    """One asks for the block of the case's account, another approves."""
    ask_block(case_id=case.pk, reason=reason, by=person("asker"), at=at)
    return approve_block(case_id=case.pk, by=person("approver"), at=at)


def case_in(code: str, status: CaseStatus, evidence: str = "r1") -> Case:
    """A publisher's case where it stands so; an appealed one was a block by two."""
    case = found_case(code, evidence)
    by: dict[str, Any] = {"case_id": case.pk, "at": NOW, "by": person("decider")}
    if status == CaseStatus.WAITING:
        ask_for_answer(**by, until=NOW + DAY)
    elif status == CaseStatus.DISMISSED:
        dismiss_case(**by, reason="Nothing in it.")
    elif status == CaseStatus.WARNED:
        warn_publisher(**by, reason="Take care.")
    elif status == CaseStatus.SOURCE_SUSPENDED:
        source = Source.objects.filter(publisher__code=code).order_by("code")[0]
        suspend_source(**by, reason="For good.", source_id=source.pk)
    elif status != CaseStatus.FOUND:
        block_by_two(case)
        _after_the_block(case, status)
    return Case.objects.get(pk=case.pk)


def _after_the_block(case: Case, status: CaseStatus) -> None:
    if status == CaseStatus.OVERTURNED:
        overturn_case(case_id=case.pk, by=person("judge"), at=NOW + DAY, reason="A mistake.")
    if status in {CaseStatus.APPEALED, CaseStatus.CONFIRMED}:
        appeal(case_id=case.pk, publisher_id=case.publisher_id, text="No.", at=NOW + DAY)
    if status == CaseStatus.CONFIRMED:
        decide_appeal(
            case_id=case.pk,
            is_right=False,
            by=person("judge"),
            at=NOW + 2 * DAY,
            reason="It was.",
        )


def columns_of(status: CaseStatus, case: Case) -> dict[str, Any]:
    """What a row must say to stand there, whatever the case said before."""
    columns: dict[str, Any] = {"status": status, "decision": ""}
    if status in DECISIONS:
        columns["decision"] = status
    elif status in {CaseStatus.APPEALED, CaseStatus.CONFIRMED, CaseStatus.OVERTURNED}:
        columns["decision"] = case.decision if case.decision in ADVERSE else CaseStatus.BLOCKED
    if columns["decision"]:
        decided = case.decided_at or NOW
        columns |= {"decided_at": decided, "appeal_until": decided + APPEAL_TIME}
        if columns["decision"] == case.decision:
            columns["appeal_until"] = case.appeal_until
    if columns["decision"] == CaseStatus.SOURCE_SUSPENDED and case.source_id is None:
        columns["source"] = Source.objects.filter(publisher_id=case.publisher_id).order_by("code")[
            0
        ]
    if status in {CaseStatus.APPEALED, CaseStatus.CONFIRMED}:
        columns["appealed_at"] = case.appealed_at or NOW + DAY
    if case.appealed_at and status in {CaseStatus.CONFIRMED, CaseStatus.OVERTURNED}:
        columns["appeal_decided_by"] = case.appeal_decided_by or person("judge")
    elif status == CaseStatus.CONFIRMED:
        columns["appeal_decided_by"] = person("judge")
    return columns


__all__ = ["DAY", "LONG_AGO", "agreed_policy", "block_by_two", "case_in", "columns_of", "person"]
