"""What a check of a source says: findings, each with its rule, and one verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    CLEAR = "clear"
    BRAND = "brand"  # A domain name carries the brand.
    VIOLATION = "violation"  # A rule is broken.
    REVIEW = "review"  # A person must look.


@dataclass(frozen=True)
class Finding:
    """One thing found: `rule` is the F-number, `step` what matched, `detail` plain JSON."""

    rule: str
    step: str
    sentence: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    checked: str
    verdict: Verdict
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Keys checked, verdict and findings; a finding's detail stands beside its rule."""
        return {
            "checked": self.checked,
            "verdict": self.verdict.value,
            "findings": [
                {
                    "rule": finding.rule,
                    "step": finding.step,
                    "sentence": finding.sentence,
                    **finding.detail,
                }
                for finding in self.findings
            ],
        }
