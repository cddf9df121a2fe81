"""A programme's folder, read and checked as a whole before anything is stored."""

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django_countries import countries

from commissions.enums import SetKind
from commissions.programmes import PROGRAMME_FILE, TRAFFIC_FILE, rulebook_files
from commissions.programmes.rows import Row, read_file
from commissions.programmes.rulebook_reading import (
    NAME,
    SENTENCE,
    Known,
    midnight,
    once,
    read_rulebook,
    require_complete,
    word,
)
from commissions.programmes.shapes import (
    ProgrammeFiles,
    RulebookFile,
    SetFile,
    StatementFile,
    TrafficFile,
)
from publishers.enums import Permission

CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def read_programme(folder: Path) -> ProgrammeFiles:
    """Read and check a folder. Raises ProgrammeFileError with a sentence naming file and row."""
    row = read_file(folder / PROGRAMME_FILE)
    zone = _zone(row, "time_zone")
    traffic = _traffic(read_file(folder / TRAFFIC_FILE), ZoneInfo(zone))
    sets = tuple(_set(one, {kind.code for kind in traffic}) for one in row.rows("sets", _("set")))
    once(row, _("set"), (one.code for one in sets))
    known = Known(
        ZoneInfo(zone),
        {one.code: one.kind for one in sets},
        frozenset(one.code for one in traffic),
    )
    books = tuple(_shipped(path, known, traffic) for path in rulebook_files(folder))
    once(row, _("rulebook version"), (book.version for book in books))
    programme = ProgrammeFiles(
        code=row.code(),
        name=row.text("name", most=NAME),
        time_zone=zone,
        currency=_currency(row),
        feed_time_zone=_zone(row, "feed_time_zone"),
        minimum_age_days=row.whole("minimum_age_days"),
        settlement_limit_days=row.whole("settlement_limit_days"),
        sets=sets,
        traffic=traffic,
        rulebooks=books,
    )
    row.finish()
    return programme


def _shipped(path: Path, known: Known, traffic: tuple[TrafficFile, ...]) -> RulebookFile:
    """A rulebook that ships: complete, and saying of traffic what the folder says at its start."""
    row = read_file(path)
    book = read_rulebook(row, known)
    require_complete(row, book)
    stated = tuple(
        StatementFile(one.code, one.permission, one.note_en, one.note_ru)
        for one in traffic
        if one.valid_from is None or one.valid_from <= book.starts_at
    )
    return replace(book, traffic=book.traffic or stated)


def _zone(row: Row, key: str) -> str:
    name = row.text(key, most=64)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise row.refuse(
            _('"%(key)s" is %(value)r, which is no time zone known here.')
            % {"key": key, "value": name}
        ) from error
    return name


def _currency(row: Row) -> str:
    currency = row.text("currency", most=NAME)
    if not CURRENCY.fullmatch(currency):
        raise row.refuse(
            _('"currency" is %(value)r: three capital letters are needed.') % {"value": currency}
        )
    return currency


def _names(row: Row, *, most: int = NAME, prefix: str = "") -> tuple[str, str]:
    """The same text in both languages."""
    return row.text(f"{prefix}en", most=most), row.text(f"{prefix}ru", most=most)


def _set(row: Row, traffic_codes: set[str]) -> SetFile:
    code = row.code()
    kind = word(row, "kind", SetKind.values)
    members = []
    for member in row.items("members"):
        if not isinstance(member, str) or not 0 < len(member) <= 64:
            raise row.refuse(
                _("the member %(member)r of %(set)s is not a text of 1 to 64 letters.")
                % {"member": member, "set": code}
            )
        if kind == SetKind.COUNTRY and member not in countries:
            raise row.refuse(
                _("the member %(member)s of %(set)s is no country code such as RU.")
                % {"member": member, "set": code}
            )
        if kind == SetKind.TRAFFIC_TYPE and member not in traffic_codes:
            raise row.refuse(
                _("the member %(member)s of %(set)s is no type of %(file)s.")
                % {"member": member, "set": code, "file": TRAFFIC_FILE}
            )
        members.append(member)
    once(row, _("member"), members)
    name_en, name_ru = _names(row)
    row.finish()
    return SetFile(code, kind, name_en, name_ru, tuple(members))


def _traffic(row: Row, zone: ZoneInfo) -> tuple[TrafficFile, ...]:
    types = tuple(_traffic_type(one, zone) for one in row.rows("types", _("type")))
    once(row, _("type"), (one.code for one in types))
    row.finish()
    return types


def _traffic_type(row: Row, zone: ZoneInfo) -> TrafficFile:
    code = row.code()
    name_en, name_ru = _names(row)
    permission = word(row, "permission", Permission.values)
    valid_from = midnight(row.day("from"), zone) if row.has("from") else None
    note_en = note_ru = ""
    if row.has("note_en") or row.has("note_ru"):
        note_en, note_ru = _names(row, most=SENTENCE, prefix="note_")
    row.finish()
    return TrafficFile(code, name_en, name_ru, permission, valid_from, note_en, note_ru)
