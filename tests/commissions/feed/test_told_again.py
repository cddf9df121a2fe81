"""What a feed said is known again by its template, and so told in the reader's language."""

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from commissions.feed import FeedRefused, read_records
from commissions.feed.wording import PARTS, SENTENCES
from commissions.feed_words import known_again, told
from tests.commissions.feed.feeds import CENTS, GOOD, NOW, csv_file, ndjson, read_bytes, row

PLACE = re.compile(r"%\((\w+)\)s")
CYRILLIC = re.compile("[а-яё]")
WRONG = {
    "order_id": ["", "x", "9" * 400],
    "order_status": ["", "Gone"],
    "effect_detail_status": ["Half"],
    "created_time": ["", "soon", "2020-02-30 10:00:00", "2020-03-08 02:30:00",
                     "9999-01-01 00:00:00", "2030-01-01 00:00:00"],
    "paid_amount": ["", "1.5", "9" * 20],
    "commission_rate": ["much"],
    "is_hot_product": ["", "yes"],
    "dispute": ["yes"],
    "settled_currency": ["", "EUR"],
    "ship_to_country": ["", "Россия"],
    "custom_parameters": ["{", "[1]", '{"af": 1, "af": 2}', '{"af": NaN}', "[" * 100_000,
                          '{"af": "\\u0000"}'],
}  # fmt: skip
LINES = [
    b"{", b"[1]", b'{"a": "\x00"}', b'{"order_id": "1", "order_id": "2"}', b'{"a" 1}',
    b'{"a": 1,}', b'{"a": "\\x"}', b'{"order_id": "\xff"}', b"[" * 100_000,
    ndjson([row(1, paid_amount=[1])]).strip(),
]  # fmt: skip
FILES = [b"", b"PK\x03\x04", b"\xff\xfea", b"no;such\n", b"order_id;sub_order_id\n", b"order_id\n",
         b'"a""b\n', b"order_id,order_id\n", b'{"aliexpress_affiliate_order_list_response": 1}',
         b'{"error_response": {"msg": "x"}}']  # fmt: skip


def in_russian(sentence: str) -> str:
    with override("ru"):
        return told(sentence)


def is_russian(sentence: str) -> bool:
    """Russian around what is quoted, and no template left unfilled."""
    said = in_russian(sentence)
    rest = re.sub(r'"[^"]*"', "", said)
    return bool(CYRILLIC.search(rest)) and " is " not in rest and not PLACE.search(said)


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_what_is_wrong_with_a_field_is_told_in_russian(field, value):
    (parked,) = read_records([{**GOOD, field: value}], CENTS, now=NOW).parked
    assert parked.field == field
    assert is_russian(parked.reason), in_russian(parked.reason)


@pytest.mark.parametrize("line", LINES, ids=lambda line: repr(line[:20]))
def test_what_is_wrong_with_a_line_is_told_in_russian(tmp_path, line):
    parked = read_bytes(tmp_path, ndjson([row(1)]) + line + b"\n").parked
    assert parked
    for one in parked:
        assert is_russian(one.reason), in_russian(one.reason)


@pytest.mark.parametrize("data", FILES, ids=lambda data: repr(data[:20]))
def test_why_a_file_is_refused_is_told_in_russian(tmp_path, data):
    with pytest.raises(FeedRefused) as refused:
        read_bytes(tmp_path, data)
    assert is_russian(str(refused.value)), in_russian(str(refused.value))


def test_what_was_not_read_is_told_in_russian(tmp_path):
    many = {f"new{number}": "" for number in range(30)}
    for data in (ndjson([row(1, **many)]), csv_file([row(1, **many)], names=(*GOOD, *many))):
        (notice,) = read_bytes(tmp_path, data).notices
        said = in_russian(notice)
        assert "new0" in said
        assert "и ещё 10" in said


@given(
    template=st.sampled_from(SENTENCES),
    values=st.lists(st.text(st.characters(categories=["L", "N"])), min_size=4, max_size=4),
)
def test_a_sentence_is_known_again_and_says_the_same(template, values):
    names = sorted(set(PLACE.findall(template)))
    sentence = template % dict(zip(names, values, strict=False))
    known = known_again(sentence, SENTENCES)
    assert known is not None
    again, found = known
    assert again % found == sentence


def test_no_sentence_is_mistaken_for_another():
    for template in (*SENTENCES, *PARTS):
        sentence = template % {name: f"<{name}>" for name in PLACE.findall(template)}
        templates = SENTENCES if template in SENTENCES else PARTS
        known = known_again(sentence, templates)
        assert known is not None
        assert known[0] == template


def test_a_reader_of_english_gets_what_was_kept_and_nobody_loses_what_is_unknown():
    assert told("The file is empty: send it.") == "The file is empty: send it."
    assert in_russian("Somebody's own words.") == "Somebody's own words."
