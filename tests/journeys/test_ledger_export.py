"""The ledger of a whole world, added up again by beancount, which knows nothing of us."""

import re
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Balance, Transaction

from commissions.models import LedgerAccount, Transfer
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import command, exported, run
from tests.worlds import world

BEAN_CHECK = Path(sys.executable).parent / "bean-check"
POSTING = re.compile(r"  \S+  -?\d+\.\d\d USD$")
BALANCE = re.compile(r"\S+ balance \S+ -?\d+\.\d\d ~ 0 USD$")
AMOUNT = re.compile(r"-?\d+\.\d\d")

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(tmp_path):
    """The exported ledger of medium, run to its end."""
    aliexpress()
    run(world("medium"))
    path = tmp_path / "ledger.beancount"
    assert command("export_ledger", "--format", "beancount", "--out", path).exit_code == 0
    return path


def loaded(path: Path) -> tuple[list[object], list[str]]:
    """The entries of a ledger, and what beancount finds wrong with it."""
    entries, errors, _options = loader.load_file(str(path))
    return entries, [error.message for error in errors]


def bean_check(path: Path) -> tuple[int, str]:
    """What the tool itself says."""
    done = subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def rewritten(path: Path, changes: dict[int, str | None]) -> Path:
    """A copy of the file with some lines replaced, or with None left out."""
    lines = [changes.get(n, line) for n, line in enumerate(path.read_text().splitlines())]
    other = path.with_name("tampered.beancount")
    other.write_text("".join(f"{line}\n" for line in lines if line is not None))
    return other


def test_bean_check_accepts_the_ledger_of_a_world_with_all_its_balances(ledger):
    assert bean_check(ledger) == (0, "")
    entries, errors = loaded(ledger)
    assert errors == []
    assert sum(isinstance(one, Transaction) for one in entries) == Transfer.objects.count() > 1000
    checked = {one.account for one in entries if isinstance(one, Balance)}
    assert len(checked) == LedgerAccount.objects.count() > 100


def test_the_ledger_added_up_is_what_the_exports_say(ledger):
    """Publishers' liabilities are their balances; what the merchant owes is what lines earned."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in loaded(ledger)[0]:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] += posting.units.number
    assert sum(sums.values()) == 0
    for row in exported("balances"):
        stem = f"Liabilities:Xaliexpress:X{row['publisher']}:"
        assert -100 * (sums[f"{stem}Waiting"] + sums[f"{stem}Hold"]) == row["waiting_cents"]
        assert -100 * sums[f"{stem}Available"] == row["available_cents"]
    earned = sum(row["commission_cents"] for row in exported("lines"))
    assert 100 * sums["Assets:Xaliexpress:Merchant"] == earned > 0
    credited = sum(row["referral_cents"] for row in exported("balances"))
    assert 100 * sums["Expenses:Xaliexpress:Referral"] == credited > 0


def test_a_ledger_that_was_tampered_with_is_rejected(ledger):
    lines = ledger.read_text().splitlines()
    first = next(place for place, line in enumerate(lines) if POSTING.match(line))
    debit, credit = shifted(lines[first], "0.01"), shifted(lines[first + 1], "-0.01")
    last = next(place for place, line in enumerate(lines) if BALANCE.match(line))
    errors = {
        "a leg": loaded(rewritten(ledger, {first: debit})),
        "both legs": loaded(rewritten(ledger, {first: debit, first + 1: credit})),
        "a balance": loaded(rewritten(ledger, {last: shifted(lines[last], "-0.01")})),
        "a transfer left out": loaded(
            rewritten(ledger, dict.fromkeys(range(first - 1, first + 2)))
        ),
    }
    said = {what: {text.split(" for")[0] for text in found} for what, (_, found) in errors.items()}
    assert "Transaction does not balance" in " ".join(said.pop("a leg"))
    assert set(said) == {"both legs", "a balance", "a transfer left out"}
    assert all(found == {"Balance failed"} for found in said.values()), said


def shifted(line: str, cents: str) -> str:
    """The line with its amount changed."""
    return AMOUNT.sub(lambda found: str(Decimal(found[0]) + Decimal(cents)), line, count=1)
