from commissions.admin.clock import first_programme_zone
from commissions.admin.confirmation_time import ConfirmationTimeAdmin
from commissions.admin.feed_import import FeedImportAdmin
from commissions.admin.ledger_account import LedgerAccountAdmin
from commissions.admin.line_export import LineExportAdmin
from commissions.admin.named_set import NamedSetAdmin, SetMemberAdmin
from commissions.admin.order_line import OrderLineAdmin
from commissions.admin.parked_row import ParkedRowAdmin
from commissions.admin.product import ProductAdmin
from commissions.admin.programme import ProgrammeAdmin
from commissions.admin.rulebook import (
    CookieLifeAdmin,
    RuleAdmin,
    RulebookAdmin,
    TrafficStatementAdmin,
)
from commissions.admin.stale_row import StaleRowAdmin
from commissions.admin.store import StoreAdmin
from commissions.admin.touch import TouchAdmin
from commissions.admin.transfer import TransferAdmin
from commissions.admin.virtual_ruling import VirtualRulingAdmin
from commissions.admin.what_if import WhatIfAdmin
from commissions.admin.what_if_rows import WhatIfFigureAdmin, WhatIfLineAdmin
from publishers.admin.backoffice import Clock

# Every page of the back office shows, and reads, instants on the programme's clock.
Clock.zone = staticmethod(first_programme_zone)

__all__ = [
    "ConfirmationTimeAdmin",
    "CookieLifeAdmin",
    "FeedImportAdmin",
    "LedgerAccountAdmin",
    "LineExportAdmin",
    "NamedSetAdmin",
    "OrderLineAdmin",
    "ParkedRowAdmin",
    "ProductAdmin",
    "ProgrammeAdmin",
    "RuleAdmin",
    "RulebookAdmin",
    "SetMemberAdmin",
    "StaleRowAdmin",
    "StoreAdmin",
    "TouchAdmin",
    "TrafficStatementAdmin",
    "TransferAdmin",
    "VirtualRulingAdmin",
    "WhatIfAdmin",
    "WhatIfFigureAdmin",
    "WhatIfLineAdmin",
]
