"""Links of a source to the merchant's pages, built for the portal and the API alike (F21)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from publishers.merchant_links import NotDirect, direct_target, tracking_link

MOST_ADDRESSES = 200  # at once


@dataclass(frozen=True)
class Built:
    """An address as it was given, and the link to it; or why there is none."""

    given: str
    link: str
    why_not: str


def built(address: str, source: str, subs: Mapping[str, str]) -> Built:
    """The link of a source to one address, or the reason why there is none."""
    try:
        target = direct_target(address, settings.PERMILLE_MERCHANT_DOMAINS)
    except NotDirect as refused:
        return Built(address, "", str(refused))
    link = tracking_link(
        settings.PERMILLE_TRACKING_URL, source=source, target=target.url, subs=subs
    )
    return Built(address, link, "")
