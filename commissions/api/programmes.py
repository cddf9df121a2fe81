"""GET /api/v1/programmes: what programmes there are, and the rules of each over time."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.models import Programme
from commissions.public.card import Card, cards
from commissions.public.timeline import Entry, Standing, timeline
from commissions.rulebooks.conditions_page import Conditions, conditions_of, traffic_of
from publishers.api.views import ApiView, nothing_there
from publishers.columns import shown
from publishers.enums import Scope
from publishers.figures import in_own_language

SEES_RULES = "commissions.view_rulebook"
STANDINGS = [(one.value, one.value) for one in Standing]


class CookieShape(serializers.Serializer):
    """How long a click counts."""

    countries = serializers.CharField(help_text="Empty: all other countries.")
    days = serializers.IntegerField()


class CardShape(serializers.Serializer):
    """The figures in force."""

    lowest_bp = serializers.IntegerField(allow_null=True, help_text="Hundredths of a percent.")
    highest_bp = serializers.IntegerField(allow_null=True, help_text="Hundredths of a percent.")
    referral_bp = serializers.IntegerField(help_text="Hundredths of a percent of a commission.")
    cap_cents = serializers.IntegerField(allow_null=True, help_text="Of one order; null: none.")
    cookies = CookieShape(many=True)
    median_days = serializers.IntegerField(
        allow_null=True, help_text="Half of all orders are confirmed within; null: not measured."
    )


class ProgrammeShape(serializers.Serializer):
    """A merchant's programme."""

    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()
    card = CardShape(allow_null=True, help_text="Null: no rules are in force.")


class ProgrammesShape(serializers.Serializer):
    """All programmes."""

    items = ProgrammeShape(many=True)


class CalendarEntryShape(serializers.Serializer):
    """A published rulebook and the period that it rules."""

    version = serializers.IntegerField()
    title = serializers.CharField()
    standing = serializers.ChoiceField(choices=STANDINGS)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Null: open.")
    published_at = serializers.DateTimeField()
    superseded_by = serializers.IntegerField(
        allow_null=True, help_text="The version of the same start that rules instead."
    )


class CalendarShape(serializers.Serializer):
    """The calendar of a programme's rules."""

    programme = serializers.CharField()
    items = CalendarEntryShape(many=True)


class RuleShape(serializers.Serializer):
    """A rule of the table: the first whose questions are all answered with yes decides."""

    position = serializers.IntegerField()
    asks = serializers.ListField(child=serializers.CharField())
    gives = serializers.CharField()
    outcome = serializers.CharField()
    sentence = serializers.CharField()


class TrafficShape(serializers.Serializer):
    """A type of traffic."""

    name = serializers.CharField()
    note = serializers.CharField()


class ConditionsShape(CalendarEntryShape):
    """The conditions of one rulebook."""

    cap_cents = serializers.IntegerField(allow_null=True)
    referral_bp = serializers.IntegerField()
    currency = serializers.CharField()
    rules = RuleShape(many=True)
    cookies = CookieShape(many=True)
    permitted = TrafficShape(many=True)
    by_agreement = TrafficShape(many=True)
    forbidden = TrafficShape(many=True)


ENTRY = {
    "version": 4, "title": "Conditions of September 2020", "standing": "in_force",
    "starts_at": "2020-09-10T07:00:00Z", "ends_at": None,
    "published_at": "2020-09-01T12:00:00Z", "superseded_by": None,
}  # fmt: skip
COOKIE = {"countries": "", "days": 30}
PROGRAMME = {
    "code": "aliexpress", "name": "AliExpress", "currency": "USD",
    "time_zone": "America/Los_Angeles",
    "card": {"lowest_bp": 300, "highest_bp": 900, "referral_bp": 500, "cap_cents": 5000,
             "cookies": [COOKIE], "median_days": 34},
}  # fmt: skip
CONDITIONS = {
    **ENTRY, "cap_cents": 5000, "referral_bp": 500, "currency": "USD", "cookies": [COOKIE],
    "rules": [{"position": 1, "asks": ["the product is on hot sale"], "gives": "7.00 %",
               "outcome": "rate", "sentence": "Hot goods earn seven percent."}],
    "permitted": [{"name": "Content site", "note": ""}], "by_agreement": [],
    "forbidden": [{"name": "Doorway", "note": ""}],
}  # fmt: skip


class OfProgrammes(ApiView):
    """Read by publishers and by staff who see rules."""

    scopes = {"GET": Scope.READ_RULEBOOKS}
    staff_rights = {"GET": SEES_RULES}
    tag = "Programmes"


