"""Bring a programme's files into the database: what is missing is made, what is there stays.

Staff own what is stored. A programme, a set with its members, a type of traffic, the permissions
of a type and a version of a rulebook are each made whole or left as they are, never mended.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from commissions.enums import RulebookStatus
from commissions.models import NamedSet, Programme, Rulebook, SetMember
from commissions.programmes.reading import read_programme
from commissions.programmes.rows import ProgrammeFileError
from commissions.programmes.shapes import ProgrammeFiles, RulebookFile
from commissions.rulebooks.document import write_rows
from publishers.models import TrafficPermission, TrafficType


@dataclass(frozen=True)
class Loaded:
    """What a call has made; empty where everything was there."""

    programme_code: str
    programme_made: bool
    sets: tuple[str, ...]
    traffic_types: tuple[str, ...]
    permissions: tuple[str, ...]
    rulebook_versions: tuple[int, ...]

    @property
    def nothing(self) -> bool:
        made = (self.sets, self.traffic_types, self.permissions, self.rulebook_versions)
        return not self.programme_made and not any(made)


def load_programme(folder: Path, *, at: datetime) -> Loaded:
    """Make what the folder's files say and the database lacks, all of it or nothing.

    at: when the rulebooks count as published. Raises ProgrammeFileError with a sentence.
    """
    files = read_programme(folder)
    with transaction.atomic():
        programme, made = _programme(files)
        return Loaded(
            programme_code=programme.code,
            programme_made=made,
            sets=_make_sets(programme, files),
            traffic_types=_make_traffic_types(files),
            permissions=_make_permissions(files),
            rulebook_versions=_make_rulebooks(programme, files, at),
        )


def _programme(files: ProgrammeFiles) -> tuple[Programme, bool]:
    """The programme, locked: two calls at once make nothing twice."""
    return Programme.objects.select_for_update().get_or_create(
        code=files.code,
        defaults={
            "name": files.name,
            "time_zone": files.time_zone,
            "currency": files.currency,
            "feed_time_zone": files.feed_time_zone,
            "minimum_age_days": files.minimum_age_days,
            "settlement_limit_days": files.settlement_limit_days,
        },
    )


def _make_sets(programme: Programme, files: ProgrammeFiles) -> tuple[str, ...]:
    kinds = dict(NamedSet.objects.filter(programme=programme).values_list("code", "kind"))
    for one in files.sets:
        if kinds.get(one.code, one.kind) != one.kind:
            raise ProgrammeFileError(
                _(
                    "The programme %(programme)s has a set %(set)s of %(kind)s, its file one of "
                    "%(wanted)s: give one of them another code."
                )
                % {
                    "programme": programme.code,
                    "set": one.code,
                    "kind": kinds[one.code],
                    "wanted": one.kind,
                }
            )
    missing = [one for one in files.sets if one.code not in kinds]
    made = NamedSet.objects.bulk_create(
        NamedSet(
            programme=programme,
            kind=one.kind,
            code=one.code,
            name_en=one.name_en,
            name_ru=one.name_ru,
        )
        for one in missing
    )
    SetMember.objects.bulk_create(
        SetMember(named_set=named_set, value=value)
        for named_set, one in zip(made, missing, strict=True)
        for value in one.members
    )
    return tuple(one.code for one in missing)


def _make_traffic_types(files: ProgrammeFiles) -> tuple[str, ...]:
    there = set(TrafficType.objects.values_list("code", flat=True))
    missing = [one for one in files.traffic if one.code not in there]
    # The types are shared: another programme may be bringing the same ones just now.
    TrafficType.objects.bulk_create(
        (TrafficType(code=one.code, name_en=one.name_en, name_ru=one.name_ru) for one in missing),
        ignore_conflicts=True,
    )
    return tuple(one.code for one in missing)


def _make_permissions(files: ProgrammeFiles) -> tuple[str, ...]:
    of_programme = TrafficPermission.objects.filter(programme_code=files.code)
    there = set(of_programme.values_list("traffic_type__code", flat=True))
    missing = [one for one in files.traffic if one.code not in there]
    if missing:
        ids = dict(TrafficType.objects.values_list("code", "id"))
        TrafficPermission.objects.bulk_create(
            TrafficPermission(
                programme_code=files.code,
                traffic_type_id=ids[one.code],
                permission=one.permission,
                valid_from=one.valid_from,
                note_en=one.note_en,
                note_ru=one.note_ru,
            )
            for one in missing
        )
    return tuple(one.code for one in missing)


def _make_rulebooks(programme: Programme, files: ProgrammeFiles, at: datetime) -> tuple[int, ...]:
    of_programme = Rulebook.objects.filter(programme=programme)
    there = set(of_programme.values_list("version", flat=True))
    missing = [book for book in files.rulebooks if book.version not in there]
    for book in missing:
        _make_rulebook(programme, book, at)
    return tuple(book.version for book in missing)


def _make_rulebook(programme: Programme, book: RulebookFile, at: datetime) -> None:
    """A draft with its rows, published last: nothing of a published rulebook can be changed."""
    rulebook = Rulebook.objects.create(
        programme=programme,
        version=book.version,
        starts_at=book.starts_at,
        title_en=book.title_en,
        title_ru=book.title_ru,
        cap_cents=book.cap_cents,
        referral_bp=book.referral_bp,
        shipped=True,
    )
    write_rows(rulebook, book)
    rulebook.status = RulebookStatus.PUBLISHED
    rulebook.published_at = at
    rulebook.save(update_fields=["status", "published_at"])
