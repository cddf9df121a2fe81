"""A cut as files: what its page shows, row by row, for people and for programs."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from commissions.cuts.compared import Compared, Pair
from commissions.cuts.days import Span
from commissions.cuts.names import span_name
from publishers.spreadsheets import NARROW, WIDE, Share, Spreadsheet, csv_lines, units

COLUMNS = (
    "key",
    "name",
    "lines",
    "rejected_lines",
    "sales_cents",
    "waiting_cents",
    "hold_cents",
    "confirmed_cents",
    "commission_cents",
    "commission_before_cents",
    "difference_cents",
    "currency",
)


def cut_csv(found: Compared, names: Sequence[str], currency: str) -> Iterator[str]:
    """The rows of a page and their total, amounts in whole cents; the total's key is `total`."""
    yield from csv_lines(COLUMNS, _csv_rows(found, names, currency))


def _csv_rows(
    found: Compared, names: Sequence[str], currency: str
) -> Iterator[list[str | int | None]]:
    for pair, name in zip(found.pairs, names, strict=True):
        yield [pair.row.key, name, *_figures(pair), currency]
    yield ["total", _("In all"), *_figures(found.total), currency]


def _figures(pair: Pair) -> list[int | None]:
    sums, before = pair.row.sums, pair.before
    return [
        sums.lines,
        sums.rejected_lines,
        sums.base_cents,
        sums.waiting_cents,
        sums.hold_cents,
        sums.confirmed_cents,
        sums.commission_cents,
        before.commission_cents if before else None,
        pair.difference_cents,
    ]


def cut_xlsx(found: Compared, names: Sequence[str], currency: str, span: Span) -> IO[bytes]:
    """The same as a spreadsheet at its beginning, amounts with two decimals. The caller closes it.

    Texts are never formulas.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = Spreadsheet(file)
    sheet = book.sheet(_("Statistics"))
    sheet.widths(WIDE, *[NARROW] * 11)
    sheet.head(
        str(found.now.by.label),
        _("lines"),
        _("rejected"),
        _("sales"),
        _("waiting"),
        _("on hold"),
        _("confirmed"),
        _("commission"),
        _("commission before"),
        _("difference"),
        _("difference, %"),
        _("currency"),
    )
    told = [*zip(names, found.pairs, strict=True), (_("In all"), found.total)]
    for name, pair in told:
        lines, rejected, *cents = _figures(pair)
        share = None if pair.difference_bp is None else Share(pair.difference_bp)
        amounts = (None if one is None else units(one) for one in cents)
        sheet.put(name, lines, rejected, *amounts, share, currency)
    sheet.put("")
    sheet.put(f"{span_name(span)} ({span.zone})")
    book.close()
    file.seek(0)
    return file
