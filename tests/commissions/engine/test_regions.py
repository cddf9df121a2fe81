"""Regions of a decision table against asking the engine about every line there can be."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commissions.engine import regions
from commissions.engine.conditions import FLAG_FACTS, SET_FACTS, Condition, InSet, Is, holds
from commissions.engine.reference import MemberRow
from commissions.engine.regions import FACTS, Line, Space, Table, TooEntangled, Window, contains

SEEDS = st.integers(min_value=0, max_value=2**32)
START = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FOREVER = Window(START, None)
CLOSED = {
    "country": ["RU", "KZ", "US"],
    "seller_country": ["CN", "RU", "US"],
    "traffic_type": ["cashback", "content_site"],
}
# Values that a brute force takes; the last of an open fact is one that no list knows.
VALUES = {
    **CLOSED,
    "category": ["100", "200", "unlisted"],
    "store": ["s1", "s2", "unlisted"],
    "section": ["mall_ru", "", "unlisted"],
    **{flag: [False, True] for flag in FLAG_FACTS},
}
Rows = list[tuple[Condition, ...]]


def condition(rng: Random, fact: str) -> Condition:
    if fact in FLAG_FACTS:
        return Is(fact, rng.random() < 0.5)
    if fact == "section" or (fact == "seller_country" and rng.random() < 0.4):
        return Is(fact, str(rng.choice(VALUES[fact][:2])))
    return InSet(fact, f"{fact}_{rng.choice('ab')}", negated=rng.random() < 0.4)


def random_table(rng: Random) -> tuple[list[str], Rows, list[MemberRow]]:
    """A few facts, rows that ask of them, and lists that never change."""
    facts = rng.sample(FACTS, 4)
    rows = [
        tuple(condition(rng, rng.choice(facts)) for _ in range(rng.choice([0, 1, 1, 2, 2, 3])))
        for _ in range(rng.randint(1, 7))
    ]
    members = [
        MemberRow(f"{fact}_{name}", value, None, None)
        for fact in sorted(SET_FACTS) for name in "ab" for value in VALUES[fact]
        if value != "unlisted" and rng.random() < 0.5
    ]  # fmt: skip
    return facts, rows, members


def space_of(rows: Rows, members: Sequence[MemberRow], window: Window = FOREVER) -> Space:
    return Space([one for row in rows for one in row], members, window, CLOSED)


def table_of(rows: Rows, members: Sequence[MemberRow], window: Window = FOREVER) -> Table:
    space = space_of(rows, members, window)
    return Table(space, [space.box(row) for row in rows])


def matching(rows: Rows, line: dict, members: Sequence[MemberRow]) -> list[int]:
    """The rows that match a line, by the engine's own question."""
    listed = {(row.set_code, row.value) for row in members}
    return [
        number
        for number, row in enumerate(rows)
        if all(holds(one, line, lambda code, value: (code, value) in listed) for one in row)
    ]


def every_line(facts: Sequence[str]) -> Iterator[dict]:
    for values in product(*(VALUES[fact] for fact in facts)):
        yield {fact: VALUES[fact][0] for fact in FACTS} | dict(zip(facts, values, strict=True))


def values_of(line: Line) -> dict:
    return {fact: line.value(fact) for fact in FACTS}


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_who_decides_which_lines_is_what_asking_about_every_line_finds(seed: int) -> None:
    facts, rows, members = random_table(Random(seed))
    table = table_of(rows, members)
    lines = [matching(rows, line, members) for line in every_line(facts)]

    assert set(table.deciders()) == {next(iter(found), None) for found in lines}
    for number, box in enumerate(table.boxes):
        inside = {found[0] for found in lines if number in found}
        assert set(table.deciders(box)) == inside, rows


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_every_example_is_decided_as_is_claimed(seed: int) -> None:
    _facts, rows, members = random_table(Random(seed))
    table = table_of(rows, members)

    for decider, line in table.deciders().items():
        assert next(iter(matching(rows, values_of(line), members)), None) == decider
    for number, box in enumerate(table.boxes):
        for decider, line in table.deciders(box).items():
            found = matching(rows, values_of(line), members)
            assert found[0] == decider
            assert number in found


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_the_facts_an_example_shows_decide_whatever_the_others_are(seed: int) -> None:
    """What is not decisive may be anything; what is ordinary is left as it is."""
    facts, rows, members = random_table(Random(seed))
    table = table_of(rows, members)
    for decider, found in table.deciders().items():
        line = table.plain(found)
        assert line.decisive <= found.decisive
        shown = values_of(line)
        for other in every_line(facts):
            mixed = {fact: shown[fact] if fact in line.decisive else other[fact] for fact in FACTS}
            assert next(iter(matching(rows, mixed, members)), None) == decider


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_rows_cover_a_box_exactly_where_every_line_of_it_is_matched(seed: int) -> None:
    rng = Random(seed)
    facts, rows, members = random_table(rng)
    table = table_of(rows, members)
    chosen = {number for number in range(len(rows)) if rng.random() < 0.5}
    bits = sum(1 << number for number in chosen)
    lines = [matching(rows, line, members) for line in every_line(facts)]
    for number, box in enumerate(table.boxes):
        covered = all(chosen & set(found) for found in lines if number in found)
        assert table.covered(box, bits) == covered
    for one, other in product(range(len(rows)), repeat=2):
        if all(table.boxes[one]) and all(table.boxes[other]):
            inside = all(one in found for found in lines if other in found)
            assert contains(table.boxes[one], table.boxes[other]) == inside


