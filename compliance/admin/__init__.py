from compliance.admin.case import CaseAdmin
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.reference_image import ReferenceImageAdmin
from compliance.admin.review_text import ReviewTextAdmin

__all__ = ["CaseAdmin", "ReferenceImageAdmin", "ReviewTextAdmin", "ViolationPolicyAdmin"]
