"""What the portal's pages say of a click."""

from datetime import datetime

from django import template

from publishers.figures import instant
from publishers.merchant_links import SUBS
from publishers.models import Click

register = template.Library()


@register.filter
def precise(at: datetime) -> str:
    """An instant to the second, in UTC."""
    return instant(at, "UTC", seconds=True)


@register.filter
def sub_ids(click: Click) -> str:
    """The sub ids that are given, by name."""
    given = ((name, getattr(click, name)) for name in SUBS)
    return ", ".join(f"{name}: {value}" for name, value in given if value)


@register.filter
def source_code(click: Click, codes: dict[int, str]) -> str:
    """The code of its source, of those of the publisher by their ids."""
    return codes[click.source_id]
