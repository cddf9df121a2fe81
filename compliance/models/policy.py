from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.enums import PolicyMode, ViolationKind
from publishers.periods import DatedModel, period_constraints


class ViolationPolicy(DatedModel):
    """What the job does with a case of a kind, from when to when. Without a row: at once (F37)."""

    kind = models.CharField(_("kind"), max_length=32, choices=ViolationKind)
    mode = models.CharField(_("what happens"), max_length=16, choices=PolicyMode)
    answer_days = models.PositiveIntegerField(_("days to answer"), null=True, blank=True)

    class Meta:
        ordering = ["kind", "valid_from"]
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            *period_constraints("compliance_policy", "kind"),
            models.CheckConstraint(
                name="compliance_policy_answer_days",
                condition=~Q(mode=PolicyMode.AFTER_ANSWER) | Q(answer_days__gt=0),
                violation_error_message=_("Say how many days there are to answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"
