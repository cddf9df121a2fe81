"""Clicks and orders of windows, counted by the database and read as a stream."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from compliance.detectors.traffic import (
    DELAY_STEPS,
    EARLY_SECONDS,
    FETCH_DESTS,
    SPIKE_SECONDS,
    Delays,
    Traffic,
    checkout_pages,
    merchant_pages,
)
from compliance.sql import sql
from compliance.watching.windows import ORIGIN

FETCHED = 2_000  # rows of the stream that are held at a time


@dataclass(frozen=True)
class Windows:
    """Windows of one span that start in [start, stop); `only`: just these of them, in order."""

    span: timedelta
    start: datetime
    stop: datetime
    only: Sequence[datetime] | None = None


@dataclass(frozen=True)
class Watched:
    """A source in a window."""

    starts_at: datetime
    source_id: int
    publisher_id: int
    traffic: Traffic


def merchant_pattern() -> str:
    """Referrers that are pages of the merchant; its hosts are settings."""
    return merchant_pages(settings.PERMILLE_MERCHANT_DOMAINS)


def checkout_pattern() -> str:
    """Referrers that are the merchant's cart or checkout."""
    return checkout_pages(settings.PERMILLE_MERCHANT_DOMAINS)


def watched(windows: Windows, *, orders_to: datetime | None) -> Iterator[Watched]:
    """Every source with clicks or orders in one of the windows, by window, then source.

    orders_to: how far the feed has come. Needs a transaction: the rows come by a cursor of the
    server, a few at a time.
    """
    parameters: dict[str, Any] = {
        "span": windows.span, "origin": ORIGIN, "from": windows.start, "to": windows.stop,
        "all": windows.only is None, "only": list(windows.only or ()),
        "dests": list(FETCH_DESTS), "merchant": merchant_pattern(), "checkout": checkout_pattern(),
        "mentions": [f"%{domain}%" for domain in settings.PERMILLE_MERCHANT_DOMAINS],
        "early": EARLY_SECONDS, "spike": SPIKE_SECONDS, "steps": list(DELAY_STEPS),
    }  # fmt: skip
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql("watched_traffic"), parameters)
        while rows := cursor.fetchmany(FETCHED):
            for row in rows:
                yield _watched(row, windows.span, orders_to)


def _watched(row: tuple[Any, ...], span: timedelta, orders_to: datetime | None) -> Watched:
    starts_at, source_id, publisher_id, clicks, dests, merchant, checkout, orders, *of_delays = row
    count, by_second, early, within, fullest, fullest_stretch, steps = of_delays
    delays = Delays(
        count, _counts(by_second), early, within,
        fullest_stretch * SPIKE_SECONDS, fullest, _counts(steps),
    )  # fmt: skip
    orders_known = orders_to is not None and orders_to >= starts_at + span
    traffic = Traffic(
        clicks, json.loads(dests), merchant, checkout, orders, orders_known, delays
    )  # fmt: skip
    return Watched(starts_at, source_id, publisher_id, traffic)


def _counts(text: str) -> dict[int, int]:
    return {int(key): int(count) for key, count in json.loads(text).items()}
