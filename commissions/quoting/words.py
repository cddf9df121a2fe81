"""A quote in words: for the staff's page, the publisher's, and the command."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from commissions.engine.order import EARNING
from commissions.enums import Reason
from commissions.explanations import Explained, folded, reason_sentence, sentences
from commissions.quoting.cases import Answer, CategoryLike, Possibility
from commissions.quoting.facts import CATALOGUE, Known, ProductFacts
from commissions.quoting.quotes import Quote
from commissions.rule_words import Words, words_of, yes_no
from publishers.figures import instant, money, number, rate

TEMPLATE = "pieces/quote.html"


def quote_context(quoted: Quote) -> dict[str, Any]:
    """What `pieces/quote.html` shows, under the name `quote`, in the reader's language.

    Texts; an empty one where there is nothing to say, or nothing is known.
    """
    words = words_of(quoted.programme, quoted.rulebook_id)
    affiliate, kind = affiliate_word(quoted.affiliate)
    verdict, verdict_kind = verdict_word(quoted.status)
    return {
        "quote": {
            "product_id": quoted.sale.product_id,
            "title": quoted.facts.title,
            "affiliate": affiliate,
            "affiliate_kind": kind,
            "affiliate_known": known_text("affiliate", quoted.facts.affiliate, quoted),
            "verdict": verdict,
            "verdict_kind": verdict_kind,
            "reason": reason_sentence(quoted.reason) if quoted.reason in Reason.values else "",
            "rate": "" if quoted.rate_bp is None else rate(quoted.rate_bp),
            "commission": commission_text(quoted),
            "rule": quoted.rule_code,
            "rule_sentence": rule_sentence(quoted, words),
            "depends_on": depends_on(quoted),
            "possibilities": possibilities_in_words(quoted, words),
            "steps": folded(explained(quoted, words)),
            "facts": facts_in_words(quoted),
            "notes": notes(quoted),
        }
    }


def affiliate_word(affiliate: bool | None) -> tuple[str, str]:  # noqa: FBT001
    """Whether the product is an affiliate product, and the kind of its label."""
    if affiliate is None:
        return _("affiliate: not known"), "warning"
    if affiliate:
        return _("affiliate product"), "success"
    return _("not an affiliate product"), "danger"


def verdict_word(status: str) -> tuple[str, str]:
    """What comes of the sale, and the kind of its label."""
    if status in EARNING:
        return _("earns"), "success"
    return {
        "rejected": (_("earns nothing"), "danger"),
        "untracked": (_("not tracked"), "default"),
        "held": (_("held for staff"), "warning"),
    }.get(status, (_("not known yet"), "warning"))


def commission_text(quoted: Quote) -> str:
    """The commission with its cents; an empty text where it is not known, or without a price."""
    if quoted.commission_cents is None:
        return ""
    return _("%(money)s (%(cents)s cents)") % {
        "money": money(quoted.commission_cents, quoted.programme.currency),
        "cents": number(quoted.commission_cents),
    }


def rule_sentence(quoted: Quote, words: Words) -> str:
    """What the rule that decides says to a publisher; an empty text where none does."""
    return words.rules.get(quoted.rule.id, "") if quoted.rule else ""


def fact_name(fact: str) -> str:
    """A fact that a quote may not know, as the subject of half a sentence."""
    return {
        "affiliate": _("whether it is an affiliate product"),
        "hot": _("whether it is on hot sale"),
        "category": _("its category"),
        "seller_rate": _("the seller's rate"),
        "hot_rate": _("the hot-sale rate"),
    }[fact]


def depends_on(quoted: Quote) -> str:
    """The facts that decide and are not known, as a list; an empty text where there are none."""
    return ", ".join(fact_name(fact) for fact in quoted.depends_on)


def possibilities_in_words(quoted: Quote, words: Words) -> list[dict[str, str]]:
    """Each way in which it may come out: when, what, by which rule."""
    return [
        {
            "when": _when(possibility, words),
            "gives": _gives(possibility.answer, words),
            "rule": possibility.answer.rule_code,
        }
        for possibility in quoted.possibilities
    ]


def _when(possibility: Possibility, words: Words) -> str:
    return "; ".join(_part(fact, values, words) for fact, values in possibility.when)


def _part(fact: str, values: Sequence[Any], words: Words) -> str:
    if fact == "category":
        names = [_category_name(value, words) for value in values]
        return _("category: %(names)s") % {"names": _(" or ").join(names)}
    return {
        ("affiliate", True): _("an affiliate product"),
        ("affiliate", False): _("no affiliate product"),
        ("hot", True): _("on hot sale"),
        ("hot", False): _("not on hot sale"),
    }[fact, values[0]]


def _category_name(category: CategoryLike, words: Words) -> str:
    if not category.set_codes:
        return _("any other")
    return " + ".join(f"“{words.sets.get(code, code)}”" for code in category.set_codes)


def _reason(answer: Answer, words: Words) -> str:
    """Why it earns nothing; a rule that staff wrote speaks for itself."""
    if answer.rule and answer.reason == answer.rule.code and answer.reason not in Reason.values:
        return words.rules.get(answer.rule.id, answer.reason)
    return reason_sentence(answer.reason)


def _gives(answer: Answer, words: Words) -> str:
    if answer.missing:
        return _own_rate(answer, words)
    if answer.status not in EARNING:
        text = verdict_word(answer.status)[0]
        return f"{text}: {_reason(answer, words)}" if answer.reason else text
    if answer.commission_cents is None:
        return rate(answer.rate_bp)
    return f"{rate(answer.rate_bp)}, {money(answer.commission_cents, words.currency)}"


def _own_rate(answer: Answer, words: Words) -> str:
    outcome = answer.rule.outcome if answer.rule else None
    text = _("the product's own rate, %(low)s to %(high)s, which is not known") % {
        "low": rate(outcome.min_bp if outcome else None),
        "high": rate(outcome.max_bp if outcome else None),
    }
    return f"{text}. {_reason(answer, words)}" if answer.reason else text


def explained(quoted: Quote, words: Words) -> list[Explained]:
    """The steps in words, and where they end early, why."""
    steps = sentences(quoted.steps, words)
    if quoted.possibilities:
        text = _("What comes next depends on what is not known: %(facts)s.") % {
            "facts": depends_on(quoted)
        }
        return [*steps, Explained(_("Here the ways part"), text, "stopped")]
    if quoted.depends_on and quoted.rule:
        outcome = quoted.rule.outcome
        text = _(
            "The rule gives the product's own rate, from %(low)s to %(high)s, and neither the "
            "catalogue nor the feed says it."
        ) % {"low": rate(outcome.min_bp), "high": rate(outcome.max_bp)}
        return [*steps, Explained(_("The product's own rate"), text, "stopped")]
    return steps


def facts_in_words(quoted: Quote) -> list[tuple[str, str]]:
    """What the quote rests on: (label, value and where it is known from)."""
    sale, facts, zone = quoted.sale, quoted.facts, quoted.programme.time_zone
    rows: list[tuple[str, str, Known[Any]]] = [
        ("affiliate", _("affiliate product"), facts.affiliate),
        ("hot", _("hot sale"), facts.hot),
        ("category", _("category"), facts.category),
        ("seller_rate", _("seller's rate"), facts.seller_rate),
        ("hot_rate", _("hot-sale rate"), facts.hot_rate),
    ]
    return [
        (_("product"), " ".join(filter(None, (sale.product_id, facts.title)))),
        *((label, known_text(fact, known, quoted)) for fact, label, known in rows),
        (_("country of delivery"), sale.country),
        (_("source"), sale.source_code),
        (_("placed"), instant(sale.at, zone, seconds=True)),
        (_("price"), money(sale.price_cents, quoted.programme.currency)),
    ]


def known_text(fact: str, known: Known[Any], quoted: Quote) -> str:
    """The value of a fact and where it is known from."""
    if known.value is None:
        return _("not known") if _is_open(fact, quoted) else _("not needed here")
    value = rate(known.value) if fact in ("seller_rate", "hot_rate") else yes_no(known.value)
    return f"{value} ({origin_text(known, quoted)})"


def origin_text(known: Known[Any], quoted: Quote) -> str:
    """Where a fact is known from; an empty text where it is not known."""
    if not known.origin:
        return ""
    if known.origin == CATALOGUE:
        return _("from the catalogue")
    placed = instant(quoted.facts.feed_row_at, quoted.programme.time_zone)
    return _("from the feed's latest row, of %(placed)s") % {"placed": placed}


def _is_open(fact: str, quoted: Quote) -> bool:
    return fact == "affiliate" or fact in quoted.depends_on


def notes(quoted: Quote) -> list[str]:
    """What a reader should know beside the answer: sentences."""
    told = [
        _("Taken for granted: a click of the same instant that led directly to this product."),
    ]
    told += _about_product(quoted.facts, quoted.sale.product_id)
    if quoted.sale.price_cents is None:
        told.append(_("Without a price only the rate is told. Give one to see the commission."))
    return told


def _about_product(facts: ProductFacts, product_id: str) -> list[str]:
    if facts.in_catalogue:
        return []
    if facts.feed_row_at is None:
        return [
            _(
                "The product %(product)s is neither in the catalogue nor in any order so far. "
                "Check the number."
            )
            % {"product": product_id}
        ]
    return [_("The catalogue does not list this product, so its store counts as an ordinary one.")]
