"""Sources whose type of traffic stops being permitted: suspended, told why, and brought back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers.models import (
    Agreement,
    Letter,
    Publisher,
    Source,
    SourceApproval,
    TrafficPermission,
    TrafficType,
)
from publishers.permissions import (
    UNSAID,
    Saying,
    laid_over,
    sayings_of,
    state_permissions,
)
from publishers.suspensions import ceases, suspend_sources, suspended_since, suspension_waits

START = datetime(2021, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PERMITTED, FORBIDDEN = ("permitted", "", ""), ("forbidden", "No.", "Нет.")
DAYS = st.integers(0, 12).map(lambda n: START + n * DAY)


def said_at(sayings: list[Saying], at: datetime) -> tuple[str, str, str]:
    """What is said at an instant, looked for one by one."""
    for one in sayings:
        if (one.valid_from is None or one.valid_from <= at) and (
            one.valid_to is None or at < one.valid_to
        ):
            return one.says()
    return UNSAID


@given(
    st.lists(
        st.tuples(
            st.sampled_from([PERMITTED, FORBIDDEN, ("by_agreement", "", "")]),
            DAYS,
            st.one_of(st.none(), DAYS),
        ).filter(lambda one: one[2] is None or one[1] < one[2]),
        max_size=8,
    )
)
def test_statements_laid_over_one_another_say_what_the_last_one_said_of_each_instant(statements):
    sayings = [Saying("forbidden", "", "", None, None)]
    for said, start, end in statements:
        sayings = laid_over(sayings, said, start, end)
    for number in range(-1, 14):
        at = START + number * DAY + DAY / 2
        last = [
            said for said, start, end in statements if start <= at and (end is None or at < end)
        ]
        assert said_at(sayings, at) == (last[-1] if last else ("forbidden", "", ""))
    for before, after in pairwise(sayings):
        assert before.valid_to is not None
        assert before.valid_to <= after.valid_from


def test_a_statement_that_changes_nothing_leaves_the_very_rows():
    rows = [Saying(*PERMITTED, None, START), Saying(*PERMITTED, START, None)]
    assert laid_over(rows, PERMITTED, START - DAY, START + DAY) == rows
    assert laid_over([], UNSAID, START, None) == []


def test_a_type_ceases_where_it_was_permitted_before_and_nowhere_else():
    def sayings(*rows: tuple[str, int | None, int | None]) -> dict[str, dict[str, list[Saying]]]:
        def at(day: int | None) -> datetime | None:
            return None if day is None else START + day * DAY

        return {"a": {"push": [Saying(word, "", "", at(f), at(t)) for word, f, t in rows]}}

    forbidden_ever = sayings(("forbidden", None, None))
    assert ceases("push", forbidden_ever, None) == []
    once = sayings(("permitted", None, 2), ("forbidden", 2, None))
    assert ceases("push", once, None) == [START + 2 * DAY]
    assert ceases("push", once, START + DAY) == []
    stricter = sayings(("forbidden", None, 2), ("by_agreement", 2, 4), ("forbidden", 4, None))
    assert ceases("push", stricter, None) == []
    after_silence = sayings(("forbidden", None, 2), ("forbidden", 3, None))
    assert ceases("push", after_silence, None) == [START + 3 * DAY]
    elsewhere = {**once, "b": {"push": [Saying("permitted", "", "", None, None)]}}
    assert ceases("push", elsewhere, None) == []


@pytest.mark.parametrize(
    ("granted", "agreed", "since"),
    [
        ((START - DAY, None), [], START),
        ((None, None), [], START),
        ((START, None), [], None),
        ((START - DAY, START), [], None),
        ((START - DAY, None), [(START, None)], None),
        ((START - DAY, None), [(START + DAY / 2, None)], START),
        ((START - DAY, None), [(None, START + DAY)], None),
        ((START - 2 * DAY, None), [(None, START)], START),
    ],
)
def test_an_approval_ends_when_its_type_ceases_unless_it_was_agreed(granted, agreed, since):
    assert suspended_since(granted, [START], agreed) == since


@pytest.fixture
def source(db):
    publisher = Publisher.objects.create(
        code="anna", email="anna@example.net", name="Anna", language="ru", registered_at=START
    )
    push = TrafficType.objects.create(code="push", name_en="Push ads", name_ru="Пуши")
    made = Source.objects.create(
        code="anna-push", publisher=publisher, traffic_type=push, title="Push"
    )
    SourceApproval.objects.create(source=made, valid_from=START - 30 * DAY)
    return made


def forbid(start: datetime, permission: str = "forbidden", end: datetime | None = None) -> None:
    state_permissions(
        programme_code="a",
        statements=[("push", permission, "", "")],
        start=start,
        end=end,
    )


def test_a_source_is_suspended_at_the_change_and_its_owner_told_why(source):
    forbid(START)
    assert suspension_waits(START - DAY) is None
    assert suspension_waits(START) == START
    done = suspend_sources(at=START + DAY, zone="Europe/Moscow")
    assert done == {"suspended": ["anna-push"], "freed": []}
    approval = source.approvals.get()
    assert (approval.valid_to, approval.suspended_at, approval.granted_to) == (START, START, None)
    letter = Letter.objects.get()
    assert (letter.publisher.code, letter.language) == ("anna", "ru")
    assert "Пуши" in letter.text
    assert "1 янв" in letter.text
    assert suspend_sources(at=START + DAY, zone="UTC") == {"suspended": [], "freed": []}
    assert suspension_waits(START + DAY) is None
    assert Letter.objects.count() == 1


def test_a_correction_of_the_rules_brings_back_the_approval_as_it_was_granted(source):
    source.approvals.update(valid_to=START + 40 * DAY)
    forbid(START)
    suspend_sources(at=START, zone="UTC")
    forbid(START, "permitted")
    assert suspension_waits(START + DAY) == START
    assert suspend_sources(at=START + DAY, zone="UTC")["freed"] == ["anna-push"]
    approval = source.approvals.get()
    assert (approval.valid_to, approval.suspended_at) == (START + 40 * DAY, None)
    assert Letter.objects.count() == 2


def test_what_was_approved_since_stays_when_the_suspension_falls(source):
    forbid(START)
    suspend_sources(at=START, zone="UTC")
    SourceApproval.objects.create(source=source, valid_from=START + 9 * DAY)
    forbid(START, "permitted")
    suspend_sources(at=START + 10 * DAY, zone="UTC")
    periods = list(source.approvals.order_by("valid_from").values_list("valid_from", "valid_to"))
    assert periods == [(START - 30 * DAY, START + 9 * DAY), (START + 9 * DAY, None)]


def test_an_agreement_that_comes_late_frees_what_it_covers(source):
    forbid(START)
    suspend_sources(at=START, zone="UTC")
    Agreement.objects.create(
        publisher=source.publisher, traffic_type=source.traffic_type, valid_from=START - DAY
    )
    assert suspend_sources(at=START, zone="UTC")["freed"] == ["anna-push"]


def test_a_later_permission_does_not_approve_by_itself(source):
    forbid(START, end=START + 5 * DAY)
    suspend_sources(at=START, zone="UTC")
    assert suspend_sources(at=START + 6 * DAY, zone="UTC") == {"suspended": [], "freed": []}
    assert source.approvals.get().valid_to == START


def test_only_types_whose_statement_differs_are_written(source):
    forbid(START)
    before = set(TrafficPermission.objects.values_list("pk", flat=True))
    changed = state_permissions(
        programme_code="a", statements=[("push", "forbidden", "", "")], start=START + DAY, end=None
    )
    assert changed == []
    assert set(TrafficPermission.objects.values_list("pk", flat=True)) == before
    assert [one.permission for one in sayings_of("a")["push"]] == ["forbidden"]
