from publishers.admin.account import (
    AccountClosingAdmin,
    DataExportAdmin,
    DeviceAdmin,
    InvitationAdmin,
    TermsConsentAdmin,
)
from publishers.admin.account_block import AccountBlockAdmin
from publishers.admin.agreement import AgreementAdmin
from publishers.admin.api_key import ApiKeyAdmin
from publishers.admin.click import ClickAdmin
from publishers.admin.kept_answer import KeptAnswerAdmin
from publishers.admin.letter import LetterAdmin
from publishers.admin.payout_details import PayoutDetailsAdmin
from publishers.admin.role_change import RoleChangeAdmin
from publishers.admin.source import SourceAdmin, SourceApprovalAdmin
from publishers.admin.source_material import SourceFileAdmin, SourceStatementAdmin
from publishers.admin.source_suspension import SourceSuspensionAdmin
from publishers.admin.traffic_permission import TrafficPermissionAdmin
from publishers.admin.traffic_type import TrafficTypeAdmin
from publishers.admin.user import GroupAdmin, UserAdmin

__all__ = [
    "AccountBlockAdmin",
    "AccountClosingAdmin",
    "AgreementAdmin",
    "ApiKeyAdmin",
    "ClickAdmin",
    "DataExportAdmin",
    "DeviceAdmin",
    "GroupAdmin",
    "InvitationAdmin",
    "KeptAnswerAdmin",
    "LetterAdmin",
    "PayoutDetailsAdmin",
    "RoleChangeAdmin",
    "SourceAdmin",
    "SourceApprovalAdmin",
    "SourceFileAdmin",
    "SourceStatementAdmin",
    "SourceSuspensionAdmin",
    "TermsConsentAdmin",
    "TrafficPermissionAdmin",
    "TrafficTypeAdmin",
    "UserAdmin",
]
