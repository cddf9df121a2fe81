"""GET /api/v1/clicks: a publisher's own clicks, each with the id that its order names."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from publishers import click_log
from publishers.api.files import FileView
from publishers.api.pages import Listed, PageParameters, Place
from publishers.api.parameters import Parameter, Parameters, instant, require_period
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.columns import code, identifier
from publishers.downloads import CSV, csv_answer
from publishers.enums import Scope
from publishers.models import Click, Source

CLICKS = Listed("clicks", time="clicked_at")
# Where no period is asked for, no click lies outside of these.
EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _source() -> Parameter:
    return Parameter(code().read, required=False, help_text="Clicks of this source of yours.")


class ClickParameters(PageParameters):
    """Which clicks. source: one of the publisher's own, by its code."""

    source_ = _source()
    click_id = Parameter(identifier().read, required=False, help_text="The click with this id.")
    from_ = instant(help_text="Clicked at or after this instant.")
    to = instant(help_text="Clicked before this instant.")


class ClicksFileParameters(Parameters):
    """Which clicks a file has."""

    source_ = _source()
    from_ = instant(help_text="Clicked at or after this instant; without it 30 days before `to`.")
    to = instant(help_text="Clicked before this instant; without it to the end of today, in UTC.")


class ClickShape(serializers.Serializer):
    """A click that was answered."""

    click_id = serializers.CharField(help_text="As its order names it.")
    source = serializers.CharField(help_text="Code of your source.")  # type: ignore[assignment]
    clicked_at = serializers.DateTimeField()
    landing_product_id = serializers.CharField(help_text="Where it led; or empty.")
    referrer = serializers.CharField(help_text="The page that it came from, as browsers tell it.")
    fetch_dest = serializers.CharField(help_text="Sec-Fetch-Dest of the browser.")
    fetch_mode = serializers.CharField(help_text="Sec-Fetch-Mode of the browser.")
    fetch_site = serializers.CharField(help_text="Sec-Fetch-Site of the browser.")
    fetch_user = serializers.CharField(help_text="Sec-Fetch-User of the browser.")
    sub1 = serializers.CharField()
    sub2 = serializers.CharField()
    sub3 = serializers.CharField()
    sub4 = serializers.CharField()
    sub5 = serializers.CharField()


CLICK = {
    "click_id": "Zt4kP0aVxW", "source": "anna-site", "clicked_at": "2019-03-01T17:58:00Z",
    "landing_product_id": "5003", "referrer": "https://deals.example.org/", "fetch_dest":
    "document", "fetch_mode": "navigate", "fetch_site": "cross-site", "fetch_user": "?1",
    "sub1": "letter", "sub2": "", "sub3": "", "sub4": "", "sub5": "",
}  # fmt: skip


class ClicksView(ApiView):
    """Your clicks."""

    # Single clicks with where they came from are facts behind orders: a key that reads sums alone
    # does not see them.
    scopes = {"GET": Scope.READ_ORDERS}
    tag = "Orders"

    @extend_schema(
        operation_id="list_clicks",
        summary="Your clicks",
        description="By the time of the click, the newest first.",
        parameters=described(ClickParameters),
        responses=paged("Click", ClickShape),
        examples=[
            OpenApiExample("A page", value={"items": [CLICK], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, ClickParameters)
        require_period(asked)
        codes = _codes(self.own(), asked)

        def read(place: Place | None, most: int) -> list[Click]:
            return _clicks([*codes], asked, place, most)

        return CLICKS.page_by(request, asked, read, lambda click: _shape(click, codes))


class ClicksFileView(FileView):
    """Your clicks as a file."""

    scopes = {"GET": Scope.READ_ORDERS}
    tag = "Orders"

    @extend_schema(
        operation_id="get_clicks_file",
        summary="Your clicks as a file",
        description=(
            "All clicks of a period, the newest first, sent as they are read: the columns are the "
            "members of a click. Without a period it is of the last 30 days, as in the portal."
        ),
        parameters=described(ClicksFileParameters),
        responses={(200, CSV): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        asked = self.asked(request, ClicksFileParameters)
        require_period(asked)
        codes = _codes(self.own(), asked)
        start, end = click_log.period_of(asked.get("from"), asked.get("to"), at=timezone.now())
        pieces = click_log.click_file(codes, start=start, end=end)
        return csv_answer(request, pieces, click_log.file_name(start, end))


def _codes(publisher_id: int, asked: Mapping[str, Any]) -> dict[int, str]:
    """The codes of the sources asked for, by their ids. Raises NotFound."""
    codes = dict(Source.objects.filter(publisher_id=publisher_id).values_list("pk", "code"))
    if "source" in asked:
        codes = {pk: one for pk, one in codes.items() if one == asked["source"]}
        if not codes:
            raise nothing_there()
    return codes


def _clicks(
    sources: Sequence[int], asked: Mapping[str, Any], place: Place | None, most: int
) -> list[Click]:
    """At most so many clicks of these sources on from a place."""
    start, end = asked.get("from", EVER[0]), asked.get("to", EVER[1])
    if "click_id" in asked:
        found = Click.objects.filter(click_id=asked["click_id"], source__in=sources)
        return list(found.filter(clicked_at__gte=start, clicked_at__lt=end))
    if place is None:
        return click_log.click_page(sources, start=start, end=end, most=most).clicks
    there = click_log.Place(place.at, place.id)  # type: ignore[arg-type]
    if place.backwards:
        return click_log.clicks_before(sources, start=start, end=end, place=there, most=most)
    return click_log.click_page(sources, start=start, end=end, after=there, most=most).clicks


def _shape(click: Click, codes: Mapping[int, str]) -> dict[str, Any]:
    return dict(ClickShape({**vars(click), "source": codes[click.source_id]}).data)
