"""What cannot be read is parked with its reason, told, mendable - and never touches the books."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone

from commissions.enums import ImportState, ParkedState
from commissions.ledger.keys import transfers_of_line
from commissions.models import (
    ConfirmedTotal,
    DailyTotal,
    FeedImport,
    LedgerAccount,
    NetworkTotal,
    OrderLine,
    ParkedRow,
    Programme,
    StaleRow,
    Transfer,
)
from commissions.operations.feed import (
    StillUnreadable,
    fields_of_parked,
    receive_feed,
    replay_parked_row,
)
from commissions.pipeline.ingest import run_file
from tests.commissions.feed import feeds
from tests.fact_files import PUBLISHERS, SOURCES, aliexpress
from tests.journeys.worlds_through import (
    assert_books_agree,
    exported,
    ingest,
    line,
    load,
    write_lines,
)
from tests.oracle.worlds import BAD_IDS, STATUSES, Raw, as_json

pytestmark = pytest.mark.django_db

TOTALS = (DailyTotal, NetworkTotal, ConfirmedTotal)

# Each kind of parking: the field, what its sentence says is expected, and values at fault.
ID = "write its digits 0 to 9 and nothing else"
CENTS = "write digits only, such as 1050 for 10.50"
UNITS = "write digits with at most two decimals, such as 10.50"
OVER = "over 10^12 cents, the largest amount that is taken"
TIME = "write YYYY-MM-DD HH:MM:SS, such as 2020-02-21 21:29:22"
OBJECT = 'write an object such as {"af": "source-code"}'
NUMBERS = [
    "NaN", "1e999", "1e3", "1,234.56", "1.234,56", "1_000", "\uff11\uff10", "\u0661\u0660",
    "10\u00a0", "-0", "-5", "+5", "0.00005", "0x10", " 5", "5 ", "Infinity",
    Raw("1e999"), Raw("NaN"), Raw("true"),
]  # fmt: skip
GREAT = ["1000000000001", str(2**63), "9" * 5000, Raw(str(2**63))]
NOT_TIMES = [
    "2020-03-10T10:00:00", "2020-03-10 10:00:00Z", "2020-03-10 10:00:00+25:00", "2020-03-10",
    "2020-03-10 10:00:60", "9999-12-31 23:59:59-14:00", "02/03/2020 10:00:00", "infinity",
    "2020-03-10 10:00:00.000001", "10000-01-01 00:00:00", Raw("1583830800"),
]  # fmt: skip
NOT_IN_CALENDAR = ["2020-02-31 10:00:00", "2019-02-29 10:00:00", "0000-01-01 00:00:00"]
KINDS = [
    ("sub_order_id", ID, ["", None, *BAD_IDS[2:], "8.19E+15", Raw("8.19e15"), "\u0661\u0662"]),
    ("order_id", ID, ["", None, "12a", "8.19E+15", "-5", " 12", Raw("819.0")]),
    ("order_status", "write one of Payment Completed, Buyer", ["", None, "Paid", "Invalid "]),
    ("effect_detail_status", "write FullRefund, Antispam or nothing", ["Refund", "fullrefund"]),
    ("ship_to_country", "write its two capitals by ISO 3166", ["", "us", "XX", "UK", "USA"]),
    ("settled_currency", "only USD is taken", ["", "EUR", "usd", "RUB"]),
    ("is_hot_product", "write exactly Y or N", ["", None, "y", " Y", Raw("true")]),
    ("is_affiliate_product", "write exactly Y or N", ["", "yes", "N ", "0"]),
    ("dispute", "write Y, N or nothing", ["X", "y", Raw("true")]),
    ("assistant_plugin", "write Y, N or nothing", ["n", "No", Raw("1")]),
    ("paid_amount", CENTS, ["", None, "10.50", Raw("10.0"), "-1", "5\n"]),
    ("paid_amount", CENTS, NUMBERS),
    ("paid_amount", OVER, GREAT),
    ("finished_amount", CENTS, NUMBERS),
    ("finished_amount", OVER, GREAT),
    ("commission_rate", "write it such as 7.00%", ["7", "7.000%", "7,5%", "-7%", ".5%", "NaN%"]),
    ("created_time", TIME, ["", None, *NOT_TIMES]),
    ("created_time", "is not in the calendar", NOT_IN_CALENDAR),
    ("created_time", "the clocks were put forward over it", ["2020-03-08 02:30:00"]),
    ("created_time", "more than 24 hours ahead of the clock", ["9998-01-01 00:00:00"]),
    ("paid_time", TIME, NOT_TIMES),
    ("finished_time", "is not in the calendar", NOT_IN_CALENDAR),
    ("completed_settlement_time", "the clocks were put", ["2019-03-10 02:00:00"]),
    ("custom_parameters", OBJECT, ["[]", "null", "7", "af=x", "{", '{"af": NaN}', "[" * 9000]),
    ("customer_parameters", "the same field with different content", ['{"af": "other"}']),
]
NAMES_TURNED = tuple(reversed([*feeds.GOOD, "dispute", "assistant_plugin"]))
KIND_NAMES = [f"{field}: {expected[:24]}" for field, expected, _ in KINDS]


@pytest.fixture(autouse=True)
def _sources(tmp_path):
    aliexpress()
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "publishers.csv").write_text(PUBLISHERS.lstrip())
    (folder / "sources.csv").write_text(SOURCES.lstrip())
    load(folder)


# --- rows, files, and what the database holds --------------------------------------------------


def row(number: int, **changes: object) -> dict[str, object]:
    """A good row of an order of its own: anna's, waiting, 549 cents."""
    return feeds.row(number, **{"order_id": f"8{number:014d}", **changes})


