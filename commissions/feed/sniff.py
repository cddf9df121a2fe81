"""What a file is, told by its content and never by its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commissions.feed.csv_blocks import csv_blocks
from commissions.feed.csv_shape import CsvShape, shape_of
from commissions.feed.json_pages import ERROR, RESPONSE, page_block
from commissions.feed.json_rows import ndjson_blocks
from commissions.feed.model import KNOWN, FeedRefused, RawBlock

HEAD_BYTES = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "compressed with gzip"),
    (b"PK\x03\x04", "a ZIP archive or an XLSX workbook"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document, such as an XLS workbook"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
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
        raise FeedRefused(f"The file cannot be opened: {error.strerror or error}.") from error
    _refuse_other_kinds(head)
    start = len(_BOM) if head.startswith(_BOM) else 0
    start += len(head) - start - len(head[start:].lstrip())
    text = head[start:]
    if not text:
        raise FeedRefused("The file is empty: send NDJSON, CSV with a header, or the API's pages.")
    if text[:1] == b"{" and _PAGE.search(text):
        return Page(start)
    if text[:1] in (b"{", b"[") or _is_ndjson_with_a_broken_start(text):
        return Ndjson(start)
    return _csv(text, start)


def _refuse_other_kinds(head: bytes) -> None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise FeedRefused(
                f"The file is {kind}: unpack it or save it as UTF-8 text "
                "(NDJSON, CSV or the API's JSON) and send that."
            )
    # Without a byte order mark, wide letters still show by their zero halves.
    start = head[:40]
    if head.startswith(_UTF16) or start.count(0) * 3 > len(start):
        raise FeedRefused(
            "The file is written in UTF-16 or another wide encoding: save it as UTF-8."
        )


def _is_ndjson_with_a_broken_start(text: bytes) -> bool:
    first = text.split(b"\n", 1)[0].decode("utf-8", "replace")
    return not any(name in first for name in KNOWN) and _ROW.search(text) is not None


def _csv(text: bytes, start: int) -> Csv:
    end = text.find(b"\n") + 1
    if not end:
        if len(text) > HEAD_BYTES // 2 and b"\r" not in text:
            raise FeedRefused("The first line is far too long for a header: this is no order feed.")
        end = len(text)
    header = text[:end].decode("utf-8", "backslashreplace")
    return Csv(start + end, shape_of(header.rstrip("\n").removesuffix("\r")))
