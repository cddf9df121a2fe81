"""Sources by the API: the same that the portal's pages show, and all that their buttons do."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.models import Moderation
from compliance.moderation.operations import agree, approve, ask_back, check_pages, reject
from publishers.enums import Scope
from publishers.models import Source, SourceApproval, SourceStatement
from publishers.operations import suspend_source
from tests.api.callers import Machine, machine, of
from tests.sources import (
    NOTICE,
    applied,
    mailing,
    network,
    page,
    publisher,
    site,
    staff,
    the_web,
    toolbar,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def anna() -> Machine:
    network()
    return machine(of("anna"))


@pytest.fixture
def portal(anna) -> Client:
    client = Client()
    client.force_login(of("anna"))
    return client


def asked(code: str = "deals", **more) -> Moderation:
    moderation = applied(code=code, at=timezone.now(), **more)
    ask_back(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="From where?")
    return moderation


def rejected(code: str = "letters") -> Moderation:
    moderation = applied("email_newsletter", mailing(leave=""), code=code, at=timezone.now())
    reason = {"rule": "F27", "en": "Nobody can leave it.", "ru": "Уйти нельзя."}
    reject(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="See the rules.",
           reasons=[reason])  # fmt: skip
    return moderation


def one_of_every_standing() -> None:
    now = timezone.now()
    asked("asked-back")
    rejected("rejected")
    applied(code="waiting", at=now)
    approved = applied(code="approved", at=now)
    approve(moderation_id=approved.pk, by=staff(), at=now, words="Welcome.")
    stopped = applied(code="stopped", at=now - DAY)
    approve(moderation_id=stopped.pk, by=staff(), at=now - DAY)
    suspend_source(source_id=stopped.source_id, ground="case:7", at=now)
    applied("toolbars_plugins", toolbar(), code="toolbar", at=now)
    Source.objects.create(
        code="entered", publisher=publisher(), title="Entered", url="https://e.example.org/",
        traffic_type=approved.source.traffic_type,
    )  # fmt: skip


# --- one truth ----------------------------------------------------------------------------------


def test_the_list_stands_as_the_page_says(anna, portal):
    one_of_every_standing()
    rows = portal.get("/en/my/sources/").context["rows"]
    told = {one["code"]: one for one in anna.get("sources")["items"]}
    assert len(told) == len(rows) == 7
    assert {one["standing"] for one in told.values()} == {
        "asked", "rejected", "waiting", "approved", "suspended", "not_approved",
    }  # fmt: skip
    for row, words in rows:
        one = told[row.source.code]
        assert (one["standing"], one["why"], one["following"]) == (
            row.standing, words.why, words.following,
        )  # fmt: skip
        assert (one["case"], one["approved"]) == (row.case_id, row.approval is not None)


def test_a_source_is_told_with_all_that_its_page_shows(anna, portal, monkeypatch):
    one_of_every_standing()
    the_web(monkeypatch, {"deals.example.org/": page(NOTICE)})
    check_pages(at=timezone.now())
    for code in Source.objects.values_list("code", flat=True):
        shown = portal.get(f"/en/my/sources/{code}/").context
        told = anna.get(f"sources/{code}")
        assert [(one["verdict"], one["rule"], one["sentence"], one["clause"], one["checked"])
                for one in told["findings"]] == [
            (str(one["verdict"]), one["rule"], one["sentence"], one["clause"], one["checked"])
            for one in shown["findings"]
        ]  # fmt: skip
        assert told["clear"] == shown["passed"]
        assert [(one["rule"], one["sentence"]) for one in told["reasons"]] == (
            shown["reasons"] if shown["rejected"] else []
        )
        assert [
            [(event["words"], event["reasons"]) for event in one["talk"]] for one in told["rounds"]
        ] == [
            [(event["words"], [words for _rule, words in event["reasons"]])
             for event in one["events"]]
            for one in shown["talk"]
        ]  # fmt: skip
        assert [one["grounds"] for one in told["rounds"]] == [
            one["grounds"] for one in shown["talk"]
        ]
        assert ("look" in told["may"]) == shown["may_look"]
        assert ("withdraw" in told["may"]) == shown["is_open"]
        assert ("answer" in told["may"]) == shown["asked"]
        assert (told["said"] is None) == (shown["said"] is None)
        ownership = told["ownership"] or {}
        assert ownership.get("token", "") == shown["ownership"].get("token", "")
        assert ownership.get("proven", False) == shown["ownership"].get("proven", False)
    assert anna.get("sources/rejected")["staff_words"] == "See the rules."
    assert anna.get("sources/asked-back")["staff_words"] == "From where?"


def test_types_of_traffic_are_those_that_a_source_may_be_added_of(anna, portal):
    moderation = applied("toolbars_plugins", toolbar(), code="toolbar", at=timezone.now())
    agree(moderation_id=moderation.pk, by=staff(), at=timezone.now(), valid_from=timezone.now(),
          valid_to=timezone.now() + DAY, note_of_it="Signed.")  # fmt: skip
    told = {one["code"]: one for one in anna.get("traffic-types")["items"]}
    shown = portal.get("/en/my/sources/new/").context
    for group in ("open", "by_agreement", "forbidden"):
        for row in shown[group]:
            one = told.pop(row["code"])
            assert (one["name"], one["permission"], one["may_use"], one["may_be_added"]) == (
                row["name"], row["permission"], row["may_use"], row["may_be_added"],
            )  # fmt: skip
            assert one["conditions"] == row["conditions"]
            assert len(one["agreements"]) == len(row["agreements"])
            assert len(one["demands"]) == len(row["demanded"])
            if row["code"] == "toolbars_plugins":
                assert one["agreements"]
                assert one["demands"] == ["package"]
    assert not told


# --- what buttons do ----------------------------------------------------------------------------


def test_a_question_of_staff_is_answered_once(anna):
    asked()
    assert anna.get("sources/deals")["may"] == ["answer", "change", "look", "withdraw"]
    anna.post("sources/deals/answer", {"text": " "}, 400)
    told = anna.post("sources/deals/answer", {"text": "By search."}, key="one")
    assert (told["standing"], told["staff_words"]) == ("waiting", "")
    last = told["rounds"][0]["talk"][-1]
    assert (last["move"], last["words"], last["by_publisher"]) == ("answered", "By search.", True)
    assert anna.post("sources/deals/answer", {"text": "By search."}, key="one") == told
    assert "Nothing was asked" in anna.post("sources/deals/answer", {"text": "x"}, 409)["detail"]


def test_what_is_not_named_in_a_change_stays_as_it_was_said(anna):
    rejected()
    before = anna.get("sources/letters")["said"]
    told = anna.post("sources/letters/change", {"leave": "By a link in each.", "words": "Mended."})
    assert told["said"] == {
        **before, "leave": "By a link in each.", "given_at": told["said"]["given_at"],
    }  # fmt: skip
    assert told["standing"] == "waiting"
    assert told["rounds"][0]["talk"][0]["words"] == "Mended."
    cleared = anna.post("sources/letters/change", {"leave": "x", "audience": "", "countries": []})
    assert (cleared["said"]["audience"], cleared["said"]["countries"]) == ("", [])


def test_files_are_kept_unless_others_are_given(anna):
    applied("toolbars_plugins", toolbar(), code="bar", at=timezone.now())
    told = anna.post("sources/bar/change", {"title": "Finder"})
    assert told["title"] == "Finder"
    assert told["said"]["package"]["name"] == "toolbar.zip"
    other = {"name": "other.zip", "content": b64encode(toolbar().package.content + b"\0").decode()}
    told = anna.post("sources/bar/change", {"package": other})
    assert told["said"]["package"]["name"] == "other.zip"
    refused = anna.post(
        "sources/bar/change", {"package": {"name": "x.zip", "content": "eHh4"}}, 422
    )
    assert refused["detail"]


def test_a_change_that_lacks_what_its_type_demands_is_refused(anna):
    applied(code="deals", at=timezone.now())
    assert "web address" in anna.post("sources/deals/change", {"url": ""}, 422)["detail"]
    anna.post("sources/deals/change", {"title": " "}, 400)
    assert anna.post("sources/deals/change", {"code": "x"}, 400)["pointer"] == "#/code"
    assert SourceStatement.objects.count() == 1


def test_of_a_source_that_the_network_entered_something_can_be_said(anna):
    one_of_every_standing()
    assert anna.get("sources/entered")["may"] == ["change"]
    for move in ("look", "withdraw"):
        assert "never looked" in anna.post(f"sources/entered/{move}", None, 409)["detail"]
    told = anna.post("sources/entered/change", {"audience": "Readers"})
    assert (told["said"]["title"], told["said"]["url"]) == ("Entered", "https://e.example.org/")
    assert told["standing"] == "waiting"


def test_what_staff_look_at_is_withdrawn_and_approval_stays(anna):
    moderation = applied(code="deals", at=timezone.now())
    approve(moderation_id=moderation.pk, by=staff(), at=timezone.now())
    assert "decided already" in anna.post("sources/deals/withdraw", None, 409)["detail"]
    anna.post("sources/deals/change", {"title": "Better deals"})
    told = anna.post("sources/deals/withdraw", None, 200)
    assert told["rounds"][0]["state"] == "withdrawn"
    assert told["approved"]
    assert SourceApproval.objects.count() == 1


def test_a_page_is_looked_at_by_ones_wish(anna, monkeypatch):
    before = timezone.now() - DAY
    applied(code="deals", at=before)
    the_web(monkeypatch, {"deals.example.org/": page(NOTICE)})
    check_pages(at=before)
    assert not anna.get("sources/deals")["page_due"]
    assert anna.post("sources/deals/look", None, 202)["page_due"]
    check_pages(at=timezone.now())
    assert "a moment ago" in anna.post("sources/deals/look", None, 409)["detail"]


def test_somebody_elses_source_is_the_same_as_none_and_nothing_is_written(anna):
    asked()
    boris = machine(of("boris"))
    for move, body in (("answer", {"text": "x"}), ("change", {"title": "x"}), ("look", None),
                       ("withdraw", None)):  # fmt: skip
        theirs = boris.post(f"sources/deals/{move}", body, 404)
        none = boris.post(f"sources/nothing/{move}", body, 404)
        assert theirs["detail"] == none["detail"]
    assert Moderation.objects.get().state == "asked"
    reading = machine(of("anna"), Scope.READ_SOURCES)
    assert reading.post("sources/deals/withdraw", None, 403)["type"].endswith("scope")


def test_lists_cost_the_same_for_more_sources(anna):
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get(path)
        return len(queries)

    applied(code="deals", at=timezone.now())
    cost("sources")
    before = cost("sources"), cost("traffic-types")
    for number in range(6):
        asked(f"more-{number}", material=site(f"https://{number}.example.org/"))
    assert (cost("sources"), cost("traffic-types")) == before
    first = anna.get("sources", limit=3)
    second = anna.get(first["next"])
    assert [one["code"] for one in first["items"] + second["items"]] == [
        *(f"more-{number}" for number in range(5, -1, -1))
    ]
    assert anna.get(second["previous"])["items"] == first["items"]
