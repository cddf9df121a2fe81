"""The steps of a decision as sentences: what was asked, what came out, with the figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commissions.engine.trace import Step
from commissions.enums import FeedStatus, LineStatus, Reason
from commissions.rule_words import Words, asked, yes_no
from publishers.figures import NOTHING, exact, instant, money, number, rate


@dataclass(frozen=True)
class Checked:
    """One condition of a rule: what it asks, what the line had, and whether that holds."""

    text: str
    value: str
    holds: bool


@dataclass(frozen=True)
class Explained:
    """One step in words.

    outcome: `passed`, `stopped` (it ended the matter), `matched` or `unmatched` (rules),
    or `reckoned` (a figure came out of it).
    """

    title: str
    text: str
    outcome: str
    checks: tuple[Checked, ...] = ()


@dataclass(frozen=True)
class StepOnPage:
    """A step of the decision; rules before the matching one are folded into it."""

    step: Explained
    passed_over: tuple[Explained, ...] = ()


def sentences(steps: Sequence[Step], words: Words | None = None) -> list[Explained]:
    """Every step in words, in the order in which the engine took them.

    words: names of sets and sentences of rules; without them codes stand in their place.
    """
    known = words or Words()
    return [_EXPLAIN[step.stage](step, known) for step in steps]


def folded(steps: Iterable[Explained]) -> list[StepOnPage]:
    """Steps with the rules that did not match folded into the step after them."""
    shown: list[StepOnPage] = []
    passed_over: list[Explained] = []
    for step in steps:
        if step.outcome == "unmatched":
            passed_over.append(step)
            continue
        shown.append(StepOnPage(step, tuple(passed_over)))
        passed_over = []
    return shown


def reason_sentence(reason: str) -> str:
    """The sentence of a reason code; an empty text for none."""
    return str(Reason(reason).label) if reason in Reason.values else reason


def _ended(step: Step) -> str:
    return "stopped" if step.decided else "passed"


def _attribution(step: Step, words: Words) -> Explained:
    values = {key: value or NOTHING for key, value in step.values.items() if key != "clicked_at"}
    text = {
        "af": _("The order's own parameters name the source %(source)s."),
        "click": _("The order names the click %(dp)s, and that came through %(source)s."),
        "tracking_id": _("The tracking id is the code of the source %(source)s."),
        "nobody": _(
            "Nothing names a source of ours: neither the parameters (%(af)s) nor the click "
            "(%(dp)s) nor the tracking id (%(tracking_id)s)."
        ),
    }[step.code] % values
    if not step.decided:
        clicked_at = step.values.get("clicked_at")
        text += " " + (
            _("Its click of %(at)s is the evidence.")
            % {"at": instant(clicked_at, words.zone, seconds=True)}
            if clicked_at
            else _("No click is known as evidence.")
        )
    return Explained(_("Whose order it is"), text, _ended(step))


def _rulebook(step: Step, words: Words) -> Explained:
    placed = instant(step.values["created_at"], words.zone, seconds=True)
    if step.decided:
        text = _("Placed %(placed)s: no rulebook was in force then.") % {"placed": placed}
    else:
        text = _(
            "Placed %(placed)s: version %(version)s of the rules applies, in force from %(start)s."
        ) % {
            "placed": placed,
            "version": step.values["version"],
            "start": instant(step.values["starts_at"], words.zone),
        }
    return Explained(_("Which rules apply"), text, _ended(step))


def _order(step: Step, words: Words) -> Explained:
    status = FeedStatus(step.values["feed_status"]).label
    if step.decided:
        text = reason_sentence(step.code)
    else:
        text = _("The merchant says “%(status)s”; nothing speaks against the order.") % {
            "status": status
        }
    return Explained(_("What the merchant says"), text, _ended(step))


def _source(step: Step, words: Words) -> Explained:
    at = instant(step.values["at"], words.zone, seconds=True)
    values = {**step.values, "at": at}
    text = {
        "approved": _("On %(at)s the source was approved and its traffic permitted."),
        "by_agreement": _("On %(at)s an agreement allowed traffic otherwise forbidden."),
        "source_not_approved": _("On %(at)s the source %(source)s was not approved."),
        "forbidden_traffic": _(
            "On %(at)s traffic of the type “%(traffic_type)s” was forbidden, and there was no "
            "agreement."
        ),
    }[step.code] % values
    return Explained(_("The source"), text, _ended(step))


def _cookie(step: Step, words: Words) -> Explained:
    title = _("The click's life")
    if step.code == "no_click":
        return Explained(title, _("Without a click there is nothing to check."), "passed")
    days = step.values["days"]
    life = (
        _("without limit")
        if days is None
        else ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    )
    values = {
        "clicked": instant(step.values["clicked_at"], words.zone, seconds=True),
        "placed": instant(step.values["created_at"], words.zone, seconds=True),
        "life": life,
    }
    text = {
        "in_time": _("Clicked %(clicked)s, placed %(placed)s: within its life (%(life)s)."),
        "click_after_order": _("Clicked %(clicked)s, after the order of %(placed)s."),
        "cookie_expired": _(
            "Clicked %(clicked)s, placed %(placed)s: its life (%(life)s) was over."
        ),
    }[step.code] % values
    return Explained(title, text, _ended(step))


def _rule(step: Step, words: Words) -> Explained:
    if step.code == "no_rule":
        return Explained(_("No rule"), reason_sentence("no_rule"), "stopped")
    title = _("Rule %(position)s: %(code)s") % {
        "position": step.values["position"],
        "code": step.code,
    }
    checks = tuple(
        Checked(asked(condition, words), yes_no(condition["value"]), condition["holds"])
        for condition in step.values["conditions"]
    )
    text = words.rules.get(step.values["rule_id"], "")
    if not checks:
        text = text or _("This rule asks nothing: it matches every line that comes so far.")
    return Explained(title, text, "matched" if step.decided else "unmatched", checks)


def _rate(step: Step, words: Words) -> Explained:
    figures = step.values
    title = _("The rate")
    if step.code == "untracked":
        return Explained(title, _("Such goods are kept and not tracked: no rate."), "stopped")
    if step.decided and figures["outcome"] == "nothing":
        return Explained(title, _("The rule gives nothing."), "stopped")
    if step.decided:
        text = reason_sentence(step.code)
        if figures["feed_rate_bp"] is not None:
            text += " " + _("The feed gives %(rate)s.") % {"rate": rate(figures["feed_rate_bp"])}
        return Explained(title, text, "stopped")
    own = figures["outcome"] == "feed_rate"
    text = _reckoning(figures, words)
    return Explained(_("The product's own rate") if own else title, text, "reckoned")


def _reckoning(figures: dict[str, Any], words: Words) -> str:
    product = Decimal(figures["base_cents"] * figures["rate_bp"]) / 10_000
    values = {
        "base": number(figures["base_cents"]),
        "rate": rate(figures["rate_bp"]),
        "product": exact(product),
        "cents": number(figures["rated_cents"]),
        "money": money(figures["rated_cents"], words.currency),
    }
    if product == figures["rated_cents"]:
        return _("%(base)s × %(rate)s = %(product)s cents = %(money)s") % values
    return _("%(base)s × %(rate)s = %(product)s, cut down to %(cents)s cents = %(money)s") % values


def _status(step: Step, words: Words) -> Explained:
    text = _("The merchant says “%(said)s”, so the line is %(status)s.") % {
        "said": FeedStatus(step.values["feed_status"]).label,
        "status": LineStatus(step.code).label,
    }
    return Explained(_("The status"), text, "passed")


def _cap(step: Step, words: Words) -> Explained:
    figures = step.values
    cap_cents = figures["cap_cents"]
    if cap_cents is None:
        return Explained(_("The cap"), _("These rules set no cap for an order."), "passed")
    values = {
        "cap": money(cap_cents, words.currency),
        "order": money(figures["order_cents"], words.currency),
        "lines": number(figures["lines"]),
        "rated": money(figures["rated_cents"], words.currency),
        "share": money(figures["commission_cents"], words.currency),
    }
    if step.code == "under_cap":
        text = _("The order's lines come to %(order)s together, within the cap of %(cap)s.")
        return Explained(_("The cap"), text % values, "passed")
    text = _(
        "The order's lines (%(lines)s) come to %(order)s together, over the cap of %(cap)s. "
        "This line's share: %(cap)s × %(rated)s / %(order)s, to the cent: %(share)s."
    )
    return Explained(_("The cap"), text % values, "reckoned")


def _block(step: Step, words: Words) -> Explained:
    text = _("The account is blocked: %(money)s are deducted while the block stands.") % {
        "money": money(step.values["commission_cents"], words.currency)
    }
    return Explained(_("The block"), text, "stopped")


_EXPLAIN: dict[str, Callable[[Step, Words], Explained]] = {
    "attribution": _attribution,
    "rulebook": _rulebook,
    "order": _order,
    "source": _source,
    "cookie": _cookie,
    "rule": _rule,
    "rate": _rate,
    "status": _status,
    "cap": _cap,
    "block": _block,
}
