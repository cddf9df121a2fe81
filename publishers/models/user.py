from collections.abc import Iterator

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from publishers.enums import Role

# Two owners who remove each other at the same moment wait for one another here.
KEEPS_AN_OWNER = """
IF TG_OP = 'UPDATE' THEN
    IF NEW.publisher_id = OLD.publisher_id AND NEW.role = 'owner' AND NEW.is_active THEN
        RETURN NULL;
    END IF;
END IF;
PERFORM 1 FROM publishers_publisher WHERE id = OLD.publisher_id FOR UPDATE;
IF NOT EXISTS (
    SELECT 1 FROM publishers_user
    WHERE publisher_id = OLD.publisher_id AND role = 'owner' AND is_active
) THEN
    RAISE EXCEPTION 'A publisher keeps at least one owner.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'publishers_keeps_an_owner';
END IF;
RETURN NULL;
"""


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
        triggers = [
            pgtrigger.Trigger(
                name="publisher_keeps_an_owner",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(
                    old__publisher__isnull=False, old__role=Role.OWNER, old__is_active=True
                ),
                func=KEEPS_AN_OWNER,
            )
        ]

    def clean(self) -> None:
        """What the database refuses, as a sentence where a form asks."""
        super().clean()
        before = User.objects.filter(pk=self.pk, role=Role.OWNER, is_active=True).first()
        if before is None or before.publisher_id is None:
            return
        stays = (self.publisher_id, self.role, self.is_active)
        others = User.objects.filter(
            publisher_id=before.publisher_id, role=Role.OWNER, is_active=True
        ).exclude(pk=self.pk)
        if stays != (before.publisher_id, Role.OWNER, True) and not others.exists():
            raise ValidationError(
                _("Somebody has to stay the owner: make another person an owner first.")
            )

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