def sub(number: int) -> str:
    """The sub-order number of `row(number)`."""
    return f"9{number:014d}"


def write(path: Path, *rows: dict[str, object]) -> Path:
    """An NDJSON file."""
    return write_lines(path, map(as_json, rows))


def text_of(value: object) -> str:
    """A value as the feed gives it."""
    return value.token if isinstance(value, Raw) else str(value or "")


def books_as_stored() -> list[object]:
    """Everything of the books and of what was put aside, row by row."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (OrderLine, Transfer, LedgerAccount, *TOTALS, ParkedRow, StaleRow)
    ]


def booked() -> dict[str, tuple[object, ...]]:
    """Each line's status and commission."""
    return {
        one["sub_order_id"]: (one["status"], one["commission_cents"]) for one in exported("lines")
    }


def only_parked() -> ParkedRow:
    """The one parked row."""
    return ParkedRow.objects.get(state=ParkedState.PARKED)


def replay(parked: ParkedRow, **changes: str) -> ParkedRow:
    """Mend some fields of a parked row and take it into the books."""
    fields = {**fields_of_parked(parked), **changes}
    return replay_parked_row(parked_id=parked.pk, fields=fields, by=None, at=timezone.now())


# --- every kind of parking ---------------------------------------------------------------------


@pytest.mark.parametrize(("field", "expected", "values"), KINDS, ids=KIND_NAMES)
def test_an_unreadable_row_is_told_kept_once_and_changes_nothing(tmp_path, field, expected, values):
    """Each stands right after a good row of the same sub-order, which it would have ended."""
    rows = []
    for number, value in enumerate(values):
        ending = {"order_status": "Invalid", "paid_amount": "1"}
        rows += [row(number), row(number, **{**ending, field: value})]
    feed = write(tmp_path / "feed.ndjson", *rows, row(len(values)))
    for turn in ("first", "again"):
        answer = ingest(feed)
        assert answer.exit_code == 1
        assert booked() == {sub(number): ("waiting", 549) for number in range(len(values) + 1)}
        assert ParkedRow.objects.count() == len(values), turn
        if turn == "first":
            told = [line.strip() for line in answer.err.splitlines()]
            before = books_as_stored()
    assert books_as_stored() == before
    assert len(told) == len(values)
    for place, (sentence, value) in enumerate(zip(told, values, strict=True)):
        assert sentence.startswith(f"{feed.name}, row {2 * place + 2}: ")
        assert_names(sentence, field, text_of(value), expected)
    assert set(ParkedRow.objects.values_list("field", flat=True)) == {field}
    assert_books_agree()


def assert_names(sentence: str, field: str, text: str, expected: str) -> None:
    """The sentence names the field, its value, and what is expected."""
    assert field in sentence
    assert expected in sentence
    assert sentence.endswith(".")
    if not text:
        assert f"{field} is empty" in sentence
    elif text.isprintable():
        assert f'"{text[:20]}' in sentence


