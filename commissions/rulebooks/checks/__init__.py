"""What stands in the way of a publication, and what whoever approves should look at."""

from datetime import datetime

from commissions.models import Rulebook
from commissions.rulebooks.checks.finding import Finding, Severity
from commissions.rulebooks.checks.period import period_findings
from commissions.rulebooks.checks.rows import row_findings
from commissions.rulebooks.checks.subject import load
from commissions.rulebooks.checks.table import table_findings

__all__ = ["Finding", "Severity", "findings"]

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def findings(rulebook: Rulebook, *, at: datetime) -> list[Finding]:
    """Everything found in a rulebook, errors first, each kind in the order of the table.

    at: when it would be published. What is about no rule comes after what is.
    """
    subject = load(rulebook, at=at)
    found = [*table_findings(subject), *row_findings(subject), *period_findings(subject)]
    return sorted(
        found,
        key=lambda one: (ORDER.index(one.severity), not one.rows, one.rows[:1]),
    )
