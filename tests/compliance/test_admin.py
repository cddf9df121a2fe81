"""Back office of compliance: the evidence, and the decisions."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from compliance.admin.case_moves import MOVES
from compliance.admin.evidence import marked
from compliance.enums import CaseStatus, Severity
from compliance.models import Case, ViolationPolicy
from publishers.models import Publisher, Source, User
from publishers.queries import is_blocked
from tests import backoffice
from tests.backoffice import NOW, signed_in, superuser
from tests.cases import DAY, case_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(tmp_path) -> Case:
    backoffice.facts(tmp_path)
    return Case.objects.create(
        kind="review_link", publisher=Publisher.objects.get(code="anna"), evidence="r1",
        clause="F37", found_at=NOW,
        evidence_frozen={
            "text": "<script>go.permille.example/c/anna-site</script>", "author": "x",
            "posted_at": "2020-01-01T00:00:00+00:00",
            "links": [{"kind": "tracking_link", "code": "anna-site", "names": "source",
                       "matched": "go.permille.example/c/anna-site", "start": 8, "end": 39}],
        },
    )  # fmt: skip


def decide(client, case: Case, what: str, reason: str = "Seen and weighed."):
    return client.post(reverse(f"admin:compliance_case_{what}", args=[case.pk]), {"reason": reason})


def test_evidence_is_marked_and_escaped():
    text = marked("a <b> link", [{"start": 6, "end": 10}, {"start": 6, "end": 10}])
    assert text == "a &lt;b&gt; <mark>link</mark>"


def test_stretches_out_of_place_mark_nothing():
    assert marked("abc", [{"start": 2, "end": 9}, {"start": -1, "end": 2}]) == "abc"


def test_a_cases_page_shows_the_frozen_text_without_running_it(case):
    text = superuser().get(reverse("admin:compliance_case_change", args=[case.pk])).content.decode()
    assert "&lt;script&gt;<mark>go.permille.example/c/anna-site</mark>" in text


def address(case: Case) -> str:
    return reverse("admin:compliance_case_change", args=[case.pk])


def told(answer) -> str:
    return answer.content.decode()


def staff(name: str, *rights: str) -> Client:
    """Somebody of staff who may see cases, and do what else is named."""
    client = signed_in(name, is_staff=True)
    wanted = Permission.objects.filter(codename__in=["view_case", *rights])
    User.objects.get(username=name).user_permissions.set(wanted)
    return client


def test_an_account_is_blocked_by_two_people_and_the_block_overturned(case):
    one, other = staff("one", "change_case", "approve_block"), staff("other", "approve_block")
    assert decide(one, case, "ask_block", reason="").status_code == 200
    decide(one, case, "ask_block")
    case.refresh_from_db()
    assert (case.status, case.block_reason) == (CaseStatus.FOUND, "Seen and weighed.")
    assert not is_blocked(case.publisher_id)
    assert 'data-action="approve_block"' not in told(one.get(address(case)))
    assert "another person has to approve it" in told(one.get(address(case)))
    decide(one, case, "approve_block")
    case.refresh_from_db()
    assert case.status == CaseStatus.FOUND
    assert 'data-action="approve_block"' in told(other.get(address(case)))
    decide(other, case, "approve_block")
    case.refresh_from_db()
    assert (case.status, case.decision_reason) == (CaseStatus.BLOCKED, "Seen and weighed.")
    assert (case.block_asked_by.username, case.decided_by.username) == ("one", "other")
    assert is_blocked(case.publisher_id)
    decide(one, case, "overturn", reason="A mistake.")
    case.refresh_from_db()
    assert (case.status, case.overturn_reason) == (CaseStatus.OVERTURNED, "A mistake.")
    assert not is_blocked(case.publisher_id)


def test_a_block_is_refused_with_a_reason_or_taken_back(case):
    one, other = staff("one", "change_case"), staff("other", "approve_block")
    decide(one, case, "ask_block")
    decide(other, case, "refuse_block", reason="Not enough.")
    case.refresh_from_db()
    assert case.block_asked_by is None
    decide(one, case, "ask_block")
    assert decide(one, case, "take_back").status_code == 302
    case.refresh_from_db()
    assert case.block_asked_by is None
    steps = list(case.events.values_list("step", flat=True))
    assert steps == ["block_asked", "block_refused", "block_asked", "block_taken_back"]
    assert "Not enough." in told(one.get(address(case)))


def test_an_appeal_that_came_by_letter_is_entered_and_decided_by_another(case):
    one, judge = staff("one", "change_case", "decide_appeal"), staff("judge", "decide_appeal")
    decide(one, case, "warn")
    post = reverse("admin:compliance_case_enter_appeal", args=[case.pk])
    one.post(post, {"text": "It was not me."})
    case.refresh_from_db()
    assert case.status == CaseStatus.APPEALED
    page = told(one.get(address(case)))
    assert "It was not me." in page
    assert 'data-action="uphold"' not in page
    assert "decided by somebody who neither" in page
    decide(one, case, "confirm")
    case.refresh_from_db()
    assert case.status == CaseStatus.APPEALED
    decide(judge, case, "confirm", reason="It was.")
    case.refresh_from_db()
    assert (case.status, case.appeal_decided_by.username) == (CaseStatus.CONFIRMED, "judge")
    assert told(one.get(address(case))).count("Statement of reasons") == 2


def test_time_to_answer_is_given_and_the_answer_entered(case):
    client = superuser()
    client.post(reverse("admin:compliance_case_ask_answer", args=[case.pk]), {"days": "7"})
    case.refresh_from_db()
    assert case.status == CaseStatus.WAITING
    assert not case.blocks_unanswered
    client.post(
        reverse("admin:compliance_case_enter_answer", args=[case.pk]), {"text": "I was away."}
    )
    assert case.events.get(step="answered").text == "I was away."


def test_a_source_of_the_publisher_is_suspended(case):
    client = superuser()
    page = reverse("admin:compliance_case_suspend", args=[case.pk])
    foreign = Source.objects.get(code="boris-cb")
    assert client.post(page, {"reason": "x", "source": foreign.pk}).status_code == 200
    own = Source.objects.get(code="anna-site")
    client.post(page, {"reason": "x", "source": own.pk})
    case.refresh_from_db()
    assert (case.status, case.source) == (CaseStatus.SOURCE_SUSPENDED, own)
    listed = client.get(reverse("admin:publishers_source_changelist"))
    assert not any(row.is_approved for row in listed.context["cl"].result_list)
    account = client.get(reverse("admin:publishers_publisher_change", args=[own.publisher_id]))
    assert "source suspended" in told(account)


def test_a_move_that_the_table_lacks_is_told_and_changes_nothing(case):
    client = superuser()
    decide(client, case, "dismiss")
    answer = client.post(
        reverse("admin:compliance_case_warn", args=[case.pk]), {"reason": "No."}, follow=True
    )
    assert "cannot become" in told(answer)
    case.refresh_from_db()
    assert case.status == CaseStatus.DISMISSED


def test_only_decisions_that_may_follow_are_offered(case):
    client = superuser()
    text = told(client.get(address(case)))
    assert 'data-action="ask_block"' in text
    assert 'data-action="overturn"' not in text
    decide(client, case, "warn")
    text = told(client.get(address(case)))
    assert 'data-action="ask_block"' not in text
    assert 'data-action="overturn"' in text


@pytest.mark.parametrize("move", MOVES)
def test_who_may_not_decide_makes_no_move(case, move):
    assert decide(staff("clerk"), case, move).status_code == 403


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("move", MOVES)
def test_every_move_has_its_form_in_both_languages(case, move, language):
    client = superuser()
    client.cookies["django_language"] = language
    assert client.get(reverse(f"admin:compliance_case_{move}", args=[case.pk])).status_code == 200


# --- a case that a person opens ----------------------------------------------------------------

OPENED = {
    "kind": "no_third_party_notice", "publisher": "anna", "source": "anna-site",
    "evidence": "https://anna.example.org/", "facts": "No word of it in the footer.\n100 % sure.",
    "severity": "", "clause": "",
}  # fmt: skip


def test_a_person_opens_a_case_and_it_waits_for_a_person(case):
    client = superuser()
    page = reverse("admin:compliance_case_open")
    assert client.get(page).status_code == 200
    client.post(page, OPENED)
    opened = Case.objects.get(kind="no_third_party_notice")
    assert (opened.status, opened.clause, opened.severity) == ("found", "F34", Severity.LOW)
    assert opened.found_by.username == "root"
    text = told(client.get(address(opened)))
    assert "No word of it in the footer." in text
    assert "100 % sure." in text
    client.post(page, OPENED)
    assert Case.objects.filter(kind="no_third_party_notice").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"publisher": "nobody"}, "No publisher has the code “nobody”."),
        ({"source": "boris-cb"}, "Anna (anna) has no source of the code “boris-cb”."),
        ({"facts": ""}, "required"),
    ],
)
def test_what_is_wrong_with_a_case_to_be_opened_is_said(case, wrong, sentence):
    answer = superuser().post(reverse("admin:compliance_case_open"), {**OPENED, **wrong})
    assert sentence in told(answer)
    assert Case.objects.count() == 1


# --- the queue ---------------------------------------------------------------------------------


def test_the_queue_shows_what_is_due_first_then_the_severe(case):
    def one(evidence: str, **more) -> Case:
        return Case.objects.create(
            kind="other", publisher=case.publisher, evidence=evidence, evidence_frozen={}, **more
        )

    over = case_in("anna", CaseStatus.DISMISSED, "over")
    later = one("later", found_at=NOW, status="waiting", answer_until=NOW + DAY)
    mild = one("mild", found_at=NOW, severity=Severity.LOW)
    severe = one("severe", found_at=NOW, severity=Severity.HIGH)
    first = one("first", found_at=NOW - DAY, severity=Severity.LOW)
    answer = superuser().get(reverse("admin:compliance_case_changelist"))
    shown = [row.pk for row in answer.context["cl"].result_list]
    assert shown == [first.pk, severe.pk, case.pk, mild.pk, later.pk, over.pk]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("work=open", 2), ("work=due", 2), ("work=second", 1), ("since=1", 2), ("answer=came", 0),
        ("answer=over", 1), ("answer=3", 0), ("severity__exact=2", 3),
        ("status__exact=dismissed", 1),
    ],
)  # fmt: skip
def test_the_queue_is_filtered(case, query, count):
    case_in("anna", CaseStatus.WAITING, "waits")
    case_in("anna", CaseStatus.DISMISSED, "over")
    client = superuser()
    decide(client, case, "ask_block")
    page = client.get(f"{reverse('admin:compliance_case_changelist')}?{query}")
    assert page.context["cl"].result_count == count


# --- policies ----------------------------------------------------------------------------------

POLICY = {
    "kind": "logo", "mode": "after_answer", "answer_days": "7", "valid_from_0": "2021-07-01",
    "valid_from_1": "00:00", "reason": "Agreed in the team.",
}  # fmt: skip


def test_a_policy_that_blocks_by_itself_takes_two_people(case):
    one = staff("one", "add_violationpolicy", "view_violationpolicy", "approve_violationpolicy")
    other = staff("other", "view_violationpolicy", "approve_violationpolicy")
    one.post(reverse("admin:compliance_violationpolicy_add"), POLICY)
    policy = ViolationPolicy.objects.get()
    assert policy.asked_by.username == "one"
    page = reverse("admin:compliance_violationpolicy_change", args=[policy.pk])
    approve = reverse("admin:compliance_violationpolicy_approve", args=[policy.pk])
    assert 'data-action="approve"' not in told(one.get(page))
    assert "another person has to approve" in told(one.post(approve, follow=True))
    assert not ViolationPolicy.objects.holding().exists()
    assert 'data-action="approve"' in told(other.get(page))
    other.post(approve)
    assert ViolationPolicy.objects.holding().get().approved_by.username == "other"
    assert "waits for nobody" in told(other.post(approve, follow=True))


def test_a_policy_that_leaves_it_to_a_person_holds_at_once(case):
    superuser().post(
        reverse("admin:compliance_violationpolicy_add"),
        {**POLICY, "mode": "person", "answer_days": ""},
    )
    assert ViolationPolicy.objects.holding().count() == 1


def test_a_request_for_a_policy_is_dropped(case):
    client = superuser()
    client.post(reverse("admin:compliance_violationpolicy_add"), POLICY)
    policy = ViolationPolicy.objects.get()
    client.post(reverse("admin:compliance_violationpolicy_drop", args=[policy.pk]))
    assert not ViolationPolicy.objects.exists()


def test_a_policy_without_days_to_answer_is_refused_on_the_page(case):
    answer = superuser().post(
        reverse("admin:compliance_violationpolicy_add"), {**POLICY, "answer_days": ""}
    )
    assert "Say how many days there are to answer." in told(answer)
