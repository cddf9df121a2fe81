import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.enums import TRANSITIONS, CaseStatus, ViolationKind
from publishers.models import Publisher


class Case(models.Model):
    """A publisher is said to have broken a rule: the evidence as it was, and what was decided."""

    kind = models.CharField(_("kind"), max_length=32, choices=ViolationKind)
    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="cases"
    )
    evidence = models.CharField(
        _("evidence"), max_length=64, db_collation="C", help_text=_("The id of the text.")
    )
    evidence_frozen = models.JSONField(
        _("evidence as it was"), help_text=_("Text, author, time, and each link with its place.")
    )
    clause = models.CharField(_("clause"), max_length=32)
    status = models.CharField(
        _("status"), max_length=16, choices=CaseStatus, default=CaseStatus.FOUND
    )
    found_at = models.DateTimeField(_("found"))
    answer_until = models.DateTimeField(_("answer until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_decided",
        help_text=_("Empty: the job, by the policy in force."),
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    overturned_at = models.DateTimeField(_("overturned"), null=True, blank=True)
    overturned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("overturned by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_overturned",
    )
    overturn_reason = models.TextField(_("reason of the overturning"), blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "evidence", "publisher"],
                name="compliance_case_once",
                violation_error_message=_("There is a case of this text and publisher already."),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="case_moves_by_the_table",
                field="status",
                transitions=[
                    (str(before), str(after))
                    for before, afters in TRANSITIONS.items()
                    for after in sorted(afters)
                ],
            ),
            pgtrigger.ReadOnly(
                name="case_evidence_is_frozen",
                fields=["kind", "publisher", "evidence", "evidence_frozen", "found_at"],
            ),
            pgtrigger.Protect(name="case_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.evidence} {self.publisher.code}"
