"""One person must not earn through several accounts: their payout details are the same."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.detectors.suspicion import Gravity, Sign, Suspicion
from compliance.detectors.thresholds import Limits


def _(sentence: str) -> str:
    """Marks a sentence for translation; who shows it translates."""
    return sentence


SHARED = _(
    "The payout details %(masked)s stand in several accounts: %(codes)s (accounts in all: "
    "%(accounts)s; told of from %(threshold)s on)."
)
REFERRED = _(
    "One of these accounts brought another in: %(pairs)s. A referral credit would go to the "
    "same hands."
)


@dataclass(frozen=True)
class Holding:
    """An account began to be paid to these details; `details` tells equal ones, and says nothing.

    masked: the details as they may be shown.
    """

    publisher_id: int
    code: str
    details: str
    masked: str
    since: datetime


@dataclass(frozen=True)
class SharedDetails:
    """An account that took details which others had, and since when."""

    holding: Holding
    others: Sequence[Holding]
    suspicion: Suspicion


def judge(
    holdings: Collection[Holding], referrals: Collection[tuple[int, int]], limits: Limits
) -> list[SharedDetails]:
    """Every account that took details which another had taken before, whether it still has them.

    referrals: (referrer, referred) by publisher. An account is told of once for each details: when
    it took them first. Of two that took them at one instant, the one registered later.
    """
    holders: dict[str, dict[int, Holding]] = defaultdict(dict)
    for holding in sorted(holdings, key=lambda one: (one.since, one.publisher_id)):
        holders[holding.details].setdefault(holding.publisher_id, holding)
    found = []
    for by_publisher in holders.values():
        group = list(by_publisher.values())
        for place, holding in enumerate(group):
            before = group[:place]
            if before and place + 1 >= limits["shared_accounts"]:
                suspicion = _suspicion(holding, before, referrals, limits["shared_accounts"])
                found.append(SharedDetails(holding, before, suspicion))
    return found


def _suspicion(
    holding: Holding,
    others: Sequence[Holding],
    referrals: Collection[tuple[int, int]],
    threshold: int,
) -> Suspicion:
    count = len(others) + 1
    codes = [one.code for one in (*others, holding)]
    figures: dict[str, int | str] = {
        "masked": holding.masked, "codes": ", ".join(codes), "accounts": count,
        "threshold": threshold,
    }  # fmt: skip
    signs = [Sign("shared", count, "shared_accounts", threshold, count, threshold, SHARED, figures)]
    pairs = [
        f"{one.code} > {two.code}"
        for one in (*others, holding)
        for two in (*others, holding)
        if (one.publisher_id, two.publisher_id) in referrals
    ]
    if pairs:
        signs.append(
            Sign("referrer", len(pairs), "shared_accounts", threshold, count, threshold, REFERRED,
                 {"pairs": ", ".join(pairs)})
        )  # fmt: skip
    return Suspicion(Gravity.HIGH if pairs else Gravity.MEDIUM, tuple(signs))
