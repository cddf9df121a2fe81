"""A publication beside an import, a re-rating, another publication: no line under wrong rules."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from commissions.engine.rulebook import Outcome
from commissions.models import OrderLine, Programme, Rulebook, Touch
from commissions.operations.rulebooks import (
    RulebookRefused,
    approve_publication,
    ask_publication,
    take_back_request,
)
from commissions.pipeline.rerating import rerate_pending
from commissions.programmes.shapes import RulebookFile
from config.clock import tick
from tests.journeys.at_once import Begun, all_at_once, in_turn, until_waiting
from tests.journeys.orders import NOW, booked, golden_facts, in_small_batches, order, taken, written
from tests.journeys.worlds_through import assert_books_agree
from tests.rulebooks import asked_for, book_of, person

pytestmark = pytest.mark.django_db(transaction=True)

BOTH_WAYS = pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["first", "second"])
ROWS = 120


@pytest.fixture(autouse=True)
def _facts():
    golden_facts()


def home_earns(rate_bp: int, days: int = 83) -> RulebookFile:
    """The first rulebook, so many days later, with this rate for home and apparel."""
    book = book_of(Programme.objects.get(), 1)
    return replace(
        book,
        starts_at=book.starts_at + timedelta(days=days),
        rules=tuple(
            replace(rule, outcome=Outcome("rate", rate_bp=rate_bp))
            if rule.code == "home_and_apparel"
            else rule
            for rule in book.rules
        ),
    )


def waiting(rate_bp: int, days: int = 83) -> int:
    """A rulebook that waits for approval: its number."""
    return asked_for(Programme.objects.get(), home_earns(rate_bp, days), NOW).pk


def approve(rulebook_id: int) -> Rulebook:
    return approve_publication(rulebook_id=rulebook_id, by=person("approver"), at=NOW)


def many_rows() -> list[dict[str, str]]:
    """Orders of three lines each, all of goods that the first rulebook gives 7 %."""
    return [
        order(number, cents=1_000 + 397 * number, order_id=7_000_000 + number // 3)
        for number in range(ROWS)
    ]


def rates() -> set[int]:
    return set(OrderLine.objects.values_list("rate_bp", flat=True))


@BOTH_WAYS
def test_a_publication_and_an_import_that_both_wait_have_one_outcome(tmp_path, turn):
    booked(order(900))
    rulebook_id = waiting(800)
    path = written(tmp_path / "orders.ndjson", many_rows())
    works = (lambda: taken(path), lambda: approve(rulebook_id))
    in_turn(*(works[place] for place in turn))
    assert rates() == ({700} if turn == (0, 1) else {700, 800})
    tick(until=NOW)
    assert rates() == {800}
    assert_books_agree()


@pytest.mark.parametrize("attempt", range(3))
def test_a_publication_in_the_midst_of_an_import_leaves_no_line_behind(tmp_path, attempt):
    booked(order(900))
    rulebook_id = waiting(800)
    path = written(tmp_path / "orders.ndjson", many_rows())
    all_at_once(
        lambda: in_small_batches(path),
        lambda: approve(rulebook_id),
        lambda: rerate_pending(at=NOW),
    )
    tick(until=NOW)
    assert rates() == {800}
    assert not Touch.objects.exists()
    assert_books_agree()


@BOTH_WAYS
def test_a_correction_beside_a_re_rating_is_made_good_by_the_next(tmp_path, turn):
    taken(written(tmp_path / "orders.ndjson", many_rows()))
    approve(waiting(800))
    rulebook_id = waiting(900)
    works = (lambda: rerate_pending(at=NOW), lambda: approve(rulebook_id))
    all_at_once(*(works[place] for place in turn))
    tick(until=NOW)
    assert rates() == {900}
    assert_books_agree()


def test_of_two_who_approve_at_once_one_publishes(tmp_path):
    booked(order(900))
    rulebook_id = waiting(800)

    def one(name):
        try:
            return approve_publication(rulebook_id=rulebook_id, by=person(name), at=NOW)
        except RulebookRefused as refused:
            return str(refused)

    person("approver"), person("other")
    done = in_turn(lambda: one("approver"), lambda: one("other"))
    assert isinstance(done[0], Rulebook)
    assert done[1] == "Version 5 is “published”, and cannot become “published” from there."
    assert Touch.objects.filter(scope="window").count() == 1


@BOTH_WAYS
def test_approval_and_the_request_taken_back_have_one_winner(turn):
    rulebook_id = waiting(800)

    def either(work):
        try:
            return work(rulebook_id=rulebook_id, by=person("approver"), at=NOW)
        except RulebookRefused as refused:
            return str(refused)

    person("approver")
    done = all_at_once(lambda: either(approve_publication), lambda: either(take_back_request))
    refused = [answer for answer in done if isinstance(answer, str)]
    assert len(refused) == 1
    status = Rulebook.objects.get(pk=rulebook_id).status
    assert status == ("draft" if isinstance(done[0], str) else "published")


def test_two_publications_at_once_each_rule_their_own_period(tmp_path):
    booked(order(900), order(901, created_time="2019-05-01 10:00:00"))
    early, late = waiting(800), waiting(900, days=180)
    # The early one's trial was over a period that the late one cuts short.
    ask = {"reason": "x", "by": person("author"), "at": NOW}

    def publish(rulebook_id):
        try:
            return approve(rulebook_id)
        except RulebookRefused as refused:
            return str(refused)

    done = all_at_once(lambda: publish(late), lambda: publish(early))
    assert isinstance(done[0], Rulebook)
    if isinstance(done[1], str):
        assert "run a what-if over its whole period first" in done[1]
        take_back_request(rulebook_id=early, by=ask["by"], at=NOW)
        with pytest.raises(RulebookRefused):
            ask_publication(rulebook_id=early, **ask)
    tick(until=NOW)
    assert OrderLine.objects.get(sub_order_id="8000901").rate_bp == 900
    assert_books_agree()


def test_an_import_waits_for_a_publication_that_is_not_committed_yet(tmp_path):
    rulebook_id = waiting(800)
    path = written(tmp_path / "orders.ndjson", many_rows())
    with transaction.atomic():
        approve(rulebook_id)
        begun = Begun(lambda: taken(path))
        until_waiting(1)
    begun.result()
    assert rates() == {800}
    assert set(OrderLine.objects.values_list("revision", flat=True)) == {1}
    tick(until=NOW)
    assert_books_agree()
