"""What tests of sources begin with: people, materials, a web that exists in memory."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.core.management import call_command

from commissions.models import Programme
from compliance.models import Moderation
from compliance.moderation import pages
from compliance.moderation.operations import apply_source
from publishers.models import Publisher, User
from publishers.source_material import GivenFile, Material
from tests.compliance.detectors.extension_packages import extension, packed
from tests.compliance.detectors.planted_extensions import CLICK
from tests.compliance.detectors.test_keywords_files import ALL_NEGATIVES
from tests.compliance.fetching.web import PUBLIC, FakeNames, Web, answer, client

AT = datetime(2020, 5, 1, 12, tzinfo=UTC)
SITE = "https://deals.example.org/"
NOTICE = "This site is not affiliated with AliExpress. " + "Deals of the day, found by hand. " * 20


def network() -> Programme:
    """The programme as it ships, and two publishers: anna reads Russian, boris English."""
    call_command("load_programme", verbosity=0)
    for code, language in (("anna", "ru"), ("boris", "en")):
        Publisher.objects.create(
            code=code, name=code.title(), email=f"{code}@example.net", language=language,
            registered_at=datetime(2018, 9, 1, tzinfo=UTC),
        )  # fmt: skip
    return Programme.objects.get(code="aliexpress")


def publisher(code: str = "anna") -> Publisher:
    return Publisher.objects.get(code=code)


def staff(name: str = "staff") -> User:
    """Somebody of the staff, made when first asked for."""
    user, _made = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )
    return user


def site(url: str = SITE, title: str = "Deals of the day") -> Material:
    return Material(title=title, url=url, audience="Thrifty people", countries=("RU", "KZ"))


def mailing(leave: str = "Every letter has a link to unsubscribe with one click.") -> Material:
    return Material(
        title="Weekly deals",
        subscribe="People fill the form on our site and confirm by a link in the first letter.",
        leave=leave,
    )


def keyword_list(*keywords: str, negatives: bool = True) -> Material:
    """A contextual source that advertises by these keywords."""
    lines = [
        *(f"keyword: {word}" for word in keywords),
        "title: Nice phones",
        "text: Cheap and new",
        *(f"negative: {word}" for word in ALL_NEGATIVES if negatives),
    ]
    given = GivenFile("keywords.txt", "\n".join(lines).encode())
    return Material(title="Ads in search", keywords=given)


REDIRECTS = packed(
    extension(2, content=f"location.href = '{CLICK}' + encodeURIComponent(location.href);")
)
INNOCENT = packed(extension(3, popup="document.title = 'Deals';"))


def toolbar(package: bytes = INNOCENT, name: str = "toolbar.zip") -> Material:
    return Material(title="Deal finder", package=GivenFile(name, package))


def applied(
    traffic_type: str = "content_site",
    material: Material | None = None,
    *,
    code: str = "",
    of: str = "anna",
    at: datetime = AT,
) -> Moderation:
    """A source that a publisher has just added."""
    return apply_source(
        publisher_id=publisher(of).pk,
        traffic_type=traffic_type,
        material=material or site(),
        code=code,
        at=at,
    )


def latest(moderation: Moderation) -> Moderation:
    return Moderation.objects.get(pk=moderation.pk)


def page(body: str, head: str = "") -> bytes:
    return answer(
        body=f"<html lang='en'><head><title>Deals</title>{head}</head><body>{body}</body>".encode()
    )


def the_web(
    monkeypatch, sites: Mapping[str, bytes], records: Mapping[str, list[str]] | None = None
):
    """What the job finds outside; nothing but this is there."""
    web = Web(sites=sites)
    hosts = {key.split("/")[0] for key in sites}
    names = FakeNames({host: [PUBLIC] for host in hosts}, records=records or {})
    monkeypatch.setattr(pages, "client", lambda: client(web, names))
    return web
