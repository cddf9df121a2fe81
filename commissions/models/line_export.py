from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.cuts.enums import ExportState, FileFormat
from publishers.models import Publisher, User


class LineExport(models.Model):
    """A publisher's lines as a file too large to wait for; the row is the work.

    Kept for some days, then file and row are deleted: what it says can be asked again.
    """

    publisher = models.ForeignKey(
        Publisher,
        verbose_name=_("publisher"),
        on_delete=models.PROTECT,
        related_name="line_exports",
    )
    asked_by = models.ForeignKey(
        User, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"))
    params = models.JSONField(_("what was asked"), help_text=_("As the page's address says it."))
    file_format = models.CharField(_("format"), max_length=8, choices=FileFormat)
    language = models.CharField(_("language"), max_length=5, default="en")
    state = models.CharField(
        _("state"), max_length=16, choices=ExportState, default=ExportState.QUEUED
    )
    lines_total = models.BigIntegerField(_("lines to write"), null=True)
    lines_done = models.BigIntegerField(_("lines written"), default=0)
    started_at = models.DateTimeField(_("started"), null=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    stored_as = models.FileField(_("stored as"), upload_to="exports/%Y/%m/", blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("export of lines")
        verbose_name_plural = _("exports of lines")

    def __str__(self) -> str:
        return f"#{self.pk}"
