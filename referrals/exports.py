"""The publishers' balances as other programs read them (contracts.md)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from commissions.enums import AccountKind
from commissions.models import LedgerAccount
from publishers.models import AccountBlock, Publisher
from referrals.models import ReferralCredit

CHUNK = 5000


def exported_balances() -> Iterator[dict[str, Any]]:
    """Every publisher by code; without accounts or credit, its sums are zero."""
    accounts = LedgerAccount.objects.filter(publisher__isnull=False).order_by()
    sums = accounts.values_list("publisher", "kind").annotate(cents=Sum("balance_cents"))
    cents = {(publisher, kind): amount for publisher, kind, amount in sums}
    credits_given = ReferralCredit.objects.order_by().values_list("referrer")
    credit = dict(credits_given.annotate(cents=Sum("credited_cents")))
    open_blocks = AccountBlock.objects.filter(valid_to__isnull=True).order_by()
    blocked = set(open_blocks.values_list("publisher", flat=True))
    publishers = Publisher.objects.order_by("code").values_list("id", "code")
    for number, code in publishers.iterator(chunk_size=CHUNK):
        waiting = cents.get((number, AccountKind.WAITING), 0)
        yield {
            "publisher": code,
            "waiting_cents": int(waiting + cents.get((number, AccountKind.HOLD), 0)),
            "available_cents": int(cents.get((number, AccountKind.AVAILABLE), 0)),
            "referral_cents": int(credit.get(number, 0)),
            "blocked": number in blocked,
        }
