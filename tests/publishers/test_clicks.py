"""clicks.csv: the fast path adds, mends and refuses like the files that are read row by row."""

import io
import tracemalloc

import pytest

from commissions.models import Touch
from publishers import csv_files
from publishers.clicks import load_click_lines
from publishers.models import Click
from tests.fact_files import CLICKS, Folder, aliexpress

pytestmark = pytest.mark.django_db

HEADER = CLICKS.split()[0] + "\n"


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path, aliexpress()).with_sources()


def row(click: str = "k1", source: str = "anna-site", at: str = "2020-03-10T12:00:00Z") -> str:
    return f"{click},{source},{at},,,,,,,,\n"


def test_clicks_are_added_as_they_are_written(folder):
    loaded = folder.load("clicks.csv", CLICKS)
    assert (loaded.added, loaded.mended, loaded.unchanged) == (2, 0, 0)
    first, second = Click.objects.order_by("click_id")
    assert (first.source.code, first.landing_product_id, first.sub1) == ("anna-site", "5003", "a")
    assert first.clicked_at == second.clicked_at
    assert (second.landing_product_id, second.referrer) == ("", "")


def test_the_same_clicks_again_change_nothing(folder):
    folder.load("clicks.csv", CLICKS)
    ids = set(Click.objects.values_list("id", "click_id"))
    Touch.objects.all().delete()
    loaded = folder.load("clicks.csv", CLICKS)
    assert (loaded.added, loaded.mended, loaded.unchanged) == (0, 0, 2)
    assert set(Click.objects.values_list("id", "click_id")) == ids
    assert not Touch.objects.exists()


def test_a_click_is_mended_by_its_id_and_touches_its_lines(folder):
    folder.load("clicks.csv", CLICKS)
    Touch.objects.all().delete()
    loaded = folder.load("clicks.csv", CLICKS.replace("5003", "5004") + row("k3"))
    assert (loaded.added, loaded.mended, loaded.unchanged) == (1, 1, 1)
    mended = Click.objects.get(click_id="k1")
    assert mended.landing_product_id == "5004"
    assert list(Touch.objects.values_list("scope", "value")) == [("click", str(mended.pk))]


def test_columns_may_come_in_another_order(folder):
    names = HEADER.strip().split(",")[::-1]
    cells = row().strip().split(",")[::-1]
    folder.load("clicks.csv", ",".join(names) + "\n" + ",".join(cells) + "\n")
    assert Click.objects.get().source.code == "anna-site"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row(click=""), "click_id is empty. Write an id of 1 to 64 characters"),
        (row(click="k" * 65), "Write an id of 1 to 64 characters, without spaces."),
        (row(source="nobody"), 'source is "nobody". Write the code of a source'),
        (row(source=""), "source is empty. Write the code of a source"),
        (row(at="2020-03-10 12:00"), 'clicked_at is "2020-03-10 12:00". Write an instant'),
        (row(at="2020-03-10T12:00:00+23:00"), "Write an instant with its offset"),
        (row(at=""), "clicked_at is empty. Write an instant"),
        (row().replace("Z,,", "Z,,x" * 1 + "y" * 32), 'It has 33 characters; write at most 32.'),
        (row().replace("Z,", "Z,\0"), "Take out the invisible character"),
        ("k1,anna-site\n", "The row has 2 cells, the header names 11."),
    ],
)  # fmt: skip
def test_a_wrong_row_has_its_sentence_and_nothing_is_written(folder, wrong, sentence):
    found = folder.refusal("clicks.csv", HEADER + row("first") + "\n" + wrong + row("last"))
    assert len(found) == 1
    assert found[0].startswith("Line 4: ")
    assert sentence in found[0]
    assert not Click.objects.exists()


def test_all_wrong_rows_are_listed_up_to_a_limit(folder, monkeypatch):
    monkeypatch.setattr(csv_files, "LISTED", 3)
    found = folder.refusal("clicks.csv", HEADER + row(source="x", at="x") * 5)
    assert [sentence[:7] for sentence in found] == ["Line 2:", "Line 2:", "Line 3:", "... and"]
    assert found[-1] == "... and 7 more."


def test_a_click_given_twice_in_different_words_is_refused(folder):
    found = folder.refusal("clicks.csv", HEADER + row() + row("k2") + row(source="boris-cb"))
    assert found == ['Line 4: Line 2 says something else of click "k1": leave one of the two.']


def test_a_click_repeated_word_for_word_is_one_click(folder):
    loaded = folder.load("clicks.csv", HEADER + row() + row())
    assert (loaded.added, loaded.unchanged) == (1, 1)


def test_a_missing_column_is_named(folder):
    (found,) = folder.refusal("clicks.csv", "click_id,source,clicked_at\n")
    assert found.startswith("The header lacks landing_product_id, fetch_dest, referrer, sub1")


def test_memory_does_not_grow_with_the_file(folder):
    def lines(count: int):
        yield HEADER
        for n in range(count):
            yield row(f"k{n}")

    def peak(count: int) -> int:
        tracemalloc.start()
        load_click_lines(lines(count))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(100)  # What is loaded once.
    assert peak(20_000) < peak(2_000) + 500_000


def test_an_open_file_is_taken_too(folder):
    assert load_click_lines(io.StringIO(CLICKS.lstrip())).added == 2
