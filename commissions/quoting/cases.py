"""The engine asked about a sale that has not happened, for every way in which it may be.

A fact that nothing says is taken each way in turn. What the answers have in common is certain; of
the rest it can be said what it depends on.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from math import prod
from typing import Any, NamedTuple

from commissions.engine.conditions import InSet, Is
from commissions.engine.facts import PAYMENT_COMPLETED, LineFacts
from commissions.engine.order import EARNING, Settled, settle_orders
from commissions.engine.reference import Reference
from commissions.engine.rulebook import Rule
from commissions.engine.trace import Step
from commissions.quoting.facts import ProductFacts

# The line, its order and its click: none of them is stored.
HYPOTHETICAL = "quote"


@dataclass(frozen=True)
class Sale:
    """What is asked: one product, sold at an instant to a country through a source.

    price_cents: whole cents; None where only the rate is asked for.
    """

    product_id: str
    country: str
    source_code: str
    at: datetime
    price_cents: int | None = None


class CategoryLike(NamedTuple):
    """A category, or where it is not known, one that stands for all in the same sets."""

    category_id: str
    set_codes: tuple[str, ...] = ()


class Case(NamedTuple):
    """One way in which the facts may be."""

    affiliate: bool
    hot: bool
    category: CategoryLike


@dataclass(frozen=True)
class Answer:
    """What the engine makes of the sale in one case.

    rate_bp in hundredths of a percent, commission_cents in cents; None: not known. A line that the
    engine would hold for staff has no rate yet. missing: the product's own rate (`seller_rate` or
    `hot_rate`) that the rule asks for and nobody knows; status and reason are then what every rate
    within the rule's bounds comes to.
    """

    status: str
    reason: str
    rule: Rule | None
    rate_bp: int | None
    commission_cents: int | None
    missing: str
    steps: tuple[Step, ...]

    @property
    def rule_code(self) -> str:
        """The code of the rule that decided; an empty text where the table was not reached."""
        return self.rule.code if self.rule else ""

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What two answers must share to be the same."""
        return self.status, self.reason, self.rule_code, self.rate_bp


@dataclass(frozen=True)
class Possibility:
    """An answer and when it is the one: facts with those of their values that lead to it."""

    when: tuple[tuple[str, tuple[Any, ...]], ...]
    answer: Answer


Decided = Sequence[tuple[Case, Answer]]


def decide_cases(sale: Sale, facts: ProductFacts, ref: Reference) -> Decided:
    """The engine's answer for each way in which the facts may be."""
    truths = (True, False)
    affiliate, hot, category = (facts.affiliate.value, facts.hot.value, facts.category.value)
    cases = product(
        truths if affiliate is None else (affiliate,),
        truths if hot is None else (hot,),
        category_likes(ref, sale.at) if category is None else (CategoryLike(category),),
    )
    return [(case, _decide(sale, facts, ref, case)) for case in map(Case._make, cases)]


def category_likes(ref: Reference, at: datetime) -> list[CategoryLike]:
    """Categories that the rules of that instant can tell apart, one for each; "": in no set."""
    book = ref.rulebook_at(at)
    asked = sorted(
        {
            condition.set_code
            for rule in (book.rules if book else ())
            for condition in rule.conditions
            if isinstance(condition, InSet) and condition.fact == "category"
        }
    )
    found: dict[tuple[str, ...], str] = {(): ""}
    for value in sorted({row.value for row in ref.members if row.set_code in asked}):
        codes = tuple(code for code in asked if ref.is_member(code, value, at))
        found.setdefault(codes, value)
    return [CategoryLike(value, codes) for codes, value in sorted(found.items(), reverse=True)]


