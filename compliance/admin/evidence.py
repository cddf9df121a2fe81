"""Evidence as it was frozen, with the stretches that matched marked. Everything is escaped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from publishers.figures import instant


def marked(text: str, links: Sequence[Mapping[str, Any]]) -> SafeString:
    """The text with every stretch that a finding names in `<mark>`.

    Findings of one link share their stretch; a stretch out of place is passed over.
    """
    stretches = sorted({(int(link["start"]), int(link["end"])) for link in links})
    parts: list[tuple[SafeString]] = []
    reached = 0
    for start, end in stretches:
        if not reached <= start < end <= len(text):
            continue
        parts.append((format_html("{}<mark>{}</mark>", text[reached:start], text[start:end]),))
        reached = end
    parts.append((format_html("{}", text[reached:]),))
    return format_html_join("", "{}", parts)


def evidence(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence for the page: the marked text, who wrote it and when, and what each link names."""
    links = frozen.get("links", [])
    return {
        "text": marked(str(frozen.get("text", "")), links),
        "author": frozen.get("author", ""),
        "product_id": frozen.get("product_id", ""),
        "posted": _posted(str(frozen.get("posted_at", ""))),
        "links": [(link["matched"], named(link), link["code"]) for link in links],
    }


def _posted(text: str) -> str:
    try:
        return instant(datetime.fromisoformat(text), seconds=True)
    except ValueError:
        return text


def named(link: Mapping[str, Any]) -> str:
    """What kind of link it is, and what its code names."""
    return {
        "tracking_link": _("tracking link; its code is a source"),
        "referral_link": _("referral link; its code is a publisher"),
        "merchant_link": _("link to the merchant; its code is a source"),
    }.get(str(link["kind"]), str(link["kind"]))
