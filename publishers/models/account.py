"""What people do with an account: consent, invitations, devices, closing, exports."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from publishers.enums import ExportState, Role
from publishers.models.publisher import Publisher


class TermsConsent(models.Model):
    """Somebody accepted the terms as they stood: which version, and when."""

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.CASCADE, related_name="consents"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.PROTECT
    )
    version = models.DateField(_("terms of"))
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("consent to the terms")
        verbose_name_plural = _("consents to the terms")
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="publishers_consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publisher.code}: {self.version:%Y-%m-%d}"


class Invitation(models.Model):
    """Somebody is asked to work for a publisher. The link's secret itself is not kept."""

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("invited"))
    used_at = models.DateTimeField(_("accepted"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                F("publisher"),
                Lower("email"),
                name="publishers_invitation_open_once",
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher.code}: {self.email}"


class Device(models.Model):
    """A browser in which somebody is signed in; the row goes with its session."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices"
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    name = models.CharField(_("device"), max_length=200)
    address = models.GenericIPAddressField(_("network address"), null=True)
    begun_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        ordering = ["-seen_at", "-id"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name


class AccountClosing(models.Model):
    """A publisher closed its account; it may open it again for a while."""

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="closings"
    )
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reopened_at = models.DateTimeField(_("opened again"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-closed_at"]
        verbose_name = _("closing of an account")
        verbose_name_plural = _("closings of accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["publisher"],
                name="publishers_closing_stands_once",
                condition=Q(reopened_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher.code} {self.closed_at:%Y-%m-%d}"


class DataExport(models.Model):
    """All of a publisher's own data as one file: asked for, made by a job, kept for some days."""

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.CASCADE, related_name="exports"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(
        _("state"), max_length=10, choices=ExportState.choices, default=ExportState.WAITING
    )
    parts_done = models.PositiveIntegerField(_("parts done"), default=0)
    parts = models.PositiveIntegerField(_("parts"), default=0)
    file = models.FileField(_("file"), upload_to="exports/", blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("export of an account's data")
        verbose_name_plural = _("exports of accounts' data")
        constraints = [
            models.UniqueConstraint(
                fields=["publisher"],
                name="publishers_export_waits_once",
                condition=Q(state__in=[ExportState.WAITING, ExportState.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher.code} {self.asked_at:%Y-%m-%d}"
