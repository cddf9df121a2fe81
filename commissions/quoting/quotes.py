"""A quote: affiliate or not, the rule, the rate and the commission of a sale before it happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django_countries import countries

from commissions.engine.reference import ClickRow, Reference
from commissions.engine.rulebook import Rule
from commissions.engine.trace import Step
from commissions.models import Programme
from commissions.pipeline.reference import load_reference
from commissions.quoting.cases import (
    HYPOTHETICAL,
    Decided,
    Possibility,
    Sale,
    decide_cases,
    deciding_facts,
    possibilities,
)
from commissions.quoting.facts import ProductFacts, by_catalogue, with_latest_row
from publishers.columns import WrongCell, complaint, identifier, shown

HIGHEST_PRICE_CENTS = 10**12
# Beyond them an instant has no place on some clock.
YEARS = range(1970, 9999)


class QuoteRefused(ValueError):
    """The question cannot be answered; the message says why and what to ask instead."""

    def __init__(self, field: str, sentence: str) -> None:
        """field: product, country, source, at or price."""
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Quote:
    """What a sale would earn, as far as that is known.

    status, reason: the engine's; an empty status is not known yet. rate_bp in hundredths of a
    percent, commission_cents in cents (after the cap, F12); None: not known, or without a price.
    depends_on: the facts not known that decide: affiliate, hot, category, seller_rate, hot_rate.
    possibilities: empty where all ways lead to one answer. steps: as far as all ways take them.
    """

    programme: Programme
    sale: Sale
    facts: ProductFacts
    status: str
    reason: str
    rulebook_id: int | None
    rule: Rule | None
    rule_code: str
    rate_bp: int | None
    commission_cents: int | None
    depends_on: tuple[str, ...]
    possibilities: tuple[Possibility, ...]
    steps: tuple[Step, ...]

    @property
    def affiliate(self) -> bool | None:
        """Whether the product is an affiliate product; None: not known."""
        return self.facts.affiliate.value


def quote(
    *,
    programme: Programme,
    product_id: str,
    country: str,
    source_code: str,
    at: datetime,
    price_cents: int | None = None,
) -> Quote:
    """What a sale of the product would earn, decided by the same engine as an order's line.

    country: ISO 3166 alpha-2 in capitals, of delivery; at: when the order would be placed, aware;
    price_cents: whole cents, 0 to 10^12. The sale is taken to follow a click of the same instant
    that led directly to the product. Raises QuoteRefused with a sentence.
    """
    sale = Sale(product_id, country, source_code, at, price_cents)
    _check(sale)
    ref = _reference(programme, sale)
    facts = by_catalogue(programme, product_id)
    decided = decide_cases(sale, facts, ref)
    if facts.affiliate.value is None or _depends_on(decided):
        facts = with_latest_row(facts, programme, product_id)
        decided = decide_cases(sale, facts, ref)
    return _quote(programme, sale, facts, ref, decided)


def _check(sale: Sale) -> None:
    try:
        identifier().read(sale.product_id)
    except WrongCell as wrong:
        raise QuoteRefused("product", complaint("product", sale.product_id, str(wrong))) from None
    if sale.country not in {code for code, _name in countries}:
        sentence = _(
            "%(value)s is no country: write two capitals by ISO 3166, such as RU."
        ) % {"value": shown(sale.country)}  # fmt: skip
        raise QuoteRefused("country", sentence)
    if sale.at.tzinfo is None or sale.at.year not in YEARS:
        sentence = _(
            "%(value)s is no instant that can be quoted for: write one with an offset, of the "
            "years %(first)s to %(last)s."
        ) % {"value": shown(str(sale.at)), "first": YEARS[0], "last": YEARS[-1]}
        raise QuoteRefused("at", sentence)
    if sale.price_cents is not None and not 0 <= sale.price_cents <= HIGHEST_PRICE_CENTS:
        sentence = _("The price is %(value)s cents: it must be whole cents from 0 to %(most)s.") % {
            "value": sale.price_cents,
            "most": HIGHEST_PRICE_CENTS,
        }
        raise QuoteRefused("price", sentence)


def _reference(programme: Programme, sale: Sale) -> Reference:
    """What the line may ask, and a click of the sale's own instant that led to the product."""
    keys = pl.DataFrame(
        {"af": [sale.source_code], "dp": [""], "tracking_id": [""],
         "product_id": [sale.product_id]},
        schema=dict.fromkeys(("af", "dp", "tracking_id", "product_id"), pl.String),
    )  # fmt: skip
    ref = load_reference(programme, keys)
    source = ref.source_by_code.get(sale.source_code)
    if source is None:
        sentence = _(
            "No source has the code %(code)s: write the code of a source, as its links carry it."
        ) % {"code": shown(sale.source_code)}  # fmt: skip
        raise QuoteRefused("source", sentence)
    click = ClickRow(0, HYPOTHETICAL, source.id, sale.at, sale.product_id)
    return replace(ref, clicks=[click])


