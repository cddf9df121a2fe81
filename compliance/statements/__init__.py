"""Statements of reasons: what the publisher is told of a decision, written as it is made.

A statement is put together from sentences in both languages, kept for good, and sent as a letter
in the publisher's own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from commissions.models import Programme
from compliance.earnings import Earnings
from compliance.enums import CaseStatus
from compliance.models import Case, StatementOfReasons
from compliance.statements.facts import facts_of
from compliance.statements.sentences import (
    appeal_of,
    clause_of,
    decided_by_of,
    meaning_of,
    money_of,
)
from publishers.enums import LetterKind
from publishers.figures import in_own_language, instant
from publishers.letters import Owed, Words, worded, write_letters

LANGUAGES = ("en", "ru")
# Who made a decision, and why: of the first one, and of those that follow an appeal.
_MADE_BY = {CaseStatus.CONFIRMED: "appeal_decided_by_id", CaseStatus.OVERTURNED: "overturned_by_id"}
_REASON = {CaseStatus.CONFIRMED: "appeal_reason", CaseStatus.OVERTURNED: "overturn_reason"}


def state_reasons(case: Case, *, at: datetime, changed: Earnings) -> StatementOfReasons:
    """Write the statement of the decision just made, and the letter that carries it.

    Within the decision's transaction. changed: what the decision itself did to the earnings.
    """
    decision = CaseStatus(case.status)
    statement = StatementOfReasons(
        case=case,
        decision=decision,
        made_at=at,
        automatic=getattr(case, _MADE_BY.get(decision, "decided_by_id")) is None,
        clause=case.clause,
        reason=getattr(case, _REASON.get(decision, "decision_reason")),
        lines=changed.lines,
        amounts=changed.amounts(),
        appeal_until=case.appeal_until if decision == case.decision else None,
    )
    statement.text_en, statement.text_ru = (_text(case, statement, one) for one in LANGUAGES)
    statement.save(force_insert=True)

    def told() -> dict[str, Any]:
        return {"text": in_own_language(statement, "text")}

    _write(case, "case_decided", f"statement:{statement.pk}", told, at)
    return statement


def tell_of_waiting(case: Case, *, at: datetime) -> None:
    """Write to the publisher that its answer to a case is waited for, and what it is about."""
    zone, _currency = clock_and_currency()

    def told() -> dict[str, Any]:
        return {
            "facts": facts_of(case, zone),
            "clause": clause_of(case),
            "until": instant(case.answer_until, zone),
            "zone": zone,
            "blocks": case.blocks_unanswered,
        }

    _write(case, "case_waiting", f"case-waiting:{case.pk}", told, at)


def _write(
    case: Case, name: str, key: str, told: Callable[[], dict[str, Any]], at: datetime
) -> None:
    """The letter of a case, to a blocked account too."""

    def words() -> Words:
        return worded(
            name,
            {
                "case": case,
                "kind": case.get_kind_display(),
                "status": CaseStatus(case.status).label,
                "name": case.publisher.name,
                "address": settings.PERMILLE_SITE_URL + reverse("portal:case", args=[case.pk]),
                **told(),
            },
        )

    owed = Owed(
        key=key, publisher=case.publisher, words=words, to_blocked=True, kind=LetterKind.CASES
    )
    write_letters([owed], at=at)


def _text(case: Case, statement: StatementOfReasons, language: str) -> str:
    """The whole statement in one language, its parts one empty line apart."""
    zone, currency = clock_and_currency()
    with override(language):
        reason = _("Reason given: %(reason)s") % {"reason": statement.reason}
        parts = [
            _("Case %(number)s: %(kind)s. Decision: %(decision)s, %(at)s (%(zone)s).")
            % {
                "number": case.pk,
                "kind": case.get_kind_display(),
                "decision": CaseStatus(statement.decision).label,
                "at": instant(statement.made_at, zone),
                "zone": zone,
            },
            _("Facts: %(facts)s") % {"facts": " ".join(facts_of(case, zone))},
            clause_of(case),
            decided_by_of(case, statement),
            reason if statement.reason else "",
            meaning_of(case, statement),
            money_of(statement, currency),
            appeal_of(statement, zone),
        ]
    return "\n\n".join(part for part in parts if part)


def clock_and_currency() -> tuple[str, str]:
    """The clock and the currency of the oldest programme, in which publishers read."""
    found = Programme.objects.order_by("id").values_list("time_zone", "currency").first()
    return found or ("UTC", "USD")
