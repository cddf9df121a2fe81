"""The publishers' balances as other programs read them (contracts.md)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from commissions.enums import AccountKind
from commissions.models import LedgerAccount, Programme
from publishers.models import AccountBlock, Publisher
from referrals.models import ReferralCredit

CHUNK = 5000
_CREDIT = "credit"  # beside the kinds of accounts


def exported_balances() -> Iterator[dict[str, Any]]:
    """Every publisher by code; without accounts or credit, its sums are zero.

    Where programmes pay in several currencies, a publisher has a row for each in which it has
    anything, and rows name their `currency`: amounts of two are never added up.
    """
    programmes = Programme.objects.order_by("pk").values_list("currency", flat=True)
    currencies = list(dict.fromkeys(programmes)) or [""]
    cents = _sums()
    open_blocks = AccountBlock.objects.filter(valid_to__isnull=True).order_by()
    blocked = set(open_blocks.values_list("publisher", flat=True))
    publishers = Publisher.objects.order_by("code").values_list("id", "code")
    for number, code in publishers.iterator(chunk_size=CHUNK):
        held = [one for one in currencies if (number, one) in cents]
        for currency in held or currencies[:1]:
            sums = cents.get((number, currency), {})
            yield {
                "publisher": code,
                **({"currency": currency} if len(currencies) > 1 else {}),
                "waiting_cents": sums.get(AccountKind.WAITING, 0) + sums.get(AccountKind.HOLD, 0),
                "available_cents": sums.get(AccountKind.AVAILABLE, 0),
                "referral_cents": sums.get(_CREDIT, 0),
                "blocked": number in blocked,
            }


def _sums() -> dict[tuple[int, str], dict[str, int]]:
    """Cents by publisher and currency, of each kind of account, and of referral credit."""
    accounts = LedgerAccount.objects.filter(publisher__isnull=False).order_by()
    held = accounts.values_list("publisher", "programme__currency", "kind")
    credit = ReferralCredit.objects.order_by().values_list("referrer", "programme__currency")
    found: dict[tuple[int, str], dict[str, int]] = {}
    for publisher, currency, kind, cents in held.annotate(cents=Sum("balance_cents")):
        found.setdefault((publisher, currency), {})[kind] = int(cents)
    for publisher, currency, cents in credit.annotate(cents=Sum("credited_cents")):
        found.setdefault((publisher, currency), {})[_CREDIT] = int(cents)
    return found
