"""GET /api/v1/rulebooks: every version of the rules, drafts too, for machines of the staff."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.programmes import SEES_RULES
from commissions.engine.rulebook import OUTCOME_KINDS
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from publishers.api.pages import Listed, PageParameters
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.enums import Permission, Scope

RULEBOOKS = Listed("rulebooks", time="starts_at")


class RulebookShape(serializers.Serializer):
    """A version of a programme's rules."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.code")
    version = serializers.IntegerField()
    title_en = serializers.CharField()
    title_ru = serializers.CharField()
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in RulebookStatus])
    starts_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    cap_cents = serializers.IntegerField(allow_null=True)
    referral_bp = serializers.IntegerField()


class RowShape(serializers.Serializer):
    """A row of the decision table."""

    position = serializers.IntegerField()
    code = serializers.CharField()
    conditions = serializers.ListField(child=serializers.DictField())
    outcome = serializers.ChoiceField(choices=[(one, one) for one in OUTCOME_KINDS])
    rate_bp = serializers.IntegerField(allow_null=True)
    min_bp = serializers.IntegerField(allow_null=True)
    max_bp = serializers.IntegerField(allow_null=True)
    sentence_en = serializers.CharField()
    sentence_ru = serializers.CharField()


class LifeShape(serializers.Serializer):
    """How long a click counts."""

    countries = serializers.CharField(
        source="countries.code", default=None, allow_null=True, help_text="A set; null: all others."
    )
    days = serializers.IntegerField()


class SayingShape(serializers.Serializer):
    """What it says of a type of traffic."""

    traffic_type = serializers.CharField(source="traffic_type.code")
    permission = serializers.ChoiceField(choices=[(one.value, one.value) for one in Permission])
    note_en = serializers.CharField()
    note_ru = serializers.CharField()


class WholeRulebookShape(RulebookShape):
    """A version with everything that it says."""

    rules = RowShape(many=True)
    cookie_lives = LifeShape(many=True)
    traffic = SayingShape(many=True)


BOOK = {
    "id": 4, "programme": "aliexpress", "version": 4, "title_en": "Conditions of September 2020",
    "title_ru": "Условия с сентября 2020", "status": "published",
    "starts_at": "2020-09-10T07:00:00Z", "published_at": "2020-09-01T12:00:00Z",
    "cap_cents": 5000, "referral_bp": 500,
}  # fmt: skip
WHOLE = {
    **BOOK,
    "rules": [{"position": 1, "code": "hot", "conditions": [{"fact": "hot", "is": True}],
               "outcome": "rate", "rate_bp": 700, "min_bp": None, "max_bp": None,
               "sentence_en": "Hot goods earn seven percent.", "sentence_ru": "Горячие: 7 %."}],
    "cookie_lives": [{"countries": None, "days": 30}],
    "traffic": [{"traffic_type": "doorway", "permission": "forbidden", "note_en": "",
                 "note_ru": ""}],
}  # fmt: skip


class _OfRulebooks(ApiView):
    scopes = {"GET": Scope.READ_RULEBOOKS}
    staff_rights = {"GET": SEES_RULES}
    for_publishers = False
    tag = "Rulebooks"


class RulebooksView(_OfRulebooks):
    """Every version."""

    @extend_schema(
        operation_id="list_rulebooks",
        summary="Versions of the rules, drafts too",
        description="By their start, the last first.",
        parameters=described(PageParameters),
        responses=paged("Rulebook", RulebookShape),
        examples=[
            OpenApiExample("A page", value={"items": [BOOK], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(request, PageParameters)
        rows = Rulebook.objects.select_related("programme")
        return RULEBOOKS.page(request, asked, rows, _shape)


class RulebookView(_OfRulebooks):
    """One version."""

    @extend_schema(
        operation_id="get_rulebook",
        summary="A version with its rules",
        responses=WholeRulebookShape,
        examples=[OpenApiExample("A rulebook", value=WHOLE)],
    )
    def get(self, request: Request, rulebook_id: int) -> Response:
        self.asked(request)
        found = (
            Rulebook.objects.select_related("programme")
            .prefetch_related("rules", "cookie_lives__countries", "traffic__traffic_type")
            .filter(pk=rulebook_id)
            .first()
        )
        if found is None:
            raise nothing_there()
        return Response(WholeRulebookShape(found).data)


def _shape(book: Rulebook) -> dict[str, Any]:
    return dict(RulebookShape(book).data)