def _decide(sale: Sale, facts: ProductFacts, ref: Reference, case: Case) -> Answer:
    line = LineFacts(
        order_id=HYPOTHETICAL,
        sub_order_id=HYPOTHETICAL,
        feed_status=PAYMENT_COMPLETED,
        created_at=sale.at,
        paid_cents=sale.price_cents or 0,
        country=sale.country,
        af=sale.source_code,
        dp=HYPOTHETICAL,
        is_hot=case.hot,
        is_affiliate=case.affiliate,
        category_id=case.category.category_id,
        product_id=sale.product_id,
    )
    settled = _settled(line, ref)
    rule = _rule_of(settled, ref, sale.at)
    if rule is None or rule.outcome.kind != "feed_rate":
        return _answer(sale, settled, rule)
    own = "hot_rate" if Is("hot", True) in rule.conditions else "seller_rate"
    rate_bp = getattr(facts, own).value
    if rate_bp is not None:
        return _answer(sale, _settled(replace(line, feed_rate_bp=rate_bp), ref), rule)
    # Every rate within the bounds comes to the same status: the highest stands for them.
    stand_in = replace(line, feed_rate_bp=rule.outcome.max_bp)
    return _answer(sale, _settled(stand_in, ref), rule, missing=own)


def _settled(line: LineFacts, ref: Reference) -> Settled:
    return settle_orders([line], ref)[line.sub_order_id]


def _rule_of(settled: Settled, ref: Reference, at: datetime) -> Rule | None:
    book = ref.rulebook_at(at)
    rules = book.rules if book else ()
    return next((rule for rule in rules if rule.id == settled.decision.rule_id), None)


def _answer(sale: Sale, settled: Settled, rule: Rule | None, *, missing: str = "") -> Answer:
    undecided = settled.status == "held"
    rate_known = not (missing or undecided)
    # What earns nothing earns nothing at any rate.
    cents_known = rate_known or not (undecided or settled.status in EARNING)
    priced = sale.price_cents is not None
    return Answer(
        status=settled.status,
        reason=settled.reason,
        rule=rule,
        rate_bp=settled.decision.rate_bp if rate_known else None,
        commission_cents=settled.commission_cents if priced and cents_known else None,
        missing=missing,
        steps=tuple(step for step in settled.steps if _certain(step, sale, missing)),
    )


def _certain(step: Step, sale: Sale, missing: str) -> bool:
    """Whether the step rests on what was asked: no figures without a price, or a rate."""
    if missing:
        return step.stage not in ("rate", "status", "cap", "block")
    if sale.price_cents is None:
        return step.stage != "cap" and (step.stage != "rate" or step.decided)
    return True


def deciding_facts(decided: Decided) -> tuple[str, ...]:
    """The facts not known whose value changes the answer, whatever the others are."""
    return tuple(fact for fact in Case._fields if _decides(fact, decided))


def _decides(fact: str, decided: Decided) -> bool:
    outcomes = defaultdict(set)
    others = [name for name in Case._fields if name != fact]
    for case, answer in decided:
        outcomes[tuple(getattr(case, name) for name in others)].add(answer.outcome)
    return any(len(found) > 1 for found in outcomes.values())


def possibilities(decided: Decided) -> tuple[Possibility, ...]:
    """Each answer with the values of the deciding facts that lead to it."""
    facts = deciding_facts(decided)
    answers: dict[tuple[Any, ...], Answer] = {}
    leading: dict[tuple[Any, ...], dict[tuple[Any, ...], None]] = defaultdict(dict)
    for case, answer in decided:
        answers.setdefault(answer.outcome, answer)
        leading[answer.outcome][tuple(getattr(case, fact) for fact in facts)] = None
    every = {fact: _values(decided, fact) for fact in facts}
    return tuple(
        Possibility(
            tuple(pair for pair in zip(facts, values, strict=True) if pair[1] != every[pair[0]]),
            answers[outcome],
        )
        for outcome, rows in leading.items()
        for values in _blocks(list(rows))
    )


def _values(decided: Decided, fact: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(getattr(case, fact) for case, _answer in decided))


def _blocks(rows: list[tuple[Any, ...]]) -> list[tuple[tuple[Any, ...], ...]]:
    """Rows of values as sets of values by fact: one, where it means the same rows, else each."""
    whole = tuple(tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True))
    if prod(len(values) for values in whole) == len(rows):
        return [whole]
    return [tuple((value,) for value in row) for row in rows]
