"""Figures as people read them: cents, hundredths of a percent and instants, in the reader's way."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

NOTHING = "–"  # what stands where there is nothing to say


def number(value: int | None) -> str:
    """A whole number, its thousands apart."""
    return NOTHING if value is None else number_format(value, force_grouping=True)


def money(cents: int | None, currency: str = "USD") -> str:
    """Cents as `12.34 USD`."""
    if cents is None:
        return NOTHING
    units = Decimal(cents) / 100
    return f"{number_format(units, 2, force_grouping=True)} {currency}"


def rate(hundredths: int | None) -> str:
    """Hundredths of a percent as `7.00 %`."""
    if hundredths is None:
        return NOTHING
    return f"{number_format(Decimal(hundredths) / 100, 2)} %"


def exact(value: Decimal) -> str:
    """A decimal with all its digits and no zeros behind them."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return number_format(value, places, force_grouping=True)


def instant(value: datetime | None, zone: str = "", *, seconds: bool = False) -> str:
    """An instant on the clock of `zone`, else of the page."""
    if value is None:
        return NOTHING
    there = timezone.localtime(value, ZoneInfo(zone) if zone else None)
    return _dated(there, "j M Y, H:i:s" if seconds else "j M Y, H:i")


def day(value: date | None) -> str:
    """A calendar day."""
    return NOTHING if value is None else _dated(value, "j M Y")


def month(value: date | None) -> str:
    """The month of a day, with its year."""
    return NOTHING if value is None else _dated(value, "F Y")


def period(start: datetime | None, end: datetime | None, zone: str = "") -> str:
    """A half-open period; an open end is a dash with nothing behind it."""
    if start is None and end is None:
        return NOTHING
    return " ".join(
        part
        for part in (
            instant(start, zone) if start else "…",
            "–",
            instant(end, zone) if end else "…",
        )
    )


def _dated(value: date, form: str) -> str:
    """Django gives months capitals, which Russian does not."""
    text = date_format(value, form)
    return text.lower() if _reads_russian() else text


def _reads_russian() -> bool:
    return (get_language() or "").startswith("ru")


def in_own_language(row: Any, field: str) -> str:
    """The field of a row that has it in two languages, in the reader's."""
    language = "ru" if _reads_russian() else "en"
    return str(getattr(row, f"{field}_{language}") or getattr(row, f"{field}_en"))
