"""A rulebook goes into a file and comes back as it was; a file that is none is refused in words."""

import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commissions.engine.conditions import FLAG_FACTS, InSet, Is
from commissions.engine.rulebook import OUTCOME_KINDS, CookieLife, Outcome
from commissions.models import Rulebook
from commissions.programmes import shipped_programmes
from commissions.programmes.reading import read_programme
from commissions.programmes.rows import ProgrammeFileError
from commissions.programmes.rulebook_reading import KIND_OF_FACT, Known
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
from commissions.rulebooks.document import document_of
from commissions.rulebooks.files import LARGEST, as_toml, read_rulebook_file
from publishers.enums import Permission
from publishers.models import User
from tests.fact_files import aliexpress
from tests.rulebooks import book_of, draft_of, person

MOSCOW = ZoneInfo("Europe/Moscow")
SETS = {"eleven": "country", "special": "category", "brands": "store", "bad": "traffic_type"}
TYPES = ("cashback", "sms", "toolbars_plugins")
KNOWN = Known(MOSCOW, SETS, frozenset(TYPES))
AT = datetime(2021, 6, 1, tzinfo=UTC)
# Clocks that are changed at midnight: there it comes twice, or not at all.
ZONES = ("Europe/Moscow", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu", "UTC")

NASTY = (
    'says "yes" \\ no', '"""', "'''", "\\u0041", "a\nb\r\nc\td", "\x01\x7f\x85\u2028", "# no",
    "За товары — ставка «обычная»", "\N{THUMBS UP SIGN}\N{ZERO WIDTH JOINER}", "\u202eturned",
    "[[rules]]", "a.b.c.d.e.f = 1", "x" * 200, "\ufeffmarked", "}{ , =",
)  # fmt: skip


def in_utc(book: RulebookFile) -> RulebookFile:
    """The same rulebook; of two clocks on which an hour comes twice Python compares nothing."""
    return replace(book, starts_at=book.starts_at.astimezone(UTC))


# --- Any rulebook ------------------------------------------------------------------------

letters = st.characters(codec="utf-8", exclude_characters="\0")
codes = st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True)
rates = st.integers(0, 10_000)


def texts(most: int):
    written = st.text(letters, max_size=most).filter(lambda text: text == "" or text.strip())
    return written | st.sampled_from(NASTY)


conditions = st.one_of(
    st.builds(
        lambda fact, negated: InSet(
            fact, next(code for code, kind in SETS.items() if kind == KIND_OF_FACT[fact]), negated
        ),
        st.sampled_from(sorted(KIND_OF_FACT)),
        st.booleans(),
    ),
    st.builds(Is, st.sampled_from(sorted(FLAG_FACTS)), st.booleans()),
    st.builds(
        Is,
        st.sampled_from(["section", "seller_country"]),
        st.text(letters, max_size=120) | st.sampled_from([one[:120] for one in NASTY]),
    ),
)
outcomes = st.one_of(
    st.builds(lambda bp: Outcome("rate", rate_bp=bp), rates),
    st.builds(
        lambda one, other: Outcome("feed_rate", min_bp=min(one, other), max_bp=max(one, other)),
        rates,
        rates,
    ),
    st.sampled_from([Outcome(kind) for kind in OUTCOME_KINDS if not kind.endswith("rate")]),
)
rules = st.builds(
    RuleFile,
    code=codes,
    conditions=st.lists(conditions, max_size=4).map(tuple),
    outcome=outcomes,
    sentence_en=texts(300),
    sentence_ru=texts(300),
)
lives = st.builds(CookieLife, st.sampled_from([None, "eleven"]), st.integers(0, 2**31 - 1))
statements = st.lists(
    st.builds(
        StatementFile,
        traffic_type=st.sampled_from(TYPES),
        permission=st.sampled_from(Permission.values),
        note_en=texts(100),
        note_ru=texts(100),
    ),
    unique_by=lambda one: one.traffic_type,
    max_size=3,
)


