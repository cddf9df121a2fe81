"""GET and POST /api/v1/sources: a publisher's sources, and how staff look at them."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.models import Moderation
from compliance.moderation.enums import ModerationMove, ModerationState
from compliance.moderation.operations import Refused, apply_source
from compliance.two_languages import in_reader_language
from publishers.api.bodies import Body, Words
from publishers.api.pages import Listed, PageParameters
from publishers.api.refusals import Unprocessable
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.enums import Scope
from publishers.figures import in_own_language
from publishers.models import Source
from publishers.models.source_material import LARGEST_MATERIAL
from publishers.queries import approved_at
from publishers.source_material import (
    LONGEST_CODE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_URL,
    GivenFile,
    Material,
)

SOURCES = Listed("sources", time="id")
ROUNDS_SHOWN = 20
STATES = [(state.value, state.value) for state in ModerationState]
# What staff say to the publisher, and the publisher to staff.
SAID = (ModerationMove.ASKED, ModerationMove.ANSWERED, ModerationMove.REJECTED)


class SourceShape(serializers.Serializer):
    """A source: where your buyers come from."""

    code = serializers.CharField(help_text="As your links carry it.")
    title = serializers.CharField()
    url = serializers.CharField()
    traffic_type = serializers.CharField(source="traffic_type.code")
    approved = serializers.BooleanField(help_text="At this moment; without it nothing is earned.")
    moderation_state = serializers.ChoiceField(
        choices=STATES, allow_null=True, help_text="Of the latest round; null: there was none."
    )


class TalkShape(serializers.Serializer):
    """Something that was said in a round."""

    at = serializers.DateTimeField()
    move = serializers.CharField()
    by_publisher = serializers.BooleanField()
    words = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class RoundShape(serializers.Serializer):
    """A round in which staff look at a source."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    grounds = serializers.ListField(child=serializers.CharField(), help_text="Why it is looked at.")
    talk = TalkShape(many=True)


class WholeSourceShape(SourceShape):
    """A source with its latest rounds, the newest first."""

    rounds = RoundShape(many=True)


@extend_schema_field({"type": "string", "contentEncoding": "base64", "minLength": 4})
class Base64(serializers.Field):
    """A file's bytes."""

    def to_internal_value(self, data: Any) -> bytes:
        try:
            content = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
        except (binascii.Error, ValueError):
            content = b""
        if not content:
            raise ValidationError(_("Write the bytes of the file in Base64 (RFC 4648)."))
        return content

    def to_representation(self, value: bytes) -> str:
        return base64.b64encode(value).decode()


class FileBody(Body):
    """A file."""

    name = Words(most=200)
    content = Base64()

    def to_internal_value(self, data: Any) -> Any:
        return GivenFile(**super().to_internal_value(data))


class SourceBody(Body):
    """What you say of a source. What its type of traffic demands must be there."""

    traffic_type = Words(most=64, help_text="Code of the type of traffic.")
    title = Words(most=LONGEST_TITLE)
    code = Words(most=LONGEST_CODE, required=False, help_text="Without it one is made.")
    url = Words(most=LONGEST_URL, required=False)
    audience = Words(most=LONGEST_TEXT, required=False)
    countries = serializers.ListField(
        child=Words(most=2), required=False, max_length=250, help_text="ISO 3166 alpha-2."
    )
    subscribe = Words(most=LONGEST_TEXT, required=False, help_text="How people subscribe.")
    leave = Words(most=LONGEST_TEXT, required=False, help_text="How people unsubscribe.")
    sample = Words(most=LONGEST_TEXT, required=False, help_text="A letter as it is sent.")
    keywords = FileBody(required=False, help_text="The keyword list.")
    package = FileBody(required=False, help_text="The package of the extension.")


SOURCE = {
    "code": "anna-2", "title": "Deals of the day", "url": "https://deals.example.org/",
    "traffic_type": "content_site", "approved": False, "moderation_state": "waiting",
}  # fmt: skip
WHOLE = {
    **SOURCE,
    "rounds": [{"number": 3, "state": "waiting", "opened_at": "2020-05-01T12:00:00Z",
                "decided_at": None, "grounds": ["The publisher added this source."], "talk": []}],
}  # fmt: skip
GIVEN = {
    "traffic_type": "content_site", "title": "Deals of the day",
    "url": "https://deals.example.org/", "audience": "Thrifty people", "countries": ["RU"],
}  # fmt: skip


