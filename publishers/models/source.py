import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from publishers.models.publisher import Publisher, code_validator
from publishers.models.traffic import TrafficType
from publishers.periods import DatedModel, period_constraints


class Source(models.Model):
    """Where a publisher's buyers come from: a site, a channel, a mailing, an extension."""

    code = models.CharField(
        _("code"), max_length=64, unique=True, validators=[code_validator], db_collation="C"
    )
    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="sources"
    )
    traffic_type = models.ForeignKey(
        TrafficType, verbose_name=_("traffic type"), on_delete=models.PROTECT
    )
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(_("address"), max_length=500, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        triggers = [
            pgtrigger.Trigger(
                name="source_of_clicks_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM publishers_click WHERE source_id = OLD.id) THEN
                        RAISE EXCEPTION 'Source % has clicks: it cannot be deleted.', OLD.code
                              USING ERRCODE = 'foreign_key_violation';
                    END IF;
                    RETURN OLD;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.code


class SourceApproval(DatedModel):
    """A period in which a source is approved; a suspension ends it."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="approvals"
    )
    valid_from = models.DateTimeField(_("approved from"))
    # While rules suspend it: since when, and the end that staff had given it.
    suspended_at = models.DateTimeField(
        _("suspended by the rules"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The type of traffic was no longer permitted from then on."),
    )
    granted_to = models.DateTimeField(_("granted to"), null=True, blank=True, editable=False)
    automatic = models.BooleanField(
        _("automatic"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Given without a person: nothing spoke against it, and staff had set it so."),
    )

    class Meta:
        ordering = ["source__code", "valid_from"]
        verbose_name = _("source approval")
        verbose_name_plural = _("source approvals")
        constraints = [
            *period_constraints("publishers_approval", "source"),
            models.CheckConstraint(
                name="publishers_approval_ends_when_suspended",
                condition=Q(suspended_at__isnull=True, granted_to__isnull=True)
                | Q(suspended_at=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source.code} {self.valid_from:%Y-%m-%d}"


class SourceSuspension(models.Model):
    """A source is suspended on a ground, such as a case: approvals given before then end there.

    It stands beside the approvals and changes none of them: undone, it never was, and what staff or
    the rules did to the approvals meanwhile holds. One given from `suspended_at` on was given
    knowing it, and stands. `publishers.queries` tells what is left.
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="suspensions"
    )
    ground = models.CharField(
        _("ground"), max_length=64, help_text=_("What it rests on, such as a case's number.")
    )
    suspended_at = models.DateTimeField(_("suspended"))
    undone_at = models.DateTimeField(
        _("undone"), null=True, blank=True, help_text=_("From then on it never was.")
    )

    class Meta:
        ordering = ["-suspended_at", "-id"]
        verbose_name = _("suspension of a source")
        verbose_name_plural = _("suspensions of sources")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "ground"],
                name="publishers_suspension_stands_once",
                condition=Q(undone_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source.code}: {self.ground}"
