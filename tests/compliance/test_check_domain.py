"""manage.py check_domain: one JSON object a name, in order, whatever the name is."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from config.commandline import Need, need_of

PROJECT = Path(__file__).resolve().parent.parent.parent


def reports(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def check(*names: str) -> list[dict]:
    out = io.StringIO()
    call_command("check_domain", *names, stdout=out)
    return reports(out.getvalue())


@pytest.fixture
def given_input(monkeypatch):
    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def test_names_as_arguments_are_answered_in_order():
    found = check("alitalia.com", "aliexpress.com", "aliex")
    assert [(report["checked"], report["verdict"]) for report in found] == [
        ("alitalia.com", "clear"),
        ("aliexpress.com", "brand"),
        ("aliex", "review"),
    ]
    assert found[0]["findings"] == []
    assert {"rule", "step", "sentence"} <= found[1]["findings"][0].keys()
    assert found[1]["findings"][0]["rule"] == "F32"


def test_names_on_standard_input_are_lines_and_blank_ones_are_skipped(given_input):
    given_input("\ufeffaliexpress.com\r\n\n  \nалиэкспресс.рф\nali alone".encode())
    assert [(report["checked"], report["verdict"]) for report in check()] == [
        ("aliexpress.com", "brand"),
        ("алиэкспресс.рф", "brand"),
        ("ali alone", "clear"),
    ]


def test_bytes_that_are_no_text_and_endless_lines_are_answered(given_input):
    given_input(b"\xff\xfe\n" + b"a" * 200_000 + b"\nalias.com\n")
    broken, endless, alias = check()
    assert broken["findings"][0]["step"] == "empty"
    assert endless["findings"][0]["step"] == "too_long"
    assert (alias["checked"], alias["verdict"]) == ("alias.com", "clear")


def test_an_empty_argument_is_answered_too():
    (report,) = check("")
    assert report["verdict"] == "review"


def test_it_asks_no_server():
    assert need_of(["manage.py", "check_domain", "alias.com"]) is Need.NOTHING


def test_each_answer_is_written_before_the_next_name_is_read():
    command = subprocess.Popen(
        [sys.executable, "manage.py", "check_domain"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with command:
        for name in ("aliexpress.com", "alias.com"):
            command.stdin.write(f"{name}\n")
            command.stdin.flush()
            assert json.loads(command.stdout.readline())["checked"] == name
        command.stdin.close()
    assert command.returncode == 0
