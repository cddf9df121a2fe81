"""What a publisher is told of an order: what to do if it earned nothing, when its money comes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.enums import AccountKind, Cause, LineStatus, Reason
from commissions.expectation import Expectation, Waits, expectation
from commissions.explanations import reason_sentence
from commissions.models import LedgerAccount, OrderLine, Transfer
from publishers.figures import day, in_own_language, instant, money, number

WHAT_TO_DO: dict[Reason, Promise] = {
    Reason.UNKNOWN_SOURCE: gettext_lazy(
        "Use links made for a source that is registered here, unshortened and unchanged."
    ),
    Reason.NO_RULEBOOK: gettext_lazy("Nothing can be done: the programme had not begun."),
    Reason.NO_RULE: gettext_lazy(
        "Read the conditions of that day: they say which goods and countries earn."
    ),
    Reason.RATE_MISSING: gettext_lazy(
        "Nothing is lost: it is decided once the merchant tells the product's rate."
    ),
    Reason.RATE_OUT_OF_RANGE: gettext_lazy(
        "Nothing is lost: our staff look at the merchant's rate, and the order is decided then."
    ),
    Reason.DISPUTE_OPEN: gettext_lazy(
        "Wait: if the dispute ends for the seller, the merchant confirms and the order earns."
    ),
    Reason.CANCELLED_BY_MERCHANT: gettext_lazy(
        "Nothing can be done: an order that is not delivered earns nothing."
    ),
    Reason.REFUNDED: gettext_lazy(
        "Nothing can be done: commission is paid for what the buyer keeps. Goods described as they "
        "are come back less often."
    ),
    Reason.ANTISPAM: gettext_lazy(
        "The merchant does not say more. Look whether orders of this source come from one buyer or "
        "address, and do not order through your own links."
    ),
    Reason.INVALID: gettext_lazy(
        "The merchant gives no other reason. If many orders of a source end so, ask support with "
        "their numbers."
    ),
    Reason.ASSISTANT_PLUGIN: gettext_lazy(
        "Nothing can be done: an order made through the assistant is not counted as yours."
    ),
    Reason.SOURCE_NOT_APPROVED: gettext_lazy(
        "Bring buyers through a source only while it is approved. Your sources' page says since "
        "when each of yours is."
    ),
    Reason.FORBIDDEN_TRAFFIC: gettext_lazy(
        "Stop this type of traffic, or ask for an agreement. The conditions list what is permitted."
    ),
    Reason.CLICK_AFTER_ORDER: gettext_lazy(
        "The buyer had ordered before following your link. Nothing can be done."
    ),
    Reason.COOKIE_EXPIRED: gettext_lazy(
        "The buyer came back too late. A new click on your link begins its life anew."
    ),
    Reason.SELLER_OUTSIDE_PRC: gettext_lazy("Lead buyers to goods of sellers from China."),
    Reason.MALL_RUSSIA: gettext_lazy("Lead buyers to goods that are sent from abroad."),
    Reason.TRAFFIC_NON_AFFILIATE: gettext_lazy(
        "Lead this traffic to affiliate products. Ask what a sale would earn before you advertise."
    ),
    Reason.ELEVEN_NON_AFFILIATE: gettext_lazy(
        "Lead buyers of this country to affiliate products. Ask what a sale would earn before you "
        "advertise."
    ),
    Reason.ACCOUNT_BLOCKED: gettext_lazy(
        "Answer or appeal the case: if the block is undone, what was deducted comes back."
    ),
}


def reason_of(line: OrderLine) -> str:
    """Why a line earns nothing; a rule that staff wrote speaks for itself."""
    if line.rule and line.reason == line.rule.code and line.reason not in Reason.values:
        return in_own_language(line.rule, "sentence")
    return reason_sentence(line.reason)


def what_to_do(line: OrderLine) -> str:
    """What a publisher can do about a line that earns nothing; empty where it earns."""
    if not line.reason:
        return ""
    if line.reason in Reason.values:
        return str(WHAT_TO_DO[Reason(line.reason)])
    return _("A rule of the programme gives nothing here. The steps below say which one.")


def when_it_comes(line: OrderLine, at: datetime) -> list[str]:
    """When a line's money may be drawn: sentences. Its programme is read."""
    if line.status == LineStatus.PAID:
        return [_("It was paid out.")]
    if line.status == LineStatus.CONFIRMED:
        return [_("It is confirmed: the money is available.")]
    if line.status not in (LineStatus.WAITING, LineStatus.HOLD):
        return []
    found = expectation(line, at)
    if found.waits == Waits.AGE:
        if found.overdue:
            return [_("The merchant has settled it, and it is old enough: it is confirmed today.")]
        told = _("The merchant has settled it. It is confirmed once it is old enough: on %(day)s.")
        return [told % {"day": day(found.likely)}]
    first = {
        Waits.RECEIPT: _("The buyer has paid. Next the buyer receives the goods."),
        Waits.SETTLEMENT: _("The buyer has the goods. Next the merchant settles the order."),
    }[found.waits]
    return [first, _likely(line, found)]


def _likely(line: OrderLine, found: Expectation) -> str:
    values = {
        "day": day(found.likely),
        "late": day(found.late),
        "limit": number(line.programme.settlement_limit_days),
    }
    if found.likely is None:
        return _("How long that takes has not been measured yet.")
    if found.overdue:
        told = _(
            "By %(late)s nine in ten orders of this day were due: this one takes longer than most. "
            "The merchant decides. After %(limit)s days without an answer our staff look at it."
        )
        return told % values
    told = _("The money is likely available by %(day)s, and by %(late)s in nine cases of ten.")
    return told % values


CAUSES: dict[Cause, Promise] = {
    Cause.IMPORT: gettext_lazy("the merchant's word"),
    Cause.RERATING: gettext_lazy("reckoned anew, after a fact or a rule had changed"),
    Cause.AGEING: gettext_lazy("old enough to be confirmed"),
    Cause.BLOCK: gettext_lazy("the account was blocked"),
    Cause.REINSTATEMENT: gettext_lazy("the block was undone"),
    Cause.REFERRAL: gettext_lazy("referral credit"),
}


def history(transfers: Iterable[Transfer], publisher_id: int, zone: str) -> list[dict[str, Any]]:
    """The transfers of a publisher's line in words, in their order; what is others' is left out.

    Accounts and their programmes are read.
    """
    return [
        {
            "at": one.event_at,
            "when": instant(one.event_at, zone),
            "what": _moved(one, publisher_id),
            "why": CAUSES[Cause(one.cause)],
        }
        for one in transfers
        if publisher_id in (one.debit.publisher_id, one.credit.publisher_id)
    ]


def _moved(one: Transfer, publisher_id: int) -> str:
    values = {
        "money": money(one.amount_cents, one.debit.programme.currency),
        "source": _kind(one.debit),
        "target": _kind(one.credit),
    }
    if one.debit.publisher_id != publisher_id:
        return _("%(money)s came: %(target)s") % values
    if one.credit.publisher_id != publisher_id:
        return _("%(money)s were taken back: they had been “%(source)s”") % values
    return _("%(money)s moved: from “%(source)s” to “%(target)s”") % values


def _kind(account: LedgerAccount) -> str:
    return str(AccountKind(account.kind).label)
