"""A world that comes by upload: files put into one folder, bounded, then loaded one by one."""

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from commissions.models import Programme
from commissions.pipeline.rerating import rerate_pending
from config.worlds import FILES, load_file
from publishers.csv_files import FileRefused
from publishers.figures import number

MOST_FILES = 50
MOST_BYTES = 200 * 1024 * 1024
_CHUNK = 1 << 20


class WorldRefused(Exception):
    """An upload that is not unpacked; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class FileReport:
    """What came of one file; `lines` are sentences about it."""

    name: str
    accepted: bool
    lines: tuple[str, ...]


def load_upload(
    uploads: Sequence[UploadedFile], *, programme: Programme, at: datetime
) -> list[FileReport]:
    """Load the files of an upload in the order of a world, and decide again what they touch.

    Raises WorldRefused before anything is loaded where the upload is too large or no world.
    """
    with tempfile.TemporaryDirectory(prefix="world-") as place:
        folder = Path(place)
        _put_into(folder, uploads)
        given = sorted(path.name for path in folder.iterdir())
        reports = [_load(folder / name, programme) for name in FILES if name in given]
    reports += [
        FileReport(name, False, (_("This name is not a file of a world: it was left out."),))
        for name in given
        if name not in FILES
    ]
    rerate_pending(at=at)
    return reports


def _load(path: Path, programme: Programme) -> FileReport:
    try:
        loaded = load_file(path, programme=programme)
    except FileRefused as refused:
        return FileReport(path.name, False, tuple(str(one) for one in refused.sentences))
    counts = _("%(added)s added, %(mended)s mended, %(unchanged)s unchanged") % {
        "added": number(loaded.added),
        "mended": number(loaded.mended),
        "unchanged": number(loaded.unchanged),
    }
    return FileReport(path.name, True, (counts, *(str(notice) for notice in loaded.notices)))


def _put_into(folder: Path, uploads: Sequence[UploadedFile]) -> None:
    room = MOST_BYTES
    for upload in uploads:
        if zipfile.is_zipfile(upload):
            upload.seek(0)
            room = _unpack(folder, upload, room)
        else:
            upload.seek(0)
            room -= _copy(upload, folder / _plain(upload.name or ""), room)
        if len(list(folder.iterdir())) > MOST_FILES:
            raise WorldRefused(_("More than %(n)d files came.") % {"n": MOST_FILES})


def _unpack(folder: Path, upload: UploadedFile, room: int) -> int:
    with zipfile.ZipFile(upload) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) > MOST_FILES:
            raise WorldRefused(_("More than %(n)d files came.") % {"n": MOST_FILES})
        for member in members:
            if member.flag_bits & 0x1:
                raise WorldRefused(_("The archive is locked by a password: send it open."))
            with archive.open(member) as source:
                room -= _copy(source, folder / _plain(member.filename), room)
    return room


def _plain(name: str) -> str:
    """A file's name that has no folder in it."""
    if not name or name != Path(name).name or "\\" in name or name.startswith("."):
        raise WorldRefused(
            _("“%(name)s” lies in a folder: a world's files lie side by side.") % {"name": name}
        )
    return name


def _copy(source: IO[bytes] | UploadedFile, target: Path, room: int) -> int:
    """Copy at most `room` bytes, counted as they are unpacked; returns how many there were."""
    written = 0
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > room:
                raise WorldRefused(
                    _("More than %(n)d MB came (unpacked): load the world by the command.")
                    % {"n": MOST_BYTES >> 20}
                )
            file.write(chunk)
    return written
