import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.enums import CaseStep
from compliance.models.case import Case


class CaseEvent(models.Model):
    """Something that happened to a case, and the words with it. Written once."""

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="events"
    )
    step = models.CharField(_("what happened"), max_length=24, choices=CaseStep)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: a job, or the publisher."),
    )
    from_publisher = models.BooleanField(_("publisher's words"), default=False)
    text = models.TextField(_("words"), blank=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("event of a case")
        verbose_name_plural = _("events of cases")
        triggers = [
            pgtrigger.Protect(
                name="case_event_stays", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"#{self.case_id} {self.get_step_display()}"
