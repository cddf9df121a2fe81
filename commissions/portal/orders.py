"""The publisher's orders: their list, and the page of one line that says why and when."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_countries import countries

from commissions.admin.columns import STATUS_LABELS
from commissions.admin.order_line_page import difference
from commissions.advice import history, reason_of, what_to_do, when_it_comes
from commissions.cuts.enums import CutBy
from commissions.cuts.listing import Page, page_of_lines, place_from, with_number
from commissions.cuts.names import span_name, status_name
from commissions.engine.order import EARNING
from commissions.enums import LineStatus
from commissions.explanations import folded, reason_sentence, sentences
from commissions.ledger.keys import transfers_of_line
from commissions.models import OrderLine
from commissions.portal.asking import AskingForm, OrdersForm, address
from commissions.portal.statistics import kept, presets
from commissions.queries import explain_line
from commissions.rule_words import words_of
from commissions.rulebooks.editions import ruling
from publishers.figures import instant, money, number, rate
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show


@require_safe
@portal_page(staff="admin:commissions_orderline_changelist")
def orders_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The lines asked for, the newest first; one page of them, whatever there are."""
    form = OrdersForm(request.GET, publisher, timezone.now())
    context: dict[str, Any] = {
        "form": form,
        "presets": presets(form, "orders"),
        **kept(form, "orders"),
    }
    if form.is_valid():
        context |= _listed(request, form, publisher)
    return show(request, "orders", context, here="orders")


def _listed(request: HttpRequest, form: OrdersForm, publisher: Publisher) -> dict[str, Any]:
    params, wanted = form.params(), form.cleaned_data["q"]
    if wanted:
        page = Page(list(with_number(publisher.pk, wanted)), None, None)
    else:
        page = page_of_lines(
            form.asked(),
            after=place_from(request.GET.get("after", "")),
            before=place_from(request.GET.get("before", "")),
        )
    zone = form.zone_asked
    return {
        "wanted": wanted,
        "rows": [row(line, zone) for line in page.lines],
        "newer": address("orders", params, before=str(page.newer)) if page.newer else "",
        "older": address("orders", params, after=str(page.older)) if page.older else "",
        "newest": address("orders", params) if page.newer else "",
        "period_told": span_name(form.span, CutBy.MONTH) if form.span else _("all time"),
        "zone": zone,
        "is_narrowed": is_narrowed(form),
        "csv_address": address("orders_file", {**params, "format": "csv"}),
        "xlsx_address": address("orders_file", {**params, "format": "xlsx"}),
    }


def is_narrowed(form: AskingForm) -> bool:
    """Whether anything but the clock was asked."""
    return bool(form.params().keys() - {"zone", "dates"})


def row(line: OrderLine, zone: str) -> dict[str, Any]:
    """A line in the list; its programme and source are read."""
    currency = line.programme.currency
    return {
        "pk": line.pk,
        "order": line.order_id,
        "sub_order": line.sub_order_id,
        "placed": instant(line.created_at, zone),
        "placed_at": line.created_at,
        "status": status_name(line.status),
        "kind": STATUS_LABELS[LineStatus(line.status)],
        "reason": reason_sentence(line.reason),
        "source": line.source.code if line.source else "",
        "country": line.country,
        "product": line.title or line.product_id,
        "sales": money(line.base_cents, currency),
        "commission": money(line.commission_cents, currency),
    }


@require_safe
@portal_page()
def order_page(request: HttpRequest, publisher: Publisher, line_id: int) -> HttpResponse:
    """One line: why its amount, what to do, when the money comes, and what moved."""
    line = (
        OrderLine.objects.select_related("programme__confirmation_time", "source", "click")
        .filter(pk=line_id, publisher=publisher)
        .first()
    )
    if line is None:
        raise Http404
    return show(request, "order", line_context(line), here="orders")


def line_context(line: OrderLine) -> dict[str, Any]:
    """Everything on the page of a publisher's line, each part read once."""
    # Shown are the version in force and its rule; saved is nothing here.
    line.rulebook, line.rule = ruling(line)
    settled = explain_line(line.pk)
    words = words_of(line.programme, settled.decision.rulebook_id)
    zone = line.programme.time_zone
    transfers = transfers_of_line(line.pk).select_related("debit__programme", "credit__programme")
    earns = line.status in EARNING
    return {
        "line": line,
        "status": status_name(line.status),
        "kind": STATUS_LABELS[LineStatus(line.status)],
        "commission": money(line.commission_cents, line.programme.currency),
        "earns": earns,
        "reason": reason_of(line),
        "what_to_do": what_to_do(line),
        "when": when_it_comes(line, timezone.now()),
        "due": difference(line, settled),
        "steps": folded(sentences(settled.steps, words)),
        "history": history(transfers, line.publisher_id or 0, zone),
        "zone": zone,
        "facts": _facts(line, zone),
    }


def _facts(line: OrderLine, zone: str) -> list[tuple[str, str]]:
    currency, click = line.programme.currency, line.click
    subs = (
        [(_("Sub id %(n)s") % {"n": n}, getattr(click, f"sub{n}")) for n in range(1, 6)]
        if click
        else []
    )
    return [
        (_("Order"), line.order_id),
        (_("Sub-order"), line.sub_order_id),
        (_("Our number"), str(line.pk)),
        (_("Placed"), instant(line.created_at, zone, seconds=True)),
        (_("Clicked"), instant(click.clicked_at if click else None, zone, seconds=True)),
        (_("Received by the buyer"), instant(line.finished_at, zone)),
        (_("Settled by the merchant"), instant(line.settled_at, zone)),
        (_("Source"), f"{line.source.title} ({line.source.code})" if line.source else ""),
        *[(label, value) for label, value in subs if value],
        (_("Country"), str(countries.name(line.country)) or line.country),
        (_("Product"), " ".join(filter(None, (line.product_id, line.title)))),
        (_("Count"), number(line.product_count)),
        (_("Paid amount"), money(line.paid_cents, currency)),
        (_("Base"), money(line.base_cents, currency)),
        (_("Rate"), rate(line.rate_bp) if line.rule else "–"),
        (_("Commission"), money(line.commission_cents, currency)),
    ]
