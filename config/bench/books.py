"""The books of the scratch database: emptied, and brought to rest before something is timed."""

from django.db import ProgrammingError, connection, transaction
from django.db.models import Count

from commissions.models import (
    DailyTotal,
    FeedImport,
    LedgerAccount,
    OrderLine,
    ParkedRow,
    StaleRow,
    Touch,
    Transfer,
)
from publishers.models import Publisher

BOOKS = (OrderLine, Transfer, LedgerAccount, DailyTotal, FeedImport, StaleRow, ParkedRow, Touch)


def empty_books() -> None:
    """Away with every line and all that follows from lines; facts stay.

    The ledger's own trigger forbids this, and is put aside for the moment: here it is no ledger.
    """
    tables = [model._meta.db_table for model in BOOKS]
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def rest(*tables: str) -> None:
    """Let the server finish what earlier work left: dead rows, statistics, unwritten pages.

    Otherwise it would do that while something else is timed.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables or _large_tables())}")
        try:
            cursor.execute("CHECKPOINT")
        except ProgrammingError:  # A server where we may not: it writes when it likes.
            return


def _large_tables() -> list[str]:
    large = (OrderLine, Transfer, DailyTotal, LedgerAccount)
    return [model._meta.db_table for model in large]


def largest_publisher() -> Publisher:
    """The publisher with the most stored lines."""
    counted = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
    largest = counted.annotate(lines=Count("id")).order_by("-lines", "publisher_id").first()
    if largest is None:
        raise LookupError("No line is stored that belongs to anybody.")
    return Publisher.objects.get(pk=largest["publisher_id"])
