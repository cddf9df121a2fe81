"""A visit must be the visitor's free wish: clicks look as if cookies were set without one."""

# Each sign has its threshold and its minimum sample. What the browser says loaded the link, and
# when orders come, cannot be explained by many honest ways; two such signs, or one in most of the
# traffic, are grave. Clicks without orders and checkout referrers are hints alone.
#
# Sec-Fetch-Dest "document" is a navigation. Nothing, and "empty" (what a prefetch by the page
# says, which is no visit and no fraud), are not known to be anything, and are left out.
from collections.abc import Iterator

from compliance.detectors.marking import gettext_noop as _
from compliance.detectors.suspicion import WHOLE, Gravity, Sign, Suspicion, share_bp
from compliance.detectors.thresholds import Limits
from compliance.detectors.traffic import SPIKE_SECONDS, Traffic

UNKNOWN = frozenset({"", "empty"})
STRONG = frozenset({"embedded", "quick", "flat", "spike"})
MOST_BP = 5_000  # of the embedded and the quick: most of the traffic


EMBEDDED = _(
    "Clicks loaded by an element of a page and not by a navigation (%(kinds)s): %(embedded)s of "
    "%(known)s that say what loaded them (%(measured_bp)s; told of from %(threshold_bp)s on)."
)
QUICK = _(
    "Orders placed less than %(seconds)s s after their click: %(quick)s of %(orders)s "
    "(%(measured_bp)s; told of from %(threshold_bp)s on)."
)
FLAT = _(
    "Orders are spread evenly over the 72 hours after the click: %(early)s of %(orders)s fell "
    "into the first tenth (%(measured_bp)s; told of up to %(threshold_bp)s)."
)
SPIKE = _(
    "Orders came at one delay, %(from_second)s to %(to_second)s s after the click: %(fullest)s "
    "of %(orders)s (%(measured_bp)s; told of from %(threshold_bp)s on)."
)
IDLE = _(
    "Hardly an order followed: %(orders)s to %(clicks)s clicks (told of where there are fewer "
    "than %(threshold)s to 10,000)."
)
CHECKOUT = _(
    "Clicks that came from the merchant's cart or checkout: %(from_checkout)s of %(clicks)s "
    "(%(measured_bp)s; told of from %(threshold_bp)s on)."
)


def judge(traffic: Traffic, limits: Limits) -> Suspicion | None:
    """A suspicion where at least one sign lies beyond its threshold."""
    signs = tuple(
        sign
        for of in (_embedded, _quick, _flat, _spike, _idle, _checkout)
        for sign in of(traffic, limits)
    )
    return Suspicion(_gravity(signs), signs) if signs else None


def is_embedded(fetch_dest: str) -> bool:
    """Whether a Sec-Fetch-Dest says that an element of a page loaded the link."""
    return fetch_dest not in UNKNOWN and fetch_dest != "document"


def _gravity(signs: tuple[Sign, ...]) -> Gravity:
    strong = [sign for sign in signs if sign.sign in STRONG]
    if not strong:
        return Gravity.LOW
    most = any(sign.measured >= MOST_BP for sign in strong if sign.sign in {"embedded", "quick"})
    return Gravity.HIGH if most or len(strong) > 1 else Gravity.MEDIUM


def _embedded(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    known = sum(n for dest, n in traffic.fetch_dests.items() if dest not in UNKNOWN)
    kinds = {dest: n for dest, n in traffic.fetch_dests.items() if n and is_embedded(dest)}
    count, minimum = sum(kinds.values()), limits["embedded_clicks"]
    measured, threshold = share_bp(count, known), limits["embedded_share"]
    if count >= minimum and measured >= threshold:
        named = ", ".join(sorted(kinds, key=lambda dest: (-kinds[dest], dest)))
        figures: dict[str, int | str] = {
            "embedded": count, "known": known, "kinds": named, "measured_bp": measured,
            "threshold_bp": threshold,
        }  # fmt: skip
        yield Sign("embedded", measured, "embedded_share", threshold, count, minimum, EMBEDDED,
                   figures)  # fmt: skip


def _quick(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    delays, seconds = traffic.delays, limits["quick_seconds"]
    count = sum(n for second, n in delays.by_second.items() if second < seconds)
    minimum, threshold = limits["quick_orders"], limits["quick_share"]
    measured = share_bp(count, delays.count)
    if count >= minimum and measured >= threshold:
        figures = {"quick": count, "orders": delays.count, "seconds": seconds,
                   "measured_bp": measured, "threshold_bp": threshold}  # fmt: skip
        yield Sign("quick", measured, "quick_share", threshold, count, minimum, QUICK, figures)


def _flat(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    delays, minimum = traffic.delays, limits["flat_orders"]
    measured, threshold = share_bp(delays.early, delays.within), limits["flat_early_share"]
    if delays.within >= minimum and measured <= threshold:
        figures = {"early": delays.early, "orders": delays.within, "measured_bp": measured,
                   "threshold_bp": threshold}  # fmt: skip
        yield Sign("flat", measured, "flat_early_share", threshold, delays.within, minimum, FLAT,
                   figures)  # fmt: skip


def _spike(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    delays, minimum = traffic.delays, limits["spike_orders"]
    measured, threshold = share_bp(delays.fullest, delays.count), limits["spike_share"]
    if delays.count >= minimum and measured >= threshold:
        figures = {"fullest": delays.fullest, "orders": delays.count,
                   "from_second": delays.fullest_at, "to_second": delays.fullest_at + SPIKE_SECONDS,
                   "measured_bp": measured, "threshold_bp": threshold}  # fmt: skip
        yield Sign("spike", measured, "spike_share", threshold, delays.count, minimum, SPIKE,
                   figures)  # fmt: skip


def _idle(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    minimum, threshold = limits["idle_clicks"], limits["idle_orders"]
    few = traffic.orders * WHOLE < threshold * traffic.clicks
    if traffic.orders_known and traffic.clicks >= minimum and few:
        figures = {"orders": traffic.orders, "clicks": traffic.clicks, "threshold": threshold}
        measured = share_bp(traffic.orders, traffic.clicks)
        yield Sign("idle", measured, "idle_orders", threshold, traffic.clicks, minimum, IDLE,
                   figures)  # fmt: skip


def _checkout(traffic: Traffic, limits: Limits) -> Iterator[Sign]:
    count, minimum = traffic.checkout_referrers, limits["checkout_clicks"]
    measured, threshold = share_bp(count, traffic.clicks), limits["checkout_share"]
    if count >= minimum and measured >= threshold:
        figures = {"from_checkout": count, "clicks": traffic.clicks, "measured_bp": measured,
                   "threshold_bp": threshold}  # fmt: skip
        yield Sign("checkout", measured, "checkout_share", threshold, count, minimum, CHECKOUT,
                   figures)  # fmt: skip
