"""The portal's pages of cases: read, answered and appealed, by a blocked account too."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.operations import (
    ask_block,
    ask_for_answer,
    block_unanswered,
    decide_appeal,
    dismiss_case,
    open_case,
    suspend_source,
)
from compliance.queries import waiting_for_publisher
from publishers.enums import Role
from publishers.models import Letter, Publisher, Source, User
from tests.cases import block_by_two, person
from tests.journeys.orders import booked, found_case, golden_facts, order
from tests.portal import of_publisher, text_of

pytestmark = pytest.mark.django_db

CASES = "/en/my/cases/"
DAY = timedelta(days=1)
WORD = "a long word of passage"


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def address(case: Case) -> str:
    return f"{CASES}{case.pk}/"


def read(client: Client, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def asked(code: str = "anna", evidence: str = "r1", *, days: int = 7) -> Case:
    """A case that waits for the publisher's answer."""
    case = found_case(code, evidence, at=timezone.now())
    now = timezone.now()
    return ask_for_answer(case_id=case.pk, until=now + days * DAY, by=person("decider"), at=now)


def test_a_blocked_publisher_signs_in_anew_reads_why_and_appeals():
    """Its sessions end with the block; the way to the case and to the appeal stays open."""
    booked(order(1), order(2))
    owner = User.objects.create_user(
        "olga", "olga@example.net", WORD, publisher=Publisher.objects.get(code="anna")
    )
    browser = Client()
    assert browser.login(username="olga", password=WORD)
    case = block_by_two(found_case("anna", "r1", at=timezone.now()), at=timezone.now())
    assert browser.get(CASES).headers["Location"].startswith("/en/sign-in/"), "its sessions ended"

    signed = browser.post(
        f"/en/sign-in/?next={address(case)}", {"username": "olga", "password": WORD}
    )
    assert signed.headers["Location"] == address(case)
    text = read(browser, address(case))
    for words in (
        "Statement of reasons: account blocked", "Seen and weighed.", "Clause F37",
        "two people: one asked for it, another approved it", "2 order lines", "-14.00 USD",
        "You can appeal until", "This account is blocked",
    ):  # fmt: skip
        assert words in text, words
    assert "asker" not in text, "people of staff are not named"
    [waiting] = waiting_for_publisher(case.publisher_id, timezone.now())
    assert (waiting.kind, waiting.url_name, waiting.url_args) == (
        "appeal", "portal:case", (case.pk,),
    )  # fmt: skip

    empty = browser.post(address(case), {"words": "  "})
    assert "say why the decision is wrong" in text_of(empty.content.decode())
    browser.post(address(case), {"words": "Somebody copied my link."})
    case.refresh_from_db()
    assert case.status == CaseStatus.APPEALED
    event = case.events.get(step="appealed")
    assert (event.by, event.text, event.from_publisher) == (owner, "Somebody copied my link.", True)
    assert not waiting_for_publisher(case.publisher_id, timezone.now())
    again = browser.post(address(case), {"words": "And more."}, follow=True)
    assert "waits for no word of yours" in text_of(again.content.decode())

    decide_appeal(case_id=case.pk, is_right=True, by=person("judge"), at=timezone.now(),
                  reason="It was copied.")  # fmt: skip
    text = read(browser, address(case))
    assert "It was copied." in text
    assert "14.00 USD" in text
    assert "This account is blocked" not in text


def test_the_letters_of_a_case_lead_to_its_page(settings):
    settings.PERMILLE_SITE_URL = "https://permille.example"
    case = asked()
    case = block_by_two(case, at=timezone.now())
    letters = Letter.objects.filter(publisher=case.publisher).order_by("id")
    texts = [letter.text for letter in letters]
    language = "ru" if case.publisher.language == "ru" else "en"
    assert len(texts) == 2
    for text in texts:
        assert f"https://permille.example/{language}/my/cases/{case.pk}/" in text
    assert "sign in to read this case" in texts[1] or language == "ru"


def test_a_case_is_answered_and_the_job_blocks_no_more():
    case = asked()
    client = of_publisher("anna", role=Role.MANAGER)
    text = read(client, address(case))
    assert "Your answer is needed until" in text
    assert "What is held against you" in text
    [waiting] = waiting_for_publisher(case.publisher_id, timezone.now())
    assert (waiting.kind, waiting.until) == ("answer", case.answer_until)
    client.post(address(case), {"words": "<b>It was not me</b>"})
    html = client.get(address(case)).content.decode()
    assert "&lt;b&gt;It was not me&lt;/b&gt;" in html
    case.refresh_from_db()
    assert case.answered_at is not None
    assert not block_unanswered(at=timezone.now() + 30 * DAY)


def test_the_evidence_that_is_shown_is_the_publishers_own():
    case, _new = open_case(
        kind="review_link", publisher_id=Publisher.objects.get(code="anna").pk, evidence="r9",
        frozen={
            "text": "Buy <here>", "author": "Kim", "product_id": "5003",
            "posted_at": timezone.now().isoformat(),
            "links": [{"matched": "go.permille.example/c/anna-site", "code": "anna-site"}],
        },
        at=timezone.now(),
    )  # fmt: skip
    html = of_publisher("anna").get(address(case)).content.decode()
    for words in ("Buy &lt;here&gt;", "Kim", "5003", "go.permille.example/c/anna-site"):
        assert words in html
    assert "automatically, by the policy" in html


