"""A quote says before the sale what the engine then decides, and what it cannot know yet."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.engine.rulebook import Outcome, Rule
from commissions.models import OrderLine, Product, Programme
from commissions.quoting import Quote, QuoteRefused, quote
from commissions.quoting.cases import Answer, Sale, decide_cases
from commissions.quoting.facts import CATALOGUE, Known, by_catalogue
from commissions.quoting.quotes import _reference
from commissions.quoting.words import _gives, notes, quote_context
from commissions.rule_words import Words
from publishers.models import AccountBlock, Click, Publisher, Source
from tests.fact_files import aliexpress
from tests.journeys.orders import NOW, WORDS, booked, golden_facts, order
from tests.journeys.worlds_through import command, ingest, load
from tests.worlds import world

pytestmark = pytest.mark.django_db

BY_CATEGORY = datetime(2019, 3, 1, 10, tzinfo=UTC)
ELEVEN = datetime(2020, 3, 1, 10, tzinfo=UTC)
BARRED = datetime(2020, 10, 1, 10, tzinfo=UTC)
FEED_CLOCK = ZoneInfo("America/Los_Angeles")
KNOWN = {"affiliate": True, "seller_rate_bp": 900, "hot_rate_bp": 4500}


def asked(**other: object) -> Quote:
    """A quote for the dress of golden, sold to the USA through Anna's site, but for what is named.

    golden's catalogue says neither affiliate nor rates, and no order of it is in the books.
    """
    return quote(**{
        "programme": Programme.objects.get(), "product_id": "5003", "country": "US",
        "source_code": "anna-site", "at": BY_CATEGORY, **other,
    })  # fmt: skip


def in_catalogue(product_id: str = "5003", **columns: object) -> None:
    changed = Product.objects.filter(product_id=product_id).update(**columns)
    assert changed == 1


def short(quoted: Quote) -> tuple[str, str, str, int | None, int | None]:
    """Status, reason, rule, rate and commission."""
    return (quoted.status, quoted.reason, quoted.rule_code, quoted.rate_bp,
            quoted.commission_cents)  # fmt: skip


@pytest.fixture
def golden() -> None:
    golden_facts()


# --- the same as the engine then decides ---------------------------------------------------------


def row_of(number: int, quoted: Quote, click: str) -> dict[str, str]:
    """A row of the feed that says exactly what the quote was told, or found out."""
    facts, sale = quoted.facts, quoted.sale
    own = facts.hot_rate if quoted.rule_code == "hot_sale" else facts.seller_rate
    return order(
        number, source=sale.source_code, status=WORDS[1], cents=sale.price_cents or 0,
        custom_parameters=json.dumps({"af": sale.source_code, "dp": click}),
        created_time=f"{sale.at.astimezone(FEED_CLOCK):%Y-%m-%d %H:%M:%S}",
        is_hot_product="Y" if facts.hot.value else "N",
        is_affiliate_product="Y" if facts.affiliate.value else "N",
        ship_to_country=sale.country, category_id=facts.category.value or "",
        product_id=sale.product_id,
        commission_rate="" if own.value is None else f"{own.value // 100}.{own.value % 100:02d}%",
    )  # fmt: skip


def click_for(name: str, quoted: Quote) -> Click:
    source = Source.objects.get(code=quoted.sale.source_code)
    return Click(click_id=name, source=source, clicked_at=quoted.sale.at,
                 landing_product_id=quoted.sale.product_id)  # fmt: skip


def questions(chance: random.Random, count: int) -> list[Quote]:
    """Quotes for products, countries, sources and instants of lines in the books."""
    programme = Programme.objects.get()
    lines = OrderLine.objects.exclude(source=None).exclude(product_id="").order_by("sub_order_id")
    found = lines.values_list("product_id", "country", "source__code", "created_at", "paid_cents")
    return [
        quote(programme=programme, product_id=row[0], country=row[1], source_code=row[2],
              at=row[3], price_cents=row[4])
        for row in chance.sample(list(found), count)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_an_order_of_exactly_those_facts_comes_to_what_was_quoted(seed):
    aliexpress()
    chance = random.Random(seed)
    folder = world("medium")
    load(folder)
    ingest(folder / "orders.ndjson")
    # Some of the catalogue knows what quotes ask for; the feed stands in for the rest.
    for row in chance.sample(list(Product.objects.order_by("product_id")), 600):
        row.affiliate = chance.choice([True, False, None])
        row.seller_rate_bp = chance.choice([None, 79, 80, 650, 7000, 7001])
        row.hot_rate_bp = chance.choice([None, None, 0, 3000, 7000, 7001])
        row.save()
    blocked = chance.choice(Publisher.objects.order_by("code"))
    AccountBlock.objects.create(publisher=blocked, ground="case:1", valid_from=NOW)
    told = questions(chance, 250)
    Click.objects.bulk_create(click_for(f"q{n}", one) for n, one in enumerate(told))
    booked(*(row_of(n, one, f"q{n}") for n, one in enumerate(told)), at=NOW)
    stored = {line.sub_order_id: line for line in OrderLine.objects.select_related("rule")}
    for n, quoted in enumerate(told):
        line = stored[str(8_000_000 + n)]
        # A line held for staff has no rate: the engine keeps 0, the quote says nothing.
        booked_as = (line.status, line.reason, line.rule.code if line.rule else "", line.rate_bp,
                     line.commission_cents)  # fmt: skip
        quoted_as = (*short(quoted)[:3], quoted.rate_bp or 0, quoted.commission_cents or 0)
        assert quoted_as == booked_as, quoted.sale
        assert (quoted.rate_bp is None) is (line.status == "held")
        assert (quoted.depends_on, quoted.possibilities) == ((), ())
    assert len({one.rule_code for one in told}) > 7


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("columns", "other", "wanted"),
    [
        ({}, {}, ("waiting", "", "hot_sale", 4500, 450)),
        ({}, {"price_cents": None}, ("waiting", "", "hot_sale", 4500, None)),
        ({}, {"price_cents": 100_000}, ("waiting", "", "hot_sale", 4500, 3850)),
        ({}, {"price_cents": 0}, ("waiting", "", "hot_sale", 4500, 0)),
        ({}, {"country": "RU", "at": ELEVEN}, ("waiting", "", "eleven_seller_rate", 900, 90)),
        ({"seller_rate_bp": 79}, {"country": "RU", "at": ELEVEN},
         ("held", "rate_out_of_range", "eleven_seller_rate", None, None)),
        ({"affiliate": False}, {"country": "RU", "at": ELEVEN},
         ("rejected", "eleven_non_affiliate", "eleven_non_affiliate", 0, 0)),
        ({"affiliate": False}, {"source_code": "boris-cb", "at": BARRED},
         ("rejected", "traffic_non_affiliate", "traffic_non_affiliate", 0, 0)),
        ({"category_id": "400"}, {}, ("untracked", "", "special", 0, 0)),
        ({}, {"at": datetime(2018, 9, 20, tzinfo=UTC)},
         ("held", "no_rulebook", "", None, None)),
        ({}, {"source_code": "anna-new"}, ("rejected", "source_not_approved", "", 0, 0)),
        ({}, {"source_code": "clara-pop"}, ("rejected", "forbidden_traffic", "", 0, 0)),
    ],
)  # fmt: skip
def test_what_the_catalogue_knows_is_quoted(columns, other, wanted):
    in_catalogue(**{**KNOWN, **columns})
    assert short(asked(**{"price_cents": 1000, **other})) == wanted


@pytest.mark.usefixtures("golden")
def test_a_blocked_account_is_quoted_the_rate_that_it_does_not_earn():
    in_catalogue(**KNOWN)
    anna = Publisher.objects.get(code="anna")
    AccountBlock.objects.create(publisher=anna, ground="case:1", valid_from=NOW)
    quoted = asked(price_cents=1000)
    assert short(quoted) == ("rejected", "account_blocked", "hot_sale", 4500, 0)
    in_catalogue(hot_rate_bp=None, seller_rate_bp=None)
    unknown = asked(price_cents=1000, country="RU", at=ELEVEN)
    # Whatever the seller's rate: nothing.
    assert short(unknown) == ("rejected", "account_blocked", "eleven_seller_rate", None, 0)


# --- where it is known from ----------------------------------------------------------------------


@pytest.mark.usefixtures("golden")
def test_each_column_falls_back_on_the_latest_order_by_itself():
    early, late = "2019-01-01 10:00:00", "2019-02-01 10:00:00"
    booked(
        order(1, created_time=late, is_affiliate_product="N", commission_rate="6.50%"),
        order(2, created_time=early, is_affiliate_product="Y", commission_rate="9.99%"),
    )
    facts = asked().facts
    assert facts.affiliate == Known(False, "feed")
    assert facts.hot == Known(False, "feed")
    assert facts.category == Known("200", "catalogue")
    assert facts.seller_rate == Known(650, "feed")
    assert facts.feed_row_at == datetime(2019, 2, 1, 18, tzinfo=UTC)
    in_catalogue(affiliate=True, category_id="")
    assert asked().facts.affiliate == Known(True, CATALOGUE)
    assert asked().facts.category == Known("200", "feed")
    assert asked().facts.seller_rate == Known(650, "feed")


@pytest.mark.usefixtures("golden")
def test_the_lines_are_not_read_where_the_catalogue_knows_enough():
    in_catalogue(**KNOWN)
    with CaptureQueriesContext(connection) as queries:
        quoted = asked()
    assert not [one["sql"] for one in queries if "commissions_orderline" in one["sql"]]
    assert quoted.facts.feed_row_at is None
    in_catalogue(hot_rate_bp=None)  # which may be because it is not on hot sale
    with CaptureQueriesContext(connection) as queries:
        asked()
    reading = [one["sql"] for one in queries if "commissions_orderline" in one["sql"]]
    assert len(reading) == 1
    assert "LIMIT 1" in reading[0]


# --- what is not known ---------------------------------------------------------------------------


@pytest.mark.usefixtures("golden")
def test_a_rate_that_depends_on_what_is_not_known_is_not_known():
    in_catalogue(seller_rate_bp=900, hot_rate_bp=4500)
    quoted = asked(country="RU", at=ELEVEN, price_cents=1000)
    assert quoted.affiliate is None
    assert quoted.rate_bp is None
    assert quoted.depends_on == ("affiliate",)
    ways = {one.when: (one.answer.rule_code, one.answer.rate_bp) for one in quoted.possibilities}
    assert ways == {
        (("affiliate", (True,)),): ("eleven_seller_rate", 900),
        (("affiliate", (False,)),): ("eleven_non_affiliate", 0),
    }
    assert quoted.steps[-1].code == "mall_russia"  # the last rule that asks neither


@pytest.mark.usefixtures("golden")
def test_what_is_not_known_and_changes_nothing_is_no_obstacle():
    in_catalogue(seller_rate_bp=900, hot_rate_bp=4500)
    quoted = asked(price_cents=1000)
    assert quoted.affiliate is None
    assert short(quoted) == ("waiting", "", "hot_sale", 4500, 450)
    assert (quoted.depends_on, quoted.possibilities) == ((), ())


@pytest.mark.usefixtures("golden")
def test_an_own_rate_that_nobody_knows_is_not_known_and_nothing_is_held():
    in_catalogue(affiliate=True, hot_rate_bp=None)
    quoted = asked(country="RU", at=ELEVEN, price_cents=1000)
    assert short(quoted) == ("waiting", "", "eleven_seller_rate", None, None)
    assert quoted.depends_on == ("seller_rate",)
    assert {step.stage for step in quoted.steps}.isdisjoint({"rate", "status", "cap"})
    said = quote_context(quoted)["quote"]["steps"][-1].step.text
    assert "from 0.80 % to 70.00 %" in said


@pytest.mark.usefixtures("golden")
def test_a_product_that_nobody_knows_is_no_error():
    quoted = asked(product_id="999")
    assert quoted.affiliate is None
    assert quoted.rate_bp is None
    assert quoted.depends_on == ("hot", "category", "hot_rate")
    assert {one.answer.rule_code for one in quoted.possibilities} == {
        "special", "hot_sale", "electronics", "home_and_apparel", "other",
    }  # fmt: skip
    assert any("neither in the catalogue nor in any order" in one for one in notes(quoted))


@pytest.mark.usefixtures("golden")
def test_whatever_turns_out_later_was_among_the_possibilities():
    """Every way in which the open columns may be filled in comes to what was said it may."""
    programme = Programme.objects.get()
    truths, categories = (None, True, False), (None, "100", "200", "300", "400", "unlisted")
    places = [("US", BY_CATEGORY), ("US", BARRED), ("RU", ELEVEN), ("RU", BARRED)]
    for (country, at), source in product(places, ["anna-site", "boris-cb"]):
        sale = Sale("5003", country, source, at, 1000)
        ref = _reference(programme, sale)
        bare = replace(by_catalogue(programme, "5003"), seller_rate=Known(900, CATALOGUE),
                       hot_rate=Known(4500, CATALOGUE))  # fmt: skip
        for affiliate, hot, category in product(truths, truths, categories):
            partial = replace(bare, affiliate=Known(affiliate), hot=Known(hot),
                              category=Known(category))  # fmt: skip
            may_be = {answer.outcome for _case, answer in decide_cases(sale, partial, ref)}
            for filled in product(
                truths[1:] if affiliate is None else [affiliate],
                truths[1:] if hot is None else [hot],
                categories[1:] if category is None else [category],
            ):
                known = dict(zip(("affiliate", "hot", "category"), map(Known, filled), strict=True))
                [(_case, answer)] = decide_cases(sale, replace(bare, **known), ref)
                assert answer.outcome in may_be, (sale, partial, filled)


# --- the trace -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("golden")
def test_a_step_never_shows_a_fact_that_nobody_knows():
    in_catalogue(seller_rate_bp=900, hot_rate_bp=4500)
    steps = asked(at=BARRED).steps
    assert [step.code for step in steps if step.decided] == ["hot_sale"]
    rules = {step.code: [one["fact"] for one in step.values["conditions"]]
             for step in steps if step.stage == "rule"}  # fmt: skip
    assert rules["traffic_non_affiliate"] == ["traffic_type"]
    assert rules["eleven_non_affiliate"] == ["country"]


@pytest.mark.usefixtures("golden")
def test_without_a_price_no_figure_is_invented():
    in_catalogue(**KNOWN)
    stages = [step.stage for step in asked().steps]
    assert "rule" in stages
    assert {"rate", "cap"}.isdisjoint(stages)
    assert {"rate", "cap"} <= {step.stage for step in asked(price_cents=1).steps}


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("other", "field", "sentence"),
    [
        ({"source_code": "nobody"}, "source", 'No source has the code "nobody"'),
        ({"source_code": ""}, "source", 'No source has the code ""'),
        ({"country": "us"}, "country", '"us" is no country'),
        ({"country": "ZZ"}, "country", '"ZZ" is no country'),
        ({"price_cents": -1}, "price", "The price is -1 cents"),
        ({"price_cents": 10**12 + 1}, "price", "whole cents from 0 to 1000000000000"),
        ({"product_id": ""}, "product", "product is empty. Write an id"),
        ({"product_id": "a b"}, "product", 'product is "a b". Write an id'),
        ({"at": datetime(2020, 1, 1)}, "at", "no instant that can be quoted for"),  # noqa: DTZ001
        ({"at": datetime.max.replace(tzinfo=UTC)}, "at", "of the years 1970 to 9998"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_a_sentence(other, field, sentence):
    with pytest.raises(QuoteRefused, match=sentence.replace("(", r"\(")) as refused:
        asked(**other)
    assert refused.value.field == field


# --- the command ---------------------------------------------------------------------------------

DRESS = ("--product", "5003", "--country", "US", "--source", "anna-site")
AT = ("--at", "2019-03-01T10:00:00Z")


@pytest.mark.usefixtures("golden")
def test_the_command_tells_the_answer_and_every_step():
    in_catalogue(**{**KNOWN, "hot_rate_bp": None})
    booked(order(1))
    said = command("quote", *DRESS, *AT, "--price", "1000").out
    assert "yes (from the catalogue)" in said
    assert "home_and_apparel: " in said
    assert "7.00 %" in said
    assert "0.70 USD (70 cents)" in said
    assert "1,000 × 7.00 % = 70 cents = 0.70 USD" in said
    assert "Rule 1: special. Does not match" in said
    assert "needs a price" in command("quote", *DRESS, *AT).out


@pytest.mark.usefixtures("golden")
def test_the_command_tells_what_it_depends_on():
    said = command("quote", *DRESS[2:], "--product", "999", *AT, "--price", "1000").out
    assert "It depends on whether it is on hot sale, its category, the hot-sale rate" in said
    assert "not on hot sale; category: any other: 5.50 %, 0.55 USD [other]" in said


@pytest.mark.usefixtures("golden")
def test_the_command_writes_one_object():
    in_catalogue(**KNOWN)
    said = json.loads(command("quote", *DRESS, *AT, "--price", "1000", "--json").out)
    trace = said.pop("trace")
    assert said == {
        "product": "5003", "country": "US", "source": "anna-site", "at": "2019-03-01T10:00:00Z",
        "price_cents": 1000, "affiliate": "Y", "known_from": "catalogue", "feed_row_at": None,
        "status": "waiting", "reason": "", "rule": "hot_sale", "rate_percent": "45.00",
        "commission_cents": 450, "depends_on": [],
    }  # fmt: skip
    assert [set(step) for step in trace] == [{"stage", "code", "decided", "values"}] * len(trace)
    assert [step["code"] for step in trace if step["stage"] == "rule" and step["decided"]] == [
        "hot_sale"
    ]
    unknown = json.loads(command("quote", *DRESS[2:], "--product", "9", *AT, "--json").out)
    assert (unknown["affiliate"], unknown["status"], unknown["rate_percent"]) == (None, None, None)
    assert unknown["depends_on"] == ["hot", "category", "hot_rate"]


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*DRESS, "--price", "12.50"), '--price "12.50" is not a price'),
        ((*DRESS, "--price", "-5"), '--price "-5" is not a price'),
        ((*DRESS, "--price", "1" * 14), "whole cents from 0 to"),
        ((*DRESS, "--at", "2019-03-01"), '--at "2019-03-01" is not an instant'),
        ((*DRESS, "--programme", "ebay"), 'no programme "ebay"; known are: aliexpress'),
        ((*DRESS[:-1], "nobody"), "No source has the code"),
        ((*DRESS[2:], "--product", ""), "product is empty"),
        ((*DRESS[:3], "Usa", *DRESS[4:]), '"Usa" is no country'),
    ],
)
def test_the_command_ends_with_a_sentence_where_it_was_asked_wrongly(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        command("quote", *arguments)


@pytest.mark.usefixtures("golden")
def test_the_command_quotes_for_now_where_no_instant_is_given(monkeypatch):
    in_catalogue(**KNOWN)
    monkeypatch.setattr("django.utils.timezone.now", lambda: BARRED)
    said = json.loads(command("quote", *DRESS, "--json").out)
    assert said["at"] == "2020-10-01T10:00:00Z"


def test_a_rule_that_staff_wrote_speaks_for_itself():
    rule = Rule(7, "no_sundays", (), Outcome("nothing"))
    answer = Answer("rejected", "no_sundays", rule, 0, None, "", ())
    assert _gives(answer, Words(rules={7: "Nothing on Sundays."})) == (
        "earns nothing: Nothing on Sundays."
    )
