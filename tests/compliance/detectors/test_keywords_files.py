"""A file of contextual advertising is understood in the form it has, and judged whole."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors.keywords import LARGEST_FILE, UnreadableFile, check_file
from compliance.detectors.keywords.negatives import REQUIRED

ALL_NEGATIVES = [required.spellings[0] for required in REQUIRED]
OTHER_SPELLINGS = {"алиэкспресс": "алиекспресс", "алипей": "Алипэй", "тмолл": "ТМАЛЛ"}


def checked(content: str | bytes, encoding: str = "utf-8") -> tuple[list[dict], dict]:
    """The objects of the entries, and the one of the file."""
    data = content if isinstance(content, bytes) else content.encode(encoding)
    *entries, whole = check_file("list", data)
    assert whole["kind"] == "file"
    return entries, whole


def understood(content: str | bytes, encoding: str = "utf-8") -> list[tuple[str, str]]:
    return [(entry["kind"], entry["checked"]) for entry in checked(content, encoding)[0]]


def steps(report: dict) -> list[str]:
    return [finding["step"] for finding in report["findings"]]


AD = [("keyword", "buy phone"), ("title", "Nice phones"), ("text", "Cheap, new")]
FORMS = {
    "sections": "[keywords]\nbuy phone\n[negatives]\ntmall\n[titles]\nNice phones\n"
    "[Texts]\nCheap, new",
    "headings": "Keywords:\nbuy phone\n\nNegatives:\ntmall\nTitles:\nNice phones\n"
    "Texts:\nCheap, new",
    "labels": "keyword: buy phone\nminus: tmall\nheadline: Nice phones\ndescription: Cheap, new",
    "a kind a row": "Type;Text\nKeyword;buy phone\nNegative;tmall\nTitle;Nice phones\n"
    'Text;"Cheap, new"',
    "no header": 'keyword,buy phone\nnegative,tmall\ntitle,Nice phones\ntext,"Cheap, new"',
    "text before kind": "text\tkind\nbuy phone\tKEYWORD\ntmall\tnegative\nNice phones\ttitle\n"
    "Cheap, new\ttext",
    "an editor's export": (
        "Campaign,Ad group,Keyword,Criterion Type,Headline 1,Headline 1 position,"
        "Description 1,Final URL\n"
        "C,G,buy phone,Broad,,,,\nC,G,tmall,Negative Phrase,,,,\n"
        'C,G,,,Nice phones,1,"Cheap, new",https://aliexpress.com/item\n'
    ),
    "a Russian export": (
        "Минус-фразы на кампанию:\ttmall\n\n"
        "Группа\tФраза (с минус-словами)\tЗаголовок 1\tТекст\tСсылка\n"
        "1\tbuy phone\tNice phones\tCheap, new\thttps://aliexpress.ru/item\n"
    ),
    "json": json.dumps(
        {"keywords": ["buy phone"], "negatives": ["tmall"], "titles": ["Nice phones"]}
        | {"texts": ["Cheap, new"]}
    ),
    "json of groups": json.dumps(
        {
            "groups": [
                {"name": "aliexpress", "keywords": ["buy phone"], "negative_keywords": ["tmall"]}
            ]
        }
        | {"ads": [{"headline": "Nice phones", "description": "Cheap, new"}]}
    ),
    "ndjson": "\n".join(
        json.dumps({"kind": kind, "text": text})
        for kind, text in [*AD[:1], ("negative", "tmall"), *AD[1:]]
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form, encoding):
    entries, whole = checked(FORMS[form], encoding)
    assert [(entry["kind"], entry["checked"]) for entry in entries] == AD
    assert whole["counts"]["negatives"] == 1
    assert "tmall" not in whole["findings"][0]["missing"]


def test_plain_lines_are_keywords_and_a_dash_excludes():
    content = 'купить телефон -алиэкспресс -бу\n"buy phone"\n[smart watch]\n-aliexpress\nt-shirt'
    assert understood(content, "cp1251") == [
        ("keyword", "купить телефон -алиэкспресс -бу"),
        ("keyword", '"buy phone"'),
        ("keyword", "[smart watch]"),
        ("keyword", "t-shirt"),
    ]
    entries, whole = checked(content, "cp1251")
    assert whole["counts"]["encoding"] == "cp1251"
    assert {entry["verdict"] for entry in entries} == {"clear"}
    assert [entry["line"] for entry in entries] == [1, 2, 3, 5]
    # One phrase's own negatives leave the other phrases open.
    assert "алиэкспресс" in whole["findings"][0]["missing"]
    assert "aliexpress" not in whole["findings"][0]["missing"]


def test_what_every_phrase_excludes_by_itself_counts():
    own = "".join(f" -{word}" for word in ALL_NEGATIVES if " " not in word)
    _entries, whole = checked(f"купить телефон{own}\nbuy phone{own}\n")
    assert whole["findings"][0]["missing"] == ["ali express", "али экспресс"]


def test_a_list_of_bullets_excludes_nothing():
    assert understood("- buy phone\n- buy aliexpress\n")[1] == ("keyword", "buy aliexpress")


@pytest.mark.parametrize(
    "entry", ["phrase book: english", "key fob", "text message", "title deed: how"]
)
def test_a_phrase_that_begins_like_a_heading_is_a_keyword(entry):
    assert understood(f"{entry}\nother") == [("keyword", entry), ("keyword", "other")]


@pytest.mark.parametrize("form", ["kind,text\n{},x {} y\n", "[{}s]\nx {} y", "{}: x {} y"])
@pytest.mark.parametrize("kind", ["keyword", "title", "text"])
def test_a_brand_word_is_told_with_its_place(form, kind):
    (entry,), whole = checked(form.format(kind, "али-экспресс"))
    assert (entry["verdict"], entry["kind"]) == ("violation", kind)
    (finding,) = entry["findings"]
    assert (finding["rule"], finding["word"], finding["step"]) == (
        *("F26", "AliExpress"),
        "split_by_signs",
    )
    assert entry["checked"][finding["start"] : finding["end"]] == "али-экспресс"
    assert '"али-экспресс"' in finding["sentence"]
    assert "AliExpress" in finding["sentence"]
    assert steps(whole)[0] == "entries"
    assert whole["findings"][0]["lines"] == [entry["line"]]


def test_the_files_verdict_is_the_worst_of_all():
    complete = "\n".join(f"-{word}" for word in ALL_NEGATIVES)
    assert checked(f"buy phone\n{complete}")[1]["verdict"] == "clear"
    assert checked(f"товары с али\n{complete}")[1]["verdict"] == "review"
    assert checked(f"buy aliexpress\n{complete}")[1]["verdict"] == "violation"
    assert checked("buy phone")[1]["verdict"] == "violation"


@pytest.mark.parametrize("left_out", range(len(REQUIRED)))
def test_each_required_negative_is_missed_when_it_is_not_there(left_out):
    required = REQUIRED[left_out]
    negatives = [
        word.upper()
        for word in (*ALL_NEGATIVES, *OTHER_SPELLINGS.values())
        if word.casefold() not in required.spellings
    ]
    _entries, whole = checked("[keywords]\nbuy phone\n[negatives]\n" + "\n".join(negatives))
    assert whole["verdict"] == ("review" if required.is_misspelling else "violation")
    # One spelling may serve for two.
    missing = [
        other.spellings[0] for other in REQUIRED if set(other.spellings) <= set(required.spellings)
    ]
    assert [word for finding in whole["findings"] for word in finding["missing"]] == missing


@pytest.mark.parametrize(
    ("negative", "covers"),
    [
        *(
            ('"AliExpress"', True),
            ("[aliexpress]", True),
            ("-aliexpress", True),
            ("!aliexpress", True),
        ),
        *(
            ("aliexpress shop", False),
            ("aliexpress alibaba", False),
            ("aliexpresss", False),
            ("express", False),
        ),
    ],
)
def test_a_negative_covers_what_has_all_its_words(negative, covers):
    _entries, whole = checked(f"[keywords]\nbuy phone\n[negatives]\n{negative}\n")
    assert ("aliexpress" in whole["findings"][0]["missing"]) is not covers


def test_negatives_alone_are_no_advertising():
    _entries, whole = checked("\n".join(f"-{word}" for word in ALL_NEGATIVES))
    assert (whole["verdict"], steps(whole)) == ("review", ["no_advertising"])
    assert steps(checked("")[1]) == ["no_advertising"]


def test_an_endless_entry_goes_to_a_person():
    (entry,), _whole = checked("phone " * 5000)
    assert (entry["verdict"], steps(entry)) == ("review", ["too_long"])


UNREADABLE = {
    "a workbook": b"PK\x03\x04....",
    "bytes": bytes(range(256)) * 8,
    "half of UTF-16": "\ufeffключ".encode("utf-16-le")[:-1],
    "nested JSON": b"[" * 100_000,
    "broken JSON": b'{"keywords": ["buy phone",\n',
    "a broken line": b'{"kind": "keyword", "text": "a"}\n{"kind": \n',
    "an endless cell": b'keyword,text\n"' + b"a" * 200_000,
    "too large": b"a" * (LARGEST_FILE + 1),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(name, tmp_path: Path):
    with pytest.raises(UnreadableFile, match=r"\.$"):
        checked(UNREADABLE[name])
    (tmp_path / "list").write_bytes(UNREADABLE[name])
    with pytest.raises(CommandError, match="was not checked"):
        call_command("check_keywords", str(tmp_path / "list"))


def test_the_command_prints_one_object_a_line(tmp_path: Path, capsys):
    file = tmp_path / "keywords.txt"
    file.write_text("купить телефон\nтовары с aliexpress\n", encoding="cp1251")
    call_command("check_keywords", str(file))
    first, second, whole = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["checked"], first["verdict"], first["findings"]) == (
        "купить телефон",
        "clear",
        [],
    )
    assert (second["verdict"], second["line"]) == ("violation", 2)
    assert (whole["checked"], whole["verdict"]) == (str(file), "violation")
    assert whole["counts"]["keywords"] == 2


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_keywords", str(tmp_path / "none"))


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_file_is_judged_or_refused(data):
    try:
        *_entries, whole = check_file("list", data)
    except UnreadableFile:
        return
    assert whole["verdict"] in ("clear", "review", "violation")
    json.dumps(whole)


@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.tuples(st.integers(0, 300), st.characters(codec="utf-8")), max_size=6),
)
def test_a_damaged_file_is_judged_or_refused(form, damages):
    content = FORMS[form]
    for place, character in damages:
        content = content[:place] + character + content[place + 1 :]
    try:
        _entries, whole = checked(content)
    except UnreadableFile:
        return
    assert whole["verdict"] in ("clear", "review", "violation")


def test_sentences_are_said_in_the_readers_language():
    def marked(message: str) -> str:
        return f"<{message}>"

    (entry, whole) = check_file("list", b"buy aliexpress", marked)
    sentences = [finding["sentence"] for report in (entry, whole) for finding in report["findings"]]
    assert all(sentence.startswith("<") for sentence in sentences)
    # A message is translated before its values are put in.
    assert '<"aliexpress" is' in sentences[0]
    assert "<as it is written>" in sentences[0]
