from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from publishers.enums import LetterKind
from publishers.models.publisher import Publisher


class Letter(models.Model):
    """An e-mail to a publisher, from the moment it is owed. The row is the work.

    `key` says what it is about and to whom, so that nobody is told the same thing twice.
    """

    key = models.CharField(_("key"), max_length=120, unique=True)
    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.CASCADE, related_name="letters"
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=LetterKind.choices,
        default=LetterKind.NEWS,
        db_default=LetterKind.NEWS,
    )
    wanted = models.BooleanField(
        _("wanted by e-mail"),
        default=True,
        db_default=True,
        help_text=_("A letter that is not wanted is kept, and not sent."),
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    made_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            # The letters that wait to be sent.
            models.Index(
                fields=["id"],
                name="publishers_letter_unsent",
                condition=Q(sent_at__isnull=True, wanted=True),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
