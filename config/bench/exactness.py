"""What is stored against the plain Python engine, line by line."""

import polars as pl

from commissions.engine.order import Settled, settle_orders
from commissions.models import OrderLine, Programme
from commissions.pipeline.reference import load_reference
from commissions.queries import facts_of

_ASKED = ("af", "dp", "tracking_id", "product_id")


class Inexact(Exception):
    """A stored line is not what the engine says of its facts; the message names it."""


def require_exact(programme: Programme, after: str) -> int:
    """Decide every stored line by the plain engine, one order after another, and compare.

    after: what was done just before, for the message. Returns the lines compared. Raises Inexact.
    """
    lines = list(OrderLine.objects.filter(programme=programme).order_by("id"))
    facts = [facts_of(line) for line in lines]
    keys = pl.DataFrame(
        [[getattr(one, name) for name in _ASKED] for one in facts],
        schema=dict.fromkeys(_ASKED, pl.String),
        orient="row",
    )
    settled = settle_orders(facts, load_reference(programme, keys))
    for line in lines:
        due, stored = _due(settled[line.sub_order_id]), _stored(line)
        if due != stored:
            names = [name for name in due if due[name] != stored[name]]
            said = ", ".join(f"{name} {stored[name]!r} for {due[name]!r}" for name in names)
            raise Inexact(
                f"After {after}, line {line.sub_order_id} is not as the plain engine says: {said}."
            )
    return len(lines)


def _due(one: Settled) -> dict[str, object]:
    decision = one.decision
    return {
        "status": one.status,
        "reason": one.reason,
        "publisher": decision.publisher_id,
        "source": decision.source_id,
        "rulebook": decision.rulebook_id,
        "rule": decision.rule_id,
        "rate": decision.rate_bp,
        "base": decision.base_cents,
        "rated": decision.rated_cents,
        "commission": one.commission_cents,
    }


def _stored(line: OrderLine) -> dict[str, object]:
    return {
        "status": line.status,
        "reason": line.reason,
        "publisher": line.publisher_id,
        "source": line.source_id,
        "rulebook": line.rulebook_id,
        "rule": line.rule_id,
        "rate": line.rate_bp,
        "base": line.base_cents,
        "rated": line.rated_cents,
        "commission": line.commission_cents,
    }
