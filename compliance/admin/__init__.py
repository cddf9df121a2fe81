from compliance.admin.case import CaseAdmin
from compliance.admin.case_records import CaseEventAdmin, StatementOfReasonsAdmin
from compliance.admin.moderation import ModerationAdmin
from compliance.admin.moderation_records import (
    AutoApprovalAdmin,
    ModerationEventAdmin,
    ModerationGroundAdmin,
    PreflightRunAdmin,
    SourceOwnershipAdmin,
)
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.reference_image import ReferenceImageAdmin
from compliance.admin.review_text import ReviewTextAdmin

__all__ = [
    "AutoApprovalAdmin",
    "CaseAdmin",
    "CaseEventAdmin",
    "ModerationAdmin",
    "ModerationEventAdmin",
    "ModerationGroundAdmin",
    "PreflightRunAdmin",
    "ReferenceImageAdmin",
    "ReviewTextAdmin",
    "SourceOwnershipAdmin",
    "StatementOfReasonsAdmin",
    "ViolationPolicyAdmin",
]
