"""One protected word found in one place of a name."""

from dataclasses import dataclass
from enum import StrEnum

from compliance.detectors.domain_names.brands import Brand
from compliance.detectors.finding import Verdict


class Place(StrEnum):
    """Where a text stood: what may be joined in it, and how boldly."""

    LABEL = "label"
    SUBDOMAIN = "subdomain"
    COMMUNITY = "community"
    LABELS = "joined_labels"
    SUFFIX = "tld_word"


JOINED = frozenset({Place.LABELS, Place.SUFFIX})


@dataclass(frozen=True)
class Match:
    """brand: the word; step: the test that found it; form: the letters that were matched."""

    brand: Brand
    step: str
    form: str
    verdict: Verdict

    @property
    def rank(self) -> tuple[bool, int]:
        """Certain matches first, and of those the longest."""
        return (self.verdict is not Verdict.BRAND, -len(self.form))