def test_a_value_that_no_list_names_is_always_there_in_an_open_fact() -> None:
    members = [MemberRow("listed", "100", None, None)]
    open_fact = table_of([(InSet("category", "listed"),)], members).deciders()
    assert open_fact[None].value("category") == ""
    everyone = [MemberRow("listed", code, None, None) for code in CLOSED["country"]]
    assert set(table_of([(InSet("country", "listed"),)], everyone).deciders()) == {0}


def test_an_empty_text_that_is_asked_for_stands_for_itself_alone() -> None:
    found = table_of([(Is("section", ""),)], []).deciders()
    assert found[0].value("section") == ""
    assert found[None].value("section") == "other-1"


def test_a_value_outside_a_closed_fact_is_no_line() -> None:
    members = [MemberRow("listed", "ZZ", None, None)]
    rows: Rows = [(InSet("country", "listed"),), (Is("seller_country", "ZZ"),)]
    assert set(table_of(rows, members).deciders()) == {None}


def test_a_member_counts_in_the_part_of_its_period_that_lies_in_the_window() -> None:
    window = Window(START, START + 10 * DAY)
    asked: Rows = [(InSet("category", "listed"),)]

    def reached(start: datetime | None, end: datetime | None) -> bool:
        return 0 in table_of(asked, [MemberRow("listed", "100", start, end)], window).deciders()

    assert reached(None, None)
    assert reached(START + 9 * DAY, None)
    assert reached(None, START + DAY)
    assert not reached(None, START)
    assert not reached(START + 10 * DAY, None)


def test_a_value_is_in_two_lists_at_once_only_where_its_periods_meet() -> None:
    both: Rows = [(InSet("category", "first"), InSet("category", "second"))]
    turn = START + 5 * DAY
    first = MemberRow("first", "100", None, turn)
    assert 0 not in table_of(both, [first, MemberRow("second", "100", turn, None)]).deciders()
    early = turn - timedelta(microseconds=1)
    assert 0 in table_of(both, [first, MemberRow("second", "100", early, None)]).deciders()


def test_a_country_that_leaves_a_list_in_the_window_is_both_in_it_and_not() -> None:
    leaves = [MemberRow("listed", code, None, START + DAY) for code in CLOSED["country"]]
    assert set(table_of([(InSet("country", "listed"),)], leaves).deciders()) == {0, None}


def test_an_example_shows_what_is_asked_and_what_is_out_of_the_ordinary() -> None:
    rows: Rows = [(Is("virtual", True),), (Is("affiliate", False),), (Is("hot", True),), ()]
    table = table_of(rows, [])
    found = {decider: table.plain(line) for decider, line in table.deciders().items()}
    assert found[3].telling(()) == ["affiliate"]
    assert found[2].telling({"hot"}) == ["affiliate", "hot"]
    assert found[0].telling({"virtual"}) == ["virtual"]


def test_sixty_rows_and_a_list_of_a_hundred_thousand_stores_are_few_atoms() -> None:
    members = [
        MemberRow("brands", str(number), START + DAY if number % 2 else None, None)
        for number in range(100_000)
    ]
    members += [
        MemberRow(f"group-{number % 20}", str(number), None, None) for number in range(2_000)
    ]
    rows: Rows = [
        (InSet("category", f"group-{number % 20}"), Is("hot", number % 3 == 0),
         InSet("store", "brands", negated=number % 2 == 0), InSet("country", "country_a"))
        for number in range(59)
    ] + [()]  # fmt: skip
    table = table_of(rows, [*members, MemberRow("country_a", "RU", None, None)])
    assert len(table.space.atoms["store"]) == 2
    assert len(table.space.atoms["category"]) == 21
    assert {59} < set(table.deciders())


def test_a_table_too_entangled_to_follow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "MOST_STEPS", 3)
    rng = Random(1)
    rows: Rows = [(condition(rng, "hot"), condition(rng, fact)) for fact in FACTS for _ in range(3)]
    with pytest.raises(TooEntangled):
        table_of(
            rows, [MemberRow(f"{f}_a", VALUES[f][0], None, None) for f in SET_FACTS]
        ).deciders()
