"""Two rulebooks side by side say in words what differs, and nothing that does not."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from commissions.engine.conditions import InSet, Is
from commissions.engine.rulebook import CookieLife, Outcome
from commissions.models import NamedSet, Programme, Rulebook, SetMember
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
from commissions.rule_words import Words
from commissions.rulebooks.differences import Differences, differences
from commissions.rulebooks.differences.difference import Difference, Kind, Subject
from commissions.rulebooks.differences.parameters import LISTED
from commissions.rulebooks.differences.rules import RulePair, rule_pairs
from publishers.figures import NOTHING
from tests.fact_files import aliexpress
from tests.rulebooks import book_of, draft_of

AT = datetime(2021, 6, 1, tzinfo=UTC)
ADDED, REMOVED, MOVED, CHANGED = Kind.ADDED, Kind.REMOVED, Kind.MOVED, Kind.CHANGED


@pytest.fixture
def programme(db) -> Programme:
    return aliexpress()


def compared(programme: Programme, old: RulebookFile, new: RulebookFile) -> Differences:
    return differences(draft_of(programme, old, AT), draft_of(programme, new, AT))


def told(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(one.kind.value, one.what, one.old, one.new) for one in found.entries]


def edited(book: RulebookFile, named: str, **fields: object) -> RulebookFile:
    """The rulebook with fields of the first rule of a code changed."""
    place = [rule.code for rule in book.rules].index(named)
    rules = list(book.rules)
    rules[place] = replace(rules[place], **fields)
    return replace(book, rules=tuple(rules))


# --- Tables, without a database ----------------------------------------------------------


def rule(name: str, *conditions: object, bp: int = 100, en: str = "") -> RuleFile:
    return RuleFile(name, conditions, Outcome("rate", rate_bp=bp), en or f"About {name}.", "")


def table(size: int) -> list[RuleFile]:
    """Rules that have nothing in common but, some of them, the code."""
    sets = [f"set{number}" for number in range(size)]
    facts = ["category", "country", "store"]
    return [
        rule(
            "special" if number % 4 == 0 else f"rule{number}",
            InSet(facts[number % 3], code),
            en=f"Sentence {number}.",
        )
        for number, code in enumerate(sets)
    ]


def pairs(old: list[RuleFile], new: list[RuleFile]) -> tuple[RulePair, ...]:
    return rule_pairs(tuple(old), tuple(new), Words())


def kinds(found: tuple[RulePair, ...]) -> Counter:
    return Counter(one.kind for pair in found for one in pair.differences)


def require_aligned(found: tuple[RulePair, ...], old: list[RuleFile], new: list[RuleFile]) -> None:
    """Every rule of both tables is there once; the new in order, and the old that did not move."""
    assert [pair.new.position for pair in found if pair.new] == list(range(1, len(new) + 1))
    old_places = [pair.old.position for pair in found if pair.old]
    assert sorted(old_places) == list(range(1, len(old) + 1))
    in_place = [pair.old.position for pair in found if pair.old and MOVED not in pair.marks]
    assert in_place == sorted(in_place)
    assert all(pair.old or pair.new for pair in found)


tables = st.integers(1, 14).map(table)
seeds = st.integers(0, 2**32)


@given(tables)
def test_a_table_does_not_differ_from_itself(rules):
    found = pairs(rules, rules)
    assert not kinds(found)
    require_aligned(found, rules, rules)


@given(tables, st.data())
def test_a_removed_row_is_one_removed_and_nothing_moved(rules, data):
    place = data.draw(st.integers(0, len(rules) - 1))
    left = rules[:place] + rules[place + 1 :]
    found = pairs(rules, left)
    assert kinds(found) == {REMOVED: 1}
    require_aligned(found, rules, left)
    assert found[place].old.position == place + 1
    assert found[place].new is None
    assert kinds(pairs(left, rules)) == {ADDED: 1}


@given(tables, st.data())
def test_a_moved_row_is_one_moved(rules, data):
    places = st.integers(0, len(rules) - 1)
    old, new = data.draw(places), data.draw(places)
    after = list(rules)
    after.insert(new, after.pop(old))
    found = pairs(rules, after)
    assert kinds(found) == ({} if old == new else {MOVED: 1})
    require_aligned(found, rules, after)
    if abs(old - new) > 1:
        (one,) = [one for pair in found for one in pair.differences]
        assert (one.old_position, one.new_position) == (old + 1, new + 1)
        assert (one.old, one.new) == (f"row {old + 1}", f"row {new + 1}")


@given(tables, st.data())
def test_an_edited_row_is_one_changed(rules, data):
    place = data.draw(st.integers(0, len(rules) - 1))
    edit = data.draw(
        st.sampled_from(
            [
                {"sentence_en": "Another."},
                {"sentence_ru": "Другая."},
                {"outcome": Outcome("nothing")},
                {"code": "renamed"},
                {"conditions": (*rules[place].conditions, Is("hot", True))},
            ]
        )
    )
    after = [*rules[:place], replace(rules[place], **edit), *rules[place + 1 :]]
    found = pairs(rules, after)
    assert kinds(found) == {CHANGED: 1}
    require_aligned(found, rules, after)
    assert found[place].marks == (CHANGED,)


@given(tables, seeds)
def test_a_script_of_edits_is_found_again(rules, seed):
    """Rows removed, added and rewritten; then some of those that stay are swapped."""
    chance = random.Random(seed)
    gone = chance.sample(range(len(rules)), chance.randint(0, len(rules)))
    kept = [one for place, one in enumerate(rules) if place not in gone]
    rewritten = chance.sample(range(len(kept)), chance.randint(0, len(kept)))
    after = [
        replace(one, outcome=Outcome("nothing")) if place in rewritten else one
        for place, one in enumerate(kept)
    ]
    swaps = chance.randint(0, 3) if len(after) > 1 else 0
    for _ in range(swaps):
        one, other = chance.sample(range(len(after)), 2)
        after[one], after[other] = after[other], after[one]
    come = chance.randint(0, 4)
    for number in range(come):
        added = rule(f"added{number}", Is("section", f"s{number}"))
        after.insert(chance.randint(0, len(after)), added)
    found = pairs(rules, after)
    counted = kinds(found)
    assert counted[REMOVED] == len(gone)
    assert counted[ADDED] == come
    assert counted[CHANGED] == len(rewritten)
    assert counted[MOVED] <= 2 * swaps
    require_aligned(found, rules, after)
    back = kinds(pairs(after, rules))
    assert [back[kind] for kind in (REMOVED, ADDED, CHANGED, MOVED)] == [
        counted[kind] for kind in (ADDED, REMOVED, CHANGED, MOVED)
    ]


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_rows_that_are_quite_alike_are_each_told_once(old, new):
    """Drafts may hold one row many times."""
    before, after = ([rule(f"r{n}", InSet("store", f"s{n}")) for n in row] for row in (old, new))
    found = pairs(before, after)
    counted = kinds(found)
    require_aligned(found, before, after)
    common = (Counter(old) & Counter(new)).total()
    assert counted[REMOVED] == len(old) - common
    assert counted[ADDED] == len(new) - common
    assert counted[MOVED] == common - longest_common(old, new)


def longest_common(one: list[int], other: list[int]) -> int:
    """The length of the longest common subsequence, by the book."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, left in enumerate(one):
        for j, right in enumerate(other):
            same = best[i][j] + 1 if left == right else 0
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], same)
    return best[-1][-1]


