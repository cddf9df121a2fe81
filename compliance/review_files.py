"""Review texts from NDJSON files: read whole or refused whole."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

TEXTS = ("review_id", "product_id", "author", "text")


class ReviewFileError(Exception):
    """A file of reviews that cannot be read; the message says where and why."""


def read_reviews(path: Path) -> list[dict[str, Any]]:
    """The reviews of a file, one JSON object a line.

    Gives dicts of review_id, product_id, author, posted_at (aware) and text. Raises
    ReviewFileError naming the line. What PostgreSQL cannot keep in a text (NUL, half a
    surrogate pair) is replaced by the replacement character.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise ReviewFileError("there is no such file.") from None
    except UnicodeDecodeError as error:
        raise ReviewFileError(f"it is not UTF-8 ({error.reason}); save it as UTF-8.") from error
    return [_review(line, number) for number, line in enumerate(lines, start=1) if line.strip()]


def _review(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ReviewFileError(f"line {number} is not a JSON object.") from None
    if not isinstance(row, dict):
        raise ReviewFileError(f"line {number} is not a JSON object.")
    review: dict[str, Any] = {name: _text(row.get(name), name, number) for name in TEXTS}
    if not review["review_id"] or len(review["review_id"]) > 64:
        raise ReviewFileError(f'line {number}: "review_id" must be 1 to 64 characters.')
    review["product_id"] = review["product_id"][:64]
    review["author"] = review["author"][:200]
    review["posted_at"] = _instant(row.get("posted_at"), number)
    return review


def _text(value: object, name: str, number: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ReviewFileError(f'line {number}: "{name}" must be a text.')
    storable = str(value).replace("\x00", "\ufffd")
    return storable.encode("utf-8", "replace").decode() if _broken(storable) else storable


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _instant(value: object, number: int) -> datetime:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ReviewFileError(
            f'line {number}: posted_at "{value}" is not an instant; write ISO-8601 with an '
            "offset, such as 2020-10-01T10:00:00Z."
        )
    return instant
