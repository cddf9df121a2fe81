"""Rulebooks in the back office: the list, the page and its steps, the editor, files."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from commissions.admin.rulebook_json import revision
from commissions.enums import RulebookStatus
from commissions.models import NamedSet, Programme, Rulebook, SetMember
from commissions.operations.rulebooks import copy_rulebook
from commissions.programmes.rows import ProgrammeFileError
from commissions.rulebooks.checks import Finding, Severity
from commissions.rulebooks.document import document_of, known_to
from commissions.rulebooks.json_form import as_document, read_document
from publishers.models import TrafficPermission, User
from tests.backoffice import signed_in
from tests.fact_files import aliexpress
from tests.rulebooks import person

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
# Pages go by the real clock; these starts are far from it.
LATER = datetime(2090, 3, 1, tzinfo=MOSCOW)
AT = datetime(2021, 6, 1, tzinfo=UTC)
DEAD_ROW = Finding("never_matches", Severity.ERROR, "Row 2 never matches.", (2, 1), "A phone.")


@pytest.fixture
def programme() -> Programme:
    return aliexpress()


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the checks find: nothing, until a test plants something."""
    planted: list[Finding] = []
    for place in ("admin.rulebook_page", "admin.rulebook_editor", "operations.rulebooks"):
        monkeypatch.setattr(f"commissions.{place}.findings", lambda *_args, at: planted)
    return planted


def browser(name: str = "author") -> Client:
    """A browser in which somebody of the staff is signed in."""
    client = Client()
    client.force_login(person(name))
    return client


def book(version: int) -> Rulebook:
    return Rulebook.objects.get(version=version)


def draft(starts_at: datetime = LATER) -> Rulebook:
    """A draft: a copy of the last rulebook that ships."""
    return copy_rulebook(rulebook_id=book(4).pk, starts_at=starts_at, by=person("author"), at=AT)


def address(step: str, row: Rulebook) -> str:
    return reverse(f"admin:commissions_rulebook_{step}", args=[row.pk])


