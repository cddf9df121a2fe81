"""What the demo's publishers have just added: sources that wait in the queue, good ones and bad."""

import io
import json
import zipfile
from datetime import datetime, timedelta

from compliance.models import AutoApproval, Moderation
from compliance.moderation.operations import apply_source
from publishers.models import Publisher, TrafficType
from publishers.source_material import GivenFile, Material

# Of the sites none is there (their ending is for examples alone): their pages cannot be fetched,
# which the round says, and leaves to a person.
_ADS = """[keywords]
buy headphones
cheap phones aliexpress
[titles]
Headphones, honestly tested
[texts]
We tried forty of them. See which ones last.
[negatives]
free
used
"""
_REDIRECTING = """chrome.webRequest.onBeforeRequest.addListener(
  (request) => ({ redirectUrl: "https://s.click.aliexpress.com/e/_demo?to=" + request.url }),
  { urls: ["*://*.aliexpress.com/item/*"] },
  ["blocking"],
);
"""


def prepare_sources(*, at: datetime) -> None:
    """Add the sources where none was ever added, the oldest some days ago.

    From now on sites that the checks find clear are approved at once: a reader of the demo who adds
    one sees it earn, without a network.
    """
    _approve_sites_at_once(at)
    if Moderation.objects.exists():
        return
    blocked = Publisher.objects.filter(blocks__isnull=False, blocks__valid_to__isnull=True)
    people = Publisher.objects.exclude(pk__in=blocked).order_by("-code")
    applications = [
        ("content_site", _site("Tried at home", "https://tried-at-home.example/")),
        ("content_site", _site("Ali savings", "https://aliexpres-savings.example/")),
        ("contextual", Material("Ads in search", keywords=GivenFile("ads.txt", _ADS.encode()))),
        ("email_newsletter", Material("Weekly finds", subscribe="A form on our site.")),
        ("toolbars_plugins", Material("Price history", package=_package())),
    ]
    for days, (publisher, (of_type, material)) in enumerate(
        zip(people, applications, strict=False), start=1
    ):
        added = at - timedelta(days=len(applications) - days, hours=2)
        apply_source(publisher_id=publisher.pk, traffic_type=of_type, material=material, at=added)


def _approve_sites_at_once(at: datetime) -> None:
    sites = TrafficType.objects.get(code="content_site")
    AutoApproval.objects.get_or_create(
        traffic_type=sites,
        defaults={
            "valid_from": at,
            "needs_page": False,
            "needs_ownership": False,
            "note": "The demo has no network to look at pages with.",
        },
    )


def _site(title: str, url: str) -> Material:
    return Material(title, url=url, audience="Thrifty families", countries=("RU", "KZ"))


def _package() -> GivenFile:
    """An extension that leads the merchant's own visitors through an affiliate link (F4)."""
    manifest = {
        "manifest_version": 2, "name": "Price history", "version": "1.4",
        "permissions": ["webRequest", "webRequestBlocking", "*://*.aliexpress.com/*"],
        "background": {"scripts": ["background.js"]},
    }  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("manifest.json", json.dumps(manifest, indent=2))
        package.writestr("background.js", _REDIRECTING)
    return GivenFile("toolbar.zip", file.getvalue())
