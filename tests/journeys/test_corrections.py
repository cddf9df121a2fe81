"""Later versions of one start: what they leave alone is not written, and all else comes right."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from commissions.admin.order_line_page import why_this_amount
from commissions.engine.conditions import InSet
from commissions.engine.rulebook import CookieLife, Outcome
from commissions.models import (
    ConfirmedTotal,
    DailyTotal,
    OrderLine,
    Programme,
    Rule,
    Rulebook,
    Touch,
)
from commissions.operations.rulebooks import approve_publication, ask_what_if
from commissions.pipeline.rerating import rerate_pending
from commissions.programmes.shapes import RulebookFile, RuleFile
from commissions.rulebooks.editions import ruling, version_in_force
from commissions.rulebooks.what_if.running import run_what_if
from commissions.sql import sql
from config.clock import tick
from referrals.models import ReferralCredit
from tests.journeys.orders import NOW, booked, golden_facts, line, order
from tests.journeys.test_rulebooks import drawn, from_scratch, scratch, seeds
from tests.journeys.worlds_through import (
    assert_books_agree,
    assert_same_books,
    books,
    dealt,
    feed_lines,
    ingest,
    load,
    scan,
)
from tests.journeys.worlds_through import tick as tick_clock
from tests.oracle.worlds import write_world
from tests.random_rulebooks import corrected
from tests.rulebooks import asked_for, book_of, draft_of, person, publish
from tests.worlds import world

pytestmark = pytest.mark.django_db

CLOTHES, PHONES, TOYS = "200", "100", "999"
Change = Callable[[RulebookFile], RulebookFile]


@pytest.fixture
def programme() -> Programme:
    """The shipped programme, and a line of each of three rules, boris's and anna's."""
    programme = golden_facts()
    booked(
        order(1, category_id=CLOTHES),
        order(2, category_id=PHONES),
        order(3, category_id=TOYS),
        order(4, category_id=CLOTHES, source="boris-cb", order_id=74),
        order(5, category_id=PHONES, source="boris-cb", order_id=74),
        order(6, category_id=CLOTHES, status="Invalid"),
    )
    assert {line(number).rule.code for number in (1, 2, 3)} == {
        "home_and_apparel", "electronics", "other",
    }  # fmt: skip
    return programme


def rules_with(change: Callable[[RuleFile], RuleFile]) -> Change:
    return lambda book: replace(book, rules=tuple(change(rule) for rule in book.rules))


def earning(code: str, rate_bp: int) -> Change:
    return rules_with(
        lambda rule: (
            replace(rule, outcome=Outcome("rate", rate_bp=rate_bp)) if rule.code == code else rule
        )
    )


# Of everything that is not shipped to the eleven, as all lines of these tests are.
ABROAD = RuleFile(
    code="abroad",
    conditions=(InSet("country", "eleven", negated=True),),
    outcome=Outcome("rate", rate_bp=100),
    sentence_en="Goods shipped elsewhere earn one rate.",
    sentence_ru="За товары с доставкой в другие страны начисляется одна ставка.",
)


HIGHER = replace(ABROAD, outcome=Outcome("rate", rate_bp=120))


def standing_before(code: str, rule: RuleFile = ABROAD) -> Change:
    """The rule put, or moved, to just before another."""

    def change(book: RulebookFile) -> RulebookFile:
        others = [one for one in book.rules if one.code != rule.code]
        place = next(place for place, one in enumerate(others) if one.code == code)
        return replace(book, rules=(*others[:place], rule, *others[place:]))

    return change


def correct(programme: Programme, *changes: Change, of: int | None = None) -> Rulebook:
    """A correction of the first rulebook: its version in force (or another), changed."""
    start = Rulebook.objects.get(programme=programme, version=1)
    book = book_of(programme, of or version_in_force(start.edition_id).version)
    for change in changes:
        book = change(book)
    return Rulebook.objects.get(pk=publish(programme, book, NOW).pk)


def by_hand(draft: Rulebook) -> Rulebook:
    """The draft published by statements alone, as at the SQL prompt."""
    row = Rulebook.objects.filter(pk=draft.pk)
    row.update(status="asked", asked_by=person("author"), asked_at=NOW, reason="By hand.")
    row.update(status="published", approved_by=person("approver"), published_at=NOW)
    return row.get()


def places() -> dict[str, str]:
    """Where each line lies: an update moves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sub_order_id, ctid::text FROM commissions_orderline")
        return dict(cursor.fetchall())


