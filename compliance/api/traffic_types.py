"""GET /api/v1/traffic-types: what sources may be added, under which agreements (F30, F31)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.source_shapes import DEMANDS
from publishers.allowances import Offer, offers
from publishers.api.views import ApiView
from publishers.demands import demands_of
from publishers.enums import Permission, Scope
from publishers.figures import in_own_language


class AgreementShape(serializers.Serializer):
    """An agreement of yours about a type of traffic, in force or to come."""

    valid_from = serializers.DateTimeField(allow_null=True, help_text="Null: ever since.")
    valid_to = serializers.DateTimeField(allow_null=True, help_text="Null: open.")


class TrafficTypeShape(serializers.Serializer):
    """A type of traffic as you find it now."""

    code = serializers.CharField()
    name = serializers.CharField()
    permission = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Permission],
        help_text="The kindest of all programmes'.",
    )
    may_be_added = serializers.BooleanField(help_text="Whether a source of it may be added.")
    may_use = serializers.BooleanField(help_text="Whether its sources may be approved now.")
    conditions = serializers.ListField(child=serializers.CharField())
    agreements = AgreementShape(many=True)
    demands = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one, one) for one in DEMANDS]),
        help_text="What it demands of a source beside a name.",
    )
    shows_ownership = serializers.BooleanField(
        help_text="Whether its address can show whose a source is."
    )


class TrafficTypesShape(serializers.Serializer):
    """Every type of traffic."""

    items = TrafficTypeShape(many=True)


TYPE = {
    "code": "email_newsletter", "name": "E-mail newsletter", "permission": "by_agreement",
    "may_be_added": True, "may_use": True, "conditions": ["Only to people who subscribed."],
    "agreements": [{"valid_from": "2020-05-01T00:00:00Z", "valid_to": None}],
    "demands": ["mailing"], "shows_ownership": False,
}  # fmt: skip


class TrafficTypesView(ApiView):
    """Types of traffic."""

    scopes = {"GET": Scope.READ_SOURCES}
    tag = "Sources"

    @extend_schema(
        operation_id="list_traffic_types",
        summary="Types of traffic: permitted, forbidden, by agreement, and what each demands",
        description="By their codes; with your own agreements.",
        responses=TrafficTypesShape,
        examples=[OpenApiExample("Types", value={"items": [TYPE]})],
    )
    def get(self, request: Request) -> Response:
        self.asked(request)
        found = [_record(one) for one in offers(self.own(), timezone.now())]
        return Response(TrafficTypesShape({"items": found}).data)


def _record(offer: Offer) -> dict[str, Any]:
    demands = demands_of(offer.of_type.code)
    return {
        "code": offer.of_type.code,
        "name": in_own_language(offer.of_type, "name"),
        "permission": offer.permission.value,
        "may_be_added": offer.may_be_added,
        "may_use": offer.may_use,
        "conditions": [note for one in offer.sayings if (note := in_own_language(one, "note"))],
        "agreements": offer.agreements,
        "demands": [one for one in DEMANDS if getattr(demands, one)],
        "shows_ownership": demands.ownable and demands.address,
    }
