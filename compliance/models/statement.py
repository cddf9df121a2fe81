import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.enums import CaseStatus
from compliance.models.case import Case


class StatementOfReasons(models.Model):
    """What the publisher is told of a decision, in both languages, as it was told. Written once.

    `amounts` is what the decision itself changed in the account, a row for each currency (see
    `compliance.earnings`): below 0 taken, above 0 given back.
    """

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="statements"
    )
    decision = models.CharField(_("decision"), max_length=16, choices=CaseStatus)
    made_at = models.DateTimeField(_("made"))
    automatic = models.BooleanField(
        _("automatic"), help_text=_("Decided by the job, by the policy in force.")
    )
    clause = models.CharField(_("clause"), max_length=32, blank=True)
    reason = models.TextField(_("reason in the words of staff"), blank=True)
    lines = models.BigIntegerField(_("earning lines"))
    amounts = models.JSONField(
        _("amounts"),
        default=list,
        help_text=_(
            "By currency: the commission and the referral credit that the decision moved, in cents."
        ),
    )
    appeal_until = models.DateTimeField(_("appeal until"), null=True, blank=True)
    text_en = models.TextField(_("text in English"))
    text_ru = models.TextField(_("text in Russian"))

    class Meta:
        ordering = ["made_at", "id"]
        verbose_name = _("statement of reasons")
        verbose_name_plural = _("statements of reasons")
        constraints = [
            models.UniqueConstraint(fields=["case", "decision"], name="compliance_statement_once"),
            models.CheckConstraint(
                name="compliance_statement_says_until_when",
                condition=~Q(decision__in=["warned", "source_suspended", "blocked"])
                | Q(appeal_until__isnull=False, appeal_until__gt=F("made_at")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="statement_stays_as_told", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"#{self.case_id} {self.get_decision_display()}"

    @property
    def commission(self) -> dict[str, int]:
        """The commission that was moved: cents by currency."""
        return {row["currency"]: row["commission_cents"] for row in self.amounts}

    @property
    def referral(self) -> dict[str, int]:
        """The referral credit that was moved: cents by currency."""
        return {row["currency"]: row["referral_cents"] for row in self.amounts}
