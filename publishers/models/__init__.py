from publishers.models.click import Click
from publishers.models.letter import Letter
from publishers.models.payout_details import PayoutDetails
from publishers.models.publisher import AccountBlock, Publisher
from publishers.models.role_change import RoleChange
from publishers.models.source import Source, SourceApproval, SourceSuspension
from publishers.models.source_material import SourceFile, SourceStatement
from publishers.models.traffic import Agreement, TrafficPermission, TrafficType
from publishers.models.user import User

__all__ = [
    "AccountBlock",
    "Agreement",
    "Click",
    "Letter",
    "PayoutDetails",
    "Publisher",
    "RoleChange",
    "Source",
    "SourceApproval",
    "SourceFile",
    "SourceStatement",
    "SourceSuspension",
    "TrafficPermission",
    "TrafficType",
    "User",
]
