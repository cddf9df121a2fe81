import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commissions.enums import AccountKind, Cause
from commissions.models.programme import Programme
from publishers.models import Publisher


class LedgerAccount(models.Model):
    """Where cents lie. The balance is the sum of its transfers, kept beside them."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="accounts")
    publisher = models.ForeignKey(
        Publisher,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accounts",
        help_text=_("Empty for the network's own accounts."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=AccountKind)
    balance_cents = models.BigIntegerField(_("balance"), default=0)

    class Meta:
        ordering = ["id"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["publisher", "programme", "kind"],
                name="commissions_account_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="commissions_account_owner",
                condition=Q(publisher__isnull=True, kind__in=["merchant", "referral"])
                | Q(publisher__isnull=False, kind__in=["waiting", "hold", "available"]),
            ),
            models.CheckConstraint(
                name="commissions_account_pending_not_negative",
                condition=Q(balance_cents__gte=0) | ~Q(kind__in=["waiting", "hold"]),
            ),
        ]

    def __str__(self) -> str:
        owner = self.publisher.code if self.publisher else self.programme.code
        return f"{owner}: {self.get_kind_display()}"


class Transfer(models.Model):
    """Whole cents moved from one account to another: written once, never changed.

    The id is the posting key (see `commissions.ledger.keys`): what was posted, which revision of
    it, which leg. Posting the same thing twice is therefore impossible, and the transfers of a
    line are a range of the primary key.
    """

    id = models.BigIntegerField(_("posting key"), primary_key=True)
    debit = models.ForeignKey(
        LedgerAccount,
        verbose_name=_("from"),
        on_delete=models.PROTECT,
        related_name="debits",
        db_index=False,
        db_constraint=False,
    )
    credit = models.ForeignKey(
        LedgerAccount,
        verbose_name=_("to"),
        on_delete=models.PROTECT,
        related_name="credits",
        db_index=False,
        db_constraint=False,
    )
    amount_cents = models.BigIntegerField(_("amount"))
    cause = models.CharField(_("cause"), max_length=16, choices=Cause)
    cause_id = models.BigIntegerField(_("number of the cause"), null=True)
    event_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        ordering = ["id"]
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                name="commissions_transfer_positive", condition=Q(amount_cents__gt=0)
            ),
            models.CheckConstraint(
                name="commissions_transfer_two_accounts", condition=~Q(debit=F("credit"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="transfer_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="transfer_no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="""
                    -- Test databases are emptied between tests; no other ledger ever is.
                    IF current_database() NOT LIKE 'test%' THEN
                        RAISE EXCEPTION 'The ledger only grows: it cannot be truncated.';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
