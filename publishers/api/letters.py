"""GET and PUT /api/v1/account/letters: which kinds of letters come by e-mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.accounts import choose_letters, is_sent
from publishers.api.bodies import Body, Flag
from publishers.api.views import ApiView
from publishers.api.writes import Written
from publishers.enums import ALWAYS_SENT, LetterKind, Scope
from publishers.models import Publisher

ALWAYS = "Always sent."


class LettersShape(serializers.Serializer):
    """Which kinds of letters are sent. What is not sent is still kept."""

    security = serializers.BooleanField(help_text=f"Sign-in and safety. {ALWAYS}")
    cases = serializers.BooleanField(help_text=f"Cases against your sources or account. {ALWAYS}")
    sources = serializers.BooleanField(help_text="Decisions on your sources.")
    rules = serializers.BooleanField(help_text="Changes of the conditions.")
    news = serializers.BooleanField(help_text="Other news of the network.")


class LettersBody(Body):
    """Which kinds of letters are to be sent: all that may be chosen."""

    security = Flag(required=False, help_text=f"Sign-in and safety. {ALWAYS}")
    cases = Flag(required=False, help_text=f"Cases against your sources or account. {ALWAYS}")
    sources = Flag(help_text="Decisions on your sources.")
    rules = Flag(help_text="Changes of the conditions.")
    news = Flag(help_text="Other news of the network.")

    def validate(self, attrs: Mapping[str, bool]) -> Mapping[str, bool]:
        """Refuse to do without what puts the account or its money at risk."""
        off = [kind for kind in ALWAYS_SENT if attrs.get(kind) is False]
        if off:
            raise ValidationError(
                {
                    kind.value: [
                        _("Letters of the kind “%(kind)s” are always sent: write true, or leave it "
                          "out.") % {"kind": kind.label}
                    ]
                    for kind in off
                },
                code="invalid",
            )  # fmt: skip
        return attrs


LETTERS = {"security": True, "cases": True, "sources": True, "rules": True, "news": False}


class LettersView(ApiView):
    """The kinds of letters that come by e-mail."""

    scopes = {"GET": Scope.READ_ACCOUNT, "PUT": Scope.WRITE_ACCOUNT}
    tag = "Account"

    @extend_schema(
        operation_id="get_letters",
        summary="Which letters come by e-mail",
        responses=LettersShape,
        examples=[OpenApiExample("No news", value=LETTERS)],
    )
    def get(self, request: Request) -> Response:
        self.asked(request)
        return Response(_told(self.account()))

    @extend_schema(
        operation_id="choose_letters",
        summary="Choose which letters come by e-mail",
        description="Letters about safety and cases are always sent. What is not sent is kept.",
        request=LettersBody,
        responses=LettersShape,
        examples=[
            OpenApiExample("Wanted", value=LETTERS, request_only=True),
            OpenApiExample("No news", value=LETTERS, response_only=True, status_codes=["200"]),
        ],
    )
    def put(self, request: Request) -> Response:
        self.asked(request)
        wanted = [kind for kind, is_wanted in LettersBody.read(request.data).items() if is_wanted]
        account = self.account()

        def work(_at: datetime) -> Written:
            choose_letters(account, wanted)
            return Written(_told(account), 200)

        return self.write(request, work)


def _told(account: Publisher) -> dict[str, Any]:
    return {kind.value: is_sent(account, kind) for kind in LetterKind}
