from collections.abc import Iterator

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from publishers.enums import Role


class User(AbstractUser):
    """Somebody who signs in: staff, or a person of a publisher."""

    publisher = models.ForeignKey(
        "publishers.Publisher",
        verbose_name=_("publisher"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
        help_text=_("Empty for staff."),
    )

    role = models.CharField(
        _("role at the publisher"),
        max_length=10,
        choices=Role.choices,
        default=Role.OWNER,
        db_default=Role.OWNER,
    )

    access_ended_at = models.DateTimeField(
        _("access ended"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Sessions begun before then are over. Signing in anew is possible."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def may(self, role: Role) -> bool:
        """Whether somebody of a publisher holds this role there, or a higher one."""
        return self.publisher_id is not None and Role(self.role).covers(role)

    def get_session_auth_hash(self) -> str:
        """What a session is compared with on every request; another one ends it.

        So sessions end with one UPDATE, wherever they are kept.
        """
        return self._since_access_ended(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under secret keys of before."""
        yield from map(self._since_access_ended, super().get_session_auth_fallback_hash())

    def _since_access_ended(self, stays: str) -> str:
        if self.access_ended_at is None:
            return stays
        ended = self.access_ended_at.isoformat()
        return salted_hmac("access ended", ended, secret=stays, algorithm="sha256").hexdigest()
