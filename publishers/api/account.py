"""GET /api/v1/account: whose key it is, and what it may."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.views import ApiView
from publishers.enums import Role, Scope
from publishers.models import Publisher
from publishers.queries import is_blocked

SCOPES = [(scope.value, scope.value) for scope in Scope]


class KeyShape(serializers.Serializer):
    """The key that calls."""

    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The first characters of the key.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    expires_at = serializers.DateTimeField(source="expiry_date")


class AccountShape(serializers.Serializer):
    """A publisher's account."""

    code = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166 alpha-2, or empty.")
    language = serializers.CharField()
    registered_at = serializers.DateTimeField()
    blocked = serializers.BooleanField(help_text="A blocked account earns nothing.")
    role = serializers.ChoiceField(
        choices=[(role.value, role.value) for role in Role],
        help_text="Of the person whose rights the call has.",
    )
    key = KeyShape(allow_null=True, help_text="Null: the call comes from a browser's session.")


EXAMPLE = {
    "code": "anna", "name": "Anna's deals", "email": "anna@example.net", "country": "RU",
    "language": "ru", "registered_at": "2018-09-01T00:00:00Z", "blocked": False, "role": "owner",
    "key": {"name": "Nightly export", "prefix": "Xk3v9QpL", "scopes": ["read:orders"],
            "expires_at": "2021-09-01T00:00:00Z"},
}  # fmt: skip


class AccountView(ApiView):
    """The account."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    tag = "Account"

    @extend_schema(
        operation_id="get_account",
        summary="Your account, and what this key may",
        responses=AccountShape,
        examples=[OpenApiExample("An account", value=EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        self.asked(request)
        account = Publisher.objects.get(pk=self.own())
        names = ("code", "name", "email", "country", "language", "registered_at")
        told = {name: getattr(account, name) for name in names}
        return Response(
            AccountShape(
                {**told, "blocked": is_blocked(account.pk), "role": self.caller.user.role,
                 "key": self.caller.key}
            ).data
        )  # fmt: skip
