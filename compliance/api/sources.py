"""GET and POST /api/v1/sources: a publisher's sources, and how staff look at them."""

from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.source_bodies import LARGEST_BODY, SourceBody, said_in
from compliance.api.source_shapes import (
    SOURCE,
    WHOLE,
    SourceShape,
    WholeSourceShape,
    source_record,
    whole_source,
)
from compliance.moderation.operations import Refused, apply_source
from compliance.moderation.standing import SourceStanding, standings_of
from publishers.api.pages import Listed, PageParameters, Place
from publishers.api.refusals import Unprocessable
from publishers.api.schema import described, paged
from publishers.api.views import ApiView
from publishers.api.writes import Written
from publishers.enums import Scope
from publishers.models import Source
from publishers.source_material import Material

SOURCES = Listed("sources", time="id")
GIVEN = {
    "traffic_type": "content_site", "title": "Deals of the day",
    "url": "https://deals.example.org/", "audience": "Thrifty people", "countries": ["RU"],
}  # fmt: skip


class SourcesView(ApiView):
    """Your sources."""

    scopes = {"GET": Scope.READ_SOURCES, "POST": Scope.WRITE_SOURCES}
    tag = "Sources"
    largest_body = LARGEST_BODY

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
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        own = Source.objects.filter(publisher_id=self.own()).select_related("traffic_type")
        now = timezone.now()
        standing: dict[int, SourceStanding] = {}

        def read(place: Place | None, most: int) -> list[Source]:
            found = list(SOURCES.beyond(own, place)[:most])
            standing.update((one.source.pk, one) for one in standings_of(found, now))
            return found

        return SOURCES.page_by(request, asked, read, lambda one: source_record(standing[one.pk]))

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
        material = Material(**said_in(body))
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
        summary="A source, what is said of it, and how staff look at it",
        description="All that its page shows: the talk, what the checks found, what is next.",
        responses=WholeSourceShape,
        examples=[OpenApiExample("A source", value=WHOLE)],
    )
    def get(self, request: Request, code: str) -> Response:
        self.asked(request)
        return Response(whole_source(self.own(), code, timezone.now()))
