"""What a finding rests on, as plain JSON: it is frozen with the observation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from compliance.detectors.suspicion import Suspicion
from compliance.detectors.thresholds import Limits
from compliance.detectors.traffic import SPIKE_SECONDS, Traffic
from compliance.sql import sql
from compliance.watching.enums import ObservationKind
from compliance.watching.traffic import checkout_pattern, merchant_pattern

Sample = list[dict[str, Any]]
CLICK_NAMES = ("click_id", "clicked_at", "fetch_dest", "referrer", "landing_product_id")
ORDER_NAMES = ("order_id", "click_id", "clicked_at", "placed_at", "seconds")


@dataclass(frozen=True)
class Struck:
    """A detector was struck by a source in a window."""

    kind: ObservationKind
    publisher_id: int
    source_id: int
    starts_at: datetime
    span: timedelta
    traffic: Traffic
    suspicion: Suspicion
    limits: Limits

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.span


def traffic_evidence(
    struck: Struck, clicks: Sequence[Mapping[str, Any]], orders: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Signs, figures, samples, and every threshold in force."""
    traffic, delays = struck.traffic, struck.traffic.delays
    return {
        "signs": signs(struck.suspicion),
        "figures": {
            "clicks": traffic.clicks,
            "fetch_dests": dict(traffic.fetch_dests),
            "merchant_referrers": traffic.merchant_referrers,
            "checkout_referrers": traffic.checkout_referrers,
            "orders": traffic.orders,
            "orders_with_click": delays.count,
            "delay_steps": {str(step): count for step, count in sorted(delays.steps.items())},
        },
        "clicks": list(clicks),
        "orders": list(orders),
        "thresholds": dict(struck.limits),
    }


def signs(suspicion: Suspicion) -> list[dict[str, Any]]:
    """The signs of a suspicion, in the detector's order."""
    return [sign.as_json() for sign in suspicion.signs]


def samples(struck: Sequence[Struck]) -> tuple[list[Sample], list[Sample]]:
    """Some clicks, and some orders with their clicks, of each; one statement for all of either."""
    asked: dict[str, Any] = {
        "places": list(range(len(struck))),
        "sources": [one.source_id for one in struck],
        "starts": [one.starts_at for one in struck],
        "ends": [one.ends_at for one in struck],
    }
    stuffing = [one.kind == ObservationKind.COOKIE_STUFFING for one in struck]
    merchant, checkout = merchant_pattern(), checkout_pattern()
    of_clicks = {
        "patterns": [checkout if is_one else merchant for is_one in stuffing],
        "by_dest": stuffing,
        "from": min(asked["starts"]),
        "to": max(asked["ends"]),
    }
    of_orders = {
        "fullest": [one.traffic.delays.fullest_at for one in struck],
        "spike": SPIKE_SECONDS,
    }
    clicks = _sampled("watched_clicks", CLICK_NAMES, asked | of_clicks)
    orders = _sampled("watched_orders", ORDER_NAMES, asked | of_orders)
    return clicks, orders


def _sampled(question: str, names: Sequence[str], asked: dict[str, Any]) -> list[Sample]:
    """The rows of each place, under these names; instants as text."""
    found: list[Sample] = [[] for _ in asked["places"]]
    with connection.cursor() as cursor:
        cursor.execute(sql(question), asked)
        for place, *values in cursor.fetchall():
            plain = [one.isoformat() if isinstance(one, datetime) else one for one in values]
            found[place].append(dict(zip(names, plain, strict=True)))
    return found
