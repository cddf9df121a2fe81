from compliance.admin.case import CaseAdmin
from compliance.admin.observation import (
    ObservationAdmin,
    ObservationPolicyAdmin,
    WatchMarkAdmin,
)
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.review_text import ReviewTextAdmin
from compliance.admin.threshold import ThresholdAdmin

__all__ = [
    "CaseAdmin",
    "ObservationAdmin",
    "ObservationPolicyAdmin",
    "ReviewTextAdmin",
    "ThresholdAdmin",
    "ViolationPolicyAdmin",
    "WatchMarkAdmin",
]
