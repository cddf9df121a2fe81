"""What the demo's summary tells, asked of the books."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from commissions import statistics
from commissions.enums import Cause, LineStatus, ParkedState, Reason
from commissions.models import OrderLine, ParkedRow, Programme, Transfer
from commissions.rulebooks.editions import versions_in_force
from compliance.enums import CaseStatus, CaseStep
from compliance.models import Case
from referrals.models import ReferralCredit


@dataclass(frozen=True)
class Moved:
    """Cents that a block took, or its undoing gave back.

    own_cents: the account's own, its referral credit included; referrer_cents: what its referrer
    lost or got with it.
    """

    own_cents: int
    referrer_cents: int


@dataclass(frozen=True)
class Totals:
    """Lines, sales and commission under one name."""

    name: str
    lines: int
    sales_cents: int
    commission_cents: int


def amount(cents: int) -> str:
    """Cents as units with two decimals, thousands apart."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def day_of(at: datetime) -> str:
    """The day of an instant on the clock of the (only) programme, as in the back office."""
    zone = Programme.objects.values_list("time_zone", flat=True)[0]
    return f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y}"


def earned_so_far() -> tuple[int, int]:
    """Commission as the books stand, confirmed or not yet, and referral credit; cents."""
    commission = sum(row["commission_cents_sum"] for row in statistics.by_status_of_network())
    credit = ReferralCredit.objects.aggregate(cents=Sum("credited_cents"))["cents"]
    return int(commission), int(credit or 0)


def moved_by_block(case: Case) -> Moved:
    """What the block of the case's account took."""
    return _moved(case, Cause.BLOCK, case.decided_at or case.found_at)


def moved_by_reinstatement(case: Case) -> Moved:
    """What the undoing of the block gave back."""
    return _moved(case, Cause.REINSTATEMENT, case.overturned_at or case.found_at)


def _moved(case: Case, cause: str, at: datetime) -> Moved:
    """Lines name their case; referral credit was moved at the same instant."""
    lines = _cents(Transfer.objects.filter(cause=cause, cause_id=case.pk))
    credit = Transfer.objects.filter(cause=Cause.REFERRAL, event_at=at)
    owner = Q(debit__publisher=case.publisher) | Q(credit__publisher=case.publisher)
    return Moved(lines + _cents(credit.filter(owner)), _cents(credit.exclude(owner)))


def _cents(transfers: QuerySet[Transfer]) -> int:
    return int(transfers.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def by_status() -> list[Totals]:
    """All lines by what has become of them."""
    found = {row["status"]: row for row in statistics.by_status_of_network()}
    return [
        _totals(str(status.label).capitalize(), found[status])
        for status in LineStatus
        if status in found
    ]


def by_rulebook() -> list[Totals]:
    """The lines that a rulebook decided, by rulebook, then those of nobody."""
    rulebooks = versions_in_force()
    totals = []
    summed = OrderLine.objects.values("rulebook").annotate(
        lines_sum=Count("id"),
        base_cents_sum=Sum("base_cents"),
        commission_cents_sum=Sum("commission_cents"),
    )
    for row in summed.order_by(F("rulebook__starts_at").asc(nulls_last=True)):
        rulebook = rulebooks.get(row["rulebook"])
        name = f"{rulebook.version}  {rulebook.title_en}" if rulebook else "-  no source of ours"
        totals.append(_totals(name, row))
    return totals


def _totals(name: str, row: Mapping[str, Any]) -> Totals:
    return Totals(
        name, int(row["lines_sum"]), int(row["base_cents_sum"]), int(row["commission_cents_sum"])
    )


def grand_total(parts: Iterable[Totals]) -> Totals:
    """All of them together."""
    every = list(parts)
    return Totals(
        "Together",
        sum(part.lines for part in every),
        sum(part.sales_cents for part in every),
        sum(part.commission_cents for part in every),
    )


def by_reason() -> list[tuple[str, int]]:
    """Why lines earn nothing, the most frequent first."""
    labels = dict(Reason.choices)
    counts: dict[str, int] = {}
    for reason in OrderLine.objects.exclude(reason="").values_list("reason", flat=True):
        counts[reason] = counts.get(reason, 0) + 1
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(str(labels[reason]), count) for reason, count in ranked]


def referral_credits() -> list[tuple[str, int, int]]:
    """(referrer, those it brought, cents credited), the highest first."""
    credited: dict[str, list[int]] = {}
    for credit in ReferralCredit.objects.select_related("referrer"):
        credited.setdefault(credit.referrer.name, []).append(credit.credited_cents)
    rows = [(name, len(cents), sum(cents)) for name, cents in credited.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def words_of_appeal(case: Case) -> str:
    """What the publisher said against the decision."""
    return str(case.events.get(step=CaseStep.APPEALED).text)


def blocked_cases() -> QuerySet[Case]:
    """Cases whose account is blocked, or was: in the order of their decision."""
    cases = Case.objects.filter(decision=CaseStatus.BLOCKED).select_related("publisher")
    return cases.select_related("publisher__referral__referrer").order_by("decided_at")


def parked_rows() -> list[ParkedRow]:
    """Rows that wait for a person."""
    waiting = ParkedRow.objects.filter(state=ParkedState.PARKED)
    return list(waiting.select_related("feed_import").order_by("pk"))


def telling_lines() -> list[tuple[str, OrderLine]]:
    """Lines whose amount is worth asking about, each with what it shows."""
    earning = OrderLine.objects.filter(status=LineStatus.CONFIRMED)
    orders = earning.filter(commission_cents__lt=F("rated_cents"))
    wanted = (
        ("a hot sale, and the cap", orders.filter(rule__code="hot_sale")),
        ("an order over the cap", orders.exclude(rule__code="hot_sale")),
        ("the seller's own rate", earning.filter(rule__code="eleven_seller_rate")),
        ("a store on the brand list", earning.filter(rule__code="brand_store")),
        ("the click was too old", OrderLine.objects.filter(reason=Reason.COOKIE_EXPIRED)),
    )
    found = [(what, lines.order_by("-rated_cents", "pk").first()) for what, lines in wanted]
    return [(what, line) for what, line in found if line is not None]


def first_and_last_day() -> tuple[str, str]:
    """The days on which the first and the last line known were placed."""
    found = OrderLine.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    return day_of(found["first"]), day_of(found["last"])


def what_verify_books_says() -> list[str]:
    """The lines of `verify_books`: every invariant, and whether the books agree."""
    out = StringIO()
    # Where something is wrong it ends with an exit status; its last line says how much.
    with suppress(SystemExit):
        call_command("verify_books", stdout=out, stderr=out)
    return out.getvalue().splitlines()
