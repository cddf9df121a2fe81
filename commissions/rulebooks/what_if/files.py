"""A what-if as files: all its figures, a spreadsheet for people and a table for programs."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.utils import translation
from django.utils.translation import gettext as _

from commissions.enums import Dimension, LineStatus
from commissions.models import WhatIf
from commissions.rulebooks.what_if.figures import SHOWN_LINES
from commissions.rulebooks.what_if.report import Row, changed_lines, rows, total
from publishers.figures import in_own_language, instant
from publishers.spreadsheets import (
    NARROW,
    WIDE,
    Share,
    Sheet,
    Spreadsheet,
    csv_lines,
    units,
)

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
    book = Spreadsheet(file)
    _summary(book.sheet(_("Summary")), what_if)
    for dimension, title in _sheet_titles():
        _figures(book.sheet(title), what_if, dimension)
    _lines(book.sheet(_("Lines")), what_if)
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


def _share(row: Row) -> Share | None:
    return None if row.difference_bp is None else Share(row.difference_bp)


def _summary(sheet: Sheet, what_if: WhatIf) -> None:
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
    sheet.put(_("commission as booked"), units(row.before_cents))
    sheet.put(_("commission then"), units(row.after_cents))
    sheet.put(_("difference"), units(row.difference_cents))
    sheet.put(_("difference, %"), _share(row))


def _figures(sheet: Sheet, what_if: WhatIf, dimension: Dimension) -> None:
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
            units(row.before_cents),
            units(row.after_cents),
            units(row.difference_cents),
            _share(row),
        )


def _lines(sheet: Sheet, what_if: WhatIf) -> None:
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
            units(line.before_cents),
            units(line.after_cents),
            units(line.difference_cents),
        )
