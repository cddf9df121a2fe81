from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReviewText(models.Model):
    """A product review of the merchant's site, kept for the job that looks for links in it."""

    review_id = models.CharField(_("review"), max_length=64, unique=True, db_collation="C")
    product_id = models.CharField(_("product"), max_length=64, blank=True)
    author = models.CharField(_("author"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("posted"))
    text = models.TextField(_("text"))
    scanned_at = models.DateTimeField(_("scanned"), null=True, editable=False)
    unknown_codes = ArrayField(
        models.TextField(),
        default=list,
        editable=False,
        verbose_name=_("codes nobody had"),
        help_text=_("Codes in its links that named nobody when it was scanned, as source:code."),
    )

    class Meta:
        ordering = ["-posted_at"]
        verbose_name = _("review text")
        verbose_name_plural = _("review texts")
        indexes = [
            # The job: texts posted by now and not looked at yet.
            models.Index(
                fields=["posted_at"],
                name="compliance_review_unscanned",
                condition=Q(scanned_at__isnull=True),
            ),
            # The job again: texts whose codes may belong to somebody by now.
            models.Index(
                fields=["scanned_at"],
                name="compliance_review_unknown",
                condition=~Q(unknown_codes=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.review_id
