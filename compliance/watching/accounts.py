"""Accounts that are paid to the same details (field practice; F25 for referrals)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from compliance.detectors import shared_details
from compliance.detectors.shared_details import Holding, SharedDetails
from compliance.detectors.thresholds import Limits
from compliance.enums import Severity
from compliance.models.observation import Observation
from compliance.watching.enums import ObservationKind
from compliance.watching.evidence import signs
from publishers.payout_details import held_by_several
from referrals.models import Referral


def shared_accounts(
    at: datetime, limits_of: Callable[[datetime], Limits]
) -> list[tuple[SharedDetails, Limits]]:
    """Every account that took details which another had, by `at`, and the thresholds it met.

    limits_of: the thresholds for an account that took its details at an instant.
    """
    holdings = [Holding(*row) for row in held_by_several(at)]
    ids = {holding.publisher_id for holding in holdings}
    within = Q(referrer_id__in=ids, referred_id__in=ids)
    referrals = set(Referral.objects.filter(within).values_list("referrer_id", "referred_id"))
    limits = {holding.since: limits_of(holding.since) for holding in holdings}
    by_threshold = {one["shared_accounts"]: one for one in limits.values()}
    return [
        (shared, limits[shared.holding.since])
        for value, one in by_threshold.items()
        for shared in shared_details.judge(holdings, referrals, one)
        if limits[shared.holding.since]["shared_accounts"] == value
    ]


def as_observation(shared: SharedDetails, limits: Limits, found_at: datetime) -> Observation:
    """The observation of one of these accounts, not saved."""
    accounts: list[dict[str, Any]] = [
        {"publisher": one.code, "since": one.since.isoformat(), "masked": one.masked}
        for one in (*shared.others, shared.holding)
    ]
    return Observation(
        kind=ObservationKind.SHARED_PAYOUT_DETAILS,
        publisher_id=shared.holding.publisher_id,
        window_start=shared.holding.since,
        severity=Severity(shared.suspicion.gravity),
        found_at=found_at,
        evidence={
            "signs": signs(shared.suspicion),
            "accounts": accounts,
            "thresholds": dict(limits),
        },
    )
