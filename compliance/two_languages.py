"""Sentences of detectors in both languages at once: what is frozen is read in either later."""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import get_language, gettext, override


class Told(str):
    """An English sentence that carries its Russian; it stays so when values are filled in."""

    __slots__ = ("russian",)
    russian: str

    def __new__(cls, english: str, russian: str) -> Self:
        made = super().__new__(cls, english)
        made.russian = russian
        return made

    def __mod__(self, values: Any) -> "Told":
        in_russian: Any = values
        if isinstance(values, Mapping):
            in_russian = {name: russian_of(value) for name, value in values.items()}
        return Told(str.__mod__(self, values), self.russian % in_russian)

    def __add__(self, more: str) -> "Told":
        return Told(str.__add__(self, more), self.russian + russian_of(more))

    def __radd__(self, before: str) -> "Told":
        return Told(before + str(self), before + self.russian)


def russian_of(value: Any) -> Any:
    """What stands for a value in a Russian sentence: itself, where it has no Russian."""
    return value.russian if isinstance(value, Told) else value


def told(sentence: str) -> Told:
    """A sentence marked for translation, in both languages; for `translate` of detectors."""
    with override("en"):
        english = gettext(sentence)
    with override("ru"):
        return Told(english, gettext(sentence))


def say(sentence: str, values: Mapping[str, Any]) -> Told:
    """The same with its values filled in; for `say` of detectors."""
    return told(sentence) % values


def in_reader_language(row: Mapping[str, Any]) -> str:
    """`en` or `ru` of a frozen sentence, by the active language."""
    russian = (get_language() or "").startswith("ru")
    return str((row.get("ru") if russian else "") or row.get("en", ""))
