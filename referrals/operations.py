"""Credit referrers with their share of what those they brought in have earned (F25)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

import polars as pl
from django.db import transaction

from commissions.enums import Cause
from commissions.ledger.keys import Subject, posting_key
from commissions.ledger.posting import REFERRAL, Posting, open_accounts, write_transfers
from commissions.models import Programme
from commissions.pipeline.copying import INSTANT
from commissions.pipeline.locks import lock_all_books
from referrals.models import ReferralCredit
from referrals.queries import Due, credits_due


@transaction.atomic
def credit_referrals(*, at: datetime, publisher_ids: Collection[int] | None = None) -> int:
    """Post what is missing to each referrer's credit, up or down; returns cents moved.

    publisher_ids: only referrals that these take part in; None: all. The network pays: the
    referred publisher loses nothing.
    """
    lock_all_books()
    programmes = {programme.pk: programme for programme in Programme.objects.all()}
    dues = credits_due(publisher_ids)
    for programme_id, group in groupby(dues, key=lambda due: due.programme_id):
        _post(programmes[programme_id], list(group), Posting(at, Cause.REFERRAL))
    return sum(abs(due.owed_cents - due.credited_cents) for due in dues)


def _post(programme: Programme, dues: Sequence[Due], posting: Posting) -> None:
    opened = _credits(programme, dues)
    wanted = [(due.referrer_id, "available") for due in dues]
    accounts = open_accounts(programme, [(None, REFERRAL), *wanted])
    account_of = {(owner, kind): account for owner, kind, account in accounts.iter_rows()}
    cost = account_of[None, REFERRAL]
    rows = []
    for due in dues:
        credit = opened[due.referred_id]
        credit.revision += 1
        credit.credited_cents = due.owed_cents
        more = due.owed_cents - due.credited_cents
        available = account_of[due.referrer_id, "available"]
        debit, to = (cost, available) if more > 0 else (available, cost)
        key = posting_key(Subject.REFERRAL_CREDIT, credit.pk, credit.revision, 0)
        rows.append((key, debit, to, abs(more)))
    names = ("id", "debit_id", "credit_id", "amount_cents")
    transfers = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")
    event_at = pl.lit(posting.at).cast(INSTANT)
    write_transfers(transfers.with_columns(event_at=event_at), posting)
    ReferralCredit.objects.bulk_update(
        opened.values(), ["credited_cents", "revision"], batch_size=2_000
    )


def _credits(programme: Programme, dues: Sequence[Due]) -> dict[int, ReferralCredit]:
    """The rows to count on, by referred publisher; opened where there was none."""
    ReferralCredit.objects.bulk_create(
        (
            ReferralCredit(
                programme=programme, referred_id=due.referred_id, referrer_id=due.referrer_id
            )
            for due in dues
        ),
        ignore_conflicts=True,
    )
    found = ReferralCredit.objects.filter(
        programme=programme, referred_id__in=[due.referred_id for due in dues]
    )
    return {credit.referred_id: credit for credit in found}
