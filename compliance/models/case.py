from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from compliance.enums import DECISIONS, CaseStatus, Severity, ViolationKind
from compliance.models.case_constraints import case_constraints
from compliance.models.case_triggers import case_triggers
from publishers.models import Publisher, Source


def _person(name: Any, help_text: Any = "") -> models.ForeignKey:
    """Somebody of staff, where a person did it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=name,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=help_text,
    )


class Case(models.Model):
    """A publisher is said to have broken a rule: the evidence as it was, and what was decided.

    `status` is where the case stands; `decision` is what was decided, and stays. `CaseEvent` has
    everything that happened, `StatementOfReasons` what the publisher was told of each decision.
    """

    kind = models.CharField(_("kind"), max_length=32, choices=ViolationKind)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, default=Severity.MEDIUM
    )
    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="cases"
    )
    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        help_text=_("The source it is about, where it is about one."),
    )
    evidence = models.CharField(
        _("evidence"),
        max_length=64,
        db_collation="C",
        help_text=_("What it is about, such as the number of a review."),
    )
    evidence_frozen = models.JSONField(
        _("evidence as it was"),
        help_text=_("As it was when the case was opened. Findings are told one by one."),
    )
    clause = models.CharField(_("clause"), max_length=32, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=CaseStatus, default=CaseStatus.FOUND
    )
    found_at = models.DateTimeField(_("found"))
    found_by = _person(_("found by"), help_text=_("Empty: a job."))

    answer_until = models.DateTimeField(_("answer until"), null=True, blank=True)
    answered_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    blocks_unanswered = models.BooleanField(
        _("blocks when unanswered"),
        default=False,
        help_text=_("The policy in force had the job block once the time to answer is over."),
    )

    block_asked_by = _person(_("block asked for by"))
    block_asked_at = models.DateTimeField(_("block asked for"), null=True, blank=True)
    block_reason = models.TextField(_("why a block is asked for"), blank=True)

    decision = models.CharField(
        _("decision"),
        max_length=16,
        choices=[(status.value, status.label) for status in CaseStatus if status in DECISIONS],
        blank=True,
        default="",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = _person(_("decided by"), help_text=_("Empty: the job, by the policy in force."))
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    decided_alone = models.BooleanField(
        _("decided by one person"),
        default=False,
        editable=False,
        help_text=_("A block from the time when one person could block by hand."),
    )

    appeal_until = models.DateTimeField(_("appeal until"), null=True, blank=True)
    appealed_at = models.DateTimeField(_("appealed"), null=True, blank=True)
    appeal_decided_at = models.DateTimeField(_("appeal decided"), null=True, blank=True)
    appeal_decided_by = _person(_("appeal decided by"))
    appeal_reason = models.TextField(_("reason of the appeal's decision"), blank=True)
    overturned_at = models.DateTimeField(_("overturned"), null=True, blank=True)
    overturned_by = _person(_("overturned by"))
    overturn_reason = models.TextField(_("reason of the overturning"), blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = [
            ("approve_block", gettext_noop("Can approve the block of an account")),
            ("decide_appeal", gettext_noop("Can decide an appeal")),
        ]
        constraints = case_constraints()
        triggers = case_triggers()
        indexes = [
            models.Index(
                fields=["status", "answer_until"],
                name="compliance_case_undecided",
                condition=models.Q(status__in=["found", "waiting", "appealed"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.publisher.code}, {self.evidence}"
