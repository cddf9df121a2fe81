"""What a record of a CSV file looks like, by RFC 4180 and that file's header.

One pattern decides for both ways of reading: a line that matches it is a whole record by
itself, with exactly the header's number of fields. So the columnar reader, which is given
nothing but such lines, and the exact one cannot disagree about where a field ends.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from commissions.feed import wording
from commissions.feed.model import KNOWN, REQUIRED, FeedRefused
from commissions.feed.texts import quoted, shortened

FIELD = r'(?:[^",\r\n]*|"[^"]*(?:""[^"]*)*")'
_RECORD = re.compile(f"{FIELD}(?:,{FIELD})*")
_QUOTED_OR_PLAIN = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)')
# The csv module refuses longer fields, by a setting that is the whole process's.
_CSV_MODULE_LIMIT = 100_000
# Beyond this the automaton of the columnar check grows too large to be quick.
MAX_FAST_COLUMNS = 200


@dataclass(frozen=True)
class CsvShape:
    """The header of one file: its names in order, unknown ones included."""

    names: tuple[str, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """Known field -> its index in a record."""
        return {name: index for index, name in enumerate(self.names) if name in KNOWN}

    @cached_property
    def pattern(self) -> str:
        """A regular expression (Python's and Rust's alike) for one whole record."""
        return f"^{FIELD}(?:,{FIELD}){{{len(self.names) - 1}}}$"

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def split(self, record: str) -> list[str] | None:
        """The record's fields, or None where it is not a whole record of this file."""
        if '"' not in record and "\r" not in record and "\n" not in record:
            fields = record.split(",")
            return fields if len(fields) == len(self.names) else None
        if self._exact.fullmatch(record) is None:
            return None
        return _split_well_formed(record)

    def begins_row(self, line: str) -> bool:
        """Whether the line is by itself a row with its numbers, and so nobody's text."""
        fields = self.split(line)
        if fields is None:
            return False
        numbers = (fields[self.places[name]] for name in ("order_id", "sub_order_id"))
        return all(number.isascii() and number.isdigit() for number in numbers)

    def why_not(self, line: str) -> str:
        """A sentence for a line that is no record."""
        if line.count('"') % 2:
            return wording.QUOTE_NOT_CLOSED
        if _RECORD.fullmatch(line) is not None:
            found = len(_split_well_formed(line))
            return wording.OTHER_FIELDS % {"found": found, "wanted": len(self.names)}
        if "\r" in line:
            return wording.CARRIAGE_RETURN
        return wording.QUOTE_IN_THE_MIDDLE


def _split_well_formed(record: str) -> list[str]:
    if len(record) <= _CSV_MODULE_LIMIT:
        return next(csv.reader((record,), strict=True), [""])
    fields, place = [], 0
    while place <= len(record):
        match = _QUOTED_OR_PLAIN.match(record, place)
        if match is None:
            raise ValueError("only a well-formed record can be split")
        in_quotes, plain = match.groups()
        fields.append(plain if in_quotes is None else in_quotes.replace('""', '"'))
        place = match.end() + 1
    return fields


def shape_of(header: str) -> CsvShape:
    """The shape a header line gives, or a refusal that says what is wrong with it."""
    if "\r" in header:
        raise FeedRefused(wording.LONE_RETURNS)
    if _RECORD.fullmatch(header) is None:
        raise FeedRefused(wording.HEADER_QUOTES % {"header": quoted(header)})
    names = tuple(_split_well_formed(header))
    _refuse_other_separators(header, names)
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        names_twice = ", ".join(quoted(name) for name in twice)
        raise FeedRefused(wording.COLUMN_TWICE % {"names": names_twice})
    missing = [name for name in REQUIRED if name not in names]
    if len(missing) == len(REQUIRED):
        raise FeedRefused(wording.NO_FEED % {"header": quoted(header)})
    if missing:
        raise FeedRefused(wording.HEADER_LACKS % {"names": ", ".join(missing)})
    return CsvShape(names)


def _refuse_other_separators(header: str, names: tuple[str, ...]) -> None:
    if any(name in KNOWN for name in names):
        return
    for separator, word in (
        (";", wording.SEMICOLONS),
        ("\t", wording.TABS),
        ("|", wording.BARS),
    ):
        if any(part.strip('"') in KNOWN for part in header.split(separator)):
            raise FeedRefused(wording.SEPARATED_BY % {"separators": word})


def unknown_columns(shape: CsvShape) -> list[str]:
    """A notice that names the columns that are not read, or nothing."""
    unknown = [name for name in shape.names if name not in KNOWN]
    if not unknown:
        return []
    shown = ", ".join(shortened(name, 40) or wording.NO_NAME for name in unknown[:20])
    if len(unknown) > 20:
        shown = wording.AND_MORE % {"names": shown, "count": len(unknown) - 20}
    return [wording.COLUMNS_IGNORED % {"names": shown}]
