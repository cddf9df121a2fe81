import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

LARGEST_PICTURE = 1_048_576  # bytes


class ReferenceImage(models.Model):
    """A logo or favicon of the merchant, that pictures of sources are compared with (F33)."""

    name = models.CharField(_("name"), max_length=120)
    picture = models.BinaryField(_("picture"), help_text=_("The file as it was uploaded."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True, db_collation="C")
    hashes = models.JSONField(_("fingerprints"))
    note = models.TextField(_("note"), blank=True)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("reference picture")
        verbose_name_plural = _("reference pictures")
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("picture"), LARGEST_PICTURE),
                name="compliance_reference_picture_bounded",
            )
        ]
        triggers = [
            # Findings name it: what it shows stays what it showed.
            pgtrigger.ReadOnly(
                name="reference_picture_stays",
                fields=["picture", "sha256", "added_at", "added_by"],
            )
        ]

    def __str__(self) -> str:
        return self.name
