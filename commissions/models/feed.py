from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.enums import ImportState, ParkedState
from commissions.models.programme import Programme


class FeedImport(models.Model):
    """One delivery of a feed file: what it was, how far it is, what came of it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(_("file"), max_length=255)
    stored_as = models.FileField(_("stored as"), upload_to="feeds/%Y/%m/", blank=True)
    amount_unit = models.CharField(
        _("amounts are in"),
        max_length=8,
        default="cents",
        choices=[("cents", _("cents")), ("units", _("units of the currency"))],
    )
    state = models.CharField(
        _("state"), max_length=16, choices=ImportState, default=ImportState.QUEUED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    received_at = models.DateTimeField(_("received"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # Looked at between two batches, and never written by whoever runs the import.
    stop_asked_at = models.DateTimeField(_("asked to stop"), null=True, blank=True)
    bytes_total = models.BigIntegerField(_("bytes"), default=0)
    bytes_done = models.BigIntegerField(_("bytes read"), default=0)
    rows_read = models.BigIntegerField(_("rows read"), default=0)
    lines_new = models.BigIntegerField(_("lines new"), default=0)
    lines_changed = models.BigIntegerField(_("lines changed"), default=0)
    rows_same = models.BigIntegerField(_("rows that changed nothing"), default=0)
    rows_stale = models.BigIntegerField(_("stale rows"), default=0)
    rows_parked = models.BigIntegerField(_("rows parked"), default=0)
    # What the file said, and the programme's revision when its last batch was booked: a file that
    # comes again before anything else did says nothing new.
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)
    feed_revision = models.BigIntegerField(_("revision of the feed"), null=True, editable=False)
    notices = models.JSONField(_("notices"), default=list, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("feed import")
        verbose_name_plural = _("feed imports")

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"


class ParkedRow(models.Model):
    """A row of a feed that could not be understood: kept, mendable, replayable."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="parked_rows")
    feed_import = models.ForeignKey(
        FeedImport, verbose_name=_("import"), on_delete=models.PROTECT, related_name="parked_rows"
    )
    row = models.BigIntegerField(_("row"))
    raw = models.TextField(_("as it came"))
    raw_hash = models.CharField(max_length=64, editable=False)
    amount_unit = models.CharField(max_length=8, default="cents", editable=False)
    field = models.CharField(_("field"), max_length=64)
    value = models.TextField(_("value"), blank=True)
    reason = models.TextField(_("reason"))
    state = models.CharField(
        _("state"), max_length=16, choices=ParkedState, default=ParkedState.PARKED
    )
    mended = models.JSONField(_("as mended"), null=True, blank=True)
    replayed_at = models.DateTimeField(_("replayed"), null=True, blank=True)
    replayed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("replayed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("parked row")
        verbose_name_plural = _("parked rows")
        constraints = [
            # The same unreadable row delivered again is the same row, not a second one.
            models.UniqueConstraint(
                fields=["programme", "amount_unit", "raw_hash"], name="commissions_parked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.feed_import.file_name}:{self.row}"


class StaleRow(models.Model):
    """A row whose status was already overtaken: part of its import's report, changes nothing."""

    feed_import = models.ForeignKey(FeedImport, on_delete=models.CASCADE, related_name="stale_rows")
    row = models.BigIntegerField(_("row"))
    sub_order_id = models.CharField(_("sub-order"), max_length=64, db_collation="C")
    status_given = models.SmallIntegerField(_("status given"))
    status_known = models.SmallIntegerField(_("status known"))

    class Meta:
        ordering = ["feed_import", "row"]
        verbose_name = _("stale row")
        verbose_name_plural = _("stale rows")

    def __str__(self) -> str:
        return self.sub_order_id
