"""The engine reads a rulebook line by line and in bulk: both must say the same, to the cent."""

from dataclasses import asdict, replace
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commissions.engine.bulk import DECISION_COLUMNS, settle_frame
from commissions.engine.facts import LineFacts
from commissions.engine.frames import RowsOfFrame, frame
from commissions.engine.order import settle_orders
from commissions.engine.reference import ClickRow, Reference, SourceRow, StoreRow
from commissions.pipeline import reference as reading
from commissions.pipeline.columns import FEED
from tests.commissions.engine.random_books import line, reference

SEEDS = st.integers(min_value=0, max_value=2**32)


def as_frame(lines: list[LineFacts]) -> pl.DataFrame:
    names = LineFacts.__dataclass_fields__
    return pl.DataFrame([asdict(one) for one in lines], schema={name: FEED[name] for name in names})


def by_line(lines: list[LineFacts], ref: Reference) -> list[tuple]:
    settled = settle_orders(lines, ref)
    rows = []
    for one in lines:
        found = settled[one.sub_order_id]
        made = found.decision
        rows.append(
            (made.source_id, made.publisher_id, made.click_id, made.rulebook_id, made.rule_id,
             found.status, found.reason, made.rate_bp, made.base_cents, made.rated_cents,
             found.commission_cents)
        )  # fmt: skip
    return rows


def in_columns(ref: Reference) -> Reference:
    """The same reference as the database gives it."""
    kept = {
        "sources": (SourceRow._make, reading._SOURCES),
        "clicks": (ClickRow._make, reading._CLICKS),
        "products": (tuple, reading._PRODUCTS),
        "stores": (StoreRow._make, reading._STORES),
        "rulings": (tuple, reading._RULINGS),
    }
    return replace(
        ref,
        **{
            name: RowsOfFrame(make, frame(getattr(ref, name), schema))
            for name, (make, schema) in kept.items()
        },
    )


def check(seed: int, count: int) -> set[str]:
    rng = Random(seed)
    ref = reference(rng)
    lines = [line(rng, number) for number in range(1, count + 1)]
    bulk = settle_frame(as_frame(lines), ref).select(DECISION_COLUMNS).rows()
    one_by_one = by_line(lines, ref)
    assert settle_frame(as_frame(lines), in_columns(ref)).select(DECISION_COLUMNS).rows() == bulk
    assert by_line(lines, in_columns(ref)) == one_by_one
    for facts, fast, judge in zip(lines, bulk, one_by_one, strict=True):
        assert dict(zip(DECISION_COLUMNS, fast, strict=True)) == dict(
            zip(DECISION_COLUMNS, judge, strict=True)
        ), facts
    return {row[5] for row in one_by_one} | {row[6] for row in one_by_one}


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_both_readers_agree_on_random_lines_under_random_rulebooks(seed: int) -> None:
    check(seed, 200)


@pytest.mark.deep
@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_both_readers_agree_on_a_hundred_thousand_lines(seed: int) -> None:
    check(seed, 500)


def test_the_random_lines_reach_every_status_and_reason() -> None:
    seen: set[str] = set()
    for seed in range(40):
        seen |= check(seed, 100)
    statuses = {"waiting", "hold", "confirmed", "rejected", "untracked", "unattributed", "held"}
    reasons = {
        "unknown_source", "no_rulebook", "no_rule", "rate_missing", "rate_out_of_range",
        "dispute_open", "cancelled_by_merchant", "refunded", "antispam", "invalid",
        "assistant_plugin", "source_not_approved", "forbidden_traffic", "click_after_order",
        "cookie_expired", "account_blocked",
    }  # fmt: skip
    assert statuses | reasons <= seen, (statuses | reasons) - seen
