"""What screens and the apps above ask of commissions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl
from django.db.models import QuerySet, Sum

from commissions.engine.facts import FACT_COLUMNS, LineFacts
from commissions.engine.order import Settled, settle_orders
from commissions.enums import AccountKind, FeedStatus, LineStatus
from commissions.models import ConfirmedTotal, LedgerAccount, OrderLine, Programme
from commissions.pipeline.reference import load_reference
from commissions.rulebooks.editions import versions_in_force


def facts_of(line: OrderLine) -> LineFacts:
    """The engine's facts of a stored line."""
    return LineFacts(**{name: getattr(line, name) for name in FACT_COLUMNS})


def explain_line(line_id: int) -> Settled:
    """Decide a line again, with its whole order, and say why: 'why this amount?'."""
    line = OrderLine.objects.select_related("programme").get(pk=line_id)
    order = OrderLine.objects.filter(programme=line.programme, order_id=line.order_id)
    facts = [facts_of(one) for one in order]
    asked = ("af", "dp", "tracking_id", "product_id")
    keys = pl.DataFrame(
        [[getattr(one, name) for name in asked] for one in facts],
        schema=dict.fromkeys(asked, pl.String),
        orient="row",
    )
    return settle_orders(facts, load_reference(line.programme, keys))[line.sub_order_id]


def unsettled(programme: Programme) -> QuerySet[OrderLine]:
    """Lines that the merchant had not settled by the last daily job within its limit."""
    if programme.aged_at is None:
        return OrderLine.objects.none()
    limit = programme.aged_at - timedelta(days=programme.settlement_limit_days)
    return OrderLine.objects.filter(
        programme=programme,
        status__in=[LineStatus.WAITING, LineStatus.HOLD],
        feed_status__lt=FeedStatus.COMPLETED_SETTLEMENT,
        paid_at__lte=limit,
    )


class Confirmed(NamedTuple):
    """Confirmed commission in cents of one publisher under one referral rate (basis points)."""

    programme_id: int
    publisher_id: int
    referral_bp: int
    cents: int


def confirmed_by_rate(publisher_ids: Iterable[int] | None) -> list[Confirmed]:
    """Confirmed and paid commission by publisher and referral rate; None: of every publisher.

    The rate is that of the version in force of the edition that the totals name.
    """
    totals = ConfirmedTotal.objects.all()
    if publisher_ids is not None:
        totals = totals.filter(publisher_id__in=publisher_ids)
    key = ("rulebook__programme_id", "publisher_id", "rulebook_id")
    summed = totals.values_list(*key).annotate(cents=Sum("commission_cents")).order_by()
    in_force = versions_in_force()
    by_rate: dict[tuple[int, int, int], int] = defaultdict(int)
    for programme_id, publisher_id, edition_id, cents in summed:
        by_rate[programme_id, publisher_id, in_force[edition_id].referral_bp] += cents
    return [Confirmed(*key, cents) for key, cents in by_rate.items()]


@dataclass
class Balance:
    """What a publisher's accounts of one currency hold, in cents."""

    currency: str
    waiting_cents: int = 0
    hold_cents: int = 0
    available_cents: int = 0


def balances_of(publisher_id: int) -> list[Balance]:
    """A publisher's balances, one for each currency in which it has accounts."""
    accounts = LedgerAccount.objects.filter(publisher_id=publisher_id)
    held = accounts.order_by("programme__currency", "kind").values_list(
        "programme__currency", "kind"
    )
    found: dict[str, Balance] = {}
    for currency, kind, cents in held.annotate(cents=Sum("balance_cents")):
        balance = found.setdefault(currency, Balance(currency))
        name = f"{AccountKind(kind).value}_cents"
        setattr(balance, name, getattr(balance, name) + cents)
    return list(found.values())


def earliest_fact() -> datetime | None:
    """When the first order known was placed."""
    return OrderLine.objects.order_by("created_at").values_list("created_at", flat=True).first()
