"""Who calls: a machine with a key, or a browser in which somebody is signed in; and what they may.

The default is no: a view that declares no scope for a method is closed to everybody.
"""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import (
    AuthenticationFailed,
    MethodNotAllowed,
    NotAuthenticated,
    PermissionDenied,
)
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from publishers.accounts import standing_of
from publishers.enums import Role, Scope
from publishers.keys import KeyClosed, open_key
from publishers.models import ApiKey, Publisher, User

REALM = 'Bearer realm="Permille"'


@dataclass(frozen=True)
class Caller:
    """Who calls. publisher_id: whose rows alone they see; None: one of the staff."""

    user: User
    key: ApiKey | None
    publisher_id: int | None

    @property
    def name(self) -> str:
        """By which limits are counted and answers kept: of each key and each person one."""
        return f"user:{self.user.pk}" if self.key is None else f"key:{self.key.pk}"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the key's row is read for each request."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The person whose rights the key has, and the key; None where no key is sent."""
        keyword, _blank, text = get_authorization_header(request).partition(b" ")
        if keyword.lower() != b"bearer":
            return None
        try:
            key = open_key(text.strip().decode("ascii", "replace"), at=timezone.now())
        except KeyClosed as closed:
            raise AuthenticationFailed(str(closed)) from closed
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return REALM


class MayCall(BasePermission):
    """Whether the caller may call this method of this view (see `publishers.api.views.ApiView`)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Notes the caller for the view. Raises what says why not."""
        if getattr(view, "public", False):
            return True
        user = request.user
        if not isinstance(user, User):
            raise NotAuthenticated(
                _("No key came with the call: send one in the header Authorization: Bearer <key>.")
            )
        method = _asked(request)
        if method not in view.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        scope = getattr(view, "scopes", {}).get(method)
        if scope is None:
            raise PermissionDenied(_("Nobody may call this."))
        key = request.auth if isinstance(request.auth, ApiKey) else None
        if key is not None and scope not in key.scopes:
            raise PermissionDenied(
                _("This key may not do that: make one with the scope %(scope)s.")
                % {"scope": scope.value},
                code="scope",
            )
        view.caller = _caller(user, key, view, method, scope)
        return True


def _asked(request: Request) -> str:
    return "GET" if request.method == "HEAD" else str(request.method)


def _caller(user: User, key: ApiKey | None, view: Any, method: str, scope: Scope) -> Caller:
    """On which side they call: staff where they have the right, else for their publisher."""
    right = view.staff_rights.get(method)
    for_staff = right is not None and user.is_staff and user.has_perm(right)
    if for_staff and (key is None or key.publisher_id is None):
        return Caller(user, key, None)
    if user.publisher_id is None or (key is not None and key.publisher_id is None):
        raise PermissionDenied(_missing_right(right, user))
    if not view.for_publishers:
        raise PermissionDenied(_("This is for the network's staff."))
    _require_role(user, view.roles.get(method) or _usual_role(scope))
    if scope.writes and not view.while_blocked:
        _require_open(user)
    return Caller(user, key, user.publisher_id)


def _missing_right(right: str | None, user: User) -> str:
    if right is None:
        return _("This is for publishers: call it with a publisher's key.")
    if not user.is_staff:
        return _("Your account belongs to no publisher: ask an administrator.")
    return _("You have not the right %(right)s: ask an administrator for it.") % {"right": right}


def _usual_role(scope: Scope) -> Role:
    return Role.MANAGER if scope.writes else Role.READER


def _require_role(user: User, role: Role) -> None:
    if not user.may(role):
        raise PermissionDenied(
            _("This takes the role “%(role)s”: ask an owner of the account.") % {"role": role.label}
        )


def _require_open(user: User) -> None:
    standing = standing_of(Publisher(pk=user.publisher_id))
    if standing.is_blocked:
        raise PermissionDenied(
            _("The account is blocked: nothing can be changed until it is free."), code="blocked"
        )
    if standing.is_closed:
        raise PermissionDenied(
            _("The account is closed: nothing can be changed until it is opened again."),
            code="closed",
        )
