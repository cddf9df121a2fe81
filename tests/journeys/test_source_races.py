"""Several people at one round: one decision, whoever comes first; and one round, however opened."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from compliance.models import Moderation, ModerationGround
from compliance.moderation.operations import (
    WrongMove,
    approve,
    ask_back,
    change_material,
    reject,
    reopen_for_rules,
    withdraw,
)
from publishers.models import Letter, SourceApproval
from tests.journeys.at_once import all_at_once
from tests.sources import (
    AT,
    applied,
    latest,
    mailing,
    network,
    publisher,
    staff,
)

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
WHY = [{"rule": "F27", "en": "No.", "ru": "Нет."}]


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield
    for name in ("one", "two"):
        staff(name)


def outcome(work):
    """What a move gave, or that it was too late."""

    def tried():
        try:
            return work()
        except WrongMove:
            return None

    return tried


@pytest.mark.parametrize("_turn", range(4))
def test_two_staff_decide_one_round_and_one_of_them_is_told_that_it_is_decided(_turn):
    moderation = applied("email_newsletter", mailing())
    done = all_at_once(
        outcome(lambda: approve(moderation_id=moderation.pk, by=staff("one"), at=AT + DAY)),
        outcome(
            lambda: reject(moderation_id=moderation.pk, by=staff("two"), at=AT + DAY, reasons=WHY)
        ),
    )
    assert sum(one is not None for one in done) == 1
    decided = latest(moderation)
    assert decided.state == ("approved" if done[0] else "rejected")
    assert decided.decided_by == staff("one" if done[0] else "two")
    assert SourceApproval.objects.count() == (1 if done[0] else 0)
    assert Letter.objects.count() == 1
    assert moderation.events.count() == 2


@pytest.mark.parametrize("_turn", range(3))
def test_withdrawn_while_staff_approve_is_one_of_the_two(_turn):
    moderation = applied("email_newsletter", mailing())
    done = all_at_once(
        outcome(lambda: approve(moderation_id=moderation.pk, by=staff("one"), at=AT)),
        outcome(lambda: withdraw(publisher_id=publisher().pk, moderation_id=moderation.pk, at=AT)),
    )
    assert sum(one is not None for one in done) == 1
    assert SourceApproval.objects.exists() == (latest(moderation).state == "approved")


@pytest.mark.parametrize("_turn", range(3))
def test_what_is_approved_is_what_was_looked_at(_turn):
    """A change beside an approval is in the round that approves it, or in one of its own."""
    moderation = applied("email_newsletter", mailing())
    all_at_once(
        outcome(lambda: approve(moderation_id=moderation.pk, by=staff("one"), at=AT)),
        outcome(lambda: ask_back(moderation_id=moderation.pk, by=staff("two"), at=AT, words="?")),
        lambda: change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                                material=mailing(leave="Answer STOP to any letter."), at=AT),
    )  # fmt: skip
    rounds = list(Moderation.objects.order_by("pk"))
    assert rounds[0].state == "approved"
    statements = moderation.source.statements.order_by("pk")
    assert rounds[-1].statement == statements.last()
    if len(rounds) == 2:
        assert rounds[0].statement == statements.first()
        assert rounds[1].state == "waiting"


def test_two_clocks_reopen_a_source_once():
    moderation = applied("email_newsletter", mailing())
    approve(moderation_id=moderation.pk, by=staff("one"), at=AT)
    from tests.compliance.moderation.test_reviews import START, says

    says("email_newsletter", "permitted", "New.")
    all_at_once(lambda: reopen_for_rules(at=START), lambda: reopen_for_rules(at=START))
    assert ModerationGround.objects.filter(cause="rule").count() == 1
    assert Moderation.objects.count() == 2
