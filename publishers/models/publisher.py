from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishers.enums import LetterKind
from publishers.periods import DatedModel, period_constraints

# What a link can carry: the longest run of these characters is the code.
code_validator = RegexValidator(
    r"^[A-Za-z0-9_-]{1,64}$",
    _("A code is 1 to 64 letters, digits, hyphens or underscores."),
)


def zone_validator(name: str) -> None:
    """Refuses what is no time zone."""
    if name not in available_timezones():
        raise ValidationError(
            _("There is no time zone %(name)s: choose one such as Europe/Moscow."),
            params={"name": name},
        )


class Publisher(models.Model):
    """A webmaster, blogger or cashback service that brings buyers and earns commission."""

    code = models.CharField(
        _("code"), max_length=64, unique=True, validators=[code_validator], db_collation="C"
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    registered_at = models.DateTimeField(_("registered"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        db_default="",
        validators=[zone_validator],
        help_text=_("Empty: the programme's own."),
    )
    letters_off = ArrayField(
        models.CharField(max_length=20, choices=LetterKind.choices),
        verbose_name=_("letters not wanted"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Kinds of letters that are kept, but not sent."),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class AccountBlock(DatedModel):
    """Why and since when an account is blocked. It is blocked while any of its blocks is open.

    Two cases may block one account; overturning one leaves the other's block standing.
    """

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="blocks"
    )
    ground = models.CharField(
        _("ground"), max_length=64, help_text=_("What the block rests on, such as a case's number.")
    )
    valid_from = models.DateTimeField(_("from"))

    class Meta:
        verbose_name = _("account block")
        verbose_name_plural = _("account blocks")
        ordering = ["-valid_from"]
        constraints = period_constraints("publishers_block", "publisher", "ground")

    def __str__(self) -> str:
        return f"{self.publisher.code}: {self.ground}"
