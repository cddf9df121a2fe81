"""A publisher's people: invited, given a role, removed. The last owner always stays."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from publishers.accounts import TERMS_VERSION, AccountRefused
from publishers.enums import Role
from publishers.models import Invitation, Publisher, TermsConsent, User

INVITATION_LIVES = timedelta(days=7)
# More would be a way to write to strangers in our name.
OPEN_INVITATIONS = 20
# Of one publisher in a day, with those that were withdrawn or accepted.
INVITATIONS_A_DAY = 100
# Whom a key of the API may invite, move or remove: whoever has found one does not become an
# owner by it, and no owner is put out of the account (decision 23).
ROLES_BY_KEY = (Role.MANAGER, Role.READER)


class TakesAPerson(AccountRefused):
    """What no key may do: it is left to an owner who has signed in."""


def people_of(publisher: Publisher) -> QuerySet[User]:
    """Who works for a publisher, by the time they came."""
    return User.objects.filter(publisher=publisher, is_active=True).order_by("date_joined", "pk")


def open_invitations(publisher: Publisher, *, at: datetime) -> QuerySet[Invitation]:
    """Invitations that may still be accepted."""
    found = Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True)
    return found.filter(publisher=publisher, made_at__gt=at - INVITATION_LIVES)


@transaction.atomic
def invite(
    publisher: Publisher, *, email: str, role: Role, by: User, at: datetime,
    within: Collection[Role] = tuple(Role),
) -> tuple[Invitation, str]:  # fmt: skip
    """Ask somebody to work for a publisher; the invitation, and the secret for its link.

    An earlier one to the same address ends. The secret is kept nowhere. within: the roles that
    the caller may give. Raises AccountRefused where too many are open, or somebody of the
    publisher has the address; TakesAPerson.
    """
    _require_within(within, role)
    # Not against the rows that refer to the publisher: the letter goes out while this is held.
    Publisher.objects.select_for_update(no_key=True).get(pk=publisher.pk)
    if people_of(publisher).filter(email__iexact=email).exists():
        raise AccountRefused(
            _("%(email)s works for you already: change the role in the list.") % {"email": email}
        )
    Invitation.objects.filter(
        publisher=publisher, email__iexact=email, used_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=at)
    if open_invitations(publisher, at=at).count() >= OPEN_INVITATIONS:
        raise AccountRefused(
            _("%(n)d invitations are open: withdraw one first.") % {"n": OPEN_INVITATIONS}
        )
    made = Invitation.objects.filter(publisher=publisher, made_at__gt=at - timedelta(days=1))
    if made.count() >= INVITATIONS_A_DAY:
        raise AccountRefused(
            _("%(n)d invitations went out within a day: invite more tomorrow.")
            % {"n": INVITATIONS_A_DAY}
        )
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        publisher=publisher, email=email, role=role, secret_hash=_hash(secret), made_by=by,
        made_at=at,
    )  # fmt: skip
    return invitation, secret


def withdraw(publisher: Publisher, invitation_id: int, *, at: datetime) -> None:
    """End an invitation of the publisher that is open. Raises Invitation.DoesNotExist."""
    ended = open_invitations(publisher, at=at).filter(pk=invitation_id).update(withdrawn_at=at)
    if not ended:
        raise Invitation.DoesNotExist


def invitation_of(secret: str, *, at: datetime) -> Invitation | None:
    """The invitation that a link's secret opens; None: there is none, or its time is over."""
    found = Invitation.objects.filter(
        secret_hash=_hash(secret), used_at__isnull=True, withdrawn_at__isnull=True
    )
    return found.filter(made_at__gt=at - INVITATION_LIVES).select_related("publisher").first()


@transaction.atomic
def accept(secret: str, *, user: User, at: datetime) -> Invitation:
    """Somebody works for the publisher that asked: `user` is stored with its role.

    The terms are accepted with it. Raises AccountRefused where the link is no longer good.
    """
    Invitation.objects.select_for_update().filter(secret_hash=_hash(secret)).first()
    invitation = invitation_of(secret, at=at)
    if invitation is None:
        raise AccountRefused(_("This invitation is no longer good: ask for another."))
    user.publisher = invitation.publisher
    user.role = invitation.role
    user.email = invitation.email
    user.is_active = True
    user.save()
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    TermsConsent.objects.get_or_create(
        user=user, version=TERMS_VERSION,
        defaults={"publisher": invitation.publisher, "accepted_at": at},
    )  # fmt: skip
    return invitation


@transaction.atomic
def change_role(
    publisher: Publisher, user_id: int, role: Role, *, within: Collection[Role] = tuple(Role)
) -> User:
    """Give one of the publisher's people another role. within: those that the caller may move.

    Raises AccountRefused where no owner would be left, TakesAPerson, User.DoesNotExist for
    somebody else's.
    """
    user = _held(publisher, user_id)
    _require_within(within, Role(user.role), role)
    user.role = role
    _keep_an_owner(user, ["role"])
    return user


@transaction.atomic
def remove(
    publisher: Publisher, user_id: int, *, at: datetime, within: Collection[Role] = tuple(Role)
) -> User:
    """Somebody no longer works for the publisher: signed out everywhere, and not let in again.

    within: the roles of those whom the caller may remove. Raises AccountRefused where no owner
    would be left, TakesAPerson, User.DoesNotExist for somebody else's.
    """
    user = _held(publisher, user_id)
    _require_within(within, Role(user.role))
    user.publisher = None
    user.is_active = False
    user.access_ended_at = at
    _keep_an_owner(user, ["publisher", "is_active", "access_ended_at"])
    return user


def _held(publisher: Publisher, user_id: int) -> User:
    """One of the publisher's people, whose role nobody else changes meanwhile."""
    return people_of(publisher).select_for_update(no_key=True).get(pk=user_id)


def _require_within(within: Collection[Role], *roles: Role) -> None:
    beyond = next((role for role in roles if role not in within), None)
    if beyond is not None:
        raise TakesAPerson(
            _("No key of the API may do this to the role “%(role)s”: an owner does it in the "
              "portal, signed in.") % {"role": beyond.label}
        )  # fmt: skip


def _keep_an_owner(user: User, fields: list[str]) -> None:
    """The database counts the owners, whoever else writes at the same moment."""
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as error:
        if "keeps at least one owner" not in str(error):
            raise
        raise AccountRefused(
            _("Somebody has to stay the owner: make another person an owner first.")
        ) from error


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
