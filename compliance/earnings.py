"""What an account has earned that was not paid out: what a decision takes, and gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from commissions.enums import LineStatus
from commissions.models import DailyTotal
from referrals.models import ReferralCredit

_EARNING = (LineStatus.WAITING, LineStatus.HOLD, LineStatus.CONFIRMED)


@dataclass(frozen=True)
class Earnings:
    """Lines that earn; by currency, in cents, their commission and the referral credit.

    Money of different currencies is never added up: each is its programme's.
    """

    lines: int
    commission: Mapping[str, int]
    referral: Mapping[str, int]

    def __sub__(self, before: "Earnings") -> "Earnings":
        return Earnings(
            self.lines - before.lines,
            _less(self.commission, before.commission),
            _less(self.referral, before.referral),
        )

    def amounts(self) -> list[dict[str, Any]]:
        """As a statement keeps them: a row of `currency`, `commission_cents`, `referral_cents`."""
        rows = [
            {
                "currency": currency,
                "commission_cents": self.commission.get(currency, 0),
                "referral_cents": self.referral.get(currency, 0),
            }
            for currency in sorted({*self.commission, *self.referral})
        ]
        return [row for row in rows if row["commission_cents"] or row["referral_cents"]]


NOTHING = Earnings(0, {}, {})


def _less(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {one: now.get(one, 0) - before.get(one, 0) for one in {*now, *before}}


def earnings_of(publisher_id: int) -> Earnings:
    """As the books have it now; who needs it to stay so holds the books."""
    totals = DailyTotal.objects.filter(publisher_id=publisher_id, status__in=_EARNING)
    credit = ReferralCredit.objects.filter(referrer_id=publisher_id)
    lines = totals.aggregate(lines=Sum("lines"))["lines"]
    return Earnings(
        int(lines or 0),
        _by_currency(totals, "commission_cents"),
        _by_currency(credit, "credited_cents"),
    )


def _by_currency(rows: QuerySet[Any], cents: str) -> dict[str, int]:
    summed = rows.order_by().values("programme__currency").annotate(sum_cents=Sum(cents))
    return {row["programme__currency"]: int(row["sum_cents"]) for row in summed}
