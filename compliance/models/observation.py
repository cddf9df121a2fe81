import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.enums import Severity
from compliance.models.case import Case
from compliance.watching.enums import (
    ObservationKind,
    ObservationMode,
    ObservationStatus,
)
from publishers.models import Publisher, Source
from publishers.periods import DatedModel, period_constraints

_FROZEN = [
    *("kind", "publisher", "source", "window_start", "window_end"),
    *("severity", "evidence", "found_at"),
]


class Observation(models.Model):
    """The daily watch was struck by a source or an account: what it saw, as it was.

    An observation accuses nobody: a person, or a policy that staff set, opens a case of it.
    """

    kind = models.CharField(_("kind"), max_length=32, choices=ObservationKind)
    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="+"
    )
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    window_start = models.DateTimeField(_("looked at from"))
    window_end = models.DateTimeField(
        _("looked at to"), null=True, help_text=_("Empty: it began then, and goes on.")
    )
    severity = models.SmallIntegerField(_("severity"), choices=Severity)
    evidence = models.JSONField(
        _("evidence"), help_text=_("Signs, figures, samples and the thresholds then in force.")
    )
    found_at = models.DateTimeField(_("found"))
    status = models.CharField(
        _("status"), max_length=16, choices=ObservationStatus, default=ObservationStatus.NEW
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the job, by the policy in force."),
    )
    decision_reason = models.TextField(_("reason"), blank=True)
    case = models.OneToOneField(
        Case, verbose_name=_("case"), null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        ordering = ["-severity", "found_at", "id"]
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "publisher", "source", "window_start", "window_end"],
                name="compliance_observation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="compliance_observation_window_runs_forward",
                condition=Q(window_end__isnull=True) | Q(window_end__gt=F("window_start")),
            ),
            models.CheckConstraint(
                name="compliance_observation_decided",
                condition=Q(status="new", decided_at__isnull=True, case__isnull=True)
                | Q(status="case_opened", decided_at__isnull=False, case__isnull=False)
                | Q(status="dismissed", decided_at__isnull=False, decided_by__isnull=False,
                    case__isnull=True)
                & ~Q(decision_reason=""),
            ),
        ]  # fmt: skip
        indexes = [
            # The queue of what waits for a person.
            models.Index(
                fields=["-severity", "found_at"],
                name="compliance_observation_new",
                condition=Q(status="new"),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="observation_is_decided_once",
                field="status",
                transitions=[("new", "case_opened"), ("new", "dismissed")],
            ),
            pgtrigger.ReadOnly(name="observation_is_frozen", fields=_FROZEN),
            pgtrigger.Protect(name="observation_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {ObservationKind(self.kind).label}"


class ObservationPolicy(DatedModel):
    """What becomes of new observations of a kind. Without a row a person looks at them."""

    kind = models.CharField(_("kind"), max_length=32, choices=ObservationKind)
    mode = models.CharField(_("what happens"), max_length=16, choices=ObservationMode)
    least_severity = models.SmallIntegerField(
        _("from severity"),
        choices=Severity,
        default=Severity.HIGH,
        help_text=_("Milder ones wait for a person in any case."),
    )

    class Meta:
        ordering = ["kind", "valid_from"]
        verbose_name = _("policy of observations")
        verbose_name_plural = _("policies of observations")
        constraints = period_constraints("compliance_observation_policy", "kind")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_mode_display()}"


class WatchMark(models.Model):
    """How far the daily watch has come: one row.

    judged_to: windows that end by then are judged; click_id, line_id: the newest facts it has
    seen, so that those which come later for windows judged already are noticed; orders_to: the
    latest order among them; run_at: the due time of the last run.
    """

    judged_to = models.DateTimeField(null=True)
    click_id = models.BigIntegerField(default=0)
    line_id = models.BigIntegerField(default=0)
    orders_to = models.DateTimeField(null=True)
    run_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mark of the watch")
        verbose_name_plural = _("marks of the watch")
        constraints = [
            models.CheckConstraint(name="compliance_watch_mark_is_one", condition=Q(pk=1))
        ]

    def __str__(self) -> str:
        return str(self.judged_to)
