"""Thresholds and policies at an instant: what staff set for it, else the defaults."""

from datetime import datetime

from compliance.detectors.thresholds import DEFAULTS, Limits
from compliance.models.observation import Observation, ObservationPolicy
from compliance.models.threshold import Threshold
from compliance.watching.enums import ObservationMode


class ThresholdHistory:
    """Every threshold with its periods, read once."""

    def __init__(self) -> None:
        names = ("name", "value", "valid_from", "valid_to")
        self._rows = list(Threshold.objects.filter(name__in=DEFAULTS).values_list(*names))

    def at(self, instant: datetime) -> Limits:
        """The values in force at an instant, by name."""
        set_by_staff = {
            name: value
            for name, value, start, end in self._rows
            if (start is None or start <= instant) and (end is None or instant < end)
        }
        return {**DEFAULTS, **set_by_staff}


def opens_case(observation: Observation) -> bool:
    """Whether the policy in force when it was found has the job open a case of it."""
    policies = ObservationPolicy.objects.in_force(observation.found_at)
    policy = policies.filter(kind=observation.kind).first()
    return (
        policy is not None
        and policy.mode == ObservationMode.OPEN_CASE
        and observation.severity >= policy.least_severity
    )
