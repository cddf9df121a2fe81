"""A publisher's people: invited, given a role, removed. The last owner always stays."""

import hashlib
import secrets
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


def people_of(publisher: Publisher) -> QuerySet[User]:
    """Who works for a publisher, by the time they came."""
    return User.objects.filter(publisher=publisher, is_active=True).order_by("date_joined", "pk")


def open_invitations(publisher: Publisher, *, at: datetime) -> QuerySet[Invitation]:
    """Invitations that may still be accepted."""
    found = Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True)
    return found.filter(publisher=publisher, made_at__gt=at - INVITATION_LIVES)


@transaction.atomic
def invite(
    publisher: Publisher, *, email: str, role: Role, by: User, at: datetime
) -> tuple[Invitation, str]:
    """Ask somebody to work for a publisher; the invitation, and the secret for its link.

    An earlier one to the same address ends. The secret is kept nowhere. Raises AccountRefused
    where too many are open, or somebody of the publisher has the address.
    """
    Publisher.objects.select_for_update().get(pk=publisher.pk)
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


def change_role(publisher: Publisher, user_id: int, role: Role) -> None:
    """Give one of the publisher's people another role.

    Raises AccountRefused where no owner would be left, User.DoesNotExist for somebody else's.
    """
    user = people_of(publisher).get(pk=user_id)
    user.role = role
    _keep_an_owner(user, ["role"])


def remove(publisher: Publisher, user_id: int, *, at: datetime) -> None:
    """Somebody no longer works for the publisher: signed out everywhere, and not let in again.

    Raises AccountRefused where no owner would be left, User.DoesNotExist for somebody else's.
    """
    user = people_of(publisher).get(pk=user_id)
    user.publisher = None
    user.is_active = False
    user.access_ended_at = at
    _keep_an_owner(user, ["publisher", "is_active", "access_ended_at"])


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
