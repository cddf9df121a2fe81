"""Whatever is handed in as a package gets an answer: bounded, unpacked in memory, never run."""

import io
import json
import re
import struct
import warnings
import zipfile
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.detectors.extensions import NotAPackageError, check_package, packages
from compliance.detectors.extensions.contexts import Loader
from compliance.detectors.extensions.examining import examine
from compliance.detectors.extensions.structure import build
from compliance.detectors.extensions.tokens import Budget, Source, TooMuchWorkError
from compliance.detectors.finding import Report, Verdict
from tests.compliance.detectors.extension_packages import (
    HOSTS,
    TODAY,
    check,
    crx2,
    crx3,
    extension,
    packed,
    steps,
)
from tests.compliance.detectors.innocent_extensions import INNOCENT
from tests.compliance.detectors.planted_extensions import CLICK, PLANTED

BAD = PLANTED["tabs.update"].as_files(3)
HARMLESS = INNOCENT["permissions alone"]


def checked(content: bytes) -> Report:
    return check_package(content, name="x.zip", at=TODAY, hosts=HOSTS)


@pytest.mark.parametrize("wrap", [crx2, crx3, bytes], ids=["crx2", "crx3", "zip"])
def test_every_kind_of_package_is_opened(wrap):
    assert checked(wrap(packed(BAD))).verdict is Verdict.VIOLATION
    assert checked(wrap(packed(HARMLESS))).verdict is Verdict.CLEAR


NO_PACKAGES = {
    "nothing": b"",
    "text": b"hello",
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "cut in the middle": packed(BAD)[:200],
    "crx with nothing after its magic": b"Cr24",
    "crx whose key is longer than the file": b"Cr24"
    + struct.pack("<III", 2, 2**31, 5)
    + packed(BAD),
    "crx of version 9": b"Cr24" + struct.pack("<II", 9, 0) + packed(BAD),
    "crx without a zip": crx3(b"not a zip at all"),
}


@pytest.mark.parametrize("content", NO_PACKAGES.values(), ids=NO_PACKAGES.keys())
def test_what_is_no_package_is_refused_with_a_sentence(content):
    with pytest.raises(NotAPackageError, match=r"^[A-Z].*\.$"):
        checked(content)


def test_a_package_with_too_many_entries_is_refused(monkeypatch):
    monkeypatch.setattr(packages, "MOST_ENTRIES", 3)
    with pytest.raises(NotAPackageError, match="more than 3"):
        checked(packed({f"{number}.js": "" for number in range(4)}))


def test_a_bomb_is_not_opened_and_a_person_looks():
    report = check({**HARMLESS, "data.json": b"\0" * (3 * 2**20)})
    assert report.verdict is Verdict.REVIEW
    assert steps(report) == {("package", "bomb")}


def test_a_file_that_says_it_is_small_is_not_believed(monkeypatch):
    monkeypatch.setattr(packages, "LARGEST_FILE", 1000)
    report = check({**HARMLESS, **extension(3, content="x" * 5000)})
    assert ("package", "too_large") in steps(report)


@pytest.mark.parametrize(
    "name", ["../evil.js", "/etc/evil.js", "a/../../evil.js", "..\\evil.js", "C:/x.js"]
)
def test_a_name_outside_the_folder_is_never_read(name):
    report = check({**HARMLESS, name: "x"})
    assert report.verdict is Verdict.REVIEW
    assert steps(report) == {("package", "unsafe_name")}


