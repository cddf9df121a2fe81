"""What a corrected table may decide otherwise, against asking the engine about every line."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings

from commissions.engine import regions
from commissions.engine.conditions import InSet, Is
from commissions.engine.corrections import NO_RULE, concerned
from commissions.engine.reference import MemberRow
from commissions.engine.regions import FACTS
from commissions.engine.rulebook import Outcome, Rule
from tests.commissions.engine.test_regions import (
    CLOSED,
    FOREVER,
    SEEDS,
    VALUES,
    condition,
    matching,
    random_table,
)

# No fact is closed here: there is always a value that no list knows.
EVERY = {fact: [*VALUES[fact], *(["unlisted"] if fact in CLOSED else [])] for fact in FACTS}


def rule(number: int, *conditions: InSet | Is) -> Rule:
    return Rule(number, f"rule_{number}", conditions, Outcome("rate", rate_bp=number))


def corrected(rng: Random, facts: Sequence[str], rules: list[Rule]) -> list[Rule]:
    """The rules with some gone, some moved, some with another outcome, some new among them."""
    after = list(rules)
    for number in range(100, 100 + rng.randint(0, 3)):
        place = rng.randrange(len(after) + 1)
        match rng.choice(["gone", "moved", "outcome", "new"]):
            case "gone" if place < len(after):
                after.pop(place)
            case "moved" if place < len(after):
                one = after.pop(place)
                after.insert(rng.randrange(len(after) + 1), one)
            case "outcome" if place < len(after):
                after[place] = replace(after[place], id=number)
            case _:
                asked = [condition(rng, rng.choice(facts)) for _ in range(rng.choice([0, 1, 2]))]
                after.insert(place, rule(number, *asked))
    return after


def decider(rules: Sequence[Rule], line: dict, members: Sequence[MemberRow]) -> int:
    found = matching([one.conditions for one in rules], line, members)
    return rules[found[0]].id if found else NO_RULE


@given(SEEDS)
@settings(max_examples=400, deadline=None)
def test_just_the_rules_are_named_that_lose_a_line_or_are_gone(seed: int) -> None:
    rng = Random(seed)
    facts, rows, members = random_table(rng)
    before = [rule(number, *row) for number, row in enumerate(rows, start=1)]
    after = corrected(rng, facts, before)
    losing = set()
    for values in product(*(EVERY[fact] for fact in facts)):
        line = {fact: EVERY[fact][0] for fact in FACTS} | dict(zip(facts, values, strict=True))
        was = decider(before, line, members)
        if decider(after, line, members) != was:
            losing.add(was)

    gone = {one.id for one in before} - {one.id for one in after}
    assert concerned(before, after, members, FOREVER) == losing | gone


BROAD = rule(9)
HOT, NOT_HOT = rule(1, Is("hot", True)), rule(2, Is("hot", False))
RUSSIA = rule(3, InSet("country", "russia"))
MEMBERS = [MemberRow("russia", "RU", None, None)]


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ([HOT, BROAD], [HOT, BROAD], set()),
        ([HOT, BROAD], [HOT, RUSSIA, BROAD], {BROAD.id}),
        ([HOT, BROAD], [RUSSIA, HOT, BROAD], {HOT.id, BROAD.id}),
        ([HOT, NOT_HOT], [NOT_HOT, HOT], set()),
        ([HOT, RUSSIA, BROAD], [RUSSIA, HOT, BROAD], {HOT.id}),
        ([HOT, RUSSIA, BROAD], [HOT, BROAD], {RUSSIA.id}),
        ([HOT], [HOT, RUSSIA], {NO_RULE}),
        ([HOT, NOT_HOT], [HOT, NOT_HOT, RUSSIA], set()),
    ],
    ids=[
        *("nothing", "a rule before the broad one", "a rule before all", "two that never meet"),
        *("two that meet change places", "a rule is gone", "a rule for what none matched"),
        "a rule that never matches",
    ],
)
def test_what_a_change_of_the_table_may_decide_otherwise(before, after, named) -> None:
    assert concerned(before, after, MEMBERS, FOREVER) == named


def test_tables_too_entangled_to_follow_name_no_rule_but_all_lines(monkeypatch) -> None:
    monkeypatch.setattr(regions, "MOST_STEPS", -1)
    assert concerned([HOT, BROAD], [RUSSIA, HOT, BROAD], MEMBERS, FOREVER) is None
