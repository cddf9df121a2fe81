"""Writing down what a publisher says of a source; every word of it is kept, dated."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from publishers.demands import demands_of
from publishers.enums import MaterialKind
from publishers.models import Publisher, Source, SourceFile, SourceStatement, TrafficType
from publishers.models.publisher import code_validator
from publishers.models.source_material import LARGEST_MATERIAL

_COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_TITLE, LONGEST_URL, LONGEST_CODE, LONGEST_TEXT = 200, 500, 64, 20_000


class MaterialRefused(Exception):
    """What was given cannot be taken; the message says what is wrong and what to give."""


@dataclass(frozen=True)
class GivenFile:
    """A file as a publisher gave it."""

    name: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Material:
    """Everything that a publisher says of a source. `countries`: ISO 3166 alpha-2, capitals."""

    title: str
    url: str = ""
    audience: str = ""
    countries: tuple[str, ...] = ()
    subscribe: str = ""
    leave: str = ""
    sample: str = ""
    keywords: GivenFile | None = None
    package: GivenFile | None = None


def storable(text: str) -> str:
    """The text without what a database of text cannot hold (NUL, half characters)."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def require_whole(material: Material, traffic_type: str) -> None:
    """Raise MaterialRefused where something is missing or too much for its type of traffic."""
    demands = demands_of(traffic_type)
    if not material.title.strip():
        raise MaterialRefused(_("The source has no name: give one that people know it by."))
    for value, name, most in (
        (material.title, _("name"), LONGEST_TITLE),
        (material.url, _("address"), LONGEST_URL),
        (material.audience, _("audience"), LONGEST_TEXT),
        (material.subscribe, _("how people subscribe"), LONGEST_TEXT),
        (material.leave, _("how people leave"), LONGEST_TEXT),
        (material.sample, _("sample letter"), LONGEST_TEXT),
    ):
        if len(value) > most:
            raise MaterialRefused(
                _("“%(name)s” has %(length)s characters; give at most %(most)s.")
                % {"name": name, "length": len(value), "most": most}
            )
    if demands.address and not material.url.strip():
        raise MaterialRefused(_("A source of this type has a web address: give it."))
    require_address(material.url.strip())
    _require_countries(material.countries)
    _require_files(material, traffic_type)


def require_address(url: str) -> None:
    """Raise MaterialRefused where an address is given that is none of the web."""
    if url and not url.lower().startswith(("https://", "http://")):
        raise MaterialRefused(
            _("“%(url)s” is no web address: begin it with https:// or http://.") % {"url": url}
        )


def _require_countries(countries: tuple[str, ...]) -> None:
    for country in countries:
        if not _COUNTRY.fullmatch(country):
            raise MaterialRefused(
                _("“%(country)s” is no country: write two capitals, such as RU.")
                % {"country": country[:20]}
            )


def _require_files(material: Material, traffic_type: str) -> None:
    demands = demands_of(traffic_type)
    if demands.keywords and material.keywords is None:
        raise MaterialRefused(
            _("Give the keyword list with the texts of the ads and the negative keywords.")
        )
    if demands.package and material.package is None:
        raise MaterialRefused(_("Give the package of the extension: a zip, xpi or crx file."))
    for file in (material.keywords, material.package):
        if file is not None and len(file.content) > LARGEST_MATERIAL:
            raise MaterialRefused(
                _("The file %(name)s has %(size)s bytes; give one of at most %(most)s.")
                % {"name": file.name, "size": len(file.content), "most": LARGEST_MATERIAL}
            )


@transaction.atomic
def add_source(
    *, publisher_id: int, traffic_type: str, material: Material, code: str, at: datetime
) -> SourceStatement:
    """A new source, not approved, and what its publisher says of it. Raises MaterialRefused.

    code: of the source, in its links; empty: one is made from the publisher's.
    """
    publisher = Publisher.objects.select_for_update(no_key=True).get(pk=publisher_id)
    of_type = TrafficType.objects.filter(code=traffic_type).first()
    if of_type is None:
        raise MaterialRefused(
            _("“%(code)s” is no type of traffic: choose one of the list.") % {"code": traffic_type}
        )
    require_whole(material, traffic_type)
    source = Source(
        code=_code(publisher, code),
        publisher=publisher,
        traffic_type=of_type,
        title=storable(material.title.strip()),
        url=storable(material.url.strip()),
    )
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError as error:  # somebody took the code meanwhile
        raise _taken(source.code) from error
    return state(source, material, at=at)


def _taken(code: str) -> MaterialRefused:
    return MaterialRefused(_("The code “%(code)s” is taken: choose another.") % {"code": code})


def _code(publisher: Publisher, wanted: str) -> str:
    if wanted:
        try:
            code_validator(wanted)
        except ValidationError as error:
            raise MaterialRefused(" ".join(error.messages)) from error
        if Source.objects.filter(code=wanted).exists():
            raise _taken(wanted)
        return wanted
    number = publisher.sources.count() + 1
    while True:
        ending = f"-{number}"
        made = publisher.code[: LONGEST_CODE - len(ending)] + ending
        if not Source.objects.filter(code=made).exists():
            return made
        number += 1


@transaction.atomic
def state(source: Source, material: Material, *, at: datetime) -> SourceStatement:
    """Keep what is said of a source from now on. Raises MaterialRefused."""
    require_whole(material, source.traffic_type.code)
    return SourceStatement.objects.create(
        source=source,
        given_at=at,
        title=storable(material.title.strip()),
        url=storable(material.url.strip()),
        audience=storable(material.audience.strip()),
        countries=sorted(set(material.countries)),
        subscribe=storable(material.subscribe.strip()),
        leave=storable(material.leave.strip()),
        sample=storable(material.sample.strip()),
        keywords=_kept(source, MaterialKind.KEYWORDS, material.keywords, at),
        package=_kept(source, MaterialKind.PACKAGE, material.package, at),
    )


def _kept(
    source: Source, kind: MaterialKind, file: GivenFile | None, at: datetime
) -> SourceFile | None:
    if file is None:
        return None
    kept, _new = SourceFile.objects.defer("content").get_or_create(
        source=source,
        kind=kind,
        sha256=file.sha256,
        defaults={
            "name": storable(file.name)[:200],
            "content": file.content,
            "size": len(file.content),
            "given_at": at,
        },
    )
    return kept


def material_of(statement: SourceStatement) -> Material:
    """What a statement says, files included, as it was given."""
    return Material(
        title=statement.title,
        url=statement.url,
        audience=statement.audience,
        countries=tuple(statement.countries),
        subscribe=statement.subscribe,
        leave=statement.leave,
        sample=statement.sample,
        keywords=_given(statement.keywords),
        package=_given(statement.package),
    )


def material_said(source: Source) -> Material:
    """What is said of a source now; of one that the network entered, its name and address."""
    found = source.statements.select_related("keywords", "package").order_by("-id").first()
    return Material(source.title, source.url) if found is None else material_of(found)


def _given(file: SourceFile | None) -> GivenFile | None:
    return None if file is None else GivenFile(file.name, bytes(file.content))
