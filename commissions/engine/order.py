"""The lines of one order together: the cap (F12) and the block of an account (F37)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commissions.engine.decision import Decision, decide
from commissions.engine.facts import LineFacts
from commissions.engine.reference import Reference
from commissions.engine.trace import Step

EARNING = frozenset({"waiting", "hold", "confirmed", "paid"})


@dataclass(frozen=True)
class Settled:
    """A decision after the cap and the block: what is booked. commission_cents in cents."""

    decision: Decision
    status: str
    reason: str
    commission_cents: int
    steps: tuple[Step, ...]


def share(cap_cents: int, parts: Mapping[str, int]) -> dict[str, int]:
    """Divide a cap over the parts of an order, to the cent.

    parts: cents by sub-order id, their sum over the cap. Each gets `cap x part / sum` cut down;
    the cents left over go one each to the largest cut-off fractions, ties to the smaller id.
    """
    total = sum(parts.values())
    shares = {key: cap_cents * part // total for key, part in parts.items()}
    left = cap_cents - sum(shares.values())
    order = sorted(parts, key=lambda key: (-(cap_cents * parts[key] % total), key))
    for key in order[:left]:
        shares[key] += 1
    return shares


def settle_orders(lines: Sequence[LineFacts], ref: Reference) -> dict[str, Settled]:
    """Decide lines with their caps and blocks, by sub-order id.

    lines: every line of each order concerned; the cap is over one order of one publisher.
    """
    decisions = {line.sub_order_id: decide(line, ref) for line in lines}
    earning = defaultdict(list)
    for line in lines:
        decision = decisions[line.sub_order_id]
        if decision.status in EARNING:
            earning[line.order_id, decision.publisher_id].append(line)
    settled = {key: _uncapped(decision) for key, decision in decisions.items()}
    for order_lines in earning.values():
        settled.update(_capped(order_lines, decisions, ref))
    return {key: _blocked(one, ref) for key, one in settled.items()}


def _uncapped(decision: Decision) -> Settled:
    return Settled(decision, decision.status, decision.reason, 0, decision.steps)


def _capped(
    lines: Sequence[LineFacts], decisions: Mapping[str, Decision], ref: Reference
) -> dict[str, Settled]:
    """Earning lines of one order and publisher, capped by the rulebook of the earliest of them."""
    earliest = min(lines, key=lambda line: line.created_at)
    book = ref.rulebook_at(earliest.created_at)
    cap_cents = book.cap_cents if book else None
    parts = {line.sub_order_id: decisions[line.sub_order_id].rated_cents for line in lines}
    total = sum(parts.values())
    over = cap_cents is not None and total > cap_cents
    shares = share(cap_cents, parts) if over and cap_cents is not None else parts
    settled = {}
    for key, cents in shares.items():
        values = {
            "cap_cents": cap_cents,
            "order_cents": total,
            "lines": len(parts),
            "rated_cents": parts[key],
            "commission_cents": cents,
        }
        step = Step("cap", "capped" if over else "under_cap", False, values)
        decision = decisions[key]
        settled[key] = Settled(
            decision, decision.status, decision.reason, cents, (*decision.steps, step)
        )
    return settled


def _blocked(one: Settled, ref: Reference) -> Settled:
    """Step 9: a blocked publisher's earning lines earn nothing while the block stands."""
    if one.status not in EARNING - {"paid"} or one.decision.publisher_id not in ref.blocked:
        return one
    values = {"commission_cents": one.commission_cents, "status": one.status}
    step = Step("block", "account_blocked", True, values)
    return Settled(one.decision, "rejected", "account_blocked", 0, (*one.steps, step))
