"""P8: the same lines into the same tables, as a Django project usually does it, and as many do.

The usual way: look-ups of a batch in a few queries, `bulk_create`, totals added up in Python.
The common way: each line looked up, saved, and its consequences left to signals.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.signals import post_save
from django.utils import timezone

from commissions.ledger.keys import Subject, posting_key
from commissions.ledger.posting import ACCOUNT_OF_STATUS
from commissions.models import (
    DailyTotal,
    LedgerAccount,
    OrderLine,
    Product,
    Programme,
    SetMember,
    Store,
    Transfer,
)
from config.bench.usual_lines import (
    CENT,
    Found,
    Row,
    Tariff,
    Verdict,
    decided_fields,
    line_fields,
    placed_at,
    read_rows,
)
from publishers.models import Click, Source

BATCH = 1_000
EARNING = tuple(ACCOUNT_OF_STATUS)


def usual_seconds(path: Path, programme: Programme, prefix: str) -> float:
    """`bulk_create` in batches, each in its transaction; seconds a line, the file's reading too.

    prefix: digits before each order number, so that no line of the books is met again.
    """
    started = time.perf_counter()
    tariff = Tariff(programme, timezone.now())
    rows, count = read_rows(path, prefix), 0
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        with transaction.atomic():
            _bulk(batch, tariff)
    return (time.perf_counter() - started) / count


def _bulk(rows: list[Row], tariff: Tariff) -> None:
    parameters = [json.loads(row["custom_parameters"] or "{}") for row in rows]
    found = list(_look_up(rows, parameters))
    verdicts = [tariff.verdict(row, one) for row, one in zip(rows, found, strict=True)]
    _cap(rows, verdicts, tariff.cap)
    lines = OrderLine.objects.bulk_create(
        (
            OrderLine(
                programme=tariff.programme,
                **line_fields(row, said, one),
                **decided_fields(verdict, tariff),
            )
            for row, said, one, verdict in zip(rows, parameters, found, verdicts, strict=True)
        ),
        batch_size=BATCH,
    )
    _bulk_ledger(lines, tariff.programme)
    _bulk_totals(lines, tariff.programme)


def _look_up(rows: list[Row], parameters: list[dict[str, str]]) -> Iterator[Found]:
    """What the lines of a batch refer to, in a query a table."""
    codes = {said.get("af", "") for said in parameters} | {row["tracking_id"] for row in rows}
    sources = {
        one.code: one
        for one in Source.objects.filter(code__in=codes).select_related("traffic_type")
    }
    ids = {said["dp"] for said in parameters if "dp" in said}
    clicks = Click.objects.in_bulk(ids, field_name="click_id")
    products = dict(
        Product.objects.filter(product_id__in={row["product_id"] for row in rows})
        .values_list("product_id", "store_id")
    )  # fmt: skip
    stores = defaultdict(list)
    for store in Store.objects.filter(store_id__in=set(products.values())):
        stores[store.store_id].append(store)
    brands = set(
        SetMember.objects.filter(named_set__code="brand_stores").values_list("value", flat=True)
    )
    for row, said in zip(rows, parameters, strict=True):
        source = sources.get(said.get("af", "")) or sources.get(row["tracking_id"])
        store_id = products.get(row["product_id"], "")
        click = clicks.get(said.get("dp", ""))
        yield _found(row, source, click, stores.get(store_id, ()), brand=store_id in brands)


def _found(
    row: Row, source: Source | None, click: Click | None, stores: Iterable[Store], *, brand: bool
) -> Found:
    if click is not None and source is not None and click.source_id != source.pk:
        click = None
    at = placed_at(row)
    for store in stores:
        begun = store.valid_from is None or store.valid_from <= at
        if begun and (store.valid_to is None or at < store.valid_to):
            return Found(
                source, click, store.seller_country, store.in_programme, store.section, brand
            )
    return Found(source, click, brand=brand)


def _cap(rows: list[Row], verdicts: list[Verdict], cap: Decimal) -> None:
    """Share the cap over the lines of each order of the batch."""
    orders = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.status in EARNING:
            orders[row["order_id"]].append(verdict)
    for lines in orders.values():
        total = sum((one.commission for one in lines), Decimal(0))
        if total <= cap:
            continue
        for one in lines:
            one.commission = (cap * one.commission / total).quantize(CENT)
        lines[-1].commission = cap - sum((one.commission for one in lines[:-1]), Decimal(0))


def _bulk_ledger(lines: list[OrderLine], programme: Programme) -> None:
    """A transfer a line, and the balances of the batch in one write."""
    earning = [line for line in lines if line.commission_cents]
    owners = {line.publisher_id for line in earning}
    mine = Q(publisher__in=owners) | Q(publisher=None)
    accounts = {
        (one.publisher_id, one.kind): one
        for one in LedgerAccount.objects.filter(mine, programme=programme)
    }
    wanted = {(line.publisher_id, ACCOUNT_OF_STATUS[line.status]) for line in earning}
    missing = ({(None, "merchant")} | wanted) - accounts.keys()
    for one in LedgerAccount.objects.bulk_create(
        LedgerAccount(programme=programme, publisher_id=owner, kind=kind) for owner, kind in missing
    ):
        accounts[one.publisher_id, one.kind] = one
    merchant, transfers = accounts[None, "merchant"], []
    for line in earning:
        account = accounts[line.publisher_id, ACCOUNT_OF_STATUS[line.status]]
        account.balance_cents += line.commission_cents
        merchant.balance_cents -= line.commission_cents
        transfers.append(_transfer(line, merchant, account))
    Transfer.objects.bulk_create(transfers, batch_size=BATCH)
    LedgerAccount.objects.bulk_update(accounts.values(), ["balance_cents"], batch_size=BATCH)


def _transfer(line: OrderLine, merchant: LedgerAccount, account: LedgerAccount) -> Transfer:
    return Transfer(
        id=posting_key(Subject.LINE, line.pk, 1, 1),
        debit=merchant,
        credit=account,
        amount_cents=line.commission_cents,
        cause="import",
        event_at=line.created_at,
    )


def _bulk_totals(lines: list[OrderLine], programme: Programme) -> None:
    """Add the batch to its publishers' days: read those there are, write all in one statement.

    Without the network's days and the confirmed totals, which the pipeline keeps as well.
    """
    key = ("publisher_id", "day", "status")
    zone = ZoneInfo(programme.time_zone)
    added: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for line in (one for one in lines if one.publisher_id):
        day = line.created_at.astimezone(zone).date()
        added[line.publisher_id, day, line.status].update(_figures(line))
    days = {day for _owner, day, _status in added}
    stored = DailyTotal.objects.filter(programme=programme, day__in=days)
    for total in stored:
        one = added.get(tuple(getattr(total, name) for name in key))
        if one is not None:
            one.update({name: getattr(total, name) for name in one})
    DailyTotal.objects.bulk_create(
        (
            DailyTotal(programme=programme, **dict(zip(key, of, strict=True)), **figures)
            for of, figures in added.items()
        ),
        update_conflicts=True,
        unique_fields=["publisher", "programme", "day", "status"],
        update_fields=["lines", "base_cents", "commission_cents"],
        batch_size=BATCH,
    )


def _figures(line: OrderLine) -> dict[str, int]:
    return {
        "lines": 1,
        "base_cents": line.base_cents,
        "commission_cents": line.commission_cents,
    }


def common_seconds(path: Path, programme: Programme, prefix: str) -> float:
    """`save()` one by one, signals for ledger and statistics; seconds a line.

    All in one transaction: a commit for each line would cost more still.
    """
    post_save.connect(_post, sender=OrderLine)
    post_save.connect(_recompute_day, sender=OrderLine)
    try:
        started = time.perf_counter()
        count = 0
        with transaction.atomic():
            tariff = Tariff(programme, timezone.now())
            for row in read_rows(path, prefix):
                _save(row, tariff)
                count += 1
        return (time.perf_counter() - started) / count
    finally:
        post_save.disconnect(_post, sender=OrderLine)
        post_save.disconnect(_recompute_day, sender=OrderLine)


def _save(row: Row, tariff: Tariff) -> None:
    said = json.loads(row["custom_parameters"] or "{}")
    named = Source.objects.select_related("traffic_type")
    source = (
        named.filter(code=said.get("af", "")).first()
        or named.filter(code=row["tracking_id"]).first()
    )
    click = Click.objects.filter(click_id=said["dp"]).first() if "dp" in said else None
    product = Product.objects.filter(product_id=row["product_id"]).first()
    store_id = product.store_id if product else ""
    brands = SetMember.objects.filter(named_set__code="brand_stores", value=store_id)
    stores = Store.objects.filter(store_id=store_id)
    found = _found(row, source, click, stores, brand=brands.exists())
    verdict = tariff.verdict(row, found)
    if verdict.status in EARNING:
        verdict.commission = min(verdict.commission, _left_under_cap(row, tariff))
    OrderLine(
        programme=tariff.programme,
        **line_fields(row, said, found),
        **decided_fields(verdict, tariff),
    ).save()


def _left_under_cap(row: Row, tariff: Tariff) -> Decimal:
    others = OrderLine.objects.filter(programme=tariff.programme, order_id=row["order_id"])
    given = others.aggregate(cents=Sum("commission_cents"))["cents"] or 0
    return max(tariff.cap - Decimal(given) / 100, Decimal(0))


def _post(sender: type[OrderLine], instance: OrderLine, **_: Any) -> None:
    """A saved line's ledger entry and balances."""
    if not instance.commission_cents:
        return
    kind, programme = ACCOUNT_OF_STATUS[instance.status], instance.programme
    merchant, _made = LedgerAccount.objects.get_or_create(
        programme=programme, publisher=None, kind="merchant"
    )
    owner: Any = instance.publisher_id
    account, _made = LedgerAccount.objects.get_or_create(
        programme=programme, publisher_id=owner, kind=kind
    )
    _transfer(instance, merchant, account).save(force_insert=True)
    for one, cents in (
        (merchant, -instance.commission_cents),
        (account, instance.commission_cents),
    ):
        LedgerAccount.objects.filter(pk=one.pk).update(balance_cents=F("balance_cents") + cents)


def _recompute_day(sender: type[OrderLine], instance: OrderLine, **_: Any) -> None:
    """A saved line's day in its publisher's statistics, added up anew from its lines."""
    if instance.publisher_id is None:
        return
    zone = ZoneInfo(instance.programme.time_zone)
    day = instance.created_at.astimezone(zone).date()
    start = datetime.combine(day, datetime.min.time(), zone)
    figures = OrderLine.objects.filter(
        programme=instance.programme,
        publisher_id=instance.publisher_id,
        status=instance.status,
        created_at__gte=start,
        created_at__lt=start + timedelta(days=1),
    ).aggregate(
        lines=Count("id"), base_cents=Sum("base_cents"), commission_cents=Sum("commission_cents")
    )
    DailyTotal.objects.update_or_create(
        programme=instance.programme,
        publisher_id=instance.publisher_id,
        day=day,
        status=instance.status,
        defaults=figures,
    )
