import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models import Programme
from publishers.models import Publisher


class Referral(models.Model):
    """Who brought a publisher in: one referrer each, for good.

    A referrer's id is smaller than the referred one's, and neither ever changes: a circle cannot
    be written, in whatever order transactions come (F25).
    """

    referred = models.OneToOneField(
        Publisher,
        verbose_name=_("referred"),
        on_delete=models.PROTECT,
        related_name="referral",
        primary_key=True,
    )
    referrer = models.ForeignKey(
        Publisher,
        verbose_name=_("referrer"),
        on_delete=models.PROTECT,
        related_name="referred_ones",
    )

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.CheckConstraint(
                name="referrals_referrer_came_first",
                condition=Q(referrer__lt=F("referred")),
                violation_error_message=_("A referrer must have registered earlier."),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="referral_never_changes", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.referrer.code} > {self.referred.code}"


class ReferralCredit(models.Model):
    """What a referrer has been credited for one publisher in one programme, so far.

    `credited_cents` is the sum of this row's transfers; the job posts what is missing to it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    referred = models.ForeignKey(
        Publisher,
        verbose_name=_("referred"),
        on_delete=models.PROTECT,
        related_name="referral_credits",
    )
    referrer = models.ForeignKey(
        Publisher,
        verbose_name=_("referrer"),
        on_delete=models.PROTECT,
        related_name="credits_received",
    )
    credited_cents = models.BigIntegerField(_("credited"), default=0)
    revision = models.IntegerField(_("revision"), default=0)

    class Meta:
        verbose_name = _("referral credit")
        verbose_name_plural = _("referral credits")
        constraints = [
            models.UniqueConstraint(fields=["referred", "programme"], name="referrals_credit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.referrer.code} < {self.referred.code}"
