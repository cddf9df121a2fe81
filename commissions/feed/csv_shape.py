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
            return (
                "This row opens a quote and never closes it: close it, "
                "and double every quote inside a quoted field."
            )
        if _RECORD.fullmatch(line) is not None:
            found = len(_split_well_formed(line))
            return (
                f"This row has {found} fields where the header has {len(self.names)}: "
                "send it again with every field, and in quotes where a field holds a comma."
            )
        if "\r" in line:
            return (
                "This row has a carriage return outside of quotes: "
                "end each row with a line feed, and put text with line breaks in quotes."
            )
        return (
            "This row has a quote in the middle of a field: "
            "put the whole field in quotes and double the quotes inside it."
        )


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
        raise FeedRefused(
            "The lines of this file end in a lone carriage return: save it as CSV with "
            "line feeds (\\n or \\r\\n) and send it again."
        )
    if _RECORD.fullmatch(header) is None:
        raise FeedRefused(
            f"The header {quoted(header)} has quotes that do not pair: "
            "write the column names plainly."
        )
    names = tuple(_split_well_formed(header))
    _refuse_other_separators(header, names)
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise FeedRefused(
            f"The header names a column twice: {', '.join(quoted(name) for name in twice)}. "
            "Which of them holds is not known; send each column once."
        )
    missing = [name for name in REQUIRED if name not in names]
    if len(missing) == len(REQUIRED):
        raise FeedRefused(
            f"This is not an order feed: its first line {quoted(header)} is no header that is "
            "known. Send NDJSON, CSV with a header, or the API's JSON pages."
        )
    if missing:
        raise FeedRefused(
            f"The header lacks {', '.join(missing)}: no row can be read without them; add them."
        )
    return CsvShape(names)


def _refuse_other_separators(header: str, names: tuple[str, ...]) -> None:
    if any(name in KNOWN for name in names):
        return
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if any(part.strip('"') in KNOWN for part in header.split(separator)):
            raise FeedRefused(
                f"The columns of this file are separated by {word}: "
                "save it with commas, as RFC 4180 has it, and send it again."
            )


def unknown_columns(shape: CsvShape) -> list[str]:
    """A notice that names the columns that are not read, or nothing."""
    unknown = [name for name in shape.names if name not in KNOWN]
    if not unknown:
        return []
    shown = ", ".join(shortened(name, 40) or "(no name)" for name in unknown[:20])
    more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
    return [f"Columns that are not part of the feed were ignored: {shown}{more}."]
