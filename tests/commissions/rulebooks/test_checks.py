"""What stands in the way of a publication is named, with the rows and a line it happens to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from commissions.engine.conditions import Condition, InSet, Is
from commissions.engine.rulebook import CookieLife, Outcome
from commissions.enums import SetKind
from commissions.models import NamedSet, Programme, Rule, Rulebook, SetMember
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
from commissions.rulebooks.checks import Finding, Severity, findings
from publishers.models import TrafficType
from tests.fact_files import Folder, aliexpress
from tests.rulebooks import book_of, draft_of
from tests.worlds import world

pytestmark = pytest.mark.django_db

AT = datetime(2021, 6, 1, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
LATER = datetime(2021, 7, 1, tzinfo=MOSCOW)
Change = Callable[[RulebookFile], RulebookFile]


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    """The programme with a member in every list."""
    return with_lists(aliexpress(), tmp_path, "golden")


def with_lists(programme: Programme, folder: Path, name: str) -> Programme:
    for file in ("categories.csv", "stores.csv", "brand_stores.csv"):
        Folder(folder, programme).load_path(world(name) / file)
    return programme


def draft(programme: Programme, change: Change = lambda book: book) -> Rulebook:
    """A draft that is the last shipped rulebook but for the change, from July on."""
    book = replace(book_of(programme, 4), starts_at=LATER)
    return draft_of(programme, change(book), AT)


def found(programme: Programme, change: Change = lambda book: book) -> list[Finding]:
    return findings(draft(programme, change), at=AT)


def of_code(all_found: list[Finding], code: str) -> list[Finding]:
    return [one for one in all_found if one.code == code]


def errors(all_found: list[Finding]) -> list[Finding]:
    return [one for one in all_found if one.severity == Severity.ERROR]


def rows(book: RulebookFile) -> list[RuleFile]:
    return list(book.rules)


def place(book: RulebookFile, code: str) -> int:
    return next(number for number, rule in enumerate(book.rules) if rule.code == code)


def changed(code: str, **values: object) -> Change:
    """The rule of a code with other values."""

    def change(book: RulebookFile) -> RulebookFile:
        rules = rows(book)
        rules[place(book, code)] = replace(rules[place(book, code)], **values)
        return replace(book, rules=tuple(rules))

    return change


def rule(code: str, *conditions: Condition, bp: int = 300) -> RuleFile:
    return RuleFile(code, conditions, Outcome("rate", rate_bp=bp), "A sentence.", "Предложение.")


def inserted(at: int, *new: RuleFile) -> Change:
    def change(book: RulebookFile) -> RulebookFile:
        return replace(book, rules=(*book.rules[:at], *new, *book.rules[at:]))

    return change


# --- what ships --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["golden", "medium"])
def test_the_shipped_rulebooks_have_no_error(
    name: str, tmp_path: Path, django_assert_max_num_queries
) -> None:
    programme = with_lists(aliexpress(), tmp_path, name)
    for rulebook in Rulebook.objects.filter(programme=programme).order_by("version"):
        with django_assert_max_num_queries(12):
            assert not errors(findings(rulebook, at=AT)), rulebook.version


def test_a_copy_of_the_last_rulebook_is_clear_but_for_what_was_before(programme: Programme) -> None:
    all_found = found(programme)
    assert {one.severity for one in all_found} == {Severity.NOTE}
    assert {one.code for one in all_found} == {"overlap"}


def test_a_rule_whose_list_is_empty_waits_for_it_and_is_no_error() -> None:
    all_found = found(aliexpress())
    assert not errors(all_found)
    named = of_code(all_found, "empty_set")
    assert [one.rows for one in named] == [(1,), (9,), (11,), (12,)]
    assert "“Stores on the brand list”" in named[1].text


# --- rules that never match --------------------------------------------------------------------


def test_a_copy_of_a_rule_with_another_rate_below_it_is_named(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        at = place(book, "electronics")
        other = replace(book.rules[at], outcome=Outcome("rate", rate_bp=900))
        return inserted(at + 1, other)(book)

    (one,) = errors(found(programme, change))
    assert one.code == "never_matches"
    assert one.rows == (12, 11)
    assert one.text == (
        "Rule 12 (electronics) never matches: rule 11 (electronics) decides all its lines before, "
        f"such as ({one.example}), which gets 2.40 % there instead of 9.00 %. Move it up, or "
        "remove it."
    )
    assert "the category is 100 (of “Phones, computers and electronics”)" in one.example


def test_a_rule_below_the_one_for_all_the_rest_is_named(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        rules = rows(book)
        rules.append(rules.pop(place(book, "brand_store")))
        return replace(book, rules=tuple(rules))

    (one,) = errors(found(programme, change))
    assert (one.code, one.rows) == ("never_matches", (13, 12))
    assert "5.50 % there instead of 0.80 %" in one.text
    assert "the store is 9" in one.example


def test_several_rules_that_together_take_all_are_named_without_the_rest(
    programme: Programme,
) -> None:
    change = inserted(
        5,
        rule("hot", Is("hot", True)),
        rule("cold", Is("hot", False)),
    )
    named = of_code(found(programme, change), "never_matches")
    assert named[0].rows == (8, 6, 7)
    assert "rules 6 (hot), 7 (cold) decide" in named[0].text


def test_a_rule_that_repeats_one_before_it_is_to_be_removed(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        return inserted(1, book.rules[0])(book)

    (one,) = errors(found(programme, change))
    assert (one.rows, one.example) == ((2, 1), "")
    assert one.text == (
        "Rule 2 (special) never matches: rule 1 (special) decides all its lines before, and gives "
        "the same (not tracked). Remove it."
    )


def test_conditions_that_contradict_each_other_are_named(programme: Programme) -> None:
    both = rule("both", InSet("country", "eleven"), InSet("country", "eleven", negated=True))
    (one,) = errors(found(programme, inserted(0, both)))
    assert (one.code, one.rows) == ("never_matches", (1,))
    assert "contradict each other (the country of delivery is among “The eleven" in one.text


def test_an_empty_list_does_not_hide_that_a_rule_never_matches(programme: Programme) -> None:
    NamedSet.objects.create(
        programme=programme, kind=SetKind.STORE, code="none", name_en="None", name_ru="Никто"
    )
    asked = InSet("store", "none")
    hidden = inserted(12, rule("late"), rule("later", asked))
    dead = errors(found(programme, hidden))
    assert [(one.code, one.rows[0]) for one in dead] == [
        ("never_matches", 14),
        ("never_matches", 15),
    ]
    lives_once_filled = inserted(0, rule("early", asked), rule("early", asked, Is("hot", True)))
    (first, second) = of_code(found(programme, lives_once_filled), "empty_set")
    assert (first.rows, second.rows) == ((1,), (2,))


# --- rules that contradict each other ----------------------------------------------------------


def test_a_new_overlap_with_another_outcome_is_a_warning_with_a_line(programme: Programme) -> None:
    change = inserted(10, rule("tablets", Is("affiliate", True)))
    named = [one for one in found(programme, change) if one.severity == Severity.WARNING]
    assert {11} < {row for one in named for row in one.rows}
    assert all(11 in one.rows for one in named)
    (one,) = [one for one in named if one.rows == (11, 12)]
    assert "3.00 %, not 2.40 %" in one.text
    assert one.example == (
        "the country of delivery is Andorra; the category is 100 (of “Phones, computers and "
        "electronics”); the product is an affiliate product"
    )


def test_an_exception_before_the_general_rule_is_no_overlap(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        at = place(book, "electronics")
        special = rule("hot_electronics", *book.rules[at].conditions, Is("hot", True))
        return inserted(at, special)(book)

    named = {one.rows for one in found(programme, change) if one.severity == Severity.WARNING}
    assert (11, 12) not in named
    assert all(11 in rows for rows in named)


def test_rules_turned_about_are_a_new_overlap(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        rules = rows(book)
        at = place(book, "brand_store")
        rules[at], rules[at + 1] = rules[at + 1], rules[at]
        return replace(book, rules=tuple(rules))

    named = [one.rows for one in found(programme, change) if one.severity == Severity.WARNING]
    assert named == [(9, 10)]


# --- lines that no rule matches ----------------------------------------------------------------


def test_lines_that_no_rule_matches_are_shown(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        return replace(book, rules=book.rules[:-1])

    (one,) = errors(found(programme, change))
    assert (one.code, one.rows) == ("no_rule", ())
    assert "the category is in none of the sets asked" in one.example
    assert "the country of delivery is Andorra" in one.example
    (empty,) = errors(found(programme, lambda book: replace(book, rules=())))
    assert empty.code == "no_rule"


# --- conditions that mean nothing --------------------------------------------------------------


def test_conditions_that_cannot_be_read_are_named(programme: Programme) -> None:
    rulebook = draft(programme)
    unreadable = [
        [{"fact": "country", "in": "nowhere"}],
        [{"fact": "country", "in": "special"}],
        [{"fact": "colour", "is": "red"}],
        ["hot"],
        [{"fact": "seller_country", "is": "China"}],
    ]
    for position, conditions in enumerate(unreadable, start=1):
        Rule.objects.filter(rulebook=rulebook, position=position).update(conditions=conditions)
    named = errors(findings(rulebook, at=AT))
    assert [(one.code, one.rows) for one in named] == [
        ("unknown_reference", (position,)) for position in range(1, 6)
    ]
    assert "no set “nowhere”" in named[0].text
    assert "“Special categories” is one of categories, and one of countries is" in named[1].text
    assert "colour" in named[2].text
    assert "“China” is no code of a country" in named[4].text


def test_a_cookie_life_must_name_countries_of_the_programme(programme: Programme) -> None:
    rulebook = draft(programme)
    wrong = NamedSet.objects.get(programme=programme, code="brand_stores")
    rulebook.cookie_lives.filter(position=1).update(countries=wrong)
    (one,) = errors(findings(rulebook, at=AT))
    assert one.code == "unknown_reference"


# --- rates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome("rate", rate_bp=0), "gives 0.00 %"),
        (Outcome("rate", rate_bp=7_001), "above the programme's highest rate of 70.00 %"),
        (Outcome("feed_rate", min_bp=80, max_bp=7_001), "takes rates up to 70.01 %"),
        (Outcome("feed_rate", min_bp=500, max_bp=400), "takes no rate at all"),
    ],
)
def test_rates_out_of_bounds_are_named(programme: Programme, outcome: Outcome, said: str) -> None:
    (one,) = errors(found(programme, changed("other", outcome=outcome)))
    assert (one.code, one.rows) == ("rate_out_of_bounds", (13,))
    assert said in one.text


def test_the_highest_rate_itself_may_be_given(programme: Programme) -> None:
    highest = Outcome("rate", rate_bp=programme.highest_rate_bp)
    assert not errors(found(programme, changed("other", outcome=highest)))


@pytest.mark.parametrize(
    ("bp", "slipped"), [(55, True), (183, True), (184, False), (1_650, False), (1_651, True)]
)
def test_a_rate_three_times_another_is_a_likely_slip(
    programme: Programme, bp: int, slipped: bool
) -> None:
    all_found = found(programme, changed("other", outcome=Outcome("rate", rate_bp=bp)))
    named = of_code(all_found, "rate_out_of_bounds")
    assert [one.rows for one in named] == ([(13,)] if slipped else [])
    assert {one.severity for one in named} <= {Severity.WARNING}


def test_a_referral_rate_above_the_whole_is_an_error_and_a_slip_a_warning(
    programme: Programme,
) -> None:
    (above,) = errors(found(programme, lambda book: replace(book, referral_bp=10_001)))
    assert "100.01 %" in above.text
    (slip,) = of_code(
        found(programme, lambda book: replace(book, referral_bp=5_000)), "rate_out_of_bounds"
    )
    assert slip.severity == Severity.WARNING


# --- sentences ---------------------------------------------------------------------------------


def test_sentences_and_titles_that_are_missing_are_named(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        one = StatementFile("banner", "permitted", "On a condition.", "")
        kept = [each for each in book.traffic if each.traffic_type != "banner"]
        book = replace(book, title_ru="", traffic=(one, *kept))
        book = changed("other", sentence_en="")(book)
        return changed("hot_sale", sentence_ru="")(book)

    named = errors(found(programme, change))
    assert [(one.code, one.rows) for one in named] == [
        ("no_sentence", (10,)), ("no_sentence", (13,)), ("no_sentence", ()), ("no_sentence", ()),
    ]  # fmt: skip
    assert "no sentence in Russian" in named[0].text
    assert "no sentence in English" in named[1].text
    assert "no title in Russian" in named[2].text
    assert "“Banner advertising” is not given in Russian" in named[3].text


# --- cookies and traffic -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "lives",
    [(), (CookieLife("eleven", 14),), (CookieLife(None, 3), CookieLife("eleven", 14)),
     (CookieLife(None, 3), CookieLife(None, 4))],
)  # fmt: skip
def test_a_gap_of_cookie_lives_is_named(
    programme: Programme, lives: tuple[CookieLife, ...]
) -> None:
    (one,) = errors(found(programme, lambda book: replace(book, cookie_lives=lives)))
    assert one.code == "cookie_gap"


def test_countries_of_two_cookie_lives_are_named_where_the_days_differ(
    programme: Programme,
) -> None:
    near = NamedSet.objects.create(
        programme=programme, kind=SetKind.COUNTRY, code="near", name_en="Near", name_ru="Рядом"
    )
    for value, end in (("KZ", None), ("US", None), ("RU", LATER)):
        SetMember.objects.create(named_set=near, value=value, valid_to=end)

    def lives(days: int) -> Change:
        both = (CookieLife("eleven", 14), CookieLife("near", days), CookieLife(None, 3))
        return lambda book: replace(book, cookie_lives=both)

    (one,) = of_code(found(programme, lives(7)), "cookie_overlap")
    assert one.severity == Severity.WARNING
    assert "Kazakhstan" in one.text
    assert "Russia" not in one.text
    assert not of_code(found(programme, lives(14)), "cookie_overlap")
    (zero,) = of_code(found(programme, lives(0)), "cookie_zero")
    assert "0 days for Near" in zero.text


def test_a_type_of_traffic_that_nothing_is_said_of_is_named(programme: Programme) -> None:
    rulebook = draft(programme)
    TrafficType.objects.create(code="voice", name_en="Voice", name_ru="Голос")
    (one,) = errors(findings(rulebook, at=AT))
    assert one.code == "traffic_gap"
    assert one.text.startswith("Nothing is said of these types of traffic: Voice.")


# --- the calendar ------------------------------------------------------------------------------


def test_a_start_is_held_against_the_clock_and_the_calendar(programme: Programme) -> None:
    def starting(at: datetime) -> list[Finding]:
        return [
            one for one in found(programme, lambda book: replace(book, starts_at=at))
            if one.code not in {"overlap", "set_gap", "empty_set"}
        ]  # fmt: skip

    assert not starting(LATER)
    (off,) = starting(LATER + timedelta(hours=1))
    assert (off.code, off.severity) == ("not_midnight", Severity.WARNING)
    assert "01:00" in off.text
    same = starting(datetime(2020, 9, 10, tzinfo=MOSCOW))
    assert [one.code for one in same] == ["retroactive", "superseding"]
    assert "version 4, “Non-affiliate goods by traffic type”" in same[1].text
    earliest = starting(datetime(2018, 1, 1, tzinfo=MOSCOW))
    assert [one.code for one in earliest] == ["followed", "retroactive"]
    assert "On 10 Oct 2018, 00:00 version 1" in earliest[0].text


def test_a_draft_with_a_lower_number_than_the_published_one_of_its_start_is_warned(
    programme: Programme,
) -> None:
    low = draft_of(programme, replace(book_of(programme, 4), starts_at=LATER), AT)
    Rulebook.objects.filter(pk=low.pk).update(version=90)
    high = draft_of(programme, replace(book_of(programme, 4), starts_at=LATER), AT)
    Rulebook.objects.filter(pk=high.pk).update(version=91, shipped=False)
    # Shipped rulebooks alone are published without two people.
    Rulebook.objects.create(
        programme=programme, version=92, starts_at=LATER, title_en="High", title_ru="Высокий",
        referral_bp=500, shipped=True, status="published", published_at=AT,
    )  # fmt: skip
    low.refresh_from_db()
    (one,) = of_code(findings(low, at=AT), "superseded")
    assert "Version 92, “High”" in one.text


def test_a_list_that_is_empty_for_a_part_of_the_time_is_named(programme: Programme) -> None:
    brands = SetMember.objects.filter(named_set__code="brand_stores")
    ended, reopened = LATER + timedelta(days=10), LATER + timedelta(days=20)
    brands.update(valid_to=ended)
    SetMember.objects.create(
        named_set=NamedSet.objects.get(code="brand_stores"), value="1", valid_from=reopened
    )
    (one,) = of_code(found(programme), "set_gap")
    assert one.severity == Severity.WARNING
    assert "“Stores on the brand list”" in one.text
    assert "11 Jul 2021, 00:00 – 21 Jul 2021, 00:00" in one.text
    brands.filter(value="1").delete()
    (open_end,) = of_code(found(programme), "set_gap")
    assert "11 Jul 2021, 00:00 – …" in open_end.text


# --- as a whole --------------------------------------------------------------------------------


def test_errors_come_first_and_each_kind_in_the_order_of_the_table(programme: Programme) -> None:
    def change(book: RulebookFile) -> RulebookFile:
        book = changed("other", sentence_en="")(replace(book, title_en=""))
        return inserted(0, book.rules[0], rule("hot", Is("hot", True)))(book)

    all_found = found(programme, change)
    kinds = [list(Severity).index(one.severity) for one in all_found]
    assert kinds == sorted(kinds)
    for severity in Severity:
        places = [one.rows[:1] for one in all_found if one.severity == severity and one.rows]
        assert places == sorted(places)
    assert not errors(all_found)[-1].rows


def test_a_reader_of_russian_reads_the_names_in_russian(programme: Programme) -> None:
    with translation.override("ru"):
        all_found = found(programme, lambda book: replace(book, rules=book.rules[1:-1]))
    (line,) = of_code(all_found, "no_rule")
    assert "страна доставки" in line.example


def test_a_long_table_over_long_lists_is_checked_in_a_few_queries(
    programme: Programme, django_assert_max_num_queries
) -> None:
    brands = NamedSet.objects.get(code="brand_stores")
    SetMember.objects.bulk_create(
        SetMember(named_set=brands, value=f"long-{number}", valid_from=AT if number % 2 else None)
        for number in range(20_000)
    )
    rng = Random(7)
    asked: list[Condition] = [
        InSet("store", "brand_stores"), InSet("country", "eleven"), InSet("category", "special"),
        InSet("category", "electronics", negated=True), Is("hot", True),
        InSet("traffic_type", "affiliate_only_traffic"), Is("affiliate", False),
        Is("direct_link", True), Is("section", "mall_ru"),
        InSet("seller_country", "prc", negated=True),
    ]  # fmt: skip
    rules = [
        rule(f"rule-{number}", *rng.sample(asked, rng.randint(2, 4)), bp=100 + number)
        for number in range(60)
    ]
    rulebook = draft(programme, lambda book: replace(book, rules=(*rules, book.rules[-1])))
    with django_assert_max_num_queries(12):
        all_found = findings(rulebook, at=AT)
    assert of_code(all_found, "overlap")
