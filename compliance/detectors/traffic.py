"""A source's clicks and orders of one window, counted: what the detectors of traffic judge."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# Delays from click to order are looked at for as long as the shortest cookie of the programme.
SPREAD_HOURS = 72
EARLY_SECONDS = SPREAD_HOURS * 360  # the first tenth
SPIKE_SECONDS = 10  # the width of the stretches in which delays are counted
# Where the stretches of the chart of delays end, in seconds; the last one is open.
DELAY_STEPS = (5, 30, 60, 300, 1_800, 3_600, 10_800, 21_600, 86_400, 259_200)
# Values of Sec-Fetch-Dest that are counted apart; every other one is "other".
FETCH_DESTS = (
    "audio", "document", "embed", "empty", "font", "frame", "iframe", "image", "object",
    "script", "style", "track", "video", "worker",
)  # fmt: skip


@dataclass(frozen=True)
class Delays:
    """Seconds from a click to its first order of the window; orders before their click are not in.

    count: all; by_second: those under a minute; early: in the first tenth of SPREAD_HOURS; within:
    in all of it; fullest_at, fullest: the stretch of SPIKE_SECONDS with the most orders, by its
    first second, and how many; steps: by stretch of DELAY_STEPS, from 0.
    """

    count: int = 0
    by_second: Mapping[int, int] = field(default_factory=dict)
    early: int = 0
    within: int = 0
    fullest_at: int = 0
    fullest: int = 0
    steps: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Traffic:
    """Clicks and orders of a source in a window.

    fetch_dests: clicks by Sec-Fetch-Dest, those that say nothing under "";
    merchant_referrers, checkout_referrers: clicks whose referrer is a page of the merchant, and
    those of its cart and checkout among them; orders: placed in the window, with or without a
    click; orders_known: whether the feed has come to the window's end.
    """

    clicks: int = 0
    fetch_dests: Mapping[str, int] = field(default_factory=dict)
    merchant_referrers: int = 0
    checkout_referrers: int = 0
    orders: int = 0
    orders_known: bool = False
    delays: Delays = field(default_factory=Delays)


def merchant_pages(domains: Collection[str]) -> str:
    """A pattern of referrers that are pages of these hosts and their subdomains.

    Understood alike by Python and PostgreSQL, letter case aside: the host is exact, whatever
    stands in user part, path or query.
    """
    return f"{_BEFORE_HOST}{_SUBDOMAINS}{_hosts(domains)}{_AFTER_HOST}"


def checkout_pages(domains: Collection[str]) -> str:
    """A pattern of referrers that are the cart or the checkout of these hosts."""
    host = _hosts(domains)
    by_name = rf"(trade|cart|shoppingcart|checkout|cashier|payment)\.{_SUBDOMAINS}{host}"
    by_path = rf"{_SUBDOMAINS}{host}(:[0-9]*)?[/\\][^?#]*{_CHECKOUT_PATH}"
    return f"{_BEFORE_HOST}({by_name}{_AFTER_HOST}|{by_path})"


_BEFORE_HOST = r"^https?://([^/?#@\\]*@)*"
_SUBDOMAINS = r"([a-z0-9_-]+\.)*"
_AFTER_HOST = r"\.?(:[0-9]*)?([/?#\\]|\Z)"
_CHECKOUT_PATH = "(checkout|cashier|shopcart|shoppingcart|trade/confirm|order/confirm|payment)"


def _hosts(domains: Collection[str]) -> str:
    escaped = sorted(domain.replace(".", "[.]") for domain in domains)
    return f"({'|'.join(escaped)})"
