"""A what-if as files: all its figures, a spreadsheet for people and a table for programs."""

import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from commissions.enums import Dimension, LineStatus
from commissions.models import WhatIf
from commissions.rulebooks.what_if.figures import SHOWN_LINES
from commissions.rulebooks.what_if.report import Row, changed_lines, rows, total
from publishers.figures import in_own_language, instant
from publishers.spreadsheets import csv_lines

FIGURE_COLUMNS = (
    "dimension",
    "key",
    "name",
    "lines",
    "lines_changed",
    "before_cents",
    "after_cents",
    "difference_cents",
)
LONGEST_CELL = 32_767  # characters
WIDE, NARROW = 32, 16  # characters


def figures_csv(what_if: WhatIf, language: str) -> Iterator[str]:
    """All figures, a line each, amounts in whole cents; read from the server piece by piece.

    language: of the names. It is given, for the request is over when the last piece is sent.
    """
    with translation.override(language):
        yield from csv_lines(FIGURE_COLUMNS, _csv_rows(what_if))


def _csv_rows(what_if: WhatIf) -> Iterator[list[str | int]]:
    for dimension in Dimension:
        for row in rows(what_if, dimension):
            yield [
                dimension.value,
                row.key,
                row.name,
                row.lines,
                row.lines_changed,
                row.before_cents,
                row.after_cents,
                row.difference_cents,
            ]


def spreadsheet(what_if: WhatIf) -> IO[bytes]:
    """All figures and the lines that change most, as an XLSX file, at its beginning.

    Amounts are numbers with two decimals, exact; texts are never formulas. The caller closes it.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "bold": book.add_format({"bold": True}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.00%"}),
    }
    _summary(_Sheet(book, formats, _("Summary")), what_if)
    for dimension, title in _sheet_titles():
        _figures(_Sheet(book, formats, title), what_if, dimension)
    _lines(_Sheet(book, formats, _("Lines")), what_if)
    book.close()
    file.seek(0)
    return file


def _sheet_titles() -> Iterable[tuple[Dimension, str]]:
    return (
        (Dimension.MONTH, _("Months")),
        (Dimension.PUBLISHER, _("Publishers")),
        (Dimension.COUNTRY, _("Countries")),
        (Dimension.CATEGORY, _("Categories")),
        (Dimension.TRAFFIC_TYPE, _("Traffic types")),
    )


class _Sheet:
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

    def put(self, *cells: "str | int | Decimal | _Share | None") -> None:
        """A row: texts as texts, ints as counts, Decimals as amounts; None is an empty cell."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell[:LONGEST_CELL])
            elif isinstance(cell, _Share):
                self._number(column, cell.of_one, "share")
            elif cell is not None:
                self._number(column, cell, "count" if isinstance(cell, int) else "money")
        self._row += 1

    def _number(self, column: int, value: int | Decimal, form: str) -> None:
        self._sheet.write_number(self._row, column, value, self._formats[form])


class _Share:
    """A share in hundredths of a percent, for a cell that shows percents."""

    def __init__(self, hundredths: int) -> None:
        self.of_one = Decimal(hundredths) / 10_000


def _share(row: Row) -> _Share | None:
    return None if row.difference_bp is None else _Share(row.difference_bp)


def _units(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _summary(sheet: _Sheet, what_if: WhatIf) -> None:
    book, row = what_if.rulebook, total(what_if)
    zone, currency = book.programme.time_zone, book.programme.currency
    sheet.widths(WIDE, WIDE)
    sheet.head(_("What-if"), str(what_if))
    sheet.put(_("programme"), book.programme.name)
    sheet.put(_("rulebook"), f"{book.version}. {in_own_language(book, 'title')}")
    sheet.put(_("from"), instant(what_if.from_at, zone))
    sheet.put(_("to"), instant(what_if.to_at, zone))
    sheet.put(_("clock"), zone)
    sheet.put(_("asked for by"), str(what_if.asked_by or "–"))
    sheet.put(_("asked for"), instant(what_if.asked_at, zone))
    sheet.put(_("finished"), instant(what_if.finished_at, zone))
    sheet.put(_("currency"), currency)
    sheet.put(_("lines"), row.lines)
    sheet.put(_("lines changed"), row.lines_changed)
    sheet.put(_("commission as booked"), _units(row.before_cents))
    sheet.put(_("commission then"), _units(row.after_cents))
    sheet.put(_("difference"), _units(row.difference_cents))
    sheet.put(_("difference, %"), _share(row))


def _figures(sheet: _Sheet, what_if: WhatIf, dimension: Dimension) -> None:
    sheet.widths(NARROW, WIDE, *[NARROW] * 6)
    sheet.head(
        _("key"),
        str(dimension.label),
        _("lines"),
        _("lines changed"),
        _("commission as booked"),
        _("commission then"),
        _("difference"),
        _("difference, %"),
    )
    for row in rows(what_if, dimension):
        sheet.put(
            row.key,
            row.name,
            row.lines,
            row.lines_changed,
            _units(row.before_cents),
            _units(row.after_cents),
            _units(row.difference_cents),
            _share(row),
        )


def _lines(sheet: _Sheet, what_if: WhatIf) -> None:
    sheet.widths(*[NARROW] * 9)
    sheet.head(
        _("sub-order"),
        _("publisher"),
        _("status as booked"),
        _("status then"),
        _("rule as booked"),
        _("rule then"),
        _("commission as booked"),
        _("commission then"),
        _("difference"),
    )
    for line in changed_lines(what_if, SHOWN_LINES):
        sheet.put(
            line.sub_order_id,
            line.publisher,
            str(LineStatus(line.before_status).label),
            str(LineStatus(line.after_status).label),
            line.before_rule,
            line.after_rule,
            _units(line.before_cents),
            _units(line.after_cents),
            _units(line.difference_cents),
        )
