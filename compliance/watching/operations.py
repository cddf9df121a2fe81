"""What becomes of an observation: a case is opened of it, or it is dismissed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from compliance.models import Case
from compliance.models.observation import Observation
from compliance.operations.opening import open_case
from compliance.watching.enums import ObservationKind, ObservationStatus
from compliance.watching.words import figures
from publishers.models import User


class AlreadyDecided(Exception):
    """An observation is decided once; the message says what became of it."""


@transaction.atomic
def open_case_from(observation: Observation, by: User | None, at: datetime) -> Case:
    """Open a case of a new observation; what was seen is its evidence.

    by: who opens it; None: the job, by the policy in force. Raises AlreadyDecided.
    """
    row = _new(observation)
    case, _is_new = open_case(
        kind=row.kind, publisher_id=row.publisher_id, evidence=f"observation:{row.pk}",
        frozen=_frozen(row), at=at, source_id=row.source_id, by=by, severity=row.severity,
        clause=_clause(row),
    )  # fmt: skip
    row.status, row.decided_at, row.decided_by = ObservationStatus.CASE_OPENED, at, by
    row.case = case
    row.save()
    return case


@transaction.atomic
def dismiss_observation(
    *, observation: Observation, by: User, at: datetime, reason: str
) -> Observation:
    """Find that nothing is wrong. Raises AlreadyDecided; a reason is needed (ValueError)."""
    if not reason.strip():
        raise ValueError(_("Write why nothing is wrong: who looks at this source next reads it."))
    row = _new(observation)
    row.status, row.decided_at, row.decided_by = ObservationStatus.DISMISSED, at, by
    row.decision_reason = reason
    row.save()
    return row


def _new(observation: Observation) -> Observation:
    row = Observation.objects.select_for_update().get(pk=observation.pk)
    if row.status != ObservationStatus.NEW:
        raise AlreadyDecided(
            _("Observation %(number)s is decided already: %(status)s.")
            % {"number": row.pk, "status": row.get_status_display()}
        )
    return row


def _clause(row: Observation) -> str | None:
    """The clause where the case's kind has none of its own.

    No clause forbids equal payout details. They break the referral programme (F25) where this
    account brought another of them in, or was brought in: who is paid for it brought in nobody.
    """
    if row.kind != ObservationKind.SHARED_PAYOUT_DETAILS:
        return None
    pairs = (
        pair.split(" > ")
        for sign in row.evidence.get("signs", [])
        if sign["sign"] == "referrer"
        for pair in sign["figures"]["pairs"].split(", ")
    )
    return "F25" if any(row.publisher.code in pair for pair in pairs) else None


def _frozen(row: Observation) -> dict[str, Any]:
    """The evidence, and its signs as findings that the publisher is told."""
    with override("en"):
        findings = [
            {"sentence": sign["sentence"], "values": figures(sign)}
            for sign in row.evidence.get("signs", [])
        ]
    return {
        **row.evidence,
        "findings": findings,
        "observation": row.pk,
        "source": row.source.code if row.source else "",
        "window": [
            instant.isoformat() for instant in (row.window_start, row.window_end) if instant
        ],
    }
