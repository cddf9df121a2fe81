"""A cut as files: what its page shows, row by row, for people and for programs."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from commissions.cuts.compared import Compared, Pair
from commissions.cuts.days import Span
from commissions.cuts.enums import CutBy
from commissions.cuts.names import span_name
from commissions.exports import percent
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
)
# Of those that have clicks: behind the others, each figure with the one before.
CLICK_COLUMNS = (
    "clicks",
    "clicks_before",
    "conversion_percent",
    "conversion_before_percent",
    "per_100_clicks_cents",
    "per_100_clicks_before_cents",
)


def file_name(by: CutBy, span: Span) -> str:
    """What a file of a cut is called, without its kind."""
    return f"statistics-by-{by}-{span.first}-{span.last}"


def cut_csv(found: Compared, names: Sequence[str], currency: str) -> Iterator[str]:
    """The rows of a page and their total, amounts in whole cents; the total's key is `total`.

    Columns of clicks are there where the page has them.
    """
    columns = COLUMNS if found.clicks is None else COLUMNS + CLICK_COLUMNS
    yield from csv_lines((*columns, "currency"), _csv_rows(found, names, currency))


def _csv_rows(
    found: Compared, names: Sequence[str], currency: str
) -> Iterator[list[str | int | None]]:
    told = [(pair.row.key, name, pair) for pair, name in zip(found.pairs, names, strict=True)]
    for key, name, pair in (*told, ("total", _("In all"), found.total)):
        clicks: list[str | int | None] = []
        if found.clicks is not None:
            count, before, *shares, now_cents, before_cents = _click_figures(pair)
            percents = [None if share is None else percent(share) for share in shares]
            clicks = [count, before, *percents, now_cents, before_cents]
        yield [key, name, *_figures(pair), *clicks, currency]


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


def _click_figures(pair: Pair) -> list[int | None]:
    """Clicks, conversion (hundredths of a percent) and cents of a hundred clicks: now, before."""
    both = (pair.clicked, pair.clicked_before)
    return [
        *(one.clicks if one else None for one in both),
        *(one.conversion_bp if one else None for one in both),
        *(one.per_hundred_cents if one else None for one in both),
    ]


def cut_xlsx(found: Compared, names: Sequence[str], currency: str, span: Span) -> IO[bytes]:
    """The same as a spreadsheet at its beginning, amounts with two decimals. The caller closes it.

    Texts are never formulas.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = Spreadsheet(file)
    sheet = book.sheet(_("Statistics"))
    sheet.widths(WIDE, *[NARROW] * (11 if found.clicks is None else 17))
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
        *(_click_heads() if found.clicks is not None else ()),
        _("currency"),
    )
    told = [*zip(names, found.pairs, strict=True), (_("In all"), found.total)]
    for name, pair in told:
        lines, rejected, *cents = _figures(pair)
        share = None if pair.difference_bp is None else Share(pair.difference_bp)
        amounts = (None if one is None else units(one) for one in cents)
        clicks = _click_cells(pair) if found.clicks is not None else []
        sheet.put(name, lines, rejected, *amounts, share, *clicks, currency)
    sheet.put("")
    sheet.put(f"{span_name(span)} ({span.zone})")
    book.close()
    file.seek(0)
    return file


def _click_heads() -> tuple[str, ...]:
    return (
        _("clicks"),
        _("clicks before"),
        _("conversion"),
        _("conversion before"),
        _("per 100 clicks"),
        _("per 100 clicks before"),
    )


def _click_cells(pair: Pair) -> list[Any]:
    count, before, *shares, now_cents, before_cents = _click_figures(pair)
    amounts = [None if cents is None else units(cents) for cents in (now_cents, before_cents)]
    return [count, before, *(None if one is None else Share(one) for one in shares), *amounts]
