"""Figures in templates, as `publishers.figures` writes them."""

from datetime import datetime
from typing import Any

from django import template

from publishers.figures import day, in_own_language, instant, money, month, number, period, rate

register = template.Library()
register.filter("money", money)
register.filter("number", number)
register.filter("rate", rate)
register.filter("instant", instant)
register.filter("day", day)
register.filter("month", month)


@register.filter
def absolute(value: int) -> int:
    """A whole number without its sign."""
    return abs(value)


@register.filter
def named(row: Any) -> str:
    """The name of a row that has it in two languages, in the reader's."""
    return in_own_language(row, "name")


@register.filter
def span(start: datetime | None, end: datetime | None) -> str:
    """A half-open period, in UTC."""
    return period(start, end, "UTC")
