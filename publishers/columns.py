"""Columns of the files of facts: a cell to a value and back, with a sentence where it is wrong."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from import_export.fields import Field
from import_export.widgets import Widget

# PostgreSQL's text cannot hold NUL, and UTF-8 no half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-5]):?\d\d)", re.ASCII
)
_ID = re.compile(r"\S{1,64}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[a-zA-Z]{2})?")
_PERCENT = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?%?")
SHOWN = 80

WRITE_INSTANT = gettext_noop("Write an instant with its offset, such as 2020-09-10T00:00:00+03:00.")
WRITE_ID = gettext_noop("Write an id of 1 to 64 characters, without spaces.")


class WrongCell(ValueError):
    """What to write into the cell instead."""


def shown(text: str) -> str:
    """The value as a sentence shows it: not too long, invisible characters written out."""
    head = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in head) + '"'


def complaint(column: str, text: str, expected: str) -> str:
    """Which column, which value, what is expected."""
    if not text:
        return _("{column} is empty. {expected}").format(column=column, expected=expected)
    return _("{column} is {value}. {expected}").format(
        column=column, value=shown(text), expected=expected
    )


def read_instant(text: str) -> datetime:
    """An instant written in ISO-8601 with an offset, in UTC. Raises WrongCell."""
    if _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # The thirteenth month: as unreadable as any other text.
    raise WrongCell(_(WRITE_INSTANT))


class Cell(ABC, Widget):
    """One kind of cell. `read` gets its text, which is not empty, and raises WrongCell."""

    def __init__(self, *, empty: Any = WrongCell) -> None:
        """empty: the value of an empty cell; by default an empty cell is wrong."""
        super().__init__()
        self.empty = empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The value of the cell's text."""
        if value:
            return self.read(value)
        return self.nothing() if self.empty is WrongCell else self.empty

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The cell's text of a value."""
        return "" if value is None else self.write(value)

    def nothing(self) -> Any:
        """Complain of an empty cell, in the words of any other wrong one."""
        return self.read("")

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of a text; an empty one where the cell must not be empty."""

    def write(self, value: Any) -> str:
        return str(value)


class Text(Cell):
    """Words of any kind, up to a length."""

    def __init__(self, limit: int | None = None, *, empty: Any = WrongCell) -> None:
        super().__init__(empty=empty)
        self.limit = limit

    def read(self, text: str) -> str:
        if not text.strip():
            raise WrongCell(_("Write something here."))
        if UNSTORABLE.search(text):
            raise WrongCell(_("Take out the invisible character: it cannot be kept."))
        if self.limit is not None and len(text) > self.limit:
            raise WrongCell(
                _("It has {n} characters; write at most {limit}.").format(
                    n=len(text), limit=self.limit
                )
            )
        return text


class Shaped(Cell):
    """Text of one shape."""

    def __init__(self, pattern: re.Pattern[str], expected: str, *, empty: Any = WrongCell) -> None:
        super().__init__(empty=empty)
        self.pattern = pattern
        self.expected = expected

    def read(self, text: str) -> str:
        if not self.pattern.fullmatch(text) or UNSTORABLE.search(text):
            raise WrongCell(_(self.expected))
        return text


def identifier(*, empty: Any = WrongCell) -> Shaped:
    """A cell with an id of the merchant's: text, even where it is all digits."""
    return Shaped(_ID, WRITE_ID, empty=empty)


def code() -> Shaped:
    """A cell with a code of ours, as links carry it."""
    return Shaped(
        _CODE, gettext_noop("Write a code of 1 to 64 letters, digits, hyphens or underscores.")
    )


def country(*, empty: Any = WrongCell) -> Shaped:
    """A cell with a country."""
    return Shaped(
        _COUNTRY, gettext_noop("Write a country as two capitals, such as RU."), empty=empty
    )


def language(*, empty: Any = WrongCell) -> Shaped:
    """A cell with a language."""
    return Shaped(
        _LANGUAGE, gettext_noop("Write a language as two small letters, such as en."), empty=empty
    )


class Email(Cell):
    """An e-mail address."""

    def read(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise WrongCell(_("Write an e-mail address, such as anna@example.net.")) from error
        if len(text) > 254:
            raise WrongCell(_("Write an address of at most 254 characters."))
        return text


class Instant(Cell):
    """A point of time, with its offset."""

    def read(self, text: str) -> datetime:
        return read_instant(text)

    def write(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class YesNo(Cell):
    """Y or N, and nothing that merely looks like it."""

    def read(self, text: str) -> bool:
        if text not in ("Y", "N"):
            raise WrongCell(_("Write Y or N."))
        return text == "Y"

    def write(self, value: bool) -> str:  # noqa: FBT001
        return "Y" if value else "N"


class OneOf(Cell):
    """One of a few words."""

    def __init__(self, words: Iterable[str], *, empty: Any = WrongCell) -> None:
        super().__init__(empty=empty)
        self.words = sorted(words)

    def read(self, text: str) -> str:
        if text not in self.words:
            expected = _("Write {words}, or leave it empty.")
            raise WrongCell(expected.format(words=_(" or ").join(self.words)))
        return text


class Percent(Cell):
    """A rate like 7.00 or 7.00%, kept in hundredths of a percent."""

    def read(self, text: str) -> int:
        found = _PERCENT.fullmatch(text)
        if not found:
            raise WrongCell(_("Write a percentage with at most two decimals, such as 7.00."))
        whole, decimals = found.groups()
        return int(whole) * 100 + int((decimals or "").ljust(2, "0"))

    def write(self, value: int) -> str:
        return f"{value // 100}.{value % 100:02d}"


class CodeOf(Cell):
    """The code of a row of another table; the value is that row's id. All are read in one query."""

    def __init__(self, pairs: Callable[[], Iterable[tuple[str, int]]], expected: str) -> None:
        """pairs: gives each code with its id; expected: what the sentence asks for."""
        super().__init__()
        self.pairs = pairs
        self.expected = expected
        self._ids: dict[str, int] | None = None
        self._codes: dict[int, str] = {}

    @property
    def ids(self) -> dict[str, int]:
        """Code to id."""
        if self._ids is None:
            self.know(self.pairs())
        return self._ids or {}

    def know(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Take these codes for the ones that there are."""
        self._ids = dict(pairs)
        self._codes = {number: word for word, number in self._ids.items()}

    def read(self, text: str) -> int:
        found = self.ids.get(text)
        if found is None:
            raise WrongCell(_(self.expected))
        return found

    def write(self, value: int) -> str:
        return self._codes.get(value, "") if self.ids else ""


class Column(Field):
    """A column of a file; what is wrong in it becomes a sentence that names it."""

    def clean(self, row: Any, **kwargs: Any) -> Any:
        """The value of this column in the row."""
        cell = row.get(self.column_name)
        text = "" if cell is None else str(cell)
        try:
            return self.widget.clean(text, row=row, **kwargs)
        except WrongCell as wrong:
            raise ValueError(complaint(self.column_name, text, str(wrong))) from wrong