@st.composite
def starts(draw, zone: ZoneInfo) -> datetime:
    day = draw(st.dates(date(2000, 1, 2), date(2099, 12, 30)))
    clock = draw(st.sampled_from([timedelta()]) | st.timedeltas(timedelta(), timedelta(days=1)))
    moment = datetime.combine(day, datetime.min.time(), tzinfo=zone) + clock
    return moment.astimezone(UTC).astimezone(draw(st.sampled_from([zone, UTC])))


@st.composite
def books(draw) -> tuple[RulebookFile, ZoneInfo]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    book = RulebookFile(
        version=draw(st.integers(0, 2**31 - 1)),
        starts_at=draw(starts(zone)),
        title_en=draw(texts(200)),
        title_ru=draw(texts(200)),
        cap_cents=draw(st.none() | st.integers(0, 2**31 - 1)),
        referral_bp=draw(rates),
        cookie_lives=tuple(draw(st.lists(lives, max_size=3))),
        rules=tuple(draw(st.lists(rules, max_size=5))),
        traffic=tuple(draw(statements)),
    )
    return book, zone


@settings(deadline=None, max_examples=150)
@given(books())
def test_any_rulebook_comes_back_from_its_file_as_it_was(drawn):
    book, zone = drawn
    text = as_toml(book, programme_code="aliexpress", zone=zone)
    for data in (text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        read = read_rulebook_file(data, name="b.toml", known=replace(KNOWN, zone=zone))
        assert in_utc(read) == in_utc(book)
    # Lines are lines for any program that shows them, and hide nothing.
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("hours", [0, 1])
def test_each_of_two_midnights_of_one_day_comes_back(hours):
    # In Havana clocks went back from one o'clock to midnight on this day.
    zone = ZoneInfo("America/Havana")
    start = datetime(2020, 11, 1, 4, tzinfo=UTC) + timedelta(hours=hours)
    assert start.astimezone(zone).time() == datetime.min.time()
    book = RulebookFile(1, start, "", "", None, 0, (), ())
    text = as_toml(book, programme_code="p", zone=zone)
    read = read_rulebook_file(text.encode(), name="b", known=replace(KNOWN, zone=zone))
    assert read.starts_at.astimezone(UTC) == start
    assert ("starts = 2020-11-01\n" in text) is (hours == 0)


# --- What ships --------------------------------------------------------------------------

(ALIEXPRESS,) = shipped_programmes()


def test_shipped_rulebooks_come_back_and_read_as_they_were_written():
    files = read_programme(ALIEXPRESS)
    known = Known(
        MOSCOW,
        {one.code: one.kind for one in files.sets},
        frozenset(one.code for one in files.traffic),
    )
    for book in files.rulebooks:
        text = as_toml(book, programme_code=files.code, zone=MOSCOW)
        read = read_rulebook_file(text.encode(), name="b.toml", known=known)
        assert in_utc(read) == in_utc(book)
        shipped = (ALIEXPRESS / f"{book.starts_at:%Y-%m-%d}.toml").read_text(encoding="utf-8")
        assert plain(text).startswith(plain(shipped))


def plain(text: str) -> str:
    """A file without comments."""
    lines = [re.sub(r"\s+# .*", "", line) for line in text.splitlines() if line[:1] != "#"]
    return "\n".join(lines).strip()


def test_a_file_is_laid_out_to_be_read():
    book = RulebookFile(
        version=7,
        starts_at=datetime(2021, 3, 1, 12, tzinfo=MOSCOW),
        title_en='The "new" rules',
        title_ru="Новые правила 👍",
        cap_cents=None,
        referral_bp=500,
        cookie_lives=(CookieLife("eleven", 14), CookieLife(None, 3)),
        rules=(
            RuleFile("hot", (Is("hot", True), InSet("country", "eleven", negated=True)),
                     Outcome("feed_rate", min_bp=0, max_bp=7000), "Hot.\nVery.", "Горячо."),
            RuleFile("other", (), Outcome("rate", rate_bp=550), "", ""),
        ),
        traffic=(StatementFile("cashback", "forbidden", "", ""),),
    )  # fmt: skip
    text = as_toml(book, programme_code="aliexpress", zone=MOSCOW)
    comments, _blank, rest = text.partition("\n\n")
    assert all(line.startswith("#") for line in comments.splitlines())
    assert "aliexpress, version 7" in comments
    assert rest == LAID_OUT


LAID_OUT = """\
version = 7
starts = 2021-03-01T12:00:00+03:00
title_en = "The \\"new\\" rules"
title_ru = "Новые правила 👍"
referral = "5.00%"

[[cookies]]
countries = "eleven"
days = 14

[[cookies]]
days = 3

[[rules]]
code = "hot"
when = [
    { fact = "hot", is = true },
    { fact = "country", not_in = "eleven" },
]
outcome = "feed_rate"
lowest = "0.00%"
highest = "70.00%"
en = "Hot.\\nVery."
ru = "Горячо."

[[rules]]
code = "other"
outcome = "rate"
rate = "5.50%"
en = ""
ru = ""

[[traffic]]
type = "cashback"
permission = "forbidden"
"""


# --- What is refused ---------------------------------------------------------------------

HEAD = 'starts = 2021-01-01\nreferral = "5%"\n'
RULE = f'{HEAD}[[rules]]\ncode = "a"\noutcome = "nothing"\n'
BAD = {
    "not UTF-8": (HEAD.encode("utf-16"), "bad.toml is not UTF-8 text"),
    "Cyrillic of old": ('title_ru = "Правила"'.encode("cp1251"), "not UTF-8 text"),
    "not TOML": ("starts = next monday", "bad.toml is not readable as TOML: .*line 1"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8"),
    "JSON": ('{"starts": "2021-01-01"}', "not readable as TOML"),
    "NUL byte": (HEAD + "\0", "not readable as TOML"),
    "NUL in a text": (HEAD + 'title_en = "a\\u0000b"', '"title_en" must be a text'),
    "NUL in a sentence": (RULE + 'en = "a\\u0000b"', r'rule 1 \(a\): "en" must be a text'),
    "NUL in a condition": (
        RULE + 'when = [{ fact = "section", is = "a\\u0000b" }]',
        r"rule 1 \(a\): the condition on section .*NUL",
    ),
    "a long condition": (
        RULE + 'when = [{ fact = "section", is = "' + "s" * 121 + '" }]',
        "more than 120 characters",
    ),
    "empty": ("", '"starts" is missing'),
    "too large": (b"#" * (LARGEST + 1), "bad.toml is larger than 1000 KB"),
    "an unknown key": (HEAD + "refferal = 1", 'bad.toml: "refferal" means nothing here'),
    "an unknown key of a rule": (RULE + "rates = 1", r'bad.toml, rule 1 \(a\): "rates" means'),
    "an unknown set": (
        RULE + 'when = [{ fact = "country", in = "twelve" }]',
        r"bad.toml, rule 1 \(a\): the programme has no set twelve",
    ),
    "a set of another kind": (
        RULE + 'when = [{ fact = "country", in = "special" }]',
        "the set special is of category",
    ),
    "an unknown fact": (RULE + 'when = [{ fact = "moon", is = true }]', "cannot be read"),
    "a condition that is none": (RULE + "when = [7]", r"rule 1 \(a\): the condition 7 needs"),
    "unknown countries": (
        HEAD + '[[cookies]]\ncountries = "twelve"\ndays = 1',
        "bad.toml, cookie 1: the programme has no set twelve",
    ),
    "an unknown type of traffic": (
        HEAD + '[[traffic]]\ntype = "owls"\npermission = "permitted"',
        "bad.toml, type of traffic 1: there is no type of traffic owls",
    ),
    "a type of traffic twice": (
        HEAD + '[[traffic]]\ntype = "sms"\npermission = "permitted"\n' * 2,
        "the type of traffic sms is given 2 times",
    ),
    "a rate as a number": (HEAD.replace('"5%"', "5.0"), '"referral" must be a text such as'),
    "a rate beyond 100 %": (HEAD.replace("5%", "100.01%"), '"referral" must be a text such as'),
    "bounds the wrong way round": (
        RULE.replace("nothing", "feed_rate") + 'lowest = "2%"\nhighest = "1%"', "no rate would be",
    ),
    "an outcome of ours that is none": (RULE.replace("nothing", "much"), "'much': one of rate"),
    "an instant without offset": (HEAD.replace("-01\n", "-01T00:00:00\n"), "with its offset"),
    "a start before calendars": (HEAD.replace("2021", "0001"), "starts in the year 1; one from"),
    "a start after them": (
        HEAD.replace("2021-01-01", "9999-12-31T23:59:59-23:59"), "starts in the year 9999",
    ),
    "a number too long": (HEAD + "cap_cents = " + "9" * 5000, "number that is too long"),
    "a number too long to show": (HEAD + "cap_cents = 0x" + "f" * 9000, "number that is too long"),
    "a number beyond the database": (HEAD + "cap_cents = 3000000000", '"cap_cents" must be'),
    "lists in lists": (HEAD + "x = " + "[" * 100_000, "nested too deeply"),
    "tables in tables": (HEAD + "x = " + "{a = " * 100_000, "nested too deeply"),
    "a condition of lists": (RULE + "when = " + "[" * 300 + "]" * 300, "deeply|condition"),
    "a key of many parts": (HEAD + "x" + ".y" * 300_000 + " = 1", "a key of many parts"),
    "a header of many parts": (
        HEAD + "[x" + ".'y z' . \"y\"" * 500 + "]\n" + "k = 1\n" * 100, "a key of many parts",
    ),
    "rules as a table": (HEAD + "[rules]\na = 1", '"rules" must be a list'),
    "rules as texts": (HEAD + 'rules = ["a"]', "rule 1: a table of named values"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_file_that_is_no_rulebook_is_refused_in_a_sentence(data, sentence):
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(ProgrammeFileError) as refused:
        read_rulebook_file(data, name="bad.toml", known=KNOWN)
    assert re.search(sentence, str(refused.value), re.DOTALL)
    assert str(refused.value).startswith("bad.toml")
    assert len(str(refused.value)) < 600


def test_texts_may_hold_what_keys_may_not():
    dots = "Yes.no.yes.no.yes.no."
    data = f"{HEAD}title_en = \"{dots}\" # {dots}\ntitle_ru = '''{dots}'''\n"
    book = read_rulebook_file(data.encode(), name="b.toml", known=KNOWN)
    assert book.title_en == book.title_ru == dots


WHOLE = as_toml(read_programme(ALIEXPRESS).rulebooks[-1], programme_code="p", zone=MOSCOW).encode()
SNIPPETS = [
    b'"""', b"'''", b"[[", b"]", b"{", b"\\", b'"', b"\n", b"=", b"\0", b"\xff", b"#", b".",
    b"[[rules]]\n", b"when = [", b"9" * 30, b"2020-13-40", b"nan", b"\\ud800", b"a.b.c.d.e=1\n",
]  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(
    cuts=st.lists(
        st.tuples(
            st.integers(0, len(WHOLE)), st.integers(0, 40), st.sampled_from(SNIPPETS) | st.binary()
        ),
        max_size=4,
    )
)
@example(cuts=[(0, len(WHOLE), b"")])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(cuts):
    data = WHOLE
    for place, length, instead in cuts:
        data = data[:place] + instead + data[place + length :]
    try:
        book = read_rulebook_file(data, name="damaged.toml", known=KNOWN)
    except ProgrammeFileError as refused:
        told = str(refused)
    else:
        told = as_toml(book, programme_code="damaged.toml", zone=MOSCOW)
    assert "damaged.toml" in told[:60]


UNFRIENDLY = [
    '\\"""\n' * 190_000, '"""' + '\\"' * 490_000, "'''''" * 190_000, ".a" * 300_000,
    "a" * 999_000, "a . " * 240_000, "[[x]]\n" * 160_000, '"' * 999_000, "x = [" + '"",' * 330_000,
]  # fmt: skip


@pytest.mark.parametrize("text", UNFRIENDLY, ids=lambda text: text[:8])
def test_no_file_takes_long(text):
    started = time.process_time()
    with pytest.raises(ProgrammeFileError):
        read_rulebook_file(text.encode(), name="b.toml", known=KNOWN)
    assert time.process_time() - started < 10


# --- The commands ------------------------------------------------------------------------


def called(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_rulebook_goes_out_and_comes_in_as_a_draft(tmp_path):
    programme = aliexpress()
    person("anna")
    path = tmp_path / "rules.toml"
    called("export_rulebook", "4", "--out", str(path))
    assert path.read_text(encoding="utf-8") == called("export_rulebook", "4")
    told = called("import_rulebook", str(path), "--by", "anna")
    draft = Rulebook.objects.get(version=5)
    assert told == (
        "rules.toml: version 5 of aliexpress is a draft now: "
        f"/admin/commissions/rulebook/{draft.pk}/change/\n"
    )
    assert draft.status == "draft"
    assert replace(document_of(draft), version=4) == book_of(programme, 4)


@pytest.mark.django_db
def test_an_incomplete_draft_goes_out_and_comes_in(tmp_path):
    programme = aliexpress()
    person("anna")
    whole = book_of(programme, 4)
    nasty = replace(whole.rules[0], sentence_en=NASTY[4], sentence_ru="", conditions=())
    draft = draft_of(
        programme, replace(whole, title_ru="", cookie_lives=(), rules=(nasty,), traffic=()), AT
    )
    path = tmp_path / "draft.toml"
    called("export_rulebook", str(draft.version), "--out", str(path))
    called("import_rulebook", str(path), "--by", "anna")
    again = Rulebook.objects.get(version=draft.version + 1)
    assert replace(document_of(again), version=draft.version) == document_of(draft)


@pytest.mark.django_db
def test_what_cannot_be_exported_is_said(tmp_path):
    aliexpress()
    for version in ("9", "9" * 40):
        with pytest.raises(CommandError, match=r"no rulebook of version 9+; versions are: 1, 2, 3"):
            called("export_rulebook", version, "--out", str(tmp_path / "x.toml"))
    with pytest.raises(CommandError, match='no programme "gadgets"; known are: aliexpress'):
        called("export_rulebook", "1", "--programme", "gadgets")
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_a_refused_file_leaves_no_draft(tmp_path):
    aliexpress()
    person("anna")
    path = tmp_path / "bad.toml"
    path.write_text(RULE + 'when = [{ fact = "country", in = "twelve" }]\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.toml, rule 1 \(a\): the programme has no set"):
        called("import_rulebook", str(path))
    with pytest.raises(CommandError, match="cannot be opened"):
        called("import_rulebook", str(tmp_path / "none.toml"))
    path.write_bytes(b"#" * (LARGEST + 100))
    with pytest.raises(CommandError, match="larger than 1000 KB"):
        called("import_rulebook", str(path))
    assert Rulebook.objects.count() == 4


@pytest.mark.django_db
def test_a_draft_is_made_by_somebody_of_the_staff(tmp_path):
    aliexpress()
    path = tmp_path / "rules.toml"
    called("export_rulebook", "4", "--out", str(path))
    User.objects.create(username="guest")
    User.objects.create(username="gone", is_staff=True, is_active=False)
    for name in ("guest", "gone", "nobody"):
        with pytest.raises(CommandError, match=f'Nobody of the staff is called "{name}"'):
            called("import_rulebook", str(path), "--by", name)
    with pytest.raises(CommandError, match="--by USERNAME"):
        called("import_rulebook", str(path))
    person("anna")
    assert "version 5" in called("import_rulebook", str(path))
    person("boris")
    with pytest.raises(CommandError, match="--by USERNAME"):
        called("import_rulebook", str(path))


@pytest.mark.django_db
def test_an_export_asks_few_queries():
    aliexpress()
    with CaptureQueriesContext(connection) as queries:
        called("export_rulebook", "4")
    assert len([one for one in queries if one["sql"].startswith("SELECT")]) <= 5
