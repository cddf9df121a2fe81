"""Take what a blocked account has earned, set by set, without deciding its lines again.

The block is the last step of a decision and touches nobody else's line (the cap is computed before
it), so over decided lines it is a status, a reason and a reversal. Its undoing needs what the
facts say by then, and is a re-rating.
"""

import polars as pl
from django.db import connection

from commissions.enums import LineStatus, Reason
from commissions.ledger.posting import Posting, move_balances
from commissions.models import Programme
from commissions.pipeline.booking import Booked
from commissions.pipeline.locks import lock_all_books
from commissions.pipeline.totals import add_to_totals, deltas_of
from commissions.sql import sql
from publishers.models import AccountBlock

_TAKEN = {
    "programme_id": pl.Int64, "debit_id": pl.Int64, "credit_id": pl.Int64, "status": pl.String,
    "day": pl.Date, "rulebook_id": pl.Int64, "lines": pl.Int64, "transfers": pl.Int64,
    "base_cents": pl.Int64, "commission_cents": pl.Int64,
}  # fmt: skip


def reject_earning_lines(block: AccountBlock, *, posting: Posting) -> Booked:
    """Reject every earning line of an account whose block was opened in the current transaction.

    Lines on which other facts wait are rejected as they are stored, and those facts wait on; only
    what the block itself left for the re-rating is done with.
    """
    lock_all_books()
    taken = _take(block.publisher_id, posting)
    _balance(taken)
    for (programme_id,), part in taken.group_by("programme_id", maintain_order=True):
        deltas = deltas_of(_totals(block.publisher_id, part))
        add_to_totals(Programme.objects.get(pk=programme_id), deltas)
    _forget_touch(block)
    return Booked(0, int(taken["lines"].sum()), int(taken["transfers"].sum()))


def _take(publisher_id: int, posting: Posting) -> pl.DataFrame:
    """Write lines and transfers; what was taken by account, status, day and rulebook."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql("block_account"),
            {
                "publisher": publisher_id, "reason": Reason.ACCOUNT_BLOCKED,
                "cause": posting.cause, "cause_id": posting.cause_id, "event_at": posting.at,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    return pl.DataFrame(rows, schema=_TAKEN, orient="row").sort("programme_id")


def _balance(taken: pl.DataFrame) -> None:
    cents = pl.col("commission_cents")
    moved = taken.filter(cents > 0)
    move_balances(
        pl.concat(
            [
                moved.select(account="debit_id", cents=-cents),
                moved.select(account="credit_id", cents=cents),
            ]
        )
    )


def _totals(publisher_id: int, taken: pl.DataFrame) -> pl.DataFrame:
    """What leaves the totals of the old statuses, and comes to those of rejected lines."""
    owner = pl.lit(publisher_id, dtype=pl.Int64).alias("publisher_id")
    key = [owner, "day", "status", "rulebook_id"]
    figures = ["lines", "base_cents", "commission_cents"]
    came = taken.with_columns(
        status=pl.lit(str(LineStatus.REJECTED)), commission_cents=pl.lit(0, dtype=pl.Int64)
    )
    return pl.concat([taken.select(*key, -pl.col(figures)), came.select(*key, *figures)])


def _forget_touch(block: AccountBlock) -> None:
    """Drop the touch that opening the block left: the one that its own statement wrote.

    Known by the number of the (sub)transaction that both rows carry: any other touch of the
    publisher, of an agreement that was mended meanwhile, waits for the re-rating.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM commissions_touch t USING publishers_accountblock b"
            " WHERE b.id = %s AND t.scope = 'publisher' AND t.value = b.publisher_id::text"
            " AND t.xmin = b.xmin",
            [block.pk],
        )
