from compliance.admin.case import CaseAdmin
from compliance.admin.case_records import CaseEventAdmin, StatementOfReasonsAdmin
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.reference_image import ReferenceImageAdmin
from compliance.admin.review_text import ReviewTextAdmin

__all__ = [
    "CaseAdmin",
    "CaseEventAdmin",
    "ReferenceImageAdmin",
    "ReviewTextAdmin",
    "StatementOfReasonsAdmin",
    "ViolationPolicyAdmin",
]
