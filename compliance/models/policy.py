import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from compliance.enums import PolicyMode, ViolationKind
from publishers.periods import DatedModel, DatedQuerySet, Period

# A policy that holds: one that blocks nobody without a person, or that two people agreed on.
HOLDS = Q(mode=PolicyMode.PERSON) | Q(approved_by__isnull=False) | Q(set_alone=True)

KEEPS_TO_ITS_WAY = """
    IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by_id IS NOT NULL OR NEW.set_alone THEN
            RAISE EXCEPTION 'A policy is asked for by one person, then approved by another.';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.approved_by_id IS NOT NULL OR OLD.mode = 'person' OR OLD.set_alone THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'A policy that holds is not taken away: set another from its day on.';
        END IF;
        IF (to_jsonb(NEW) - 'valid_to') <> (to_jsonb(OLD) - 'valid_to')
           OR NEW.valid_to IS NULL OR NEW.valid_to > COALESCE(OLD.valid_to, 'infinity') THEN
            RAISE EXCEPTION 'A policy that holds is not changed: set another from its day on.';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (to_jsonb(NEW) - '{approved_by_id,approved_at}'::text[])
       <> (to_jsonb(OLD) - '{approved_by_id,approved_at}'::text[]) THEN
        RAISE EXCEPTION 'What was asked for is what is approved: take the request back first.';
    END IF;
    RETURN NEW;
"""


class PolicyQuerySet(DatedQuerySet):
    """Policies, those that are only asked for among them."""

    def holding(self) -> "PolicyQuerySet":
        """Policies that hold in their period."""
        return self.filter(HOLDS)

    def asked(self) -> "PolicyQuerySet":
        """Policies that wait for a second person."""
        return self.exclude(HOLDS)


class ViolationPolicy(DatedModel):
    """What the job does with a case of a kind, from when to when.

    One that blocks without a person is asked for by one and holds once another has approved it.
    Without a row: what `compliance.kinds.SHIPPED_MODE` says (F37).
    """

    kind = models.CharField(_("kind"), max_length=32, choices=ViolationKind)
    mode = models.CharField(_("what happens"), max_length=16, choices=PolicyMode)
    answer_days = models.PositiveIntegerField(_("days to answer"), null=True, blank=True)
    reason = models.TextField(_("why it is set"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    set_alone = models.BooleanField(
        _("set by one person"),
        default=False,
        editable=False,
        help_text=_("From the time when one person could set any policy."),
    )

    objects = PolicyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["kind", "valid_from"]
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        permissions = [
            (
                "approve_violationpolicy",
                gettext_noop("Can approve a policy that blocks by itself"),
            )
        ]
        constraints = [
            ExclusionConstraint(
                name="compliance_policy_periods_apart",
                expressions=[
                    (Period("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("kind", RangeOperators.EQUAL),
                ],
                condition=HOLDS,
                violation_error_message=_(
                    "Another row of the same key is in force during this period: "
                    "end that one first, or choose other dates."
                ),
            ),
            models.CheckConstraint(
                name="compliance_policy_period_runs_forward",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                violation_error_message=_("The period must end after it starts."),
            ),
            models.CheckConstraint(
                name="compliance_policy_answer_days",
                condition=~Q(mode=PolicyMode.AFTER_ANSWER)
                | Q(answer_days__isnull=False, answer_days__gt=0),
                violation_error_message=_("Say how many days there are to answer."),
            ),
            models.CheckConstraint(
                name="compliance_policy_approved_by_another",
                condition=Q(approved_by__isnull=True)
                | (Q(asked_by__isnull=False) & ~Q(asked_by=F("approved_by"))),
                violation_error_message=_(
                    "Whoever asked for the policy cannot approve it: ask another person."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="policy_keeps_to_its_way",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=KEEPS_TO_ITS_WAY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_mode_display()}"
