"""A file as blocks of whole lines, whatever its size and however long a line is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 8 * 1024 * 1024
BLOCK_LINES = 100_000
# A real row has about a kilobyte; beyond a megabyte a line is parked unread.
LINE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class LineBlock:
    """Whole lines, each with its line feed; `bytes_done` counts from the start of the file."""

    data: bytes
    bytes_done: int
    last: bool


def line_blocks(path: Path, start: int, block_bytes: int) -> Iterator[LineBlock]:
    """Blocks of about `block_bytes`, and at most BLOCK_LINES lines, from the offset `start`.

    There is at least one, and the last is marked.
    """
    for block in _blocks_of_bytes(path, start, block_bytes):
        yield from _with_few_lines(block)


def _with_few_lines(block: LineBlock) -> Iterator[LineBlock]:
    # A line that is parked takes hundreds of bytes, were it only one byte long itself.
    if block.data.count(b"\n") <= BLOCK_LINES:
        yield block
        return
    middle = block.data.rfind(b"\n", 0, len(block.data) // 2) + 1
    middle = middle or block.data.find(b"\n") + 1
    first, second = block.data[:middle], block.data[middle:]
    yield from _with_few_lines(LineBlock(first, block.bytes_done - len(second), last=False))
    yield from _with_few_lines(LineBlock(second, block.bytes_done, last=block.last))


def _blocks_of_bytes(path: Path, start: int, block_bytes: int) -> Iterator[LineBlock]:
    """Blocks of about `block_bytes`, however many lines that is.

    A line that does not fit a block is cut just beyond LINE_BYTES, so that it is recognised
    as too long without ever being held. The file's last line is given its line feed.
    """
    with path.open("rb") as file:
        file.seek(start)
        done, held, cutting, chunk = start, b"", False, file.read(block_bytes)
        while following := file.read(block_bytes):
            done += len(chunk)
            if cutting:
                cutting, chunk = b"\n" not in chunk, _without_first_line(chunk)
            block, held = _whole_lines(held + chunk)
            if len(held) > LINE_BYTES + 1:
                block, held, cutting = block + held[: LINE_BYTES + 2] + b"\n", b"", True
            if block:
                yield LineBlock(block, done - len(held), last=False)
            chunk = following
        if cutting:
            chunk = _without_first_line(chunk)
        done, held = file.tell(), held + chunk
        yield LineBlock(held if held.endswith(b"\n") or not held else held + b"\n", done, last=True)


def _without_first_line(data: bytes) -> bytes:
    """What follows the line feed: the end of a line that was too long is passed over."""
    return data.partition(b"\n")[2]


def _whole_lines(data: bytes) -> tuple[bytes, bytes]:
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def too_long(line: str) -> bool:
    """Whether the line, without its line feed, has more than LINE_BYTES bytes in UTF-8."""
    if len(line) * 4 <= LINE_BYTES:
        return False
    return len(line) > LINE_BYTES or len(line.encode("utf-8", "surrogateescape")) > LINE_BYTES
