"""What the merchant's feed says of the orders: new ones, and what became of earlier ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from config.sample_world.buyers import Order, Product

WALL = ZoneInfo("America/Los_Angeles")
PAID, RECEIVED, SETTLED, INVALID = (
    *("Payment Completed", "Buyer Confirmed Receipt"),
    *("Completed Settlement", "Invalid"),
)
# From then on the feed gives sellers' own rates in the eleven countries (F2).
SELLERS_RATES_FROM = datetime(2020, 2, 19, 21, tzinfo=UTC)
ELEVEN = frozenset(("RU", "AM", "AZ", "BY", "GE", "KG", "TJ", "TM", "UZ", "MD", "KZ"))

Row = dict[str, Any]


@dataclass(frozen=True)
class Word:
    """What the merchant says of a sub-order at an instant."""

    said_at: datetime
    row: Row


def words_about(order: Order, chance: Random) -> Iterator[Word]:
    """Every word of the feed about an order, from its payment to its end."""
    attribution = _attribution(order, chance)
    for place, (product, count) in enumerate(order.basket, start=1):
        first = _paid(order, place, product, count, chance) | attribution
        yield Word(order.placed_at + timedelta(minutes=3), first)
        yield from _what_followed(order.placed_at, first, chance)


def _attribution(order: Order, chance: Random) -> Row:
    """Whom the order names: mostly its source and click; sometimes less, sometimes nobody."""
    draw = chance.random()
    named: dict[str, str] = {"af": order.source.code} if draw > 0.04 else {}
    if order.click is not None:
        named["dp"] = order.click.click_id
    if draw > 0.985:  # Bought by an old link, or by none.
        named = {"af": "default"} if draw > 0.993 else {}
    tracking = order.source.code if 0.04 < draw <= 0.985 else ""
    return {"tracking_id": tracking, "custom_parameters": json.dumps(named) if named else ""}


def _paid(order: Order, place: int, product: Product, count: int, chance: Random) -> Row:
    """The first word: the buyer has paid."""
    sale = 0.86 if (order.placed_at.month, order.placed_at.day) == (11, 11) else 1.0
    cents = round(product.price_cents * count * chance.uniform(0.84, 1.0) * sale)
    hot = bool(product.hot_rate) and chance.random() < 0.7
    rate = _rate(order, product, chance, hot=hot)
    estimate = cents * Decimal(rate.removesuffix("%")) / 100 if rate else Decimal(0)
    return {
        "order_id": order.order_id,
        "sub_order_id": order.order_id + place,
        "order_status": PAID,
        "effect_detail_status": "",
        "created_time": _wall(order.placed_at),
        "paid_time": _wall(order.placed_at + timedelta(minutes=3)),
        "finished_time": "",
        "completed_settlement_time": "",
        "paid_amount": str(cents),
        "finished_amount": "",
        "commission_rate": rate,
        "estimated_paid_commission": str(int(estimate)),
        "is_new_buyer": "Y" if chance.random() < 0.07 else "N",
        "is_hot_product": "Y" if hot else "N",
        "is_affiliate_product": "Y" if product.affiliate and chance.random() < 0.96 else "N",
        "settled_currency": "USD",
        "ship_to_country": order.country,
        "category_id": product.category_id,
        "product_id": product.product_id,
        "product_title": product.title,
        "product_count": count,
        "product_detail_url": f"https://www.aliexpress.com/item/{product.product_id}.html",
        "order_type": "global",
        "order_platform": "affiliate_platform",
        "dispute": "N",
        "cancel_reason": "",
        "assistant_plugin": "Y" if chance.random() < 0.008 else "N",
    }


def _rate(order: Order, product: Product, chance: Random, *, hot: bool) -> str:
    """The rate as the feed gives it: now and then none, or one that cannot be meant."""
    draw = chance.random()
    if draw < 0.006:
        return ""
    if draw < 0.009:
        return "90.00%"
    of_seller = order.country in ELEVEN and order.placed_at >= SELLERS_RATES_FROM
    rate = product.hot_rate if hot and not of_seller else product.seller_rate
    return f"{rate}%" if rate else ""


def _what_followed(placed_at: datetime, paid: Row, chance: Random) -> Iterator[Word]:
    """What became of a sub-order after its payment."""
    draw = chance.random()
    whole = paid["paid_amount"]
    if draw < 0.04:
        yield _invalid(placed_at, paid, chance, (12, 50), effect_detail_status="FullRefund")
    elif draw < 0.055:
        yield _invalid(placed_at, paid, chance, (2, 15), effect_detail_status="Antispam")
    elif draw < 0.07:
        why = "Closed by the merchant: a coupon of another campaign was used."
        yield _invalid(placed_at, paid, chance, (1, 9), cancel_reason=why)
    elif draw < 0.105:
        yield from _disputed(placed_at, paid, chance)
    elif draw < 0.125:  # A part of the goods came back.
        part = str(int(int(whole) * chance.uniform(0.6, 0.9)))
        yield from _received_and_settled(placed_at, paid, chance, part, (50, 70))
    elif draw < 0.15:
        yield from _received_and_settled(placed_at, paid, chance, whole, (90, 150))
    elif draw < 0.985:
        yield from _received_and_settled(placed_at, paid, chance, whole, (50, 70))
    # Of the others nothing was heard again.


def _received_and_settled(
    placed_at: datetime, paid: Row, chance: Random, amount: str, settled_in: tuple[int, int]
) -> Iterator[Word]:
    received_at = _later(placed_at, chance, (18, 45))
    settled_at = _later(placed_at, chance, settled_in)
    received = paid | {
        "order_status": RECEIVED,
        "finished_time": _wall(received_at),
        "finished_amount": amount,
    }
    yield Word(received_at, received)
    settled = {"order_status": SETTLED, "completed_settlement_time": _wall(settled_at)}
    yield Word(settled_at, received | settled)


def _disputed(placed_at: datetime, paid: Row, chance: Random) -> Iterator[Word]:
    """The parcel was opened and disliked; six of ten such disputes are settled."""
    opened_at = _later(placed_at, chance, (20, 40))
    opened = paid | {
        "order_status": RECEIVED,
        "finished_time": _wall(opened_at),
        "finished_amount": paid["paid_amount"],
        "dispute": "Y",
    }
    yield Word(opened_at, opened)
    ended_at = _later(placed_at, chance, (56, 74))
    ended = opened | {"dispute": "N", "completed_settlement_time": _wall(ended_at)}
    if chance.random() < 0.6:
        yield Word(ended_at, ended | {"order_status": SETTLED})
    else:
        refund = {"order_status": INVALID, "effect_detail_status": "FullRefund"}
        yield Word(ended_at, ended | refund | {"completed_settlement_time": ""})


def _invalid(
    placed_at: datetime, paid: Row, chance: Random, in_days: tuple[int, int], **said: str
) -> Word:
    return Word(_later(placed_at, chance, in_days), paid | said | {"order_status": INVALID})


def _later(at: datetime, chance: Random, in_days: tuple[int, int]) -> datetime:
    return at + timedelta(minutes=chance.randint(in_days[0] * 1440, in_days[1] * 1440))


def _wall(at: datetime) -> str:
    """An instant as the feed writes it."""
    return at.astimezone(WALL).strftime("%Y-%m-%d %H:%M:%S")