class ProgrammesView(OfProgrammes):
    """The programmes."""

    @extend_schema(
        operation_id="list_programmes",
        summary="The programmes and their figures in force",
        responses=ProgrammesShape,
        examples=[OpenApiExample("Programmes", value={"items": [PROGRAMME]})],
    )
    def get(self, request: Request) -> Response:
        self.asked(request)
        found = Programme.objects.select_related("confirmation_time").order_by("name", "code")
        items = [
            {"code": one.code, "name": one.name, "currency": one.currency,
             "time_zone": one.time_zone, "card": _card(card)}
            for one, card in cards(found, timezone.now())
        ]  # fmt: skip
        return Response(ProgrammesShape({"items": items}).data)


class CalendarView(OfProgrammes):
    """The published rulebooks of a programme."""

    @extend_schema(
        operation_id="list_published_rulebooks",
        summary="The calendar of a programme's rules",
        description="Every published rulebook by its start, superseded ones among them.",
        responses=CalendarShape,
        examples=[
            OpenApiExample("A calendar", value={"programme": "aliexpress", "items": [ENTRY]})
        ],
    )
    def get(self, request: Request, code: str) -> Response:
        self.asked(request)
        programme = programme_of(code)
        items = [entry_record(one) for one in timeline(programme, timezone.now())]
        return Response(CalendarShape({"programme": programme.code, "items": items}).data)


class ConditionsView(OfProgrammes):
    """The conditions of a published rulebook."""

    @extend_schema(
        operation_id="get_published_rulebook",
        summary="The conditions of one rulebook, in words",
        responses=ConditionsShape,
        examples=[OpenApiExample("Conditions", value=CONDITIONS)],
    )
    def get(self, request: Request, code: str, version: int) -> Response:
        self.asked(request)
        now = timezone.now()
        programme = programme_of(code)
        entries = timeline(programme, now)
        entry = next((one for one in entries if one.rulebook.version == version), None)
        if entry is None:
            raise nothing_there()
        book = entry.rulebook
        listed_at = now if entry.standing == Standing.IN_FORCE else book.starts_at
        told: Conditions = conditions_of(book, traffic=traffic_of(book), listed_at=listed_at)
        names = (str(name) for name in ConditionsShape().fields)
        said = {name: getattr(told, name) for name in names if hasattr(told, name)}
        return Response(
            ConditionsShape({**entry_record(entry), "currency": programme.currency, **said}).data
        )


def the_programme(named: str | None) -> Programme:
    """The programme named; without a name the only one. Raises NotFound, ValidationError."""
    if named is not None:
        found = Programme.objects.filter(code=named).first()
        if found is None:
            sentence = _("There is no programme with the code %(code)s.")
            raise no_such("programme", sentence % {"code": shown(named)})
        return found
    programmes = list(Programme.objects.order_by("pk"))
    if not programmes:
        raise NotFound(_("There is no programme yet."))
    if len(programmes) > 1:
        sentence = _("There are several programmes: say which by its code, one of %(codes)s.") % {
            "codes": ", ".join(one.code for one in programmes)
        }
        raise ValidationError({"programme": [sentence]}, code="required")
    return programmes[0]


def no_such(parameter: str, sentence: str) -> NotFound:
    """What a parameter names is not there."""
    return NotFound({parameter: [ErrorDetail(sentence, code="not_found")]})


def programme_of(code: str) -> Programme:
    """The programme with a code. Raises NotFound."""
    found = Programme.objects.filter(code=code).first()
    if found is None:
        raise nothing_there()
    return found


def _card(card: Card | None) -> dict[str, Any] | None:
    if card is None:
        return None
    return {
        "lowest_bp": card.lowest_bp, "highest_bp": card.highest_bp,
        "referral_bp": card.referral_bp, "cap_cents": card.cap_cents, "cookies": card.cookies,
        "median_days": card.confirmation.median_days if card.confirmation else None,
    }  # fmt: skip


def entry_record(entry: Entry) -> dict[str, Any]:
    """A rulebook of the calendar as the API gives it."""
    book, other = entry.rulebook, entry.superseded_by
    return {
        "version": book.version, "title": in_own_language(book, "title"),
        "standing": entry.standing.value, "starts_at": book.starts_at, "ends_at": entry.ends_at,
        "published_at": book.published_at, "superseded_by": other.version if other else None,
    }  # fmt: skip
