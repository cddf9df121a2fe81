"""Entries in plain text: a line each, under headings or with a label, or keywords all."""

import io
import re
from collections.abc import Iterator

from compliance.detectors.keywords.entries import Entry, Kind, entries_of
from compliance.detectors.keywords.labels import Label, label_of

_HEADING = re.compile(r"\s*(?:\[[^\[\]]+\]|[#=*]+\s*[^#=*]+[#=*]*|[^:]+:)\s*$")
_LABELLED = re.compile(r"\s*([^:\t]{1,60})[:\t]\s*(\S.*)$")
_FIRST_LINE = frozenset(
    {
        *("keyword", "keywords", "search term", "search terms", "search keyword"),
        *("ключевая фраза", "ключевые фразы", "ключевое слово", "ключевые слова", "фраза", "фразы"),
    }
)


def read_lines(text: str) -> Iterator[Entry]:
    """The entries of a text; before the first heading lines are keywords."""
    section = Label(Kind.KEYWORD)
    bulleted = _is_bulleted(text)
    is_first = True
    for number, raw in enumerate(io.StringIO(text.lstrip("\ufeff")), start=1):
        line = raw.strip()
        if bulleted:
            line = line.removeprefix("- ").strip()
        if not line:
            continue
        first, is_first = is_first, False
        heading = _heading(line) if len(line) <= 80 else None
        if heading is not None:
            section = heading
            continue
        if (first and line.casefold() in _FIRST_LINE) or line.startswith(("# ", "//")):
            continue
        yield from _of_line(line, section, number)


def _of_line(line: str, section: Label, number: int) -> Iterator[Entry]:
    labelled = _LABELLED.match(line)
    label = label_of(labelled.group(1), alone=True) if labelled else None
    content = line
    if labelled and label and label.kind:
        section, content = label, labelled.group(2)
    yield from entries_of(
        section.kind or Kind.KEYWORD, content, number, words_by_space=section.words_by_space
    )


def _heading(line: str) -> Label | None:
    if not _HEADING.match(line):
        return None
    label = label_of(line, alone=True)
    if label is None or not label.kind:
        return None
    # In a section a line may hold a phrase of several words.
    return Label(label.kind)


def _is_bulleted(text: str) -> bool:
    """Whether every line is an item of a list: then its dash excludes nothing."""
    lines = [line for line in io.StringIO(text) if line.strip()]
    return len(lines) > 1 and all(line.lstrip().startswith("- ") for line in lines)
