"""What a difference between two rulebooks is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Value = TypeVar("Value")


class Kind(TextChoices):
    """What became of a thing. A label is a word in the reader's language."""

    ADDED = "added", gettext_lazy("added")
    REMOVED = "removed", gettext_lazy("removed")
    MOVED = "moved", gettext_lazy("moved")
    CHANGED = "changed", gettext_lazy("changed")


class Subject(StrEnum):
    """What a difference is of. Members are those of a named set that a rulebook asks."""

    START = "start"
    TITLE = "title"
    CAP = "cap"
    REFERRAL = "referral"
    COOKIE_LIFE = "cookie_life"
    TRAFFIC = "traffic"
    MEMBERS = "members"
    RULE = "rule"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was, in the reader's language.

    what: a few words that name it; old, new: how it was and is, NOTHING where there is nothing to
    say; positions, from 1: of rules and cookie lives, None where there is none; language: of a text
    that is in one language, else empty.
    """

    kind: Kind
    subject: Subject
    what: str
    old: str
    new: str
    old_position: int | None = None
    new_position: int | None = None
    language: str = ""


def changed(
    subject: Subject,
    what: str,
    pair: tuple[Value, Value],
    words: Callable[[Value], str],
    at: tuple[int | None, int | None] = (None, None),
    language: str = "",
) -> Iterator[Difference]:
    """A difference where the two values differ, else none. at: the old and the new position."""
    old, new = pair
    if old != new:
        yield Difference(Kind.CHANGED, subject, what, words(old), words(new), *at, language)


def moved(subject: Subject, what: str, at: tuple[int, int]) -> Difference:
    """A row that changed places with others. at: the old and the new position."""
    old, new = (_("row %(n)s") % {"n": position} for position in at)
    return Difference(Kind.MOVED, subject, what, old, new, *at)
