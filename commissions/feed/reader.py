"""Reading a feed: the one way in for a file, and the one for mended rows."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from commissions.feed.json_rows import JsonRows
from commissions.feed.lines import BLOCK_BYTES
from commissions.feed.model import LINE, FeedBatch, FeedRules, ParkedRow, RawBlock
from commissions.feed.rules import RowReader
from commissions.feed.sniff import format_of

# Long rows make heavy batches: past this many bytes of file a batch is handed over early.
BATCH_BYTES = 4 * BLOCK_BYTES
# Rows of one order mostly follow each other; so many are looked through to keep them together.
LONGEST_ORDER = 200


def read_feed(
    path: Path, rules: FeedRules, *, now: datetime, batch_rows: int = 100_000
) -> Iterator[FeedBatch]:
    """The file's rows in batches of at most `batch_rows` records, good and parked together.

    A file that cannot be read at all raises FeedRefused here and now, before any batch. There is
    always at least one batch, which may be empty. `now` must carry its time zone.
    """
    reader = _reader(rules, now)
    if batch_rows < 1:
        raise ValueError(f"batch_rows is {batch_rows}: a batch holds at least one row")
    blocks = format_of(path).blocks(path, BLOCK_BYTES)
    # Begun here, so that what the first block refuses is refused before anything is written.
    first = next(blocks)
    return _batches(first, blocks, reader, batch_rows)


def read_records(
    records: Iterable[Mapping[str, str]], rules: FeedRules, *, now: datetime
) -> FeedBatch:
    """Mended rows through the same rules, as one batch; `row` is the record's place, from 1.

    A record kept as {"_line": text} is taken where its text has become a JSON object.
    """
    rows = JsonRows()
    for record in records:
        line = record.get(LINE)
        if line is None:
            rows.take_value(dict(record), suspect=True)
        else:
            rows.take_line(line)
    block = rows.block(0, set())
    good, parked = _checked(block, _reader(rules, now))
    return FeedBatch(good, parked, 0, block.rows_read, block.notices)


def _reader(rules: FeedRules, now: datetime) -> RowReader:
    if now.tzinfo is None:
        raise ValueError("now has no time zone: the clock must be an instant")
    return RowReader(rules, now)


def _checked(block: RawBlock, reader: RowReader) -> tuple[pl.DataFrame, list[ParkedRow]]:
    rows, parked = reader.read(block.frame)
    if block.parked:
        parked = sorted([*block.parked, *parked], key=lambda one: one.row)
    return rows, parked


@dataclass
class _Held:
    """Rows read but not yet handed over; `marks` are (records, bytes) at the end of each block."""

    done: int = 0
    bytes_done: int = 0
    frames: list[pl.DataFrame] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)

    def add(self, block: RawBlock, reader: RowReader) -> None:
        """Takes a block's rows through the rules."""
        rows, parked = _checked(block, reader)
        self.frames.append(rows)
        self.parked += parked
        self.notices += block.notices
        self.marks.append((block.rows_read, block.bytes_done))

    def before_torn_order(self, last_row: int) -> int:
        """The record up to which no order is torn from its rows beyond `last_row`."""
        self.frames = [pl.concat(self.frames)]
        orders = self.frames[0]["order_id"]
        cut = int(self.frames[0]["row"].search_sorted(last_row, side="right"))
        torn = orders[max(cut - LONGEST_ORDER, 0) : cut]
        if not 0 < cut < len(orders) or orders[cut] != orders[cut - 1]:
            return last_row
        others = (torn != orders[cut]).arg_true()
        if others.is_empty():
            return last_row
        first = cut - len(torn) + int(others[-1]) + 1
        return int(self.frames[0]["row"][first]) - 1

    def take(self, last_row: int) -> FeedBatch:
        """Hands over the records up to the number `last_row`."""
        rows = pl.concat(self.frames) if len(self.frames) > 1 else self.frames[0]
        cut = int(rows["row"].search_sorted(last_row, side="right"))
        split = bisect_right(self.parked, last_row, key=lambda one: one.row)
        while self.marks and self.marks[0][0] <= last_row:
            self.bytes_done = self.marks.pop(0)[1]
        batch = FeedBatch(rows[:cut], self.parked[:split], self.bytes_done, last_row, self.notices)
        self.frames, self.parked, self.notices = [rows[cut:]], self.parked[split:], []
        self.done = last_row
        return batch


def _batches(
    first: RawBlock, blocks: Iterator[RawBlock], reader: RowReader, batch_rows: int
) -> Iterator[FeedBatch]:
    held = _Held()
    block: RawBlock | None = first
    while block is not None:
        held.add(block, reader)
        following = next(blocks, None)
        while block.rows_read - held.done > batch_rows:
            yield held.take(held.before_torn_order(held.done + batch_rows))
        full = block.rows_read - held.done == batch_rows
        heavy = block.bytes_done - held.bytes_done >= BATCH_BYTES
        # The last batch is handed over even when empty: it says how far the file was read.
        if following is None or full or heavy:
            yield held.take(block.rows_read)
        block = following
