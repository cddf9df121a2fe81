from compliance.models.case import Case
from compliance.models.moderation import (
    AutoApproval,
    Moderation,
    ModerationEvent,
    ModerationGround,
    PreflightRun,
    SourceOwnership,
)
from compliance.models.policy import ViolationPolicy
from compliance.models.review import ReviewText

__all__ = [
    "AutoApproval",
    "Case",
    "Moderation",
    "ModerationEvent",
    "ModerationGround",
    "PreflightRun",
    "ReviewText",
    "SourceOwnership",
    "ViolationPolicy",
]
