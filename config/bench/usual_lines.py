"""P8: a line of the feed rated as a Django project usually does it, in Decimal and plain Python."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from commissions.models import Programme, Rule, SetMember, VirtualRuling
from commissions.rulebooks import calendar
from publishers.models import Click, Source, SourceApproval, TrafficPermission

CENT = Decimal("0.01")
STATUSES = {
    "Payment Completed": (1, "waiting"),
    "Buyer Confirmed Receipt": (2, "hold"),
    "Completed Settlement": (3, "confirmed"),
    "Invalid": (4, "rejected"),
}
_WALL = ZoneInfo("America/Los_Angeles")
Row = dict[str, str]


def read_rows(path: Path, prefix: str) -> Iterator[Row]:
    """The rows of a feed file, with a prefix before their order numbers."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row | {
                "order_id": prefix + row["order_id"],
                "sub_order_id": prefix + row["sub_order_id"],
            }


@dataclass
class Found:
    """What was looked up for a line."""

    source: Source | None
    click: Click | None
    seller_country: str = "CN"
    in_programme: bool = True
    section: str = ""
    brand: bool = False


@dataclass
class Verdict:
    """What becomes of a line before the cap. amounts in units of the currency, rate in percent."""

    status: str
    reason: str = ""
    rule: Rule | None = None
    rate: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)


