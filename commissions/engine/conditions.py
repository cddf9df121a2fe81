"""Conditions of a rule: what they ask of a line, and how they are written down.

A condition is an object of a rule's JSON list:

* `{"fact": "country", "in": "eleven"}` - the fact's value is a member of the named set when the
  order was placed; `"not_in"` asks the opposite;
* `{"fact": "affiliate", "is": false}` - the fact has exactly this value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SET_FACTS = frozenset({"country", "category", "store", "traffic_type", "seller_country"})
FLAG_FACTS = frozenset({"affiliate", "hot", "direct_link", "virtual", "in_programme"})
TEXT_FACTS = frozenset({"section", "seller_country"})


def _(sentence: str) -> str:
    """Marks a sentence that is translated where it is shown; the engine knows no framework."""
    return sentence


class ConditionError(ValueError):
    """A condition that cannot be read: which, and what to write instead.

    The message is in English; `sentence` with its `values` can be told in another language.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class InSet:
    """The fact's value is (or, negated, is not) a member of a named set."""

    fact: str
    set_code: str
    negated: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"fact": self.fact, ("not_in" if self.negated else "in"): self.set_code}


@dataclass(frozen=True)
class Is:
    """The fact has exactly this value."""

    fact: str
    value: bool | str

    def as_json(self) -> dict[str, Any]:
        return {"fact": self.fact, "is": self.value}


Condition = InSet | Is


def parse_condition(data: Mapping[str, Any]) -> Condition:
    """Read one condition of a rule's JSON. Raises ConditionError with a sentence."""
    fact = str(data.get("fact"))
    word = next((key for key in ("in", "not_in", "is") if key in data), None)
    if word is None or len(data) != 2:
        raise ConditionError(
            _('The condition %(condition)r needs "fact" and one of "in", "not_in" and "is".'),
            condition=data,
        )
    value = data[word]
    if word == "is":
        if fact in FLAG_FACTS and isinstance(value, bool):
            return Is(fact, value)
        if fact in TEXT_FACTS and isinstance(value, str):
            return Is(fact, value)
        raise ConditionError(
            _(
                'The condition %(condition)r cannot be read: "is" takes true or false for '
                "%(flags)s, and a text for %(texts)s."
            ),
            condition=data,
            flags=", ".join(sorted(FLAG_FACTS)),
            texts=", ".join(sorted(TEXT_FACTS)),
        )
    if fact not in SET_FACTS or not isinstance(value, str):
        raise ConditionError(
            _(
                'The condition %(condition)r cannot be read: "%(word)s" takes the code of a named '
                "set, for one of %(facts)s."
            ),
            condition=data,
            word=word,
            facts=", ".join(sorted(SET_FACTS)),
        )
    return InSet(fact, value, negated=word == "not_in")


def holds(
    condition: Condition,
    facts: Mapping[str, bool | str],
    is_member: Callable[[str, str], bool],
) -> bool:
    """Whether the condition holds.

    facts: the line's facts by name; is_member: (set code, value) -> was it a member when the
    order was placed.
    """
    value = facts[condition.fact]
    if isinstance(condition, Is):
        return value == condition.value
    return is_member(condition.set_code, str(value)) is not condition.negated
