"""Stages between the password and the site that are our own."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class OwnAddressStage(EmailVerificationStage):
    """Who gave an address themselves shows that it is theirs, by the code sent to it.

    Whom staff entered is vouched for: such people have no row of an address, or a verified one.
    """

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is not None and not EmailAddress.objects.filter(user=user).exists():
            return None, True
        found: tuple[Any, bool] = super().handle()
        return found
