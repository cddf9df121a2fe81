"""Rows of a programme's files: each value is asked for by name and type, and none goes unread."""

import re
import tomllib
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

CODE = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)
PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%", re.ASCII)
WHOLE_RATE = 10_000


# The steps to a value of a file, such as ("rules", 2, "rate"); rows count from 0.
Place = tuple[str | int, ...]


class ProgrammeFileError(ValueError):
    """A programme's file cannot be taken; the message says which row, and what to write.

    place: the same for machines; empty: the file as a whole.
    """

    def __init__(self, sentence: str, place: Place = ()) -> None:
        super().__init__(sentence)
        self.place = place


class Row:
    """One table of a file. `where` names it in sentences: "aliexpress/2018-10-10.toml, rule 3"."""

    def __init__(self, where: str, data: object, place: Place = ()) -> None:
        if not isinstance(data, dict):
            raise ProgrammeFileError(
                _("%(where)s: a table of named values is needed, not %(value)r.")
                % {"where": where, "value": data},
                place,
            )
        self.where, self.place = where, place
        self._data = dict(data)

    def refuse(self, sentence: str, *key: str) -> ProgrammeFileError:
        """What to raise. key: of the value that is wrong, where it is one."""
        return ProgrammeFileError(f"{self.where}: {sentence}", (*self.place, *key))

    def has(self, key: str) -> bool:
        """Whether the value is given and not yet read."""
        return key in self._data

    def text(self, key: str, *, most: int) -> str:
        """A required text of at most `most` characters."""
        value = self._taken(key)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise self.refuse(
                _('"%(key)s" must be a text, not %(value)r.') % {"key": key, "value": value},
                key,
            )
        if len(value) > most:
            raise self.refuse(
                _('"%(key)s" has %(count)s characters, at most %(most)s are kept.')
                % {"key": key, "count": len(value), "most": most},
                key,
            )
        return value

    def loose_text(self, key: str, *, most: int) -> str:
        """A text that may be missing or empty, as in a draft; blanks alone are refused."""
        if self._data.get(key, "") == "":
            return str(self._data.pop(key, ""))
        return self.text(key, most=most)

    def code(self, key: str = "code") -> str:
        """A required code."""
        value = self.text(key, most=1000)
        if not CODE.fullmatch(value):
            raise self.refuse(
                _('"%(key)s" is %(value)r: up to 40 small letters, digits, "_" and "-" are needed.')
                % {"key": key, "value": value},
                key,
            )
        return value

    def whole(self, key: str) -> int:
        """A required whole number, 0 or more."""
        value = self._taken(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise self.refuse(
                _('"%(key)s" must be a whole number, 0 or more, not %(value)r.')
                % {"key": key, "value": value},
                key,
            )
        return value

    def percent_bp(self, key: str) -> int:
        """A required percentage of at most 100 %, in hundredths of a percent, read exactly."""
        value = self._taken(key)
        match = PERCENT.fullmatch(value) if isinstance(value, str) else None
        bp = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
        if not 0 <= bp <= WHOLE_RATE:
            raise self.refuse(
                _('"%(key)s" must be a text such as "2.40%%", up to 100%%, not %(value)r.')
                % {"key": key, "value": value},
                key,
            )
        return bp

    def day(self, key: str) -> date:
        """A required date."""
        value = self._taken(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(
                _('"%(key)s" must be a date such as 2018-10-10, not %(value)r.')
                % {"key": key, "value": value},
                key,
            )
        return value

    def date_or_instant(self, key: str) -> date | datetime:
        """A required date, or an instant with its offset."""
        value = self._taken(key)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(
                _(
                    '"%(key)s" must be a date such as 2018-10-10, or an instant with its offset, '
                    "not %(value)r."
                )
                % {"key": key, "value": value},
                key,
            )
        return value

    def items(self, key: str) -> list[object]:
        """A list; empty where it is not given."""
        value = self._data.pop(key, [])
        if not isinstance(value, list):
            raise self.refuse(
                _('"%(key)s" must be a list, not %(value)r.') % {"key": key, "value": value},
                key,
            )
        return value

    def rows(self, key: str, name: str) -> list["Row"]:
        """The tables `[[key]]`, each named `name` and its number in sentences."""
        return [
            Row(f"{self.where}, {name} {number}", item, (*self.place, key, number - 1))
            for number, item in enumerate(self.items(key), start=1)
        ]

    def finish(self) -> None:
        """Refuse what nobody asked for: a misspelt key is never passed over."""
        if self._data:
            unknown = ", ".join(f'"{key}"' for key in sorted(self._data))
            raise self.refuse(
                _("%(keys)s means nothing here: correct the spelling or remove it.")
                % {"keys": unknown},
                min(self._data),
            )

    def _taken(self, key: str) -> object:
        if key not in self._data:
            raise self.refuse(_('"%(key)s" is missing.') % {"key": key}, key)
        return self._data.pop(key)


def read_file(path: Path) -> Row:
    """A file as its outermost row."""
    where = f"{path.parent.name}/{path.name}"
    try:
        return Row(where, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ProgrammeFileError(
            _("%(file)s cannot be opened: %(why)s.") % {"file": where, "why": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise ProgrammeFileError(
            _("%(file)s is not UTF-8 text: save it as UTF-8.") % {"file": where}
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFileError(
            _("%(file)s is not readable as TOML: %(error)s.") % {"file": where, "error": error}
        ) from error
