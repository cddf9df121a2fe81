"""What an account has earned that was not paid out: what a decision takes, and gives back."""

from dataclasses import dataclass

from django.db.models import Sum

from commissions.enums import LineStatus
from commissions.models import DailyTotal
from referrals.models import ReferralCredit

_EARNING = (LineStatus.WAITING, LineStatus.HOLD, LineStatus.CONFIRMED)


@dataclass(frozen=True)
class Earnings:
    """Lines that earn, their commission and the referral credit, in cents."""

    lines: int
    commission_cents: int
    referral_cents: int

    def __sub__(self, before: "Earnings") -> "Earnings":
        return Earnings(
            self.lines - before.lines,
            self.commission_cents - before.commission_cents,
            self.referral_cents - before.referral_cents,
        )


NOTHING = Earnings(0, 0, 0)


def earnings_of(publisher_id: int) -> Earnings:
    """As the books have it now; who needs it to stay so holds the books."""
    lines = DailyTotal.objects.filter(publisher_id=publisher_id, status__in=_EARNING).aggregate(
        lines=Sum("lines"), cents=Sum("commission_cents")
    )
    credit = ReferralCredit.objects.filter(referrer_id=publisher_id)
    credited = credit.aggregate(cents=Sum("credited_cents"))["cents"]
    return Earnings(int(lines["lines"] or 0), int(lines["cents"] or 0), int(credited or 0))
