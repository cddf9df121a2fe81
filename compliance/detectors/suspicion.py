"""What a detector of traffic says: signs with their figures, and how grave they are together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

WHOLE = 10_000  # basis points


class Gravity(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class Sign:
    """One thing measured that lies beyond its threshold.

    measured, threshold: in the unit of the threshold of that name; sample: how many were looked
    at, minimum: how many had to be. sentence: English with named placeholders, untranslated;
    figures: their values. A name that ends in `_bp` is of basis points.
    """

    sign: str
    measured: int
    threshold_name: str
    threshold: int
    sample: int
    minimum: int
    sentence: str
    figures: Mapping[str, int | str]

    def as_json(self) -> dict[str, Any]:
        return {
            "sign": self.sign,
            "measured": self.measured,
            "threshold_name": self.threshold_name,
            "threshold": self.threshold,
            "sample": self.sample,
            "minimum": self.minimum,
            "sentence": self.sentence,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True)
class Suspicion:
    """What one detector says of one source or account, from at least one sign."""

    gravity: Gravity
    signs: Sequence[Sign]


def share_bp(part: int, whole: int) -> int:
    """A share in basis points, cut down; of nothing it is 0."""
    return part * WHOLE // whole if whole else 0
