from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from publishers.enums import Scope
from publishers.models.publisher import Publisher

LONGEST_LIFE = timedelta(days=731)  # two years, a leap day among them


class ApiKeyManager(BaseAPIKeyManager):
    """Makes keys and finds them by the text that a machine sends."""

    def assign_key(self, obj: AbstractAPIKey) -> str:
        """Give a row its prefix and hash; the text itself is returned, and kept nowhere."""
        text = super().assign_key(obj)
        # The base's own key carries the hash, which no address and no log should.
        obj.id = None  # type: ignore[assignment]
        return str(text)


class ApiKey(AbstractAPIKey):
    """The key of a machine: a publisher's, or (without a publisher) one of the staff's.

    Its text is shown once; kept are a prefix, by which people tell keys apart, and a hash. It may
    what its scopes say, and never more than the person `user` may at the moment of the call.
    """

    objects = ApiKeyManager()  # type: ignore[misc, assignment]

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    created = None  # type: ignore[assignment]
    publisher = models.ForeignKey(
        Publisher,
        verbose_name=_("publisher"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="api_keys",
        help_text=_("Empty for a machine of the staff."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("with the rights of"),
        on_delete=models.PROTECT,
        related_name="api_keys",
    )
    name = models.CharField(_("name"), max_length=50)
    scopes = ArrayField(
        models.CharField(max_length=32, choices=Scope.choices), verbose_name=_("scopes")
    )
    expiry_date = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: with the block of the account."),
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("key of the API")
        verbose_name_plural = _("keys of the API")
        constraints = [
            models.CheckConstraint(
                name="publishers_key_revoked_when",
                condition=Q(revoked=False, revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked=True, revoked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="publishers_key_lives_two_years_at_most",
                condition=Q(expiry_date__gt=F("made_at"))
                & Q(expiry_date__lte=F("made_at") + LONGEST_LIFE),
            ),
            models.CheckConstraint(
                name="publishers_key_may_something", condition=Q(scopes__len__gt=0)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="api_key_revoked_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked=True),
            ),
            pgtrigger.Protect(name="api_key_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def stands(self, at: datetime) -> bool:
        """Whether it is neither revoked nor over; `publishers.keys` says what else closes it."""
        return not self.revoked and at < self.expiry_date
