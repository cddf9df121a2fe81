"""Lines and rules in words, for the sentences of the checks."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _
from django_countries import countries

from commissions.engine.conditions import FLAG_FACTS, InSet
from commissions.engine.regions import Line
from commissions.models import Rule
from commissions.rule_words import FACTS, asked, yes_no
from commissions.rulebooks.checks.subject import Row, Subject
from publishers.figures import in_own_language


def rule_name(rule: Rule) -> str:
    """A rule as the sentences name it."""
    return f"{rule.position} ({rule.code})"


def rule_names(rules: Iterable[Rule]) -> str:
    """Several rules as the sentences name them."""
    return ", ".join(rule_name(rule) for rule in rules)


def conditions_in_words(row: Row, subject: Subject) -> str:
    """All that a rule asks."""
    return "; ".join(asked(condition.as_json(), subject.words) for condition in row.conditions)


def line_in_words(line: Line, asked_facts: Collection[str], subject: Subject) -> str:
    """An example: the facts asked, and those that would change who decides it."""
    telling = set(line.telling(asked_facts))
    facts = [fact for fact in FACTS if fact in telling]
    return "; ".join(_fact_in_words(line, fact, subject) for fact in facts) or _("any line")


def _fact_in_words(line: Line, fact: str, subject: Subject) -> str:
    value = line.value(fact)
    if fact in FLAG_FACTS:
        return asked({"fact": fact, "is": value}, subject.words)
    lists = sorted(
        subject.set_name(one.set_code) for one in line.atoms[fact].yes if isinstance(one, InSet)
    )
    if lists:
        return _("%(fact)s is %(value)s (of “%(sets)s”)") % {
            "fact": FACTS[fact],
            "value": _text_in_words(fact, str(value), subject),
            "sets": ", ".join(lists),
        }
    if fact in {"category", "store"}:
        return _("%(fact)s is in none of the sets asked") % {"fact": FACTS[fact]}
    return _("%(fact)s is %(value)s") % {
        "fact": FACTS[fact],
        "value": _text_in_words(fact, str(value), subject),
    }


def _text_in_words(fact: str, value: str, subject: Subject) -> str:
    if fact == "traffic_type" and value in subject.types:
        return in_own_language(subject.types[value], "name")
    if fact in {"country", "seller_country"}:
        return str(countries.name(value) or value)
    return yes_no(value)
