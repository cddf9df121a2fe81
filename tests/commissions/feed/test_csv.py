"""CSV: headers, separators, quotes and line ends; one bad row never costs another."""

import json

import pytest

from commissions.feed import FeedRefused
from commissions.feed.lines import LINE_BYTES
from tests.commissions.feed.feeds import GOOD, csv_file, csv_line, read_bytes, row

NAMES = list(GOOD)


def line(number=1, **changes):
    """One good CSV line."""
    return csv_line(row(number, **changes).get(name, "") for name in NAMES)


def around(*bad):
    """A file with a header, a good row, the bad lines, and a good row."""
    return csv_file([row(1)]) + b"".join(bad) + line(9)


def survivors(reading):
    """The numbers in the good rows' sub_order_ids."""
    return [int(sub[1:]) for sub in reading.subs]


def refused(folder, data):
    """The sentence with which the file is refused."""
    with pytest.raises(FeedRefused) as caught:
        read_bytes(folder, data)
    return str(caught.value)


# --- files that are refused --------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(tmp_path, data):
    assert "is empty" in refused(tmp_path, data)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_header_alone_is_an_empty_feed(tmp_path, end):
    reading = read_bytes(tmp_path, csv_line(NAMES).rstrip() + end)
    assert (reading.rows.height, reading.rows_read, reading.parked) == (0, 0, [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_refused(tmp_path, encoding):
    data = csv_file([row()]).decode().encode(encoding)
    assert "save it as UTF-8" in refused(tmp_path, data)


@pytest.mark.parametrize(("separator", "word"), [(b";", "semicolons"), (b"\t", "tabs")])
def test_other_separators_are_refused_by_name(tmp_path, separator, word):
    header = separator.join(name.encode() for name in NAMES)
    assert word in refused(tmp_path, header + b"\n" + separator.join([b"1"] * len(NAMES)))


def test_lone_carriage_returns_as_line_ends_are_refused(tmp_path):
    assert "carriage return" in refused(tmp_path, csv_file([row(1), row(2)], end="\r"))


def test_a_column_named_twice_is_refused(tmp_path):
    assert '"paid_amount"' in refused(tmp_path, csv_file([row()], [*NAMES, "paid_amount"]))


def test_missing_columns_are_refused_and_named(tmp_path):
    names = [name for name in NAMES if name not in {"paid_amount", "order_status"}]
    assert "lacks order_status, paid_amount" in refused(tmp_path, csv_file([row()], names))


@pytest.mark.parametrize(
    "data",
    [b"hello\nworld\n", b"<html><body>", b"a,b,c\n1,2,3\n", b"\x00\x01\x02\x03", b"x" * 300_000],
)
def test_what_is_no_feed_is_refused(tmp_path, data):
    assert refused(tmp_path, data).endswith(".")


@pytest.mark.parametrize(
    "magic",
    [b"\x1f\x8b\x08", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ\x90", b"%PDF-1.7", b"7z\xbc\xaf"],
)
def test_packed_and_binary_files_are_refused_by_their_first_bytes(tmp_path, magic):
    assert "UTF-8 text" in refused(tmp_path, magic + bytes(100))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    from tests.commissions.feed.feeds import read_path

    with pytest.raises(FeedRefused, match="cannot be opened"):
        read_path(tmp_path / "nothing")
    with pytest.raises(FeedRefused, match="cannot be opened"):
        read_path(tmp_path)


# --- files that are taken ----------------------------------------------------------------


def test_a_byte_order_mark_is_taken_off(tmp_path):
    assert survivors(read_bytes(tmp_path, b"\xef\xbb\xbf" + csv_file([row(1)]))) == [1]


def test_unknown_columns_are_ignored_and_noticed_once(tmp_path):
    rows = [row(n, colour="blue") for n in range(1, 30)]
    reading = read_bytes(tmp_path, csv_file(rows, ["colour", *NAMES, "size"]), batch_rows=7)
    assert reading.rows.height == 29
    assert reading.notices == ["Columns that are not part of the feed were ignored: colour, size."]


def test_columns_may_come_in_any_order(tmp_path):
    usual = read_bytes(tmp_path, csv_file([row(1)]))
    turned = read_bytes(tmp_path, csv_file([row(1)], NAMES[::-1]))
    assert usual.rows.equals(turned.rows, null_equal=True)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_line_ends_are_taken(tmp_path, end):
    reading = read_bytes(tmp_path, csv_file([row(1), row(2)], end=end))
    assert survivors(reading) == [1, 2]
    assert reading.rows["title"].to_list() == ["A kettle", "A kettle"]


def test_mixed_line_ends_and_no_last_one_are_taken(tmp_path):
    data = csv_file([row(1)]) + line(2).replace(b"\n", b"\r\n") + line(3).rstrip(b"\n")
    reading = read_bytes(tmp_path, data)
    assert survivors(reading) == [1, 2, 3]
    assert set(reading.rows["title"]) == {"A kettle"}


def test_blank_lines_are_passed_over_and_not_counted(tmp_path):
    data = csv_file([row(1)]) + b"\n  \r\n\n" + line(2) + b"\n\n"
    assert read_bytes(tmp_path, data).rows["row"].to_list() == [1, 2]


def test_line_breaks_inside_quotes_are_kept(tmp_path):
    title = 'one\ntwo, "three"\r\n\nfour\rfive'
    reading = read_bytes(tmp_path, around(line(2, product_title=title), line(3)))
    assert survivors(reading) == [1, 2, 3, 9]
    assert reading.rows["title"].to_list()[1] == title
    assert reading.rows["row"].to_list() == [1, 2, 3, 4]


def test_a_field_of_two_hundred_thousand_characters_is_taken(tmp_path):
    title = 'x"\n,' * 12 + "й" * 200_000
    reading = read_bytes(tmp_path, around(line(2, product_title=title)))
    assert reading.rows["title"].to_list()[1] == title


# --- rows that are parked alone ----------------------------------------------------------

BAD_LINES = {
    "short row": (b"1,2,Invalid\n", "has 3 fields where the header has 17"),
    "long row": (line(2).rstrip(b"\n") + b",,x\n", "has 19 fields"),
    "unclosed quote": (line(2).replace(b"A kettle", b'"A kettle'), "never closes it"),
    "unclosed quote early": (b'"1,2\n', "never closes it"),
    "stray quote": (line(2).replace(b"A kettle", b'A "kettle" x'), "middle of a field"),
    "quote after a quoted field": (line(2).replace(b"A kettle", b'"A" kettle'), "middle of a"),
    "lone CR": (line(2).replace(b"A kettle", b"A\rkettle"), "carriage return"),
    "NUL byte": (line(2).replace(b"A kettle", b"A\x00kettle"), "product_title holds a NUL"),
    "NUL in a number": (line(2).replace(b"9999", b"99\x0099"), "paid_amount holds a NUL"),
    "cp1251": (line(2, product_title="Ч").replace("Ч".encode(), b"\xd7"), "not UTF-8"),
    "encoded surrogate": (line(2).replace(b"A kettle", b"\xed\xa0\x80"), "not UTF-8"),
    "too long": (b"x" * (LINE_BYTES + 1) + b"\n", "longer than 1,048,576 bytes"),
    "too long and quoted": (b'"' + b"x" * (LINE_BYTES + 1) + b"\n", "longer than 1,048,576"),
    "row of commas": (b"," * 16 + b"\n", "order_id is empty"),
    "semicolons": (line(2).replace(b",", b";"), "middle of a field"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_parked_alone(tmp_path, name):
    bad, said = BAD_LINES[name]
    reading = read_bytes(tmp_path, around(bad))
    assert survivors(reading) == [1, 9]
    (one,) = reading.parked
    assert one.row == 2
    assert said in one.reason


@pytest.mark.parametrize("name", BAD_LINES)
def test_bad_lines_beside_each_other_and_at_the_end_are_parked_one_by_one(tmp_path, name):
    bad, _ = BAD_LINES[name]
    reading = read_bytes(tmp_path, around(bad, bad, line(3), bad) + bad)
    assert survivors(reading) == [1, 3, 9]
    assert [one.row for one in reading.parked] == [2, 3, 5, 7]


def test_all_kinds_of_bad_lines_together_leave_every_good_row(tmp_path):
    bad = [data for data, _ in BAD_LINES.values()]
    mixed = [part for n, data in enumerate(bad, 100) for part in (data, line(n))]
    reading = read_bytes(tmp_path, around(*mixed))
    assert survivors(reading) == [1, *range(100, 100 + len(bad)), 9]
    assert len(reading.parked) == len(bad)


def test_a_file_cut_in_the_middle_of_a_row_parks_that_row(tmp_path):
    whole = csv_file([row(n) for n in range(1, 4)])
    for cut in range(len(whole) - len("A kettle") - 2, len(whole) - len(line(3)), -1):
        reading = read_bytes(tmp_path, whole[:cut])
        assert survivors(reading) == [1, 2]
        assert [one.row for one in reading.parked] == [3]


def test_an_unclosed_quote_does_not_swallow_what_a_later_quote_would_close(tmp_path):
    opened = line(2).replace(b"A kettle", b'"A kettle')
    closed = line(4).replace(b"A kettle", b'A kettle"')
    reading = read_bytes(tmp_path, around(opened, line(3), closed))
    assert survivors(reading) == [1, 3, 9]
    assert [one.row for one in reading.parked] == [2, 4]


def test_a_quote_that_stays_open_for_more_than_fifty_lines_is_forgotten(tmp_path):
    long = line(2, product_title="a" + "\nb" * 51)
    reading = read_bytes(tmp_path, around(long))
    assert survivors(reading) == [1, 9]
    assert reading.parked[0].reason.startswith("This row opens a quote")
    assert survivors(read_bytes(tmp_path, around(line(2, product_title="a" + "\nb" * 50)))) == [
        1,
        2,
        9,
    ]


# --- what is kept of a parked row --------------------------------------------------------


def test_a_row_that_splits_is_kept_by_its_fields(tmp_path):
    bad = line(2, paid_amount="1e3", product_title='q "x"')
    raw = json.loads(read_bytes(tmp_path, around(bad)).parked[0].raw)
    assert raw["paid_amount"] == "1e3"
    assert raw["product_title"] == 'q "x"'
    assert list(raw) == NAMES


def test_a_row_that_does_not_split_is_kept_as_its_line(tmp_path):
    raw = json.loads(read_bytes(tmp_path, around(b"1,2,Invalid\r\n")).parked[0].raw)
    assert raw == {"_line": "1,2,Invalid"}


def test_bytes_that_are_not_utf8_are_written_out(tmp_path):
    bad = line(2, product_title="Ч").replace("Ч".encode(), b"\xd7\x00")
    one = read_bytes(tmp_path, around(bad)).parked[0]
    assert json.loads(one.raw)["product_title"] == "\\xd7\\u0000"
    assert one.value == "\\xd7\\u0000"


@pytest.mark.parametrize("filler", ["x", "й", '"', "\\", "\x01", "\x00", "\U0001f381"])
@pytest.mark.parametrize("quoted", [True, False])
def test_what_is_kept_is_storable_json_and_bounded(tmp_path, filler, quoted):
    many = filler * (900_000 // len(filler.encode()) // (2 if filler == '"' else 1))
    bad = line(2, product_title=many, paid_amount="x") if quoted else many.encode() + b"\n"
    (one,) = read_bytes(tmp_path, around(bad)).parked
    assert len(one.raw) <= 200_000
    assert "\x00" not in one.raw
    one.raw.encode("utf-8")
    assert "…cut" in one.raw
    assert isinstance(json.loads(one.raw), dict)


def test_a_feed_of_three_hundred_columns_is_read_too(tmp_path):
    names = [*NAMES, *(f"extra{n}" for n in range(300))]
    reading = read_bytes(tmp_path, csv_file([row(1), row(2, paid_amount="x"), row(3)], names))
    assert survivors(reading) == [1, 3]
    assert "and 280 more" in reading.notices[0]
