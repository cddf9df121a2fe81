"""A link in a review: found by the job, the account blocked, its earnings taken, and given back.

clara was brought in by anna, and brought in eve: a block takes clara's own credit for eve, and
anna's for clara.
"""

import json

import pytest
from django.core import mail
from django.db import transaction

from compliance.models import Case
from config.models import JobRun
from publishers.models import Publisher
from publishers.queries import is_payable
from referrals.models import ReferralCredit
from tests.cases import DAY, agreed_policy
from tests.journeys.orders import NOW, balance, booked, golden_facts, line, order
from tests.journeys.staff_desk import desk, press, read
from tests.journeys.test_blocks import LINK, chain
from tests.journeys.worlds_through import assert_books_agree, books, command, exported, tick

pytestmark = pytest.mark.django_db

CASE = "compliance_case"
KINDS = ("waiting", "hold", "available")
# In cents: clara's lines, with her 5 % of eve's 2,333; anna's lines, with 5 % of clara's 5,414.
CLARA = {"waiting": 700, "hold": 700, "available": 864 + 3_850 + 700 + 116}
ANNA = {"waiting": 0, "hold": 0, "available": 2 * 700 + 270}
OWN, REFERRAL = 700 + 700 + 864 + 3_850 + 700, 116


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def money(code: str) -> dict[str, int]:
    return {kind: balance(code, kind) for kind in KINDS}


def credit(referred: str) -> int:
    """What the referrer of a publisher has been credited for it."""
    return ReferralCredit.objects.get(referred__code=referred).credited_cents


def told(code: str) -> dict[str, object]:
    """The publisher's row of the export of balances."""
    return next(row for row in exported("balances") if row["publisher"] == code)


def untroubled() -> dict[str, object]:
    """The books as they are where nobody ever wrote the review, orders and jobs the same."""
    with transaction.atomic():
        chain()
        late_order()
        tick((NOW + 9 * DAY).isoformat())
        found = {**books(), "cases": []}
        transaction.set_rollback(True)
    mail.outbox.clear()
    return found


def late_order() -> None:
    booked(order(20, source="clara-coup"), at=NOW + 3 * DAY)


def reviewed(folder) -> None:
    """The review comes by the command, and nothing happens until the job looks."""
    path = folder / "reviews.ndjson"
    review = {"review_id": "r1", "product_id": "5003", "author": "u1",
              "posted_at": NOW.isoformat(), "text": LINK}  # fmt: skip
    path.write_text(json.dumps(review) + "\n")
    assert "1 new" in command("scan_reviews", path).out
    assert not Case.objects.exists()
    assert_as_before()


def assert_as_before() -> None:
    assert (money("clara"), money("anna")) == (CLARA, ANNA)
    assert (credit("clara"), credit("eve")) == (270, REFERRAL)
    assert is_payable(Publisher.objects.get(code="clara").pk)
    assert told("clara")["blocked"] is False


def assert_taken(case: Case) -> None:
    """Nothing is left to clara, her referrer has her own lines alone, and eve loses nothing."""
    assert money("clara") == dict.fromkeys(KINDS, 0)
    assert money("anna") == {"waiting": 0, "hold": 0, "available": 2 * 700}
    assert (credit("clara"), credit("eve")) == (0, 0)
    assert balance("eve") == 2_333 + 35
    assert not is_payable(case.publisher_id)
    assert (told("clara")["blocked"], told("clara")["available_cents"]) == (True, 0)
    assert {line(n).reason for n in (10, 11, 12, 14, 15, 16)} == {"account_blocked"}
    assert line(17).commission_cents == 700, "of the same order, and another publisher's"
    assert_books_agree()


def assert_given_back(case: Case, before: dict[str, object]) -> None:
    """To the cent, with the order that came meanwhile; as if the review had never been."""
    later = {"available": CLARA["available"] + 700}
    assert money("clara") == {**CLARA, **later}
    assert credit("clara") == (5_414 + 700) * 5 // 100
    assert money("anna") == {**ANNA, "available": 2 * 700 + credit("clara")}
    assert credit("eve") == REFERRAL
    assert is_payable(case.publisher_id)
    assert {**books(), "cases": []} == before
    assert_books_agree()


