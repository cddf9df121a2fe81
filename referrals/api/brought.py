"""GET /api/v1/referrals: whom a publisher brought, and what it was credited for them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.pages import Listed, PageParameters
from publishers.api.schema import described, paged
from publishers.api.views import ApiView
from publishers.enums import Scope
from publishers.models import Publisher

REFERRALS = Listed("referrals", time="registered_at")


class CreditShape(serializers.Serializer):
    """Credit of one programme."""

    programme = serializers.CharField(source="programme.code")
    credited_cents = serializers.IntegerField()
    currency = serializers.CharField(source="programme.currency")


class ReferralShape(serializers.Serializer):
    """A publisher whom you brought."""

    code = serializers.CharField()
    registered_at = serializers.DateTimeField()
    credits = CreditShape(source="referral_credits", many=True)


class ReferralsView(ApiView):
    """Whom you brought."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    tag = "Money"

    @extend_schema(
        operation_id="list_referrals",
        summary="Publishers whom you brought, and your credit for each",
        parameters=described(PageParameters),
        responses=paged("Referral", ReferralShape),
        examples=[
            OpenApiExample(
                "A page",
                value={
                    "items": [
                        {"code": "boris", "registered_at": "2019-01-01T00:00:00Z",
                         "credits": [{"programme": "aliexpress", "credited_cents": 350,
                                      "currency": "USD"}]}
                    ],
                    "next": None,
                    "previous": None,
                },
            )
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.asked(request, PageParameters)
        brought = Publisher.objects.filter(referral__referrer_id=self.own())
        rows = brought.prefetch_related("referral_credits__programme")
        return REFERRALS.page(request, asked, rows, _shape)


def _shape(publisher: Publisher) -> dict[str, Any]:
    return dict(ReferralShape(publisher).data)
