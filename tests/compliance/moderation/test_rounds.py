"""Rounds: who may do what, which move may follow which, and what the database holds to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils.translation import override

from compliance.models import (
    AutoApproval,
    Moderation,
    ModerationEvent,
    ModerationGround,
    PreflightRun,
)
from compliance.moderation.enums import MODERATION_TRANSITIONS, OPEN, ModerationState
from compliance.moderation.operations import (
    NotFound,
    Refused,
    WrongMove,
    agree,
    answer,
    apply_source,
    approve,
    ask_back,
    ask_page_again,
    change_material,
    open_round,
    reject,
    reopen_for_page,
    withdraw,
)
from compliance.moderation.pages import Seen
from compliance.moderation.reasons import choices
from compliance.moderation.rounds import move
from compliance.two_languages import Told
from publishers.models import (
    Agreement,
    Letter,
    Source,
    SourceApproval,
    SourceFile,
    SourceStatement,
    TrafficType,
)
from publishers.operations import open_block, suspend_source, undo_suspension
from publishers.queries import approvals
from publishers.source_material import LARGEST_MATERIAL, GivenFile, Material
from tests.sources import (
    AT,
    applied,
    keyword_list,
    latest,
    mailing,
    network,
    publisher,
    site,
    staff,
    toolbar,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = [{"rule": "F34", "en": "No notice.", "ru": "Нет указания."}]


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def letters_of(moderation: Moderation) -> list[str]:
    found = Letter.objects.filter(key__startswith=f"moderation:{moderation.pk}:").order_by("id")
    return [letter.key.split(":")[2] for letter in found]


def events_of(moderation: Moderation) -> list[str]:
    return list(moderation.events.values_list("move", flat=True))


# --- what a publisher gives ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traffic_type", "material", "sentence"),
    [
        ("content_site", Material(title=" ", url="https://x.example/"), "has no name"),
        ("content_site", Material(title="x"), "has a web address"),
        ("content_site", Material(title="x", url="javascript:alert(1)"), "is no web address"),
        ("content_site", Material(title="x" * 201, url="https://x.example/"), "201 characters"),
        ("content_site", Material(title="x", url="https://" + "x" * 500), "508 characters"),
        ("banner", Material(title="x", countries=("ru",)), "is no country"),
        ("banner", Material(title="x", countries=("RUS",)), "is no country"),
        ("contextual", Material(title="x"), "keyword list"),
        ("toolbars_plugins", Material(title="x"), "package of the extension"),
        ("toolbars_plugins", toolbar(b"no zip at all"), "toolbar.zip is no package"),
        ("contextual", Material("x", keywords=GivenFile("k.pdf", b"%PDF-1.7 ...")), "k.pdf"),
        ("toolbars_plugins", toolbar(b"P" * (LARGEST_MATERIAL + 1)), "bytes; give one"),
        ("no_such", site(), "is no type of traffic"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_refused_in_a_sentence(traffic_type, material, sentence):
    with pytest.raises(Refused, match=sentence):
        applied(traffic_type, material)
    assert not Source.objects.exists()
    assert not SourceFile.objects.exists()


def test_everything_said_is_kept_and_a_file_given_twice_is_kept_once():
    first = applied("contextual", keyword_list("buy phone"))
    again = replace(keyword_list("buy phone"), audience="Others\0", countries=("KZ", "BY", "KZ"))
    second = change_material(publisher_id=publisher().pk, source_id=first.source_id,
                             material=again, at=AT + DAY)  # fmt: skip
    assert second.pk == first.pk
    assert SourceFile.objects.count() == 1
    statements = list(SourceStatement.objects.order_by("id"))
    assert [one.audience for one in statements] == ["", "Others\ufffd"]
    assert statements[1].countries == ["BY", "KZ"]
    assert first.runs.count() == 2
    assert latest(first).statement == statements[1]


def test_what_was_said_cannot_be_changed_or_deleted():
    moderation = applied("contextual", keyword_list("buy phone"))
    for model in (SourceStatement, SourceFile, ModerationEvent, ModerationGround, PreflightRun):
        row = model.objects.first()
        assert row is not None
        rows = model.objects.filter(pk=row.pk)
        for act in (row.save, lambda rows=rows: rows._raw_delete("default")):
            with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
                act()
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Moderation.objects.filter(pk=moderation.pk)._raw_delete("default")


def test_a_blocked_account_adds_nothing_and_nothing_of_it_is_approved():
    moderation = applied()
    open_block(publisher_id=publisher().pk, ground="case:1", at=AT)
    for work in (
        applied,
        lambda: change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                                material=site(), at=AT),
        lambda: approve(moderation_id=moderation.pk, by=staff(), at=AT),
    ):  # fmt: skip
        with pytest.raises(Refused, match="blocked"):
            work()


def test_somebody_elses_source_is_not_found_and_neither_is_one_that_is_not_there():
    moderation = applied()
    for other, number in ((publisher("boris").pk, moderation.pk), (publisher().pk, 10**9)):
        source_id = moderation.source_id if number == moderation.pk else 10**9
        for work in (
            lambda o=other, n=number: answer(publisher_id=o, moderation_id=n, words="x", at=AT),
            lambda o=other, n=number: withdraw(publisher_id=o, moderation_id=n, at=AT),
            lambda o=other, s=source_id: change_material(
                publisher_id=o, source_id=s, material=site(), at=AT
            ),
        ):
            with pytest.raises(NotFound):
                work()
    with pytest.raises(NotFound):
        apply_source(publisher_id=10**9, traffic_type="banner", material=site(), at=AT)


# --- the talk -----------------------------------------------------------------------------------


def test_asked_and_answered_until_it_is_approved():
    moderation = applied()
    with pytest.raises(Refused, match="nothing to answer"):
        answer(publisher_id=publisher().pk, moderation_id=moderation.pk, words="hello", at=AT)
    with pytest.raises(Refused, match="Write what"):
        ask_back(moderation_id=moderation.pk, by=staff(), at=AT, words=" ")
    ask_back(moderation_id=moderation.pk, by=staff(), at=AT + DAY, words="Who writes it?")
    assert latest(moderation).state == "asked"
    with pytest.raises(Refused, match="empty"):
        answer(publisher_id=publisher().pk, moderation_id=moderation.pk, words=" ", at=AT)
    answer(publisher_id=publisher().pk, moderation_id=moderation.pk, words="I do.", at=AT + 2 * DAY)
    assert latest(moderation).since == AT + 2 * DAY
    approve(moderation_id=moderation.pk, by=staff(), at=AT + 3 * DAY, words="Welcome.")
    assert events_of(moderation) == ["opened", "asked", "answered", "approved"]
    assert letters_of(moderation) == ["asked", "approved"]
    asked = Letter.objects.get(key__contains=":asked:")
    assert "Who writes it?" in asked.text
    assert asked.subject.startswith("Вопрос") or asked.language == "ru"
    assert SourceApproval.objects.get().valid_from == AT + 3 * DAY


def test_a_change_while_staff_wait_for_an_answer_is_an_answer():
    moderation = applied("email_newsletter", mailing(leave=""))
    ask_back(moderation_id=moderation.pk, by=staff(), at=AT, words="How do they leave?")
    change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                    material=mailing(), at=AT + DAY, words="Added.")  # fmt: skip
    now = latest(moderation)
    assert (now.state, now.verdict) == ("waiting", "clear")
    assert moderation.events.last().words == "Added."


def test_a_rejection_has_a_reason_in_the_publishers_language():
    moderation = applied(of="boris")
    with pytest.raises(Refused, match="at least one reason"):
        reject(moderation_id=moderation.pk, by=staff(), at=AT, reasons=[], words="No.")
    reject(moderation_id=moderation.pk, by=staff(), at=AT, reasons=WHY, words="Add it below.")
    letter = Letter.objects.get(key__contains=":rejected:")
    assert "No notice. (F34)" in letter.text
    assert "Add it below." in letter.text
    russian = applied()
    reject(moderation_id=russian.pk, by=staff(), at=AT, reasons=WHY)
    assert "Нет указания. (F34)" in Letter.objects.get(publisher=publisher()).text


def test_a_withdrawn_application_is_over_and_what_staff_opened_is_not_withdrawn():
    moderation = applied()
    withdraw(publisher_id=publisher().pk, moderation_id=moderation.pk, at=AT)
    assert latest(moderation).state == "withdrawn"
    with pytest.raises(WrongMove, match="decided already"):
        approve(moderation_id=moderation.pk, by=staff(), at=AT)
    again = open_round(source_id=moderation.source_id, by=staff(), at=AT + DAY, words="A tip.")
    assert again.pk != moderation.pk
    with pytest.raises(Refused, match="reason of their own"):
        withdraw(publisher_id=publisher().pk, moderation_id=again.pk, at=AT + DAY)
    assert letters_of(again) == ["opened"]


# --- approvals ----------------------------------------------------------------------------------


def test_the_name_that_was_approved_is_shown_until_another_is():
    moderation = applied()
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    change = change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                             material=site(title="New name"), at=AT + DAY)  # fmt: skip
    assert Source.objects.get().title == "Deals of the day"
    approve(moderation_id=change.pk, by=staff(), at=AT + 2 * DAY)
    assert Source.objects.get().title == "New name"
    assert SourceApproval.objects.get().valid_from == AT


def test_a_rejected_change_leaves_the_approval_unless_staff_end_it():
    moderation = applied()
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    for number, (ends, expected) in enumerate([(False, None), (True, AT + 4 * DAY)], start=1):
        change = change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                                 material=site(title=f"Other {number}"), at=AT + DAY)  # fmt: skip
        reject(moderation_id=change.pk, by=staff(), at=AT + 2 * number * DAY, reasons=WHY,
               ends_approval=ends)  # fmt: skip
        assert SourceApproval.objects.get().valid_to == expected


def test_what_was_changed_since_it_was_looked_at_is_not_approved():
    moderation = applied()
    seen = moderation.statement_id
    change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                    material=site(title="Other"), at=AT)  # fmt: skip
    for old in (seen, 0):
        with pytest.raises(WrongMove, match="changed what it says"):
            approve(moderation_id=moderation.pk, by=staff(), at=AT, seen=old)
    approve(moderation_id=moderation.pk, by=staff(), at=AT, seen=latest(moderation).statement_id)


def test_a_source_that_a_case_suspended_is_approved_anew_with_words_alone():
    moderation = applied("email_newsletter", mailing())
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    source = moderation.source
    suspend_source(source_id=source.pk, ground="case:1", at=AT + DAY)
    again = open_round(source_id=source.pk, by=staff(), at=AT + 2 * DAY, words="It was mended.")
    with pytest.raises(Refused, match="A case has suspended"):
        approve(moderation_id=again.pk, by=staff(), at=AT + 3 * DAY)
    approve(moderation_id=again.pk, by=staff(), at=AT + 3 * DAY, words="Mended, and seen.")
    assert sorted(approvals([source.pk])) == [
        (source.pk, AT, AT + DAY),
        (source.pk, AT + 3 * DAY, None),
    ]
    undo_suspension(source_id=source.pk, ground="case:1", at=AT + 4 * DAY)
    assert sorted(approvals([source.pk])) == [
        (source.pk, AT, AT + 3 * DAY),
        (source.pk, AT + 3 * DAY, None),
    ]


def test_an_approval_ends_where_one_that_staff_set_for_later_begins():
    moderation = applied()
    source = moderation.source
    SourceApproval.objects.create(source=source, valid_from=AT + 10 * DAY)
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    periods = list(
        SourceApproval.objects.order_by("valid_from").values_list("valid_from", "valid_to")
    )
    assert periods == [(AT, AT + 10 * DAY), (AT + 10 * DAY, None)]


def test_an_agreement_of_another_publisher_or_type_or_time_allows_nothing():
    moderation = applied("toolbars_plugins", toolbar())
    of_type = TrafficType.objects.get(code="toolbars_plugins")
    push = TrafficType.objects.get(code="push_ads")
    Agreement.objects.create(publisher=publisher("boris"), traffic_type=of_type)
    Agreement.objects.create(publisher=publisher(), traffic_type=push)
    Agreement.objects.create(publisher=publisher(), traffic_type=of_type, valid_to=AT)
    Agreement.objects.create(publisher=publisher(), traffic_type=of_type, valid_from=AT + DAY)
    with pytest.raises(Refused, match="no agreement"):
        approve(moderation_id=moderation.pk, by=staff(), at=AT)
    approve(moderation_id=moderation.pk, by=staff(), at=AT + DAY)


def test_an_agreement_is_dated_and_says_what_was_agreed():
    moderation = applied("toolbars_plugins", toolbar())
    assert moderation.verdict == "review"

    def agreed(note: str, days: int | None = None) -> Agreement:
        end = None if days is None else AT + days * DAY
        return agree(moderation_id=moderation.pk, by=staff(), at=AT, valid_from=AT,
                     valid_to=end, note_of_it=note)  # fmt: skip

    for note, days, sentence in ((" ", None, "what was agreed"), ("x", -1, "must end after")):
        with pytest.raises(Refused, match=sentence):
            agreed(note, days)
    agreed("A letter.")
    with pytest.raises(Refused, match="in force during this period"):
        agreed("Another letter.")
    assert latest(moderation).verdict == "clear"
    assert events_of(moderation) == ["opened", "agreed"]


def test_what_the_checks_speak_against_is_approved_with_words_alone():
    for material in (site("https://aliexpress-deals.example/"), site("https://taobao.example/")):
        moderation = applied(material=material)
        assert moderation.verdict == "brand"
        with pytest.raises(Refused, match="say why"):
            approve(moderation_id=moderation.pk, by=staff(), at=AT, words=" ")
        approve(moderation_id=moderation.pk, by=staff(), at=AT, words="The merchant agreed.")


def test_a_package_with_doubts_is_approved_with_words_alone():
    doubtful = toolbar(name="d.zip")
    moderation = applied("toolbars_plugins", doubtful)
    agree(moderation_id=moderation.pk, by=staff(), at=AT, valid_from=AT, valid_to=None,
          note_of_it="A letter.")  # fmt: skip
    run = moderation.runs.order_by("id").last()
    reports = [{**report, "verdict": "review"} for report in run.reports]
    PreflightRun.objects.create(
        moderation=moderation, statement=moderation.statement, part="material", at=AT,
        verdict="review", reports=reports,
    )  # fmt: skip
    with pytest.raises(Refused, match="say why"):
        approve(moderation_id=moderation.pk, by=staff(), at=AT)
    approve(moderation_id=moderation.pk, by=staff(), at=AT, words="Read line by line.")


def test_a_clear_source_is_approved_at_once_where_staff_set_it_so_and_while_they_do():
    of_type = TrafficType.objects.get(code="email_newsletter")
    AutoApproval.objects.create(traffic_type=of_type, valid_from=AT, valid_to=AT + DAY)
    cases = [
        (applied("email_newsletter", mailing(), at=AT - DAY), "waiting"),
        (applied("email_newsletter", mailing(), at=AT), "approved"),
        (applied("sms", mailing(), at=AT), "waiting"),
        (applied("email_newsletter", mailing(leave=""), at=AT), "waiting"),
        (applied("email_newsletter", mailing(), at=AT + DAY), "waiting"),
    ]
    assert [latest(moderation).state for moderation, _state in cases] == [
        state for _moderation, state in cases
    ]
    assert SourceApproval.objects.get().source == cases[1][0].source
    assert latest(cases[1][0]).decided_by is None
    assert letters_of(cases[1][0]) == ["approved"]


def test_what_is_forbidden_is_never_approved_without_a_person():
    of_type = TrafficType.objects.get(code="push_ads")
    AutoApproval.objects.create(traffic_type=of_type)
    assert applied("push_ads", Material(title="Push")).state == "waiting"
    with pytest.raises(Refused, match="not permitted"):
        approve(moderation_id=Moderation.objects.get().pk, by=staff(), at=AT)


def test_a_page_that_changed_opens_one_round_for_one_page():
    moderation = applied()

    def told(key: str, days: int) -> Moderation | None:
        return reopen_for_page(
            approved=moderation, key=key, why=Told("It changed.", "Она другая."),
            seen=Seen([], {}), at=AT + days * DAY,
        )  # fmt: skip

    assert told("a", 0) is None
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    first = told("a", 1)
    assert told("a", 2) is None
    assert told("b", 3) == first
    assert [ground.key for ground in first.grounds.all()] == ["page:a", "page:b"]
    assert events_of(first) == ["opened", "added"]
    # What was seen is kept with the round: nothing is to be fetched once more.
    assert first.page_due_at is None
    assert first.runs.filter(part="page").count() == 2


# --- the table of moves -------------------------------------------------------------------------


def in_state(state: ModerationState) -> Moderation:
    moderation = applied("email_newsletter", mailing())
    if state != ModerationState.WAITING:
        move(moderation, state, at=AT)
    return latest(moderation)


@pytest.mark.parametrize("before", ModerationState)
@pytest.mark.parametrize("after", ModerationState)
def test_only_moves_of_the_table_are_made_here_and_in_the_database(before, after):
    allowed = after in MODERATION_TRANSITIONS[before]
    moderation = in_state(before)
    if allowed:
        with transaction.atomic():
            move(moderation, after, at=AT + DAY)
        return
    with pytest.raises(WrongMove):
        move(moderation, after, at=AT + DAY)
    if before == after and before in OPEN:
        return  # no move at all
    with pytest.raises(DatabaseError), transaction.atomic():
        Moderation.objects.filter(pk=moderation.pk).update(
            state=after, decided_at=None if after in OPEN else AT
        )


def test_a_source_has_one_open_round():
    moderation = applied()
    with pytest.raises(IntegrityError), transaction.atomic():
        Moderation.objects.create(source=moderation.source, opened_at=AT, since=AT)


def test_a_decided_round_has_no_page_to_look_at():
    moderation = applied()
    assert moderation.page_due_at == AT
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    assert latest(moderation).page_due_at is None
    with pytest.raises(Refused, match="is decided"):
        ask_page_again(moderation_id=moderation.pk, at=AT)


# --- what is told -------------------------------------------------------------------------------


def test_reasons_to_choose_from_are_the_findings_then_the_clauses_in_both_languages():
    moderation = applied("email_newsletter", mailing(leave=""))
    offered = choices(moderation, at=AT)
    assert offered[0].verdict == "violation"
    assert offered[0].reason["rule"] == "F27"
    assert {"F27", "F32", "F36"} <= {one.reason["rule"] for one in offered}
    assert "F3" not in {one.reason["rule"] for one in offered}
    assert len({one.reason["en"] for one in offered}) == len(offered)
    with override("ru"):
        assert [one.name for one in choices(moderation, at=AT)] == [one.name for one in offered]
