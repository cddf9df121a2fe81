"""Orders that a test writes down, and their way into the books.

The facts around them are golden's: anna brought boris and clara, clara brought eve, eve filip.
An order that says nothing else is of women's clothing to the USA: 7 % of what was paid.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction

from commissions.feed import read_records
from commissions.ledger.posting import Posting
from commissions.models import FeedImport, OrderLine, Programme
from commissions.operations.feed import import_file, receive_feed
from commissions.pipeline.ingest import feed_rules, run_file
from commissions.pipeline.taking import take_batch
from compliance.models import Case
from publishers.models import Publisher
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import load
from tests.worlds import world

NOW = datetime(2021, 6, 1, tzinfo=UTC)
PAID, RECEIVED, SETTLED, INVALID = (
    "Payment Completed", "Buyer Confirmed Receipt", "Completed Settlement", "Invalid",
)  # fmt: skip
WORDS = {1: PAID, 2: RECEIVED, 3: SETTLED, 4: INVALID}

Row = dict[str, str]


def golden_facts() -> Programme:
    """The programme as it ships, and everything of golden but its feed and its reviews."""
    programme = aliexpress()
    load(world("golden"))
    return programme


def order(
    number: int, *, source: str = "anna-site", status: str = SETTLED, cents: int = 10_000,
    order_id: int | None = None, **more: str,
) -> Row:  # fmt: skip
    """A row of the feed: sub-order `number`, alone in its order unless one is named."""
    row = {
        "order_id": str(order_id or 7_000_000 + number), "sub_order_id": str(8_000_000 + number),
        "order_status": status, "tracking_id": source,
        "custom_parameters": json.dumps({"af": source}), "created_time": "2019-03-01 10:00:00",
        "paid_amount": str(cents), "is_hot_product": "N", "is_affiliate_product": "Y",
        "settled_currency": "USD", "ship_to_country": "US", "category_id": "200",
        "product_id": "5003", "commission_rate": "7.00%",
    }  # fmt: skip
    return {**row, **more}


def written(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A feed file of these rows."""
    path.write_text("".join(f"{json.dumps(dict(row))}\n" for row in rows), encoding="utf-8")
    return path


def taken(path: Path, *, at: datetime = NOW) -> FeedImport:
    """A feed file, taken into the books as the command and the task do it."""
    row = receive_feed(
        programme=Programme.objects.get(), name=path.name, amount_unit="cents", by=None, at=at
    )
    return import_file(feed_import_id=row.pk, path=path, at=at)


def in_small_batches(path: Path) -> FeedImport:
    """An import that lets go of the books every few rows."""
    row = receive_feed(
        programme=Programme.objects.get(), name=path.name, amount_unit="cents", by=None, at=NOW
    )
    return run_file(row, path, now=NOW, batch_rows=10)


def booked(*rows: Row, at: datetime = NOW) -> FeedImport:
    """Rows taken into the books without a file between; of one delivery, and one batch."""
    programme = Programme.objects.get()
    feed_import = receive_feed(
        programme=programme, name="rows", amount_unit="cents", by=None, at=at
    )
    batch = read_records(rows, feed_rules(programme, "cents"), now=at)
    assert not batch.parked, batch.parked
    with transaction.atomic():
        take_batch(feed_import, batch, posting=Posting(at, "import", feed_import.pk))
    return feed_import


def line(number: int) -> OrderLine:
    """What the books hold of a sub-order."""
    return OrderLine.objects.get(sub_order_id=str(8_000_000 + number))


def balance(code: str, kind: str = "available") -> int:
    """Cents in an account of a publisher; an account that was never opened is empty."""
    accounts = Publisher.objects.get(code=code).accounts.filter(kind=kind)
    return sum(accounts.values_list("balance_cents", flat=True))


def found_case(code: str, evidence: str, *, at: datetime = NOW, **more: Any) -> Case:
    """A case that waits for a person."""
    return Case.objects.create(
        kind="review_link", publisher=Publisher.objects.get(code=code), evidence=evidence,
        evidence_frozen={"text": evidence}, clause="F37", found_at=at, **more,
    )  # fmt: skip


def exit_code(command: str, *arguments: str) -> int:
    """How a management command ends."""
    try:
        call_command(command, *arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
