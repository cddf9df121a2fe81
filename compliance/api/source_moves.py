"""POST /api/v1/sources/{code}/...: what a publisher does with a source that there is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.source_bodies import LARGEST_BODY, AnswerBody, ChangeBody, said_in
from compliance.api.source_shapes import WHOLE, WholeSourceShape, own_standing, whole_source
from compliance.moderation.operations import (
    NotFound,
    Refused,
    answer,
    change_material,
    check_now,
    withdraw,
)
from compliance.moderation.standing import SourceStanding
from publishers.api.bodies import Body
from publishers.api.refusals import Conflict, Unprocessable
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.enums import Scope
from publishers.source_material import material_said


def _example(status: str) -> OpenApiExample:
    return OpenApiExample("A source", value=WHOLE, response_only=True, status_codes=[status])


class _Moving(ApiView):
    """Something is done with a source of one's own; the answer is the source as it is then."""

    scopes = {"POST": Scope.WRITE_SOURCES}
    tag = "Sources"

    def body(self, request: Request, code: str, shape: type[Body]) -> dict[str, Any]:
        """What is sent. Somebody else's source is none at all before a body is judged."""
        own_standing(self.own(), code, timezone.now())
        return shape.read(request.data)

    def moved(
        self,
        request: Request,
        code: str,
        move: Callable[[SourceStanding, datetime], object],
        *,
        status: int = 201,
        content: bytes | None = None,
        wrong: type[Conflict | Unprocessable] = Conflict,
    ) -> Response:
        """Do it once. wrong: what the operation's refusal becomes."""
        publisher_id = self.own()

        def work(at: datetime) -> Written:
            try:
                move(own_standing(publisher_id, code, at), at)
            except NotFound as gone:
                raise nothing_there() from gone
            except Refused as refused:
                raise wrong(str(refused)) from refused
            return Written(whole_source(publisher_id, code, at), status)

        return self.write(request, work, content=content)

    def round_moved(
        self, request: Request, code: str, move: Callable[..., object], *, status: int
    ) -> Response:
        """Do something with its latest round that needs no body."""
        self.asked(request)
        publisher_id = self.own()
        return self.moved(
            request,
            code,
            lambda row, at: move(publisher_id=publisher_id, moderation_id=_round_of(row), at=at),
            status=status,
            content=b"",
        )


def _round_of(row: SourceStanding) -> int:
    """The number of its latest round. Raises Conflict."""
    if row.round is None:
        raise Conflict(_("Staff never looked at this source: there is nothing under way."))
    return row.round.pk


class SourceAnswerView(_Moving):
    """Answers staff."""

    @extend_schema(
        operation_id="answer_source",
        summary="Answer what staff ask of a source",
        description="The round waits for staff again.",
        request=AnswerBody,
        responses={201: WholeSourceShape},
        examples=[
            OpenApiExample("Said", value={"text": "By search, mostly."}, request_only=True),
            _example("201"),
        ],
    )
    def post(self, request: Request, code: str) -> Response:
        self.asked(request)
        body = self.body(request, code, AnswerBody)
        publisher_id = self.own()
        return self.moved(
            request,
            code,
            lambda row, at: answer(
                publisher_id=publisher_id, moderation_id=_round_of(row), words=body["text"], at=at
            ),
        )


class SourceChangeView(_Moving):
    """Says something else of a source."""

    largest_body = LARGEST_BODY

    @extend_schema(
        operation_id="change_source",
        summary="Change what you say of a source, or send it again",
        description=(
            "What is not named stays as it was said last. Staff look at it; what was approved "
            "stays so until they decide. After a rejection it is the way to ask again."
        ),
        request=ChangeBody,
        responses={201: WholeSourceShape},
        examples=[
            OpenApiExample(
                "Mended",
                value={"audience": "Thrifty people", "words": "The logo is gone."},
                request_only=True,
            ),
            _example("201"),
        ],
    )
    def post(self, request: Request, code: str) -> Response:
        self.asked(request)
        body = self.body(request, code, ChangeBody)
        words, publisher_id = body.pop("words", ""), self.own()
        return self.moved(
            request,
            code,
            lambda row, at: change_material(
                publisher_id=publisher_id,
                source_id=row.source.pk,
                material=replace(material_said(row.source), **said_in(body)),
                words=words,
                at=at,
            ),
            wrong=Unprocessable,
        )


class SourceLookView(_Moving):
    """Asks for a look at a page."""

    @extend_schema(
        operation_id="look_at_source",
        summary="Have the page of a source looked at now",
        description="And the token that shows whose it is; within a minute or so.",
        request=None,
        responses={202: WholeSourceShape},
        examples=[_example("202")],
    )
    def post(self, request: Request, code: str) -> Response:
        return self.round_moved(request, code, check_now, status=202)


class SourceWithdrawView(_Moving):
    """Takes an application or a change back."""

    @extend_schema(
        operation_id="withdraw_source",
        summary="Withdraw a source, or a change of it, that staff look at",
        description="What was approved before stays so.",
        request=None,
        responses={200: WholeSourceShape},
        examples=[_example("200")],
    )
    def post(self, request: Request, code: str) -> Response:
        return self.round_moved(request, code, withdraw, status=200)
