"""Cases: opened, answered, decided by the job or by people, appealed, and undone exactly.

Every use case that takes an account's money or gives it back stands here by name.
"""

from compliance.operations.answers import answer, appeal, ask_for_answer
from compliance.operations.blocks import (
    approve_block,
    ask_block,
    block_account,
    block_unanswered,
    refuse_block,
    take_back_block_request,
)
from compliance.operations.decisions import (
    decide_appeal,
    dismiss_case,
    overturn_case,
    suspend_source,
    warn_publisher,
)
from compliance.operations.moves import AnotherPersonNeeded, CaseNotFound, WrongMove
from compliance.operations.opening import apply_policy, open_case
from compliance.operations.policies import (
    PolicyRefused,
    approve_policy,
    ask_policy,
    drop_policy_request,
)
from compliance.operations.reviews import keep_reviews, scan_reviews

__all__ = [
    "AnotherPersonNeeded",
    "CaseNotFound",
    "PolicyRefused",
    "WrongMove",
    "answer",
    "appeal",
    "apply_policy",
    "approve_block",
    "approve_policy",
    "ask_block",
    "ask_for_answer",
    "ask_policy",
    "block_account",
    "block_unanswered",
    "decide_appeal",
    "dismiss_case",
    "drop_policy_request",
    "keep_reviews",
    "open_case",
    "overturn_case",
    "refuse_block",
    "scan_reviews",
    "suspend_source",
    "take_back_block_request",
    "warn_publisher",
]