def rewritten(before: dict[str, str]) -> set[int]:
    """The lines that were written since."""
    return {int(key) - 8_000_000 for key, place in places().items() if before[key] != place}


def rerated() -> set[int]:
    """Run the re-rating: the lines that it writes. The books agree after it."""
    before = places()
    rerate_pending(at=NOW)
    found = rewritten(before)
    tick(until=NOW)
    assert_books_agree()
    return found


def stored(*without: str) -> list[dict[str, object]]:
    fields = [one.attname for one in OrderLine._meta.concrete_fields if one.name not in without]
    return list(OrderLine.objects.order_by("id").values(*fields))


def touched() -> set[str] | None:
    """The codes of the rules that the latest publication touched; None: every line."""
    rules = Touch.objects.filter(scope="window").order_by("-id")[0].rules
    return None if rules is None else set(
        Rule.objects.filter(pk__in=rules).values_list("code", flat=True)
    )  # fmt: skip


# --- what is written ---------------------------------------------------------------------------


def test_a_correction_of_one_rate_writes_the_lines_of_that_rule_alone(programme):
    before = {number: line(number) for number in range(1, 7)}
    totals = set(DailyTotal.objects.filter(status="rejected").values_list())
    correct(programme, earning("electronics", 310))
    assert touched() == {"electronics"}
    assert rerated() == {2, 5}
    assert [line(number).revision - before[number].revision for number in (1, 2, 3, 4, 5, 6)] == [
        0, 1, 0, 0, 1, 0,
    ]  # fmt: skip
    assert (line(2).rate_bp, line(2).commission_cents) == (310, 310)
    assert set(DailyTotal.objects.filter(status="rejected").values_list()) == totals


def test_an_undoing_brings_back_the_very_rows(programme):
    before = stored("revision")
    correct(programme, earning("electronics", 310))
    assert rerated() == {2, 5}
    assert stored("revision") != before
    correct(programme, of=1)
    assert rerated() == {2, 5}
    assert stored("revision") == before


def test_a_rule_before_others_takes_its_lines_from_them_alone(programme):
    correct(programme, standing_before("home_and_apparel"))
    assert touched() == {"home_and_apparel", "other"}
    assert rerated() == {1, 3, 4}
    correct(programme, standing_before("electronics"))
    assert touched() == {"electronics"}
    assert rerated() == {2, 5}
    assert {line(number).rule.code for number in range(1, 6)} == {"abroad"}


def test_a_rule_that_moves_where_no_line_meets_it_writes_nothing(programme):
    mall = next(rule for rule in book_of(programme, 1).rules if rule.code == "mall_russia")
    correct(programme, standing_before("special", mall))
    assert "special" in touched()
    assert rerated() == set()


def test_lines_that_no_rule_matched_are_decided_when_one_comes(programme):
    without = replace(book_of(programme, 1), rules=book_of(programme, 1).rules[:-1])
    by_hand(draft_of(programme, without, NOW))  # the checks would refuse it
    assert rerated() == {3}
    assert (line(3).status, line(3).reason, line(3).rule_id) == ("held", "no_rule", None)
    correct(programme, of=1)
    assert Touch.objects.get(scope="window").rules == [0]
    assert rerated() == {3}
    assert line(3).rule.code == "other"


@pytest.mark.parametrize(
    ("change", "written"),
    [
        (lambda book: replace(book, cap_cents=500), {1, 3, 4, 5}),
        (lambda book: replace(book, cookie_lives=(CookieLife(None, 1),)), set()),
    ],
    ids=["cap", "cookie lives"],
)
def test_what_lies_beside_the_table_touches_every_line(programme, change, written):
    correct(programme, change)
    assert touched() is None
    assert rerated() == written


def test_another_referral_rate_moves_the_credit_and_writes_no_line(programme):
    tick(until=NOW)
    credit = ReferralCredit.objects.get(referred__code="boris")
    correct(programme, lambda book: replace(book, referral_bp=book.referral_bp * 2))
    assert touched() == set()
    assert rerated() == set()
    doubled = ReferralCredit.objects.get(referred__code="boris").credited_cents
    assert doubled == 2 * credit.credited_cents > 0


