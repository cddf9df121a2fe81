"""The order lines as other programs read them (contracts.md)."""

from collections.abc import Iterator
from typing import Any

from commissions.models import OrderLine, Rule
from publishers.models import Publisher, Source

CHUNK = 5000


def percent(rate_bp: int) -> str:
    """Hundredths of a percent as a percentage with two decimals."""
    return f"{rate_bp // 100}.{rate_bp % 100:02d}"


def exported_lines(publisher_id: int | None = None) -> Iterator[dict[str, Any]]:
    """Every sub-order in the books, by its number as text; read from the server piece by piece.

    publisher_id: of this publisher alone.
    """
    publishers = dict(Publisher.objects.values_list("id", "code"))
    sources = dict(Source.objects.values_list("id", "code"))
    rules = dict(Rule.objects.values_list("id", "code"))
    asked = OrderLine.objects.all()
    if publisher_id is not None:
        asked = asked.filter(publisher_id=publisher_id)
    lines = asked.order_by("sub_order_id", "programme_id").values_list(
        *("order_id", "sub_order_id", "publisher_id", "source_id", "status", "reason", "rule_id"),
        *("rate_bp", "base_cents", "commission_cents"),
    )
    for line in lines.iterator(chunk_size=CHUNK):
        order, sub_order, publisher, source, status, reason, rule, rate, base, commission = line
        yield {
            "order_id": order,
            "sub_order_id": sub_order,
            "publisher": publishers.get(publisher),
            "source": sources.get(source),
            "status": status,
            "reason": reason,
            "rule": rules.get(rule, ""),
            "rate_percent": percent(rate),
            "base_cents": base,
            "commission_cents": commission,
        }
