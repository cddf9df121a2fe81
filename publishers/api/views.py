"""What every view of the API is made of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publishers.api.bodies import StrictJson
from publishers.api.callers import Caller, KeyAuthentication, MayCall
from publishers.api.frame import NotingUse
from publishers.api.limits import PerCaller, Standing
from publishers.api.parameters import Parameters
from publishers.api.rendering import Json
from publishers.api.writes import Written, digest_of, write_once
from publishers.enums import Role, Scope
from publishers.key_letters import tell_of_key
from publishers.models import ApiKey, Publisher

TAKES_JSON = ("*/*", Json.media_type)
NEVER_KEPT = "max-age=0, no-cache, no-store, must-revalidate, private"


class ApiView(APIView):
    """A view that says who may call it; one that says nothing is closed to everybody.

    scopes: what a key needs, by method; staff_rights: the right with which staff see everybody's,
    by method (none: not for staff); for_publishers: a publisher's callers see their own;
    roles: what it takes of them, by method (none: a reader reads, a manager writes);
    while_blocked: a blocked account may write here too; public: anybody may, without a key.
    """

    scopes: ClassVar[Mapping[str, Scope]] = {}
    staff_rights: ClassVar[Mapping[str, str]] = {}
    for_publishers: ClassVar[bool] = True
    roles: ClassVar[Mapping[str, Role]] = {}
    while_blocked: ClassVar[bool] = False
    public: ClassVar[bool] = False
    # The heading under which the documentation has it.
    tag: ClassVar[str] = ""

    authentication_classes = [KeyAuthentication, SessionAuthentication]
    permission_classes = [MayCall]
    throttle_classes = [PerCaller]
    parser_classes = [StrictJson]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None

    caller: Caller
    standing: Standing | None = None

    def own(self) -> int:
        """The publisher whose rows alone the caller sees. Raises NotFound for one of the staff."""
        if self.caller.publisher_id is None:
            raise nothing_there()
        return self.caller.publisher_id

    def asked(self, request: Request, parameters: type[Parameters] = Parameters) -> dict[str, Any]:
        """The parameters of the address, read strictly."""
        return parameters.read(request.query_params)

    def account(self) -> Publisher:
        """The publisher's row. Raises NotFound for one of the staff."""
        return Publisher.objects.get(pk=self.own())

    def tell(self, account: Publisher, what: Callable[[], str], *, at: datetime) -> None:
        """Within a write: tell the account's owner what a key does to it; people know it anyway."""
        if self.caller.key is not None:
            tell_of_key(self.caller.key, account, what, at=at)

    def write(
        self, request: Request, work: Callable[[datetime], Written], *, content: bytes | None = None
    ) -> Response:
        """Do a write once, however often it is sent. work: gets the instant of the write.

        content: of the body, where it is no JSON.
        """
        now = timezone.now()
        body = canonical(request.data) if content is None else content
        digest = digest_of(request, body)
        return write_once(request, self.caller, digest=digest, at=now, work=lambda: work(now))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - the framework's own
        """How the answer is written; nothing is weighed where everything is taken, or JSON."""
        usual = self.renderer_classes[0] is Json
        if usual and request.META.get("HTTP_ACCEPT", "*/*") in TAKES_JSON:
            return Json(), Json.media_type
        return super().perform_content_negotiation(request, force)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Expires"] = http_date()
        answer.headers["Cache-Control"] = NEVER_KEPT
        if self.standing is not None:
            for name, value in self.standing.headers.items():
                answer.headers[name] = value
        caller = getattr(self, "caller", None)
        if caller is not None and isinstance(caller.key, ApiKey):
            closers = answer._resource_closers  # type: ignore[attr-defined]  # noqa: SLF001
            closers.append(NotingUse(caller.key).close)
        return answer


def canonical(data: Any) -> bytes:
    """A body as bytes that are the same for the same values, whatever their order."""
    return repr(_sorted(data)).encode("utf-8", "backslashreplace")


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((name, _sorted(inner)) for name, inner in value.items())
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def nothing_there() -> NotFound:
    """The same for what is somebody else's as for what is nobody's."""
    return NotFound(_("There is no such thing, or it is not yours."))
