"""Frames go into the database and come out of it as they were, whatever is in them."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commissions.models import Programme
from commissions.operations.feed import receive_feed
from commissions.pipeline import booking
from commissions.pipeline.copying import (
    INSTANT,
    encoded,
    read_rows,
    write_encoded,
    write_frame,
)
from commissions.pipeline.ingest import run_file
from publishers.arrays import text_array
from publishers.models import Click, Source
from tests.journeys.orders import NOW, golden_facts, order, written

pytestmark = pytest.mark.django_db(transaction=True)

ODD = st.sampled_from('\\",{}\n\r\t N')
ANY = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TEXTS = st.text(ODD | ANY, max_size=12) | st.just("NULL")
FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - the strategy adds UTC
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
WHOLE = INSTANTS.map(lambda at: at.replace(microsecond=0))
ROWS = st.one_of(
    st.lists(st.tuples(TEXTS, st.none() | WHOLE)), st.lists(st.tuples(TEXTS, st.none() | INSTANTS))
)


def stored(frame: pl.DataFrame, write) -> list[tuple]:
    """A frame's rows after they were written into a table by `write`."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS written")
        cursor.execute("CREATE TEMPORARY TABLE written (place int, text text, at timestamptz)")
        write("written", frame)
        cursor.execute("SELECT text, at FROM written ORDER BY place")
        return cursor.fetchall()


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_texts_and_instants_are_stored_as_they_are(rows):
    schema = {"text": pl.String, "at": INSTANT}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("place")
    assert stored(frame, write_frame) == rows
    assert stored(frame, lambda table, one: write_encoded(table, encoded(one))) == rows


@given(st.lists(TEXTS))
@example(["a\\b", '"', '\\"', "{}", "NULL", ""])
@settings(max_examples=60, deadline=None)
def test_keys_come_to_the_database_as_they_are(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text_array(pl.Series(texts, dtype=pl.String))])
        assert cursor.fetchone() == (texts,)


def test_rows_come_out_as_the_tuples_that_they_are():
    golden_facts()
    late = datetime(2020, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
    source = Source.objects.earliest("id")
    for number, page in enumerate(("", 'a "b", c', "back\\slash", "NULL")):
        Click.objects.create(
            click_id=f"k,{number}", source=source, landing_product_id=page,
            clicked_at=late + timedelta(microseconds=number),
        )  # fmt: skip
    names = ("click_id", "landing_product_id", "clicked_at")
    rows = Click.objects.order_by("id").values_list(*names)
    schema = {"click_id": pl.String, "landing_product_id": pl.String, "clicked_at": INSTANT}
    assert read_rows(rows, schema).rows() == list(rows)
    assert read_rows(rows.filter(click_id="?"), schema).schema == schema


def test_what_no_row_of_a_batch_gives_is_not_written(tmp_path, monkeypatch):
    golden_facts()
    wrote: list[set[str]] = []
    write = booking.write_encoded

    def noted(table, rows):
        wrote.append(set(rows.columns))
        write(table, rows)

    monkeypatch.setattr(booking, "write_encoded", noted)
    path = written(tmp_path / "feed.ndjson", [order(1), order(2, product_title="A lamp")])
    row = receive_feed(
        programme=Programme.objects.get(), name="feed", amount_unit="cents", by=None, at=NOW
    )
    run_file(row, path, now=NOW, batch_rows=1)
    without, beside = wrote
    assert beside - without == {"title"}
    assert not {"cancel_reason", "dispute", "paid_at", "image_url"} & beside
