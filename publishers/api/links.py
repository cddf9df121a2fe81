"""POST /api/v1/links: tracking links to pages of the merchant's site, many at once (F21)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.bodies import Body, Words
from publishers.api.problems import pointer
from publishers.api.views import ApiView
from publishers.api.writes import Written
from publishers.columns import shown
from publishers.enums import Scope
from publishers.link_building import MOST_ADDRESSES, built
from publishers.merchant_links import LONGEST, LONGEST_SUB, SUBS
from publishers.queries import source_states

# The framework's own name for what belongs to no single value.
WHOLE = "non_field_errors"
SUB_HELP = "What statistics will tell this link's clicks apart by."


class LinkBody(Body):
    """A link to be built."""

    source = Words(most=64, help_text="Code of a source of yours.")  # type: ignore[assignment]
    to = Words(most=LONGEST, help_text="Address of a page of the merchant's site.")
    sub1 = Words(most=LONGEST_SUB, blank=True, required=False, help_text=SUB_HELP)
    sub2 = Words(most=LONGEST_SUB, blank=True, required=False, help_text=SUB_HELP)
    sub3 = Words(most=LONGEST_SUB, blank=True, required=False, help_text=SUB_HELP)
    sub4 = Words(most=LONGEST_SUB, blank=True, required=False, help_text=SUB_HELP)
    sub5 = Words(most=LONGEST_SUB, blank=True, required=False, help_text=SUB_HELP)


class LinkErrorShape(serializers.Serializer):
    """What is wrong with a link that was asked for."""

    detail = serializers.CharField(help_text="What is wrong and what to do.")
    pointer = serializers.CharField(help_text="A JSON pointer into the body, as a fragment.")


class LinkShape(serializers.Serializer):
    """A link, or why there is none."""

    link = serializers.CharField(allow_null=True, help_text="Null: it was refused.")
    approved = serializers.BooleanField(
        help_text="Whether the source is approved now; without it nothing is earned."
    )
    errors = LinkErrorShape(many=True)  # type: ignore[assignment]


class LinksShape(serializers.Serializer):
    """The links, in the order in which they were asked for."""

    items = LinkShape(many=True)


# One of the list; the description puts it into one.
ASKED = {
    "source": "anna-site", "to": "https://www.aliexpress.com/item/5003.html", "sub1": "letter",
}  # fmt: skip
ANSWER = {
    "items": [
        {"link": "https://go.permille.example/c/anna-site?to=https%3A%2F%2Fwww.aliexpress.com"
                 "%2Fitem%2F5003.html&sub1=letter", "approved": True, "errors": []},
        {"link": None, "approved": True, "errors": [
            {"detail": "“example.org” is not the merchant's site. Direct links lead to "
                       "aliexpress.com.", "pointer": "#/1/to"}]},
    ]
}  # fmt: skip


class LinksView(ApiView):
    """Builds links; each is taken or refused by itself."""

    scopes = {"POST": Scope.WRITE_LINKS}
    tag = "Sources"

    @extend_schema(
        operation_id="build_links",
        summary="Build tracking links, many at once",
        description=(
            f"1 to {MOST_ADDRESSES} of them. Each is built or refused by itself, with what is "
            "wrong and where; the answers are in the order of the questions."
        ),
        request=LinkBody(many=True),
        responses={200: LinksShape(many=False)},
        examples=[
            OpenApiExample("A page", value=ASKED, request_only=True),
            OpenApiExample("One built, one refused", value=ANSWER, response_only=True,
                           status_codes=["200"]),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        self.asked(request)
        asked = _links_asked(request.data)
        publisher_id = self.own()

        def work(at: datetime) -> Written:
            approved = {one.code: one.approved for one in source_states(publisher_id, at)}
            items = [_link(place, one, approved) for place, one in enumerate(asked)]
            return Written({"items": items}, 200)

        return self.write(request, work)


def _links_asked(data: Any) -> list[Any]:
    if not isinstance(data, list) or not 1 <= len(data) <= MOST_ADDRESSES:
        sentence = _("Write a list of 1 to %(most)d links that you want built.")
        raise ValidationError(sentence % {"most": MOST_ADDRESSES})
    return data


def _link(place: int, asked: Any, approved: Mapping[str, bool]) -> dict[str, Any]:
    """approved: whether they are, by the codes of the publisher's sources."""
    named = asked.get("source") if isinstance(asked, dict) else None
    told = {"link": None, "approved": isinstance(named, str) and approved.get(named, False)}
    try:
        body = LinkBody.read(asked)
    except ValidationError as error:
        return {**told, "errors": list(_errors(place, error))}
    if body["source"] not in approved:
        sentence = _("You have no source with the code %(code)s: write the code of one of yours.")
        return _refused(told, place, "source", sentence % {"code": shown(body["source"])})
    subs = {name: body[name] for name in SUBS if name in body}
    found = built(body["to"], body["source"], subs)
    if not found.link:
        return _refused(told, place, "to", found.why_not)
    return {**told, "link": found.link, "errors": []}


def _refused(told: dict[str, Any], place: int, name: str, sentence: str) -> dict[str, Any]:
    return {**told, "errors": [{"detail": sentence, "pointer": pointer(str(place), name)}]}


def _errors(place: int, error: ValidationError) -> list[dict[str, str]]:
    wrong = error.detail if isinstance(error.detail, dict) else {WHOLE: error.detail}
    return [
        {
            "detail": " ".join(str(one) for one in said),
            "pointer": pointer(str(place), *([] if name == WHOLE else [name])),
        }
        for name, said in wrong.items()
    ]
