"""Batches: however the file is cut up, it says the same, and memory does not grow with it."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commissions.feed import ROW_SCHEMA, read_feed, reader
from commissions.feed.lines import LINE_BYTES, line_blocks
from tests.commissions.feed.feeds import (
    CENTS,
    GOOD,
    NOW,
    csv_file,
    csv_line,
    ndjson,
    page,
    read_bytes,
    row,
)  # fmt: skip


def some_rows(count=60):
    """Rows of which every fifth is parked, and every seventh has a text over two lines."""
    return [
        row(n, paid_amount="x" if n % 5 == 0 else n, product_title="a\nb" if n % 7 == 0 else "c")
        for n in range(1, count + 1)
    ]


FILES = {
    "csv": csv_file(some_rows()) + b'1,2,"x\n' + csv_line(GOOD.values()) + b"short",
    "ndjson": ndjson(some_rows()) + b"{broken\n\n" + ndjson([row(99)]) + b"{cut",
    "page": page(some_rows()),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("batch_rows", [1, 7, 60, 64])
def test_the_size_of_a_batch_changes_nothing_but_the_batches(tmp_path, name, batch_rows):
    whole = read_bytes(tmp_path, FILES[name])
    small = read_bytes(tmp_path, FILES[name], batch_rows=batch_rows)
    assert small.rows.equals(whole.rows, null_equal=True)
    assert small.parked == whole.parked
    assert (small.rows_read, small.bytes_done) == (whole.rows_read, whole.bytes_done)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("block_bytes", [1, 100, 999, 5000])
def test_the_size_of_a_block_changes_nothing_at_all(tmp_path, monkeypatch, name, block_bytes):
    whole = read_bytes(tmp_path, FILES[name], batch_rows=9)
    monkeypatch.setattr(reader, "BLOCK_BYTES", block_bytes)
    small = read_bytes(tmp_path, FILES[name], batch_rows=9)
    assert small.rows.equals(whole.rows, null_equal=True)
    assert small.parked == whole.parked


@pytest.mark.parametrize("name", FILES)
def test_batches_hold_at_most_that_many_records_and_their_counts_run_on(tmp_path, name):
    path = tmp_path / "feed"
    path.write_bytes(FILES[name])
    done, read = 0, 0
    for batch in read_feed(path, CENTS, now=NOW, batch_rows=7):
        rows = [*batch.rows["row"].to_list(), *(one.row for one in batch.parked)]
        assert sorted(rows) == list(range(read + 1, batch.rows_read + 1))
        assert len(rows) <= 7
        assert done <= batch.bytes_done <= len(FILES[name])
        assert batch.rows["row"].is_sorted()
        assert [one.row for one in batch.parked] == sorted(one.row for one in batch.parked)
        done, read = batch.bytes_done, batch.rows_read
    assert done == len(FILES[name])


@pytest.mark.parametrize("data", [csv_file([]), page([])])
def test_an_empty_feed_is_one_empty_batch_with_all_columns(tmp_path, data):
    path = tmp_path / "feed"
    path.write_bytes(data)
    (batch,) = read_feed(path, CENTS, now=NOW)
    assert dict(batch.rows.schema) == ROW_SCHEMA
    assert (batch.rows.height, batch.rows_read, batch.bytes_done) == (0, 0, len(data))


def test_heavy_rows_are_handed_over_before_the_batch_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(reader, "BATCH_BYTES", 5000)
    path = tmp_path / "feed"
    path.write_bytes(FILES["csv"])
    batches = list(read_feed(path, CENTS, now=NOW))
    assert len(batches) > 1
    assert pl.concat([one.rows for one in batches]).equals(
        read_bytes(tmp_path, FILES["csv"]).rows, null_equal=True
    )


def test_a_file_is_refused_before_anything_is_yielded(tmp_path):
    path = tmp_path / "feed"
    path.write_bytes(b"order_id\n1\n")
    with pytest.raises(Exception, match="lacks"):
        read_feed(path, CENTS, now=NOW)


@pytest.mark.parametrize("batch_rows", [0, -1])
def test_a_batch_of_no_rows_is_a_mistake_of_the_caller(tmp_path, batch_rows):
    path = tmp_path / "feed"
    path.write_bytes(FILES["csv"])
    with pytest.raises(ValueError, match="batch_rows"):
        read_feed(path, CENTS, now=NOW, batch_rows=batch_rows)


@pytest.mark.parametrize("block_bytes", [10, 3000, LINE_BYTES - 1, 4 * LINE_BYTES])
def test_a_line_of_any_length_is_cut_just_beyond_the_limit(tmp_path, block_bytes):
    path = tmp_path / "feed"
    path.write_bytes(b"one\n" + b"x" * (3 * LINE_BYTES) + b"\ntwo\n" + b"y" * 2 * LINE_BYTES)
    found = list(line_blocks(path, 0, block_bytes if block_bytes > 10 else 100_000))
    lines = b"".join(one.data for one in found).split(b"\n")
    assert [lines[0], lines[2], lines[4]] == [b"one", b"two", b""]
    assert all(LINE_BYTES < len(line) <= 3 * LINE_BYTES for line in (lines[1], lines[3]))
    assert [one.last for one in found] == [False] * (len(found) - 1) + [True]
    assert found[-1].bytes_done == path.stat().st_size
    if block_bytes < LINE_BYTES:
        assert max(len(line) for line in lines) <= LINE_BYTES + 2 + block_bytes


MEASURE = """
import re, sys
from pathlib import Path
from commissions.feed import read_feed
from tests.commissions.feed.feeds import CENTS, NOW
for batch in read_feed(Path(sys.argv[1]), CENTS, now=NOW, batch_rows=20_000):
    pass
# Not ru_maxrss, which a child takes over from the process that started it.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1))
"""


def peak_kilobytes(path):
    """The most memory that a process took to read the file."""
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=root, capture_output=True, check=True
    )
    return int(done.stdout)


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "feed"
    lines = b"".join(csv_line(row(n).values()) for n in range(50_000))
    peaks = []
    for times in (4, 16):
        with path.open("wb") as file:
            file.write(csv_line(GOOD))
            for _ in range(times):
                file.write(lines)
        peaks.append(peak_kilobytes(path))
    assert peaks[1] < peaks[0] * 1.3, f"{peaks} kB for 200,000 and 800,000 rows"


@pytest.mark.parametrize("head", [csv_line(GOOD), ndjson([row(1)])])
def test_countless_tiny_lines_take_no_more_memory_than_others(tmp_path, head):
    path = tmp_path / "feed"
    path.write_bytes(head + b"1\n" * 500_000)
    assert peak_kilobytes(path) < 400_000


def test_a_line_without_an_end_takes_no_more_memory_than_any_other(tmp_path):
    path = tmp_path / "feed"
    path.write_bytes(ndjson([row(1)]) + b"[" * 200_000_000)
    assert peak_kilobytes(path) < 400_000
