"""Sentences of modules that know no Django: marked where they stand, translated where shown."""

from collections.abc import Callable, Mapping
from typing import Any

# A marked sentence and its values in, what the reader is told out.
Say = Callable[[str, Mapping[str, Any]], str]


def gettext_noop(sentence: str) -> str:
    """The sentence as it is; the name has it found for translation. Imported as `_` for short."""
    return sentence


def say_in_english(sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence as it is written here, with its values."""
    return sentence % values
