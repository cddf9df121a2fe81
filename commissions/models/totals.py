from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.models.programme import Programme
from commissions.models.rulebook import Rulebook
from publishers.models import Publisher


class Total(models.Model):
    """Lines, sales and commission of one status on one day, in cents.

    Kept in the transaction that changes the lines; `verify_books` checks every total against
    them. The day is the programme's own calendar day on which the order was placed. Like the
    lines it adds up, a total carries no key checks of the database's own (docs/decisions/0002);
    what it is of is its key, and the table's only index (docs/decisions/0010). A total whose lines
    have all gone elsewhere stays, with nothing in it.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    day = models.DateField(_("day"))
    status = models.CharField(_("status"), max_length=16)
    lines = models.BigIntegerField(_("lines"))
    base_cents = models.BigIntegerField(_("sales"))
    commission_cents = models.BigIntegerField(_("commission"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.status}"


class DailyTotal(Total):
    """A publisher's day, by status. Lines that are nobody's are in the network's totals alone."""

    pk = models.CompositePrimaryKey("publisher_id", "programme_id", "day", "status")
    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = _("daily total")
        verbose_name_plural = _("daily totals")


class NetworkTotal(Total):
    """The whole network's day, by status: lines of every publisher, and of nobody."""

    pk = models.CompositePrimaryKey("programme_id", "day", "status")

    class Meta:
        verbose_name = _("network's daily total")
        verbose_name_plural = _("network's daily totals")


class ConfirmedTotal(models.Model):
    """Confirmed and paid commission of a publisher by rulebook, which says the referral rate (F25).

    Kept and checked like the daily totals. The rulebook is the one under which lines were placed.
    """

    pk = models.CompositePrimaryKey("publisher_id", "rulebook_id")
    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    rulebook = models.ForeignKey(
        Rulebook, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    commission_cents = models.BigIntegerField(_("commission"))

    class Meta:
        verbose_name = _("confirmed total")
        verbose_name_plural = _("confirmed totals")

    def __str__(self) -> str:
        return f"{self.publisher_id} {self.rulebook_id}"