few_conditions = st.sampled_from(
    [Is("hot", True), Is("hot", False), Is("section", ""), InSet("store", "s1")]
)
any_rules = st.builds(
    RuleFile,
    code=st.sampled_from(["a", "b"]),
    conditions=st.lists(few_conditions, max_size=2).map(tuple),
    outcome=st.sampled_from([Outcome("nothing"), Outcome("rate", rate_bp=5)]),
    sentence_en=st.sampled_from(["", "One.", "Two."]),
    sentence_ru=st.sampled_from(["", "Раз."]),
)
any_tables = st.lists(any_rules, max_size=6)


@settings(max_examples=300)
@given(any_tables, any_tables)
def test_two_tables_that_say_something_else_never_look_the_same(old, new):
    found = pairs(old, new)
    require_aligned(found, old, new)
    same = meant(old) == meant(new)
    assert bool(kinds(found)) is not same
    for pair in found:
        if pair.old and pair.new and not pair.marks:
            one, other = old[pair.old.position - 1], new[pair.new.position - 1]
            assert meant([one]) == meant([other])


def meant(rules: list[RuleFile]) -> list[tuple[object, ...]]:
    """A table but for the order of conditions."""
    return [
        (one.code, frozenset(one.conditions), one.outcome, one.sentence_en, one.sentence_ru)
        for one in rules
    ]


