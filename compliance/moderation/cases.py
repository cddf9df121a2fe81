"""A case out of a round: what the checks found in a source is held against its publisher."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.detectors.finding import Verdict
from compliance.enums import ViolationKind
from compliance.kinds import KIND_OF_CLAUSE
from compliance.models import Case, Moderation
from compliance.moderation.refusals import Refused
from compliance.moderation.rounds import latest_runs, locked_round
from compliance.operations.opening import open_case
from compliance.preflight import WORST_FIRST
from publishers.models import User


@dataclass(frozen=True)
class Breach:
    """A clause that the checks of a round found broken, or not kept for certain.

    findings: plain JSON to be frozen, the worst first; each `sentence` in `en` and `ru`.
    """

    clause: str
    kind: ViolationKind
    findings: list[dict[str, Any]]


def breaches(moderation: Moderation) -> list[Breach]:
    """What a case can be opened of: by clause, what was not forbidden yet left out."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in latest_runs(moderation):
        looked = {"found_at": run.at.isoformat(), "sha256": run.sha256}
        for report in run.reports:
            for finding in report["findings"]:
                if finding["verdict"] != Verdict.CLEAR and finding["rule"] in KIND_OF_CLAUSE:
                    found[finding["rule"]].append(
                        {**finding, "checked": report["checked"], **looked}
                    )
    for findings in found.values():
        findings.sort(key=lambda one: WORST_FIRST.index(one["verdict"]))
    return [Breach(clause, KIND_OF_CLAUSE[clause], rows) for clause, rows in sorted(found.items())]


def case_of(moderation: Moderation, breach: Breach) -> Case | None:
    """The case that was opened of it, if one was."""
    return Case.objects.filter(
        kind=breach.kind,
        publisher_id=moderation.source.publisher_id,
        evidence=_evidence(moderation, breach),
    ).first()


def _evidence(moderation: Moderation, breach: Breach) -> str:
    return f"round:{moderation.pk}:{breach.clause}"


@transaction.atomic
def open_case_of_round(*, moderation_id: int, clause: str, by: User, at: datetime) -> Case:
    """Open a case of what the round's checks found against a clause; twice is the same case.

    The round and the source's approval are as before: the case says what becomes of them.
    Raises Refused where the checks found nothing against that clause.
    """
    moderation = locked_round(moderation_id)
    breach = next((one for one in breaches(moderation) if one.clause == clause), None)
    if breach is None:
        raise Refused(
            _("The checks of round %(number)s found nothing against %(clause)s: choose another.")
            % {"number": moderation.pk, "clause": clause or "–"}
        )
    case, _new = open_case(
        kind=breach.kind,
        publisher_id=moderation.source.publisher_id,
        evidence=_evidence(moderation, breach),
        frozen={
            "findings": breach.findings,
            "round": moderation.pk,
            "statement": moderation.statement_id,
            "source": moderation.source.code,
        },
        at=at,
        source_id=moderation.source_id,
        by=by,
        clause=clause,
    )
    return case