def test_another_permission_reaches_the_lines_of_its_traffic(programme):
    kind = line(4).source.traffic_type.code
    correct(
        programme,
        lambda book: replace(
            book,
            traffic=tuple(
                replace(one, permission="forbidden") if one.traffic_type == kind else one
                for one in book.traffic
            ),
        ),
    )
    assert {4, 5} <= rerated()
    assert (line(4).status, line(4).commission_cents) == ("rejected", 0)


# --- more than one correction ------------------------------------------------------------------


def test_two_corrections_before_one_re_rating(programme):
    correct(programme, standing_before("other"))
    assert touched() == {"other"}
    correct(programme, standing_before("home_and_apparel", HIGHER))
    assert touched() == {"abroad", "home_and_apparel"}
    assert rerated() == {1, 3, 4}
    assert [line(number).rate_bp for number in (1, 2, 3)] == [120, 240, 120]


def test_a_correction_undone_before_the_re_rating_leaves_every_line_as_it_is(programme):
    before = stored()
    correct(programme, earning("electronics", 310), earning("other", 320))
    correct(programme, of=1)
    assert rerated() == set()
    assert stored() == before


def test_a_version_published_after_a_later_one_changes_nothing(programme):
    early = asked_for(programme, earning("other", 410)(book_of(programme, 1)), NOW)
    correct(programme, earning("electronics", 310))
    approve_publication(rulebook_id=early.pk, by=person("approver"), at=NOW)
    assert touched() == set()
    assert rerated() == {2, 5}
    assert line(3).rate_bp == ruling(line(3))[1].rate_bp == 550


def test_a_publication_by_hand_touches_every_line_and_names_its_rules(programme):
    draft = draft_of(programme, earning("electronics", 310)(book_of(programme, 1)), NOW)
    asked = by_hand(draft)
    assert touched() is None
    assert asked.edition.version == 1
    assert asked.rules.get(code="other").decided_as.rulebook == asked.edition
    assert asked.rules.get(code="electronics").decided_as.rulebook == asked
    assert rerated() == {2, 5}


def test_two_rules_that_say_the_same_keep_their_own_numbers(programme):
    twice = [
        Rulebook.objects.create(
            programme=programme, version=version, starts_at=NOW, referral_bp=0, shipped=True
        )
        for version in (11, 12)
    ]
    for book in twice:
        for position in (1, 2, 3):
            Rule.objects.create(
                rulebook=book, position=position, code="same", outcome="rate", rate_bp=100,
                conditions=[{"fact": "hot", "is": True}] * position,
            )  # fmt: skip
        book.status, book.published_at = "published", NOW
        book.save()
    named = [list(book.rules.values_list("decided_as", flat=True)) for book in twice]
    assert named[0] == named[1] == list(twice[0].rules.values_list("pk", flat=True))


def test_the_numbers_of_a_published_rulebook_are_fixed(programme):
    book = Rulebook.objects.get(version=1)
    rule = book.rules.first()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(decided_as=book.rules.last())
    with pytest.raises(ProgrammingError), transaction.atomic():
        Rulebook.objects.filter(pk=book.pk).update(edition=Rulebook.objects.get(version=2))


# --- what staff see ----------------------------------------------------------------------------


def test_staff_see_the_version_in_force_and_its_rule(programme):
    shown = ruling(line(3))
    assert (shown[0].version, shown[1].rulebook.version) == (1, 1)
    reworded = rules_with(lambda rule: replace(rule, sentence_en=f"{rule.sentence_en} Truly."))
    correction = correct(programme, earning("electronics", 310), reworded)
    assert [book.version for book, _rule in map(ruling, (line(3), line(2)))] == [5, 1]
    assert rerated() == {2, 5}
    for number in (2, 3):
        book, rule = ruling(line(number))
        assert book == rule.rulebook == correction
    page = why_this_amount(line(3))
    assert any("Truly." in one.step.text for one in page["steps"])
    assert page["line"].rulebook == correction
    assert page["line"].rule == correction.rules.get(code="other")
    assert ruling(line(6)) == (correction, None)


