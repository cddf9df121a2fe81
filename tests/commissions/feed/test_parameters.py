"""custom_parameters: where af and dp come from, and when a row is parked for them."""

import json

import pytest

from tests.commissions.feed.feeds import csv_file, ndjson, read_bytes, row

TAKEN = [
    ("", "", ""),
    (None, "", ""),
    (..., "", ""),
    ("{}", "", ""),
    (" { } ", "", ""),
    ('{"af": "a"}', "a", ""),
    ('{"af":"a"}', "a", ""),
    ('{"af": "a", "dp": "b"}', "a", "b"),
    ('{"af":"a","dp":"b"}', "a", "b"),
    ('{"dp": "b"}', "", "b"),
    ('{"dp": "b", "af": "a"}', "a", "b"),
    ('{"af": "a", "cn": "x", "dp": "b"}', "a", "b"),
    ('\t{"af" : "a"}\n', "a", ""),
    ('{"af": "Кириллица 🎁"}', "Кириллица 🎁", ""),
    ('{"af": "\\u043a\\n\\"q\\""}', 'к\n"q"', ""),
    ('{"af": "\\ud83c\\udf81"}', "🎁", ""),
    ('{"af": ""}', "", ""),
    ('{"af": 5, "dp": 900000000000400}', "5", "900000000000400"),
    ('{"af": 1e3}', "1e3", ""),
    ('{"af": null, "dp": true}', "", ""),
    ('{"af": ["a"], "dp": {"a": 1}}', "", ""),
    ('{"af": "a", "af": "a"}', "a", ""),
    ({"af": "a", "dp": 7}, "a", "7"),
    ({}, "", ""),
    ({"af": 'q"\\'}, 'q"\\', ""),
]
PARKED = [
    "[]", "5", "null", "true", '"af"', "{", "}", "", '{"af": "a"', '{"af": "a"}}', "{'af': 'a'}",
    '{"af": "a",}', '{"af": NaN}', '{"af": Infinity}', "af=a", " ", '{"af": "a\tb"}',
    '{"af": "a", "af": "b"}', '{"x": {"y": 1, "y": 2}}', '{"af": "\\u0000"}', '{"dp": "\\ud800"}',
    '{"af": "a"} {"af": "a"}', "[" * 200_000, '{"a":' * 100_000 + "1",
]  # fmt: skip


@pytest.mark.parametrize(("value", "af", "dp"), TAKEN)
@pytest.mark.parametrize("name", ["custom_parameters", "customer_parameters"])
def test_what_is_an_object_or_nothing_is_taken(tmp_path, name, value, af, dp):
    changes = {"custom_parameters": ..., name: value}
    reading = read_bytes(tmp_path, ndjson([row(**changes)]))
    assert reading.parked == []
    assert (reading.rows["af"].item(), reading.rows["dp"].item()) == (af, dp)


@pytest.mark.parametrize(("value", "af", "dp"), [one for one in TAKEN if isinstance(one[0], str)])
def test_csv_takes_the_same(tmp_path, value, af, dp):
    reading = read_bytes(tmp_path, csv_file([row(1), row(2, custom_parameters=value), row(3)]))
    assert reading.rows["af"].to_list() == ["anna-site", af, "anna-site"]
    assert reading.rows["dp"].to_list() == ["", dp, ""]


@pytest.mark.parametrize("value", [one for one in PARKED if one])
@pytest.mark.parametrize("name", ["custom_parameters", "customer_parameters"])
def test_what_is_no_object_is_parked(tmp_path, name, value):
    changes = {"custom_parameters": ..., name: value}
    reading = read_bytes(tmp_path, ndjson([row(1), row(2, **changes), row(3)]))
    assert reading.rows["row"].to_list() == [1, 3]
    assert reading.parked[0].field == name
    assert reading.reason.endswith(".")
    assert len(reading.reason) < 400


@pytest.mark.parametrize("value", [[], [{"af": "a"}], 5, True, [[]]])
def test_other_json_in_place_of_the_string_is_parked(tmp_path, value):
    reading = read_bytes(tmp_path, ndjson([row(1), row(2, custom_parameters=value), row(3)]))
    assert reading.rows["row"].to_list() == [1, 3]
    assert reading.parked[0].field == "custom_parameters"


@pytest.mark.parametrize(
    ("first", "second", "af"),
    [
        ('{"af": "a"}', '{"af":"a"}', "a"),
        ('{"af": "a", "dp": "b"}', '{"dp": "b", "af": "a"}', "a"),
        ('{"af": "a"}', "", "a"),
        ("", '{"af": "a"}', "a"),
        (None, '{"af": "a"}', "a"),
        ('{"af": "a"}', {"af": "a"}, "a"),
        ('{"af": "\\u0061"}', '{"af": "a"}', "a"),
        ("{}", " {}", ""),
    ],
)
def test_given_under_both_names_with_the_same_content_it_is_taken(tmp_path, first, second, af):
    changes = {"custom_parameters": first, "customer_parameters": second}
    assert read_bytes(tmp_path, ndjson([row(**changes)])).rows["af"].to_list() == [af]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"af": "a"}', '{"af": "b"}'),
        ('{"af": "a"}', "{}"),
        ("{}", '{"af": "a"}'),
        ('{"af": "a"}', '{"af": "a", "x": "y"}'),
        ('{"af": "a"}', "[]"),
        ("[]", '{"af": "a"}'),
        ("[]", "[]"),
        ('{"af": "a"}', {"af": "b"}),
    ],
)
def test_given_under_both_names_with_different_content_it_is_parked(tmp_path, first, second):
    changes = {"custom_parameters": first, "customer_parameters": second}
    reading = read_bytes(tmp_path, ndjson([row(1), row(2, **changes), row(3)]))
    assert reading.rows["row"].to_list() == [1, 3]
    raw = json.loads(reading.parked[0].raw)
    assert raw["custom_parameters"] == first


def test_an_object_that_gives_a_key_twice_is_parked_even_when_it_is_no_string(tmp_path):
    data = ndjson([row(1, custom_parameters=0)]).replace(b": 0", b': {"af": "a", "af": "b"}')
    reading = read_bytes(tmp_path, data)
    assert 'gives "af" twice' in reading.reason
    assert json.loads(reading.parked[0].raw)["custom_parameters"] == '{"af": "a", "af": "b"}'
