"""A new member of staff is asked by letter to choose a password: nobody else ever knows it.

A link is signed and kept nowhere. It holds while the person has no password and the address is
the same, so it opens once; another one ends those before it.
"""

from datetime import UTC, datetime

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from publishers.accounts import AccountRefused
from publishers.models import User
from publishers.people import INVITATION_LIVES


@transaction.atomic
def invite_to_staff(user_id: int, *, at: datetime) -> tuple[User, str]:
    """The person, and the secret for the link of a letter to them; earlier links end.

    Raises AccountRefused where the person has a password, or no address of their own.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    _require_invitable(user)
    # What stands in place of a password is drawn anew, and with it what links are signed with.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user, _signer(user).sign(f"{user.pk}.{int(at.timestamp())}")


def invited_to_staff(secret: str, *, at: datetime) -> User | None:
    """Whom a link's secret asks; None: it was used, is too old, or was never given."""
    number, _dot, rest = secret.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = User.objects.filter(pk=int(number), is_active=True, publisher__isnull=True).first()
    if user is None or _has_password(user):
        return None
    try:
        _signer(user).unsign(secret)
    except BadSignature:
        return None
    made_at = datetime.fromtimestamp(int(rest.partition(":")[0]), tz=UTC)
    return user if made_at <= at < made_at + INVITATION_LIVES else None


@transaction.atomic
def join_staff(secret: str, *, password: str, at: datetime) -> User:
    """Give the person their own password; whoever has the letter has shown the address.

    Raises AccountRefused where the link is no longer good.
    """
    found = invited_to_staff(secret, at=at)
    if found is not None:
        User.objects.select_for_update().get(pk=found.pk)
        found = invited_to_staff(secret, at=at)
    if found is None:
        raise AccountRefused(_("This invitation is no longer good: ask for another."))
    _require_invitable(found)
    found.set_password(password)
    found.save(update_fields=["password"])
    EmailAddress.objects.filter(user=found).delete()
    EmailAddress.objects.create(user=found, email=found.email.lower(), verified=True, primary=True)
    return found


def may_be_invited(user: User) -> bool:
    """Whether somebody is to choose a first password: of no publisher, active, without one."""
    return user.is_active and user.publisher_id is None and not _has_password(user)


def _has_password(user: User) -> bool:
    # Empty is no password, though Django has it usable.
    return bool(user.password) and user.has_usable_password()


def _require_invitable(user: User) -> None:
    if not may_be_invited(user):
        raise AccountRefused(
            _("%(who)s has a password, or is no candidate for the staff: nobody is to be invited.")
            % {"who": user}
        )
    if not user.email:
        raise AccountRefused(
            _("%(who)s has no e-mail address: write it down first.") % {"who": user}
        )
    if any(other.pk != user.pk for other in filter_users_by_email(user.email)):
        raise AccountRefused(
            _("%(email)s is the address of another login: choose another address.")
            % {"email": user.email}
        )


def _signer(user: User) -> Signer:
    return Signer(salt=f"staff invitation {user.password} {user.email}")
