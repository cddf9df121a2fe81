"""What a check of a rulebook says."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error forbids publication; a warning asks for a look; a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One sentence about a rulebook.

    code: which check; rows: positions of the rules it names; example: a line it happens to.
    """

    code: str
    severity: Severity
    text: str
    rows: tuple[int, ...] = ()
    example: str = ""


def error(code: str, text: str, *rows: int, example: str = "") -> Finding:
    """What forbids publication."""
    return Finding(code, Severity.ERROR, text, rows, example)


def warning(code: str, text: str, *rows: int, example: str = "") -> Finding:
    """What asks for a look."""
    return Finding(code, Severity.WARNING, text, rows, example)


def note(code: str, text: str, *rows: int, example: str = "") -> Finding:
    """What explains."""
    return Finding(code, Severity.NOTE, text, rows, example)
