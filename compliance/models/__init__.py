from compliance.models.case import Case
from compliance.models.observation import Observation, ObservationPolicy, WatchMark
from compliance.models.policy import ViolationPolicy
from compliance.models.review import ReviewText
from compliance.models.threshold import Threshold

__all__ = [
    "Case",
    "Observation",
    "ObservationPolicy",
    "ReviewText",
    "Threshold",
    "ViolationPolicy",
    "WatchMark",
]
