"""clicks.csv: a million rows, by COPY and one statement; the whole file or nothing."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from publishers.columns import (
    WRITE_ID,
    WRITE_INSTANT,
    Text,
    WrongCell,
    complaint,
    read_instant,
    shown,
)
from publishers.csv_files import (
    LISTED,
    Complaints,
    CsvFile,
    FileRefused,
    Loaded,
    missing_columns,
)
from publishers.models import Source
from publishers.sql import sql

COLUMNS = (
    *("click_id", "source", "clicked_at", "landing_product_id", "fetch_dest", "referrer"),
    *("sub1", "sub2", "sub3", "sub4", "sub5"),
)
# The most characters of each column after the first three, as the model has them; None: any.
LIMITS = (64, 32, None, 255, 255, 255, 255, 255)
_CLICK_ID = re.compile(r"[^\s\x00]{1,64}").fullmatch


def load_clicks(path: Path) -> Loaded:
    """Add and mend the clicks of a file. Raises FileRefused, and then nothing is written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return load_click_lines(file)


def load_click_lines(lines: Iterable[str]) -> Loaded:
    """The same for an open file."""
    complaints = Complaints()
    file = CsvFile(lines, complaints)
    sentence = missing_columns(file.columns, COLUMNS)
    if sentence:
        raise FileRefused([sentence])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql("click_incoming"))
        # Asked before the COPY: nothing else can be asked while it runs.
        sources = dict(Source.objects.values_list("code", "id"))
        read = _copy(cursor, _checked(file, sources, complaints))
        complaints.refuse_if_any()
        cursor.execute("ANALYZE click_incoming (click_id)")
        _refuse_contradictions(cursor, complaints)
        cursor.execute(sql("click_repetitions"))
        cursor.execute(sql("click_merge"))
        added, mended = cursor.fetchone()
        # Not left to the end of an outer transaction: a second file may come in the same one.
        cursor.execute("DROP TABLE click_incoming")
    return Loaded(added=added, mended=mended, unchanged=read - added - mended)


def _copy(cursor: Any, rows: Iterable[tuple[Any, ...]]) -> int:
    """Send the rows to the waiting room; how many there were."""
    read = 0
    with cursor.copy(sql("click_copy")) as copy:
        write = copy.write_row
        for row in rows:
            write(row)
            read += 1
    return read


def _checked(
    file: CsvFile, sources: Mapping[str, int], complaints: Complaints
) -> Iterator[tuple[Any, ...]]:
    """The rows as the database takes them; what is wrong goes to the complaints."""
    cells_of = _in_order(file.columns)
    for line, row in file.rows():
        click_id, source, clicked_at, *rest = cells_of(row)
        source_id = sources.get(source)
        is_instant = _is_instant(clicked_at)
        if (
            source_id is not None
            and is_instant
            and _CLICK_ID(click_id)
            and (_surely_fits(*rest) or not _misfits(rest))
        ):
            if not complaints.count:  # Once a row is wrong, no other will be needed.
                yield (line, click_id, source_id, clicked_at, *rest)
            continue
        if not _CLICK_ID(click_id):
            complaints.add(line, complaint("click_id", click_id, _(WRITE_ID)))
        if source_id is None:
            expected = _("Write the code of a source; load sources.csv first.")
            complaints.add(line, complaint("source", source, expected))
        if not is_instant:
            complaints.add(line, complaint("clicked_at", clicked_at, _(WRITE_INSTANT)))
        for sentence in _misfits(rest):
            complaints.add(line, sentence)


def _is_instant(text: str) -> bool:
    try:
        read_instant(text)
    except WrongCell:
        return False
    return True


def _surely_fits(landing: str, dest: str, referrer: str, *subs: str) -> bool:
    """Whether no cell needs a second look: a quick answer for nearly every row."""
    text = "".join(subs)
    return (
        len(landing) <= 64
        and len(dest) <= 32
        and len(text) <= 255
        and "\x00" not in f"{landing}{dest}{referrer}{text}"
    )


def _misfits(cells: list[str]) -> list[str]:
    """Sentences about cells that do not fit, or hold what cannot be kept."""
    found = []
    for name, limit, text in zip(COLUMNS[3:], LIMITS, cells, strict=True):
        try:
            if text:
                Text(limit, empty="").read(text if text.strip() else "-" * len(text))
        except WrongCell as wrong:
            found.append(complaint(name, text, str(wrong)))
    return found


def _refuse_contradictions(cursor: Any, complaints: Complaints) -> None:
    """A click given twice in different words: which one is meant, nobody knows."""
    cursor.execute(sql("click_contradictions"), [LISTED])
    sentence = _("Line {first} says something else of click {key}: leave one of the two.")
    for line, click_id, first in cursor.fetchall():
        complaints.add(line, sentence.format(first=first, key=shown(click_id)))
    complaints.refuse_if_any()


def _in_order(columns: list[str]) -> Callable[[list[str]], list[str]]:
    """A function that puts the cells of a row into the order of COLUMNS."""
    if tuple(columns) == COLUMNS:
        return lambda row: row
    places = [columns.index(name) for name in COLUMNS]
    return lambda row: [row[place] for place in places]
