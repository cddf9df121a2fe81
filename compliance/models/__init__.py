from compliance.models.case import Case
from compliance.models.policy import ViolationPolicy
from compliance.models.reference_image import ReferenceImage
from compliance.models.review import ReviewText

__all__ = ["Case", "ReferenceImage", "ReviewText", "ViolationPolicy"]
