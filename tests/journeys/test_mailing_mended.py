"""A mailing nobody can leave: rejected with reasons in a letter, mended, and approved (F27)."""

from datetime import timedelta

import pytest
from django.core import mail

from compliance.models import Moderation
from compliance.moderation.operations import change_material
from publishers.models import SourceApproval
from tests.journeys.orders import booked, line, order
from tests.journeys.staff_desk import desk, press, read
from tests.journeys.worlds_through import assert_books_agree, tick
from tests.sources import AT, applied, latest, mailing, network, publisher

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# What each of the two publishers reads: anna in Russian, boris in English.
READS = {
    "anna": ("Не сказано, как", "Исправьте это"),
    "boris": ("It is not said how", "Mend this, and say so in your account"),
}


@pytest.fixture(autouse=True)
def _network():
    network()


def ticked(client, moderation: Moderation) -> list[str]:
    """The reasons that the page offers ticked: what the checks found broken."""
    answer = client.get(f"/admin/compliance/moderation/{moderation.pk}/change/")
    choices = answer.context["page"]["choices"]
    return [name for name, _rule, _sentence, verdict in choices if verdict == "violation"]


def sent_to(code: str) -> list[str]:
    """The letters that reached a publisher, the first first."""
    address = publisher(code).email
    return [str(letter.body) for letter in mail.outbox if letter.to == [address]]


@pytest.mark.parametrize("code", ["anna", "boris"])
def test_a_mailing_without_an_unsubscribe_is_rejected_mended_and_approved(code):
    moderation = applied("email_newsletter", mailing(leave=""), code="letters", of=code)
    booked(order(1, source="letters", created_time="2020-05-02 10:00:00"), at=AT + DAY)
    with desk("olga", AT + DAY) as client:
        text = read(client, "compliance_moderation_change", moderation.pk)
        assert 'data-finding="leave_not_said"' in text
        assert "breaks a rule" in press(
            client, "compliance_moderation_approve", moderation.pk, seen=moderation.statement_id
        ), "the checks speak against it, and no word was said"
        press(client, "compliance_moderation_reject", moderation.pk,
              reasons=ticked(client, moderation), words="См. правила / see the rules.")  # fmt: skip
    assert latest(moderation).state == "rejected"
    tick((AT + DAY + timedelta(minutes=5)).isoformat())
    [letter] = sent_to(code)
    for words in (*READS[code], "F27", "См. правила / see the rules."):
        assert words in letter, letter
    other = next(name for name in READS if name != code)
    assert READS[other][1] not in letter
    assert not sent_to(other)
    assert (line(1).status, line(1).reason) == ("rejected", "source_not_approved")
    assert not SourceApproval.objects.exists()
    assert_books_agree()

    mended = change_material(
        publisher_id=publisher(code).pk, source_id=moderation.source_id, material=mailing(),
        at=AT + 2 * DAY, words="Every letter has the link now.",
    )  # fmt: skip
    assert mended.pk != moderation.pk
    with desk("olga", AT + 3 * DAY) as client:
        text = read(client, "compliance_moderation_change", mended.pk)
        assert "Every letter has the link now." in text
        assert "data-finding" not in text
        assert "before:" in text, "what it said before stands beside what it says now"
        press(client, "compliance_moderation_approve", mended.pk, seen=mended.statement_id)
    assert latest(mended).state == "approved"
    booked(order(2, source="letters", created_time="2020-05-05 10:00:00"), at=AT + 4 * DAY)
    tick((AT + 5 * DAY).isoformat())
    assert len(sent_to(code)) == 2
    assert (line(1).status, line(1).reason) == ("rejected", "source_not_approved")
    assert (line(2).status, line(2).commission_cents) == ("confirmed", 550)
    assert_books_agree()
