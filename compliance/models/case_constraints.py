"""What is true of every row of a case, whatever moved it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.enums import ADVERSE, DECISIONS, CaseStatus
from compliance.kinds import APPEAL_TIME

_UNDECIDED = [CaseStatus.FOUND, CaseStatus.WAITING]
_AFTERWARDS = [CaseStatus.APPEALED, CaseStatus.CONFIRMED, CaseStatus.OVERTURNED]


def case_constraints() -> list[models.BaseConstraint]:
    """One case of an evidence; what was decided agrees with the status; two people."""
    return [
        models.UniqueConstraint(
            fields=["kind", "evidence", "publisher"],
            name="compliance_case_once",
            violation_error_message=_("There is a case of this evidence and publisher already."),
        ),
        models.CheckConstraint(
            name="compliance_case_decision_agrees",
            condition=Q(status__in=_UNDECIDED, decision="")
            | Q(status=F("decision"), decision__in=sorted(DECISIONS), decided_at__isnull=False)
            | Q(
                status__in=_AFTERWARDS,
                decision__in=sorted(ADVERSE),
                decided_at__isnull=False,
            ),
        ),
        models.CheckConstraint(
            name="compliance_case_suspends_a_source",
            condition=~Q(decision=CaseStatus.SOURCE_SUSPENDED) | Q(source__isnull=False),
            violation_error_message=_("Say which source is suspended."),
        ),
        *_two_people(),
        *_appeals(),
    ]


def _two_people() -> list[models.BaseConstraint]:
    asked = Q(block_asked_by__isnull=False, block_asked_at__isnull=False) & ~Q(block_reason="")
    return [
        models.CheckConstraint(
            name="compliance_case_block_asked_by_one",
            condition=Q(block_asked_by__isnull=True, block_asked_at__isnull=True, block_reason="")
            | asked,
            violation_error_message=_("A request says who asks, when and why."),
        ),
        models.CheckConstraint(
            name="compliance_case_block_approved_by_another",
            condition=~Q(decision=CaseStatus.BLOCKED)
            | Q(decided_by__isnull=True)
            | Q(decided_alone=True)
            | (Q(block_asked_by__isnull=False) & ~Q(block_asked_by=F("decided_by"))),
            violation_error_message=_(
                "Whoever asked for the block cannot approve it: ask another person."
            ),
        ),
        models.CheckConstraint(
            name="compliance_case_appeal_decided_by_another",
            condition=Q(appeal_decided_by__isnull=True)
            | (
                (Q(decided_by__isnull=True) | ~Q(appeal_decided_by=F("decided_by")))
                & (Q(block_asked_by__isnull=True) | ~Q(appeal_decided_by=F("block_asked_by")))
            ),
            violation_error_message=_(
                "An appeal is decided by somebody who neither decided the case nor asked for its "
                "block."
            ),
        ),
    ]


def _appeals() -> list[models.BaseConstraint]:
    appealed = Q(appealed_at__isnull=False)
    return [
        models.CheckConstraint(
            name="compliance_case_appeal_open_long_enough",
            condition=~Q(decision__in=sorted(ADVERSE))
            | Q(appeal_until__isnull=False, appeal_until__gte=F("decided_at") + APPEAL_TIME),
        ),
        models.CheckConstraint(
            name="compliance_case_appealed_in_time",
            condition=Q(appealed_at__isnull=True)
            | Q(appealed_at__gte=F("decided_at"), appealed_at__lte=F("appeal_until")),
        ),
        models.CheckConstraint(
            name="compliance_case_appeal_answered_by_somebody",
            condition=(~Q(status__in=[CaseStatus.APPEALED, CaseStatus.CONFIRMED]) | appealed)
            & (
                Q(appealed_at__isnull=True, appeal_decided_by__isnull=True)
                | Q(status=CaseStatus.APPEALED, appeal_decided_by__isnull=True)
                | (appealed & Q(status__in=_AFTERWARDS[1:], appeal_decided_by__isnull=False))
            ),
        ),
    ]
