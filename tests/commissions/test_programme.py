"""The programme is data: the shipped files say the published calendar, and are loaded once."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.engine.decision import decide
from commissions.engine.facts import COMPLETED_SETTLEMENT, LineFacts
from commissions.engine.reference import (
    ApprovalRow,
    ClickRow,
    MemberRow,
    Reference,
    SourceRow,
    StoreRow,
)
from commissions.models import (
    CookieLife,
    NamedSet,
    Programme,
    Rule,
    Rulebook,
    SetMember,
    Touch,
)
from commissions.programme_loading import Loaded, load_programme
from commissions.programmes import shipped_programmes
from commissions.programmes.rows import ProgrammeFileError
from commissions.rulebooks.reading import engine_rulebook, published_rulebooks
from publishers.models import TrafficPermission, TrafficType
from tests.oracle.worlds import ELEVEN, FORBIDDEN, PERMITTED

pytestmark = pytest.mark.django_db

AT = datetime(2021, 6, 1, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
(ALIEXPRESS,) = shipped_programmes()
STORED = (
    Programme, NamedSet, SetMember, Rulebook, Rule, CookieLife, TrafficType, TrafficPermission,
    Touch,
)  # fmt: skip

SPECIAL = ["special", "special", "special", "seller_outside_prc", "mall_russia"]
ELEVEN_RULES = ["eleven_non_affiliate", "eleven_seller_rate"]
CATEGORIES = ["electronics", "home_and_apparel", "other"]
FIRST = [*SPECIAL, "hot_sale", *CATEGORIES]
BRANDS = [*SPECIAL, "brand_store", "hot_sale", *CATEGORIES]
SELLERS = [*SPECIAL, *ELEVEN_RULES, "brand_store", "hot_sale", *CATEGORIES]
TRAFFIC = [
    *SPECIAL, "traffic_non_affiliate", *ELEVEN_RULES, "brand_store", "hot_sale", *CATEGORIES,
]  # fmt: skip
THREE_DAYS = [(None, 3)]
FOURTEEN_IN_ELEVEN = [("eleven", 14), (None, 3)]


def moscow(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=MOSCOW)


@pytest.fixture
def aliexpress() -> Programme:
    load_programme(ALIEXPRESS, at=AT)
    return Programme.objects.get(code="aliexpress")


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(ALIEXPRESS, tmp_path / "aliexpress"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not say {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in STORED}


def rulebook_on(programme: Programme, at: datetime):
    return Reference(published_rulebooks(programme.pk)).rulebook_at(at)


# --- The calendar ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "codes", "cookies", "before"),
    [
        ("2018-10-10", FIRST, THREE_DAYS, None),
        ("2019-09-11", BRANDS, THREE_DAYS, FIRST),
        ("2020-02-20", SELLERS, FOURTEEN_IN_ELEVEN, BRANDS),
        ("2020-09-10", TRAFFIC, FOURTEEN_IN_ELEVEN, SELLERS),
    ],
)
def test_each_rulebook_rules_from_midnight_in_moscow(aliexpress, starts, codes, cookies, before):
    book = rulebook_on(aliexpress, moscow(starts))
    assert [rule.code for rule in book.rules] == codes
    assert [(life.set_code, life.days) for life in book.cookie_lives] == cookies
    assert (book.cap_cents, book.referral_bp) == (3850, 500)
    earlier = rulebook_on(aliexpress, moscow(starts) - timedelta(microseconds=1))
    assert (earlier and [rule.code for rule in earlier.rules]) == before


def test_rates_are_those_of_table_1(aliexpress):
    book = rulebook_on(aliexpress, AT)
    outcomes = {rule.code: rule.outcome for rule in book.rules}
    fixed = {code: one.rate_bp for code, one in outcomes.items() if one.kind == "rate"}
    bounds = {
        code: (one.min_bp, one.max_bp) for code, one in outcomes.items() if one.kind == "feed_rate"
    }
    assert fixed == {"brand_store": 80, "electronics": 240, "home_and_apparel": 700, "other": 550}
    assert bounds == {"eleven_seller_rate": (80, 7000), "hot_sale": (0, 7000)}
    assert {code for code, one in outcomes.items() if one.kind == "untracked"} == {"special"}


def test_the_programme_has_its_zone_currency_and_sets(aliexpress):
    assert (aliexpress.time_zone, aliexpress.feed_time_zone) == (
        "Europe/Moscow",
        "America/Los_Angeles",
    )
    assert (aliexpress.name, aliexpress.currency) == ("AliExpress", "USD")
    assert (aliexpress.minimum_age_days, aliexpress.settlement_limit_days) == (0, 180)
    members = {
        one.code: sorted(one.members.values_list("value", flat=True))
        for one in aliexpress.named_sets.all()
    }
    assert members == {
        "eleven": sorted(ELEVEN),
        "prc": ["CN"],
        "affiliate_only_traffic": ["cashback", "dropshipping", "toolbars_plugins"],
        **{code: [] for code in ("special", *CATEGORIES, "brand_stores")},
    }


def test_every_type_of_traffic_is_permitted_forbidden_or_by_agreement(aliexpress):
    rows = TrafficPermission.objects.filter(programme_code="aliexpress").in_force(AT)
    said = dict(rows.values_list("traffic_type__code", "permission"))
    assert said == {
        **dict.fromkeys(PERMITTED, "permitted"),
        **dict.fromkeys(FORBIDDEN, "forbidden"),
        "toolbars_plugins": "by_agreement",
    }
    assert not TrafficPermission.objects.exclude(valid_from=None, valid_to=None).exists()
    with_note = set(rows.exclude(note_en="").values_list("traffic_type__code", flat=True))
    assert {"contextual", "email_newsletter", "sms", "toolbars_plugins"} <= with_note


def test_sentences_are_in_both_languages_and_leave_figures_to_the_rule(aliexpress):
    rules = Rule.objects.all()
    assert not [rule for rule in rules if re.search(r"\d", rule.sentence_en + rule.sentence_ru)]
    for rule in rules:
        assert re.search("[а-я]", rule.sentence_ru)
        assert not re.search("[а-я]", rule.sentence_en)
    permissions = TrafficPermission.objects.all()
    assert not [one for one in permissions if bool(one.note_en) != bool(one.note_ru)]


# --- What the engine makes of it ---------------------------------------------------------

YEAR_2018, YEAR_2019 = moscow("2018-11-01"), moscow("2019-11-01")
SPRING_2020, AUTUMN_2020 = moscow("2020-03-01"), moscow("2020-10-01")


def decided(programme: Programme, at: datetime, **facts) -> tuple[str, str, int]:
    """Status, the rule's code or else the reason, and the rate of a line placed at an instant.

    By default a dress of affiliate goods for Germany, and a click an hour ago that led elsewhere.
    """
    landing = facts.pop("landing", "9999")
    source = facts.pop("source", "site")
    clicked = at - facts.pop("click_age", timedelta(hours=1))
    members = SetMember.objects.filter(named_set__programme=programme)
    ref = Reference(
        rulebooks=published_rulebooks(programme.pk),
        sources=[SourceRow(1, "site", 1, "content_site"), SourceRow(2, "cb", 1, "cashback")],
        approvals=[ApprovalRow(1, None, None), ApprovalRow(2, None, None)],
        clicks=[ClickRow(1, "k1", 1 if source == "site" else 2, clicked, landing)],
        products=[("5001", "910"), ("5002", "920"), ("5005", "930")],
        stores=[
            StoreRow("910", "CN", True, "", None, None),
            StoreRow("930", "RU", True, "", None, None),
        ],
        members=[
            *(MemberRow(*row) for row in members.values_list(
                "named_set__code", "value", "valid_from", "valid_to"
            )),
            MemberRow("brand_stores", "910", moscow("2019-09-11"), None),
            MemberRow("electronics", "100", None, None),
            MemberRow("home_and_apparel", "200", None, None),
            MemberRow("special", "900", None, None),
        ],
    )  # fmt: skip
    line = {
        "order_id": "1", "sub_order_id": "2", "feed_status": COMPLETED_SETTLEMENT,
        "created_at": at, "paid_cents": 1000, "country": "DE", "af": source, "dp": "k1",
        "is_affiliate": True, "category_id": "200", "product_id": "5002", "feed_rate_bp": 1234,
    }  # fmt: skip
    decision = decide(LineFacts(**{**line, **facts}), ref)
    code = {
        rule.id: rule.code for book in ref.rulebooks for rule in book.rules
    }.get(decision.rule_id, decision.reason)  # fmt: skip
    return decision.status, code, decision.rate_bp


NON_AFFILIATE = {"is_affiliate": False}
HOT = {"is_hot": True, "landing": "5002"}
EXPECTED = [
    ("F1 before the first", moscow("2018-10-09"), {}, ("held", "no_rulebook", 0)),
    ("F1 no market", YEAR_2018, {"country": "RU"}, ("confirmed", "home_and_apparel", 700)),
    ("F1 non-affiliate alike", YEAR_2018, NON_AFFILIATE, ("confirmed", "home_and_apparel", 700)),
    ("F2 seller's rate", SPRING_2020, {"country": "KZ"}, ("confirmed", "eleven_seller_rate", 1234)),
    ("F2 nothing", SPRING_2020, {"country": "KZ", **NON_AFFILIATE},
     ("rejected", "eleven_non_affiliate", 0)),
    ("F2 no brand list", SPRING_2020, {"country": "RU", "product_id": "5001"},
     ("confirmed", "eleven_seller_rate", 1234)),
    ("F2 no hot sale", SPRING_2020, {"country": "RU", "feed_rate_bp": 7001, **HOT},
     ("held", "eleven_seller_rate", 0)),
    ("F2 elsewhere as before", SPRING_2020, NON_AFFILIATE, ("confirmed", "home_and_apparel", 700)),
    ("F2 cookie of 14 days", SPRING_2020, {"country": "RU", "click_age": timedelta(days=14)},
     ("confirmed", "eleven_seller_rate", 1234)),
    ("F2 cookie elsewhere", SPRING_2020, {"click_age": timedelta(days=4)},
     ("rejected", "cookie_expired", 0)),
    ("F5 cashback", AUTUMN_2020, {"source": "cb", **NON_AFFILIATE},
     ("rejected", "traffic_non_affiliate", 0)),
    ("F5 cashback in the eleven", AUTUMN_2020, {"source": "cb", "country": "RU", **NON_AFFILIATE},
     ("rejected", "traffic_non_affiliate", 0)),
    ("F5 affiliate goods", AUTUMN_2020, {"source": "cb"}, ("confirmed", "home_and_apparel", 700)),
    ("F5 other traffic", AUTUMN_2020, NON_AFFILIATE, ("confirmed", "home_and_apparel", 700)),
    ("F5 not yet", SPRING_2020, {"source": "cb", **NON_AFFILIATE},
     ("confirmed", "home_and_apparel", 700)),
    ("F6 special", YEAR_2019, {"category_id": "900"}, ("untracked", "special", 0)),
    ("F7 brand store", YEAR_2019, {"product_id": "5001"}, ("confirmed", "brand_store", 80)),
    ("F7 before its date", YEAR_2018, {"product_id": "5001"},
     ("confirmed", "home_and_apparel", 700)),
    ("F7 hot goods of a brand", YEAR_2019, {"product_id": "5001", "is_hot": True,
     "landing": "5001"}, ("confirmed", "brand_store", 80)),
    ("F8", YEAR_2019, {"category_id": "100"}, ("confirmed", "electronics", 240)),
    ("F10", YEAR_2019, {"category_id": "300"}, ("confirmed", "other", 550)),
    ("F11 straight to it", YEAR_2018, HOT, ("confirmed", "hot_sale", 1234)),
    ("F11 from elsewhere", YEAR_2018, {"is_hot": True}, ("confirmed", "home_and_apparel", 700)),
    ("F11 at most 70 %", YEAR_2018, {"feed_rate_bp": 7001, **HOT}, ("held", "hot_sale", 0)),
    ("F14", YEAR_2019, {"product_id": "5005"}, ("rejected", "seller_outside_prc", 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "facts", "expected"), [row[1:] for row in EXPECTED], ids=[row[0] for row in EXPECTED]
)
def test_a_line_earns_what_the_published_conditions_say(aliexpress, at, facts, expected):
    assert decided(aliexpress, at, **facts) == expected


def test_rulebooks_are_read_in_three_queries(aliexpress, django_assert_num_queries):
    with django_assert_num_queries(3):
        books = published_rulebooks(aliexpress.pk)
    assert [book.version for book in books] == [1, 2, 3, 4]
    one_by_one = Rulebook.objects.filter(programme=aliexpress).order_by("version")
    assert books == tuple(engine_rulebook(book) for book in one_by_one)


def test_a_draft_is_read_on_its_own_but_not_with_the_published(aliexpress):
    draft = Rulebook.objects.create(
        programme=aliexpress, version=5, starts_at=AT, title_en="t", title_ru="т", referral_bp=0
    )
    assert engine_rulebook(draft).rules == ()
    assert [book.version for book in published_rulebooks(aliexpress.pk)] == [1, 2, 3, 4]


# --- Loading -----------------------------------------------------------------------------


def test_loading_tells_what_it_made_and_publishes_at_the_given_instant():
    loaded = load_programme(ALIEXPRESS, at=AT)
    assert (loaded.programme_code, loaded.programme_made) == ("aliexpress", True)
    assert (len(loaded.sets), len(loaded.traffic_types), len(loaded.permissions)) == (8, 26, 26)
    assert loaded.rulebook_versions == (1, 2, 3, 4)
    assert set(Rulebook.objects.values_list("status", "published_at")) == {("published", AT)}


def test_loading_twice_writes_nothing(aliexpress):
    before = counts()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        loaded = load_programme(ALIEXPRESS, at=AT + timedelta(days=1))
    words = {query["sql"].split()[0].upper() for query in asked}
    assert words <= {"SELECT", "SAVEPOINT", "RELEASE"}
    assert len(asked) <= 8
    assert loaded == Loaded("aliexpress", False, (), (), (), ())
    assert loaded.nothing
    assert counts() == before


def test_what_staff_have_changed_stays(aliexpress):
    Programme.objects.update(name="Ali", minimum_age_days=30)
    NamedSet.objects.filter(code="eleven").update(name_en="CIS")
    SetMember.objects.filter(value="MD").delete()
    SetMember.objects.filter(value="KZ").update(valid_to=AT)
    TrafficType.objects.filter(code="sms").update(name_ru="СМС")
    TrafficPermission.objects.filter(traffic_type__code="doorway").update(
        permission="forbidden", valid_from=AT
    )
    before = counts()
    assert load_programme(ALIEXPRESS, at=AT).nothing
    assert counts() == before
    aliexpress.refresh_from_db()
    assert (aliexpress.name, aliexpress.minimum_age_days) == ("Ali", 30)
    assert NamedSet.objects.get(code="eleven").name_en == "CIS"
    assert SetMember.objects.get(value="KZ").valid_to == AT
    assert TrafficType.objects.get(code="sms").name_ru == "СМС"
    assert TrafficPermission.objects.get(traffic_type__code="doorway").permission == "forbidden"


def test_a_draft_of_a_shipped_version_is_left_alone(copy):
    newest = copy / "2020-09-10.toml"
    kept = newest.read_text(encoding="utf-8")
    newest.unlink()
    load_programme(copy, at=AT)
    programme = Programme.objects.get()
    draft = Rulebook.objects.create(
        programme=programme, version=4, starts_at=AT, title_en="Ours", title_ru="Наш", referral_bp=1
    )
    newest.write_text(kept, encoding="utf-8")
    assert load_programme(copy, at=AT).nothing
    draft.refresh_from_db()
    assert (draft.status, draft.title_en, draft.rules.count()) == ("draft", "Ours", 0)


def test_only_what_is_missing_is_made(aliexpress, copy):
    book = (copy / "2020-09-10.toml").read_text(encoding="utf-8")
    book = book.replace("version = 4", "version = 5").replace("2020-09-10", "2022-01-01")
    (copy / "2022-01-01.toml").write_text(book, encoding="utf-8")
    programme = copy / "programme.toml"
    programme.write_text(
        programme.read_text(encoding="utf-8")
        + '\n[[sets]]\ncode = "baltic"\nkind = "country"\nen = "Baltic"\nru = "Балтия"\n'
        'members = ["LT", "LV", "EE"]\n',
        encoding="utf-8",
    )
    TrafficPermission.objects.filter(traffic_type__code="sms").delete()
    loaded = load_programme(copy, at=AT)
    assert loaded == Loaded("aliexpress", False, ("baltic",), (), ("sms",), (5,))
    assert rulebook_on(aliexpress, moscow("2022-01-01")).version == 5
    assert rulebook_on(aliexpress, moscow("2021-12-31")).version == 4


TINY = {
    "programme.toml": """
        code = "gadgets"
        name = "Gadgets"
        time_zone = "America/New_York"
        currency = "EUR"
        feed_time_zone = "Europe/Berlin"
        minimum_age_days = 14
        settlement_limit_days = 90
        [[sets]]
        code = "eleven"
        kind = "country"
        en = "Not those eleven"
        ru = "Не те одиннадцать"
        members = ["DE"]
        """,
    "traffic.toml": """
        [[types]]
        code = "sms"
        en = "Texts"
        ru = "Сообщения"
        permission = "forbidden"
        from = 2021-03-01
        [[types]]
        code = "podcast"
        en = "Podcast"
        ru = "Подкаст"
        permission = "permitted"
        """,
    "first.toml": """
        version = 1
        starts = 2021-01-01
        title_en = "First"
        title_ru = "Первая"
        referral = "2.5%"
        [[cookies]]
        days = 30
        [[rules]]
        code = "home"
        when = [{ fact = "country", in = "eleven" }]
        outcome = "rate"
        rate = "12%"
        en = "Goods for Germany."
        ru = "Товары для Германии."
        [[rules]]
        code = "other"
        outcome = "nothing"
        en = "Nothing else earns."
        ru = "Остальное не оплачивается."
        """,
}


def test_a_second_programme_stands_beside_the_first(aliexpress, tmp_path):
    folder = tmp_path / "gadgets"
    folder.mkdir()
    for name, text in TINY.items():
        (folder / name).write_text(text, encoding="utf-8")
    loaded = load_programme(folder, at=AT)
    assert loaded == Loaded("gadgets", True, ("eleven",), ("podcast",), ("sms", "podcast"), (1,))
    gadgets = Programme.objects.get(code="gadgets")
    assert (gadgets.currency, gadgets.minimum_age_days) == ("EUR", 14)
    (book,) = published_rulebooks(gadgets.pk)
    assert book.starts_at == datetime(2021, 1, 1, 5, tzinfo=UTC)
    assert (book.cap_cents, book.referral_bp) == (None, 250)
    assert [rule.outcome.rate_bp for rule in book.rules] == [1200, 0]
    assert TrafficType.objects.get(code="sms").name_en == "SMS mailing"
    sms = TrafficPermission.objects.get(traffic_type__code="sms", programme_code="gadgets")
    assert sms.valid_from == datetime(2021, 3, 1, 5, tzinfo=UTC)
    assert len(published_rulebooks(aliexpress.pk)) == 4
    assert load_programme(folder, at=AT).nothing
    assert load_programme(ALIEXPRESS, at=AT).nothing


# --- Files that are refused --------------------------------------------------------------

BOOK, TYPES, SETS = "2020-09-10.toml", "traffic.toml", "programme.toml"
BRAND_RULE = "aliexpress/2020-09-10.toml, rule 9 (brand_store): "
REFUSED = [
    ("wrong condition", BOOK, '{ fact = "hot", is = true }', '{ fact = "hot", is = "yes" }',
     "rule 10 (hot_sale): The condition {'fact': 'hot', 'is': 'yes'} cannot be read"),
    ("wrong fact", BOOK, '{ fact = "hot", is', '{ fact = ["hot"], is', 'needs a "fact", a text'),
    ("unknown set", BOOK, 'in = "brand_stores"', 'in = "brands"',
     BRAND_RULE + "the programme has no set brands: add it to the named sets first."),
    ("set of another kind", BOOK, 'in = "brand_stores"', 'in = "eleven"',
     BRAND_RULE + "the set eleven is of country, one of store is needed."),
    ("set of cookies", BOOK, 'countries = "eleven"', 'countries = "other"',
     "2020-09-10.toml, cookie 1: the set other is of category, one of country is needed."),
    ("no Russian sentence", BOOK,
     'ru = "За товары магазина из списка брендов начисляется ставка этого списка."', "",
     BRAND_RULE + '"ru" is missing.'),
    ("blank English sentence", BOOK,
     'en = "Goods of a store on the brand list earn the rate of that list."', 'en = " "',
     BRAND_RULE + '"en" must be a text, not \' \'.'),
    ("no Russian title", BOOK, 'title_ru = "Непартнёрские', '# "Непартнёрские',
     '2020-09-10.toml: "title_ru" is missing.'),
    ("last rule asks", BOOK, 'code = "other"', 'code = "other"\nwhen = [{fact="hot", is=true}]',
     'the last of [[rules]], and no other, must leave out "when"'),
    ("open rule too early", BOOK, 'when = [{ fact = "store", in = "brand_stores" }]', "",
     "Without conditions are: [9, 13], of 13 rules."),
    ("rate as a number", BOOK, 'rate = "2.40%"', "rate = 2.4",
     '(electronics): "rate" must be a text such as "2.40%", up to 100%, not 2.4.'),
    ("rate too exact", BOOK, 'rate = "2.40%"', 'rate = "2.405%"', "not '2.405%'"),
    ("rate over 100 %", BOOK, 'rate = "2.40%"', 'rate = "100.01%"', "not '100.01%'"),
    ("no rate", BOOK, 'rate = "2.40%"', "", '"rate" is missing.'),
    ("rate where nothing is earned", BOOK, 'outcome = "nothing"', 'outcome = "nothing"\nrate="1%"',
     'rule 4 (seller_outside_prc): "rate" means nothing here'),
    ("bounds crossed", BOOK, 'lowest = "0.80%"', 'lowest = "70.01%"', '"lowest" is above'),
    ("outcome", BOOK, 'outcome = "nothing"', 'outcome = "none"', "one of rate, feed_rate, nothing"),
    ("misspelt key", BOOK, "cap_cents", "cap_cent", '2020-09-10.toml: "cap_cent" means nothing'),
    ("start with a clock", BOOK, "starts = 2020-09-10", "starts = 2020-09-10T00:00:00",
     '"starts" must be a date such as 2018-10-10'),
    ("no last cookie", BOOK, "[[cookies]]\ndays = 3", "", "the last of [[cookies]]"),
    ("version twice", BOOK, "version = 4", "version = 3", "rulebook version 3 is given 2 times"),
    ("not TOML", BOOK, "version = 4", "version =", "2020-09-10.toml is not readable as TOML: "),
    ("permission", TYPES, '"by_agreement"', '"maybe"',
     "traffic.toml, type 26: \"permission\" is 'maybe': one of permitted, forbidden, by_agreement"),
    ("note in one language", TYPES, "note_ru", "# note_ru", 'type 1: "note_ru" is missing.'),
    ("type twice", TYPES, 'code = "sms"', 'code = "banner"', "the type banner is given 2 times"),
    ("zone", SETS, '"Europe/Moscow"', '"Europe/Moskva"', "'Europe/Moskva', which is no time zone"),
    ("currency", SETS, '"USD"', '"usd"', "three capital letters are needed."),
    ("country", SETS, '"RU", "AM"', '"RU", "UK"', "set 1: the member UK of eleven is no country"),
    ("traffic type", SETS, '["cashback"', '["cash"', "cash of affiliate_only_traffic is no type"),
    ("kind", SETS, 'kind = "store"', 'kind = "shop"', "\"kind\" is 'shop': one of country"),
    ("code", SETS, 'code = "prc"', 'code = "PR China"', "\"code\" is 'PR China': up to 40 small"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_a_wrong_file_is_refused_with_a_sentence_and_nothing_is_written(
    copy, name, old, new, sentence
):
    edit(copy / name, old, new)
    with pytest.raises(ProgrammeFileError) as refused:
        load_programme(copy, at=AT)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("aliexpress/")
    assert str(copy) not in str(refused.value)
    assert not any(counts().values())


def test_a_set_that_staff_made_of_another_kind_is_a_reason_to_refuse(aliexpress, copy):
    NamedSet.objects.create(
        programme=aliexpress, kind="store", code="baltic", name_en="Baltic", name_ru="Балтия"
    )
    before = counts()
    with (copy / SETS).open("a", encoding="utf-8") as file:
        file.write('\n[[sets]]\ncode = "early"\nkind = "store"\nen = "e"\nru = "р"\n')
        file.write('\n[[sets]]\ncode = "baltic"\nkind = "country"\nen = "b"\nru = "б"\n')
    with pytest.raises(ProgrammeFileError, match="a set baltic of store, its file one of country"):
        load_programme(copy, at=AT)
    assert counts() == before


# --- The command -------------------------------------------------------------------------


def told(*folders: Path) -> str:
    out = StringIO()
    call_command("load_programme", *map(str, folders), stdout=out)
    return out.getvalue()


def test_the_command_loads_every_shipped_programme_and_says_so():
    assert told() == (
        "aliexpress: made the programme, 8 sets, 26 types of traffic, 26 permissions, "
        "rulebook versions 1, 2, 3, 4.\n"
    )
    assert told() == "aliexpress: everything was there, nothing was changed.\n"


def test_the_command_says_what_is_wrong_with_a_folder(tmp_path):
    with pytest.raises(CommandError, match=r"/programme\.toml cannot be opened: No such file"):
        told(tmp_path / "nowhere")
    assert not Programme.objects.exists()
