"""Approved sources looked at again: by clauses, by permissions, once, whenever it is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from compliance.models import Moderation, ModerationGround
from compliance.moderation.operations import (
    Refused,
    agree,
    approve,
    open_round,
    reject,
    reopen_for_rules,
)
from compliance.moderation.reviews import due_reviews, review_waits, rule_starts
from publishers.models import Letter, Source, SourceApproval, TrafficType
from publishers.permissions import state_permissions
from publishers.suspensions import suspend_sources
from tests.sources import (
    AT,
    REDIRECTS,
    applied,
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
START = AT + 30 * DAY
F3, F4 = datetime(2020, 6, 7, 21, tzinfo=UTC), datetime(2020, 7, 5, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def approved(traffic_type: str = "content_site", at: datetime = AT) -> Moderation:
    material = {"email_newsletter": mailing(), "toolbars_plugins": toolbar()}
    moderation = applied(traffic_type, material.get(traffic_type, site()), at=at)
    if traffic_type == "toolbars_plugins":
        agree(moderation_id=moderation.pk, by=staff(), at=at, valid_from=at, valid_to=None,
              note_of_it="A letter.")  # fmt: skip
    approve(moderation_id=moderation.pk, by=staff(), at=at)
    return latest(moderation)


def says(traffic_type: str, permission: str, note: str = "", start: datetime = START) -> None:
    state_permissions(
        programme_code="aliexpress",
        statements=[(traffic_type, permission, note, note)],
        start=start,
        end=None,
    )


def keys(source_id: int) -> list[str]:
    found = ModerationGround.objects.filter(source_id=source_id, cause="rule").order_by("id")
    return [key.rsplit(":", 3)[0] if "T" in key else key
            for key in found.values_list("key", flat=True)]  # fmt: skip


def test_a_condition_that_changes_reopens_the_sources_of_its_type_and_no_others():
    letters, other = approved("email_newsletter"), approved("content_site")
    says("email_newsletter", "permitted", "Only with a confirmed address.")
    assert review_waits(START - DAY) is None
    assert review_waits(START) == START
    [reopened] = reopen_for_rules(at=START)
    assert reopened.source_id == letters.source_id
    assert keys(other.source_id) == []
    assert SourceApproval.objects.filter(valid_to__isnull=True).count() == 2
    letter = Letter.objects.get(key__contains=":opened:")
    assert "Рассылка" in letter.text
    assert review_waits(START + DAY) is None
    assert reopen_for_rules(at=START + DAY) == []


def test_what_is_said_again_in_the_same_words_reopens_nothing():
    approved("content_site")
    says("content_site", "permitted")
    assert reopen_for_rules(at=START) == []


def test_a_source_approved_after_the_change_was_approved_knowing_it():
    says("content_site", "permitted", "New.")
    approved(at=START)
    assert reopen_for_rules(at=START + DAY) == []


def test_a_source_that_the_change_suspends_may_be_agreed_on_and_approved_anew():
    moderation = approved()
    says("content_site", "by_agreement")
    suspend_sources(at=START, zone="UTC")
    assert SourceApproval.objects.get().valid_to == START
    [reopened] = reopen_for_rules(at=START)
    assert reopened.verdict == "review"
    agree(moderation_id=reopened.pk, by=staff(), at=START + DAY, valid_from=START + DAY,
          valid_to=None, note_of_it="A letter.")  # fmt: skip
    approve(moderation_id=reopened.pk, by=staff(), at=START + DAY)
    starts = SourceApproval.objects.filter(source=moderation.source).order_by("valid_from")
    assert list(starts.values_list("valid_from", "valid_to")) == [(AT, START), (START + DAY, None)]


def test_clauses_of_extensions_come_each_once_and_the_second_joins_an_open_round():
    moderation = approved("toolbars_plugins")
    [by_f3] = reopen_for_rules(at=F3)
    [again] = reopen_for_rules(at=F4)
    assert by_f3 == again
    assert keys(moderation.source_id) == ["clause:F3", "clause:F4"]
    assert list(by_f3.events.values_list("move", flat=True)) == ["opened", "added"]
    why = [{"rule": "F4", "en": "x", "ru": "x"}]
    reject(moderation_id=by_f3.pk, by=staff(), at=F4, reasons=why, ends_approval=True)
    assert reopen_for_rules(at=F4 + DAY) == []


def test_a_round_under_way_is_looked_at_again_by_the_new_clause():
    moderation = applied("toolbars_plugins", toolbar(REDIRECTS))
    agree(moderation_id=moderation.pk, by=staff(), at=AT, valid_from=AT, valid_to=None,
          note_of_it="A letter.")  # fmt: skip
    assert latest(moderation).verdict == "clear"
    # The clock has not come yet: what was not forbidden when it was checked is checked again.
    with pytest.raises(Refused, match="breaks a rule"):
        approve(moderation_id=moderation.pk, by=staff(), at=F4)
    assert {one.pk for one in reopen_for_rules(at=F4)} == {moderation.pk}
    assert latest(moderation).verdict == "violation"
    assert keys(moderation.source_id) == ["clause:F3", "clause:F4"]


def test_both_at_once_where_the_clock_comes_late():
    moderation = approved("toolbars_plugins")
    assert [due.rule.key for due in due_reviews(F4)] == ["clause:F3", "clause:F4"]
    rounds = reopen_for_rules(at=F4 + DAY)
    assert len({one.pk for one in rounds}) == 1
    assert keys(moderation.source_id) == ["clause:F3", "clause:F4"]


def test_a_source_of_a_file_is_looked_at_again_only_when_staff_say_so():
    of_type = TrafficType.objects.get(code="content_site")
    source = Source.objects.create(
        code="old", publisher=publisher(), title="Old", traffic_type=of_type
    )
    SourceApproval.objects.create(source=source, valid_from=AT)
    says("content_site", "permitted", "New.")
    assert reopen_for_rules(at=START) == []
    opened = open_round(source_id=source.pk, by=staff(), at=START, words="A tip.")
    assert opened.statement is None
    assert opened.verdict == "clear"
    approve(moderation_id=opened.pk, by=staff(), at=START)
    assert SourceApproval.objects.get().valid_from == AT


def test_rules_begin_in_order_of_time():
    says("content_site", "permitted", "New.")
    starts = rule_starts(F4 + 365 * DAY)
    assert [one.starts_at for one in starts] == sorted(one.starts_at for one in starts)
    assert {"clause:F3", "clause:F4"} <= {one.key for one in starts}


@given(days=st.lists(st.integers(0, 90), min_size=1, max_size=6))
def test_whenever_the_clock_asks_the_same_is_looked_at(days):
    """However often and when it is asked, every rule that began has its ground, once."""
    moderation = Moderation.objects.filter(source__code="prop").first()
    if moderation is None:
        moderation = applied("toolbars_plugins", toolbar(), code="prop")
        agree(moderation_id=moderation.pk, by=staff(), at=AT, valid_from=AT, valid_to=None,
              note_of_it="A letter.")  # fmt: skip
        approve(moderation_id=moderation.pk, by=staff(), at=AT)
    asked = sorted(AT + day * DAY for day in days)
    for at in asked:
        reopen_for_rules(at=at)
    seen = set(keys(moderation.source_id))
    expected = {key for key, start in (("clause:F3", F3), ("clause:F4", F4)) if start <= asked[-1]}
    assert seen >= expected
    assert len(keys(moderation.source_id)) == len(seen)
