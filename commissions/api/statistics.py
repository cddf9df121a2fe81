"""GET /api/v1/statistics and /api/v1/balances: a publisher's money, added up."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.cuts import CUT, CUT_WITH_BEFORE, CutParameters, CutShape, cut_record
from commissions.api.line_filters import LINE_FILTERS, STATUSES, chosen
from commissions.api.programmes import the_programme
from commissions.enums import AccountKind
from commissions.models import LedgerAccount
from commissions.statistics import by_day_and_status
from publishers.api.parameters import Parameter, require_period
from publishers.api.schema import described
from publishers.api.views import ApiView
from publishers.columns import WrongCell, code
from publishers.enums import Scope
from publishers.models import Publisher

LONGEST = timedelta(days=366)
BEFORE = "before"


def read_day(text: str) -> date:
    """A calendar day. Raises WrongCell."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass  # The thirteenth month: as unreadable as any other text.
    raise WrongCell(_("Write a day, such as 2020-09-10."))


def day(help_text: str) -> Parameter:
    """A parameter with a calendar day."""
    shape = {"type": "string", "format": "date"}
    return Parameter(read_day, shape=shape, help_text=help_text)


class PeriodParameters(CutParameters):
    """Which days, and how they are cut. programme: where there are several."""

    from_ = day("The first day, on the clock of `time_zone`.")
    to = day("The day after the last one; at most 366 days after the first, with `group_by` 3660.")
    programme = Parameter(
        code().read, required=False, help_text="Code of the programme, where there are several."
    )


class StatisticsParameters(PeriodParameters):
    """The same, and what is told beside each group."""

    include = chosen(
        [BEFORE],
        "What is told beside each group and the total: the same of the period before, which is as "
        "many days, or whole months before whole months.",
    )


class DayShape(serializers.Serializer):
    """The lines of one status that were placed on one day."""

    day = serializers.DateField()
    status = serializers.ChoiceField(choices=[(one, one) for one in STATUSES])
    lines = serializers.IntegerField()
    base_cents = serializers.IntegerField(help_text="Sales: what the rates are of.")
    commission_cents = serializers.IntegerField()


class DaysShape(serializers.Serializer):
    """A publisher's statistics by day and status, where no `group_by` is given."""

    programme = serializers.CharField()
    time_zone = serializers.CharField(help_text="The clock by which days begin.")
    currency = serializers.CharField()
    items = DayShape(many=True)


class BalanceShape(serializers.Serializer):
    """What lies in a publisher's accounts of one programme."""

    programme = serializers.CharField()
    currency = serializers.CharField()
    waiting_cents = serializers.IntegerField(help_text="Of orders that the buyer has paid.")
    hold_cents = serializers.IntegerField(help_text="Of orders received, not yet confirmed.")
    available_cents = serializers.IntegerField(
        help_text="Confirmed, referral credit among it; below 0 after corrections."
    )


class BalancesShape(serializers.Serializer):
    """All balances."""

    items = BalanceShape(many=True)


class StatisticsView(ApiView):
    """Lines, sales and commission, by day and status or as they are asked."""

    scopes = {"GET": Scope.READ_STATISTICS}
    tag = "Money"

    @extend_schema(
        operation_id="get_statistics",
        summary="Lines, sales and commission, by whatever you ask",
        description=(
            "Right at every moment, and the same as the statistics page shows. Without `group_by`: "
            "by day and status, on the programme's clock; those without lines are left out. With "
            "it: at most 1000 groups and their total; groups by time are all there, in its order, "
            "others by commission, the most first."
        ),
        parameters=described(StatisticsParameters),
        responses=PolymorphicProxySerializer(
            component_name="Statistics",
            serializers=[DaysShape, CutShape],
            resource_type_field_name=None,
        ),
        examples=[
            OpenApiExample("By source", value=CUT),
            OpenApiExample("By source, beside the month before", value=CUT_WITH_BEFORE),
            OpenApiExample(
                "A day",
                value={
                    "programme": "aliexpress", "time_zone": "America/Los_Angeles",
                    "currency": "USD",
                    "items": [{"day": "2019-03-01", "status": "confirmed", "lines": 3,
                               "base_cents": 30000, "commission_cents": 2100}],
                },
            ),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.asked(request, StatisticsParameters)
        _require_question(asked)
        programme = the_programme(asked.get("programme"))
        publisher = Publisher.objects.get(pk=self.own())
        if "group_by" in asked:
            return Response(cut_record(publisher.pk, programme, asked))
        told = {
            "programme": programme.code,
            "time_zone": programme.time_zone,
            "currency": programme.currency,
            "items": by_day_and_status(programme, asked["from"], asked["to"], publisher),
        }
        return Response(DaysShape(told).data)


def _require_question(asked: Mapping[str, Any]) -> None:
    """Raise ValidationError where parameters do not go together."""
    require_period(asked)
    if "group_by" in asked:
        return
    for name in ("date_kind", "time_zone", "include", "lacking", *LINE_FILTERS):
        if name in asked:
            sentence = _("%(name)s goes with group_by alone: say what the rows are to be too.")
            raise ValidationError({name: [sentence % {"name": name}]}, code="invalid")
    if asked["to"] - asked["from"] > LONGEST:
        sentence = _("The period has more than %(most)d days: ask for fewer at once.")
        raise ValidationError({"to": [sentence % {"most": LONGEST.days}]})


class BalancesView(ApiView):
    """What lies in your accounts."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    tag = "Money"

    @extend_schema(
        operation_id="get_balances",
        summary="What lies in your accounts",
        responses=BalancesShape,
        examples=[
            OpenApiExample(
                "Balances",
                value={"items": [{"programme": "aliexpress", "currency": "USD",
                                  "waiting_cents": 1250, "hold_cents": 300,
                                  "available_cents": 70000}]},
            )
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        self.asked(request)
        return Response(BalancesShape({"items": balances(self.own())}).data)


def balances(publisher_id: int) -> list[dict[str, Any]]:
    """Cents in a publisher's accounts, one row a programme, in one query."""
    rows = LedgerAccount.objects.filter(publisher_id=publisher_id).order_by("programme__code")
    found: dict[str, dict[str, Any]] = {}
    for programme, currency, kind, cents in rows.values_list(
        "programme__code", "programme__currency", "kind", "balance_cents"
    ):
        empty = {f"{one}_cents": 0 for one in _KINDS}
        row = found.setdefault(programme, {"programme": programme, "currency": currency, **empty})
        row[f"{kind}_cents"] = cents
    return list(found.values())


_KINDS = (AccountKind.WAITING.value, AccountKind.HOLD.value, AccountKind.AVAILABLE.value)
