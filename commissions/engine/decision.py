"""Decide one line, and say why: the judge of every fast path.

`decide` asks steps 1 to 8 of `docs/decision-of-a-line.md` in their order; the first that applies
decides. The cap over an order and the block of an account come after, in
`engine.order`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from commissions.engine.conditions import holds
from commissions.engine.facts import (
    BUYER_CONFIRMED_RECEIPT,
    INVALID,
    PAYMENT_COMPLETED,
    LineFacts,
)
from commissions.engine.reference import ClickRow, Reference, SourceRow
from commissions.engine.rulebook import Rule, Rulebook
from commissions.engine.trace import Step

BP = 10_000  # a rate of 100 % in hundredths of a percent


@dataclass(frozen=True)
class Decision:
    """What becomes of a line before the cap and any block.

    rate_bp in hundredths of a percent; base_cents and rated_cents in cents, rated_cents cut down.
    """

    status: str
    reason: str
    base_cents: int
    source_id: int | None = None
    publisher_id: int | None = None
    click_id: int | None = None
    rulebook_id: int | None = None
    rule_id: int | None = None
    rate_bp: int = 0
    rated_cents: int = 0
    steps: tuple[Step, ...] = field(default=(), compare=False)


def attribute(line: LineFacts, ref: Reference) -> tuple[SourceRow | None, ClickRow | None, Step]:
    """Step 1: whose order it is, and the click that is evidence for it."""
    click = ref.click_by_id.get(line.dp) if line.dp else None
    by_click = ref.source_by_id.get(click.source_id) if click else None
    candidates = (
        ("af", ref.source_by_code.get(line.af)),
        ("click", by_click),
        ("tracking_id", ref.source_by_code.get(line.tracking_id)),
    )
    how, source = next(((how, row) for how, row in candidates if row), ("nobody", None))
    evidence = click if source and click and click.source_id == source.id else None
    values = {
        "af": line.af,
        "dp": line.dp,
        "tracking_id": line.tracking_id,
        "source": source.code if source else None,
        "clicked_at": evidence.clicked_at if evidence else None,
    }
    return source, evidence, Step("attribution", how, source is None, values)


def rejected_by_order(line: LineFacts) -> str:
    """Step 3: the reason that the sub-order's own row gives, or an empty text."""
    if line.dispute:
        return "dispute_open"
    if line.feed_status == INVALID:
        if line.cancel_reason:
            return "cancelled_by_merchant"
        return {"FullRefund": "refunded", "Antispam": "antispam"}.get(line.effect, "invalid")
    return "assistant_plugin" if line.assistant_plugin else ""


def rejected_by_source(
    line: LineFacts, source: SourceRow, click: ClickRow | None, ref: Reference
) -> Step:
    """Step 4: was the source approved, and its type of traffic allowed, when it mattered?"""
    at = click.clicked_at if click else line.created_at
    values = {"at": at, "traffic_type": source.traffic_type, "source": source.code}
    if not ref.approved(source.id, at):
        return Step("source", "source_not_approved", True, values)
    forbidden = ref.forbidden(source.traffic_type, at)
    agreed = ref.agreed(source.publisher_id, source.traffic_type, at)
    if forbidden and not agreed:
        return Step("source", "forbidden_traffic", True, values)
    return Step("source", "by_agreement" if forbidden else "approved", False, values)


def cookie_days(line: LineFacts, book: Rulebook, ref: Reference) -> int | None:
    """The cookie's life for the line's country; None: the rulebook gives no limit."""
    for life in book.cookie_lives:
        everywhere = life.set_code is None
        if everywhere or ref.is_member(str(life.set_code), line.country, line.created_at):
            return life.days
    return None


def rejected_by_cookie(line: LineFacts, click: ClickRow, book: Rulebook, ref: Reference) -> Step:
    """Step 5: the order must follow its click within the cookie's life, its end included."""
    days = cookie_days(line, book, ref)
    values = {"clicked_at": click.clicked_at, "created_at": line.created_at, "days": days}
    if line.created_at < click.clicked_at:
        return Step("cookie", "click_after_order", True, values)
    if days is not None and line.created_at - click.clicked_at > timedelta(days=days):
        return Step("cookie", "cookie_expired", True, values)
    return Step("cookie", "in_time", False, values)


def rule_facts(
    line: LineFacts, source: SourceRow, click: ClickRow | None, ref: Reference
) -> dict[str, bool | str]:
    """What the conditions of a rule may ask about a line, by the names they use."""
    store_id, store = ref.store_at(line.product_id, line.created_at)
    return {
        "country": line.country,
        "category": line.category_id,
        "store": store_id,
        "traffic_type": source.traffic_type,
        "seller_country": store.seller_country,
        "section": store.section,
        "in_programme": store.in_programme,
        "virtual": ref.virtual(line.product_id, line.created_at),
        "affiliate": line.is_affiliate,
        "hot": line.is_hot,
        "direct_link": bool(
            click and click.landing_product_id and click.landing_product_id == line.product_id
        ),
    }


