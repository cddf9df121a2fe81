"""Post transfers: the writer of the ledger and its balances.

The reversals of a block alone are written elsewhere, with its lines (`pipeline.account_block`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import connection

from commissions.enums import Cause
from commissions.ledger.keys import Subject, posting_keys
from commissions.models import Programme
from commissions.pipeline.columns import was
from commissions.pipeline.copying import INSTANT, write_frame

# The account that holds a line's commission, by its status. Other statuses hold nothing.
ACCOUNT_OF_STATUS = {"waiting": "waiting", "hold": "hold", "confirmed": "available"}
MERCHANT, REFERRAL = "merchant", "referral"


@dataclass(frozen=True)
class Posting:
    """Why transfers are made: the clock of the operation, its cause and that one's number."""

    at: datetime
    cause: str
    cause_id: int | None = None


@dataclass(frozen=True)
class Draft:
    """Transfers whose accounts are named and not yet looked up.

    accounts: publisher id (None: the network's own) and kind; transfers: id (posting key), debit
    and credit (places in `accounts`), amount_cents, event_at.
    """

    accounts: Sequence[tuple[int | None, str]]
    transfers: pl.DataFrame


def draft_lines(lines: pl.DataFrame, posting: Posting) -> tuple[pl.DataFrame, Draft]:
    """The differences of lines between what was stored and what was decided; asks no database.

    lines: id, revision, publisher_id, status, commission_cents and their `was_...`, the feed's
    status and times.
    Returns the lines with their revision counted on where transfers are made, and the transfers.
    """
    wanted = _wanted(lines)
    accounts = [(None, MERCHANT), *wanted.iter_rows()]
    places = wanted.with_columns(account=pl.int_range(1, len(accounts), eager=True))
    money = _with_accounts(lines.with_columns(_event_at(posting)), places)
    moved = money.filter(_moves()).with_columns(revision=pl.col("revision") + 1)
    draft = Draft(accounts, _transfers(moved, merchant=0))
    if moved.is_empty():
        return lines, draft
    counted = moved.select("id", posted=pl.col("revision"))
    lines = lines.join(counted, on="id", how="left", maintain_order="left").with_columns(
        revision=pl.coalesce("posted", "revision")
    )
    return lines.drop("posted"), draft


def post_draft(programme: Programme, draft: Draft, posting: Posting) -> int:
    """Post the transfers of a draft, whose accounts are opened where they are new.

    Returns how many they are. The same posting that they were drafted for.
    """
    if draft.transfers.is_empty():
        return 0
    opened = open_accounts(programme, draft.accounts)
    number = {(owner, kind): account for owner, kind, account in opened.iter_rows()}
    numbers = pl.Series([number[pair] for pair in draft.accounts], dtype=pl.Int64)
    transfers = draft.transfers.select(
        "id",
        debit_id=numbers.gather(draft.transfers["debit"]),
        credit_id=numbers.gather(draft.transfers["credit"]),
        amount_cents="amount_cents",
        event_at="event_at",
    )
    write_transfers(transfers, posting)
    return transfers.height


def write_transfers(transfers: pl.DataFrame, posting: Posting) -> None:
    """Append transfers and bring the balances beside them up to date.

    transfers: id (posting key), debit_id, credit_id, amount_cents, event_at.
    """
    write_frame(
        "commissions_transfer",
        transfers.with_columns(
            cause=pl.lit(str(posting.cause)), cause_id=pl.lit(posting.cause_id, dtype=pl.Int64)
        ),
    )
    amount = pl.col("amount_cents")
    moves = pl.concat(
        [
            transfers.select(account=pl.col("credit_id"), cents=amount),
            transfers.select(account=pl.col("debit_id"), cents=-amount),
        ]
    )
    move_balances(moves)


def move_balances(moves: pl.DataFrame) -> None:
    """Add to balances what transfers written in this transaction have moved.

    moves: account, cents (below 0: taken from it); an account may come many times.
    """
    deltas = moves.group_by("account").agg(pl.col("cents").sum()).sort("account")
    with connection.cursor() as cursor:
        ids, cents = deltas["account"].to_list(), deltas["cents"].to_list()
        # Balances are always locked in the order of their ids, so that no two wait in a circle.
        cursor.execute(
            "SELECT id FROM commissions_ledgeraccount WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [ids],
        )
        cursor.execute(
            "UPDATE commissions_ledgeraccount a SET balance_cents = a.balance_cents + d.cents "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, cents) WHERE a.id = d.id",
            [ids, cents],
        )


def _event_at(posting: Posting) -> pl.Expr:
    """When transfers happened: as the merchant says for what the feed brought, else now."""
    now = pl.lit(posting.at).cast(INSTANT)
    if posting.cause != Cause.IMPORT:
        return now.alias("event_at")
    paid = pl.coalesce("paid_at", "created_at")
    finished = pl.coalesce("finished_at", paid)
    said = (
        pl.when(pl.col("feed_status") == 1)
        .then(paid)
        .when(pl.col("feed_status") == 2)
        .then(finished)
        .otherwise(pl.coalesce("settled_at", finished))
    )
    return pl.min_horizontal(said, now).alias("event_at")


