from commissions.models.catalogue import Product, Store, VirtualRuling
from commissions.models.feed import FeedImport, ParkedRow, StaleRow
from commissions.models.ledger import LedgerAccount, Transfer
from commissions.models.line_export import LineExport
from commissions.models.order_line import OrderLine
from commissions.models.programme import ConfirmationTime, NamedSet, Programme, SetMember
from commissions.models.rulebook import CookieLife, Rule, Rulebook, TrafficStatement
from commissions.models.totals import ConfirmedTotal, DailyTotal, NetworkTotal
from commissions.models.touch import Touch
from commissions.models.what_if import WhatIf, WhatIfFigure, WhatIfLine

__all__ = [
    "ConfirmationTime",
    "ConfirmedTotal",
    "CookieLife",
    "DailyTotal",
    "FeedImport",
    "LedgerAccount",
    "LineExport",
    "NamedSet",
    "NetworkTotal",
    "OrderLine",
    "ParkedRow",
    "Product",
    "Programme",
    "Rule",
    "Rulebook",
    "SetMember",
    "StaleRow",
    "Store",
    "Touch",
    "TrafficStatement",
    "Transfer",
    "VirtualRuling",
    "WhatIf",
    "WhatIfFigure",
    "WhatIfLine",
]
