"""/api/v1/people: who works for the publisher, and who is invited.

A key moves nobody who is an owner and makes nobody one (decision 23); a browser may what the
portal lets do.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.accounts import AccountRefused
from publishers.api.account import ROLES
from publishers.api.bodies import Body, EmailAddress, OneOf
from publishers.api.pages import Listed, PageParameters
from publishers.api.refusals import Conflict, Unavailable
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import DELETED, Written
from publishers.enums import Role, Scope
from publishers.models import Invitation, Publisher, User
from publishers.people import (
    INVITATION_LIVES,
    ROLES_BY_KEY,
    TakesAPerson,
    change_role,
    open_invitations,
    people_of,
    remove,
    withdraw,
)
from publishers.public.inviting import LetterNotSent, invite_by_letter

PEOPLE = Listed("people", time="date_joined")
INVITATIONS = Listed("invitations", time="made_at")
NO_OWNERS = "A key of the API does this to managers and readers alone, a browser to owners too."


class PersonShape(serializers.Serializer):
    """Somebody who works for you."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As they call themselves; or their login.")
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLES)
    joined_at = serializers.DateTimeField(source="date_joined")
    last_signed_in_at = serializers.DateTimeField(source="last_login", allow_null=True)


class InvitationShape(serializers.Serializer):
    """Somebody who is invited, and has not come yet."""

    id = serializers.IntegerField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLES)
    invited_at = serializers.DateTimeField(source="made_at")
    open_until = serializers.DateTimeField(help_text="How long the link of the letter is good.")


class InvitationBody(Body):
    """Whom to invite."""

    email = EmailAddress()
    role = OneOf(
        choices=[role.value for role in Role],
        help_text="A reader looks and exports, a manager also runs sources and links, an owner "
                  "also has people, keys and the account itself. " + NO_OWNERS,
    )  # fmt: skip


class RoleBody(Body):
    """What somebody may."""

    role = OneOf(choices=[role.value for role in Role])


PERSON = {
    "id": 31, "name": "Max", "email": "max@example.net", "role": "manager",
    "joined_at": "2020-03-01T09:00:00Z", "last_signed_in_at": "2020-09-10T07:00:00Z",
}  # fmt: skip
INVITATION = {
    "id": 7, "email": "lena@example.net", "role": "reader",
    "invited_at": "2020-09-10T07:00:00Z", "open_until": "2020-09-17T07:00:00Z",
}  # fmt: skip


class _OfPeople(ApiView):
    roles = dict.fromkeys(("POST", "PATCH", "DELETE"), Role.OWNER)
    tag = "Account"

    @property
    def within(self) -> Collection[Role]:
        """Whom the caller may invite, move and remove."""
        return tuple(Role) if self.caller.key is None else ROLES_BY_KEY