def test_a_password_is_said_to_hinder_the_check():
    content = bytearray(packed(HARMLESS | {"a.js": "1"}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.rfind(magic)
        content[start + at] |= 1
    report = checked(bytes(content))
    assert report.verdict is Verdict.REVIEW
    assert "encrypted" in {finding.step for finding in report.findings}


def test_a_file_that_is_there_twice_is_for_a_person():
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in [*HARMLESS.items(), ("a.js", "1"), ("a.js", "2")]:
            archive.writestr(name, content)
    assert steps(checked(out.getvalue())) == {("package", "name_twice")}


def test_a_folder_zipped_as_it_stands_is_read_from_its_manifest():
    inside = {f"my-extension/{name}": content for name, content in BAD.items()}
    assert check(inside).verdict is Verdict.VIOLATION


def test_a_package_in_a_package_and_one_without_a_manifest_are_for_a_person():
    assert steps(check({"a.crx": crx3(packed(BAD))})) == {
        ("package", "nested"),
        ("package", "no_manifest"),
    }


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf{} ",
        b'// hello\n{\n /* x */ "name": "a // b", "icons": {"1": "x",},\n}',
        '{"name": "\u044f"}'.encode("utf-16"),
    ],
)
def test_a_manifest_is_read_as_browsers_read_it(text):
    assert check({"manifest.json": text}).verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"{" * 100_000, b"[" * 200_000, b"\xff\xfe"]
)
def test_a_manifest_that_cannot_be_read_is_for_a_person(text):
    report = check({"manifest.json": text})
    assert report.verdict is Verdict.REVIEW
    assert steps(report) == {("package", "broken_manifest")}


@pytest.mark.parametrize(
    "value", [7, "x", None, [1, None, {}], {"a": 1}, [[["x"]]], {"js": {"x": 1}}]
)
@pytest.mark.parametrize(
    "key",
    [
        "content_scripts",
        "background",
        "action",
        "options_ui",
        "declarative_net_request",
        "chrome_url_overrides",
        "user_scripts",
        "permissions",
    ],
)
def test_a_manifest_of_odd_shapes_is_answered(key, value):
    manifest = {"manifest_version": 3, key: value}
    assert check({"manifest.json": json.dumps(manifest)}).verdict in set(Verdict)


def test_a_script_that_is_missing_is_said():
    files = extension(2, content="x")
    del files["content.js"]
    assert steps(check(files)) == {("package", "missing_script")}


def test_line_and_column_say_where_also_in_one_long_line():
    script = "var a=1;" * 50 + f"location.href='{CLICK}';"
    (finding,) = check(extension(3, content=script)).findings
    assert (finding.detail["line"], finding.detail["column"]) == (1, script.index("href") + 1)


def test_an_inline_script_is_told_by_the_line_of_its_page():
    page = f"<html>\n<!-- <script>x</script> -->\n<script>\n\nfetch('{CLICK}');\n</script>"
    files = extension(2, extra={"background": {"page": "b.html"}}, files={"b.html": page})
    (finding,) = check(files).findings
    assert (finding.detail["file"], finding.detail["line"]) == ("b.html", 5)


# Shapes that make a careless reader take the square of their length, or more.
TANGLES = {
    "brackets": "[" * 60_000,
    "closing": "}" * 60_000,
    "braces and quotes": "{'" * 30_000,
    "arrows": "a=>" * 30_000,
    "sums": "'a'+" * 60_000 + "'b'",
    "names in sums": "x=" + "a+" * 60_000 + "a",
    "assignments": "a=" * 40_000 + "1",
    "nested calls": "f(" * 30_000 + ")" * 30_000,
    "members": "a" + ".b" * 60_000 + "=1",
    "templates": "`${" * 20_000,
    "regex": "/" + "[" * 50_000,
    "conditions": "if(a.includes('aliexpress.com')){" * 8_000,
    "names that mean each other": "".join(f"var v{n}=v{(n * 7) % 2000};" for n in range(2000)),
    "marks": "var a='aliexpress.com';" + "a;" * 20_000 + "var b=a;" * 5_000,
    "listeners": "x.onClicked.addListener(f);" * 5_000,
    "functions": "function f(){f();g()}function g(){f()}" * 3_000,
    "redirects": "location.href=a+b(c);" * 5_000,
    "comments": "/*" * 60_000,
    "escapes": "'" + "\\u0061" * 40_000 + "'",
    "decoded": "atob(" * 20_000 + "'YQ=='" + ")" * 20_000,
}


