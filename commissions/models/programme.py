from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.enums import SetKind
from publishers.figures import in_own_language
from publishers.periods import DatedModel, period_constraints


class Programme(models.Model):
    """A merchant's affiliate programme: its calendar, currency and habits."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    feed_time_zone = models.CharField(_("time zone of the feed"), max_length=64)
    minimum_age_days = models.PositiveIntegerField(
        _("minimum age before confirmation, days"),
        default=0,
        help_text=_("0: a settled order is confirmed at once."),
    )
    settlement_limit_days = models.PositiveIntegerField(
        _("days after which an unsettled order is listed"), default=180
    )
    highest_rate_bp = models.PositiveIntegerField(
        _("highest rate a rule may give, hundredths of a percent"),
        default=7_000,
        help_text=_("A draft with a rule beyond it is not published. 7000 is 70 %."),
    )
    feed_revision = models.BigIntegerField(
        _("revision of the feed"),
        default=0,
        editable=False,
        help_text=_("Counts the batches and mended rows that were booked."),
    )
    aged_at = models.DateTimeField(
        _("age reckoned at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The due time of the last daily confirmation."),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name


class ConfirmationTime(models.Model):
    """How long orders took from being placed to being settled, as last measured (F22, F23)."""

    programme = models.OneToOneField(
        Programme, on_delete=models.CASCADE, related_name="confirmation_time"
    )
    measured_at = models.DateTimeField(_("measured"))
    lines = models.BigIntegerField(_("lines"))
    median_days = models.PositiveIntegerField(_("half of them within, days"))
    slow_days = models.PositiveIntegerField(_("nine in ten of them within, days"))

    class Meta:
        verbose_name = _("confirmation time")
        verbose_name_plural = _("confirmation times")

    def __str__(self) -> str:
        return f"{self.median_days}"


class NamedSet(models.Model):
    """Countries, categories, stores or traffic types that rules refer to by one name."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="named_sets")
    kind = models.CharField(_("kind"), max_length=16, choices=SetKind)
    code = models.SlugField(_("code"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_ru = models.CharField(_("name in Russian"), max_length=120)

    class Meta:
        ordering = ["programme", "kind", "code"]
        verbose_name = _("named set")
        verbose_name_plural = _("named sets")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="commissions_set_code_once",
                violation_error_message=_("The programme has a set of this code already."),
            )
        ]

    def __str__(self) -> str:
        return in_own_language(self, "name")


class SetMember(DatedModel):
    """One value of a named set, from when to when."""

    named_set = models.ForeignKey(NamedSet, on_delete=models.CASCADE, related_name="members")
    value = models.CharField(_("value"), max_length=64, db_collation="C")
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        ordering = ["named_set", "value", "valid_from"]
        verbose_name = _("member of a set")
        verbose_name_plural = _("members of sets")
        constraints = period_constraints("commissions_member", "named_set", "value")

    def __str__(self) -> str:
        return f"{self.named_set.code}: {self.value}"
