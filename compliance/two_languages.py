"""Sentences of detectors in both languages at once: what is frozen is read in either later.

A detector is given `both` for its `translate`. What it makes of the sentence - values filled in,
sentences joined - happens to the English and the Russian alike, and `in_each` takes them apart.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext, override

# Not characters: no text that is exchanged has them.
_BEGIN, _BETWEEN, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKS = re.compile(f"([{_BEGIN}{_BETWEEN}{_END}])")


class Told(NamedTuple):
    """The same sentence twice."""

    english: str
    russian: str


def _translated(sentence: str) -> Told:
    with override("en"):
        english = gettext(sentence)
    with override("ru"):
        return Told(english, gettext(sentence))


def told(sentence: str, /, **values: Any) -> Told:
    """A sentence marked for translation with its values, which may be told themselves."""
    english, russian = _translated(sentence)
    if not values:
        return Told(english, russian)
    return Told(
        english % {name: getattr(value, "english", value) for name, value in values.items()},
        russian % {name: getattr(value, "russian", value) for name, value in values.items()},
    )


def marked(sentence: Told) -> str:
    """One text that holds both, for `in_each`."""
    return f"{_BEGIN}{sentence.english}{_BETWEEN}{sentence.russian}{_END}"


def both(sentence: str) -> str:
    """The `translate` of detectors: English and Russian in one text."""
    return marked(_translated(sentence))


def say(sentence: str, values: Mapping[str, Any]) -> str:
    """The `say` of detectors: the same with its values filled in."""
    return both(sentence) % values


def in_each(text: str) -> Told:
    """What a text that holds both says in each; a text that does not, twice the same."""
    # Each open sentence: what was said so far in English and Russian, and which is being said.
    halves: list[list[str]] = [["", ""]]
    saying: list[int | None] = [None]  # None: outside, both at once

    def add(english: str, russian: str) -> None:
        side = saying[-1]
        if side != 1:
            halves[-1][0] += english
        if side != 0:
            halves[-1][1] += russian

    for piece in _MARKS.split(text):
        if piece == _BEGIN:
            halves.append(["", ""])
            saying.append(0)
        elif piece == _BETWEEN and saying[-1] is not None:
            saying[-1] = 1
        elif piece == _END and saying[-1] is not None:
            english, russian = halves.pop()
            saying.pop()
            add(english, russian)
        elif piece not in {_BETWEEN, _END}:
            add(piece, piece)
    while len(halves) > 1:  # cut short: what there is
        english, russian = halves.pop()
        saying.pop()
        add(english, russian)
    return Told(*halves[0])


def in_reader_language(row: Mapping[str, Any]) -> str:
    """`en` or `ru` of a frozen sentence, by the active language."""
    russian = (get_language() or "").startswith("ru")
    return str((row.get("ru") if russian else "") or row.get("en", ""))