def appealed_and_overturned(case: Case, *, part: tuple[str, ...]) -> None:
    """The appeal comes by letter; those who had a part in the decision cannot decide it."""
    with desk("clerk", NOW + 4 * DAY) as client:
        press(client, f"{CASE}_enter_appeal", case.pk, text="I never wrote it.")
    case.refresh_from_db()
    assert (case.status, case.decision) == ("appealed", "blocked")
    assert_still_blocked(case)
    for name in part:
        with desk(name, NOW + 5 * DAY) as client:
            assert 'data-action="uphold"' not in read(client, f"{CASE}_change", case.pk)
            said = press(client, f"{CASE}_uphold", case.pk, reason="I think so.")
            assert "another person decides the appeal" in said
    assert_still_blocked(case)
    with desk("judge", NOW + 6 * DAY) as client:
        assert 'data-action="uphold"' in read(client, f"{CASE}_change", case.pk)
        press(client, f"{CASE}_uphold", case.pk, reason="The author copied the link.")
    case.refresh_from_db()
    assert (case.status, case.appeal_decided_by.username) == ("overturned", "judge")


def assert_still_blocked(case: Case) -> None:
    assert money("clara") == dict.fromkeys(KINDS, 0)
    assert line(20).reason == "account_blocked"
    assert not is_payable(case.publisher_id)


def assert_statements(case: Case, *, automatic: bool) -> None:
    """Two, each with what it moved, in a letter of its own - to a blocked account too."""
    taken, back = case.statements.order_by("made_at")
    assert (taken.decision, taken.automatic) == ("blocked", automatic)
    assert taken.lines == -6
    assert (taken.commission, taken.referral) == ({"USD": -OWN}, {"USD": -REFERRAL})
    assert (back.decision, back.automatic) == ("overturned", False)
    assert back.lines == 7
    assert (back.commission, back.referral) == ({"USD": OWN + 700}, {"USD": REFERRAL})
    for one in (taken, back):
        assert "F37" in one.text_en
        assert "F37" in one.text_ru
    bodies = [str(letter.body) for letter in mail.outbox if letter.to == [case.publisher.email]]
    language = case.publisher.language
    for one in (taken, back):
        assert any(getattr(one, f"text_{language}") in body for body in bodies)


def test_the_job_finds_blocks_and_another_person_gives_everything_back(tmp_path):
    before = untroubled()
    chain()
    reviewed(tmp_path)
    tick((NOW + 2 * DAY).isoformat())
    case = Case.objects.get()
    assert (case.publisher.code, case.evidence, case.status) == ("clara", "r1", "blocked")
    assert (case.decided_by, case.decided_at) == (None, NOW)
    assert JobRun.objects.filter(job="scan_reviews", due_at=NOW).exists()
    assert_taken(case)
    late_order()
    assert_still_blocked(case)
    assert_books_agree()
    appealed_and_overturned(case, part=())
    tick((NOW + 9 * DAY).isoformat())
    assert_given_back(case, before)
    assert_statements(case, automatic=True)


def test_two_people_block_and_a_third_gives_everything_back(tmp_path):
    before = untroubled()
    chain()
    agreed_policy("person")
    reviewed(tmp_path)
    tick((NOW + DAY).isoformat())
    case = Case.objects.get()
    assert case.status == "found"
    assert_as_before()
    with desk("author", NOW + DAY) as client:
        press(client, f"{CASE}_ask_block", case.pk, reason="The link is hers.")
        said = press(client, f"{CASE}_approve_block", case.pk)
        assert "another person has to approve it" in said
    assert_as_before()
    with desk("second", NOW + 2 * DAY) as client:
        press(client, f"{CASE}_approve_block", case.pk)
    tick((NOW + 2 * DAY).isoformat())
    assert_taken(case)
    late_order()
    appealed_and_overturned(case, part=("author", "second"))
    tick((NOW + 9 * DAY).isoformat())
    assert_given_back(case, before)
    assert_statements(case, automatic=False)
