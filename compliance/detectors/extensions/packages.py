"""Opening the package of an extension (zip, xpi, crx) in memory and within limits."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field

from compliance.detectors.marking import gettext_noop as _

LARGEST_PACKAGE = 100 * 2**20
LARGEST_FILE = 16 * 2**20
LARGEST_READ = 96 * 2**20
MOST_ENTRIES = 20_000
# Text packs some tenfold; what packs much better than that was made to be unpacked into a flood.
HIGHEST_RATIO = 150
_RATIO_MATTERS_FROM = 2**20
_ENCRYPTED = 0x1
_CRX_MAGIC = b"Cr24"
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_NESTED = (".zip", ".crx", ".xpi")


class NotAPackageError(Exception):
    """The bytes are no package of an extension: `sentence` with its `values`."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values_of_sentence = values


@dataclass(frozen=True)
class Problem:
    """What kept a file from being read, or the package from being trusted."""

    step: str
    sentence: str
    file: str


@dataclass
class Package:
    """The entries of a package by name; texts are unpacked when asked for, and kept nowhere."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    problems: list[Problem] = field(default_factory=list)
    read_so_far: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.entries)

    def find(self, name: str, folder: str = "") -> str | None:
        """The entry that an address inside the package means; None where there is none."""
        path = re.split(r"[?#]", name, maxsplit=1)[0].replace("\\", "/")
        for start in ("", folder) if not path.startswith("/") else ("",):
            parts: list[str] = []
            for part in f"{start}/{path}".split("/"):
                if part == "..":
                    parts[-1:] = []
                elif part not in {"", "."}:
                    parts.append(part)
            if "/".join(parts) in self.entries:
                return "/".join(parts)
        return None

    def read(self, name: str) -> bytes | None:
        """The bytes of an entry; None, with a problem noted, where it cannot be had."""
        info = self.entries[name]
        if info.file_size > LARGEST_FILE or self.read_so_far + info.file_size > LARGEST_READ:
            self.note(
                "too_large",
                _("%(file)s is too large to be checked: hand in a smaller build."),
                name,
            )
            return None
        try:
            with self.archive.open(info) as stream:
                content = stream.read(LARGEST_FILE + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,  # a password, or a way of packing that is not known
            ValueError,
            struct.error,
            MemoryError,
        ):
            self.note(
                "unreadable", _("%(file)s cannot be unpacked: pack the extension again."), name
            )
            return None
        self.read_so_far += len(content)
        return content

    def note(self, step: str, sentence: str, name: str) -> None:
        problem = Problem(step, sentence, name)
        if problem not in self.problems:
            self.problems.append(problem)


def open_package(content: bytes) -> Package:
    """The package in these bytes.

    Raises NotAPackageError where they are none, or where unpacking them would be a flood.
    """
    if len(content) > LARGEST_PACKAGE:
        raise NotAPackageError(
            _("The package has more than %(limit)s MiB: hand in the build that users get."),
            limit=LARGEST_PACKAGE // 2**20,
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(_without_header(content)))
        infos = archive.infolist()
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        struct.error,
        NotImplementedError,
        UnicodeDecodeError,
        IndexError,
        OverflowError,
        MemoryError,
    ) as error:
        raise NotAPackageError(
            _("This is no browser extension: a zip, xpi or crx file that can be opened is needed.")
        ) from error
    if len(infos) > MOST_ENTRIES:
        raise NotAPackageError(
            _("The package has %(count)s entries, more than %(limit)s: hand in the build alone."),
            count=len(infos),
            limit=MOST_ENTRIES,
        )
    return _package(archive, infos)


def _without_header(content: bytes) -> bytes:
    """The zip inside a crx; other content as it is."""
    if not content.startswith(_CRX_MAGIC):
        return content
    try:
        (version,) = struct.unpack_from("<I", content, 4)
        if version == 2:
            key, signature = struct.unpack_from("<II", content, 8)
            start = 16 + key + signature
        else:
            (header,) = struct.unpack_from("<I", content, 8)
            start = 12 + header
    except struct.error:
        start = len(content)
        version = 0
    if version not in {2, 3} or content[start : start + 4] not in _ZIP_MAGICS:
        raise NotAPackageError(
            _(
                "The header of this crx file is broken: pack the extension again, or hand in "
                "its zip."
            )
        )
    return content[start:]


def _package(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Package:
    files = [info for info in infos if not info.is_dir()]
    package = Package(archive, {})
    names = Counter(info.filename for info in files)
    for info in files:
        problem = _problem_of(info, names)
        if problem:
            package.note(*problem, _shown(info.filename))
        if problem is None or problem[0] == "name_twice":
            package.entries[info.filename] = info
    return _at_root(package)


def _problem_of(info: zipfile.ZipInfo, names: Counter[str]) -> tuple[str, str] | None:
    name = info.filename
    if info.flag_bits & _ENCRYPTED:
        return "encrypted", _(
            "%(file)s is encrypted and cannot be checked: hand in a package without a password."
        )
    parts = name.replace("\\", "/").split("/")
    if (
        ".." in parts
        or name.startswith(("/", "\\"))
        or "\0" in info.orig_filename
        or ":" in parts[0]
    ):
        return "unsafe_name", _(
            "%(file)s would leave the extension's folder when unpacked: remove it."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link", _("%(file)s is a link to another file: pack the file itself.")
    if info.file_size > _RATIO_MATTERS_FROM and info.file_size > HIGHEST_RATIO * max(
        1, info.compress_size
    ):
        return "bomb", _("%(file)s unpacks to far more than it is packed in: it was not opened.")
    if names[name] > 1:
        return "name_twice", _(
            "%(file)s is in the package more than once, and browsers may take either: keep one."
        )
    return None


def _at_root(package: Package) -> Package:
    """The package seen from the folder of its manifest: people zip the folder itself too."""
    if "manifest.json" in package.entries:
        return package
    folders = [
        name.removesuffix("manifest.json")
        for name in package.entries
        if name.count("/") == 1 and name.endswith("/manifest.json")
    ]
    if len(folders) == 1:
        prefix = folders[0]
        package.entries = {
            name.removeprefix(prefix): info
            for name, info in package.entries.items()
            if name.startswith(prefix)
        }
        return package
    nested = next((name for name in package.entries if name.lower().endswith(_NESTED)), None)
    if nested:
        package.note(
            "nested", _("%(file)s is a package inside the package: hand in that one."), nested
        )
    package.note(
        "no_manifest",
        _(
            "%(file)s is missing, so nothing tells what the extension does: hand in the whole "
            "package."
        ),
        "manifest.json",
    )
    return package


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]
