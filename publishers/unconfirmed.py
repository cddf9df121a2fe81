"""Sign-ups whose address was never confirmed: after some days nothing of them is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from publishers.models import Letter, Publisher, TermsConsent, User

UNCONFIRMED_LIVES = timedelta(days=7)
REMOVED_AT_ONCE = 500
# What a sign-up writes by itself; whoever has anything else has done something here.
_OF_SIGN_UP: tuple[type[Model], ...] = (User, TermsConsent, Letter)
_KEEPS_AN_OWNER = "publishers.User:publisher_keeps_an_owner"


@dataclass(frozen=True)
class SignUp:
    """An account as far as its removal asks. is_confirmed: an address of its people is theirs;
    has_signed_in: somebody of it did, ever; has_more: it has anything that signing up did not
    write, such as a source, an order, a referral or a case.
    """

    registered_at: datetime
    is_confirmed: bool
    has_signed_in: bool
    has_more: bool

    @property
    def removed_at(self) -> datetime | None:
        """From when on the account is removed; None: it stays."""
        if self.is_confirmed or self.has_signed_in or self.has_more:
            return None
        return self.registered_at + UNCONFIRMED_LIVES


def first_unconfirmed() -> datetime | None:
    """When the first sign-up that was never confirmed is to be removed; None: there is none."""
    for publisher in _unconfirmed().order_by("registered_at", "pk"):
        removed_at = _sign_up(publisher).removed_at
        if removed_at is not None:
            return removed_at
    return None


def remove_unconfirmed(*, at: datetime) -> int:
    """The scheduled job: remove accounts that nobody confirmed or used; how many."""
    removed = 0
    while some := _remove_some(at):
        removed += some
    return removed


@transaction.atomic
def _remove_some(at: datetime) -> int:
    due = _unconfirmed().filter(registered_at__lte=at - UNCONFIRMED_LIVES).order_by("pk")
    keys = [one.pk for one in due if _is_due(one, at)][:REMOVED_AT_ONCE]
    # Whoever confirms at this moment comes before the lock, and is seen, or after the account.
    list(EmailAddress.objects.select_for_update().filter(user__publisher__in=keys).order_by("pk"))
    list(Publisher.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    keys = [one.pk for one in _unconfirmed().filter(pk__in=keys) if _is_due(one, at)]
    TermsConsent.objects.filter(publisher__in=keys).delete()
    with pgtrigger.ignore(_KEEPS_AN_OWNER):
        User.objects.filter(publisher__in=keys).delete()
    Publisher.objects.filter(pk__in=keys).delete()
    return len(keys)


def _is_due(publisher: Publisher, at: datetime) -> bool:
    removed_at = _sign_up(publisher).removed_at
    return removed_at is not None and removed_at <= at


def _unconfirmed() -> QuerySet[Publisher]:
    """Accounts with an address that waits for its code, and what else there is of them."""
    addresses = EmailAddress.objects.filter(user__publisher=OuterRef("pk"))
    people = User.objects.filter(publisher=OuterRef("pk"))
    return Publisher.objects.filter(Exists(addresses.filter(verified=False))).annotate(
        is_confirmed=Exists(addresses.filter(verified=True)),
        has_signed_in=Exists(people.filter(last_login__isnull=False)),
        has_more=_anything_more(),
    )


def _anything_more() -> Q:
    """Whether any table of any app has a row of the publisher that signing up did not write."""
    found = Q()
    for model in apps.get_models():
        if model in _OF_SIGN_UP:
            continue
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's way to ask
            if field.related_model is Publisher:
                rows: QuerySet[Any] = QuerySet(model).filter(**{field.name: OuterRef("pk")})
                found |= Q(Exists(rows))
    return found


def _sign_up(publisher: Publisher) -> SignUp:
    kept = vars(publisher)
    return SignUp(
        registered_at=publisher.registered_at,
        is_confirmed=kept["is_confirmed"],
        has_signed_in=kept["has_signed_in"],
        has_more=kept["has_more"],
    )
