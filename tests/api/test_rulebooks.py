"""Drafts by the API: uploaded, compared, thrown away; published by people alone."""

import json
from copy import deepcopy

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.operations.rulebooks import ask_publication
from commissions.rulebooks.differences import differences
from commissions.rulebooks.document import digest, document_of
from publishers.enums import Scope
from tests.api.callers import Machine, clerk, key_for, machine, network, of
from tests.backoffice import NOW
from tests.cases import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot(tmp_path) -> Machine:
    network(tmp_path)
    return Machine(key_for(clerk("view_rulebook", "change_rulebook"))[1])


def book(version: int) -> Rulebook:
    return Rulebook.objects.select_related("programme").get(version=version)


def document(robot: Machine, version: int = 4) -> dict:
    return robot.get(f"rulebooks/{book(version).pk}")["document"]


def test_what_is_read_can_be_uploaded_and_says_the_same(robot):
    for version in (1, 2, 3, 4):
        told = robot.post("rulebooks", document(robot, version))
        made = Rulebook.objects.get(pk=told["id"])
        assert (told["status"], made.status) == ("draft", RulebookStatus.DRAFT)
        assert digest(document_of(made)) == digest(document_of(book(version)))
        assert told["document"] == document(robot, version)
        assert robot.get(f"rulebooks/{made.pk}") == told
    entry = LogEntry.objects.latest("pk")
    assert (entry.user.username, entry.object_id) == ("clerk", str(made.pk))


def test_a_draft_is_told_with_what_stands_in_its_way_and_what_it_changes(robot):
    asked = {**document(robot), "starts": "2090-01-01", "referral": "4.25%", "rules": []}
    told = robot.post("rulebooks", asked)
    assert "error" in {one["severity"] for one in told["findings"]}
    changes = robot.get(f"rulebooks/{told['id']}/differences")
    assert (changes["old"]["version"], changes["new"]["id"]) == (4, told["id"])
    (referral,) = [one for one in changes["items"] if one["subject"] == "referral"]
    assert referral["new"].startswith("4.25")
    expected = differences(book(4), Rulebook.objects.get(pk=told["id"])).entries
    assert [one["what"] for one in changes["items"]] == [one.what for one in expected]
    other = robot.get(f"rulebooks/{told['id']}/differences", **{"from": book(1).pk})
    assert other["old"]["version"] == 1
    same = robot.get(f"rulebooks/{told['id']}/differences", **{"from": told["id"]})
    assert same["items"] == []


def test_before_the_first_version_there_is_nothing_to_compare_with(robot):
    refused = robot.get(f"rulebooks/{book(1).pk}/differences", 404)
    assert refused["pointer"] == "#/from"
    robot.get(f"rulebooks/{book(1).pk}/differences", 404, **{"from": 999_999})
    robot.get(f"rulebooks/{book(1).pk}/differences", 400, **{"from": "4.0"})
    robot.get("rulebooks/999999/differences", 404)


def wrong(good: dict, *path: object, value: object) -> dict:
    """The document with one value otherwise; None: without it."""
    changed = deepcopy(good)
    at = changed
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("referral",), 5, "#/referral"),
        (("referral",), None, "#/referral"),
        (("starts",), "soon", "#/starts"),
        (("rules", 2, "outcome"), "luck", "#/rules/2/outcome"),
        (("rules", 0, "code"), "No Code", "#/rules/0/code"),
        (("cookies", 0, "days"), -1, "#/cookies/0/days"),
        (("traffic", 1, "type"), "nothing", "#/traffic/1/type"),
        (("rules", 1, "when"), 5, "#/rules/1/when"),
        (("starts",), "2999-01-01", "#/starts"),
        (("sentence",), "x", "#/sentence"),
    ],
)
def test_what_cannot_be_read_is_pointed_at_in_both_languages(robot, path, value, where, language):
    robot.client.headers = None
    robot.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    refused = robot.post("rulebooks", wrong(document(robot), *path, value=value), 422)
    assert refused["pointer"] == where
    assert Rulebook.objects.count() == 4


@pytest.mark.parametrize("body", ["[]", '"x"', "{}", '{"title_en": "\\u0000"}', '{"a": "\\ud800"}'])
def test_a_body_that_is_no_rulebook_leaves_nothing(robot, body):
    assert robot.send("rulebooks", body).status_code in (400, 422)
    assert Rulebook.objects.count() == 4


def test_a_draft_is_thrown_away_once_and_nothing_else_is(robot):
    made = robot.post("rulebooks", document(robot))["id"]
    first = robot.send(f"rulebooks/{made}/discard", key="away")
    assert first.status_code == 200, first.content
    assert not Rulebook.objects.filter(pk=made).exists()
    again = robot.send(f"rulebooks/{made}/discard", key="away")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    robot.post(f"rulebooks/{made}/discard", status=404)
    robot.post(f"rulebooks/{book(4).pk}/discard", status=409)
    assert Rulebook.objects.count() == 4
    assert LogEntry.objects.count() == 2


def test_what_is_asked_for_is_seen_and_stays(robot):
    asked = {**document(robot), "starts": "2090-01-01"}
    made = robot.post("rulebooks", asked)["id"]
    ask_publication(rulebook_id=made, reason="Spring.", by=person("asker"), at=NOW)
    told = robot.get(f"rulebooks/{made}")
    assert (told["status"], told["published_at"]) == ("asked", None)
    assert told["asked_at"]
    robot.post(f"rulebooks/{made}/discard", status=409)


def test_a_machine_without_the_scope_or_the_right_makes_none(robot):
    body = document(robot)
    seeing = Machine(key_for(clerk("view_rulebook", name="seeing"))[1])
    seeing.post("rulebooks", body, 403)
    may = clerk("view_rulebook", "change_rulebook", name="may")
    reading = machine(may, Scope.READ_RULEBOOKS)
    assert reading.post("rulebooks", body, 403)["type"] == "urn:permille:problem:scope"
    machine(of("anna")).post("rulebooks", body, 403)
    assert json.dumps(body)
    assert Rulebook.objects.count() == 4


def test_more_rules_cost_no_more_questions(robot):
    def cost(made: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            robot.get(f"rulebooks/{made}")
        return len(queries)

    body = document(robot)
    few = robot.post("rulebooks", {**body, "rules": body["rules"][-1:]})["id"]
    many = robot.post("rulebooks", {**body, "rules": body["rules"][:-1] * 3})["id"]
    cost(few)
    assert cost(few) == cost(many)
