"""From what on the watch speaks, and how often it looks: every threshold with its default.

Staff give other values for periods (`compliance.models.Threshold`); a detector is handed the
values in force, by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from compliance.detectors.marking import gettext_noop as _

# Values in force, by the name of their threshold.
Limits = Mapping[str, int]


class Unit(StrEnum):
    BASIS_POINTS = "basis points"
    SECONDS = "seconds"
    CLICKS = "clicks"
    ORDERS = "orders"
    ACCOUNTS = "accounts"
    DAYS = "days"
    LOOKS = "looks"
    ORDERS_PER_10000_CLICKS = "orders per 10,000 clicks"


@dataclass(frozen=True)
class ThresholdSpec:
    """One threshold: what it is by default, in which unit, within which bounds, and its meaning."""

    name: str
    default: int
    unit: Unit
    least: int
    most: int
    sentence: str


BP, COUNT = 10_000, 1_000_000_000

_SPECS = (
    ThresholdSpec(
        "merchant_referrer_clicks", 10, Unit.CLICKS, 1, COUNT,
        _("So many clicks from the merchant's own pages are enough to be judged."),
    ),
    ThresholdSpec(
        "merchant_referrer_share", 100, Unit.BASIS_POINTS, 0, BP,
        _("From this share of clicks from the merchant's own pages on they are told of."),
    ),
    ThresholdSpec(
        "embedded_clicks", 10, Unit.CLICKS, 1, COUNT,
        _("So many clicks loaded by an element of a page are enough to be judged."),
    ),
    ThresholdSpec(
        "embedded_share", 1_000, Unit.BASIS_POINTS, 0, BP,
        _("From this share of clicks loaded by an element of a page on they are told of."),
    ),
    ThresholdSpec(
        "quick_seconds", 5, Unit.SECONDS, 1, 60,
        _("An order is quick where it was placed less than so many seconds after its click."),
    ),
    ThresholdSpec(
        "quick_orders", 3, Unit.ORDERS, 1, COUNT,
        _("So many quick orders are enough to be judged."),
    ),
    ThresholdSpec(
        "quick_share", 1_000, Unit.BASIS_POINTS, 0, BP,
        _("From this share of quick orders on they are told of."),
    ),
    ThresholdSpec(
        "flat_orders", 50, Unit.ORDERS, 1, COUNT,
        _("So many orders within 72 hours of their click are enough to judge their spread."),
    ),
    ThresholdSpec(
        "flat_early_share", 2_400, Unit.BASIS_POINTS, 0, BP,
        _("Orders are spread evenly where at most this share falls into the first tenth."),
    ),
    ThresholdSpec(
        "spike_orders", 30, Unit.ORDERS, 1, COUNT,
        _("So many orders with a click are enough to judge whether they come at one delay."),
    ),
    ThresholdSpec(
        "spike_share", 3_000, Unit.BASIS_POINTS, 0, BP,
        _("From this share of orders within the same 10 seconds of delay on they are told of."),
    ),
    ThresholdSpec(
        "idle_clicks", 10_000, Unit.CLICKS, 1, COUNT,
        _("So many clicks are enough to judge that hardly an order followed."),
    ),
    ThresholdSpec(
        "idle_orders", 2, Unit.ORDERS_PER_10000_CLICKS, 0, BP,
        _("With fewer orders than this to 10,000 clicks, clicks are told of."),
    ),
    ThresholdSpec(
        "checkout_clicks", 5, Unit.CLICKS, 1, COUNT,
        _("So many clicks from the merchant's cart and checkout are enough to be judged."),
    ),
    ThresholdSpec(
        "checkout_share", 100, Unit.BASIS_POINTS, 0, BP,
        _("From this share of clicks from the merchant's cart and checkout on they are told of."),
    ),
    ThresholdSpec(
        "shared_accounts", 2, Unit.ACCOUNTS, 2, COUNT,
        _("So many accounts with the same payout details are told of."),
    ),
    ThresholdSpec(
        "page_days", 7, Unit.DAYS, 1, 365,
        _("The page of an approved source is looked at again every so many days."),
    ),
    ThresholdSpec(
        "page_failures", 3, Unit.LOOKS, 1, 100,
        _("A page that was not read so many times on end is looked at by staff."),
    ),
)  # fmt: skip

THRESHOLDS: Mapping[str, ThresholdSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
DEFAULTS: Limits = MappingProxyType({spec.name: spec.default for spec in _SPECS})
