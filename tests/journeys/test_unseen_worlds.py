"""Random worlds that nobody has seen: the product comes to what the oracle says, field by field."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from commissions.models import FeedImport, ParkedRow
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import (
    Books,
    assert_books_agree,
    assert_same_books,
    books,
    pages,
    run,
)
from tests.oracle.books import Books as Settled
from tests.oracle.books import settle
from tests.oracle.worlds import write_world

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = datetime(2021, 6, 1, tzinfo=UTC)
FORMS = ("ndjson", "csv", "pages")
UNITS = ("cents", "units")
DEEP = [pytest.param(seed, marks=pytest.mark.deep) for seed in range(100, 130)]


@pytest.fixture(autouse=True)
def _programme():
    aliexpress()


def feed_of(folder: Path, form: str) -> list[Path]:
    """The files of a world's feed in one of its forms."""
    return pages(folder) if form == "pages" else [folder / f"orders.{form}"]


def settled(folder: Path, files: list[Path], unit: str = "cents") -> Settled:
    """What the oracle says."""
    return settle(folder, files, folder / "reviews.ndjson", UNTIL, unit)


def told(found: Settled) -> Books:
    """The oracle's books as the exports have them."""
    return {"lines": found.lines, "balances": found.balances, "cases": found.cases}


def assert_the_same_rows_are_parked(found: Settled) -> None:
    """Each row that the oracle could not read is parked by its place, and for the same field.

    Where the oracle says that a line is no row at all, the product may know the field.
    """
    wanted = {one.where: one.name for one in found.parked}
    kept = ParkedRow.objects.values_list("feed_import__file_name", "row", "field", "reason")
    parked = {f"{name}:{row}": (field, reason) for name, row, field, reason in kept}
    assert sorted(parked) == sorted(wanted)
    assert sum(FeedImport.objects.values_list("rows_parked", flat=True)) == len(wanted)
    for where, name in wanted.items():
        field, reason = parked[where]
        # One field under two names: which of them is said to be at fault is left open.
        same = field.replace("customer_", "custom_") == name.replace("customer_", "custom_")
        assert same or name == "row", f"{where} is parked for {field}, not {name}: {reason}"


def assert_as_the_oracle(found: Settled) -> None:
    """Books, parked rows and invariants."""
    assert_same_books(books(), told(found))
    assert_the_same_rows_are_parked(found)
    assert_books_agree()


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", [11, *DEEP])
def test_an_unseen_world_comes_to_what_the_oracle_says(tmp_path, seed, form, unit):
    folder = write_world(tmp_path / "world", seed, unit=unit)
    files = feed_of(folder, form)
    found = settled(folder, files, unit)
    assert found.parked
    assert run(folder, *files, unit=unit).exit_code == 1, "rows were parked"
    assert_as_the_oracle(found)
