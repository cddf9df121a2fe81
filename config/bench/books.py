"""The books of the scratch database: emptied, and brought to rest before something is timed."""

from contextlib import suppress

from django.db import ProgrammingError, connection, transaction
from django.db.models import Count

from commissions.models import OrderLine
from publishers.models import Publisher

LARGE = (
    *("commissions_orderline", "commissions_transfer", "commissions_dailytotal"),
    *("commissions_ledgeraccount", "commissions_networktotal", "commissions_confirmedtotal"),
)
SMALL = (
    *("commissions_feedimport", "commissions_stalerow", "commissions_parkedrow"),
    "commissions_touch",
)


def empty_books() -> None:
    """Away with every line and all that follows from lines; facts stay.

    The ledger's own trigger forbids this, and is put aside for the moment: here it is no ledger.
    """
    tables = (*LARGE, *SMALL)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def rest(*tables: str) -> None:
    """Let the server finish what earlier work left: dead rows, statistics, unwritten pages.

    Otherwise it would do that while something else is timed. tables: by default those of the
    books that grow with the lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables or LARGE)}")
    write_pages()


def write_pages() -> None:
    """Have the server write what it has in memory alone, where we may ask for that."""
    with connection.cursor() as cursor, suppress(ProgrammingError):
        cursor.execute("CHECKPOINT")


def largest_publisher() -> Publisher:
    """The publisher with the most stored lines."""
    counted = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
    largest = counted.annotate(lines=Count("id")).order_by("-lines", "publisher_id").first()
    if largest is None:
        raise LookupError("No line is stored that belongs to anybody.")
    return Publisher.objects.get(pk=largest["publisher_id"])
