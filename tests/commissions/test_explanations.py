"""Steps of a decision in words, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from commissions.engine.conditions import InSet, Is
from commissions.engine.facts import LineFacts
from commissions.engine.order import settle_orders
from commissions.engine.reference import ApprovalRow, ClickRow, MemberRow, Reference, SourceRow
from commissions.engine.rulebook import CookieLife, Outcome, Rule, Rulebook
from commissions.explanations import Explained, sentences
from commissions.rule_words import Words

PLACED = datetime(2020, 3, 1, 12, tzinfo=UTC)
BOOK = Rulebook(
    1, 1, datetime(2020, 1, 1, tzinfo=UTC),
    (
        Rule(1, "virtual", (Is("virtual", True),), Outcome("untracked")),
        Rule(2, "home", (InSet("category", "home"),), Outcome("rate", 700)),
        Rule(3, "own", (Is("hot", True),), Outcome("feed_rate", 0, 0, 7000)),
        Rule(4, "abroad", (InSet("country", "eleven", negated=True),), Outcome("nothing")),
    ),
    (CookieLife(None, 3),), 3850, 500,
)  # fmt: skip


def known(**other: object) -> Reference:
    """A source, its click, its approval, two sets and a rulebook, but for what is named."""
    return Reference(**{
        "rulebooks": (BOOK,),
        "sources": (SourceRow(1, "site", 1, "content_site"),),
        "approvals": (ApprovalRow(1, None, None),),
        "clicks": (ClickRow(1, "k", 1, PLACED - timedelta(days=1), ""),),
        "members": (MemberRow("home", "200", None, None), MemberRow("eleven", "RU", None, None)),
        **other,
    })  # fmt: skip


LINE = LineFacts("1", "1", 3, PLACED, 12_345, "US", af="site", dp="k", category_id="200")
WORDS = Words({"home": "Home"}, {2: "Home earns 7 %."}, zone="Europe/Moscow")


def explained(line: LineFacts = LINE, **other: object) -> list[Explained]:
    return sentences(settle_orders([line], known(**other))["1"].steps, WORDS)


def texts(line: LineFacts = LINE, **other: object) -> str:
    return "\n".join(f"{step.title}: {step.text}" for step in explained(line, **other))


def test_a_line_that_earns_is_told_from_its_source_to_its_cap():
    outcomes = [step.outcome for step in explained()]
    assert outcomes == [
        "passed", "passed", "passed", "passed", "passed", "unmatched", "matched", "reckoned",
        "passed", "passed",
    ]  # fmt: skip
    said = texts()
    assert "1 Mar 2020, 15:00:00" in said  # on the programme's clock
    assert "12,345 × 7.00 % = 864.15, cut down to 864 cents = 8.64 USD" in said
    assert "Home earns 7 %." in said


def test_a_rule_tells_what_it_asked_and_what_the_line_had():
    rules = [step for step in explained() if step.checks]
    assert [(c.text, c.value, c.holds) for step in rules for c in step.checks] == [
        ("staff ruled the product virtual", "no", False),
        ("the category is among “Home”", "200", True),
    ]


def test_the_cap_tells_its_share():
    said = texts(replace(LINE, paid_cents=100_000))
    assert "over the cap of 38.50 USD" in said
    assert "38.50 USD × 70.00 USD / 70.00 USD, to the cent: 38.50 USD" in said


@pytest.mark.parametrize(
    ("change", "other", "wanted"),
    [
        ({"af": "", "dp": ""}, {}, "Nothing names a source of ours"),
        ({}, {"rulebooks": ()}, "no rulebook was in force then"),
        ({"dispute": True}, {}, "opened a dispute"),
        ({}, {"approvals": ()}, "was not approved"),
        ({"created_at": PLACED + timedelta(days=9)}, {}, "was over"),
        ({"category_id": "1", "is_hot": True}, {}, "the feed gives none"),
        ({"category_id": "1", "is_hot": True, "feed_rate_bp": 9000}, {}, "gives 90.00 %"),
        ({"category_id": "1"}, {}, "The rule gives nothing."),
        ({"category_id": "1", "country": "RU"}, {}, "No rule of the rulebook matches"),
        ({}, {"blocked": frozenset({1})}, "8.64 USD are deducted while the block stands"),
    ],
)
def test_what_ended_the_matter_is_told(change, other, wanted):
    line = replace(LINE, **change)
    assert wanted in texts(line, **other)
    assert explained(line, **other)[-1].outcome == "stopped"


def test_a_russian_reader_gets_russian_words_and_figures():
    with override("ru"):
        said = texts()
    assert "доли цента отброшены" in said
    assert "8,64 USD" in said
    assert "1 мар 2020" in said


def test_codes_stand_where_words_are_not_known():
    steps = settle_orders([LINE], known())["1"].steps
    rule = next(step for step in sentences(steps) if step.outcome == "matched")
    assert rule.checks[0].text == "the category is among “home”"
