from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishers.models.source import Source


class Click(models.Model):
    """A visitor followed a source's link. Written once, in great numbers."""

    click_id = models.CharField(_("click id"), max_length=64, unique=True, db_collation="C")
    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        on_delete=models.PROTECT,
        related_name="clicks",
        db_index=False,  # the one below
        # Checked, each click would lock its source's row: visitors of one source would wait for
        # each other. It is written from that very row, which cannot be deleted (decision 2).
        db_constraint=False,
    )
    clicked_at = models.DateTimeField(_("clicked"))
    landing_product_id = models.CharField(_("landing product"), max_length=64, blank=True)
    fetch_dest = models.CharField(_("Sec-Fetch-Dest"), max_length=32, blank=True)
    # The rest of what a browser says of what loaded the link; a loaded file need not know it.
    fetch_mode = models.CharField(_("Sec-Fetch-Mode"), max_length=32, blank=True, db_default="")
    fetch_site = models.CharField(_("Sec-Fetch-Site"), max_length=32, blank=True, db_default="")
    fetch_user = models.CharField(_("Sec-Fetch-User"), max_length=32, blank=True, db_default="")
    referrer = models.TextField(_("referrer"), blank=True)
    sub1 = models.CharField(max_length=255, blank=True)
    sub2 = models.CharField(max_length=255, blank=True)
    sub3 = models.CharField(max_length=255, blank=True)
    sub4 = models.CharField(max_length=255, blank=True)
    sub5 = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        indexes = [
            # A publisher's own list of clicks, newest first.
            models.Index(
                fields=["source", "-clicked_at", "-id"], name="publishers_click_of_source"
            ),
            # The daily watch reads whole days. Clicks come nearly in the order of their time, so
            # a few bytes for every 64 pages do, and a load does not feel them.
            BrinIndex(fields=["clicked_at"], name="publishers_click_by_time", pages_per_range=64),
        ]

    def __str__(self) -> str:
        return self.click_id
