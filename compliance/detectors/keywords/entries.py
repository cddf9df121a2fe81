"""What a file of contextual advertising holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    KEYWORD = "keyword"
    NEGATIVE = "negative"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True)
class Entry:
    """One keyword, negative, title or text; `line` counts from 1, None where a file has no lines.

    advertised: the part of a keyword that is bid on; negatives: the words that the keyword itself
    excludes, as in `phone -used`. Both make up `text`.
    """

    kind: Kind
    text: str
    line: int | None = None
    advertised: str = ""
    negatives: tuple[str, ...] = ()


_OWN_NEGATIVE = re.compile(r"\s[-–−](?=[^\s\-–−])")
_NEGATIVE_MARK = "-–−"
_BETWEEN_NEGATIVES = re.compile(r"[,;\n]|\s[-–−](?=\S)")


def entries_of(
    kind: Kind, cell: str, line: int | None, *, words_by_space: bool = False
) -> Iterator[Entry]:
    """The entries in one cell or line: several negatives may share it; a keyword may be one, or
    carry some.

    words_by_space: negatives without any other mark between them are single words.
    """
    text = cell.strip()
    if not text:
        return
    if kind is Kind.KEYWORD and text[0] in _NEGATIVE_MARK and text.lstrip(_NEGATIVE_MARK).strip():
        kind = Kind.NEGATIVE
    if kind is Kind.NEGATIVE:
        parts = _BETWEEN_NEGATIVES.split(text)
        if words_by_space and len(parts) == 1:
            parts = text.split()
        for part in parts:
            negative = part.strip().lstrip(_NEGATIVE_MARK).strip()
            if negative:
                yield Entry(kind, negative, line)
    elif kind is Kind.KEYWORD:
        advertised, *negatives = _OWN_NEGATIVE.split(text)
        yield Entry(kind, text, line, advertised, tuple(negatives))
    else:
        yield Entry(kind, text, line)
