"""Small feeds for the tests: one good row, variations of it, and how to read them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from commissions.feed import FeedRules, ParkedRow, read_feed

NOW = datetime(2021, 6, 1, tzinfo=UTC)
COUNTRIES = frozenset(
    "AM AZ BR BY DE ES FR GB GE IL IT KG KZ MD NL PL RU TJ TM UA US UZ".split()  # noqa: SIM905
)
CENTS = FeedRules(currency="USD", countries=COUNTRIES, amount_unit="cents")
UNITS = FeedRules(currency="USD", countries=COUNTRIES, amount_unit="units")

GOOD = {
    "order_id": "900000000000400",
    "sub_order_id": "900000000000401",
    "order_status": "Payment Completed",
    "effect_detail_status": "",
    "tracking_id": "anna-site",
    "custom_parameters": '{"af": "anna-site"}',
    "created_time": "2019-03-01 10:00:00",
    "paid_amount": "9999",
    "finished_amount": "",
    "commission_rate": "7.00%",
    "is_hot_product": "N",
    "is_affiliate_product": "Y",
    "settled_currency": "USD",
    "ship_to_country": "US",
    "category_id": "200",
    "product_id": "5003",
    "product_title": "A kettle",
}


def row(number: int = 1, **changes: object) -> dict[str, object]:
    """The good row under its own sub_order_id, with changes; ... leaves a field out."""
    made = {**GOOD, "sub_order_id": f"9{number:014d}", **changes}
    return {name: value for name, value in made.items() if value is not ...}


def ndjson(rows: Iterable[Mapping[str, object]]) -> bytes:
    """The rows as NDJSON."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


def csv_line(values: Iterable[object], end: str = "\n") -> bytes:
    """One CSV line."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(values)
    return out.getvalue().encode()


def csv_file(
    rows: Iterable[Mapping[str, object]], names: Iterable[str] = tuple(GOOD), end: str = "\n"
) -> bytes:
    """The rows as CSV with a header."""
    names = list(names)
    lines = [csv_line((one.get(name, "") for name in names), end) for one in rows]
    return csv_line(names, end) + b"".join(lines)


def page(rows: Iterable[Mapping[str, object]], indent: int | None = None) -> bytes:
    """The rows as one of the API's pages."""
    result = {"current_page_no": 1, "orders": {"order": list(rows)}}
    answer = {"resp_code": 200, "resp_msg": "Call succeeds", "result": result}
    document = {"aliexpress_affiliate_order_list_response": {"resp_result": answer}}
    return json.dumps(document, indent=indent).encode()


@dataclass
class Reading:
    """A whole file read: its rows in one frame, what was parked, and the notices."""

    rows: pl.DataFrame
    parked: list[ParkedRow]
    notices: list[str]
    bytes_done: int
    rows_read: int

    @property
    def subs(self) -> list[str]:
        """The sub_order_ids of the good rows."""
        return self.rows["sub_order_id"].to_list()

    @property
    def reason(self) -> str:
        """The sentence of the only parked row."""
        (parked,) = self.parked
        return parked.reason


def read_path(path: Path, rules: FeedRules = CENTS, **options: int) -> Reading:
    """Reads a file to its end."""
    batches = list(read_feed(path, rules, now=NOW, **options))
    return Reading(
        rows=pl.concat([batch.rows for batch in batches]),
        parked=[one for batch in batches for one in batch.parked],
        notices=[one for batch in batches for one in batch.notices],
        bytes_done=batches[-1].bytes_done,
        rows_read=batches[-1].rows_read,
    )


def read_bytes(folder: Path, data: bytes, rules: FeedRules = CENTS, **options: int) -> Reading:
    """Writes the bytes to a file whose name says nothing, and reads it."""
    path = folder / "feed"
    path.write_bytes(data)
    return read_path(path, rules, **options)
