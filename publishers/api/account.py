"""GET and PATCH /api/v1/account: whose key it is, and what the publisher says of itself."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.accounts import REOPENED_WITHIN, closing_of, describe_anew
from publishers.api.bodies import Body, OneOf, Words
from publishers.api.views import ApiView
from publishers.api.writes import Written
from publishers.columns import shown
from publishers.enums import Role, Scope
from publishers.models import Publisher
from publishers.places import country_codes, zones_of_places
from publishers.queries import is_blocked

SCOPES = [(scope.value, scope.value) for scope in Scope]
ROLES = [(role.value, role.value) for role in Role]
LANGUAGES = [code for code, _name in settings.LANGUAGES]
TOLD = ("code", "name", "email", "country", "language", "time_zone", "registered_at")


class KeyShape(serializers.Serializer):
    """The key that calls."""

    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The first characters of the key.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    expires_at = serializers.DateTimeField(source="expiry_date")


class ClosingShape(serializers.Serializer):
    """An account that its people closed."""

    since = serializers.DateTimeField()
    reopened_until = serializers.DateTimeField(
        help_text="Until then an owner can open it again in the portal."
    )


class AccountShape(serializers.Serializer):
    """A publisher's account."""

    code = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166 alpha-2, or empty.")
    language = serializers.CharField(help_text="Of letters.")
    time_zone = serializers.CharField(
        help_text="In whose days statistics are counted; empty: the programme's."
    )
    registered_at = serializers.DateTimeField()
    blocked = serializers.BooleanField(help_text="A blocked account earns nothing.")
    closed = ClosingShape(allow_null=True, help_text="Null: the account is open.")
    role = serializers.ChoiceField(
        choices=ROLES, help_text="Of the person whose rights the call has."
    )
    key = KeyShape(allow_null=True, help_text="Null: the call comes from a browser's session.")


class Country(Words):
    """A country, or nothing."""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code and code not in country_codes():
            raise ValidationError(
                _("There is no country %(code)s: write two capital letters such as RU, or nothing.")
                % {"code": shown(code)}
            )
        return code


class Zone(Words):
    """A time zone that is named after a place, or nothing."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name and name not in zones_of_places():
            raise ValidationError(
                _("There is no time zone %(name)s: choose one such as Europe/Moscow.")
                % {"name": shown(name)}
            )
        return name


class ProfileBody(Body):
    """What a publisher says of itself. What is left out stays as it is."""

    name = Words(most=200, required=False)
    country = Country(most=2, blank=True, required=False, help_text="ISO 3166 alpha-2, or empty.")
    language = OneOf(choices=LANGUAGES, required=False, help_text="Of letters.")
    time_zone = Zone(
        most=64, blank=True, required=False, help_text="Such as Europe/Moscow; or empty."
    )


EXAMPLE = {
    "code": "anna", "name": "Anna's deals", "email": "anna@example.net", "country": "RU",
    "language": "ru", "time_zone": "Europe/Moscow", "registered_at": "2018-09-01T00:00:00Z",
    "blocked": False, "closed": None, "role": "owner",
    "key": {"name": "Nightly export", "prefix": "Xk3v9QpL", "scopes": ["read:orders"],
            "expires_at": "2021-09-01T00:00:00Z"},
}  # fmt: skip
SAID = {"name": "Anna's deals", "time_zone": "Europe/Moscow"}


class AccountView(ApiView):
    """The account."""

    scopes = {"GET": Scope.READ_ACCOUNT, "PATCH": Scope.WRITE_ACCOUNT}
    roles = {"PATCH": Role.OWNER}
    tag = "Account"

    @extend_schema(
        operation_id="get_account",
        summary="Your account, and what this key may",
        responses=AccountShape,
        examples=[OpenApiExample("An account", value=EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        self.asked(request)
        return Response(self._told(self.account()))

    @extend_schema(
        operation_id="change_account",
        summary="Change what you say of yourself",
        description="For owners. What the body leaves out stays; the code stays always, as it "
                    "stands in links, and the e-mail address is changed in the portal.",
        request=ProfileBody,
        responses=AccountShape,
        examples=[
            OpenApiExample("Said", value=SAID, request_only=True),
            OpenApiExample("An account", value=EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )  # fmt: skip
    def patch(self, request: Request) -> Response:
        self.asked(request)
        said = ProfileBody.read(request.data)
        if "name" in said:
            said["name"] = said["name"].strip()
        publisher_id = self.own()

        def work(_at: datetime) -> Written:
            return Written(self._told(describe_anew(publisher_id, said)), 200)

        return self.write(request, work)

    def _told(self, account: Publisher) -> dict[str, Any]:
        closing = closing_of(account)
        closed = closing and {
            "since": closing.closed_at,
            "reopened_until": closing.closed_at + REOPENED_WITHIN,
        }
        told = {
            **{name: getattr(account, name) for name in TOLD},
            "blocked": is_blocked(account.pk),
            "closed": closed,
            "role": self.caller.user.role,
            "key": self.caller.key,
        }
        return dict(AccountShape(told).data)
