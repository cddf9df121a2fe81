from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import TextFilter
from unfold.decorators import display

from commissions.admin.columns import LineStatusFilter, PublisherColumn, StatusColumn
from commissions.admin.order_line_page import why_this_amount
from commissions.explanations import reason_sentence
from commissions.models import OrderLine
from publishers.admin.backoffice import BigListAdmin, is_key
from publishers.figures import instant, money, rate
from publishers.models import Publisher

# A prefix shorter than this finds too much to be of use.
SHORTEST_PREFIX = 4
# What a search shows at most; each key is asked by its own index.
MOST_FOUND = 200


class PublisherCodeFilter(TextFilter):
    """Lines of the publisher whose code is given."""

    title = _("publisher's code")
    parameter_name = "publisher"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        owner = Publisher.objects.filter(code=self.value()).values_list("pk", flat=True)
        # The key itself, not a join: the planner then knows how many lines there are.
        return queryset.filter(publisher_id__in=list(owner))


def numbers_of_lines(term: str) -> list[int]:
    """The network's numbers of lines that a search for `term` means.

    A term is an order, a sub-order, or the network's own number (F19), else the beginning of one
    of the merchant's two.
    """
    if not (term.isascii() and term.isdigit()):
        return []
    lines = OrderLine.objects.order_by()
    exact = lines.filter(order_id=term), lines.filter(sub_order_id=term)
    found = _ids(*exact) | ({int(term)} if is_key(term) and _known(int(term)) else set())
    if found or len(term) < SHORTEST_PREFIX:
        return sorted(found)
    return sorted(
        _ids(lines.filter(order_id__startswith=term), lines.filter(sub_order_id__startswith=term))
    )


def _ids(*searches: QuerySet) -> set[int]:
    return {pk for search in searches for pk in search.values_list("pk", flat=True)[:MOST_FOUND]}


def _known(number: int) -> bool:
    return OrderLine.objects.filter(pk=number).exists()


@admin.register(OrderLine)
class OrderLineAdmin(StatusColumn, PublisherColumn, BigListAdmin):
    """Sub-orders: the last word of the feed about each, and what has become of it."""

    list_display = ("numbers", "placed", "of_publisher", "shown_status", "why",
                    "base", "shown_rate", "commission")  # fmt: skip
    list_filter = (LineStatusFilter, PublisherCodeFilter)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("publisher", "programme")
    exact_search = ("order_id", "sub_order_id", "id")
    search_help_text = _("Order, sub-order or the network's own number; whole, or its beginning")
    change_form_template = "admin/commissions/orderline/page.html"
    empty_hint = _("No order is in the books that fits. Upload a feed file, or look among the "
                   "parked rows.")  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        return (queryset.filter(pk__in=numbers_of_lines(term)) if term else queryset), False

    def page_context(self, request: HttpRequest, row: OrderLine) -> dict[str, Any]:
        return {"page": why_this_amount(row)}

    @display(description=_("sub-order, order"), header=True)
    def numbers(self, line: OrderLine) -> list[str]:
        return [line.sub_order_id, line.order_id]

    @admin.display(description=_("placed"))
    def placed(self, line: OrderLine) -> str:
        return instant(line.created_at, line.programme.time_zone)

    @admin.display(description=_("reason"))
    def why(self, line: OrderLine) -> str:
        return reason_sentence(line.reason)

    @admin.display(description=_("base"))
    def base(self, line: OrderLine) -> str:
        return money(line.base_cents, line.programme.currency)

    @admin.display(description=_("rate"))
    def shown_rate(self, line: OrderLine) -> str:
        return rate(line.rate_bp) if line.rule_id else ""

    @admin.display(description=_("commission"))
    def commission(self, line: OrderLine) -> str:
        return money(line.commission_cents, line.programme.currency)
