"""What each referrer is owed for whom (F25)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from commissions.queries import confirmed_by_rate
from publishers import queries as publishers
from referrals.models import Referral, ReferralCredit

BP = 10_000


@dataclass(frozen=True)
class Due:
    """One referral in one programme: credited so far and owed now, in cents."""

    programme_id: int
    referred_id: int
    referrer_id: int
    credited_cents: int
    owed_cents: int


def owed(rates: dict[int, int]) -> int:
    """What confirmed commission brings its referrer.

    rates: cents confirmed by referral rate in hundredths of a percent; each rate's total is cut
    down to the cent once, so nothing is lost to rounding line by line.
    """
    return sum(cents * rate_bp // BP for rate_bp, cents in rates.items())


def credits_due(publisher_ids: Collection[int] | None = None) -> list[Due]:
    """Referrals whose credit differs from what is owed as the books stand.

    publisher_ids: look only at referrals that these publishers take part in, on either side.
    A blocked referrer is owed nothing while blocked.
    """
    referrals = Referral.objects.all()
    if publisher_ids is not None:
        wanted = list(publisher_ids)
        referrals = referrals.filter(Q(referred_id__in=wanted) | Q(referrer_id__in=wanted))
    referrer_of = dict(referrals.values_list("referred_id", "referrer_id"))
    blocked = publishers.blocked_ids(list(set(referrer_of.values())))
    confirmed: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for row in confirmed_by_rate(None if publisher_ids is None else list(referrer_of)):
        if row.publisher_id in referrer_of:
            confirmed[row.programme_id, row.publisher_id][row.referral_bp] = row.cents
    credited = {
        (credit.programme_id, credit.referred_id): credit.credited_cents
        for credit in ReferralCredit.objects.filter(referred_id__in=list(referrer_of))
    }
    dues = []
    for programme_id, referred_id in sorted({*confirmed, *credited}):
        referrer_id = referrer_of[referred_id]
        target = 0 if referrer_id in blocked else owed(confirmed[programme_id, referred_id])
        due = Due(
            programme_id, referred_id, referrer_id,
            credited.get((programme_id, referred_id), 0), target,
        )  # fmt: skip
        if due.owed_cents != due.credited_cents:
            dues.append(due)
    return dues
