import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.models.moderation import KEPT, Moderation
from compliance.moderation.enums import LookOutcome
from publishers.models import Source


class PageWatch(models.Model):
    """When the page of an approved source is looked at next, and what it is compared with."""

    source = models.OneToOneField(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="page_watch"
    )
    approved = models.ForeignKey(
        Moderation,
        verbose_name=_("approved in"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The round whose findings were known when the source was approved."),
    )
    counted_from = models.DateTimeField(
        _("counted from"), help_text=_("The last look, or the approval since which none was.")
    )
    due_at = models.DateTimeField(_("next look"))
    failures = models.PositiveIntegerField(_("not read, times on end"), default=0)
    failing_since = models.DateTimeField(_("not read since"), null=True)

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("watch of a page")
        verbose_name_plural = _("watches of pages")
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="compliance_page_watch_failing_since",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="compliance_page_watch_due"),
            models.Index(fields=["counted_from"], name="compliance_page_watch_counted"),
        ]

    def __str__(self) -> str:
        return self.source.code


class PageLook(models.Model):
    """One look at the page of an approved source: what was there, and what of it is new.

    `news` are the findings not known when it was approved. Written once.
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="page_looks"
    )
    approved = models.ForeignKey(
        Moderation, verbose_name=_("approved in"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=LookOutcome)
    sha256 = models.CharField(
        _("SHA-256"),
        max_length=64,
        blank=True,
        db_collation="C",
        help_text=_("Of the page as it was fetched; empty: it was not."),
    )
    evidence = models.JSONField(_("evidence"))
    reports = models.JSONField(_("reports"))
    news = models.JSONField(_("not known when it was approved"), default=list)
    reopened = models.ForeignKey(
        Moderation,
        verbose_name=_("told to staff in"),
        null=True,
        on_delete=models.PROTECT,
        related_name="page_looks",
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("look at a page")
        verbose_name_plural = _("looks at pages")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=str(LookOutcome.NEWS)) | Q(news=[]),
                name="compliance_page_look_news",
            )
        ]
        indexes = [models.Index(fields=["at"], name="compliance_page_look_at")]
        triggers = [pgtrigger.Protect(name="page_look_is_kept", operation=KEPT)]

    def __str__(self) -> str:
        return f"{self.source.code} {self.at:%Y-%m-%d}"