@pytest.mark.parametrize(("field", "expected", "values"), KINDS, ids=KIND_NAMES)
def test_a_mended_row_is_booked_as_if_it_had_come_right_at_once(tmp_path, field, expected, values):
    twin, mended = row(1), row(2)
    ingest(write(tmp_path / "feed.ndjson", twin, {**mended, field: values[0]}))
    replayed = replay(only_parked(), **{field: text_of(mended.get(field))})
    assert (replayed.state, replayed.mended[field]) == (
        ParkedState.REPLAYED, text_of(mended.get(field)),
    )  # fmt: skip
    assert not ParkedRow.objects.filter(state=ParkedState.PARKED).exists()
    numbers = {"order_id": twin["order_id"], "sub_order_id": sub(1)}
    assert line(sub(1)) == {**(line(sub(2)) or {}), **numbers}
    assert moved(sub(1)) == moved(sub(2)) != []
    assert_books_agree()


def moved(sub_order_id: str) -> list[tuple[object, ...]]:
    """The transfers of a line, without their keys."""
    number = OrderLine.objects.get(sub_order_id=sub_order_id).pk
    columns = ("debit_id", "credit_id", "amount_cents", "event_at")
    return list(transfers_of_line(number).values_list(*columns))


def test_amounts_in_units_have_at_most_two_decimals(tmp_path):
    values = ["10.505", "10.", ".5", "1e3", "10,50", "-1.00", "10000000000.01"]
    rows = [row(number, paid_amount=value) for number, value in enumerate(values)]
    answer = ingest(write(tmp_path / "feed", *rows, row(9, paid_amount="99.99")), unit="units")
    assert answer.exit_code == 1
    assert booked() == {sub(9): ("waiting", 549)}
    for value, sentence in zip(values, answer.err.splitlines(), strict=True):
        assert f'paid_amount "{value}"' in sentence
        assert (OVER if value == values[-1] else UNITS) in sentence
    replay(ParkedRow.objects.get(value="10.505"), paid_amount="99.99")
    assert booked() == {sub(number): ("waiting", 549) for number in (0, 9)}


def test_what_may_be_empty_odd_or_unreadable_parks_nothing(tmp_path):
    odd = {"estimated_paid_commission": "-5", "new_buyer_bonus_commission": Raw("1e999")}
    title = "=cmd|' /C calc'!A0 \u202e ali\u200bexpress -5"
    rows = [
        row(1, **odd, product_title=title),
        row(2, dispute="", assistant_plugin=None, effect_detail_status=None, commission_rate=""),
        row(3, customer_parameters='{"af":"anna-site"}', unheard_of="x"),
        row(4, custom_parameters=..., customer_parameters='{"af": "anna-site"}', tracking_id=""),
        row(5, paid_amount=Raw("0")),
        row(6, paid_amount=str(10**12), commission_rate="170%"),
        row(7, created_time="2018-11-04 01:30:00"),
        row(8, created_time="2018-09-30 10:00:00"),
    ]
    feed = write_lines(tmp_path / "feed", [as_json(_given(one)) for one in rows])
    answer = ingest(feed)
    assert (answer.exit_code, answer.err) == (0, "")
    assert "note: Fields that are not part of the feed were ignored: unheard_of." in answer.out
    lines = booked()
    assert lines[sub(5)] == ("waiting", 0)
    assert lines[sub(6)] == ("waiting", 3850)
    assert lines[sub(8)] == ("held", 0)
    assert {lines[sub(n)] for n in (1, 2, 3, 4, 7)} == {("waiting", 549)}
    # The hour that occurs twice is the first: summer time's.
    assert (
        OrderLine.objects.get(sub_order_id=sub(7))
        .created_at.isoformat()
        .startswith("2018-11-04T08:30:00")
    )


def _given(one: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in one.items() if value is not ...}


# --- mending -----------------------------------------------------------------------------------