def test_rules_of_one_code_match_each_its_own():
    books, virtual, closed = (
        rule("special", InSet("category", "special")),
        rule("special", Is("virtual", True)),
        rule("special", Is("in_programme", False)),
    )
    wider = replace(closed, conditions=(Is("in_programme", False), InSet("country", "eleven")))
    narrower = replace(books, conditions=(InSet("category", "travel"),))
    found = pairs([books, virtual, closed], [wider, virtual, narrower])
    assert [(pair.old.position, pair.new.position) for pair in found] == [(3, 1), (2, 2), (1, 3)]
    changed = [one for pair in found for one in pair.differences if one.kind == CHANGED]
    assert [(one.old, one.new) for one in changed] == [
        (NOTHING, "the country of delivery is among “eleven”"),
        ("the category is among “special”", "the category is among “travel”"),
    ]


def test_rules_that_have_only_a_common_code_in_common_are_not_matched():
    one, other = rule("special", Is("virtual", True)), rule("special", Is("hot", True), en="Hot.")
    both = [rule("special", InSet("category", "special")), one]
    assert kinds(pairs(both, [both[0], other])) == {REMOVED: 1, ADDED: 1}
    # A code that is there once names the rule.
    assert kinds(pairs([one], [other])) == {CHANGED: 3}


def test_the_same_conditions_count_for_more_than_the_same_sentence():
    wide = rule("special", Is("hot", True), Is("virtual", True), en="Wide.")
    narrow = rule("special", Is("hot", True), en="Narrow.")
    found = pairs([wide, narrow], [replace(narrow, sentence_en="Wide.")])
    assert [pair.marks for pair in found] == [(REMOVED,), (CHANGED,)]


def test_an_open_rule_is_matched_though_nothing_else_of_it_is_as_it_was():
    rules = [rule("special", Is("virtual", True)), rule("special", en="The rest.")]
    edited_rule = replace(rules[1], outcome=Outcome("nothing"), sentence_en="Nothing.")
    assert kinds(pairs(rules, [rules[0], edited_rule])) == {CHANGED: 2}


def test_a_rule_of_another_code_and_other_conditions_is_another_rule():
    one, other = rule("a", Is("hot", True), en="Same."), rule("b", Is("virtual", True), en="Same.")
    assert kinds(pairs([one], [other])) == {REMOVED: 1, ADDED: 1}


def test_the_order_of_conditions_is_no_difference():
    conditions = (Is("hot", True), Is("direct_link", True))
    assert not kinds(pairs([rule("a", *conditions)], [rule("a", *reversed(conditions))]))


def test_a_table_of_thousands_is_compared_at_once():
    rules = [rule(f"r{n}", InSet("store", f"s{n}"), bp=n % 700) for n in range(3000)]
    after = [*rules[1500:], *rules[:1500]]
    assert kinds(pairs(rules, after)) == {MOVED: 1500}


# --- Rulebooks in words ------------------------------------------------------------------


def test_a_rulebook_does_not_differ_from_itself(programme):
    for book in Rulebook.objects.all():
        found = differences(book, book)
        assert found.is_empty
        assert [pair.old for pair in found.rules] == [pair.new for pair in found.rules]
    book = book_of(programme, 4)
    assert compared(programme, book, book).is_empty


def test_the_shipped_calendar_in_words(programme):
    books = {book.version: book for book in Rulebook.objects.all()}
    sets = dict(NamedSet.objects.values_list("code", "name_en"))
    condition = f"the type of traffic is among “{sets['affiliate_only_traffic']}”"
    assert told(differences(books[3], books[4])) == [
        ("changed", "in force from", "20 Feb 2020, 00:00", "10 Sep 2020, 00:00"),
        (
            "changed", "title in English",
            books[3].title_en, "Non-affiliate goods by traffic type",
        ),
        ("changed", "title in Russian", books[3].title_ru, books[4].title_ru),
        (
            "added", "Rule “traffic_non_affiliate”", NOTHING,
            f"{condition}; the product is not an affiliate product: nothing",
        ),
    ]  # fmt: skip
    back = differences(books[4], books[3])
    assert [one.kind for one in back.of_rules] == [REMOVED]
    assert back.of_rules[0].old_position == 6
    assert back.of_rules[0].new_position is None


