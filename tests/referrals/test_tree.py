"""Who brought whom, drawn."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishers.models import AccountBlock, Publisher
from referrals import tree
from referrals.models import Referral

pytestmark = pytest.mark.django_db

NOW = datetime(2020, 1, 1, tzinfo=UTC)


def grow(**brought_by: str) -> dict[str, Publisher]:
    """Publishers in this order, each with who brought it (or an empty text)."""
    grown: dict[str, Publisher] = {}
    for code, referrer in brought_by.items():
        grown[code] = Publisher.objects.create(code=code, name=code, registered_at=NOW)
        if referrer:
            Referral.objects.create(referred=grown[code], referrer=grown[referrer])
    return grown


def drawn(member: tree.Member) -> dict:
    return {member.code: [drawn(below) for below in member.referred]}


def test_a_family_is_the_chain_above_and_everyone_below_without_siblings():
    grown = grow(a="", b="a", sibling="a", c="b", d="c", e="c")
    family = tree.family(grown["c"].pk)
    assert [member.code for member in family.chain] == ["a", "b"]
    assert drawn(family.drawn) == {"a": [{"b": [{"c": [{"d": []}, {"e": []}]}]}]}
    assert family.subject.is_subject
    assert not family.cut


def test_a_family_is_read_in_one_query():
    grown = grow(a="", b="a", c="b")
    with CaptureQueriesContext(connection) as queries:
        tree.family(grown["a"].pk)
    assert len(queries) == 1


def test_a_publisher_alone_has_no_tree():
    assert tree.family(grow(a="")["a"].pk).is_alone


def test_blocked_members_are_marked():
    grown = grow(a="", b="a")
    AccountBlock.objects.create(publisher=grown["b"], ground="case:1", valid_from=NOW)
    family = tree.family(grown["a"].pk)
    assert [member.blocked for member in family.subject.referred] == [True]


def test_a_tree_that_is_too_large_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(tree, "MOST", 3)
    grown = grow(a="", b="a", c="a", d="a", e="a")
    family = tree.family(grown["a"].pk)
    assert family.cut
    assert len(family.subject.referred) == 2


def test_a_tree_that_is_too_deep_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(tree, "DEEPEST", 2)
    grown = grow(a="", b="a", c="b", d="c")
    family = tree.family(grown["a"].pk)
    assert family.cut
    assert drawn(family.drawn) == {"a": [{"b": [{"c": []}]}]}


def test_the_forest_holds_every_tree_by_its_root():
    grow(x="", a="", b="a", c="b", y="x", alone="")
    trees, cut = tree.forest()
    assert [drawn(one) for one in trees] == [{"a": [{"b": [{"c": []}]}]}, {"x": [{"y": []}]}]
    assert not cut
    assert [one.code for one in tree.forest(first=1)[0]] == ["x"]
