"""What stands in the way of a publication, and what whoever approves should look at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commissions.models import Rulebook


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


def findings(rulebook: Rulebook, *, at: datetime) -> list[Finding]:
    """Everything found in a rulebook, errors first. at: when it would be published."""
    return []