def press(client: Client, step: str, row: Rulebook, **form: str) -> str:
    """Press a button of a rulebook's page; the text of the page it leads to."""
    answer = client.post(address(step, row), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def document(row: Rulebook) -> dict[str, Any]:
    """What the editor begins with."""
    return as_document(document_of(row), MOSCOW)


def send(
    client: Client, row: Rulebook, said: object, *, began: str | None = None, to: str = "edit"
) -> Any:
    """What the server answers to the editor."""
    body = {"revision": began or revision(document(row)), "document": said}
    return client.post(address(to, row), json.dumps(body), content_type="application/json")


def logged(row: Rulebook) -> list[int]:
    """What the log of the back office says was done to a rulebook, the first first."""
    entries = LogEntry.objects.filter(object_id=str(row.pk), content_type__model="rulebook")
    return list(entries.order_by("pk").values_list("action_flag", flat=True))


# --- the list and the page ----------------------------------------------------------------------


def test_the_list_tells_what_is_in_force_was_is_to_come_and_waits(programme):
    draft()
    coming = draft(LATER + timedelta(days=1))
    replaced = draft(LATER + timedelta(days=1))
    for one in (coming, replaced):
        press(browser(), "ask", one, reason="Rates fall.")
        press(browser("approver"), "approve", one)
    press(browser(), "ask", draft(LATER + timedelta(days=2)), reason="Rates fall again.")
    text = browser().get(reverse("admin:commissions_rulebook_changelist")).content.decode()
    for standing in (
        "was in force", "in force now", "published, to come", "superseded", "draft",
        "waits for a second person",
    ):  # fmt: skip
        assert standing in text


@pytest.mark.usefixtures("programme")
def test_a_published_page_offers_copies_and_no_editing():
    text = browser().get(address("change", book(4))).content.decode()
    assert 'data-action="copy"' in text
    assert 'data-action="correct"' in text
    assert 'data-action="undo"' in text
    assert 'data-action="edit"' not in text


@pytest.mark.usefixtures("programme")
def test_the_first_rulebook_cannot_be_undone():
    first = book(1)
    assert 'data-action="undo"' not in browser().get(address("change", first)).content.decode()
    text = press(browser(), "undo", first)
    assert "No rulebook was in force before this one" in text
    assert Rulebook.objects.count() == 4


@pytest.mark.usefixtures("programme")
def test_findings_are_shown_with_links_to_the_rows_they_name(found):
    row = draft()
    found.append(DEAD_ROW)
    text = browser().get(address("change", row)).content.decode()
    assert 'data-finding="never_matches"' in text
    assert 'href="#rule-2"' in text
    assert 'id="rule-2"' in text
    assert "A phone." in text


@pytest.mark.usefixtures("programme")
def test_a_start_in_the_past_is_said_to_be_retroactive_and_to_need_a_trial():
    text = browser().get(address("change", draft(AT))).content.decode()
    assert "data-retroactive" in text
    assert "pm-fails" in text
    assert "data-retroactive" not in browser().get(address("change", draft())).content.decode()


@pytest.mark.usefixtures("programme")
def test_the_pages_speak_russian():
    row = draft()
    client = browser()
    client.cookies["django_language"] = "ru"
    for name in ("change", "edit"):
        assert row.title_ru in client.get(address(name, row)).content.decode()


# --- the steps ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("programme")
def test_a_copy_starts_at_midnight_on_the_programmes_clock():
    press(browser(), "copy", book(2), starts="2090-03-01")
    made = book(5)
    assert made.starts_at == LATER
    assert (made.status, made.copied_from) == (RulebookStatus.DRAFT, book(2))
    assert document_of(made).rules == document_of(book(2)).rules
    assert logged(made) == [ADDITION]


@pytest.mark.parametrize("starts", ["", "tomorrow", "2090-02-30", "0020-01-01", "2090-03-01T10:00"])
@pytest.mark.usefixtures("programme")
def test_a_copy_without_a_proper_day_is_refused(starts):
    press(browser(), "copy", book(4), starts=starts)
    assert Rulebook.objects.count() == 4


@pytest.mark.usefixtures("programme")
def test_a_correction_and_an_undoing_start_when_what_they_replace_does():
    press(browser(), "correct", book(3))
    press(browser(), "undo", book(3))
    correction, undoing = book(5), book(6)
    assert correction.starts_at == undoing.starts_at == book(3).starts_at
    assert document_of(correction).rules == document_of(book(3)).rules
    assert document_of(undoing).rules == document_of(book(2)).rules


@pytest.mark.usefixtures("programme")
def test_who_asked_is_refused_and_another_person_publishes():
    row = draft()
    assert "another person approves" in press(browser(), "ask", row, reason="Rates fall.")
    text = press(browser(), "approve", row)
    assert "another person has to approve it" in text
    assert book(5).status == RulebookStatus.ASKED
    press(browser("approver"), "approve", row)
    assert book(5).status == RulebookStatus.PUBLISHED
    assert (book(5).approved_by, book(5).asked_by) == (person("approver"), person("author"))
    assert logged(row) == [CHANGE, CHANGE]


@pytest.mark.usefixtures("programme")
def test_what_stands_in_the_way_is_told_to_whoever_asks(found):
    row = draft()
    found.append(DEAD_ROW)
    assert "Row 2 never matches." in press(browser(), "ask", row)
    assert book(5).status == RulebookStatus.DRAFT
    assert logged(row) == []


@pytest.mark.usefixtures("programme")
def test_a_request_is_sent_back_with_a_reason_that_the_draft_shows():
    row = draft()
    press(browser(), "ask", row)
    press(browser("approver"), "send_back", row, refusal=" ")
    assert book(5).status == RulebookStatus.ASKED
    text = press(browser("approver"), "send_back", row, refusal="Poland is missing.")
    assert book(5).status == RulebookStatus.DRAFT
    assert "Poland is missing." in text


@pytest.mark.usefixtures("programme")
def test_only_who_asked_takes_the_request_back():
    row = draft()
    press(browser(), "ask", row)
    assert "author asked for this publication" in press(browser("approver"), "take_back", row)
    assert book(5).status == RulebookStatus.ASKED
    press(browser(), "take_back", row)
    assert book(5).status == RulebookStatus.DRAFT


@pytest.mark.usefixtures("programme")
def test_a_draft_is_thrown_away_and_a_published_rulebook_is_not():
    row = draft()
    press(browser(), "throw_away", row)
    assert not Rulebook.objects.filter(pk=row.pk).exists()
    assert logged(row) == [DELETION]
    assert "Only a draft is thrown away." in press(browser(), "throw_away", book(4))
    assert logged(book(4)) == []


@pytest.mark.usefixtures("programme")
def test_steps_are_posts_with_a_token():
    row = draft()
    assert browser().get(address("ask", row)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("author"))
    assert strict.post(address("ask", row)).status_code == 403
    assert send(strict, row, document(row)).status_code == 403


@pytest.mark.usefixtures("programme")
def test_who_may_only_view_changes_nothing():
    reader = signed_in("reader", is_staff=True)
    User.objects.get(username="reader").user_permissions.add(
        Permission.objects.get(codename="view_rulebook")
    )
    row = draft()
    text = reader.get(address("change", row)).content.decode()
    assert 'data-action="edit"' not in text
    assert 'data-action="ask"' not in text
    for step in ("copy", "correct", "undo", "ask", "approve", "send_back", "take_back",
                 "throw_away", "edit", "check"):  # fmt: skip
        assert reader.post(address(step, row)).status_code == 403
    assert reader.get(address("export", row)).status_code == 200
    assert signed_in("stranger", is_staff=True).get(address("export", row)).status_code == 403


@pytest.mark.usefixtures("programme")
def test_who_may_make_drafts_does_not_approve_without_the_permission():
    maker = signed_in("maker", is_staff=True)
    User.objects.get(username="maker").user_permissions.add(
        *Permission.objects.filter(codename__in=["view_rulebook", "change_rulebook"])
    )
    row = draft()
    press(browser(), "ask", row)
    assert maker.post(address("approve", row)).status_code == 403
    User.objects.get(username="maker").user_permissions.add(
        Permission.objects.get(codename="approve_rulebook")
    )
    press(maker, "approve", row)
    assert book(5).status == RulebookStatus.PUBLISHED


# --- the editor ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_the_editor_says_back_what_it_was_given(programme, version):
    said = document_of(book(version))
    text = json.loads(json.dumps(as_document(said, MOSCOW)))
    again = read_document(text, name="it", known=known_to(programme))
    assert revision(as_document(again, MOSCOW)) == revision(as_document(said, MOSCOW))
    assert (again.rules, again.cookie_lives) == (said.rules, said.cookie_lives)
    assert (again.starts_at, again.cap_cents) == (said.starts_at, said.cap_cents)


def test_a_start_that_is_no_midnight_keeps_its_minute(programme):
    said = document(draft(LATER + timedelta(hours=1)))
    assert said["starts"] == "2090-03-01T01:00:00+03:00"
    read = read_document(said, name="it", known=known_to(programme))
    assert read.starts_at == LATER + timedelta(hours=1)


@pytest.mark.usefixtures("programme")
def test_rows_are_saved_in_their_new_order_with_what_was_typed(found):
    row = draft()
    said = document(row)
    said["rules"].insert(0, said["rules"].pop(3))
    said["rules"][-1] |= {"rate": "6.25%", "en": "Other goods."}
    found.append(DEAD_ROW)
    answer = send(browser(), row, said)
    assert answer.status_code == 200
    assert answer.json()["findings"][0]["rows"] == [2, 1]
    assert answer.json()["revision"] == revision(document(book(5)))
    kept = document_of(book(5)).rules
    assert kept[0].code == "seller_outside_prc"
    assert (kept[-1].outcome.rate_bp, kept[-1].sentence_en) == (625, "Other goods.")
    assert logged(row) == [CHANGE]


@pytest.mark.usefixtures("programme")
def test_a_save_that_changes_nothing_leaves_no_entry():
    row = draft()
    assert send(browser(), row, document(row)).status_code == 200
    assert logged(row) == []


@pytest.mark.usefixtures("programme")
def test_a_check_tells_findings_and_keeps_nothing(found):
    row = draft()
    said = document(row) | {"title_en": "Not kept"}
    found.append(DEAD_ROW)
    answer = send(browser(), row, said, to="check")
    assert [one["code"] for one in answer.json()["findings"]] == ["never_matches"]
    assert book(5).title_en != "Not kept"
    assert logged(row) == []


@pytest.mark.usefixtures("programme")
def test_a_draft_saved_by_another_meanwhile_is_not_written_over():
    row = draft()
    began = revision(document(row))
    theirs = document(row) | {"title_en": "Theirs"}
    mine = document(row) | {"title_en": "Mine"}
    assert send(browser(), row, theirs, began=began).status_code == 200
    answer = send(browser("approver"), row, mine, began=began)
    assert answer.status_code == 409
    assert "Somebody else has saved this draft" in answer.json()["error"]
    assert book(5).title_en == "Theirs"


@pytest.mark.parametrize(
    ("part", "place", "change"),
    [
        ("rules", 3, {"rate": "seven", "outcome": "rate"}),
        ("rules", 2, {"when": [{"fact": "country", "in": "nowhere"}]}),
        ("rules", 1, {"code": "Not a code"}),
        ("cookies", 2, {"days": -1}),
        ("traffic", 4, {"permission": "perhaps"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.usefixtures("programme")
def test_a_row_that_cannot_be_read_is_named(part, place, change, language):
    row = draft()
    said = document(row)
    said[part][place - 1] |= change
    reader = browser()
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = send(reader, row, said)
    assert answer.status_code == 400
    assert (answer.json()["part"], answer.json()["row"]) == (part, place)
    assert document(book(5)) == document(row)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b"[" * 100_000,
     b'{"document": "\\ud800"}', b'{"document": "\\u0000"}',
     b'{"document": 7}', b'{"document": {"starts": "0001-01-01", "referral": "5%"}}'],
)  # fmt: skip
@pytest.mark.usefixtures("programme")
def test_what_cannot_be_read_is_refused_with_a_sentence(body):
    answer = browser().post(address("edit", draft()), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_start_in_no_year_that_is_meant_is_refused(programme):
    said = document(draft()) | {"starts": "0020-01-01"}
    with pytest.raises(ProgrammeFileError, match="2000"):
        read_document(said, name="it", known=known_to(programme))


@pytest.mark.usefixtures("programme")
def test_only_a_draft_is_edited():
    row = draft()
    began = document(row)
    press(browser(), "ask", row)
    assert browser().get(address("edit", row)).status_code == 302
    assert send(browser(), row, began | {"title_en": "Late"}).status_code == 409
    press(browser(), "take_back", row)
    press(browser(), "throw_away", row)
    assert send(browser(), row, began, began="x").status_code == 409


@pytest.mark.usefixtures("programme")
def test_the_editors_words_are_those_of_the_reader():
    client = browser()
    client.cookies["django_language"] = "ru"
    context = client.get(address("edit", draft())).context_data
    sets = {one["code"]: one["name"] for one in context["editor"]["vocabulary"]["sets"]}
    assert sets["eleven"] == NamedSet.objects.get(code="eleven").name_ru


# --- files and facts beside the rulebook --------------------------------------------------------


def test_an_exported_file_comes_back_as_a_draft_that_says_the_same(programme):
    row = draft()
    exported = browser().get(address("export", row))
    assert "attachment" in exported.headers["Content-Disposition"]
    answer = browser().post(
        reverse("admin:commissions_rulebook_new_from_file"),
        {"programme": programme.pk, "file": SimpleUploadedFile("it.toml", exported.content)},
    )
    assert answer.url == address("change", book(6))
    assert document(book(6)) == document(row)
    assert logged(book(6)) == [ADDITION]


def test_a_file_that_is_no_rulebook_is_refused_at_its_field(programme):
    answer = browser().post(
        reverse("admin:commissions_rulebook_new_from_file"),
        {"programme": programme.pk, "file": SimpleUploadedFile("it.toml", b"starts = 7")},
    )
    assert "it.toml" in answer.content.decode()
    assert Rulebook.objects.count() == 4


@pytest.mark.usefixtures("programme")
def test_permissions_are_read_and_the_page_says_where_they_are_changed():
    row = TrafficPermission.objects.first()
    client = browser()
    listed = client.get(reverse("admin:publishers_trafficpermission_changelist"))
    assert "make a draft of a rulebook" in listed.content.decode()
    change = reverse("admin:publishers_trafficpermission_change", args=[row.pk])
    assert client.post(change, {"permission": "forbidden"}).status_code == 403


@pytest.mark.usefixtures("programme")
def test_a_country_joins_a_set_from_a_day_on_the_programmes_clock():
    eleven = NamedSet.objects.get(code="eleven")
    answer = browser().post(
        reverse("admin:commissions_setmember_add"),
        {"named_set": eleven.pk, "value": "ZZ", "name": "Nowhere", "valid_from_0": "2090-03-01",
         "valid_from_1": "", "valid_to_0": "", "valid_to_1": ""},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    assert SetMember.objects.get(named_set=eleven, value="ZZ").valid_from == LATER
