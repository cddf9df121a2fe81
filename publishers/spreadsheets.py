"""Files for other programs and for people: CSV that hands back its lines, and XLSX sheets."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # characters
WIDE, NARROW = 32, 16  # characters
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def harmless(text: str) -> str:
    """A text that a spreadsheet does not reckon: an apostrophe before what begins a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A head and its rows as lines of CSV; texts are never formulas, other values stay."""
    writer = csv.writer(Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in row)


def units(cents: int) -> Decimal:
    """Cents as units of their currency, exact."""
    return Decimal(cents) / 100


class Share:
    """A share in hundredths of a percent, for a cell that shows percents."""

    def __init__(self, hundredths: int) -> None:
        self.of_one = Decimal(hundredths) / 10_000


class Sheet:
    """A sheet that is written row by row."""

    def __init__(self, book: Any, formats: dict[str, Any], title: str) -> None:
        self._sheet = book.add_worksheet(title)
        self._formats = formats
        self._row = 0

    def widths(self, *characters: int) -> None:
        for column, width in enumerate(characters):
            self._sheet.set_column(column, column, width)

    def head(self, *titles: str) -> None:
        """The titles of the columns; they stay in sight."""
        for column, title in enumerate(titles):
            self._sheet.write_string(self._row, column, title, self._formats["head"])
        self._row += 1
        self._sheet.freeze_panes(self._row, 0)

    def put(self, *cells: str | int | Decimal | Share | None) -> None:
        """A row: texts as texts, ints as counts, Decimals as amounts; None is an empty cell."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell[:LONGEST_CELL])
            elif isinstance(cell, Share):
                self._number(column, cell.of_one, "share")
            elif cell is not None:
                self._number(column, cell, "count" if isinstance(cell, int) else "money")
        self._row += 1

    def _number(self, column: int, value: int | Decimal, form: str) -> None:
        self._sheet.write_number(self._row, column, value, self._formats[form])


class Spreadsheet:
    """An XLSX file that is written row by row, and kept in no memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._formats = {
            "head": self._book.add_format({"bold": True, "bottom": 1}),
            "money": self._book.add_format({"num_format": "#,##0.00"}),
            "count": self._book.add_format({"num_format": "#,##0"}),
            "share": self._book.add_format({"num_format": "0.00%"}),
        }

    def sheet(self, title: str) -> Sheet:
        """A new sheet, behind the others; the one before is complete."""
        return Sheet(self._book, self._formats, title)

    def close(self) -> None:
        """Write what is left; the file stays open."""
        self._book.close()
