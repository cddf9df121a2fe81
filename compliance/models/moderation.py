import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.moderation.enums import (
    MODERATION_TRANSITIONS,
    OPEN,
    ModerationCause,
    ModerationMove,
    ModerationState,
    OwnershipMethod,
    PreflightPart,
    Severity,
)
from publishers.models import Source, SourceStatement, TrafficType
from publishers.periods import DatedModel, period_constraints

KEPT = pgtrigger.Update | pgtrigger.Delete
DECIDED = [str(state) for state in ModerationState if state not in OPEN]


class Moderation(models.Model):
    """One round of looking at a source, from what opened it to its decision."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="moderations"
    )
    statement = models.ForeignKey(
        SourceStatement,
        verbose_name=_("what the publisher says"),
        null=True,
        on_delete=models.PROTECT,
        related_name="moderations",
        help_text=_("The latest in this round; empty: the source came without one."),
    )
    state = models.CharField(
        _("state"), max_length=16, choices=ModerationState, default=ModerationState.WAITING
    )
    opened_at = models.DateTimeField(_("opened"))
    since = models.DateTimeField(_("in this state since"))
    verdict = models.CharField(
        _("verdict of the checks"), max_length=16, choices=Severity, default=Severity.CLEAR
    )
    page_due_at = models.DateTimeField(
        _("page to be looked at"), null=True, help_text=_("Empty: it was looked at, or has none.")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_(
            "Empty: by itself, as staff set for this type of traffic, or by the publisher."
        ),
    )

    class Meta:
        ordering = ["opened_at", "id"]
        verbose_name = _("moderation")
        verbose_name_plural = _("moderations")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state__in=[str(state) for state in OPEN]),
                name="compliance_moderation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False, page_due_at__isnull=True)
                | Q(~Q(state__in=DECIDED), decided_at__isnull=True, decided_by__isnull=True),
                name="compliance_moderation_decided_or_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["page_due_at"],
                name="compliance_moderation_page",
                condition=Q(page_due_at__isnull=False),
            ),
            models.Index(fields=["state", "opened_at"], name="compliance_moderation_queue"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="moderation_moves_by_the_table",
                field="state",
                transitions=[
                    (str(before), str(after))
                    for before, afters in MODERATION_TRANSITIONS.items()
                    for after in sorted(afters)
                ],
            ),
            pgtrigger.Protect(
                name="moderation_decided_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=DECIDED),
            ),
            pgtrigger.ReadOnly(name="moderation_subject_stays", fields=["source", "opened_at"]),
            pgtrigger.Protect(name="moderation_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source.code}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ModerationGround(models.Model):
    """Why a round was opened, or one more reason that came while it was open.

    `key` makes a reason count once for a source, whoever tells it and however often.
    """

    moderation = models.ForeignKey(
        Moderation, verbose_name=_("moderation"), on_delete=models.PROTECT, related_name="grounds"
    )
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="+"
    )
    cause = models.CharField(_("cause"), max_length=16, choices=ModerationCause)
    key = models.CharField(_("key"), max_length=160, db_collation="C")
    at = models.DateTimeField(_("when"))
    sentence_en = models.TextField(_("in English"))
    sentence_ru = models.TextField(_("in Russian"), blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("ground of a moderation")
        verbose_name_plural = _("grounds of moderations")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="compliance_ground_once")
        ]
        triggers = [pgtrigger.Protect(name="moderation_ground_is_kept", operation=KEPT)]

    def __str__(self) -> str:
        return self.key


class ModerationEvent(models.Model):
    """What happened in a round, by whom, in which words: its talk and its history. Written once."""

    moderation = models.ForeignKey(
        Moderation, verbose_name=_("moderation"), on_delete=models.PROTECT, related_name="events"
    )
    at = models.DateTimeField(_("when"))
    move = models.CharField(_("what"), max_length=16, choices=ModerationMove)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    by_publisher = models.BooleanField(_("by the publisher"), default=False)
    words = models.TextField(_("words"), blank=True)
    reasons = models.JSONField(
        _("reasons"), default=list, help_text=_("Each with its rule and a sentence.")
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("event of a moderation")
        verbose_name_plural = _("events of moderations")
        triggers = [pgtrigger.Protect(name="moderation_event_is_kept", operation=KEPT)]

    def __str__(self) -> str:
        return f"{self.get_move_display()} {self.at:%Y-%m-%d}"


class PreflightRun(models.Model):
    """What the checks found, when, and in what. Written once."""

    moderation = models.ForeignKey(
        Moderation, verbose_name=_("moderation"), on_delete=models.PROTECT, related_name="runs"
    )
    statement = models.ForeignKey(
        SourceStatement,
        verbose_name=_("what the publisher says"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    part = models.CharField(_("looked at"), max_length=16, choices=PreflightPart)
    at = models.DateTimeField(_("when"))
    verdict = models.CharField(_("verdict"), max_length=16, choices=Severity)
    reports = models.JSONField(_("reports"))
    sha256 = models.CharField(
        _("SHA-256"),
        max_length=64,
        blank=True,
        db_collation="C",
        help_text=_("Of what was looked at: the material, or the page as it was fetched."),
    )
    evidence = models.JSONField(_("evidence"), default=dict)
    page_body = models.BinaryField(_("page"), null=True, help_text=_("As fetched; zlib."))

    class Meta:
        ordering = ["id"]
        verbose_name = _("run of the checks")
        verbose_name_plural = _("runs of the checks")
        triggers = [pgtrigger.Protect(name="preflight_run_is_kept", operation=KEPT)]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.get_verdict_display()}"


class SourceOwnership(models.Model):
    """The token with which a source shows whose it is, and the proof that was seen."""

    source = models.OneToOneField(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="ownership"
    )
    token = models.CharField(_("token"), max_length=64, unique=True, db_collation="C")
    made_at = models.DateTimeField(_("token made"))
    host = models.CharField(_("host"), max_length=255, blank=True)
    method = models.CharField(_("shown by"), max_length=8, choices=OwnershipMethod, blank=True)
    proven_at = models.DateTimeField(_("proven"), null=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    checked_at = models.DateTimeField(_("last looked for"), null=True)

    class Meta:
        verbose_name = _("ownership of a source")
        verbose_name_plural = _("ownership of sources")
        constraints = [
            models.CheckConstraint(
                condition=Q(proven_at__isnull=True, method="", host="")
                | Q(Q(proven_at__isnull=False), ~Q(method=""), ~Q(host="")),
                name="compliance_ownership_proven_by_something",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="ownership_token_stays", fields=["source", "token", "made_at"])
        ]

    def __str__(self) -> str:
        return self.source.code


class AutoApproval(DatedModel):
    """From when to when a clear source of a type is approved without a person. Default: never.

    A row stays what it was, so that its history can be read; another choice is another row.
    """

    traffic_type = models.ForeignKey(
        TrafficType, verbose_name=_("traffic type"), on_delete=models.PROTECT, related_name="+"
    )
    needs_page = models.BooleanField(
        _("only after its page was read"),
        default=True,
        db_default=True,
        help_text=_("Without it, nobody looks at the page before the source earns."),
    )
    needs_ownership = models.BooleanField(
        _("only when shown whose it is"),
        default=True,
        db_default=True,
        help_text=_("Without it, a source with a site of somebody else is approved too."),
    )
    note = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ["traffic_type__code", "valid_from"]
        verbose_name = _("approval without a person")
        verbose_name_plural = _("approvals without a person")
        constraints = period_constraints("compliance_auto_approval", "traffic_type")
        triggers = [
            pgtrigger.ReadOnly(
                name="auto_approval_stays",
                fields=["traffic_type", "needs_page", "needs_ownership", "valid_from"],
            ),
            pgtrigger.Protect(name="auto_approval_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.traffic_type)
