"""What a case's page tells: evidence, the publisher's standing, what happened and was said."""

import json
from typing import Any

from django.utils.translation import gettext as _

from compliance.admin.evidence import evidence
from compliance.enums import ADVERSE, CaseStatus, CaseStep, Severity, ViolationKind
from compliance.kinds import clause_sentence
from compliance.models import Case, CaseEvent, Moderation, StatementOfReasons
from compliance.statements.facts import facts_of
from compliance.statements.sentences import sums
from publishers.admin.backoffice import page_of
from publishers.figures import in_own_language, instant, number
from publishers.queries import is_payable

STATUS_LABELS = {
    CaseStatus.FOUND: "warning",
    CaseStatus.WAITING: "info",
    CaseStatus.DISMISSED: "default",
    CaseStatus.WARNED: "primary",
    CaseStatus.SOURCE_SUSPENDED: "danger",
    CaseStatus.BLOCKED: "danger",
    CaseStatus.APPEALED: "warning",
    CaseStatus.CONFIRMED: "danger",
    CaseStatus.OVERTURNED: "success",
}
SEVERITY_LABELS = {Severity.LOW: "default", Severity.MEDIUM: "warning", Severity.HIGH: "danger"}


def page_context(case: Case) -> dict[str, Any]:
    """Everything the page shows, without what may be done."""
    sentence = clause_sentence(case.clause)
    review = case.kind == ViolationKind.REVIEW_LINK
    return {
        "case": case,
        "status": CaseStatus(case.status).label,
        "status_kind": STATUS_LABELS[CaseStatus(case.status)],
        "severity": Severity(case.severity).label,
        "severity_kind": SEVERITY_LABELS[Severity(case.severity)],
        "publisher": page_of(case.publisher),
        "source": page_of(case.source) if case.source else "",
        "round": page_of(found_in) if (found_in := _round_of(case)) else "",
        "clause_words": _(sentence) if sentence else "",
        "found": instant(case.found_at),
        "answer_until": instant(case.answer_until),
        "appeal_until": instant(case.appeal_until) if case.status in ADVERSE else "",
        "evidence": evidence(case.evidence_frozen) if review else None,
        "facts": [] if review else facts_of(case, ""),
        "kept": json.dumps(case.evidence_frozen, ensure_ascii=False, indent=2, sort_keys=True),
        "standing": _standing(case),
        "payable": is_payable(case.publisher_id),
        "history": history(case),
        "statements": [_statement(one) for one in case.statements.all()],
    }


def _round_of(case: Case) -> Moderation | None:
    """The round of moderation whose checks found it, if one did."""
    frozen = case.evidence_frozen if isinstance(case.evidence_frozen, dict) else {}
    number_of_it = frozen.get("round")
    return Moderation.objects.filter(pk=number_of_it).first() if number_of_it else None


def history(case: Case) -> list[dict[str, Any]]:
    """What happened to a case: when, what, by whom and in what words."""
    events = list(case.events.select_related("by"))
    told = [_told(event) for event in events]
    if events and events[0].step == CaseStep.FOUND:
        return told
    # Of before histories were kept.
    return [
        {"at": instant(case.found_at, seconds=True), "what": CaseStep.FOUND.label,
         "by": case.found_by or _("the job"), "text": ""},
        *told,
    ]  # fmt: skip


def _told(event: CaseEvent) -> dict[str, Any]:
    by = str(event.by) if event.by else _("the job")
    if event.from_publisher:
        by = _("the publisher")
        if event.by:
            by = _("the publisher, entered by %(who)s") % {"who": event.by}
    return {
        "at": instant(event.at, seconds=True),
        "what": CaseStep(event.step).label,
        "by": by,
        "text": event.text,
    }


def _statement(statement: StatementOfReasons) -> dict[str, Any]:
    return {
        "decision": CaseStatus(statement.decision).label,
        "at": instant(statement.made_at),
        "lines": number(statement.lines),
        "commission": sums(statement.commission),
        "referral": sums(statement.referral),
        "text": in_own_language(statement, "text"),
    }


def _standing(case: Case) -> list[dict[str, Any]]:
    """The publisher's other cases, the latest first."""
    others = Case.objects.filter(publisher_id=case.publisher_id).exclude(pk=case.pk)
    return [
        {"link": page_of(one, f"#{one.pk}"), "kind": one.get_kind_display(),
         "status": CaseStatus(one.status).label,
         "status_kind": STATUS_LABELS[CaseStatus(one.status)], "found": instant(one.found_at)}
        for one in others[:20]
    ]  # fmt: skip
