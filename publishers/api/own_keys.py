"""GET /api/v1/keys and their revocation. Making one takes a person (decision 23)."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.account import KeyShape
from publishers.api.pages import Listed, PageParameters
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.enums import Role, Scope
from publishers.keys import KeyRefused, keys_of, revoke_key
from publishers.models import ApiKey

KEYS = Listed("keys", time="made_at")


class OwnKeyShape(KeyShape):
    """A key of yours. Its text is kept nowhere."""

    id = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="Null: it was not revoked.")


KEY = {
    "name": "Nightly export", "prefix": "Xk3v9QpL", "scopes": ["read:orders"],
    "expires_at": "2021-09-01T00:00:00Z", "id": 12, "made_at": "2020-09-01T00:00:00Z",
    "last_used_at": "2020-09-10T07:00:00Z", "revoked_at": None,
}  # fmt: skip


class KeysView(ApiView):
    """The publisher's keys."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    roles = {"GET": Role.OWNER}
    tag = "Account"

    @extend_schema(
        operation_id="list_keys",
        summary="Your keys, those too that open nothing any more",
        description="The newest first. Keys are made in the portal alone. For owners.",
        parameters=described(PageParameters),
        responses=paged("OwnKey", OwnKeyShape),
        examples=[OpenApiExample("A page", value={"items": [KEY], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        self.own()
        return KEYS.page(request, asked, keys_of(self.caller.user), _told)


class RevokeKeyView(ApiView):
    """Revokes a key."""

    scopes = {"POST": Scope.WRITE_ACCOUNT}
    roles = {"POST": Role.OWNER}
    while_blocked = True
    tag = "Account"

    @extend_schema(
        operation_id="revoke_key",
        summary="Revoke a key at once",
        description="A key may revoke itself: it is its last call. Nothing opens it again. One "
                    "that is revoked stays as it was. For owners.",
        request=None,
        responses=OwnKeyShape,
        examples=[OpenApiExample("Revoked", value={**KEY, "revoked_at": "2020-09-10T08:00:00Z"})],
    )  # fmt: skip
    def post(self, request: Request, key_id: int) -> Response:
        self.asked(request)
        self.own()
        is_own = self.caller.key is not None and self.caller.key.pk == key_id

        def work(at: datetime) -> Written:
            try:
                key = revoke_key(key_id=key_id, by=self.caller.user, at=at)
            except KeyRefused as refused:
                raise nothing_there() from refused
            # Whoever else revoked it came first, and then this call opens nothing.
            ended_here = is_own and key.revoked_at == at
            return Written(_told(key), 200, ends_its_key=ended_here)

        return self.write(request, work, content=b"")


def _told(key: ApiKey) -> dict[str, Any]:
    return dict(OwnKeyShape(key).data)
