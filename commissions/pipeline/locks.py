"""Who may write the books of a programme: one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from commissions.models import Programme

_BOOKS = 0x9E12  # the namespaces of these advisory locks
_RERATING = 0x9E13
_WRITTEN_FOR = 0x9E16


def lock_books(programme_id: int) -> None:
    """Hold the books of a programme until the transaction ends.

    Whoever decides lines takes this lock first and reads facts afterwards, so that a fact
    committed before is seen, and one committed later finds the lines through its touch. Where a
    holder died, it waits for what others were writing for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_BOOKS, programme_id])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_WRITTEN_FOR, programme_id])


def write_for_holder(programme_id: int) -> None:
    """Say that this transaction writes for another connection, which holds the books.

    Should that connection end before this one, nobody gets the books until this transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_WRITTEN_FOR, programme_id])


def hold_books_on(programme_id: int) -> None:
    """Go on holding the books after the transaction that holds them, until `let_books_go`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_BOOKS, programme_id])


def let_books_go(programme_id: int) -> None:
    """End a hold that outlasts transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_BOOKS, programme_id])


def somebody_waits(programme_id: int) -> bool:
    """Whether somebody waits for the books that are held here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 2)",
            [_BOOKS, programme_id],
        )
        return bool(cursor.fetchone()[0])


def lock_all_books() -> None:
    """Hold the books of every programme, always in the same order, until the transaction ends.

    Whoever needs rows of publishers or cases beside the books takes the books first: an import
    that holds them asks for the publisher's row as soon as it opens an account.
    """
    for programme_id in Programme.objects.order_by("id").values_list("id", flat=True):
        lock_books(programme_id)


@contextmanager
def one_rerating() -> Iterator[None]:
    """Hold the right to re-rate: touches are taken by one run at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [_RERATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_RERATING])
