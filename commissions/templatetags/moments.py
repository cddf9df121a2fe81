"""Instants on a programme's clock, for readers and for programs."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commissions.rulebooks.conditions_page import dated

register = template.Library()
register.filter("dated", dated)


@register.simple_tag
def moment(value: datetime, zone: str) -> SafeString:
    """A `<time>` element: the day on the clock of `zone`, and the hour where it is not midnight."""
    there = timezone.localtime(value, ZoneInfo(zone))
    return format_html('<time datetime="{}">{}</time>', there.isoformat(), dated(value, zone))
