"""Why a decision came out as it did: every question asked, with its answer and its figures."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One question of a decision.

    stage: attribution, rulebook, order, source, cookie, rule, rate, cap, status or block;
    code: what was asked, a word that the back office turns into a sentence;
    decided: True where this step ended the matter (or, for a rule, matched);
    values: the figures behind it - cents, hundredths of a percent, instants, codes.
    """

    stage: str
    code: str
    decided: bool
    values: dict[str, Any] = field(default_factory=dict)
