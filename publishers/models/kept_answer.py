from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """The answer to a write of the API: the same Idempotency-Key again gets it, and writes nothing.

    Written in the transaction of the write itself, so that there is one exactly where there is the
    other. Kept for two days.
    """

    caller = models.CharField(_("caller"), max_length=32, db_collation="C")
    key = models.CharField(_("idempotency key"), max_length=128, db_collation="C")
    digest = models.CharField(_("digest of the request"), max_length=64, db_collation="C")
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("answer"))
    headers = models.JSONField(_("headers"), default=dict)
    at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("kept answer of the API")
        verbose_name_plural = _("kept answers of the API")
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="publishers_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
