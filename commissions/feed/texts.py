"""Text of unknown origin, made fit to store and to show."""

import json
import re
from collections.abc import Mapping

from commissions.feed.model import LINE, ParkedRow

MAX_RAW = 200_000
MAX_SHOWN = 80

_encode = json.JSONEncoder(ensure_ascii=False).encode

# What PostgreSQL's text cannot hold: NUL, and half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with NUL and lone surrogates written out, as \\u0000, \\ud83d.

    Bytes that are not UTF-8 arrive as U+DC80..U+DCFF (surrogateescape) and are written \\xcf.
    """
    return UNSTORABLE.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}"


def shortened(text: str, limit: int = MAX_SHOWN) -> str:
    """The storable text, cut to `limit` characters with an ellipsis where it is longer."""
    # Cut first: a field may be a megabyte, and only its beginning is looked at.
    head = visible(text[: limit + 1])
    return head if len(head) <= limit else head[: limit - 1] + "…"


def quoted(text: str) -> str:
    """The value as a sentence shows it: shortened, in quotes, invisible characters written out."""
    shown = "".join(c if c.isprintable() else _escaped(c) for c in shortened(text))
    return f'"{shown}"'


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]} […cut here]"


def raw_fields(fields: Mapping[str, str | None]) -> str:
    """The row as a JSON object of field -> text, at most MAX_RAW characters.

    Too long, its values are cut, the longest first, so that what is left is still JSON
    and the fields at fault stay readable.
    """
    given = {name: text for name, text in fields.items() if text is not None}
    dumped = _encode(given)
    if len(dumped) <= MAX_RAW and _is_storable(dumped):
        return dumped
    for limit in (MAX_RAW, 50_000, 5_000, 500):
        given = {name: visible(_cut(text, limit)) for name, text in given.items()}
        dumped = _encode(given)
        if len(dumped) <= MAX_RAW:
            break
    return dumped


def _is_storable(dumped: str) -> bool:
    # JSON writes NUL as an escape, which jsonb would refuse; surrogates do not encode.
    if "\\u0000" in dumped:
        return False
    try:
        dumped.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def raw_line(text: str) -> str:
    """The row as {"_line": text}, at most MAX_RAW characters."""
    # Written out, a character becomes seven at most, so the last limit always fits.
    for limit in (MAX_RAW - 1_000, MAX_RAW // 2, MAX_RAW // 8):
        dumped = _encode({LINE: visible(_cut(text, limit))})
        if len(dumped) <= MAX_RAW:
            break
    return dumped


def parked_line(row: int, text: str, reason: str) -> ParkedRow:
    """A row that could not be split into fields."""
    return ParkedRow(row, raw_line(text), LINE, shortened(text), reason)


def parked_fields(
    row: int, fields: Mapping[str, str | None], name: str, value: str, reason: str
) -> ParkedRow:
    """A row whose fields are known, one of which is at fault."""
    return ParkedRow(row, raw_fields(fields), name, shortened(value), reason)