def match(
    book: Rulebook, facts: dict[str, bool | str], line: LineFacts, ref: Reference
) -> Iterator[tuple[Rule, Step]]:
    """Step 6: the rules in their order, each with its answer, up to the first that matches."""

    def is_member(set_code: str, value: str) -> bool:
        return ref.is_member(set_code, value, line.created_at)

    for position, rule in enumerate(book.rules, start=1):
        answers = [(condition, holds(condition, facts, is_member)) for condition in rule.conditions]
        matched = all(answer for _, answer in answers)
        asked = [
            {**condition.as_json(), "value": facts[condition.fact], "holds": answer}
            for condition, answer in answers
        ]
        values = {"position": position, "rule_id": rule.id, "conditions": asked}
        yield rule, Step("rule", rule.code, matched, values)
        if matched:
            return


def rate(rule: Rule, line: LineFacts) -> tuple[str, str, int]:
    """Status (empty where the line earns), reason and rate that a matching rule gives."""
    outcome = rule.outcome
    if outcome.kind == "nothing":
        return "rejected", rule.code, 0
    if outcome.kind == "untracked":
        return "untracked", "", 0
    if outcome.kind == "rate":
        return "", "", outcome.rate_bp
    if line.feed_rate_bp is None:
        return "held", "rate_missing", 0
    if not outcome.min_bp <= line.feed_rate_bp <= outcome.max_bp:
        return "held", "rate_out_of_range", 0
    return "", "", line.feed_rate_bp


def earning_status(line: LineFacts, ref: Reference) -> str:
    """Step 8: what an earning line is, by the merchant's status and the programme's minimum age."""
    if line.feed_status == PAYMENT_COMPLETED:
        return "waiting"
    if line.feed_status == BUYER_CONFIRMED_RECEIPT:
        return "hold"
    if not ref.minimum_age_days:
        return "confirmed"
    due = line.created_at + timedelta(days=ref.minimum_age_days)
    return "confirmed" if ref.aged_at is not None and due <= ref.aged_at else "hold"


def decide(line: LineFacts, ref: Reference) -> Decision:
    """What becomes of one line before the cap and any block, with every step that led there."""
    source, click, step = attribute(line, ref)
    if source is None:
        return Decision("unattributed", "unknown_source", line.base_cents, steps=(step,))
    known = Decision(
        "rejected", "", line.base_cents, source.id, source.publisher_id, click and click.id
    )
    book = ref.rulebook_at(line.created_at)
    steps = [step]
    if book is None:
        steps.append(Step("rulebook", "no_rulebook", True, {"created_at": line.created_at}))
        return replace(known, status="held", reason="no_rulebook", steps=tuple(steps))
    known = replace(known, rulebook_id=book.id)
    steps.append(
        Step(
            "rulebook",
            "in_force",
            False,
            {"created_at": line.created_at, "version": book.version, "starts_at": book.starts_at},
        )
    )
    for step in _refusals(line, source, click, book, ref):
        steps.append(step)
        if step.decided:
            return replace(known, reason=step.code, steps=tuple(steps))
    return _by_table(known, line, rule_facts(line, source, click, ref), book, ref, steps)


def _refusals(
    line: LineFacts, source: SourceRow, click: ClickRow | None, book: Rulebook, ref: Reference
) -> Iterator[Step]:
    """Steps 3 to 5, one after another, as long as they are asked for."""
    reason = rejected_by_order(line)
    yield Step("order", reason or "in_order", bool(reason), {"feed_status": line.feed_status})
    yield rejected_by_source(line, source, click, ref)
    if click:
        yield rejected_by_cookie(line, click, book, ref)
    else:
        yield Step("cookie", "no_click", False)


def _by_table(
    known: Decision,
    line: LineFacts,
    facts: dict[str, bool | str],
    book: Rulebook,
    ref: Reference,
    steps: list[Step],
) -> Decision:
    """Steps 6 to 8: the rule, its rate, and the status of a line that earns."""
    matched: Rule | None = None
    for rule, step in match(book, facts, line, ref):
        steps.append(step)
        matched = rule if step.decided else None
    if matched is None:
        steps.append(Step("rule", "no_rule", True))
        return replace(known, status="held", reason="no_rule", steps=tuple(steps))
    status, reason, rate_bp = rate(matched, line)
    rated_cents = line.base_cents * rate_bp // BP
    figures = {
        "rate_bp": rate_bp,
        "feed_rate_bp": line.feed_rate_bp,
        "base_cents": line.base_cents,
        "rated_cents": rated_cents,
        "outcome": matched.outcome.kind,
    }
    steps.append(Step("rate", reason or status or "rated", bool(status), figures))
    if not status:
        status = earning_status(line, ref)
        steps.append(Step("status", status, False, {"feed_status": line.feed_status}))
    return replace(
        known, status=status, reason=reason, rule_id=matched.id, rate_bp=rate_bp,
        rated_cents=rated_cents, steps=tuple(steps),
    )  # fmt: skip
