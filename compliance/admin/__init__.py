from compliance.admin.case import CaseAdmin
from compliance.admin.moderation import ModerationAdmin
from compliance.admin.moderation_records import (
    AutoApprovalAdmin,
    ModerationEventAdmin,
    ModerationGroundAdmin,
    PreflightRunAdmin,
    SourceOwnershipAdmin,
)
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.review_text import ReviewTextAdmin

__all__ = [
    "AutoApprovalAdmin",
    "CaseAdmin",
    "ModerationAdmin",
    "ModerationEventAdmin",
    "ModerationGroundAdmin",
    "PreflightRunAdmin",
    "ReviewTextAdmin",
    "SourceOwnershipAdmin",
    "ViolationPolicyAdmin",
]
