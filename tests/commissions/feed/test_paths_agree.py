"""The quick and the exact way of reading CSV give the same rows, however the file is cut up."""

import csv
import io

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commissions.feed import csv_blocks as blocks
from commissions.feed.csv_shape import CsvShape
from commissions.feed.rules import RowReader
from tests.commissions.feed.feeds import CENTS, GOOD, NOW, csv_line, row

SMALL = CsvShape(("order_id", "sub_order_id", "zzz", "product_title"))
WIDE = CsvShape(tuple(GOOD))

# Letters that decide how a line is read, and a few that should not.
noise = st.lists(
    st.sampled_from(
        [b'"', b'""', b",", b"\r", b"\x00", b"\x01", b"1", b"a", "й🎁".encode(), b"\xff", b" "]
    ),
    max_size=12,
).map(b"".join)
fields = st.text(st.sampled_from('1a",\n\r é\x01;\u2028'), max_size=6)
good_lines = st.builds(
    lambda a, b, c, end: csv_line(["1", a, b, c], end),
    fields,
    fields,
    fields,
    st.sampled_from(["\n", "\r\n"]),
)
lines = st.one_of(good_lines, noise.map(lambda data: data + b"\n"), st.just(b"1,2,x,y\n"))
files = st.lists(lines, max_size=12).map(b"".join)


def exactly(data, shape, rows_read=0, *, last=True):
    """The block as it is read when no line counts as plain."""
    nothing = pl.repeat(False, data.count(b"\n"), eager=True)
    return blocks.read_mixed(data, nothing, shape, rows_read, last=last)


def in_pieces(data, shape, size):
    """The file read in blocks of about `size` bytes."""
    whole, done, held = [], 0, b""
    rows_read, parked = 0, []
    while done < len(data):
        end = data.find(b"\n", min(done + size, len(data) - 1)) + 1
        piece, done = held + data[done:end], end
        read = blocks.read_block(piece, shape, rows_read, last=done == len(data))
        held, rows_read = read.rest, read.rows_read
        whole.append(read.frame)
        parked += read.parked
    assert held == b""
    return whole, parked, rows_read


@settings(max_examples=1500, deadline=None)
@given(files)
@example(b'"a\n1,2,x,y\n')
@example(b'1,2,"\n",y\n"\n')
@example(b"\n\n1,2,x,y\n\n")
@example(b'1,2,"\r\n\r",y\r\n')
@example(b"1,2,x,y\r\n1,2,x\x01,y\n")
def test_both_ways_give_the_same_rows_and_the_same_parked_rows(data):
    quick = blocks.read_block(data, SMALL, 5, last=True)
    exact = exactly(data, SMALL, 5)
    assert quick.frame.equals(exact.frame)
    assert quick.frame.schema == exact.frame.schema
    assert quick.parked == exact.parked
    assert (quick.rows_read, quick.rest) == (exact.rows_read, exact.rest)
    assert quick.rows_read == 5 + quick.frame.height + len(quick.parked)


@settings(max_examples=500, deadline=None)
@given(files, st.integers(1, 60))
def test_where_the_file_is_cut_into_blocks_changes_nothing(data, size):
    whole = exactly(data, SMALL)
    frames, parked, rows_read = in_pieces(data, SMALL, size)
    if data:
        assert pl.concat(frames).equals(whole.frame)
    assert (parked, rows_read) == (whole.parked, whole.rows_read)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.text(st.sampled_from("12345"), min_size=1), fields, fields), max_size=8)
)
def test_what_the_csv_module_writes_is_read_back(rows):
    written = [("7", *one) for one in rows]
    data = b"".join(csv_line(one, "\r\n") for one in written)
    read = blocks.read_block(data, SMALL, 0, last=True)
    assert read.parked == []
    got = read.frame.select("order_id", "sub_order_id", "product_title").rows()
    assert got == [(one[0], one[1], one[3]) for one in written]
    assert [tuple(one) for one in csv.reader(io.StringIO(data.decode(), newline=""))] == written


bad = st.one_of(
    noise.filter(lambda data: data.strip() and data.count(b",") < 8).map(lambda data: data + b"\n"),
    st.sampled_from(
        [
            b"1,2\n",
            b'"\n',
            csv_line(row(2).values()).replace(b"A kettle", b'"A kettle'),
            csv_line(row(2).values()).replace(b"A kettle", b'A kettle"'),
            csv_line(row(2).values()).replace(b"A kettle", b"\xff"),
            csv_line(row(2).values()).replace(b"9999", b"1e3"),
            csv_line(row(2).values())[:60] + b"\n",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(bad, st.none()), max_size=14))
def test_good_rows_around_bad_ones_always_survive(parts):
    numbers = [number for number, part in enumerate(parts, 100) if part is None]
    good = [csv_line(row(number).values()) for number in numbers]
    wanted = [f"9{number:014d}" for number in numbers]
    data = b"".join(good.pop(0) if part is None else part for part in parts)
    read = blocks.read_block(data, WIDE, 0, last=True)
    rows, parked = RowReader(CENTS, NOW).read(read.frame)
    # Two halves of a quoted text may come to stand beside each other, and are a row then.
    assert [sub for sub in rows["sub_order_id"] if not sub.endswith("002")] == wanted
    assert rows.height + len(parked) + len(read.parked) == read.rows_read
