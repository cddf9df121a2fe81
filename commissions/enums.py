"""Words of this app. Labels are what people read; values are what is stored and exported."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedStatus(models.IntegerChoices):
    """The merchant's status of a sub-order, in the only order in which it may move."""

    PAYMENT_COMPLETED = 1, _("payment completed")
    BUYER_CONFIRMED_RECEIPT = 2, _("buyer confirmed receipt")
    COMPLETED_SETTLEMENT = 3, _("completed settlement")
    INVALID = 4, _("invalid")


class LineStatus(models.TextChoices):
    """What has become of an order line."""

    WAITING = "waiting", _("waiting")
    HOLD = "hold", _("on hold")
    CONFIRMED = "confirmed", _("confirmed")
    PAID = "paid", _("paid")
    REJECTED = "rejected", _("rejected")
    UNTRACKED = "untracked", _("not tracked")
    UNATTRIBUTED = "unattributed", _("unattributed")
    HELD = "held", _("held for staff")


class Reason(models.TextChoices):
    """Why a line earns nothing: one sentence for each code."""

    UNKNOWN_SOURCE = "unknown_source", _("No source of ours is named by the order or its click.")
    NO_RULEBOOK = "no_rulebook", _("No rulebook was in force when the order was placed.")
    NO_RULE = "no_rule", _("No rule of the rulebook matches this line.")
    RATE_MISSING = (
        "rate_missing",
        _("The rule needs the product's own rate, and the feed gives none."),
    )
    RATE_OUT_OF_RANGE = "rate_out_of_range", _("The product's rate is outside the rule's bounds.")
    DISPUTE_OPEN = "dispute_open", _("The buyer has opened a dispute.")
    CANCELLED_BY_MERCHANT = "cancelled_by_merchant", _("The merchant cancelled the order.")
    REFUNDED = "refunded", _("The order was refunded in full.")
    ANTISPAM = "antispam", _("The merchant's antispam check rejected the order.")
    INVALID = "invalid", _("The merchant declared the order invalid.")
    ASSISTANT_PLUGIN = "assistant_plugin", _("The buyer used the merchant's shopping assistant.")
    SOURCE_NOT_APPROVED = "source_not_approved", _("The source was not approved at that time.")
    FORBIDDEN_TRAFFIC = "forbidden_traffic", _("This type of traffic was forbidden at that time.")
    CLICK_AFTER_ORDER = "click_after_order", _("The click came after the order.")
    COOKIE_EXPIRED = "cookie_expired", _("The order came after the cookie's life had ended.")
    SELLER_OUTSIDE_PRC = "seller_outside_prc", _("Only goods of sellers from China earn.")
    MALL_RUSSIA = "mall_russia", _("Goods of the Mall delivered from Russia take no part.")
    TRAFFIC_NON_AFFILIATE = (
        "traffic_non_affiliate",
        _("Non-affiliate goods earn nothing for this type of traffic."),
    )
    ELEVEN_NON_AFFILIATE = (
        "eleven_non_affiliate",
        _("Non-affiliate goods earn nothing in this country."),
    )
    ACCOUNT_BLOCKED = "account_blocked", _("The account is blocked, its earnings are deducted.")


class SetKind(models.TextChoices):
    """What the members of a named set are."""

    COUNTRY = "country", _("countries")
    CATEGORY = "category", _("categories")
    STORE = "store", _("stores")
    TRAFFIC_TYPE = "traffic_type", _("traffic types")


class RulebookStatus(models.TextChoices):
    """The life of a rulebook: one person asks for its publication, another agrees."""

    DRAFT = "draft", _("draft")
    ASKED = "asked", _("waits for a second person")
    PUBLISHED = "published", _("published")


# From each status to those that may follow.
RULEBOOK_TRANSITIONS: dict[RulebookStatus, frozenset[RulebookStatus]] = {
    RulebookStatus.DRAFT: frozenset({RulebookStatus.ASKED}),
    RulebookStatus.ASKED: frozenset({RulebookStatus.DRAFT, RulebookStatus.PUBLISHED}),
    RulebookStatus.PUBLISHED: frozenset(),
}


class ImportState(models.TextChoices):
    """The life of a feed import; the row is the work, the task only rings."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("stopped")


class WhatIfState(models.TextChoices):
    """The life of a what-if; the row is the work, the task only rings."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("stopped")


class Dimension(models.TextChoices):
    """What the figures of a what-if are broken down by."""

    TOTAL = "total", _("total")
    MONTH = "month", _("month")
    PUBLISHER = "publisher", _("publisher")
    COUNTRY = "country", _("country")
    CATEGORY = "category", _("category")
    TRAFFIC_TYPE = "traffic_type", _("traffic type")


class ParkedState(models.TextChoices):
    PARKED = "parked", _("parked")
    REPLAYED = "replayed", _("mended and booked")


class AccountKind(models.TextChoices):
    """Whose money an account keeps. The first three belong to a publisher."""

    WAITING = "waiting", _("waiting")
    HOLD = "hold", _("on hold")
    AVAILABLE = "available", _("available")
    MERCHANT = "merchant", _("merchant's commission")
    REFERRAL = "referral", _("referral cost")


class Cause(models.TextChoices):
    """What made a transfer."""

    IMPORT = "import", _("import")
    RERATING = "rerating", _("re-rating")
    AGEING = "ageing", _("confirmation by age")
    BLOCK = "block", _("block")
    REINSTATEMENT = "reinstatement", _("reinstatement")
    REFERRAL = "referral", _("referral credit")


class TouchScope(models.TextChoices):
    """Which lines a late fact touches."""

    PRODUCT = "product", _("product")
    STORE = "store", _("store")
    CATEGORY = "category", _("category")
    COUNTRY = "country", _("country")
    TRAFFIC_TYPE = "traffic_type", _("traffic type")
    SOURCE = "source", _("source")
    PUBLISHER = "publisher", _("publisher")
    CLICK = "click", _("click")
    WINDOW = "window", _("period")