def sources_as_shown(publisher_id: int, at: datetime) -> QuerySet[Source]:
    """A publisher's sources with all that a list shows of them, in one query."""
    latest = Moderation.objects.filter(source=OuterRef("pk")).order_by("-id")
    return (
        Source.objects.filter(publisher_id=publisher_id)
        .select_related("traffic_type")
        .annotate(
            approved=Exists(approved_at(at).filter(source=OuterRef("pk"))),
            moderation_state=Subquery(latest.values("state")[:1]),
        )
    )


class SourcesView(ApiView):
    """Your sources."""

    scopes = {"GET": Scope.READ_SOURCES, "POST": Scope.WRITE_SOURCES}
    tag = "Sources"
    largest_body = LARGEST_MATERIAL * 3 // 2  # bytes; Base64 makes three of them four

    @extend_schema(
        operation_id="list_sources",
        summary="Your sources",
        description="The newest first.",
        parameters=described(PageParameters),
        responses=paged("Source", SourceShape),
        examples=[
            OpenApiExample("A page", value={"items": [SOURCE], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(request, PageParameters)
        rows = sources_as_shown(self.own(), timezone.now())
        return SOURCES.page(request, asked, rows, lambda row: dict(SourceShape(row).data))

    @extend_schema(
        operation_id="add_source",
        summary="Add a source",
        description="It is checked, and staff look at it; it earns nothing until it is approved.",
        request=SourceBody,
        responses={201: WholeSourceShape},
        examples=[
            OpenApiExample("A site", value=GIVEN, request_only=True),
            OpenApiExample("A source", value=WHOLE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        self.asked(request)
        body = SourceBody.read(request.data)
        traffic_type, code = body.pop("traffic_type"), body.pop("code", "")
        material = Material(**{**body, "countries": tuple(body.get("countries", ()))})
        publisher_id = self.own()

        def work(at: datetime) -> Written:
            try:
                added = apply_source(
                    publisher_id=publisher_id,
                    traffic_type=traffic_type,
                    material=material,
                    at=at,
                    code=code,
                )
            except Refused as refused:
                raise Unprocessable(str(refused)) from refused
            address = reverse("api:source", args=[added.source.code])
            return Written(
                whole_source(publisher_id, added.source.code, at),
                headers={"Location": request.build_absolute_uri(address)},
            )

        return self.write(request, work)


class SourceView(ApiView):
    """One source."""

    scopes = {"GET": Scope.READ_SOURCES}
    tag = "Sources"

    @extend_schema(
        operation_id="get_source",
        summary="A source and how staff look at it",
        responses=WholeSourceShape,
        examples=[OpenApiExample("A source", value=WHOLE)],
    )
    def get(self, request: Request, code: str) -> Response:
        self.asked(request)
        return Response(whole_source(self.own(), code, timezone.now()))


def whole_source(publisher_id: int, code: str, at: datetime) -> dict[str, Any]:
    """A source of the publisher's own, as the API gives it. Raises NotFound."""
    source = sources_as_shown(publisher_id, at).filter(code=code).first()
    if source is None:
        raise nothing_there()
    rounds = source.moderations.prefetch_related("grounds", "events").order_by("-id")
    told = [_round(one) for one in rounds[:ROUNDS_SHOWN]]
    return {**SourceShape(source).data, "rounds": RoundShape(told, many=True).data}


def _round(moderation: Moderation) -> dict[str, Any]:
    return {
        "number": moderation.pk,
        "state": moderation.state,
        "opened_at": moderation.opened_at,
        "decided_at": moderation.decided_at,
        "grounds": [in_own_language(one, "sentence") for one in moderation.grounds.all()],
        "talk": [
            {"at": one.at, "move": one.move, "by_publisher": one.by_publisher, "words": one.words,
             "reasons": [in_reader_language(reason) for reason in one.reasons]}
            for one in moderation.events.all()
            if one.move in SAID or one.by_publisher
        ],
    }  # fmt: skip
