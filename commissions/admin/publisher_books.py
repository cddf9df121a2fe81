"""What the books hold of one publisher, for its page."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.db.models import Q

from commissions import statistics
from commissions.admin.columns import STATUS_LABELS
from commissions.enums import LineStatus
from commissions.ledger.keys import Subject, posting_key
from commissions.models import OrderLine, Programme, Transfer
from commissions.queries import Balance, balances_of
from publishers.admin.backoffice import list_of
from publishers.figures import money, number
from publishers.models import Publisher

# One subject's posting keys: from its first key to this many after it.
KEYS_OF_ONE = posting_key(Subject.LINE, 1, 0, 0) - 1


def balances(publisher_id: int) -> list[Balance]:
    """What a publisher's accounts hold, by currency; without any, nothing in the oldest one's."""
    return balances_of(publisher_id) or [Balance(currency_of_network())]


def currency_of_network() -> str:
    """The currency of the oldest programme."""
    return Programme.objects.order_by("pk").values_list("currency", flat=True).first() or "USD"


def lines_by_status(publisher: Publisher) -> list[dict[str, Any]]:
    """Lines, sales and commission by status, linked to the lines."""
    return [
        {
            "status": LineStatus(row["status"]).label,
            "kind": STATUS_LABELS[LineStatus(row["status"])],
            "lines": number(row["lines_sum"]),
            "sales": money(row["base_cents_sum"], row["programme__currency"]),
            "commission": money(row["commission_cents_sum"], row["programme__currency"]),
            "address": list_of(
                "commissions", "orderline", publisher=publisher.code, status=row["status"]
            ),
        }
        for row in statistics.by_status(publisher)
    ]


def latest_transfers(publisher_id: int, credit_ids: Iterable[int], count: int) -> list[Transfer]:
    """Transfers of a publisher's latest lines and of its credits, the latest recorded first.

    The ledger has no index by account (it would cost as much as the ledger): the lines lead to
    their transfers, whose keys are a range for each line.
    """
    lines = OrderLine.objects.filter(publisher_id=publisher_id).order_by("-created_at")
    ids = list(lines.values_list("pk", flat=True)[:count])
    subjects = [(Subject.LINE, pk) for pk in ids]
    subjects += [(Subject.REFERRAL_CREDIT, pk) for pk in credit_ids]
    wanted = Q(pk__in=())
    for subject, pk in subjects:
        first = posting_key(subject, pk, 0, 0)
        wanted |= Q(pk__range=(first, first + KEYS_OF_ONE))
    found = Transfer.objects.filter(wanted).select_related(
        "debit__publisher", "debit__programme", "credit__publisher", "credit__programme"
    )
    return sorted(found, key=attrgetter("recorded_at", "pk"), reverse=True)[:count]
