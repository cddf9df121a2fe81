"""What each referrer is owed for whom (F25)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from commissions.models import Programme
from commissions.queries import confirmed_by_rate
from commissions.rulebooks.calendar import in_force
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


def referral_link(code: str) -> str:
    """The address by which whoever comes is brought by the publisher with this code."""
    return f"{settings.PERMILLE_SITE_URL}{reverse('join', args=[code])}"


def brought_by(publisher_id: int) -> QuerySet[Referral]:
    """Whom a publisher brought, the latest first."""
    referrals = Referral.objects.filter(referrer_id=publisher_id).select_related("referred")
    return referrals.order_by("-referred__registered_at", "-referred_id")


@dataclass(frozen=True)
class Credited:
    """Credit in one currency, in cents: posted so far, and what the next reckoning adds to it."""

    currency: str
    posted_cents: int
    coming_cents: int


@dataclass(frozen=True)
class Credit:
    """A referrer's credit: by whom it brought, and in all; by currency each."""

    by_referred: Mapping[int, Sequence[Credited]]
    in_all: Sequence[Credited]

    def of(self, referred_id: int) -> Sequence[Credited]:
        """What one of those brought has brought so far."""
        return self.by_referred.get(referred_id, ())


def credit_of(publisher_id: int) -> Credit:
    """What a referrer was credited, and what of confirmed commission is still to be posted.

    Below zero is to come where confirmed commission was taken back.
    """
    currencies = dict(Programme.objects.values_list("id", "currency"))
    posted: Counter[tuple[int, str]] = Counter()
    coming: Counter[tuple[int, str]] = Counter()
    rows = ReferralCredit.objects.filter(referrer_id=publisher_id)
    for referred, programme, cents in rows.values_list("referred", "programme", "credited_cents"):
        posted[referred, currencies[programme]] += cents
    for due in credits_due([publisher_id]):
        if due.referrer_id == publisher_id:
            more = due.owed_cents - due.credited_cents
            coming[due.referred_id, currencies[due.programme_id]] += more
    of_each: dict[int, list[Credited]] = defaultdict(list)
    for referred, currency in sorted({*posted, *coming}):
        key = (referred, currency)
        of_each[referred].append(Credited(currency, posted[key], coming[key]))
    return Credit(of_each, _in_all(of_each.values(), currencies.values()))


def _in_all(rows: Iterable[Sequence[Credited]], currencies: Iterable[str]) -> list[Credited]:
    """The sums by currency; of every programme's, nothing among them."""
    sums = {currency: [0, 0] for currency in sorted(set(currencies))}
    for row in rows:
        for one in row:
            sums[one.currency][0] += one.posted_cents
            sums[one.currency][1] += one.coming_cents
    return [Credited(currency, *cents) for currency, cents in sums.items()]


def referral_rates(at: datetime) -> list[tuple[str, int]]:
    """(programme, share of income in hundredths of a percent) of every programme with rules."""
    programmes = Programme.objects.order_by("name", "code")
    rules = [(programme.name, in_force(programme, at)) for programme in programmes]
    return [(name, book.referral_bp) for name, book in rules if book is not None]
