"""Policies: set by one person where a person decides, by two where the job blocks (S6)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from compliance.enums import PolicyMode
from compliance.models import ViolationPolicy
from compliance.operations.moves import AnotherPersonNeeded, WrongMove, said
from publishers.models import User


class PolicyRefused(WrongMove):
    """A policy cannot be set so; the message says why."""


@transaction.atomic
def ask_policy(
    *,
    kind: str,
    mode: str,
    answer_days: int | None,
    valid_from: datetime,
    by: User,
    at: datetime,
    reason: str,
) -> ViolationPolicy:
    """Ask that from an instant on the job do this with cases of a kind.

    Where a person decides it holds at once: nobody is blocked by it. Else another person approves.
    """
    words = said(reason, _("Say why the policy is set: whoever approves it needs to know."))
    if mode == PolicyMode.AFTER_ANSWER and not answer_days:
        raise PolicyRefused(_("Say how many days there are to answer."))
    if mode == PolicyMode.PERSON:
        _make_room(kind, valid_from)
    return ViolationPolicy.objects.create(
        kind=kind,
        mode=mode,
        answer_days=answer_days if mode == PolicyMode.AFTER_ANSWER else None,
        valid_from=valid_from,
        reason=words,
        asked_by=by,
        asked_at=at,
    )


@transaction.atomic
def approve_policy(*, policy_id: int, by: User, at: datetime) -> ViolationPolicy:
    """Let a policy hold that another person asked for, from its day on. Raises PolicyRefused."""
    policy = _asked(policy_id)
    if policy.asked_by_id in {None, by.pk}:
        raise AnotherPersonNeeded(
            _("You asked for this policy yourself: another person has to approve it.")
        )
    if policy.valid_from is not None:
        _make_room(policy.kind, policy.valid_from)
    policy.approved_by, policy.approved_at = by, at
    policy.save(update_fields=["approved_by", "approved_at"])
    return policy


@transaction.atomic
def drop_policy_request(*, policy_id: int, by: User, at: datetime) -> None:
    """Take back, or refuse, a policy that does not hold yet. Raises PolicyRefused."""
    _asked(policy_id).delete()


def _asked(policy_id: int) -> ViolationPolicy:
    """A policy that waits for a second person; all of its kind are held."""
    _hold(ViolationPolicy.objects.filter(pk=policy_id).values_list("kind", flat=True).first())
    policy: ViolationPolicy | None = ViolationPolicy.objects.asked().filter(pk=policy_id).first()
    if policy is None:
        raise PolicyRefused(_("This policy waits for nobody any more."))
    return policy


def _hold(kind: str | None) -> None:
    """Hold the policies of a kind, in one order for everybody, until the transaction ends."""
    policies = ViolationPolicy.objects.filter(kind=kind).order_by("pk")
    list(policies.select_for_update(of=("self",)))


def _make_room(kind: str, start: datetime) -> None:
    """End what holds where the next policy begins. Raises PolicyRefused where one begins later."""
    _hold(kind)
    holding = ViolationPolicy.objects.holding().filter(kind=kind)
    if holding.filter(valid_from__gte=start).exists():
        raise PolicyRefused(
            _("Another policy of this kind holds from that day on, or later: choose a later day.")
        )
    for policy in holding.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=start)):
        policy.valid_to = start
        policy.save(update_fields=["valid_to"])
