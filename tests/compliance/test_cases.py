"""Cases: every move by its operation and directly in SQL, two people, appeals, statements."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.test import Client

from compliance.enums import ADVERSE, DECISIONS, TRANSITIONS, CaseStatus
from compliance.kinds import CLAUSE, SEVERITY, clause_sentence
from compliance.models import Case, CaseEvent, StatementOfReasons, ViolationPolicy
from compliance.operations import (
    AnotherPersonNeeded,
    CaseNotFound,
    PolicyRefused,
    WrongMove,
    answer,
    appeal,
    approve_block,
    approve_policy,
    ask_block,
    ask_for_answer,
    ask_policy,
    block_account,
    block_unanswered,
    decide_appeal,
    dismiss_case,
    drop_policy_request,
    open_case,
    overturn_case,
    refuse_block,
    suspend_source,
    take_back_block_request,
    warn_publisher,
)
from compliance.queries import policy_at
from publishers.letters import send_letters
from publishers.models import Letter, Publisher, Source, User
from publishers.queries import is_blocked, is_payable, payable
from tests.cases import DAY, LONG_AGO, agreed_policy, block_by_two, case_in, person
from tests.journeys.orders import NOW, found_case, golden_facts

pytestmark = pytest.mark.django_db
LATER = NOW + 3 * DAY


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def attempt(case: Case, wanted: CaseStatus) -> Case:
    """Go from where the case stands to another status, by the operation that leads there."""
    by = {"case_id": case.pk, "by": person("another"), "at": LATER}
    source = Source.objects.filter(publisher_id=case.publisher_id)[0]
    ways = {
        CaseStatus.WAITING: lambda: ask_for_answer(**by, until=LATER + DAY),
        CaseStatus.DISMISSED: lambda: dismiss_case(**by, reason="-"),
        CaseStatus.WARNED: lambda: warn_publisher(**by, reason="-"),
        CaseStatus.SOURCE_SUSPENDED: lambda: suspend_source(**by, source_id=source.pk, reason="-"),
        CaseStatus.BLOCKED: lambda: block_account(case_id=case.pk, by=None, at=LATER, reason=""),
        CaseStatus.APPEALED: lambda: appeal(
            case_id=case.pk, publisher_id=case.publisher_id, text="-", at=LATER
        ),
        CaseStatus.CONFIRMED: lambda: decide_appeal(**by, is_right=False, reason="-"),
        CaseStatus.OVERTURNED: lambda: (
            decide_appeal(**by, is_right=True, reason="-")
            if case.status == CaseStatus.APPEALED
            else overturn_case(**by, reason="-")
        ),
    }
    return ways[wanted]()


@pytest.mark.parametrize("before", list(CaseStatus))
@pytest.mark.parametrize("after", [status for status in CaseStatus if status != CaseStatus.FOUND])
def test_an_operation_moves_a_case_by_the_table_alone(before, after):
    case = case_in("clara", before)
    if after in TRANSITIONS[before]:
        attempt(case, after)
        case.refresh_from_db()
        assert case.status == after
        assert case.events.last().step in {after, "asked_for_answer"}
        return
    words = Case.objects.filter(pk=case.pk).values().get()
    letters, events = Letter.objects.count(), CaseEvent.objects.count()
    with pytest.raises(WrongMove), transaction.atomic():
        attempt(case, after)
    assert Case.objects.filter(pk=case.pk).values().get() == words
    assert (Letter.objects.count(), CaseEvent.objects.count()) == (letters, events)


def refused_in_sql(case: Case, **change: object) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)
    return str(caught.value)


# --- two people --------------------------------------------------------------------------------


def test_a_block_by_hand_takes_two_people():
    case = found_case("clara", "r1")
    one, other = person("one"), person("other")
    with pytest.raises(AnotherPersonNeeded, match="ask for it"):
        block_account(case_id=case.pk, by=one, at=NOW, reason="x")
    ask_block(case_id=case.pk, reason=" a link ", by=one, at=NOW)
    with pytest.raises(AnotherPersonNeeded, match="You asked for this block yourself"):
        approve_block(case_id=case.pk, by=one, at=NOW)
    assert not is_blocked(case.publisher_id)
    with pytest.raises(WrongMove, match="one has asked for this block already"):
        ask_block(case_id=case.pk, reason="again", by=other, at=NOW)
    approve_block(case_id=case.pk, by=other, at=LATER)
    case.refresh_from_db()
    assert (case.block_asked_by, case.decided_by, case.decision_reason) == (one, other, "a link")
    assert is_blocked(case.publisher_id)


def test_a_request_is_refused_by_another_and_taken_back_by_the_same():
    case = found_case("clara", "r1")
    one, other = person("one"), person("other")
    with pytest.raises(WrongMove, match="Nobody asks"):
        refuse_block(case_id=case.pk, reason="x", by=other, at=NOW)
    ask_block(case_id=case.pk, reason="a link", by=one, at=NOW)
    with pytest.raises(AnotherPersonNeeded, match="take the request back"):
        refuse_block(case_id=case.pk, reason="x", by=one, at=NOW)
    with pytest.raises(AnotherPersonNeeded, match="one asked for this block"):
        take_back_block_request(case_id=case.pk, by=other, at=NOW)
    with pytest.raises(WrongMove, match="Say why"):
        refuse_block(case_id=case.pk, reason=" ", by=other, at=NOW)
    refuse_block(case_id=case.pk, reason="Too little.", by=other, at=NOW)
    ask_block(case_id=case.pk, reason="More now.", by=one, at=NOW)
    take_back_block_request(case_id=case.pk, by=one, at=NOW)
    case.refresh_from_db()
    assert (case.block_asked_by, case.block_reason, case.status) == (None, "", "found")


def test_another_decision_drops_the_request_for_a_block():
    case = found_case("clara", "r1")
    ask_block(case_id=case.pk, reason="a link", by=person("one"), at=NOW)
    warn_publisher(case_id=case.pk, by=person("two"), at=NOW, reason="Once.")
    case.refresh_from_db()
    assert (case.status, case.block_asked_by) == ("warned", None)


def test_the_database_knows_no_block_by_one_person():
    case = found_case("clara", "r1")
    one, other = person("one"), person("other")
    block = {
        "status": "blocked", "decision": "blocked", "decided_at": NOW,
        "appeal_until": NOW + 200 * DAY,
    }  # fmt: skip
    asked = {"block_asked_at": NOW, "block_reason": "x"}
    assert "two people" in refused_in_sql(case, **block, decided_by=other)
    both = {**block, **asked, "decided_by": other, "block_asked_by": one}
    assert "two people" in refused_in_sql(case, **both)
    assert "two people" in refused_in_sql(case, **block, decided_by=one, decided_alone=True)
    assert "block_asked_by_one" in refused_in_sql(case, block_asked_by=one)
    Case.objects.filter(pk=case.pk).update(block_asked_by=one, **asked)
    assert "approved_by_another" in refused_in_sql(case, **block, decided_by=one)
    assert "two people" in refused_in_sql(case, **block, decided_by=other, block_asked_by=other)
    assert Case.objects.filter(pk=case.pk).update(**block, decided_by=other) == 1
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        found_case("eve", "r2", **block, **asked, block_asked_by=one, decided_by=other)


@pytest.mark.parametrize("who", ["asker", "approver"])
def test_an_appeal_is_not_decided_by_whoever_had_a_hand_in_the_decision(who):
    case = case_in("clara", CaseStatus.APPEALED)
    for is_right in (True, False):
        with pytest.raises(AnotherPersonNeeded, match="had a hand"), transaction.atomic():
            decide_appeal(
                case_id=case.pk, is_right=is_right, by=person(who), at=LATER, reason="Me again."
            )
        status = "overturned" if is_right else "confirmed"
        said = refused_in_sql(case, status=status, appeal_decided_by=person(who))
        assert "appeal_decided_by_another" in said
    assert "answered_by_somebody" in refused_in_sql(case, status="confirmed")
    assert "answered_by_somebody" in refused_in_sql(case, status="overturned")
    decide_appeal(case_id=case.pk, is_right=False, by=person("third"), at=LATER, reason="No.")


def test_anybody_may_decide_the_appeal_of_what_the_job_decided():
    case = found_case("clara", "r1")
    block_account(case_id=case.pk, by=None, at=NOW, reason="")
    appeal(case_id=case.pk, publisher_id=case.publisher_id, text="Not me.", at=NOW)
    decide_appeal(case_id=case.pk, is_right=True, by=person("one"), at=LATER, reason="Not them.")
    assert is_payable(case.publisher_id)


# --- what is fixed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"decision_reason": "Another."}, {"decided_at": LATER}, {"decided_by": None},
        {"appeal_until": NOW + 400 * DAY}, {"decision": "warned", "status": "warned"},
        {"block_reason": "Another."},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_decision_stays_as_it_was_made(change):
    case = case_in("clara", CaseStatus.BLOCKED)
    assert "stays as it was made" in refused_in_sql(case, **change)


@pytest.mark.parametrize("status", [CaseStatus.DISMISSED, CaseStatus.CONFIRMED, "overturned"])
def test_a_case_that_is_over_stays_as_it_is(status):
    case = case_in("clara", CaseStatus(status))
    assert "stays as it is" in refused_in_sql(case, overturn_reason="Another.", answered_at=NOW)


def test_history_and_statements_are_written_once():
    case = case_in("clara", CaseStatus.CONFIRMED)
    told = "Cannot update or delete rows"
    for rows in (CaseEvent.objects.filter(case=case), StatementOfReasons.objects.filter(case=case)):
        assert rows.count() >= 2
        with (
            pytest.raises(DatabaseError, match=told),
            transaction.atomic(),
        ):
            rows.delete()
    for rows, change in (
        (CaseEvent.objects.filter(case=case), {"text": "Never said."}),
        (StatementOfReasons.objects.filter(case=case), {"text_en": "Never told."}),
    ):
        with (
            pytest.raises(DatabaseError, match=told),
            transaction.atomic(),
        ):
            rows.update(**change)


def test_the_source_of_a_case_is_one_of_its_publishers():
    case = found_case("clara", "r1")
    foreign = Source.objects.get(code="eve-site")
    with pytest.raises(WrongMove, match="which of the publisher's sources"):
        suspend_source(case_id=case.pk, source_id=foreign.pk, by=person("one"), at=NOW, reason="x")
    assert "one of its publisher" in refused_in_sql(case, source=foreign)


# --- answers and appeals -----------------------------------------------------------------------


def test_a_publisher_answers_more_than_once_while_its_case_waits():
    case = case_in("clara", CaseStatus.WAITING)
    for text in ("Not mine.", "Look, here."):
        answer(case_id=case.pk, publisher_id=case.publisher_id, text=text, at=LATER)
    said = case.events.filter(step="answered", from_publisher=True)
    assert list(said.values_list("text", flat=True)) == ["Not mine.", "Look, here."]
    dismiss_case(case_id=case.pk, by=person("one"), at=LATER, reason="True.")
    with pytest.raises(WrongMove, match="is dismissed: it waits for no answer"):
        answer(case_id=case.pk, publisher_id=case.publisher_id, text="More.", at=LATER)


@pytest.mark.parametrize("says", [answer, appeal])
def test_anothers_case_is_told_like_none(says):
    case = case_in("clara", CaseStatus.WAITING if says is answer else CaseStatus.WARNED)
    eve = Publisher.objects.get(code="eve")
    with pytest.raises(CaseNotFound) as other:
        says(case_id=case.pk, publisher_id=eve.pk, text="Let me see.", at=LATER)
    with pytest.raises(CaseNotFound) as none:
        says(case_id=case.pk + 999, publisher_id=eve.pk, text="Let me see.", at=LATER)
    assert str(other.value).replace(str(case.pk), "N") == str(none.value).replace(
        str(case.pk + 999), "N"
    )


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001], ids=["empty", "blank", "too long"])
def test_words_that_cannot_be_kept_are_refused(text):
    case = case_in("clara", CaseStatus.WARNED)
    with pytest.raises(WrongMove):
        appeal(case_id=case.pk, publisher_id=case.publisher_id, text=text, at=LATER)


def test_a_decision_is_appealed_for_half_a_year():
    case = case_in("clara", CaseStatus.WARNED)
    assert case.appeal_until == NOW + timedelta(days=184)
    late = case.appeal_until + timedelta(seconds=1)
    with pytest.raises(WrongMove, match="could be appealed until"), transaction.atomic():
        appeal(case_id=case.pk, publisher_id=case.publisher_id, text="No.", at=late)
    assert "appealed_in_time" in refused_in_sql(case, status="appealed", appealed_at=late)
    short = {"status": "warned", "decision": "warned", "decided_at": NOW}
    other = found_case("eve", "r2")
    assert "open_long_enough" in refused_in_sql(other, **short, appeal_until=NOW + 183 * DAY)
    assert "open_long_enough" in refused_in_sql(other, **short)
    appeal(case_id=case.pk, publisher_id=case.publisher_id, text="No.", at=case.appeal_until)


def test_staff_do_not_overturn_what_is_appealed_but_decide_the_appeal():
    case = case_in("clara", CaseStatus.APPEALED)
    with pytest.raises(WrongMove, match="decide the appeal"):
        overturn_case(case_id=case.pk, by=person("asker"), at=LATER, reason="x")


def test_a_case_that_was_answered_in_time_is_left_to_a_person():
    agreed_policy("after_answer", LONG_AGO, 7)
    clara, eve = (Publisher.objects.get(code=code) for code in ("clara", "eve"))
    cases = [
        open_case(kind="review_link", publisher_id=one.pk, evidence="r1", frozen={}, at=NOW)[0]
        for one in (clara, eve)
    ]
    answer(case_id=cases[0].pk, publisher_id=clara.pk, text="Not mine.", at=NOW + DAY)
    assert block_unanswered(at=NOW + 7 * DAY) == 1
    assert [Case.objects.get(pk=one.pk).status for one in cases] == ["waiting", "blocked"]


def test_time_given_by_a_person_ends_in_no_block_by_the_job():
    case = case_in("clara", CaseStatus.WAITING)
    assert block_unanswered(at=NOW + 90 * DAY) == 0
    case.refresh_from_db()
    assert case.status == "waiting"
    with pytest.raises(WrongMove, match="ends before it begins"):
        ask_for_answer(case_id=found_case("eve", "r2").pk, until=NOW, by=person("one"), at=NOW)


# --- kinds and policies ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(CLAUSE) - {"review_link"}))
def test_kinds_without_a_policy_are_left_to_a_person(kind):
    clara = Publisher.objects.get(code="clara")
    case, new = open_case(kind=kind, publisher_id=clara.pk, evidence="e", frozen={}, at=NOW)
    assert (new, case.status, case.severity) == (True, "found", SEVERITY[kind])
    assert case.clause == CLAUSE[kind]
    assert bool(clause_sentence(case.clause)) == bool(case.clause)
    assert open_case(kind=kind, publisher_id=clara.pk, evidence="e", frozen={}, at=NOW) == (
        case, False,
    )  # fmt: skip


def test_a_case_that_a_person_opens_waits_for_a_person_whatever_the_policy():
    clara = Publisher.objects.get(code="clara")
    case, _ = open_case(
        kind="review_link", publisher_id=clara.pk, evidence="e", frozen={}, at=NOW,
        by=person("one"),
    )  # fmt: skip
    assert (case.status, case.found_by) == ("found", person("one"))


def asked(mode: str = "at_once", start=LONG_AGO, **more) -> ViolationPolicy:
    given = {"kind": "logo", "answer_days": None, "reason": "So.", "at": NOW, **more}
    return ask_policy(mode=mode, valid_from=start, by=person("one"), **given)


def test_a_policy_that_blocks_by_itself_does_not_hold_until_another_has_approved_it():
    policy = asked()
    assert policy_at("logo", NOW).mode == "person"
    with pytest.raises(AnotherPersonNeeded):
        approve_policy(policy_id=policy.pk, by=person("one"), at=NOW)
    approve_policy(policy_id=policy.pk, by=person("two"), at=NOW)
    assert policy_at("logo", NOW).mode == "at_once"
    with pytest.raises(PolicyRefused, match="nobody any more"):
        approve_policy(policy_id=policy.pk, by=person("three"), at=NOW)
    with pytest.raises(PolicyRefused):
        drop_policy_request(policy_id=policy.pk, by=person("one"), at=NOW)


def test_the_next_policy_of_a_kind_ends_the_one_before():
    first = approve_policy(policy_id=asked().pk, by=person("two"), at=NOW)
    asked("person", NOW)
    first.refresh_from_db()
    assert first.valid_to == NOW
    assert policy_at("logo", NOW - DAY).mode == "at_once"
    assert policy_at("logo", NOW).mode == "person"
    with pytest.raises(PolicyRefused, match="choose a later day"):
        asked("person", NOW - DAY)
    with pytest.raises(PolicyRefused, match="how many days"):
        asked("after_answer", LATER)


def test_the_database_knows_no_policy_by_one_person():
    one, two = person("one"), person("two")
    rows = ViolationPolicy.objects

    def refused(act) -> str:
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            act()
        return str(caught.value)

    make = {"kind": "logo", "mode": "at_once", "asked_by": one}
    assert "then approved" in refused(lambda: rows.create(**make, approved_by=two))
    assert "then approved" in refused(lambda: rows.create(**make, set_alone=True))
    policy = rows.filter(pk=asked().pk)
    assert "approved_by_another" in refused(lambda: policy.update(approved_by=one))
    assert "What was asked for" in refused(lambda: policy.update(mode="person"))
    both = {"approved_by": two, "asked_by": two}
    assert "What was asked for" in refused(lambda: policy.update(**both))
    policy.update(approved_by=two)
    assert "not changed" in refused(lambda: policy.update(kind="other"))
    assert "not taken away" in refused(policy.delete)


# --- what a decision does beside money ---------------------------------------------------------


def signed_in(name: str, publisher: Publisher) -> Client:
    user = User.objects.create_user(name, password="a long word", publisher=publisher)
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    request = HttpRequest()
    request.session = client.session
    return get_user(request).is_authenticated


def test_a_block_ends_the_sessions_of_its_people_who_may_sign_in_again():
    clara, eve = (Publisher.objects.get(code=code) for code in ("clara", "eve"))
    clients = [signed_in("clara-1", clara), signed_in("clara-2", clara), signed_in("eve", eve)]
    assert [is_in(one) for one in clients] == [True, True, True]
    case = block_by_two(found_case("clara", "r1"))
    assert [is_in(one) for one in clients] == [False, False, True]
    assert clients[0].login(username="clara-1", password="a long word")
    assert is_in(clients[0])
    overturn_case(case_id=case.pk, by=person("judge"), at=LATER, reason="x")
    assert [is_in(one) for one in clients] == [True, False, True]


def test_who_is_blocked_is_not_paid():
    codes = ("anna", "clara", "eve")
    ids = [Publisher.objects.get(code=code).pk for code in codes]
    assert payable(ids) == frozenset(ids)
    block_by_two(found_case("clara", "r1"))
    case_in("eve", CaseStatus.SOURCE_SUSPENDED)
    assert payable(ids) == frozenset({ids[0], ids[2]})
    assert [is_payable(one) for one in ids] == [True, False, True]


# --- statements and letters --------------------------------------------------------------------


@pytest.mark.parametrize("decision", sorted(DECISIONS))
def test_every_decision_states_its_reasons_in_both_languages(decision):
    case = case_in("clara", decision)
    statement = case.statements.get()
    assert (statement.decision, statement.automatic) == (decision, False)
    for text in (statement.text_en, statement.text_ru):
        assert f"{case.pk}" in text
        assert "F37" in text
        assert case.decision_reason in text
        assert ("2021" in text.rpartition("\n\n")[2]) == (decision in ADVERSE)
    assert "Affiliate and referral links must not be placed" in statement.text_en


def test_what_the_job_decided_is_marked_so_and_what_two_decided_too():
    case = found_case("clara", "r1")
    block_account(case_id=case.pk, by=None, at=NOW, reason="")
    assert case.statements.get().automatic
    assert "automatically" in case.statements.get().text_en
    other = block_by_two(found_case("eve", "r2"))
    assert "by two people" in other.statements.get().text_en


def test_facts_are_told_from_the_frozen_evidence():
    clara = Publisher.objects.get(code="clara")
    source = Source.objects.filter(publisher=clara)[0]
    case, _ = open_case(
        kind="extension_conduct", publisher_id=clara.pk, evidence="toolbar 1.2", at=NOW,
        source_id=source.pk, clause="F3",
        frozen={"findings": [
            {"sentence": "%(file)s opens a window.", "values": {"file": "bg.js"}},
            {"sentence": "100 % of its visitors.", "values": {}}, {"sentence": ""},
            {"sentence": "%(wrong)d", "values": {"other": 1}},
        ]},
    )  # fmt: skip
    warn_publisher(case_id=case.pk, by=person("one"), at=NOW, reason="Stop it.")
    text = case.statements.get().text_en
    assert "bg.js opens a window. 100 % of its visitors. %(wrong)d" in text
    assert f"({source.code})" in text
    assert "Clause F3: A browser extension must not open pop-ups" in text


def test_the_letter_of_a_block_reaches_the_blocked_in_its_own_language():
    clara = Publisher.objects.get(code="clara")
    Publisher.objects.filter(pk=clara.pk).update(language="ru")
    case = case_in("clara", CaseStatus.CONFIRMED)
    assert send_letters(at=LATER)["sent"] == 2
    statements = list(case.statements.all())
    assert [one.decision for one in statements] == ["blocked", "confirmed"]
    for statement, letter in zip(statements, mail.outbox, strict=True):
        assert statement.text_ru in letter.body
        assert letter.to == [clara.email]


def test_the_publisher_is_asked_for_its_answer_by_letter():
    agreed_policy("after_answer", LONG_AGO, 7)
    clara = Publisher.objects.get(code="clara")
    open_case(kind="review_link", publisher_id=clara.pk, evidence="r1", frozen={}, at=NOW)
    case_in("eve", CaseStatus.WAITING)
    job, by_hand = Letter.objects.order_by("pk")
    assert (job.publisher, by_hand.publisher.code) == (clara, "eve")
    assert "8 Jun 2021" in job.text
    assert "your account will be blocked" in job.text
    assert "A person decides then" in by_hand.text
