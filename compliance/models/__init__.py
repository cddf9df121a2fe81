from compliance.models.case import Case
from compliance.models.policy import ViolationPolicy
from compliance.models.review import ReviewText

__all__ = ["Case", "ReviewText", "ViolationPolicy"]