def test_a_trial_of_a_superseded_version_leaves_the_one_in_force_its_own_cap(programme):
    booked(order(9, created_time="2019-01-05 10:00:00", order_id=7_000_001))
    correct(programme, lambda book: replace(book, cap_cents=400))
    assert rerated()
    placed = line(1).created_at
    asked = ask_what_if(
        rulebook_id=Rulebook.objects.get(version=1).pk,
        from_at=placed.replace(day=1, hour=0),
        to_at=None,
        by=person("author"),
        at=NOW,
    )
    done = run_what_if(what_if_id=asked.pk)
    told = {one.sub_order_id: one.after_cents for one in done.lines.all()}
    assert told["8000003"] == 550
    # Of this order the earliest line comes before the trial, and its rulebook caps the order.
    assert {"8000001", "8000009"}.isdisjoint(told)


# --- migrated books ----------------------------------------------------------------------------


def run_sql(*names: str) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(sql(name))


def test_books_of_before_editions_are_brought_over_and_back(programme):
    correct(programme, earning("electronics", 310))
    rerated()
    correct(programme, earning("home_and_apparel", 650))
    rerated()
    correct(programme, earning("other", 320))  # and its lines wait
    lines, totals = stored(), totals_by_key()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("commissions_rulebook", "commissions_rule"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run_sql("editions_unfill")
    assert [line(number).rulebook.version for number in (1, 2, 3, 6)] == [7, 7, 6, 7]
    for one in OrderLine.objects.exclude(rule=None):
        assert one.rule.rulebook_id == one.rulebook_id
    Rulebook.objects.update(edition=None)
    Rule.objects.update(decided_as=None)
    run_sql("editions_fill")
    assert stored() == lines
    assert totals_by_key() == totals
    with connection.cursor() as cursor:
        for table in ("commissions_rulebook", "commissions_rule"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert rerated() == {3}


def totals_by_key() -> dict[tuple[object, ...], tuple[int, ...]]:
    names = ("programme", "publisher", "day", "status")
    figures = ("lines", "base_cents", "commission_cents")
    days = DailyTotal.objects.filter(lines__gt=0).values_list(*names, *figures)
    confirmed = ConfirmedTotal.objects.exclude(commission_cents=0).values_list(
        "publisher", "rulebook", "commission_cents"
    )
    return {row[:4]: row[4:] for row in days} | {row[:2]: row[2:] for row in confirmed}


# --- whatever comes ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", seeds(6, 90))
def test_corrections_between_feeds_come_to_the_books_of_the_last_versions(tmp_path, seed):
    chance = random.Random(seed)
    folder = write_world(tmp_path / "world", seed, publishers=12, orders=90, rewrites=False)
    versions = [[book] for book in drawn(chance)[:2]]
    for of_start in versions:
        for _ in range(chance.randint(2, 4)):
            of_start.append(corrected(chance, chance.choice(of_start)))
    wanted = from_scratch(folder, sorted((one[-1] for one in versions), key=lambda b: b.starts_at))
    with scratch() as programme:
        load(folder)
        steps: list[object] = [
            *dealt(feed_lines(folder), 3, tmp_path), "tick", "tick", "tick", "tick",
            *(of_start for of_start in versions for _book in of_start),
        ]  # fmt: skip
        chance.shuffle(steps)
        coming = {id(of_start): iter(of_start) for of_start in versions}
        for step in steps:
            if isinstance(step, list):
                publish(programme, next(coming[id(step)]), NOW)
            elif isinstance(step, Path):
                ingest(step)
            else:
                tick_clock("2020-03-01T00:00:00Z")
        scan(folder)
        tick_clock()
        assert_same_books(books(), wanted)
        assert_books_agree()


def test_golden_is_as_ever_after_a_correction_and_its_undoing(tmp_path):
    programme = golden_facts()
    ingest(world("golden") / "orders.ndjson")
    tick_clock("2020-03-01T00:00:00Z")
    before = books()
    for version in (1, 2, 3):
        book = book_of(programme, version)
        publish(programme, corrected(random.Random(version), book), NOW)
        tick_clock("2020-03-01T00:00:00Z")
        publish(programme, book, NOW)
        tick_clock("2020-03-01T00:00:00Z")
    assert_same_books(books(), before)
    assert_books_agree()