def test_a_row_that_is_still_unreadable_leaves_everything_as_it_was(tmp_path):
    ingest(write(tmp_path / "feed", row(1), row(2, paid_amount="1e3", ship_to_country="UK")))
    before = books_as_stored()
    with pytest.raises(StillUnreadable) as refused:
        replay(only_parked(), ship_to_country="GB")
    assert (refused.value.field, "1e3" in str(refused.value)) == ("paid_amount", True)
    with pytest.raises(StillUnreadable) as refused:
        replay(only_parked(), paid_amount="1000")
    assert (refused.value.field, "UK" in str(refused.value)) == ("ship_to_country", True)
    assert books_as_stored() == before
    replay(only_parked(), paid_amount="1000", ship_to_country="GB")
    assert booked() == {sub(1): ("waiting", 549), sub(2): ("waiting", 55)}


def test_a_mended_row_delivered_broken_again_stays_mended(tmp_path):
    feed = write(tmp_path / "feed", row(1), row(2, paid_amount="1e3"))
    assert ingest(feed).exit_code == 1
    replay(only_parked(), paid_amount="9999")
    before = books_as_stored()
    answer = ingest(feed)
    assert (answer.exit_code, answer.err) == (0, ""), "nothing waits for a person any more"
    assert "0 parked" in answer.out
    assert books_as_stored() == before
    # What the merchant says later stands, and the broken row does not undo it.
    ingest(write(tmp_path / "later", row(2, paid_amount="20000")))
    ingest(feed)
    assert booked()[sub(2)] == ("waiting", 1100)


def test_a_broken_row_is_parked_once_whichever_form_it_comes_in(tmp_path):
    rows = [row(1), row(2, paid_amount="1e3", finished_amount=None, dispute="")]
    forms = (feeds.ndjson(rows), csv_of(*rows, names=NAMES_TURNED), feeds.page(rows))
    for number, content in enumerate(forms):
        path = tmp_path / str(number)
        path.write_bytes(content)
        assert ingest(path).exit_code == 1
        assert ParkedRow.objects.count() == 1
    replay(only_parked(), paid_amount="9999")
    assert ingest(*(tmp_path / str(number) for number in range(3))).exit_code == 0


def test_a_row_is_replayed_once_however_often_it_is_asked_for(tmp_path):
    ingest(write(tmp_path / "feed", row(1), row(2, paid_amount="1e3")))
    parked = only_parked()
    replay(parked, paid_amount="9999")
    before = books_as_stored()
    assert replay(parked, paid_amount="5").mended["paid_amount"] == "9999"
    assert books_as_stored() == before


def test_a_mended_row_that_was_overtaken_meanwhile_changes_nothing(tmp_path):
    """A parked row counts as not yet come: the status known by now stands."""
    ingest(write(tmp_path / "feed", row(1, paid_amount="1e3")))
    ingest(write(tmp_path / "later", row(1, order_status="Completed Settlement")))
    replay(only_parked(), paid_amount="5000")
    assert booked() == {sub(1): ("confirmed", 549)}
    assert only_parked_states() == {ParkedState.REPLAYED}


def only_parked_states() -> set[str]:
    """The states of all rows ever parked."""
    return set(ParkedRow.objects.values_list("state", flat=True))


def test_a_line_that_was_no_row_is_mended_as_a_whole(tmp_path):
    text = as_json(row(2))
    ingest(write_lines(tmp_path / "feed", [as_json(row(1)), text[:-3]]))
    assert fields_of_parked(only_parked()) == {"_line": text[:-3]}
    before = books_as_stored()
    with pytest.raises(StillUnreadable, match="not readable JSON"):
        replay(only_parked())
    assert books_as_stored() == before
    replay(only_parked(), _line=text)
    assert booked() == {sub(1): ("waiting", 549), sub(2): ("waiting", 549)}


# --- whole files (the corpus of what may come through a door) ----------------------------------


