import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishers.models.publisher import Publisher
from publishers.periods import DatedModel, period_constraints


class PayoutKind(models.TextChoices):
    """Where money is sent to."""

    CARD = "card", _("bank card")
    BANK_ACCOUNT = "bank_account", _("bank account")
    EMAIL_WALLET = "email_wallet", _("wallet named by an e-mail address")
    WALLET = "wallet", _("wallet named by a number")


class PayoutDetails(DatedModel):
    """Where a publisher is paid to, from when to when.

    The number itself is not kept here: a keyed hash tells equal ones, and a mask is shown.
    """

    publisher = models.ForeignKey(
        Publisher,
        verbose_name=_("publisher"),
        on_delete=models.PROTECT,
        related_name="payout_details",
    )
    kind = models.CharField(_("kind"), max_length=16, choices=PayoutKind)
    fingerprint = models.CharField(
        _("fingerprint"),
        max_length=64,
        db_collation="C",
        help_text=_("Equal for equal numbers; the number cannot be read from it."),
    )
    masked = models.CharField(_("number"), max_length=64)
    valid_from = models.DateTimeField(_("from"))

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("payout details")
        verbose_name_plural = _("payout details")
        constraints = period_constraints("publishers_payout_details", "publisher")
        indexes = [
            # The daily comparison: who else has the same.
            models.Index(fields=["fingerprint"], name="publishers_payout_fingerprint")
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="payout_details_stay",
                fields=["publisher", "kind", "fingerprint", "masked", "valid_from"],
            ),
            pgtrigger.Protect(name="payout_details_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.masked
