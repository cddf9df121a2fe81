"""Step 6 in columns: the facts that rules ask for, and the first rule that matches."""

import polars as pl

from commissions.engine.bulk_context import KEY, TEXT, is_member, member_column
from commissions.engine.conditions import Condition, InSet, Is
from commissions.engine.frames import INSTANT, at_instant, frame, known, periods
from commissions.engine.reference import ORDINARY_STORE, Reference
from commissions.engine.rulebook import Rule

# Where a fact of the table lies in the work frame.
FACT_COLUMN = {
    "country": "country", "category": "category_id", "store": "store_id",
    "traffic_type": "traffic_type", "seller_country": "seller_country", "section": "section",
    "in_programme": "in_programme", "virtual": "virtual", "affiliate": "is_affiliate",
    "hot": "is_hot", "direct_link": "direct_link",
}  # fmt: skip
_OUTCOME_SCHEMA = {
    "id": KEY, "rule_code": TEXT, "outcome": TEXT,
    "fixed_bp": KEY, "min_bp": KEY, "max_bp": KEY,
}  # fmt: skip


def with_rule(work: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """Lines with the id, code and outcome of the first rule that matches (null: none)."""
    work = _with_facts(work, ref)
    asked = {
        (condition.fact, condition.set_code)
        for rule in _rules(ref)
        for condition in rule.conditions
        if isinstance(condition, InSet)
    }
    work = work.with_columns(
        is_member(work, ref, fact, FACT_COLUMN[fact], code) for fact, code in sorted(asked)
    )
    matched: pl.Expr = pl.lit(None, dtype=KEY)
    for index, book in enumerate(ref.calendar):
        for rule in reversed(book.rules):
            here = pl.col("book") == index
            for condition in rule.conditions:
                here = here & _expression(condition)
            matched = pl.when(here).then(pl.lit(rule.id, dtype=KEY)).otherwise(matched)
    outcomes = frame(
        (
            (rule.id, rule.code, out.kind, out.rate_bp, out.min_bp, out.max_bp)
            for rule in _rules(ref)
            for out in [rule.outcome]
        ),
        _OUTCOME_SCHEMA,
    )
    take = {name: name for name in _OUTCOME_SCHEMA if name != "id"}
    # Only lines that came so far meet the table; the others keep a null.
    work = work.with_columns(rule_id=pl.when(pl.col("refusal").is_null()).then(matched))
    return known(work, outcomes, on="rule_id", key="id", take=take)


def _rules(ref: Reference) -> list[Rule]:
    """Every rule once: in a what-if a rulebook may rule before and after the one that is tried."""
    return list({rule.id: rule for book in ref.calendar for rule in book.rules}.values())


def _expression(condition: Condition) -> pl.Expr:
    if isinstance(condition, Is):
        column = pl.col(FACT_COLUMN[condition.fact])
        if isinstance(condition.value, bool):
            return column if condition.value else ~column
        return column == condition.value
    member = pl.col(member_column(condition.fact, condition.set_code))
    return ~member if condition.negated else member


def _with_facts(work: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """The store as it was when the order was placed, the ruling, the direct link."""
    products = frame(ref.products, {"id": TEXT, "store_id": TEXT})
    rulings = frame(ref.rulings, {"id": TEXT, "ruled_at": INSTANT})
    work = known(work, products, on="product_id", key="id", take={"store_id": "store_id"})
    work = known(work, rulings, on="product_id", key="id", take={"ruled_at": "ruled_at"})
    dated = periods(
        ref.stores,
        {"store_id": TEXT, "seller_country": TEXT, "in_programme": pl.Boolean, "section": TEXT},
    )
    names = ("seller_country", "in_programme", "section")
    found = at_instant(
        work, dated, keys={"store_id": "store_id"}, at="created_at", take={n: n for n in names}
    )
    listed = found[0].is_not_null()  # a store not listed then is an ordinary one without a brand
    ordinary = (getattr(ORDINARY_STORE, name) for name in names)
    direct = (pl.col("landing") != "") & (pl.col("landing") == pl.col("product_id"))
    return work.with_columns(
        *(column.fill_null(value) for column, value in zip(found, ordinary, strict=True)),
        store_id=pl.when(listed).then(pl.col("store_id")).otherwise(pl.lit("")),
        virtual=(pl.col("ruled_at") <= pl.col("created_at")).fill_null(False),
        direct_link=direct.fill_null(False),
    )
