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
from compliance.admin.observation import (
    ObservationAdmin,
    ObservationPolicyAdmin,
    WatchMarkAdmin,
)
from compliance.admin.page_look import PageLookAdmin, PageWatchAdmin, SourcePageAdmin
from compliance.admin.policy import ViolationPolicyAdmin
from compliance.admin.reference_image import ReferenceImageAdmin
from compliance.admin.review_text import ReviewTextAdmin
from compliance.admin.threshold import ThresholdAdmin

__all__ = [
    "AutoApprovalAdmin",
    "CaseAdmin",
    "CaseEventAdmin",
    "ModerationAdmin",
    "ModerationEventAdmin",
    "ModerationGroundAdmin",
    "ObservationAdmin",
    "ObservationPolicyAdmin",
    "PageLookAdmin",
    "PageWatchAdmin",
    "PreflightRunAdmin",
    "ReferenceImageAdmin",
    "ReviewTextAdmin",
    "SourceOwnershipAdmin",
    "SourcePageAdmin",
    "StatementOfReasonsAdmin",
    "ThresholdAdmin",
    "ViolationPolicyAdmin",
    "WatchMarkAdmin",
]