class PeopleView(_OfPeople):
    """The people."""

    scopes = {"GET": Scope.READ_ACCOUNT}
    roles = {}

    @extend_schema(
        operation_id="list_people",
        summary="Who works for you",
        description="Who came last comes first.",
        parameters=described(PageParameters),
        responses=paged("Person", PersonShape),
        examples=[
            OpenApiExample("A page", value={"items": [PERSON], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        return PEOPLE.page(request, asked, people_of(self.account()), _person)


class PersonView(_OfPeople):
    """One of the people."""

    scopes = {"PATCH": Scope.WRITE_ACCOUNT, "DELETE": Scope.WRITE_ACCOUNT}

    @extend_schema(
        operation_id="change_role",
        summary="Give somebody another role",
        description=f"For owners; the last owner stays one. {NO_OWNERS}",
        request=RoleBody,
        responses=PersonShape,
        examples=[
            OpenApiExample("A manager", value={"role": "manager"}, request_only=True),
            OpenApiExample("A person", value=PERSON, response_only=True, status_codes=["200"]),
        ],
    )
    def patch(self, request: Request, user_id: int) -> Response:
        self.asked(request)
        account = self.account()
        _require_theirs(account, user_id)
        role = Role(RoleBody.read(request.data)["role"])

        def work(at: datetime) -> Written:
            try:
                user = change_role(account, user_id, role, within=self.within)
            except User.DoesNotExist as missing:
                raise nothing_there() from missing
            except AccountRefused as refusal:
                raise _refused(refusal) from refusal
            self.tell(
                account,
                lambda: (
                    _("%(who)s has the role “%(role)s” now.")
                    % {"who": _name(user), "role": role.label}
                ),
                at=at,
            )
            return Written(_person(user), 200)

        return self.write(request, work)

    @extend_schema(
        operation_id="remove_person",
        summary="Remove somebody",
        description=f"They are signed out everywhere, and their keys are closed. For owners; the "
                    f"last owner stays. {NO_OWNERS}",
        responses={204: None},
    )  # fmt: skip
    def delete(self, request: Request, user_id: int) -> Response:
        self.asked(request)
        account = self.account()

        def work(at: datetime) -> Written:
            try:
                user = remove(account, user_id, at=at, within=self.within)
            except User.DoesNotExist as missing:
                raise nothing_there() from missing
            except AccountRefused as refusal:
                raise _refused(refusal) from refusal
            self.tell(account, lambda: _("%(who)s was removed.") % {"who": _name(user)}, at=at)
            return DELETED

        return self.write(request, work, content=b"")


class InvitationsView(_OfPeople):
    """Invitations that are open."""

    scopes = {"GET": Scope.READ_ACCOUNT, "POST": Scope.WRITE_ACCOUNT}

    @extend_schema(
        operation_id="list_invitations",
        summary="Who is invited",
        description="Invitations that may still be accepted, the newest first.",
        parameters=described(PageParameters),
        responses=paged("Invitation", InvitationShape),
        examples=[
            OpenApiExample("A page", value={"items": [INVITATION], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        rows = open_invitations(self.account(), at=timezone.now())
        return INVITATIONS.page(request, asked, rows, _invitation)

    @extend_schema(
        operation_id="invite_person",
        summary="Invite somebody",
        description=f"They get a letter with a link; an earlier invitation to the same address "
                    f"ends. For owners. {NO_OWNERS}",
        request=InvitationBody,
        responses={201: InvitationShape},
        examples=[
            OpenApiExample("A reader", value={"email": "lena@example.net", "role": "reader"},
                           request_only=True),
            OpenApiExample("An invitation", value=INVITATION, response_only=True,
                           status_codes=["201"]),
        ],
        extensions={"x-problems": ["503"]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        self.asked(request)
        body = InvitationBody.read(request.data)
        account = self.account()

        def work(at: datetime) -> Written:
            try:
                made = invite_by_letter(
                    account,
                    email=body["email"],
                    role=Role(body["role"]),
                    by=self.caller.user,
                    at=at,
                    on_site=request.build_absolute_uri,
                    within=self.within,
                )
            except AccountRefused as refusal:
                raise _refused(refusal) from refusal
            except LetterNotSent as unsent:
                raise Unavailable(str(unsent)) from unsent
            self.tell(
                account,
                lambda: (
                    _("%(email)s was invited with the role “%(role)s”.")
                    % {"email": made.email, "role": Role(made.role).label}
                ),
                at=at,
            )
            address = request.build_absolute_uri(reverse("api:invitation", args=[made.pk]))
            return Written(_invitation(made), headers={"Location": address})

        return self.write(request, work)


class InvitationView(_OfPeople):
    """One invitation."""

    scopes = {"GET": Scope.READ_ACCOUNT, "DELETE": Scope.WRITE_ACCOUNT}

    @extend_schema(
        operation_id="get_invitation",
        summary="An invitation that is open",
        responses=InvitationShape,
        examples=[OpenApiExample("An invitation", value=INVITATION)],
    )
    def get(self, request: Request, invitation_id: int) -> Response:
        self.asked(request)
        found = open_invitations(self.account(), at=timezone.now()).filter(pk=invitation_id).first()
        if found is None:
            raise nothing_there()
        return Response(_invitation(found))

    @extend_schema(
        operation_id="withdraw_invitation",
        summary="Withdraw an invitation",
        description="The link of its letter no longer works. For owners.",
        responses={204: None},
    )
    def delete(self, request: Request, invitation_id: int) -> Response:
        self.asked(request)
        account = self.account()

        def work(at: datetime) -> Written:
            try:
                withdraw(account, invitation_id, at=at)
            except Invitation.DoesNotExist as missing:
                raise nothing_there() from missing
            return DELETED

        return self.write(request, work, content=b"")


def _require_theirs(account: Publisher, user_id: int) -> None:
    """Raise NotFound before a body is judged: somebody else's is none at all."""
    if not people_of(account).filter(pk=user_id).exists():
        raise nothing_there()


def _refused(refusal: AccountRefused) -> APIException:
    if isinstance(refusal, TakesAPerson):
        return PermissionDenied(str(refusal), code="person")
    return Conflict(str(refusal))


def _name(user: User) -> str:
    return user.first_name or user.username


def _person(user: User) -> dict[str, Any]:
    told = {name: getattr(user, name) for name in ("id", "email", "role", "date_joined",
                                                   "last_login")}  # fmt: skip
    return dict(PersonShape({**told, "name": _name(user)}).data)


def _invitation(row: Invitation) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "email", "role", "made_at")}
    return dict(InvitationShape({**told, "open_until": row.made_at + INVITATION_LIVES}).data)