@pytest.mark.parametrize("script", TANGLES.values(), ids=TANGLES.keys())
def test_a_tangle_is_read_in_bounded_work(script):
    files = extension(2, content=script, background=script)
    opened = packages.open_package(packed(files))
    signs = examine(opened, HOSTS, steps=3_000_000)
    assert all(sign.place.file in files for sign in signs)


def test_work_beyond_the_budget_is_for_a_person_and_keeps_what_was_found():
    files = {**extension(3, content="a+b;" * 1000)}
    signs = examine(packages.open_package(packed(files)), HOSTS, steps=500)
    assert [(sign.rule, sign.step, sign.is_certain) for sign in signs] == [
        ("package", "too_much_work", False)
    ]


def test_text_that_is_no_program_has_tokens_and_no_error():
    budget = Budget(10_000)
    with pytest.raises(TooMuchWorkError):
        build(Source("a.js", "x " * 20_000), budget)


PIECES = st.sampled_from(
    [
        "location",
        ".href",
        "=",
        "'aliexpress.com'",
        "if(",
        ")",
        "{",
        "}",
        "(",
        "[",
        "]",
        "=>",
        "`",
        "${",
        "function f",
        "a",
        ",",
        ";",
        "\n",
        "/",
        "'",
        '"',
        "\\",
        "+",
        "eval(",
        "atob(",
        "chrome.tabs",
        ".update",
        "case",
        ":",
        "return ",
        "document.body",
        ".append(",
        "`x${a}`",
        "//",
        "/*",
        "async ",
        "é",
        "\ud83d",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_program_is_answered_with_places_inside_it(pieces):
    script = "".join(pieces).encode("utf-8", "replace").decode()
    files = extension(2, content=script, background=script)
    for finding in check(files).findings:
        assert finding.detail["line"] <= str(files[finding.detail["file"]]).count("\n") + 1
        assert re.search(r"\.$", finding.sentence)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_package_is_answered_or_refused(data):
    content = bytearray(packed(BAD))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        report = checked(bytes(content))
    except NotAPackageError:
        return
    assert report.verdict in set(Verdict)


def test_the_command_says_one_object_for_each_moment(tmp_path, capsys):
    path = tmp_path / "toolbar.zip"
    path.write_bytes(packed(BAD))
    verdicts = []
    for moment in (
        "2020-07-05",
        "2020-07-05T20:59:59Z",
        "2020-07-06",
        "2020-07-05T21:00:00Z",
        None,
    ):
        call_command("check_extension", str(path), *(["--at", moment] if moment else []))
        said = json.loads(capsys.readouterr().out)
        assert said["checked"] == "toolbar.zip"
        assert {"rule", "step", "sentence", "file", "line"} <= said["findings"][0].keys()
        verdicts.append(said["verdict"])
    assert verdicts == ["clear", "clear", "violation", "violation", "violation"]


@pytest.mark.parametrize("moment", ["yesterday", "2020-07-06T00:00:00", "2020-13-01"])
def test_the_command_refuses_an_instant_without_an_offset(tmp_path, moment):
    path = tmp_path / "toolbar.zip"
    path.write_bytes(packed(BAD))
    with pytest.raises(CommandError, match="is not an instant"):
        call_command("check_extension", str(path), "--at", moment)


def test_the_command_refuses_what_is_no_package_and_what_is_not_there(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(CommandError, match="no browser extension"):
        call_command("check_extension", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_extension", str(tmp_path / "missing.zip"))


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check(BAD)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_once_however_often_it_is_named():
    opened = packages.open_package(packed({"a.js": "1"}))
    loader = Loader(opened, HOSTS, Budget(1000))
    assert loader.code("a.js") is loader.code("a.js")


def test_instants_are_compared_as_instants():
    at = datetime.fromisoformat("2020-07-05T21:00:00+00:00")
    assert check(BAD, at).verdict is Verdict.VIOLATION
