"""NDJSON and the API's pages: broken rows alone, numbers as tokens, keys given twice."""

import json

import pytest

from commissions.feed import FeedRefused, json_pages
from commissions.feed.lines import LINE_BYTES
from tests.commissions.feed.feeds import ndjson, page, read_bytes, row


def survivors(reading):
    """The numbers in the good rows' sub_order_ids."""
    return [int(sub[1:]) for sub in reading.subs]


def good(number):
    """One good line."""
    return ndjson([row(number)])


BAD_LINES = {
    "broken": (b'{"order_id": 1,\n', "not readable JSON"),
    "cut": (good(2)[:-20] + b"\n", "not readable JSON"),
    "garbage": (b"garbage\n", "not readable JSON"),
    "two objects": (good(2).rstrip() + good(3), "not readable JSON"),
    "a list": (b"[1, 2]\n", "not a JSON object"),
    "a text": (b'"x"\n', "not a JSON object"),
    "null": (b"null\n", "not a JSON object"),
    "a number": (b"1e999\n", "not a JSON object"),
    "200,000 brackets": (b"[" * 200_000 + b"\n", "nested too deeply"),
    "200,000 objects": (b'{"a":' * 200_000 + b"\n", "nested too deeply"),
    "too long": (b'{"a": "' + b"x" * LINE_BYTES + b'"}\n', "longer than 1,048,576 bytes"),
    "NUL byte": (good(2).replace(b"A kettle", b"A\x00"), "holds a NUL byte"),
    "raw control character": (good(2).replace(b"A kettle", b"A\x07"), "not readable JSON"),
    "NUL escape": (good(2).replace(b"A kettle", b"A\\u0000"), "product_title holds a NUL"),
    "lone surrogate": (good(2).replace(b"A kettle", b"\\ud83c"), "half of a surrogate pair"),
    "surrogate in an unknown field": (
        ndjson([row(2, zzz=[{"x": "\ud800"}])]),
        "zzz holds half of a surrogate",
    ),
    "surrogate in a key": (ndjson([row(2, **{"\udfff": 1})]), "half of a surrogate"),
    "not UTF-8": (good(2).replace(b"A kettle", b"\xd7\xe0"), "product_title holds bytes"),
    "key twice": (good(2).replace(b"{", b'{"paid_amount": "1", ', 1), 'gives "paid_amount" twice'),
    "an object for a text": (ndjson([row(2, product_title={"en": "x"})]), "is not a text"),
    "a list for a number": (ndjson([row(2, order_id=[1])]), "is not a text"),
    "an object for an amount": (ndjson([row(2, paid_amount={"a": 1e3})]), "is not a text"),
    "empty object": (b"{}\n", "order_id is empty"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_parked_alone(tmp_path, name):
    bad, said = BAD_LINES[name]
    reading = read_bytes(tmp_path, good(1) + bad + good(9))
    assert survivors(reading) == [1, 9]
    (one,) = reading.parked
    assert one.row == 2
    assert said in one.reason


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_at_either_end_is_parked_alone(tmp_path, name):
    bad, _ = BAD_LINES[name]
    reading = read_bytes(tmp_path, bad + good(1) + bad.rstrip(b"\n"))
    assert survivors(reading) == [1]
    assert [one.row for one in reading.parked] == [1, 3]


@pytest.mark.parametrize("name", BAD_LINES)
def test_what_is_kept_of_it_is_storable_json_and_bounded(tmp_path, name):
    bad, _ = BAD_LINES[name]
    (one,) = read_bytes(tmp_path, good(1) + bad).parked
    assert isinstance(json.loads(one.raw), dict)
    assert len(one.raw) <= 200_000
    for text in (one.raw, one.value, one.field, one.reason):
        assert "\x00" not in text
        text.encode("utf-8")


def test_the_same_key_with_the_same_value_again_is_nothing(tmp_path):
    data = good(1).replace(b"{", b'{"paid_amount": 9999, "zzz": null, "zzz": null, ', 1)
    assert survivors(read_bytes(tmp_path, data)) == [1]


def test_blank_lines_and_both_line_ends_are_taken(tmp_path):
    data = good(1).replace(b"\n", b"\r\n") + b"\n \r\n" + good(2) + good(3).rstrip()
    assert read_bytes(tmp_path, data).rows["row"].to_list() == [1, 2, 3]


def test_a_byte_order_mark_is_taken_off(tmp_path):
    assert survivors(read_bytes(tmp_path, b"\xef\xbb\xbf" + good(1))) == [1]


def test_line_separators_of_unicode_end_no_line(tmp_path):
    title = "a\u2028b\u0085c\x1cd"
    line = json.dumps(row(1, product_title=title), ensure_ascii=False).encode()
    assert read_bytes(tmp_path, line).rows["title"].item() == title.replace("\x1c", "\x1c")


def test_unknown_fields_are_ignored_and_noticed_once(tmp_path):
    rows = [row(n, colour={"a": [1]}, size=None) for n in range(1, 30)]
    reading = read_bytes(tmp_path, ndjson(rows), batch_rows=7)
    assert reading.rows.height == 29
    assert reading.notices == ["Fields that are not part of the feed were ignored: colour, size."]


def test_emoji_written_as_a_surrogate_pair_is_a_character(tmp_path):
    reading = read_bytes(tmp_path, ndjson([row(1, product_title="🎁")]))
    assert reading.rows["title"].item() == "🎁"


def test_a_nested_value_is_kept_as_its_json(tmp_path):
    data = ndjson([row(1, paid_amount={"a": 1})]).replace(b'"a": 1', b'"a": 1.50, "b": [true]')
    raw = json.loads(read_bytes(tmp_path, data).parked[0].raw)
    assert raw["paid_amount"] == '{"a": 1.50, "b": [true]}'


def test_a_line_that_is_broken_is_kept_as_it_came(tmp_path):
    one = read_bytes(tmp_path, good(1) + b'{"a": "\xd7\n').parked[0]
    assert json.loads(one.raw) == {"_line": '{"a": "\\xd7'}


# --- pages -------------------------------------------------------------------------------


def refused(folder, data):
    """The sentence with which the file is refused."""
    with pytest.raises(FeedRefused) as caught:
        read_bytes(folder, data)
    return str(caught.value)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_page_is_read_on_one_line_and_on_many(tmp_path, indent):
    reading = read_bytes(tmp_path, page([row(1), row(2, paid_amount="x"), row(3)], indent))
    assert reading.rows["row"].to_list() == [1, 3]
    assert [one.row for one in reading.parked] == [2]
    assert reading.bytes_done == len(page([row(1), row(2, paid_amount="x"), row(3)], indent))


def test_a_page_may_begin_with_another_key_and_a_byte_order_mark(tmp_path):
    data = b'\xef\xbb\xbf\n{"request_id": "x", ' + page([row(1)])[1:]
    assert survivors(read_bytes(tmp_path, data)) == [1]


def test_an_empty_page_is_an_empty_feed(tmp_path):
    assert read_bytes(tmp_path, page([])).rows_read == 0
    for empty in (b'"orders": {}', b'"orders": null', b'"orders": {"order": null}'):
        data = page([]).replace(b'"orders": {"order": []}', empty)
        reading = read_bytes(tmp_path, data)
        assert (reading.rows.height, reading.parked) == (0, [])


def test_a_page_that_failed_is_refused_with_its_message(tmp_path):
    data = page([]).replace(b"200", b"405").replace(b"Call succeeds", b"The result is empty")
    assert '"405"' in refused(tmp_path, data)
    assert "The result is empty" in refused(tmp_path, data)


def test_an_error_response_is_refused_with_its_message(tmp_path):
    assert "Invalid signature" in refused(
        tmp_path, b'{"error_response": {"code": 25, "msg": "Invalid signature"}}'
    )


@pytest.mark.parametrize(
    "change",
    [
        (b'"order": [', b'"order": {"a": ['),
        (b'"orders": {', b'"orders": [{'),
        (b'{"current', b'{"current"'),
        (b'"resp_code": 200', b'"resp_code": 200, "resp_code": 405'),
        (b"}}}}", b"}}}"),
    ],
)
def test_a_page_that_is_cut_or_of_another_shape_is_refused(tmp_path, change):
    assert refused(tmp_path, page([row(1)]).replace(*change)).endswith(".")


def test_a_page_nested_too_deeply_is_refused(tmp_path):
    data = page([row(1)]).replace(b'"order": [', b'"order": ' + b"[" * 200_000)
    assert "nested too deeply" in refused(tmp_path, data)


def test_a_page_beyond_its_bound_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(json_pages, "MAX_PAGE_BYTES", 1000)
    assert "larger than 64 MB" in refused(tmp_path, page([row(n) for n in range(9)]))


@pytest.mark.parametrize("bound", ["MAX_PAGE_ORDERS", "MAX_PAGE_COMMAS"])
def test_a_page_of_countless_tiny_values_is_refused(tmp_path, monkeypatch, bound):
    monkeypatch.setattr(json_pages, bound, 20)
    assert "smaller pages" in refused(tmp_path, page([{} for _ in range(30)]))


def test_bad_orders_of_a_page_are_parked_alone(tmp_path):
    orders = [row(1), 5, None, [], row(2, product_title="\ud800"), row(3, order_id={}), row(4)]
    reading = read_bytes(tmp_path, page(orders))
    assert survivors(reading) == [1, 4]
    assert [one.row for one in reading.parked] == [2, 3, 4, 5, 6]


def test_an_order_that_gives_a_key_twice_is_parked_alone_with_both(tmp_path):
    data = page([row(1), row(2)]).replace(b'{"order_id"', b'{"paid_amount": 1, "order_id"', 1)
    reading = read_bytes(tmp_path, data)
    assert survivors(reading) == [2]
    assert '"paid_amount": 1,' in json.loads(reading.parked[0].raw)["_line"]
