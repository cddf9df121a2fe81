"""The roles of staff: changed by two people, one who asks and another who approves (S6)."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from publishers.enums import RoleChangeState, StaffRole
from publishers.models import RoleChange, User


class RoleChangeRefused(Exception):
    """The change cannot be asked for, or decided so; the message says why, and what to do."""


def roles_of(user: User) -> list[str]:
    """The names of the groups that somebody is in, sorted."""
    return sorted(user.groups.values_list("name", flat=True))


@transaction.atomic
def ask_role_change(
    *, user_id: int, roles: Collection[str], reason: str, by: User, at: datetime
) -> RoleChange:
    """Ask that somebody of staff have these roles and no others, once another person approves.

    Raises RoleChangeRefused.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    wanted, before = sorted(set(roles)), roles_of(user)
    unknown = set(wanted) - set(StaffRole.values)
    if unknown:
        raise RoleChangeRefused(
            _("There is no role %(role)s: choose among %(known)s.")
            % {"role": ", ".join(sorted(unknown)), "known": ", ".join(StaffRole.values)}
        )
    if user.publisher_id is not None:
        raise RoleChangeRefused(
            _("%(who)s is a person of a publisher, and has no role among staff.") % {"who": user}
        )
    if wanted == before:
        raise RoleChangeRefused(_("%(who)s has exactly these roles already.") % {"who": user})
    words = reason.strip()
    if not words:
        raise RoleChangeRefused(
            _("Say why the roles are to change: whoever approves needs to know.")
        )
    standing = RoleChange.objects.filter(user=user, state=RoleChangeState.ASKED).first()
    if standing is not None:
        raise RoleChangeRefused(
            _("%(asker)s has asked for a change of these roles already: decide that one first.")
            % {"asker": standing.asked_by}
        )
    return RoleChange.objects.create(
        user=user, roles=wanted, roles_before=before, reason=words, asked_by=by, asked_at=at
    )


@transaction.atomic
def approve_role_change(*, change_id: int, by: User, at: datetime) -> RoleChange:
    """Give somebody the roles that another person asked for. Raises RoleChangeRefused.

    Who has a role is of the staff, and may enter the back office; who has none is not.
    """
    change = _asked(change_id)
    if change.asked_by_id == by.pk:
        raise RoleChangeRefused(
            _("You asked for this change yourself: another person has to approve it.")
        )
    if change.user_id == by.pk:
        raise RoleChangeRefused(_("These are your own roles: another person has to approve it."))
    user = User.objects.select_for_update().get(pk=change.user_id)
    if user.publisher_id is not None:
        raise RoleChangeRefused(
            _("%(who)s is a person of a publisher, and has no role among staff.") % {"who": user}
        )
    groups = list(Group.objects.filter(name__in=change.roles))
    if len(groups) != len(change.roles):
        raise RoleChangeRefused(
            _("A role has no group yet: run manage.py sync_roles, then approve again.")
        )
    _decide(change, RoleChangeState.APPROVED, by, at)
    user.groups.set(groups)
    user.is_staff = bool(groups) or user.is_superuser
    user.save(update_fields=["is_staff"])
    return change


@transaction.atomic
def refuse_role_change(*, change_id: int, by: User, at: datetime) -> RoleChange:
    """The second person does not agree; whoever asked takes it back. Roles are as before.

    Raises RoleChangeRefused.
    """
    change = _asked(change_id)
    own = change.asked_by_id == by.pk
    return _decide(change, RoleChangeState.TAKEN_BACK if own else RoleChangeState.REFUSED, by, at)


def _asked(change_id: int) -> RoleChange:
    """A change that waits, held until the transaction ends."""
    change = RoleChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None or change.state != RoleChangeState.ASKED:
        raise RoleChangeRefused(_("This change waits for nobody any more."))
    return change


def _decide(change: RoleChange, state: RoleChangeState, by: User, at: datetime) -> RoleChange:
    change.state, change.decided_by, change.decided_at = state, by, at
    change.save(update_fields=["state", "decided_by", "decided_at"])
    return change
