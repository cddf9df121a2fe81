"""The ledger as a beancount file: an independent program adds it up and checks every balance.

An account of the network's books that holds a publisher's money is a liability there, what the
merchant owes an asset, what referrals cost an expense. A transfer from one account to another
is a debit of the first: beancount writes debits as positive numbers.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from commissions.enums import AccountKind
from commissions.models import LedgerAccount
from commissions.sql import sql

CHUNK = 5000
# An account is opened on this day where the ledger holds no transfer.
BEGINNING = date(1970, 1, 1)
_ROOTS = {AccountKind.MERCHANT: "Assets", AccountKind.REFERRAL: "Expenses"}
_PLAIN = re.compile(r"[^A-Za-z0-9]")


class Account(NamedTuple):
    name: str
    currency: str
    balance_cents: int


def exported_ledger() -> Iterator[str]:
    """The lines of the file: accounts, transfers by day, balances the day after the last."""
    accounts = _accounts()
    first, last = _days()
    yield 'option "title" "Permille"'
    for currency in sorted({account.currency for account in accounts.values()}):
        yield f'option "operating_currency" "{currency}"'
    for account in accounts.values():
        yield f"{first} open {account.name} {account.currency}"
    for transfer in _transfers():
        yield from _transaction(accounts, *transfer)
    for account in accounts.values():
        # With its tolerance written: left to itself, beancount forgives a cent.
        amount = f"{money(-account.balance_cents)} ~ 0 {account.currency}"
        yield f"{last + timedelta(days=1)} balance {account.name} {amount}"


def account_name(kind: str, programme: str, publisher: str | None) -> str:
    """The account's name; different accounts have different names whatever their codes are."""
    parts = [_ROOTS.get(AccountKind(kind), "Liabilities"), escaped(programme)]
    if publisher is not None:
        parts.append(escaped(publisher))
    return ":".join([*parts, kind.capitalize()])


def escaped(code: str) -> str:
    """The code as a part of an account's name, from which it could be read back.

    Beancount takes letters, digits and hyphens after a capital. So a hyphen begins an escape:
    `--` is a hyphen, `-u` an underscore, `-x20-` any other character by its number.
    """
    return "X" + _PLAIN.sub(_escape, code)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return {"-": "--", "_": "-u"}.get(character) or f"-x{ord(character):x}-"


def money(cents: int) -> str:
    """Whole cents with two decimals."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def _accounts() -> dict[int, Account]:
    rows = LedgerAccount.objects.order_by("id").values_list(
        "id", "kind", "programme__code", "publisher__code", "programme__currency", "balance_cents"
    )
    return {
        number: Account(account_name(kind, programme, publisher), currency, balance)
        for number, kind, programme, publisher, currency, balance in rows
    }


def _days() -> tuple[date, date]:
    """The days of the first and the last transfer, each in its programme's time zone."""
    with connection.cursor() as cursor:
        cursor.execute(sql("ledger_days"))
        first, last = cursor.fetchone()
    return first or BEGINNING, last or BEGINNING


def _transfers() -> Iterator[tuple[Any, ...]]:
    """Each transfer with its day, by day; read from the server piece by piece."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql("ledger_transfers"))
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _transaction(
    accounts: dict[int, Account], key: int, day: date, debit: int, credit: int, cents: int,
    cause: str, cause_id: int | None,
) -> Iterator[str]:  # fmt: skip
    """One transfer; its key is its link."""
    source, target = accounts[debit], accounts[credit]
    why = cause if cause_id is None else f"{cause} {cause_id}"
    yield f'{day} * "{why}" ^t{key}'
    yield f"  {source.name}  {money(cents)} {source.currency}"
    yield f"  {target.name}  {money(-cents)} {target.currency}"