def zipped(content: bytes) -> bytes:
    """A ZIP archive of one file, as a workbook is."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", content)
    return out.getvalue()


def csv_of(*rows: dict[str, object], names: tuple[str, ...] = tuple(feeds.GOOD)) -> bytes:
    """A CSV file."""
    return feeds.csv_file(rows, names)


CSV = csv_of(row(1), row(2), row(3))
NDJSON = feeds.ndjson([row(1), row(2), row(3)])
ROW = feeds.ndjson([row(2)])
SECOND = feeds.csv_line(row(2)[name] for name in feeds.GOOD)
REFUSED = {
    "empty": (b"", "is empty"),
    "white space": (b"\n \r\n", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "UTF-16 with its mark": (CSV.decode().encode("utf-16"), "save it as UTF-8"),
    "UTF-16 without": (NDJSON.decode().encode("utf-16-be"), "save it as UTF-8"),
    "gzip": (gzip.compress(NDJSON), "compressed with gzip"),
    "a workbook, or a bomb": (zipped(b"0" * 10_000_000), "a ZIP archive or an XLSX workbook"),
    "renamed program": (b"MZ\x90\x00" + bytes(99), "a program"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    "semicolons": (CSV.replace(b",", b";"), "separated by semicolons"),
    "tabs": (CSV.replace(b",", b"\t"), "separated by tabs"),
    "lone carriage returns": (CSV.replace(b"\n", b"\r"), "end in a lone carriage return"),
    "duplicate header": (csv_of(row(1), names=(*feeds.GOOD, "paid_amount")), '"paid_amount"'),
    "missing column": (csv_of(row(1), names=tuple(feeds.GOOD)[:7]), "The header lacks paid_amount"),
    "no feed": (b"<!DOCTYPE html><html>", "This is not an order feed"),
    "billion laughs": (b"<?xml version='1.0'?><!DOCTYPE lolz>", "This is not an order feed"),
    "a page cut in the middle": (feeds.page([row(1), row(2)])[:-40], "may have been cut"),
    "an error of the API": (b'{"error_response": {"msg": "Invalid session"}}', "Invalid session"),
}
PARKED = {
    "cp1251": (CSV.replace(SECOND, SECOND.replace(b"A kettle", b"\xd7\xe0")), "not UTF-8"),
    "NUL byte": (CSV.replace(SECOND, SECOND.replace(b"kettle", b"\x00")), "a NUL character"),
    "unclosed quote": (CSV.replace(SECOND, b'"' + SECOND), "opens a quote and never closes it"),
    "a lone CR": (CSV.replace(SECOND, SECOND.replace(b" ", b"\r", 1)), "a carriage return outside"),
    "short row": (CSV.replace(SECOND, b"1,2,3\n"), "has 3 fields where the header has 17"),
    "long row": (CSV.replace(SECOND, SECOND[:-1] + b",x\n"), "has 18 fields where the header has"),
    "rounded number": (
        CSV.replace(SECOND, SECOND.replace(sub(2).encode(), b"8.19E+15")),
        'sub_order_id "8.19E+15" is not a merchant\'s number',
    ),
    "brackets without end": (
        NDJSON.replace(ROW, b"[" * 200_000 + b"\n"),
        "nested too deeply",
    ),
    "half of a surrogate pair": (
        NDJSON.replace(ROW, feeds.ndjson([row(2, product_title="\ud83c")])),
        "product_title holds half of a surrogate pair",
    ),
    "a key twice": (
        NDJSON.replace(ROW, b'{"paid_amount": "1", ' + ROW[1:]),
        'gives "paid_amount" twice with different values',
    ),
    "an object for a text": (
        NDJSON.replace(ROW, feeds.ndjson([row(2, order_id={"a": 1})])),
        "order_id",
    ),
}
TAKEN = {
    "a byte order mark": b"\xef\xbb\xbf" + CSV,
    "CRLF": CSV.replace(b"\n", b"\r\n"),
    "mixed line ends": CSV.replace(b"\n", b"\r\n", 2).rstrip(b"\n"),
    "the same rows twice": CSV + CSV.split(b"\n", 1)[1],
    "a field of 200 kB": CSV.replace(b"A kettle", b"x" * 200_000, 1),
    "formulas and minus five": CSV.replace(b"A kettle", b"=1+1", 1).replace(b"A kettle", b"-5", 1),
    "a column nobody knows": csv_of(row(1), row(2), row(3), names=("colour", *feeds.GOOD)),
    "a page on many lines": feeds.page([row(1), row(2), row(3)], indent=2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_changes_nothing_and_says_why(tmp_path, name):
    ingest(write(tmp_path / "before", row(1), row(2, paid_amount="x")))
    before = books_as_stored()
    content, why = REFUSED[name]
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    answer = ingest(path)
    assert answer.exit_code == 1
    assert answer.err.startswith("orders.csv was refused: ")
    assert why in answer.err
    assert answer.err.endswith(".\n")
    assert "Traceback" not in answer.err
    assert books_as_stored() == before
    assert FeedImport.objects.latest("id").state == ImportState.REFUSED


def test_a_refused_file_does_not_keep_the_others_from_being_read(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    answer = ingest(write(tmp_path / "a", row(1)), empty, write(tmp_path / "b", row(2)))
    assert answer.exit_code == 1
    assert booked() == {sub(1): ("waiting", 549), sub(2): ("waiting", 549)}


@pytest.mark.parametrize("name", PARKED)
def test_a_bad_line_in_a_file_is_parked_alone(tmp_path, name):
    content, why = PARKED[name]
    assert content not in (CSV, NDJSON)
    path = tmp_path / "feed"
    path.write_bytes(content)
    answer = ingest(path)
    assert answer.exit_code == 1
    assert answer.err.startswith("  feed, row 2: ")
    assert why in answer.err
    assert booked() == {sub(1): ("waiting", 549), sub(3): ("waiting", 549)}
    before = books_as_stored()
    assert ingest(path).exit_code == 1
    assert books_as_stored() == before


@pytest.mark.parametrize("content", [CSV[:-30], NDJSON[:-30]])
def test_a_file_cut_in_the_middle_gives_every_whole_row(tmp_path, content):
    path = tmp_path / "cut"
    path.write_bytes(content)
    answer = ingest(path)
    assert (answer.exit_code, ", row 3: " in answer.err) == (1, True)
    assert booked() == {sub(1): ("waiting", 549), sub(2): ("waiting", 549)}
    # The whole file, come later, brings the row that was cut.
    path.write_bytes(CSV)
    assert ingest(path).exit_code == 0
    assert set(booked()) == {sub(1), sub(2), sub(3)}


@pytest.mark.parametrize("name", TAKEN)
def test_an_unusual_file_is_taken_whole(tmp_path, name):
    path = tmp_path / "feed.txt"
    path.write_bytes(TAKEN[name])
    answer = ingest(path)
    assert (answer.exit_code, answer.err) == (0, "")
    assert booked() == {sub(number): ("waiting", 549) for number in (1, 2, 3)}
    before = books_as_stored()
    again = path.rename(tmp_path / "under another name")
    assert ingest(again).exit_code == 0
    assert books_as_stored() == before


def test_a_header_alone_is_a_feed_without_orders(tmp_path):
    path = tmp_path / "feed"
    path.write_bytes(csv_of())
    answer = ingest(path)
    assert (answer.exit_code, answer.err) == (0, "")
    assert "0 rows read" in answer.out
    assert booked() == {}


# --- a run that was cut short ------------------------------------------------------------------


class CutShort(Exception):
    """The worker died."""


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_an_import_cut_short_and_run_again_counts_every_row_once(tmp_path, cut):
    """A run begins at the file's beginning, and so does its report."""
    waiting, received, settled = (row(1, order_status=status) for status in STATUSES[:3])
    broken = [row(number, paid_amount="x") for number in (2, 3)]
    rows = [waiting, broken[0], received, waiting, settled, broken[1], received, row(4)]
    path, now = write(tmp_path / "feed", *rows), timezone.now()
    feed = receive_feed(
        programme=Programme.objects.get(code="aliexpress"), name="feed", amount_unit="cents",
        by=None, at=now,
    )  # fmt: skip
    left = [cut]

    def dies(_: FeedImport, _waiting: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise CutShort

    with pytest.raises(CutShort):
        run_file(feed, path, now=now, batch_rows=3, on_batch=dies)
    done = run_file(FeedImport.objects.get(pk=feed.pk), path, now=now, batch_rows=3)
    assert (done.rows_read, done.rows_parked, ParkedRow.objects.count()) == (8, 2, 2)
    made = done.lines_new + done.lines_changed
    assert made + done.rows_same + done.rows_stale + done.rows_parked == done.rows_read
    assert min(made, done.rows_same) >= 0
    # Read again, a row that an earlier run has overtaken by a later one is stale as well.
    assert {4, 7} <= set(done.stale_rows.values_list("row", flat=True))
    assert done.stale_rows.count() == done.rows_stale
    assert booked() == {sub(1): ("confirmed", 549), sub(4): ("waiting", 549)}
