"""GET /api/v1/orders: a publisher's order lines, and why each earns what it earns."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.line_filters import STATUSES, LineFilters, chosen, require_dates, which_instant
from commissions.api.order_pages import FILTERS, read_lines, within, without
from commissions.api.programmes import the_programme
from publishers.api.pages import Listed, PageParameters, Place
from publishers.api.parameters import Parameter, instant, require_period
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.columns import code, identifier
from publishers.enums import Scope
from publishers.models import Source

ORDERS = Listed("orders", time="placed_at")
CLICK = "click"


class OrderFilters(LineFilters):
    """Which lines, as a list of orders is asked."""

    order_id = Parameter(
        identifier().read, required=False, help_text="Lines of this order of the merchant's."
    )
    programme = Parameter(
        code().read, required=False, help_text="Lines of the programme with this code."
    )
    from_ = instant(help_text="Lines whose instant of `date_kind` is this one or later.")
    to = instant(help_text="Lines whose instant of `date_kind` is before this one.")
    date_kind = which_instant(
        "Which instant `from` and `to` are about: the order was placed (the usual), its link "
        "clicked, or it was settled by the merchant. Lines without that instant are left out."
    )


class OrderParameters(OrderFilters, PageParameters):
    """Which lines, and which page of them."""

    sub_order_id = Parameter(
        identifier().read, required=False, help_text="The line with this number of the merchant's."
    )
    include = chosen(
        [CLICK], "What is told beside each line: its click, with the sub ids of its link."
    )


class LineClickShape(serializers.Serializer):
    """The click that a line came by."""

    id = serializers.CharField(source="click_id", help_text="As its order names it.")
    at = serializers.DateTimeField(source="clicked_at")
    sub1 = serializers.CharField()
    sub2 = serializers.CharField()
    sub3 = serializers.CharField()
    sub4 = serializers.CharField()
    sub5 = serializers.CharField()


class OrderLineShape(serializers.Serializer):
    """A line (sub-order) of an order, and what it earns."""

    id = serializers.IntegerField(help_text="The network's own number of the line.")
    order_id = serializers.CharField(help_text="The merchant's number of the order.")
    sub_order_id = serializers.CharField(help_text="The merchant's number of the line.")
    programme = serializers.CharField(source="programme.code", help_text="Code of the programme.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.code", default=None, allow_null=True, help_text="Code of your source."
    )
    status = serializers.ChoiceField(choices=[(one, one) for one in STATUSES])
    reason = serializers.CharField(help_text="Code of the reason why it earns nothing; or empty.")
    placed_at = serializers.DateTimeField(source="created_at")
    paid_at = serializers.DateTimeField(allow_null=True, help_text="The buyer paid.")
    received_at = serializers.DateTimeField(source="finished_at", allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    country = serializers.CharField(help_text="Of delivery, ISO 3166 alpha-2.")
    product_id = serializers.CharField()
    title = serializers.CharField()
    category_id = serializers.CharField()
    count = serializers.IntegerField(source="product_count", allow_null=True)
    paid_cents = serializers.IntegerField(help_text="What the buyer paid.")
    base_cents = serializers.IntegerField(help_text="What the rate is of.")
    rate_bp = serializers.IntegerField(help_text="Hundredths of a percent: 700 is 7 %.")
    commission_cents = serializers.IntegerField(help_text="What you earn by it.")
    currency = serializers.CharField(source="programme.currency", help_text="ISO 4217.")
    click = LineClickShape(
        required=False,
        allow_null=True,
        help_text="There where it is asked for; null: no click of yours is known.",
    )


# What a line's shape is read from, and its click's.
COLUMNS = {
    name: str(field.source) for name, field in OrderLineShape().fields.items() if name != CLICK
}
CLICK_COLUMNS = {name: f"{CLICK}.{field.source}" for name, field in LineClickShape().fields.items()}


LINE = {
    "id": 1024, "order_id": "7000001", "sub_order_id": "8000001", "programme": "aliexpress",
    "source": "anna-site", "status": "confirmed", "reason": "",
    "placed_at": "2019-03-01T18:00:00Z", "paid_at": "2019-03-01T18:05:00Z",
    "received_at": "2019-03-20T09:00:00Z", "settled_at": "2019-03-28T09:00:00Z", "country": "US",
    "product_id": "5003", "title": "Dress", "category_id": "200", "count": 1,
    "paid_cents": 10000, "base_cents": 10000, "rate_bp": 700, "commission_cents": 700,
    "currency": "USD",
}  # fmt: skip
WITH_CLICK = {
    **LINE,
    "click": {"id": "c-0193", "at": "2019-03-01T17:40:00Z", "sub1": "letter", "sub2": "",
              "sub3": "", "sub4": "", "sub5": ""},
}  # fmt: skip


class OrdersView(ApiView):
    """Your order lines."""

    scopes = {"GET": Scope.READ_ORDERS}
    tag = "Orders"

    @extend_schema(
        operation_id="list_orders",
        summary="Your order lines",
        description=(
            "By the time at which they were placed, the newest first, whichever instant `from` and "
            "`to` are about. The parameters of a group of the statistics, with its `key` or what "
            "it is `lacking`, and the instants at which its days begin and end, give its lines."
        ),
        parameters=described(OrderParameters),
        responses=paged("Order", OrderLineShape),
        examples=[
            OpenApiExample("A page", value={"items": [LINE], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, OrderParameters)
        require_known(asked)
        wanted: dict[str, Any] = {"publisher": self.own(), **within(asked)}
        wanted |= {name: asked[name] for name in FILTERS if name in asked}
        wanted |= without(asked.get("lacking", ()))
        if "source" in asked:
            wanted["source"] = own_source(self.own(), asked["source"])
        read = _lines_with_clicks if "include" in asked else _lines
        return ORDERS.page_by(request, asked, lambda *page: read(wanted, *page))


class OrderView(ApiView):
    """One order line."""

    scopes = {"GET": Scope.READ_ORDERS}
    tag = "Orders"

    @extend_schema(
        operation_id="get_order",
        summary="An order line, and its click",
        responses=OrderLineShape,
        examples=[OpenApiExample("A line", value=WITH_CLICK)],
    )
    def get(self, request: Request, line_id: int) -> Response:
        self.asked(request)
        found = _lines_with_clicks({"publisher": self.own(), "id": line_id}, None, 1)
        if not found:
            raise nothing_there()
        return Response(found[0])


def _lines(wanted: Mapping[str, Any], place: Place | None, most: int) -> list[dict[str, Any]]:
    return read_lines(COLUMNS, wanted, place, most)


def _lines_with_clicks(
    wanted: Mapping[str, Any], place: Place | None, most: int
) -> list[dict[str, Any]]:
    names = {f"{CLICK}.{name}": column for name, column in CLICK_COLUMNS.items()}
    return [_with_click(row) for row in read_lines(COLUMNS | names, wanted, place, most)]


def _with_click(row: dict[str, Any]) -> dict[str, Any]:
    click = {name: row.pop(f"{CLICK}.{name}") for name in CLICK_COLUMNS}
    return {**row, CLICK: None if click["id"] is None else click}


def require_known(asked: Mapping[str, Any]) -> None:
    """Raise ValidationError for a period that is none, NotFound for a programme that is none."""
    require_period(asked)
    require_dates(asked)
    if "programme" in asked:
        the_programme(asked["programme"])


def own_source(publisher_id: int, source_code: str) -> int:
    """The id of a source of the publisher's own. Raises NotFound."""
    found = Source.objects.filter(publisher_id=publisher_id, code=source_code)
    number = found.values_list("pk", flat=True).first()
    if number is None:
        raise nothing_there()
    return number