def _depends_on(decided: Decided) -> tuple[str, ...]:
    rates = dict.fromkeys(answer.missing for _case, answer in decided if answer.missing)
    return (*deciding_facts(decided), *rates)


def _quote(
    programme: Programme, sale: Sale, facts: ProductFacts, ref: Reference, decided: Decided
) -> Quote:
    """What all answers have in common."""
    answers = [answer for _case, answer in decided]
    first = answers[0]
    same_rule = all(answer.rule == first.rule for answer in answers)
    book = ref.rulebook_at(sale.at)
    unknown = {fact for fact in ("affiliate", "hot", "category")
               if getattr(facts, fact).value is None}  # fmt: skip
    return Quote(
        programme=programme,
        sale=sale,
        facts=facts,
        status=_common([answer.status for answer in answers]) or "",
        reason=_common([answer.reason for answer in answers]) or "",
        rulebook_id=book.id if book else None,
        rule=first.rule if same_rule else None,
        rule_code=_common([answer.rule_code for answer in answers]) or "",
        rate_bp=_common([answer.rate_bp for answer in answers]),
        commission_cents=_common([answer.commission_cents for answer in answers]),
        depends_on=_depends_on(decided),
        possibilities=possibilities(decided) if deciding_facts(decided) else (),
        steps=_common_steps([answer.steps for answer in answers], unknown),
    )


def _common(values: Sequence[Any]) -> Any:
    """The value that all share, else None."""
    return values[0] if len(set(values)) == 1 else None


def _common_steps(traces: Sequence[Sequence[Step]], unknown: set[str]) -> tuple[Step, ...]:
    """The steps up to where the ways part, without what they ask of facts not known."""

    def is_shared(steps: tuple[Step, ...]) -> bool:
        return len({(step.stage, step.code, step.decided) for step in steps}) == 1

    shared = takewhile(is_shared, zip(*traces, strict=False))
    return tuple(_without(steps[0], unknown) for steps in shared)


def _without(step: Step, unknown: set[str]) -> Step:
    if "conditions" not in step.values:
        return step
    asked = [one for one in step.values["conditions"] if one["fact"] not in unknown]
    return replace(step, values={**step.values, "conditions": asked})


def quote_record(quoted: Quote) -> dict[str, Any]:
    """The quote as one JSON object, for commands and the API; instants stay instants."""
    facts, sale = quoted.facts, quoted.sale
    affiliate = {True: "Y", False: "N", None: None}[quoted.affiliate]
    rate = quoted.rate_bp
    return {
        "product": sale.product_id,
        "country": sale.country,
        "source": sale.source_code,
        "at": sale.at,
        "price_cents": sale.price_cents,
        "affiliate": affiliate,
        "known_from": facts.affiliate.origin,
        "feed_row_at": facts.feed_row_at,
        "status": quoted.status or None,
        "reason": quoted.reason,
        "rule": quoted.rule_code,
        "rate_percent": None if rate is None else f"{rate // 100}.{rate % 100:02d}",
        "commission_cents": quoted.commission_cents,
        "depends_on": list(quoted.depends_on),
        "trace": [
            {"stage": step.stage, "code": step.code, "decided": step.decided, "values": step.values}
            for step in quoted.steps
        ],
    }
