"""A publisher signs up, and who brought it is written down with it (F25)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from publishers.accounts import NewAccount, open_account, standing_of
from publishers.models import Publisher, User
from referrals.models import Referral


@dataclass(frozen=True)
class Recommendation:
    """Whom a link names as the referrer. referrer None: the link names nobody who can be one."""

    asked: str
    referrer: Publisher | None

    @property
    def is_left_out(self) -> bool:
        """Whether a link named somebody in vain."""
        return bool(self.asked) and self.referrer is None


def recommendation(code: str) -> Recommendation:
    """The publisher that a link's `ref` names; one that is unknown, blocked or closed is none."""
    code = code.strip()[:64]
    found = Publisher.objects.filter(code=code).first() if code and "\x00" not in code else None
    if found is not None and standing_of(found).is_shut:
        found = None
    return Recommendation(code, found)


@transaction.atomic
def register_publisher(new: NewAccount, *, owner: User, ref: str, at: datetime) -> Publisher:
    """A new publisher with its owner, and its referrer for good where `ref` names one.

    owner: not yet stored, with name and password. Raises publishers.accounts.AccountRefused.
    """
    publisher = open_account(new, owner=owner, at=at)
    referrer = recommendation(ref).referrer
    if referrer is not None:
        Referral.objects.create(referred=publisher, referrer=referrer)
    return publisher
