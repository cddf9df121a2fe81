"""Rules in words: what a condition asks and what an outcome gives, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Programme, Rule
from commissions.rulebooks.editions import version_in_force
from publishers.figures import in_own_language, rate

FACTS: Mapping[str, Promise] = {
    "country": gettext_lazy("the country of delivery"),
    "category": gettext_lazy("the category"),
    "store": gettext_lazy("the store"),
    "traffic_type": gettext_lazy("the type of traffic"),
    "seller_country": gettext_lazy("the seller's country"),
    "section": gettext_lazy("the section of the store"),
    "in_programme": gettext_lazy("the store takes part"),
    "virtual": gettext_lazy("staff ruled the product virtual"),
    "affiliate": gettext_lazy("the product is an affiliate product"),
    "hot": gettext_lazy("the product is on hot sale"),
    "direct_link": gettext_lazy("the click led directly to this product"),
}

# The opposite of each fact that holds or does not.
OPPOSITES: Mapping[str, Promise] = {
    "in_programme": gettext_lazy("the store takes no part"),
    "virtual": gettext_lazy("staff did not rule the product virtual"),
    "affiliate": gettext_lazy("the product is not an affiliate product"),
    "hot": gettext_lazy("the product is not on hot sale"),
    "direct_link": gettext_lazy("the click did not lead directly to this product"),
}


@dataclass(frozen=True)
class Words:
    """What rows say of themselves: names of sets by code, sentences of rules by id."""

    sets: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[int, str] = field(default_factory=dict)
    currency: str = "USD"
    zone: str = ""


def words_of(programme: Programme, edition_id: int | None = None) -> Words:
    """The words of a programme, and of the version in force of an edition of its rules.

    In the reader's language. Rules are known by the numbers that decisions give them.
    """
    book = version_in_force(edition_id) if edition_id else None
    rules = book.rules.all() if book else Rule.objects.none()
    return Words(
        sets={row.code: in_own_language(row, "name") for row in programme.named_sets.all()},
        rules={rule.decided_as_id or rule.pk: in_own_language(rule, "sentence") for rule in rules},
        currency=programme.currency,
        zone=programme.time_zone,
    )


def yes_no(value: object) -> str:
    """A truth as a word, an empty text as such, anything else as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value != "" else _("not given")


def asked(condition: Mapping[str, Any], words: Words) -> str:
    """What a condition (as its JSON) asks, as half a sentence."""
    fact = FACTS.get(str(condition["fact"]), condition["fact"])
    for word, text in (("in", _("%(fact)s is among “%(set)s”")),
                       ("not_in", _("%(fact)s is not among “%(set)s”"))):  # fmt: skip
        if word in condition:
            code = str(condition[word])
            return text % {"fact": fact, "set": words.sets.get(code, code)}
    value = condition["is"]
    if value is True:
        return str(fact)
    if value is False:
        return str(OPPOSITES[str(condition["fact"])])
    return _("%(fact)s is %(value)s") % {"fact": fact, "value": value}


def given(rule: Rule) -> str:
    """What the outcome of a rule gives, in a few words."""
    if rule.outcome == "rate":
        return rate(rule.rate_bp)
    if rule.outcome == "feed_rate":
        return _("the product's own rate, %(low)s to %(high)s") % {
            "low": rate(rule.min_bp),
            "high": rate(rule.max_bp),
        }
    return {"nothing": _("nothing"), "untracked": _("not tracked")}[rule.outcome]
