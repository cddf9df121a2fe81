"""A world taken through the real commands, and what comes out held against what should.

    run(folder)                     # load_world, ingest_orders, scan_reviews, tick
    assert_as_expected(folder)      # the three exports against the folder's expected files
    assert_books_agree()            # verify_books

A journey that goes another way calls the steps themselves.
"""

import csv
import json
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from commissions.enums import ParkedState
from commissions.models import OrderLine, ParkedRow

UNTIL = "2021-06-01T00:00:00Z"
EXPORTS = ("lines", "balances", "cases")
# The facts that a network may come to know long after the orders.
LATE_FILES = (
    "clicks.csv",
    "stores.csv",
    "products.csv",
    "brand_stores.csv",
    "virtual_products.csv",
    "agreements.csv",
)
SHOWN = 5  # differing rows named

Row = Mapping[str, Any]
Books = dict[str, list[Row]]


# --- the commands ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a command wrote, and how it ended."""

    exit_code: int
    out: str
    err: str


def command(name: str, *arguments: object, **options: object) -> Answer:
    """Run a management command as a shell would: an exit is an answer, not the end of the test."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err, **options)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


def load(folder: Path) -> None:
    """Everything of a world but its feed and its reviews."""
    command("load_world", folder)


def ingest(*files: Path, unit: str = "cents") -> Answer:
    """Feed files, in their order."""
    return command("ingest_orders", *files, "--amount-unit", unit)


def scan(folder: Path) -> None:
    """The world's review texts."""
    command("scan_reviews", folder / "reviews.ndjson")


def tick(until: str = UNTIL) -> None:
    """The calendar, run up to an instant."""
    command("tick", "--until", until)


def run(folder: Path, *files: Path, unit: str = "cents") -> Answer:
    """The whole way of a world; gives what the import of its feed answered.

    files: of the feed, in their order (default: the world's orders.ndjson).
    """
    load(folder)
    answer = ingest(*(files or (folder / "orders.ndjson",)), unit=unit)
    scan(folder)
    tick()
    return answer


def pages(folder: Path) -> list[Path]:
    """The API's pages of a world in their order."""
    found = folder.glob("orders.page*.json")
    return sorted(found, key=lambda path: int(path.stem.removeprefix("orders.page")))


# --- folders and files -------------------------------------------------------------------------


def without_late_facts(folder: Path, into: Path) -> Path:
    """A copy of a world that lacks the files of LATE_FILES, as far as load_world reads them."""
    into.mkdir(parents=True)
    for path in folder.glob("*.csv"):
        if path.name not in (*LATE_FILES, "orders.csv"):
            shutil.copy(path, into)
    return into


# What a file of facts may say otherwise at first, and mend later: columns that are no key.
MENDABLE = {
    "sources.csv": ("publisher", "traffic_type", "approved_at"),
    "stores.csv": ("seller_country", "in_programme", "section"),
    "categories.csv": ("group",),
    "products.csv": ("store_id",),
    "virtual_products.csv": ("ruled_at",),
    "clicks.csv": ("source", "clicked_at", "landing_product_id"),
}


def with_wrong_facts(folder: Path, into: Path, chance: random.Random) -> Path:
    """A copy of a world in which half of the rows of MENDABLE say what another row says."""
    into.mkdir(parents=True)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wrong = [
            {**row, **_otherwise(row, chance.choice(rows), MENDABLE[path.name], chance)}
            if path.name in MENDABLE and chance.random() < 0.5
            else row
            for row in rows
        ]
        with (into / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(wrong)
    return into


def _otherwise(
    row: dict[str, str], other: dict[str, str], columns: Sequence[str], chance: random.Random
) -> dict[str, str]:
    """Some of another row's values; where a file's empty cell mends nothing, it stays empty."""
    said = {name: other[name] for name in columns if chance.random() < 0.6}
    if not row.get("approved_at", "-"):
        said.pop("approved_at", None)
    return said


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """A file of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return path


def feed_lines(folder: Path) -> list[str]:
    """The lines of a world's orders.ndjson."""
    return (folder / "orders.ndjson").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def dealt(lines: Sequence[str], count: int, into: Path) -> list[Path]:
    """The lines dealt out in turn to that many files."""
    return [
        write_lines(into / f"part{place}.ndjson", lines[place::count]) for place in range(count)
    ]


# --- what came out -----------------------------------------------------------------------------


def exported(name: str) -> list[Row]:
    """What an export command writes."""
    return [json.loads(line) for line in command(f"export_{name}").out.splitlines()]


def books() -> Books:
    """The three exports."""
    return {name: exported(name) for name in EXPORTS}


def expected(folder: Path) -> Books:
    """What a given world must come to."""
    return {
        name: [
            json.loads(line)
            for line in (folder / f"expected_{name}.ndjson").read_bytes().splitlines()
        ]
        for name in EXPORTS
    }


def parked() -> list[tuple[str, str]]:
    """The rows that wait for a person, each as it came with the field at fault."""
    waiting = ParkedRow.objects.filter(state=ParkedState.PARKED)
    return sorted(waiting.values_list("raw", "field"))


def differences(found: Sequence[Row], wanted: Sequence[Row]) -> list[str]:
    """The first rows, by their place, that are not the same in every field that is wanted."""
    said = []
    for place in range(max(len(found), len(wanted))):
        if place >= len(found):
            said.append(f"row {place + 1} is missing: {json.dumps(wanted[place])}")
        elif place >= len(wanted):
            said.append(f"row {place + 1} is one too many: {json.dumps(found[place])}")
        elif fields := _differing(found[place], wanted[place]):
            said.append(f"row {place + 1} differs in {', '.join(fields)}:")
            said.append(f"  found    {json.dumps(found[place], sort_keys=True)}")
            said.append(f"  expected {json.dumps(wanted[place], sort_keys=True)}")
        if len(said) >= 3 * SHOWN:
            break
    return said


def _differing(found: Row, wanted: Row) -> list[str]:
    """Fields of the wanted row that the found one has otherwise or not at all; it may have more."""
    return [
        name
        for name, value in wanted.items()
        if name not in found or found[name] != value or type(found[name]) is not type(value)
    ]


def assert_same_books(found: Books, wanted: Books) -> None:
    """Hold exports against exports, and name the first rows that differ."""
    said = [
        f"{name}: {sentence}"
        for name in EXPORTS
        for sentence in differences(found[name], wanted[name])
    ]
    assert not said, "\n".join(["the books are not as expected:", *said])


def assert_as_expected(folder: Path) -> None:
    """The exports are what the folder's expected files hold, and every invariant holds."""
    assert_same_books(books(), expected(folder))
    assert_books_agree()


def assert_books_agree() -> None:
    """verify_books finds nothing wrong, and nothing that still waits for a job."""
    answer = command("verify_books")
    assert answer.exit_code == 0, answer.out
    assert "due " not in answer.out, answer.out
    assert answer.out.endswith("The books agree.\n"), answer.out


def line(sub_order_id: str) -> Row | None:
    """One line of the books as it is exported, or None."""
    if not OrderLine.objects.filter(sub_order_id=sub_order_id).exists():
        return None
    return next(row for row in exported("lines") if row["sub_order_id"] == sub_order_id)
