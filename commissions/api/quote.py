"""GET /api/v1/quote: affiliate or not, the rate and the commission of a sale (F24)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.programmes import SEES_RULES, no_such, the_programme
from commissions.models import Programme
from commissions.quoting import Quote, QuoteRefused, quote, quote_record
from publishers.api.parameters import Parameter, Parameters, cents, instant
from publishers.api.schema import described
from publishers.api.views import ApiView
from publishers.columns import code, country, identifier, shown
from publishers.enums import Scope
from publishers.queries import publisher_by_source

# What a quote calls its parts, where the address calls them otherwise.
PARAMETERS = {"price": "price_cents"}


class Question(Parameters):
    """The parameters. at: now where it is not given; programme: where there are several."""

    product = Parameter(identifier().read, help_text="The merchant's number of the product.")
    country = Parameter(
        country().read,
        shape={"type": "string", "pattern": "^[A-Z]{2}$"},
        help_text="Of delivery, ISO 3166 alpha-2.",
    )
    source_ = Parameter(code().read, help_text="Code of the source through which the buyer comes.")
    at = instant(help_text="When the order would be placed; now where it is not given.")
    price_cents = Parameter(
        cents().read,
        required=False,
        shape={"type": "integer", "minimum": 0, "maximum": 10**12},
        help_text="Without a price the rate is told, and no commission.",
    )
    programme = Parameter(
        code().read, required=False, help_text="Code of the programme, where there are several."
    )


class TraceShape(serializers.Serializer):
    """A step of the decision, as the engine has it."""

    stage = serializers.CharField()
    code = serializers.CharField()
    decided = serializers.BooleanField()
    values = serializers.DictField()


class QuoteShape(serializers.Serializer):
    """What a sale would earn, as far as that is known."""

    product = serializers.CharField()
    country = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField()
    price_cents = serializers.IntegerField(allow_null=True)
    affiliate = serializers.CharField(allow_null=True, help_text="Y, N, or null: not known.")
    known_from = serializers.CharField(help_text="What says so.")
    feed_row_at = serializers.DateTimeField(required=False, allow_null=True)
    status = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    rule = serializers.CharField()
    rate_percent = serializers.CharField(allow_null=True, help_text="As text, such as 7.00.")
    commission_cents = serializers.IntegerField(allow_null=True)
    depends_on = serializers.ListField(child=serializers.CharField())
    trace = TraceShape(many=True)
    currency = serializers.CharField()


EXAMPLE = {
    "product": "5003", "country": "US", "source": "anna-site", "at": "2019-03-01T10:00:00Z",
    "price_cents": 1290, "affiliate": "Y", "known_from": "catalogue", "status": "waiting",
    "reason": "", "rule": "hot", "rate_percent": "45.00", "commission_cents": 580,
    "depends_on": [], "trace": [{"stage": "cap", "code": "", "decided": False, "values": {}}],
    "currency": "USD",
}  # fmt: skip


class QuoteView(ApiView):
    """Answers the record of a quote, and the currency of its cents."""

    scopes = {"GET": Scope.READ_RULEBOOKS}
    staff_rights = {"GET": SEES_RULES}
    tag = "Programmes"

    @extend_schema(
        operation_id="get_quote",
        summary="What a sale would earn",
        description="Decided by the same rules as an order. Nothing is booked.",
        parameters=described(Question),
        responses=QuoteShape,
        examples=[OpenApiExample("A quote", value=EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(request, Question)
        programme = the_programme(asked.get("programme"))
        publisher_id = self.caller.publisher_id
        if publisher_id is not None:
            _require_own(publisher_id, asked["source"])
        record = {**quote_record(_quoted(programme, asked)), "currency": programme.currency}
        if publisher_id is not None:
            # When somebody's last order of the product was placed is no business of another's.
            del record["feed_row_at"]
        return Response(record)


def _quoted(programme: Programme, asked: dict[str, Any]) -> Quote:
    price = asked.get("price_cents")
    try:
        return quote(
            programme=programme,
            product_id=asked["product"],
            country=asked["country"],
            source_code=asked["source"],
            at=asked["at"] if "at" in asked else timezone.now(),
            price_cents=None if price is None else int(price),
        )
    except QuoteRefused as refused:
        if refused.field == "source":
            raise no_such("source", str(refused)) from refused
        parameter = PARAMETERS.get(refused.field, refused.field)
        raise ValidationError({parameter: [str(refused)]}) from refused


def _require_own(publisher_id: int, source_code: str) -> None:
    """Somebody else's source is the same as none."""
    if publisher_by_source([source_code]).get(source_code) != publisher_id:
        sentence = _("You have no source with the code %(code)s: write the code of one of yours.")
        raise no_such("source", sentence % {"code": shown(source_code)})
