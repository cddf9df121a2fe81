import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from publishers.enums import MaterialKind
from publishers.models.source import Source

LARGEST_MATERIAL = 20 * 2**20  # bytes


class SourceFile(models.Model):
    """A file that a publisher gave for a source: a keyword list, or a package. Kept for ever."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="files"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MaterialKind)
    name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("content"), help_text=_("The file as it was given."))
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_collation="C")
    given_at = models.DateTimeField(_("given"))

    class Meta:
        ordering = ["-given_at", "-id"]
        verbose_name = _("file of a source")
        verbose_name_plural = _("files of sources")
        constraints = [
            # The same file again is the same row.
            models.UniqueConstraint(
                fields=["source", "kind", "sha256"], name="publishers_source_file_once"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), LARGEST_MATERIAL),
                name="publishers_source_file_bounded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="source_file_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.name


class SourceStatement(models.Model):
    """What a publisher says of a source, whole, as of an instant; a change is a new row.

    What was looked at and approved then stays readable. A source that came by a file of the world
    has none.
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="statements"
    )
    given_at = models.DateTimeField(_("given"))
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(_("address"), max_length=500, blank=True)
    audience = models.TextField(_("audience"), blank=True)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, verbose_name=_("countries")
    )
    subscribe = models.TextField(_("how people subscribe"), blank=True)
    leave = models.TextField(_("how people leave"), blank=True)
    sample = models.TextField(_("sample letter"), blank=True)
    keywords = models.ForeignKey(
        SourceFile,
        verbose_name=_("keyword list"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    package = models.ForeignKey(
        SourceFile,
        verbose_name=_("extension package"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["source_id", "id"]
        verbose_name = _("statement of a source")
        verbose_name_plural = _("statements of sources")
        triggers = [
            pgtrigger.Protect(
                name="source_statement_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.source.code} {self.given_at:%Y-%m-%d}"