def test_every_piece_of_a_rule_is_told_from_and_to(programme):
    old = book_of(programme, 4)
    new = edited(old, "other", outcome=Outcome("rate", rate_bp=600))
    new = edited(new, "hot_sale", conditions=(Is("hot", True), Is("affiliate", False)))
    new = edited(new, "eleven_seller_rate", outcome=Outcome("nothing"))
    new = edited(new, "electronics", sentence_en="Phones.", sentence_ru="")
    new = edited(new, "brand_store", code="brands")
    electronics = old.rules[10]
    assert told(compared(programme, old, new)) == [
        (
            "changed", "Rule “eleven_seller_rate”: gives",
            "the product's own rate, 0.80 % to 70.00 %", "nothing",
        ),
        ("changed", "Rule “brands”: code", "brand_store", "brands"),
        (
            "changed", "Rule “hot_sale”: condition",
            "the click led directly to this product", NOTHING,
        ),
        (
            "changed", "Rule “hot_sale”: condition",
            NOTHING, "the product is not an affiliate product",
        ),
        (
            "changed", "Rule “electronics”: sentence in English",
            electronics.sentence_en, "Phones.",
        ),
        ("changed", "Rule “electronics”: sentence in Russian", electronics.sentence_ru, NOTHING),
        ("changed", "Rule “other”: gives", "5.50 %", "6.00 %"),
    ]  # fmt: skip


def test_parameters_are_told_from_and_to(programme):
    old = book_of(programme, 4)
    new = replace(old, cap_cents=None, referral_bp=450, title_en="", starts_at=AT)
    assert told(compared(programme, old, new)) == [
        ("changed", "in force from", "10 Sep 2020, 00:00", "1 Jun 2021, 03:00"),
        ("changed", "title in English", old.title_en, NOTHING),
        ("changed", "cap of an order", "38.50 USD", "no cap"),
        ("changed", "referral rate", "5.00 %", "4.50 %"),
    ]
    second = replace(old, starts_at=old.starts_at + timedelta(seconds=1))
    (one,) = compared(programme, old, second).entries
    assert (one.subject, one.new) == (Subject.START, "10 Sep 2020, 00:00:01")


def test_words_are_in_the_readers_language(programme):
    old = book_of(programme, 4)
    new = edited(replace(old, referral_bp=450), "other", outcome=Outcome("rate", rate_bp=600))
    new = replace(new, rules=new.rules[1:])
    with translation.override("ru"):
        found = compared(programme, old, new)
    assert (found.parameters[0].what, found.parameters[0].new) == ("реферальная ставка", "4,50 %")
    removed, changed = found.of_rules
    special = NamedSet.objects.get(code="special")
    assert special.name_ru in removed.old
    assert (changed.old, changed.new) == ("5,50 %", "6,00 %")
    assert found.rules[-1].old.sentence == old.rules[-1].sentence_ru


def test_cookie_lives_by_their_countries(programme):
    old = replace(
        book_of(programme, 4),
        cookie_lives=(CookieLife("eleven", 14), CookieLife("prc", 5), CookieLife(None, 3)),
    )
    named = {code: f"Cookie life: “{own}”" for code, own in
             NamedSet.objects.values_list("code", "name_en")}  # fmt: skip
    new = replace(old, cookie_lives=(CookieLife("eleven", 1), CookieLife(None, 3)))
    assert told(compared(programme, old, new)) == [
        ("removed", named["prc"], "5 days", NOTHING),
        ("changed", named["eleven"], "14 days", "1 day"),
    ]
    new = replace(
        old, cookie_lives=(CookieLife("prc", 5), CookieLife("eleven", 14), CookieLife(None, 3))
    )
    (one,) = compared(programme, old, new).entries
    assert (one.kind, one.subject) == (MOVED, Subject.COOKIE_LIFE)
    (one,) = compared(programme, replace(old, cookie_lives=old.cookie_lives[:2]), old).entries
    assert one == Difference(
        ADDED, Subject.COOKIE_LIFE, "Cookie life: all other countries", NOTHING, "3 days", None, 3
    )


def test_statements_on_traffic_by_their_type(programme):
    old = replace(
        book_of(programme, 4),
        traffic=(
            StatementFile("cashback", "permitted", "", ""),
            StatementFile("sms", "permitted", "Once a day.", "Раз в день."),
            StatementFile("youtube", "permitted", "", ""),
        ),
    )
    new = replace(
        old,
        traffic=(
            StatementFile("cashback", "by_agreement", "Ask first.", ""),
            StatementFile("push_ads", "forbidden", "", ""),
            StatementFile("sms", "permitted", "Once a day.", "Раз в неделю."),
        ),
    )
    assert told(compared(programme, old, new)) == [
        ("changed", "Traffic “Cashback service”: permission", "permitted", "by agreement"),
        ("changed", "Traffic “Cashback service”: condition in English", NOTHING, "Ask first."),
        ("added", "Traffic “Push advertising”", NOTHING, "forbidden"),
        ("changed", "Traffic “SMS mailing”: condition in Russian", "Раз в день.", "Раз в неделю."),
        ("removed", "Traffic “YouTube channel”", "permitted", NOTHING),
    ]


