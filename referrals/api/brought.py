"""GET /api/v1/referrals: the link, whom a publisher brought, and the credit for them (F25)."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.pages import Listed, PageParameters
from publishers.api.schema import described, paged
from publishers.api.views import ApiView
from publishers.enums import Scope
from publishers.models import Publisher
from referrals.queries import Credit, brought_by, credit_of, referral_link, referral_rates

REFERRALS = Listed("referrals", time="registered_at")


class CreditShape(serializers.Serializer):
    """Credit of one programme."""

    programme = serializers.CharField(source="programme.code")
    credited_cents = serializers.IntegerField()
    currency = serializers.CharField(source="programme.currency")


class CreditedShape(serializers.Serializer):
    """Credit in one currency."""

    currency = serializers.CharField()
    credited_cents = serializers.IntegerField(source="posted_cents", help_text="So far.")
    coming_cents = serializers.IntegerField(
        help_text="What the next reckoning adds; below 0 where confirmed commission went back."
    )


class ReferralShape(serializers.Serializer):
    """A publisher whom you brought: a name, a month and your credit, as the portal tells."""

    id = serializers.IntegerField(help_text="Stays the same, whatever the name becomes.")
    name = serializers.CharField()
    month = serializers.SerializerMethodField(help_text="When they joined, such as 2019-01.")
    credits = CreditShape(source="referral_credits", many=True)
    by_currency = CreditedShape(many=True)

    def get_month(self, publisher: Publisher) -> str:
        return f"{publisher.registered_at:%Y-%m}"


class RateShape(serializers.Serializer):
    """What a programme pays for those whom you bring."""

    programme = serializers.CharField(help_text="Its name.")
    referral_bp = serializers.IntegerField(help_text="Hundredths of a percent of what they earn.")


class ReferralSummaryShape(serializers.Serializer):
    """Your link and your credit in all."""

    link = serializers.CharField(help_text="Whoever registers by it is brought by you.")
    brought = serializers.IntegerField(help_text="How many publishers you brought.")
    by_currency = CreditedShape(many=True)
    rates = RateShape(many=True)


CREDITED = {"currency": "USD", "credited_cents": 350, "coming_cents": 20}


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
                        {"id": 12, "name": "Boris' cashback", "month": "2019-01",
                         "by_currency": [CREDITED],
                         "credits": [{"programme": "aliexpress", "credited_cents": 350,
                                      "currency": "USD"}]}
                    ],
                    "next": None,
                    "previous": None,
                },
            )
        ],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        brought = Publisher.objects.filter(referral__referrer_id=self.own())
        rows = brought.prefetch_related("referral_credits__programme")
        credit = credit_of(self.own())
        return REFERRALS.page(request, asked, rows, lambda row: _shape(row, credit))


class ReferralSummaryView(ApiView):
    """Your link, and the credit in all."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    tag = "Money"

    @extend_schema(
        operation_id="get_referral_summary",
        summary="Your referral link, its rates, and your credit in all",
        responses=ReferralSummaryShape,
        examples=[
            OpenApiExample(
                "A summary",
                value={"link": "https://permille.example/join/anna", "brought": 1,
                       "by_currency": [CREDITED],
                       "rates": [{"programme": "AliExpress", "referral_bp": 500}]},
            )
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        self.asked(request)
        publisher = Publisher.objects.get(pk=self.own())
        rates = referral_rates(timezone.now())
        told = {
            "link": referral_link(publisher.code),
            "brought": brought_by(publisher.pk).count(),
            "by_currency": credit_of(publisher.pk).in_all,
            "rates": [{"programme": name, "referral_bp": bp} for name, bp in rates],
        }
        return Response(ReferralSummaryShape(told).data)


def _shape(publisher: Publisher, credit: Credit) -> dict[str, Any]:
    publisher.by_currency = credit.of(publisher.pk)  # type: ignore[attr-defined]
    return dict(ReferralShape(publisher).data)