def test_of_shared_payout_details_the_other_accounts_are_not_told():
    boris = "boris"
    case = Case.objects.create(
        kind="shared_payout_details", publisher=Publisher.objects.get(code="anna"), severity=1,
        evidence="observation:1", found_at=timezone.now(),
        evidence_frozen={
            "findings": [{"sentence": "The details are those of others.", "checked": boris}],
            "accounts": [{"publisher": boris, "masked": "••1234"}],
        },
    )  # fmt: skip
    ask_for_answer(case_id=case.pk, until=timezone.now() + DAY, by=person("x"), at=timezone.now())
    html = of_publisher("anna").get(address(case)).content.decode()
    assert "Several accounts are to be paid" in html
    assert boris not in html
    assert "1234" not in html


def test_a_case_that_was_only_found_and_what_staff_ask_of_each_other_are_not_shown():
    found = found_case("anna", "r1", at=timezone.now())
    ask_block(case_id=found.pk, reason="Between us.", by=person("asker"), at=timezone.now())
    client = of_publisher("anna")
    assert client.get(address(found)).status_code == 404
    assert "nothing is held against you" in read(client, CASES)
    dismiss_case(case_id=found.pk, by=person("judge"), at=timezone.now(), reason="Not yours.")
    text = read(client, address(found))
    assert "Not yours." in text
    assert "Between us." not in text
    assert "block asked for" not in text


def test_somebody_elses_case_is_not_there():
    case = asked("boris")
    client = of_publisher("anna")
    for page in (address(case), f"{CASES}999999999999999999999/"):
        assert client.get(page).status_code == 404
        assert client.post(page, {"words": "Mine."}).status_code == 404
    assert not case.events.filter(from_publisher=True).exists()


def test_a_reader_reads_and_does_not_answer():
    case = asked()
    reader = of_publisher("anna", role=Role.READER)
    assert "<textarea" not in reader.get(address(case)).content.decode()
    assert reader.post(address(case), {"words": "Hello."}).status_code == 403


def test_the_time_to_appeal_ends(monkeypatch):
    case = block_by_two(found_case("anna", "r1", at=timezone.now()), at=timezone.now())
    client = of_publisher("anna")
    case.refresh_from_db()
    late = case.appeal_until + timedelta(seconds=1)
    assert waiting_for_publisher(case.publisher_id, case.appeal_until)
    assert not waiting_for_publisher(case.publisher_id, late)
    monkeypatch.setattr(timezone, "now", lambda: late)
    client.force_login(User.objects.get(publisher__code="anna"))
    assert "<textarea" not in client.get(address(case)).content.decode()
    client.post(address(case), {"words": "Late."})
    case.refresh_from_db()
    assert case.status == CaseStatus.BLOCKED


def test_what_ends_first_comes_first():
    later, sooner = asked("anna", "r1", days=9), asked("anna", "r2", days=2)
    decided = found_case("anna", "r3", at=timezone.now())
    source = Source.objects.filter(publisher=decided.publisher).first()
    suspend_source(case_id=decided.pk, source_id=source.pk, by=person("x"), at=timezone.now(),
                   reason="So.")  # fmt: skip
    waiting = waiting_for_publisher(decided.publisher_id, timezone.now())
    assert [one.url_args for one in waiting] == [(sooner.pk,), (later.pk,), (decided.pk,)]
    assert f"/cases/{decided.pk}/" in of_publisher("anna").get("/en/my/sources/").content.decode()


def test_the_list_costs_the_same_queries_for_few_cases_and_for_many():
    client = of_publisher("anna")
    counts = []
    for start, more in ((0, 3), (3, 27)):
        for number in range(start, start + more):
            asked("anna", f"r{number}")
        with CaptureQueriesContext(connection) as made:
            client.get(CASES)
        counts.append(len(made))
    assert counts[0] == counts[1] <= 9
    with CaptureQueriesContext(connection) as made:
        client.get(address(Case.objects.all()[0]))
    assert len(made) <= 11


def test_frozen_evidence_of_any_shape_is_shown_without_an_error():
    shapes = [[], {"links": ["x"], "findings": ["y"]}, {"findings": [{"sentence": {"en": "E"}}]}]
    client = of_publisher("anna")
    for number, shape in enumerate(shapes):
        for kind in ("review_link", "logo"):
            case = Case.objects.create(
                kind=kind, publisher=Publisher.objects.get(code="anna"), found_at=timezone.now(),
                evidence=f"round:{number}", evidence_frozen=json.loads(json.dumps(shape)),
            )  # fmt: skip
            if number == 1:
                continue  # nobody writes such a row, and its letter could not be written
            now = timezone.now()
            ask_for_answer(case_id=case.pk, until=now + DAY, by=person("x"), at=now)
            assert client.get(address(case)).status_code == 200


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_case_is_told_in_the_language_that_is_read(language):
    case = block_by_two(found_case("anna", "r1", at=timezone.now()), at=timezone.now())
    html = of_publisher("anna").get(f"/{language}/my/cases/{case.pk}/").content.decode()
    told = case.statements.get()
    first = (told.text_ru if language == "ru" else told.text_en).split("\n\n")[0]
    assert first.split(",")[0].split(".")[0] in text_of(html)
