"""Every use case of moderation by its name."""

from compliance.moderation.cases import open_case_of_round
from compliance.moderation.pages import check_pages
from compliance.moderation.publisher_side import (
    answer,
    apply_source,
    change_material,
    check_now,
    withdraw,
)
from compliance.moderation.rechecks import look_now, recheck_pages
from compliance.moderation.refusals import NotFound, Refused, WrongMove
from compliance.moderation.reviews import reopen_for_page, reopen_for_rules
from compliance.moderation.staff_side import (
    agree,
    approve,
    ask_back,
    ask_page_again,
    open_round,
    reject,
)

__all__ = [
    "NotFound",
    "Refused",
    "WrongMove",
    "agree",
    "answer",
    "apply_source",
    "approve",
    "ask_back",
    "ask_page_again",
    "change_material",
    "check_now",
    "check_pages",
    "look_now",
    "open_case_of_round",
    "open_round",
    "recheck_pages",
    "reject",
    "reopen_for_page",
    "reopen_for_rules",
    "withdraw",
]
