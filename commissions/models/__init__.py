from commissions.models.catalogue import Product, Store, VirtualRuling
from commissions.models.feed import FeedImport, ParkedRow, StaleRow
from commissions.models.ledger import DailyTotal, LedgerAccount, Transfer
from commissions.models.order_line import OrderLine
from commissions.models.programme import NamedSet, Programme, SetMember
from commissions.models.rulebook import CookieLife, Rule, Rulebook
from commissions.models.touch import Touch

__all__ = [
    "CookieLife",
    "DailyTotal",
    "FeedImport",
    "LedgerAccount",
    "NamedSet",
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
    "Transfer",
    "VirtualRuling",
]
