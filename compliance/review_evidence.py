"""From review texts to accusations: whose links they carry, with the evidence frozen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from compliance.detectors.review_links import Finding, LinkHosts, find_links
from compliance.models import ReviewText
from publishers import queries as publishers

LONGEST_CODE = 64  # a longer one can never be registered


@dataclass(frozen=True)
class Accusation:
    """One text that names one publisher."""

    evidence: str
    publisher_id: int
    frozen: dict[str, Any]


def link_hosts() -> LinkHosts:
    """The hosts whose links are looked for; they are settings."""
    return LinkHosts(
        tracking=frozenset(settings.PERMILLE_TRACKING_HOSTS),
        site=frozenset(settings.PERMILLE_SITE_HOSTS),
        merchant=frozenset(settings.PERMILLE_MERCHANT_DOMAINS),
    )


def accusations(texts: Sequence[ReviewText]) -> list[Accusation]:
    """One accusation per text and publisher named; codes nobody has name nobody.

    Such codes are noted on the text (`unknown_codes`, not saved here): should one be registered
    later, the text is looked at again.
    """
    hosts = link_hosts()
    found = [(text, find_links(text.text, hosts)) for text in texts]
    codes: dict[str, set[str]] = defaultdict(set)
    for _, findings in found:
        for finding in findings:
            codes[finding.names].add(finding.code)
    owner = {
        "source": publishers.publisher_by_source(list(codes["source"])),
        "publisher": publishers.publisher_by_code(list(codes["publisher"])),
    }
    accused = []
    for text, findings in found:
        named: dict[int, list[Finding]] = defaultdict(list)
        unknown: set[str] = set()
        for finding in findings:
            publisher_id = owner[finding.names].get(finding.code)
            if publisher_id is not None:
                named[publisher_id].append(finding)
            elif len(finding.code) <= LONGEST_CODE:
                unknown.add(f"{finding.names}:{finding.code}")
        text.unknown_codes = sorted(unknown)
        accused += [
            Accusation(text.review_id, publisher_id, _frozen(text, links))
            for publisher_id, links in sorted(named.items())
        ]
    return accused


def _frozen(text: ReviewText, links: Sequence[Finding]) -> dict[str, Any]:
    """The evidence as it was found, kept whatever becomes of the text."""
    return {
        "text": text.text,
        "author": text.author,
        "product_id": text.product_id,
        "posted_at": text.posted_at.isoformat(),
        "links": [asdict(link) for link in links],
    }
