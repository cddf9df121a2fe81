"""Entries in a table, as editors of advertising export it: one kind a column, or one a row."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from compliance.detectors.keywords.encodings import UnreadableFile
from compliance.detectors.keywords.entries import Entry, Kind, entries_of
from compliance.detectors.keywords.labels import Label, kind_of, label_of
from compliance.detectors.keywords.sentences import LINE_NO_ROW

_DELIMITERS = "\t;,|"
# Exports begin with some lines about the campaign.
_LOOKED_AT = 30


@dataclass(frozen=True)
class Table:
    """How to read a table: `header` counts rows from 0; -1: no header, kinds in the first column.

    columns: what is known of each column.
    """

    delimiter: str
    header: int
    columns: tuple[Label | None, ...]
    ignored: tuple[str, ...] = ()


def find_table(text: str) -> Table | None:
    """The table that the text is; None: it is none that we know."""
    for delimiter in _DELIMITERS:
        rows = list(islice(_rows(text, delimiter), _LOOKED_AT))
        for number, row in enumerate(rows):
            labels = [label_of(cell) for cell in row]
            if len(row) > 1 and _is_header(labels, rows[number + 1 :], len(row)):
                ignored = [
                    cell.strip()[:80]
                    for cell, label in zip(row, labels, strict=True)
                    if cell.strip() and label is None
                ]
                return Table(delimiter, number, tuple(labels), tuple(ignored))
        if _kinds_first(rows):
            return Table(delimiter, -1, (Label(is_type=True), Label(is_value=True)))
    return None


def _is_header(labels: list[Label | None], below: list[list[str]], width: int) -> bool:
    known = [label for label in labels if label is not None]
    if not any(label.kind or label.is_value for label in known):
        return False
    # "title,keyword planner" is a row like those below, "type,text" is not.
    if labels[0] and labels[0].kind and _kinds_first(below):
        return False
    return len(known) >= 2 or (bool(below) and all(len(row) == width for row in below[:5]))


def _kinds_first(rows: list[list[str]]) -> bool:
    """Whether nearly every row begins with the name of a kind."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    kinds = sum(1 for row in filled if len(row) > 1 and kind_of(row[0], alone=True))
    return kinds > 0 and kinds * 5 >= len(filled) * 4


def read_table(text: str, table: Table) -> Iterator[Entry]:
    """The entries of the table. Raises UnreadableFile naming the line."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=table.delimiter)
    number = -1
    try:
        for row in rows:
            if not row:
                continue
            number += 1
            if number > table.header:
                yield from _of_row(row, table.columns, rows.line_num)
            elif number < table.header:
                yield from _of_preamble(row, rows.line_num)
    except csv.Error as error:
        raise UnreadableFile(LINE_NO_ROW, line=rows.line_num, reason=error) from error


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter):
            if row:
                yield row
    except csv.Error:
        return


def _of_preamble(row: list[str], line: int) -> Iterator[Entry]:
    """Lines above the header such as "Campaign negatives:", then the words."""
    label = label_of(row[0])
    if label and label.kind:
        for cell in row[1:]:
            yield from entries_of(label.kind, cell, line, words_by_space=label.words_by_space)


def _of_row(row: list[str], columns: tuple[Label | None, ...], line: int) -> Iterator[Entry]:
    named: Kind | None = None
    types = [cell for cell, label in zip(row, columns, strict=False) if label and label.is_type]
    for cell in types:
        named = named or kind_of(cell)
    cells = [
        (cell, label)
        for cell, label in zip(row, columns, strict=False)
        if label and not label.is_type and cell.strip()
    ]
    has_values = any(label.is_value for _, label in cells)
    for cell, label in cells:
        # The row's kind is that of its only cell, else of the value, else of the keyword.
        whole = label.is_value or len(cells) == 1
        whole = whole or (label.kind is Kind.KEYWORD and not has_values)
        kind = named if named and whole else label.kind
        yield from entries_of(
            kind or (Kind.TEXT if types else Kind.KEYWORD),
            cell,
            line,
            words_by_space=label.words_by_space,
        )
