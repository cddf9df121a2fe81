from publishers.models.account import (
    AccountClosing,
    DataExport,
    Device,
    Invitation,
    TermsConsent,
)
from publishers.models.api_key import ApiKey
from publishers.models.click import Click
from publishers.models.kept_answer import KeptAnswer
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
    "AccountClosing",
    "Agreement",
    "ApiKey",
    "Click",
    "DataExport",
    "Device",
    "Invitation",
    "KeptAnswer",
    "Letter",
    "PayoutDetails",
    "Publisher",
    "RoleChange",
    "Source",
    "SourceApproval",
    "SourceFile",
    "SourceStatement",
    "SourceSuspension",
    "TermsConsent",
    "TrafficPermission",
    "TrafficType",
    "User",
]
