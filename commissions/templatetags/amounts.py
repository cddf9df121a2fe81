"""Amounts for tables whose heading names the currency, and differences with their sign."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from publishers.figures import NOTHING, money, rate

register = template.Library()


@register.filter
def units(cents: int) -> str:
    """Cents as `1,234.56`."""
    return number_format(Decimal(cents) / 100, 2, force_grouping=True)


@register.filter
def signed_units(cents: int) -> str:
    """A difference in cents as `+1,234.56`."""
    return _with_sign(cents, units(cents))


@register.filter
def signed_money(cents: int, currency: str = "USD") -> str:
    """A difference in cents as `+1,234.56 USD`."""
    return _with_sign(cents, money(cents, currency))


@register.filter
def signed_rate(hundredths: int | None) -> str:
    """A difference in hundredths of a percent as `+3.20 %`."""
    return NOTHING if hundredths is None else _with_sign(hundredths, rate(hundredths))


def _with_sign(value: int, text: str) -> str:
    return f"+{text}" if value > 0 else text
