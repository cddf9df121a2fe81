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
    clicks: list[Sample] = [[] for _ in struck]
    orders: list[Sample] = [[] for _ in struck]
    stuffing = ObservationKind.COOKIE_STUFFING
    common = {
        "places": list(range(len(struck))),
        "sources": [one.source_id for one in struck],
        "starts": [one.starts_at for one in struck],
        "ends": [one.ends_at for one in struck],
    }
    by_stuffing = [one.kind == stuffing for one in struck]
    merchant, checkout = merchant_pattern(), checkout_pattern()
    with connection.cursor() as cursor:
        cursor.execute(sql("watched_clicks"), common | {
            "patterns": [checkout if is_one else merchant for is_one in by_stuffing],
            "by_dest": by_stuffing,
            "from": min(common["starts"]), "to": max(common["ends"]),
        })  # fmt: skip
        for place, click_id, clicked_at, fetch_dest, referrer, landing in cursor.fetchall():
            clicks[place].append({
                "click_id": click_id, "clicked_at": clicked_at.isoformat(),
                "fetch_dest": fetch_dest, "referrer": referrer, "landing_product_id": landing,
            })  # fmt: skip
        cursor.execute(sql("watched_orders"), common | {
            "fullest": [one.traffic.delays.fullest_at for one in struck], "spike": SPIKE_SECONDS,
        })  # fmt: skip
        for place, order_id, click_id, clicked_at, placed_at, seconds in cursor.fetchall():
            orders[place].append({
                "order_id": order_id, "click_id": click_id, "clicked_at": clicked_at.isoformat(),
                "placed_at": placed_at.isoformat(), "seconds": seconds,
            })  # fmt: skip
    return clicks, orders
