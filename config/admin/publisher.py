"""A publisher's page: its money, lines, sources, cases, agreements and tree - of four apps."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commissions.admin.order_line_page import transfer_row
from commissions.admin.publisher_books import balances, latest_transfers, lines_by_status
from commissions.models import Transfer
from compliance.enums import CaseStatus
from compliance.models import Case
from publishers.admin.backoffice import page_of
from publishers.admin.publisher import PublisherAdmin
from publishers.admin.tables import TableAdmin
from publishers.figures import in_own_language, instant, money, period
from publishers.models import AccountBlock, Publisher, Source
from publishers.queries import approvals
from referrals.resources import PublisherWithReferrerResource
from referrals.tree import credit_received_by, family

LATEST = 50


@admin.register(Publisher)
class PublisherPageAdmin(TableAdmin, PublisherAdmin):
    """Publishers, with a page that tells everything about one."""

    resource_classes = (PublisherWithReferrerResource,)
    change_form_template = "admin/publishers/publisher/page.html"

    def page_context(self, request: HttpRequest, row: Publisher) -> dict[str, Any]:
        return {"page": everything_about(row)}


def everything_about(publisher: Publisher) -> dict[str, Any]:
    """What the page shows, each part read once."""
    return {
        "publisher": publisher,
        "cards": _cards(publisher),
        "blocks": _blocks(publisher),
        "lines": lines_by_status(publisher),
        "transfers": [transfer_row(one) for one in _transfers(publisher)],
        "sources": _sources(publisher),
        "cases": _cases(publisher),
        "agreements": _agreements(publisher),
        "family": family(publisher.pk),
    }


def _transfers(publisher: Publisher) -> list[Transfer]:
    received = publisher.credits_received.order_by("-id").values_list("pk", flat=True)[:LATEST]
    return latest_transfers(publisher.pk, received, LATEST)


def _cards(publisher: Publisher) -> list[tuple[Any, list[str]]]:
    """A figure for each currency, in the same order on every card."""
    held, credit = balances(publisher.pk), credit_received_by(publisher.pk)
    return [
        (_("Waiting"), [money(one.waiting_cents, one.currency) for one in held]),
        (_("On hold"), [money(one.hold_cents, one.currency) for one in held]),
        (_("Available"), [money(one.available_cents, one.currency) for one in held]),
        (
            _("of it referral credit"),
            [money(credit.get(one.currency, 0), one.currency) for one in held],
        ),
    ]


def _blocks(publisher: Publisher) -> list[dict[str, Any]]:
    found = AccountBlock.objects.filter(publisher=publisher).order_by("-valid_from")
    return [
        {"open": block.valid_to is None, "ground": block.ground,
         "period": period(block.valid_from, block.valid_to),
         "since": instant(block.valid_from, seconds=True)}
        for block in found
    ]  # fmt: skip


def _sources(publisher: Publisher) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = []
    found = list(Source.objects.filter(publisher=publisher).select_related("traffic_type"))
    approved: dict[int, list[tuple[Any, Any]]] = {source.pk: [] for source in found}
    for source_id, start, end in approvals(list(approved)):
        approved[source_id].append((start, end))
    for source in found:
        periods = approved[source.pk]
        rows.append(
            {"link": page_of(source), "title": source.title, "url": source.url,
             "type": in_own_language(source.traffic_type, "name"),
             "approved": any(start <= now and (end is None or end > now)
                             for start, end in periods),
             "periods": [period(start, end) for start, end in periods]}
        )  # fmt: skip
    return rows


def _cases(publisher: Publisher) -> list[dict[str, Any]]:
    return [
        {"link": page_of(case, f"#{case.pk}"), "kind": case.get_kind_display(),
         "status": CaseStatus(case.status).label, "found": instant(case.found_at),
         "evidence": case.evidence}
        for case in Case.objects.filter(publisher=publisher)
    ]  # fmt: skip


def _agreements(publisher: Publisher) -> list[dict[str, Any]]:
    return [
        {"link": page_of(row, in_own_language(row.traffic_type, "name")),
         "period": period(row.valid_from, row.valid_to), "note": row.note}
        for row in publisher.agreements.select_related("traffic_type", "publisher")
    ]  # fmt: skip