class Tariff:
    """What every line is rated by, read once."""

    def __init__(self, programme: Programme, at: datetime) -> None:
        book = calendar.in_force(programme, at)
        if book is None:
            raise LookupError("No rulebook is in force.")
        self.programme, self.book = programme, book
        self.cap = Decimal(book.cap_cents or 0) / 100
        self.cookies = {
            life.countries.code if life.countries else "": timedelta(days=life.days)
            for life in book.cookie_lives.select_related("countries")
        }

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules by code."""
        return {rule.code: rule for rule in self.book.rules.order_by("-position")}

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """The members of the named sets."""
        found: dict[str, set[str]] = {}
        for code, value in SetMember.objects.filter(
            named_set__programme=self.programme
        ).values_list("named_set__code", "value"):
            found.setdefault(code, set()).add(value)
        return found

    @cached_property
    def approved(self) -> set[int]:
        """The sources that are approved."""
        return set(SourceApproval.objects.values_list("source_id", flat=True))

    @cached_property
    def forbidden(self) -> set[int]:
        """The types of traffic that are not permitted."""
        refused = TrafficPermission.objects.exclude(permission="permitted")
        return set(refused.values_list("traffic_type_id", flat=True))

    @cached_property
    def virtual(self) -> set[str]:
        """The products ruled virtual."""
        return set(VirtualRuling.objects.values_list("product_id", flat=True))

    def verdict(self, row: Row, found: Found) -> Verdict:
        """Decide a line: one look-up after another, then the rate."""
        status = STATUSES[row["order_status"]][1]
        received = status in ("hold", "confirmed") and row["finished_amount"]
        base = Decimal(row["finished_amount"] if received else row["paid_amount"]) / 100
        refusal = self._refusal(row, found)
        if refusal:
            return Verdict(
                "unattributed" if found.source is None else "rejected", refusal, base=base
            )
        code = self._rule_code(row, found)
        rule = self.rules[code]
        if rule.outcome == "untracked":
            return Verdict("untracked", "", rule, base=base)
        if rule.outcome == "nothing":
            return Verdict("rejected", code, rule, base=base)
        if rule.outcome == "feed_rate":
            return self._by_feed_rate(row, rule, status, base)
        return _earning(status, rule, Decimal(rule.rate_bp or 0) / 100, base)

    def _refusal(self, row: Row, found: Found) -> str:
        source, click = found.source, found.click
        if source is None:
            return "unknown_source"
        if row["order_status"] == "Invalid":
            return "refunded" if row["effect_detail_status"] == "FullRefund" else "invalid"
        if source.pk not in self.approved:
            return "source_not_approved"
        if source.traffic_type_id in self.forbidden:
            return "forbidden_traffic"
        return "" if click is None else self._lateness(row, click)

    def _lateness(self, row: Row, click: Click) -> str:
        since = placed_at(row) - click.clicked_at
        if since < timedelta(0):
            return "click_after_order"
        eleven = row["ship_to_country"] in self.members["eleven"]
        return "cookie_expired" if since > self._life(eleven=eleven) else ""

    def _life(self, *, eleven: bool) -> timedelta:
        return self.cookies["eleven" if eleven else ""]

    def _rule_code(self, row: Row, found: Found) -> str:
        bar = self._bar(row, found)
        if bar:
            return bar
        if row["ship_to_country"] in self.members["eleven"]:
            affiliate = row["is_affiliate_product"] == "Y"
            return "eleven_seller_rate" if affiliate else "eleven_non_affiliate"
        if found.brand:
            return "brand_store"
        direct = found.click is not None and found.click.landing_product_id == row["product_id"]
        if row["is_hot_product"] == "Y" and direct:
            return "hot_sale"
        groups = ("electronics", "home_and_apparel")
        return next((one for one in groups if row["category_id"] in self.members[one]), "other")

    def _bar(self, row: Row, found: Found) -> str:
        """The rule by which a product, store or kind of traffic earns nothing, if any."""
        virtual = row["category_id"] in self.members["special"] or row["product_id"] in self.virtual
        if virtual or not found.in_programme:
            return "special"
        if found.seller_country not in self.members["prc"]:
            return "seller_outside_prc"
        if found.section == "mall_ru":
            return "mall_russia"
        plain = row["is_affiliate_product"] == "N"
        barred = plain and found.source and self._on_affiliate_goods_only(found.source)
        return "traffic_non_affiliate" if barred else ""

    def _on_affiliate_goods_only(self, source: Source) -> bool:
        return source.traffic_type.code in self.members["affiliate_only_traffic"]

    def _by_feed_rate(self, row: Row, rule: Rule, status: str, base: Decimal) -> Verdict:
        if not row["commission_rate"]:
            return Verdict("held", "rate_missing", rule, base=base)
        rate = Decimal(row["commission_rate"].rstrip("%"))
        if not Decimal(rule.min_bp or 0) <= rate * 100 <= Decimal(rule.max_bp or 0):
            return Verdict("held", "rate_out_of_range", rule, base=base)
        return _earning(status, rule, rate, base)


def _earning(status: str, rule: Rule, rate: Decimal, base: Decimal) -> Verdict:
    commission = (base * rate / 100).quantize(CENT, ROUND_DOWN)
    return Verdict(status, "", rule, rate, base, commission)


def placed_at(row: Row) -> datetime:
    """When the line was placed."""
    return datetime.strptime(row["created_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_WALL)


def line_fields(row: Row, parameters: dict[str, str], found: Found) -> dict[str, Any]:
    """The fields of an order line that say what the feed says."""
    rate = row["commission_rate"].rstrip("%")
    return {
        "order_id": row["order_id"],
        "sub_order_id": row["sub_order_id"],
        "feed_status": STATUSES[row["order_status"]][0],
        "effect": row["effect_detail_status"],
        "tracking_id": row["tracking_id"],
        "af": parameters.get("af", ""),
        "dp": parameters.get("dp", ""),
        "created_at": placed_at(row),
        "paid_cents": int(row["paid_amount"]),
        "finished_cents": int(row["finished_amount"]) if row["finished_amount"] else None,
        "feed_rate_bp": int(Decimal(rate) * 100) if rate else None,
        "is_hot": row["is_hot_product"] == "Y",
        "is_affiliate": row["is_affiliate_product"] == "Y",
        "country": row["ship_to_country"],
        "category_id": row["category_id"],
        "product_id": row["product_id"],
        "source": found.source,
        "publisher_id": found.source.publisher_id if found.source else None,
        "click": found.click,
    }


def decided_fields(verdict: Verdict, tariff: Tariff) -> dict[str, Any]:
    """The fields of an order line that say what has become of it."""
    return {
        "rulebook": tariff.book,
        "rule": verdict.rule,
        "status": verdict.status,
        "reason": verdict.reason,
        "rate_bp": int(verdict.rate * 100),
        "base_cents": int(verdict.base * 100),
        "rated_cents": int(verdict.commission * 100),
        "commission_cents": int(verdict.commission * 100),
    }
