"""Lines as files: those that their list shows, in its order, for people and for programs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from commissions.cuts.asked import Asked
from commissions.cuts.listing import in_order
from commissions.cuts.names import status_name
from commissions.explanations import reason_sentence
from commissions.exports import CHUNK, percent
from publishers.spreadsheets import NARROW, Share, Spreadsheet, csv_lines, units

# A sheet of XLSX has no more rows; two of them are the head and what it is of.
MOST_SHEET_LINES = 1_000_000
# Told after each so many lines, how many there are by now.
OnLines = Callable[[int], None]


class FiledLine(NamedTuple):
    """A line as files have it; amounts in cents, rate in hundredths of a percent."""

    order_id: str
    sub_order_id: str
    number: int
    placed: datetime
    clicked: datetime | None
    settled: datetime | None
    source: str
    sub1: str | None
    sub2: str | None
    sub3: str | None
    sub4: str | None
    sub5: str | None
    country: str
    product: str
    title: str
    status: str
    reason: str
    rule: str | None
    rate_bp: int
    sales_cents: int
    commission_cents: int
    currency: str


_COLUMNS = (
    *("order_id", "sub_order_id", "pk", "created_at", "click__clicked_at", "settled_at"),
    *("source__code", "click__sub1", "click__sub2", "click__sub3", "click__sub4", "click__sub5"),
    *("country", "product_id", "title", "status", "reason", "rule__code", "rate_bp"),
    *("base_cents", "commission_cents", "programme__currency"),
)
CSV_COLUMNS = tuple("rate_percent" if name == "rate_bp" else name for name in FiledLine._fields)


def filed_lines(asked: Asked) -> Iterator[FiledLine]:
    """The lines asked for, the newest first, read from the server piece by piece."""
    for row in in_order(asked).values_list(*_COLUMNS).iterator(chunk_size=CHUNK):
        yield FiledLine(*row)


def ignore_lines(_lines: int) -> None:
    """For those who do not watch."""


def lines_csv(asked: Asked, zone: str, on_lines: OnLines = ignore_lines) -> Iterator[str]:
    """A line each, amounts in whole cents, instants on the clock of `zone` with their offset.

    Orders and sub-orders begin with an apostrophe where a spreadsheet would reckon them.
    """
    return csv_lines(CSV_COLUMNS, _csv_rows(asked, ZoneInfo(zone), on_lines))


def _csv_rows(asked: Asked, clock: ZoneInfo, on_lines: OnLines) -> Iterator[list[str | int]]:
    for count, line in enumerate(filed_lines(asked), start=1):
        yield [_csv_cell(name, value, clock) for name, value in _named(line)]
        if count % CHUNK == 0:
            on_lines(count)


def _named(line: FiledLine) -> Iterator[tuple[str, Any]]:
    return zip(FiledLine._fields, line, strict=True)


def _csv_cell(name: str, value: Any, clock: ZoneInfo) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(clock).isoformat(timespec="seconds")
    if isinstance(value, int):
        return percent(value) if name == "rate_bp" else value
    return str(value)


def write_xlsx(file: IO[bytes], asked: Asked, zone: str, on_lines: OnLines = ignore_lines) -> None:
    """The same as a spreadsheet in words, amounts with two decimals; texts are never formulas.

    At most `MOST_SHEET_LINES` lines: a caller that has more writes CSV.
    """
    book, clock = Spreadsheet(file), ZoneInfo(zone)
    sheet = book.sheet(_("Orders"))
    sheet.widths(*[NARROW] * len(FiledLine._fields))
    sheet.head(*_heads())
    for count, line in enumerate(filed_lines(asked), start=1):
        sheet.put(*(_xlsx_cell(name, value, clock) for name, value in _named(line)))
        if count % CHUNK == 0:
            on_lines(count)
    book.close()


def _xlsx_cell(name: str, value: Any, clock: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock).strftime("%Y-%m-%d %H:%M:%S")
    if name in ("sales_cents", "commission_cents"):
        return units(value)
    if name == "rate_bp":
        return Share(value)
    if name == "status":
        return status_name(value)
    return reason_sentence(value) if name == "reason" else value


def _heads() -> tuple[str, ...]:
    return (
        _("order"),
        _("sub-order"),
        _("number"),
        _("placed"),
        _("clicked"),
        _("settled"),
        _("source"),
        *(_("sub id %(n)s") % {"n": n} for n in range(1, 6)),
        _("country"),
        _("product"),
        _("title"),
        _("status"),
        _("reason"),
        _("rule"),
        _("rate"),
        _("sales"),
        _("commission"),
        _("currency"),
    )
