"""What tests of the publisher's pages of money begin with: medium's books, kept for a module."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from django.db import connection, transaction

from tests.fact_files import aliexpress
from tests.journeys.worlds_through import run
from tests.worlds import world


@contextmanager
def medium_books(django_db_blocker: Any) -> Iterator[None]:
    """Medium's books, once for all tests of a module, and gone after them."""
    with _books("medium", django_db_blocker):
        yield


@contextmanager
def golden_books(django_db_blocker: Any) -> Iterator[None]:
    """The same of golden, which is small."""
    with _books("golden", django_db_blocker):
        yield


@contextmanager
def _books(name: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        aliexpress()
        run(world(name))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet_rows(content: bytes) -> list[list[str]]:
    """The cells of a spreadsheet's only sheet as they are written; an empty text for none.

    Fails where one is a formula.
    """
    with zipfile.ZipFile(BytesIO(content)) as book:
        tree = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(tree.iter(f"{MAIN}f"))
    rows = []
    for row in tree.iter(f"{MAIN}row"):
        cells = {_column(cell.get("r") or ""): "".join(cell.itertext()) for cell in row}
        rows.append([cells.get(place, "") for place in range(max(cells, default=-1) + 1)])
    return rows


def _column(reference: str) -> int:
    """A column's place: A is 0, AA is 26."""
    place = 0
    for letter in reference.rstrip("0123456789"):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
