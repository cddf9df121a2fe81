from compliance.models.case import Case
from compliance.models.case_event import CaseEvent
from compliance.models.moderation import (
    AutoApproval,
    Moderation,
    ModerationEvent,
    ModerationGround,
    PreflightRun,
    SourceOwnership,
)
from compliance.models.observation import Observation, ObservationPolicy, WatchMark
from compliance.models.page_look import PageLook, PageWatch
from compliance.models.policy import ViolationPolicy
from compliance.models.reference_image import ReferenceImage
from compliance.models.review import ReviewText
from compliance.models.statement import StatementOfReasons
from compliance.models.threshold import Threshold

__all__ = [
    "AutoApproval",
    "Case",
    "CaseEvent",
    "Moderation",
    "ModerationEvent",
    "ModerationGround",
    "Observation",
    "ObservationPolicy",
    "PageLook",
    "PageWatch",
    "PreflightRun",
    "ReferenceImage",
    "ReviewText",
    "SourceOwnership",
    "StatementOfReasons",
    "Threshold",
    "ViolationPolicy",
    "WatchMark",
]