def open_accounts(programme: Programme, wanted: Sequence[tuple[int | None, str]]) -> pl.DataFrame:
    """The accounts of (publisher id or None, kind), opened where they did not exist yet.

    Returns columns publisher_id, kind, account.
    """
    known = _known_accounts(programme, wanted)
    there = set(known.select("publisher_id", "kind").iter_rows())
    missing = [pair for pair in wanted if pair not in there]
    if not missing:
        return known
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commissions_ledgeraccount"
            " (programme_id, publisher_id, kind, balance_cents)"
            " SELECT %s, w.publisher_id, w.kind, 0 FROM unnest(%s::bigint[], %s::text[])"
            " AS w (publisher_id, kind) ON CONFLICT DO NOTHING",
            [programme.pk, [pair[0] for pair in missing], [pair[1] for pair in missing]],
        )
    return _known_accounts(programme, wanted)


def _known_accounts(programme: Programme, wanted: Sequence[tuple[int | None, str]]) -> pl.DataFrame:
    """The accounts of the wanted publishers, and the network's own."""
    publishers = list({publisher for publisher, _kind in wanted if publisher is not None})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT publisher_id, kind, id FROM commissions_ledgeraccount WHERE programme_id = %s"
            " AND (publisher_id IS NULL OR publisher_id = ANY(%s))",
            [programme.pk, publishers],
        )
        rows = cursor.fetchall()
    schema = {"publisher_id": pl.Int64, "kind": pl.String, "account": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _kind(status: str, cents: str) -> pl.Expr:
    """The kind of account that holds a line's cents; null where it holds none."""
    kind = pl.col(status).replace_strict(ACCOUNT_OF_STATUS, default=None, return_dtype=pl.String)
    return pl.when(pl.col(cents).fill_null(0) != 0).then(kind)


def _wanted(lines: pl.DataFrame) -> pl.DataFrame:
    """publisher_id and kind of every account that holds a line's cents, or held them."""
    now = lines.select(publisher_id="publisher_id", kind=_kind("status", "commission_cents"))
    before = lines.select(
        publisher_id=was("publisher_id"), kind=_kind(was("status"), was("commission_cents"))
    )
    return pl.concat([now, before]).drop_nulls("kind").unique().sort("publisher_id", "kind")


def _with_accounts(lines: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """old_account, old_cents, new_account, new_cents of every line; no account means 0 cents."""
    work = lines.select(
        "id", "revision", "publisher_id", was("publisher_id"), "event_at",
        new_kind=_kind("status", "commission_cents"),
        new_cents=pl.col("commission_cents"),
        old_kind=_kind(was("status"), was("commission_cents")),
        old_cents=pl.col(was("commission_cents")).fill_null(0),
    )  # fmt: skip
    keys = ["publisher_id", "kind"]
    for prefix, publisher in (("new", "publisher_id"), ("old", was("publisher_id"))):
        work = work.join(
            accounts.rename({"account": f"{prefix}_account"}),
            left_on=[publisher, f"{prefix}_kind"], right_on=keys, how="left",
            maintain_order="left",
        )  # fmt: skip
    return work


def _moves() -> pl.Expr:
    return pl.col("old_cents").ne_missing(pl.col("new_cents")) | pl.col("old_account").ne_missing(
        pl.col("new_account")
    )


def _transfers(moved: pl.DataFrame, merchant: int) -> pl.DataFrame:
    """One or two transfers a line. merchant: the place of its account.

    Leg 0 moves what stays the publisher's from one of its accounts to another; leg 1 brings what
    is more from the merchant's account, or takes what is less back to it. Where the line changed
    hands, leg 0 takes the old publisher's amount back and leg 1 gives the new one its own.
    """
    old, new = pl.col("old_cents"), pl.col("new_cents")
    kept = (old > 0) & (new > 0) & (pl.col("publisher_id") == pl.col(was("publisher_id")))
    elsewhere = pl.col("old_account") != pl.col("new_account")
    rest = new - pl.when(kept).then(old).otherwise(0)
    network = pl.lit(merchant, dtype=pl.Int64)
    old_account, new_account = pl.col("old_account"), pl.col("new_account")
    return pl.concat(
        [
            _leg(0, moved.filter(kept & elsewhere), old_account, new_account,
                 pl.min_horizontal(old, new)),
            _leg(0, moved.filter((old > 0) & ~kept), old_account, network, old),
            _leg(1, moved.filter(rest > 0), network, new_account, rest),
            # What is less is taken from where the cents lay before: leg 0 left them there.
            _leg(1, moved.filter(kept & (rest < 0)), old_account, network, -rest),
        ]
    )  # fmt: skip


def _leg(
    leg: int, lines: pl.DataFrame, debit: pl.Expr, credit: pl.Expr, cents: pl.Expr
) -> pl.DataFrame:
    """The transfers of one leg."""
    return lines.select(
        posting_keys(Subject.LINE, "id", "revision", leg).alias("id"),
        debit.alias("debit"), credit.alias("credit"), cents.alias("amount_cents"),
        "event_at",
    )  # fmt: skip
