from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from commissions.enums import FeedStatus, LineStatus, Reason
from commissions.models.programme import Programme
from commissions.models.rulebook import Rule, Rulebook
from publishers.models import Click, Publisher, Source

CLICK_ID_LENGTH = 64


class OrderLine(models.Model):
    """A sub-order: the last word of the feed, and what has become of it.

    Written only by `commissions.pipeline`, set by set. The id is the network's own number (F19).
    Foreign keys carry no index and no database check of their own: each costs about as much as
    storing the line. The ids come from rows read in the same transaction, those rows are never
    deleted, and `verify_books` looks for orphans (docs/decisions/0002).
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    order_id = models.CharField(_("order"), max_length=40, db_collation="C")
    sub_order_id = models.CharField(_("sub-order"), max_length=40, db_collation="C")

    # The last word of the feed.
    feed_status = models.SmallIntegerField(_("merchant's status"), choices=FeedStatus)
    effect = models.CharField(_("effect"), max_length=16, default="", db_default="")
    tracking_id = models.TextField(_("tracking id"), default="", db_default="")
    af = models.TextField(
        _("af"), default="", db_default="", help_text=_("Source named by the parameters.")
    )
    dp = models.TextField(
        _("dp"), default="", db_default="", help_text=_("Click named by the parameters.")
    )
    created_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid by the buyer"), null=True)
    finished_at = models.DateTimeField(_("received"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    paid_cents = models.BigIntegerField(_("paid amount"))
    finished_cents = models.BigIntegerField(_("finished amount"), null=True)
    feed_rate_bp = models.IntegerField(_("feed's rate"), null=True)
    is_new_buyer = models.BooleanField(_("new buyer"), null=True)
    is_hot = models.BooleanField(_("hot sale"))
    is_affiliate = models.BooleanField(_("affiliate product"))
    dispute = models.BooleanField(_("dispute"), default=False, db_default=False)
    cancel_reason = models.TextField(_("cancel reason"), default="", db_default="")
    assistant_plugin = models.BooleanField(_("shopping assistant"), default=False, db_default=False)
    country = models.CharField(_("country"), max_length=2)
    category_id = models.TextField(_("category"), default="", db_default="")
    product_id = models.TextField(_("product"), default="", db_default="")
    title = models.TextField(_("title"), default="", db_default="")
    product_count = models.IntegerField(_("count"), null=True)
    detail_url = models.TextField(_("product's page"), default="", db_default="")
    image_url = models.TextField(_("picture"), default="", db_default="")
    order_type = models.TextField(_("order type"), default="", db_default="")
    platform = models.TextField(_("platform"), default="", db_default="")
    estimated_paid_cents = models.BigIntegerField(_("merchant's estimate, paid"), null=True)
    estimated_finished_cents = models.BigIntegerField(_("merchant's estimate, finished"), null=True)
    new_buyer_bonus_cents = models.BigIntegerField(_("merchant's new-buyer bonus"), null=True)

    # What has become of it.
    publisher = models.ForeignKey(
        Publisher,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="lines",
    )
    source = models.ForeignKey(
        Source, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    click = models.ForeignKey(
        Click, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    # The edition, and the rule as that edition first had it: `rulebooks.editions` says which
    # version is in force, and its rule.
    rulebook = models.ForeignKey(
        Rulebook, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    status = models.CharField(_("status"), max_length=16, choices=LineStatus)
    reason = models.CharField(_("reason"), max_length=40, choices=Reason, default="", db_default="")
    rate_bp = models.IntegerField(_("rate"), default=0)
    base_cents = models.BigIntegerField(_("base"))
    rated_cents = models.BigIntegerField(
        _("before the cap"), help_text=_("Base x rate, cut down; before the cap and any block.")
    )
    commission_cents = models.BigIntegerField(_("commission"))
    revision = models.IntegerField(
        _("revision"), default=0, help_text=_("Counts the bookings of this line.")
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            # Asked by every import: is this sub-order known?
            models.UniqueConstraint(
                fields=["programme", "sub_order_id"], name="commissions_line_once"
            ),
            models.CheckConstraint(
                name="commissions_line_money_has_owner",
                condition=Q(commission_cents=0)
                | Q(
                    publisher__isnull=False,
                    rule__isnull=False,
                    status__in=["waiting", "hold", "confirmed", "paid"],
                ),
            ),
            models.CheckConstraint(
                name="commissions_line_within_rate",
                condition=Q(commission_cents__gte=0)
                & Q(commission_cents__lte=models.F("rated_cents")),
            ),
        ]
        indexes = [
            # The cap: every line of the orders of a batch. The search by the merchant's number.
            models.Index(fields=["order_id"], name="commissions_line_order"),
            # A publisher's orders by time; the lines of a blocked account.
            models.Index(fields=["publisher", "created_at"], name="commissions_line_publisher"),
            # Late clicks: lines that name a click we did not know yet.
            models.Index(
                fields=["dp"],
                name="commissions_line_late_click",
                # A longer text is no click's id, and would not fit an index.
                condition=Q(click__isnull=True)
                & ~Q(dp="")
                & Q(LessThanOrEqual(Length("dp"), CLICK_ID_LENGTH)),
            ),
        ]

    def __str__(self) -> str:
        return self.sub_order_id
