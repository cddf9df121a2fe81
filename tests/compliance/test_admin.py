"""Back office of compliance: the evidence, and the decisions."""

import pytest
from django.urls import reverse

from compliance.admin.evidence import marked
from compliance.enums import CaseStatus
from compliance.models import Case
from publishers.models import Publisher
from publishers.queries import is_blocked
from tests import backoffice
from tests.backoffice import NOW, signed_in, superuser

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


def test_an_account_is_blocked_with_a_reason_and_the_block_overturned(case):
    client = superuser()
    assert decide(client, case, "block", reason="").status_code == 200
    case.refresh_from_db()
    assert case.status == CaseStatus.FOUND
    decide(client, case, "block")
    case.refresh_from_db()
    assert (case.status, case.decision_reason) == (CaseStatus.BLOCKED, "Seen and weighed.")
    assert case.decided_by.username == "root"
    assert is_blocked(case.publisher_id)
    decide(client, case, "overturn", reason="A mistake.")
    case.refresh_from_db()
    assert (case.status, case.overturn_reason) == (CaseStatus.OVERTURNED, "A mistake.")
    assert not is_blocked(case.publisher_id)


def test_a_move_that_the_table_lacks_is_told_and_changes_nothing(case):
    client = superuser()
    decide(client, case, "dismiss")
    answer = client.post(
        reverse("admin:compliance_case_block", args=[case.pk]), {"reason": "No."}, follow=True
    )
    assert "cannot become" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == CaseStatus.DISMISSED


def test_only_decisions_that_may_follow_are_offered(case):
    client = superuser()
    address = reverse("admin:compliance_case_change", args=[case.pk])
    text = client.get(address).content.decode()
    assert "Block the account" in text
    assert "Overturn the block" not in text


def test_who_may_not_change_cases_decides_none(case):
    assert decide(signed_in("clerk", is_staff=True), case, "block").status_code == 403
