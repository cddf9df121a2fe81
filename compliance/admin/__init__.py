from compliance.admin.case import CaseAdmin
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.review_text import ReviewTextAdmin

__all__ = ["CaseAdmin", "ReviewTextAdmin", "ViolationPolicyAdmin"]
