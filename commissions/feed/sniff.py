"""What a file is, told by its content and never by its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commissions.feed import wording
from commissions.feed.csv_blocks import csv_blocks
from commissions.feed.csv_shape import CsvShape, shape_of
from commissions.feed.json_pages import ERROR, RESPONSE, page_block
from commissions.feed.json_rows import ndjson_blocks
from commissions.feed.model import KNOWN, FeedRefused, RawBlock

HEAD_BYTES = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", wording.GZIP),
    (b"PK\x03\x04", wording.ZIP),
    (b"PK\x05\x06", wording.EMPTY_ZIP),
    (b"\xd0\xcf\x11\xe0", wording.OLD_OFFICE),
    (b"BZh", wording.BZIP2),
    (b"\xfd7zXZ\x00", wording.XZ),
    (b"\x28\xb5\x2f\xfd", wording.ZSTANDARD),
    (b"7z\xbc\xaf", wording.SEVEN_ZIP),
    (b"Rar!", wording.RAR),
    (b"%PDF", wording.PDF),
    (b"MZ", wording.PROGRAM),
    (b"\x7fELF", wording.PROGRAM),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Inside a text the quotes would be escaped, so this is a key wherever it stands.
_PAGE = re.compile(rf'"{RESPONSE}"\s*:|\A\{{\s*"{ERROR}"\s*:'.encode())
_ROW = re.compile(rb'^\s*\{\s*"', re.MULTILINE)


@dataclass(frozen=True)
class Ndjson:
    """One JSON object a line, from the offset `start`."""

    start: int

    def blocks(self, path: Path, block_bytes: int) -> Iterator[RawBlock]:
        """The file's rows as text."""
        return ndjson_blocks(path, self.start, block_bytes)


@dataclass(frozen=True)
class Csv:
    """Comma-separated rows under a header, which ends at the offset `start`."""

    start: int
    shape: CsvShape

    def blocks(self, path: Path, block_bytes: int) -> Iterator[RawBlock]:
        """The file's rows as text."""
        return csv_blocks(path, self.shape, self.start, block_bytes)


@dataclass(frozen=True)
class Page:
    """One page of the API, from the offset `start`."""

    start: int

    def blocks(self, path: Path, block_bytes: int) -> Iterator[RawBlock]:
        """The page's orders as text; there is only one block."""
        yield page_block(path, self.start)


def format_of(path: Path) -> Ndjson | Csv | Page:
    """How to read the file, or a refusal that says why it cannot be."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES + 1)
    except OSError as error:
        raise FeedRefused(wording.NOT_OPENED % {"why": error.strerror or error}) from error
    _refuse_other_kinds(head)
    start = len(_BOM) if head.startswith(_BOM) else 0
    start += len(head) - start - len(head[start:].lstrip())
    text = head[start:]
    if not text:
        raise FeedRefused(wording.FILE_EMPTY)
    if text[:1] == b"{" and _PAGE.search(text):
        return Page(start)
    if text[:1] in (b"{", b"[") or _is_ndjson_with_a_broken_start(text):
        return Ndjson(start)
    return _csv(text, start)


def _refuse_other_kinds(head: bytes) -> None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise FeedRefused(wording.OTHER_KIND % {"kind": kind})
    # Without a byte order mark, wide letters still show by their zero halves.
    start = head[:40]
    if head.startswith(_UTF16) or start.count(0) * 3 > len(start):
        raise FeedRefused(wording.WIDE_ENCODING)


def _is_ndjson_with_a_broken_start(text: bytes) -> bool:
    first = text.split(b"\n", 1)[0].decode("utf-8", "replace")
    return not any(name in first for name in KNOWN) and _ROW.search(text) is not None


def _csv(text: bytes, start: int) -> Csv:
    end = text.find(b"\n") + 1
    if not end:
        if len(text) > HEAD_BYTES // 2 and b"\r" not in text:
            raise FeedRefused(wording.FIRST_LINE_TOO_LONG)
        end = len(text)
    header = text[:end].decode("utf-8", "backslashreplace")
    return Csv(start + end, shape_of(header.rstrip("\n").removesuffix("\r")))