# --- Members of sets ---------------------------------------------------------------------


def members(found: Differences) -> list[tuple[str, str, str, str]]:
    return [
        (one.kind.value, one.what, one.old, one.new)
        for one in found.parameters
        if one.subject == Subject.MEMBERS
    ]


def put(
    code: str, value: str, start: datetime | None, end: datetime | None, name: str = ""
) -> None:
    SetMember.objects.create(
        named_set=NamedSet.objects.get(code=code),
        value=value,
        name=name,
        valid_from=start,
        valid_to=end,
    )


def test_members_that_hold_at_one_start_alone_are_told(programme):
    old, new = book_of(programme, 3), book_of(programme, 4)
    start, end = old.starts_at, new.starts_at
    between = start + timedelta(days=3)
    put("electronics", "1", start, end, "Phones")
    put("electronics", "2", start + timedelta(seconds=1), None, "Tablets")
    put("electronics", "3", between, between + timedelta(days=1), "Never at a start")
    put("electronics", "4", None, between, "Ends, and begins again")
    put("electronics", "4", between + timedelta(days=1), None, "Ends, and begins again")
    put("electronics", "5", end, None)
    put("electronics", "6", None, start, "Over before")
    put("prc", "HK", end, None)
    put("affiliate_only_traffic", "sms", None, end)
    names = dict(NamedSet.objects.values_list("code", "name_en"))
    found = members(compared(programme, old, new))
    assert found == [
        (
            "removed", f"Set “{names['affiliate_only_traffic']}”: members",
            "SMS mailing (sms)", NOTHING,
        ),
        ("removed", f"Set “{names['electronics']}”: members", "Phones (1)", NOTHING),
        ("added", f"Set “{names['electronics']}”: members", NOTHING, "Tablets (2), 5"),
        ("added", f"Set “{names['prc']}”: members", NOTHING, "Hong Kong (HK)"),
    ]  # fmt: skip
    back = members(compared(programme, new, old))
    assert Counter(row[0] for row in back) == {"added": 2, "removed": 2}


def test_sets_that_neither_asks_are_not_told(programme):
    old, new = book_of(programme, 3), book_of(programme, 4)
    put("electronics", "1", new.starts_at, None)
    asks_no_set = [replace(book, rules=(), cookie_lives=()) for book in (old, new)]
    assert members(compared(programme, *asks_no_set)) == []
    assert len(members(compared(programme, asks_no_set[0], new))) == 1
    assert len(members(compared(programme, old, asks_no_set[1]))) == 1
    assert members(compared(programme, new, new)) == []
    asks_another = [
        replace(book, rules=(rule("a", InSet("country", "prc")),), cookie_lives=())
        for book in (old, new)
    ]
    assert members(compared(programme, *asks_another)) == []


def test_of_many_members_the_first_are_named(programme):
    old, new = book_of(programme, 3), book_of(programme, 4)
    brands = NamedSet.objects.get(code="brand_stores")
    SetMember.objects.bulk_create(
        SetMember(named_set=brands, value=f"{number:05}", valid_from=start)
        for start, numbers in ((None, range(20_000)), (new.starts_at, range(30_000, 30_123)))
        for number in numbers
    )
    ((_kind, _what, _old, listed),) = members(compared(programme, old, new))
    assert listed.startswith("30000, 30001, ")
    assert listed.endswith(f"and {123 - LISTED} more")
    assert listed.count(",") == LISTED - 1


# --- Cost --------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_rulebooks(programme):
    old, new = book_of(programme, 3), book_of(programme, 4)
    many = tuple(
        rule(f"r{n}", InSet("country", "eleven"), InSet("category", "special"), en=f"{n}")
        for n in range(300)
    )
    large = [replace(book, rules=(*book.rules, *many)) for book in (old, new)]
    counted = []
    for pair in ([old, new], large):
        drafts = [Rulebook.objects.get(pk=draft_of(programme, book, AT).pk) for book in pair]
        with CaptureQueriesContext(connection) as queries:
            differences(*drafts)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 10
