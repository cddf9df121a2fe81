"""What other programs read: order lines, balances, cases, and the ledger for bean-check."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commissions.beancount import account_name, escaped, money
from commissions.enums import Cause
from commissions.exports import percent
from commissions.models import LedgerAccount, Programme, Transfer
from publishers.models import Publisher
from tests.fact_files import Folder, aliexpress
from tests.worlds import world

pytestmark = pytest.mark.django_db

BEAN_CHECK = Path(sys.executable).parent / "bean-check"
# A code as the model's validator allows it, and what a database without it could hold.
CODES = ["a", "A", "a-b", "a--b", "a_b", "a-u", "a-", "-a", "_a", "9", "a b", "Ж", "a-x20-b", "a:b"]


def export(name: str, *options: str) -> str:
    out = StringIO()
    call_command(f"export_{name}", *options, stdout=out)
    return out.getvalue()


def bean_check(path: Path) -> str:
    done = subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)
    return done.stderr + done.stdout if done.returncode else ""


def read_back(part: str) -> str:
    """The code that an escaped part of an account's name stands for."""
    letters = {"--": "-", "-u": "_"}
    return re.sub(
        r"--|-u|-x([0-9a-f]+)-",
        lambda found: letters.get(found[0]) or chr(int(found[1], 16)),
        part.removeprefix("X"),
    )


@pytest.fixture
def golden():
    """The golden world, its feed ingested and the calendar run to the end."""
    folder = world("golden")
    aliexpress()
    for command, *arguments in (
        ("load_world", str(folder)),
        ("ingest_orders", str(folder / "orders.ndjson")),
        ("scan_reviews", str(folder / "reviews.ndjson")),
        ("tick", "--until", "2021-06-01T00:00:00Z"),
    ):
        call_command(command, *arguments, stdout=StringIO())
    return folder


def test_the_golden_world_is_exported_as_expected(golden, tmp_path):
    assert export("lines") == (golden / "expected_lines.ndjson").read_text()
    assert export("balances") == (golden / "expected_balances.ndjson").read_text()
    cases = [json.loads(line) for line in export("cases").splitlines()]
    expected = (golden / "expected_cases.ndjson").read_text().splitlines()
    assert cases == [json.loads(line) | {"status": "blocked"} for line in expected]
    ledger = tmp_path / "ledger.beancount"
    assert export("ledger", "--format", "beancount", "--out", str(ledger)) == ""
    assert bean_check(ledger) == ""
    assert ledger.read_text().count(" ^t") == Transfer.objects.count()
    assert ledger.read_text().count(" balance ") == LedgerAccount.objects.count()


def test_a_balance_that_is_a_cent_off_is_found_by_bean_check(golden, tmp_path):
    account = LedgerAccount.objects.filter(publisher__code="anna", kind="available")
    account.update(balance_cents=account.get().balance_cents + 1)
    ledger = tmp_path / "ledger.beancount"
    export("ledger", "--format", "beancount", "--out", str(ledger))
    assert "Balance failed" in bean_check(ledger)


def test_every_publisher_has_a_balance_even_without_accounts(tmp_path):
    Folder(tmp_path, aliexpress()).with_sources()
    assert export("balances").splitlines()[0] == (
        '{"available_cents": 0, "blocked": false, "publisher": "anna", "referral_cents": 0, '
        '"waiting_cents": 0}'
    )


def test_empty_books_are_exported_too(tmp_path):
    assert export("lines") == export("cases") == ""
    path = tmp_path / "ledger.beancount"
    export("ledger", "--format", "beancount", "--out", str(path))
    assert bean_check(path) == ""


def test_rates_and_amounts_are_written_without_floats():
    assert [percent(rate) for rate in (0, 5, 80, 700, 7000)] == [
        "0.00", "0.05", "0.80", "7.00", "70.00",
    ]  # fmt: skip
    assert [money(cents) for cents in (0, -5, 105, -12345, 10**15 + 1)] == [
        "0.00", "-0.05", "1.05", "-123.45", "10000000000000.01",
    ]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_an_account_name_can_be_read_back(code):
    assert read_back(escaped(code)) == code


def test_bean_check_takes_any_code_any_programme_and_its_calendar(tmp_path):
    """Two programmes with different currencies and days; publishers with every kind of code."""
    late = datetime(2020, 3, 1, 21, 30, tzinfo=UTC)
    for number, (zone, currency) in enumerate([("Europe/Moscow", "USD"), ("UTC", "EUR")]):
        programme = Programme.objects.create(
            code=["one-1", "one_1"][number], name="P", time_zone=zone, currency=currency,
            feed_time_zone="UTC",
        )  # fmt: skip
        merchant = LedgerAccount.objects.create(
            programme=programme, kind="merchant", balance_cents=-len(CODES)
        )
        for place, code in enumerate(CODES):
            publisher, _made = Publisher.objects.get_or_create(
                code=code, defaults={"name": "P", "email": "p@example.net", "registered_at": late}
            )
            account = LedgerAccount.objects.create(
                programme=programme, publisher=publisher, kind="available", balance_cents=1
            )
            Transfer.objects.create(
                id=number * 1000 + place, debit=merchant, credit=account, amount_cents=1,
                cause=Cause.IMPORT, event_at=late,
            )  # fmt: skip
    path = tmp_path / "ledger.beancount"
    export("ledger", "--format", "beancount", "--out", str(path))
    text = path.read_text()
    assert bean_check(path) == ""
    assert "2020-03-02 * " in text, "half past nine in the evening in UTC is tomorrow in Moscow"
    days = re.findall(r"^(\S+) \* ", text, re.MULTILINE)
    assert days == sorted(days)
    assert len(days) == 2 * len(CODES)
    names = re.findall(r"^\S+ open (\S+)", text, re.MULTILINE)
    assert len(set(names)) == len(names) == 2 * len(CODES) + 2


def test_accounts_are_named_by_what_they_are():
    assert account_name("merchant", "aliexpress", None) == "Assets:Xaliexpress:Merchant"
    assert account_name("referral", "aliexpress", None) == "Expenses:Xaliexpress:Referral"
    assert account_name("hold", "aliexpress", "a_b") == "Liabilities:Xaliexpress:Xa-ub:Hold"


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be written: "):
        export("lines", "--out", str(tmp_path / "no" / "lines.ndjson"))
    export("lines", "--out", str(tmp_path / "lines.ndjson"))
    assert [path.name for path in tmp_path.iterdir()] == ["lines.ndjson"]
