"""What the page of one order line shows: its facts, why it earns what it earns, its transfers."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from commissions.admin.columns import STATUS_LABELS
from commissions.advice import reason_of
from commissions.engine.order import Settled
from commissions.enums import Cause, FeedStatus, LineStatus
from commissions.explanations import folded, sentences
from commissions.ledger.keys import transfers_of_line
from commissions.models import FeedImport, OrderLine, Transfer
from commissions.queries import explain_line
from commissions.rule_words import words_of, yes_no
from commissions.rulebooks import calendar
from commissions.rulebooks.editions import ruling
from publishers.admin.backoffice import page_of
from publishers.figures import in_own_language, instant, money, number, rate


def why_this_amount(line: OrderLine) -> dict[str, Any]:
    """Everything on a line's page, read once."""
    line = OrderLine.objects.select_related("programme", "publisher", "source", "click").get(
        pk=line.pk
    )
    # Shown are the version in force and its rule; saved is nothing here.
    line.rulebook, line.rule = ruling(line)
    settled = explain_line(line.pk)
    words = words_of(line.programme, settled.decision.rulebook_id)
    transfers = list(
        transfers_of_line(line.pk).select_related(
            "debit__publisher", "debit__programme", "credit__publisher", "credit__programme"
        )
    )
    return {
        "line": line,
        "groups": facts(line),
        "status": LineStatus(line.status).label,
        "status_kind": STATUS_LABELS[LineStatus(line.status)],
        "reason": reason_of(line),
        "commission": money(line.commission_cents, line.programme.currency),
        "steps": folded(sentences(settled.steps, words)),
        "waiting": difference(line, settled),
        "transfers": [transfer_row(one) for one in transfers],
        "imports": imports_behind(transfers),
        "rulebooks": rulebooks_over_time(line, transfers),
    }


def rulebooks_over_time(line: OrderLine, transfers: list[Transfer]) -> list[dict[str, Any]]:
    """Which rulebook applied to the line when; empty where there was only one."""
    if not line.rulebook:
        return []
    since = min((one.recorded_at for one in transfers), default=line.created_at)
    applied = calendar.history(line.programme, line.created_at, since)
    if len(applied) < 2:
        return []
    ends = [*(one.known_at for one in applied[1:]), None]
    return [
        {
            "link": page_of(one.rulebook, in_own_language(one.rulebook, "title")),
            "version": one.rulebook.version,
            "known": instant(one.known_at, line.programme.time_zone),
            "until": instant(end, line.programme.time_zone) if end else "",
        }
        for one, end in zip(applied, ends, strict=True)
    ]


def difference(line: OrderLine, settled: Settled) -> str:
    """What the facts as they stand would make of the line, where that is not what is booked."""
    booked = (line.status, line.reason, line.commission_cents)
    due = (settled.status, settled.reason, settled.commission_cents)
    if booked == due or line.status == LineStatus.PAID:
        return ""
    return _(
        "Booked: %(status)s, %(money)s. By the facts as they stand: %(due)s, %(due_money)s."
    ) % {
        "status": LineStatus(line.status).label,
        "money": money(line.commission_cents, line.programme.currency),
        "due": LineStatus(settled.status).label,
        "due_money": money(settled.commission_cents, line.programme.currency),
    }


def facts(line: OrderLine) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The line in human words, in groups of (label, value)."""
    return [
        (_("The order"), _order_facts(line)),
        (_("The goods"), _goods_facts(line)),
        (_("Whose it is"), _owner_facts(line)),
        (_("The money"), _money_facts(line)),
    ]


def _order_facts(line: OrderLine) -> list[tuple[str, Any]]:
    zone = line.programme.time_zone
    return [
        (_("Merchant's order"), line.order_id),
        (_("Merchant's sub-order"), line.sub_order_id),
        (_("The network's own number"), line.pk),
        (_("Merchant's status"), _merchant_status(line)),
        (_("Placed"), instant(line.created_at, zone, seconds=True)),
        (_("Paid by the buyer"), instant(line.paid_at, zone, seconds=True)),
        (_("Received"), instant(line.finished_at, zone, seconds=True)),
        (_("Settled"), instant(line.settled_at, zone, seconds=True)),
        (_("Country of delivery"), line.country),
        (_("Dispute"), yes_no(line.dispute)),
        *([(_("Cancel reason"), line.cancel_reason)] if line.cancel_reason else []),
    ]


def _merchant_status(line: OrderLine) -> str:
    status = str(FeedStatus(line.feed_status).label)
    return f"{status} ({line.effect})" if line.effect else status


def _goods_facts(line: OrderLine) -> list[tuple[str, Any]]:
    return [
        (_("Product"), line.product_id or yes_no("")),
        (_("Title"), line.title or yes_no("")),
        (_("Category"), line.category_id or yes_no("")),
        (_("Count"), number(line.product_count)),
        (_("Affiliate product"), yes_no(line.is_affiliate)),
        (_("Hot sale"), yes_no(line.is_hot)),
        (_("The feed's own rate"), rate(line.feed_rate_bp)),
        (_("Shopping assistant"), yes_no(line.assistant_plugin)),
    ]


def _owner_facts(line: OrderLine) -> list[tuple[str, Any]]:
    return [
        (_("Publisher"), page_of(line.publisher)),
        (_("Source"), page_of(line.source)),
        (_("Click"), page_of(line.click)),
        (_("Tracking id"), line.tracking_id or yes_no("")),
        (_("Source named (af)"), line.af or yes_no("")),
        (_("Click named (dp)"), line.dp or yes_no("")),
    ]


def _money_facts(line: OrderLine) -> list[tuple[str, Any]]:
    currency = line.programme.currency
    book, rule = line.rulebook, line.rule
    return [
        (_("Paid amount"), money(line.paid_cents, currency)),
        (_("Finished amount"), money(line.finished_cents, currency)),
        (_("Base"), money(line.base_cents, currency)),
        (_("Rulebook"), page_of(book, in_own_language(book, "title") if book else "")),
        (_("Rule"), rule.code if rule else "–"),
        (_("Rate"), rate(line.rate_bp) if rule else "–"),
        (_("Before the cap"), money(line.rated_cents, currency)),
        (_("Commission"), money(line.commission_cents, currency)),
        (_("Merchant's estimate, paid"), money(line.estimated_paid_cents, currency)),
        (_("Merchant's estimate, finished"), money(line.estimated_finished_cents, currency)),
    ]


def transfer_row(transfer: Transfer) -> dict[str, Any]:
    """A transfer as a row of a table; its accounts are read already."""
    zone = transfer.debit.programme.time_zone
    return {
        "key": page_of(transfer, str(transfer.pk)),
        "amount": money(transfer.amount_cents, transfer.debit.programme.currency),
        "source": str(transfer.debit),
        "target": str(transfer.credit),
        "cause": Cause(transfer.cause).label,
        "happened": instant(transfer.event_at, zone),
        "recorded": instant(transfer.recorded_at, zone, seconds=True),
    }


def imports_behind(transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """The imports that moved this line's money."""
    ids = {one.cause_id for one in transfers if one.cause == Cause.IMPORT and one.cause_id}
    return [
        {"link": page_of(one), "at": instant(one.received_at)}
        for one in FeedImport.objects.filter(pk__in=ids).order_by("id")
    ]
