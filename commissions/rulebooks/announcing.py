"""Who is told of a published rulebook."""

from datetime import datetime

from commissions.models import Rulebook


def announce(rulebook: Rulebook, *, at: datetime) -> None:
    """Tell every publisher of a rulebook, in their language."""
