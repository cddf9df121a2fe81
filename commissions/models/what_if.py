from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.enums import Dimension, LineStatus, WhatIfState
from commissions.models.rulebook import Rulebook
from publishers.models import User


class WhatIf(models.Model):
    """A rulebook tried on stored lines, without touching the books.

    The lines placed in `[from_at, to_at)` (empty end: open) are decided as if the rulebook had
    been in force then. Amounts in cents.
    """

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="what_ifs")
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("Of what the rulebook said when it was tried.")
    )
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"), null=True, blank=True)
    asked_by = models.ForeignKey(
        User, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(
        _("state"), max_length=16, choices=WhatIfState, default=WhatIfState.QUEUED
    )
    orders_total = models.BigIntegerField(_("orders to try"), null=True)
    orders_done = models.BigIntegerField(_("orders tried"), default=0)
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    # Looked at between two batches, and never written by whoever runs the what-if.
    stop_asked_at = models.DateTimeField(_("asked to stop"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        constraints = [
            models.CheckConstraint(
                name="commissions_what_if_period_runs_forward",
                condition=models.Q(to_at__isnull=True) | models.Q(to_at__gt=models.F("from_at")),
                violation_error_message=_("The period must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class WhatIfFigure(models.Model):
    """Figures of a what-if for one key of one dimension."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="figures")
    dimension = models.CharField(_("broken down by"), max_length=16, choices=Dimension)
    key = models.TextField(_("key"), blank=True)
    lines = models.BigIntegerField(_("lines"))
    lines_changed = models.BigIntegerField(_("lines changed"))
    before_cents = models.BigIntegerField(_("commission as booked"))
    after_cents = models.BigIntegerField(_("commission then"))

    class Meta:
        verbose_name = _("figure of a what-if")
        verbose_name_plural = _("figures of what-ifs")
        constraints = [
            models.UniqueConstraint(
                fields=["what_if", "dimension", "key"], name="commissions_what_if_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {self.key}"


class WhatIfLine(models.Model):
    """One of the lines that change most, as booked and as it would be."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField(_("place"))
    line_id = models.BigIntegerField(_("order line"))
    sub_order_id = models.CharField(_("sub-order"), max_length=40)
    publisher_id = models.BigIntegerField(_("publisher"), null=True)
    before_status = models.CharField(_("status as booked"), max_length=16, choices=LineStatus)
    after_status = models.CharField(_("status then"), max_length=16, choices=LineStatus)
    before_rule = models.CharField(_("rule as booked"), max_length=40, blank=True)
    after_rule = models.CharField(_("rule then"), max_length=40, blank=True)
    before_cents = models.BigIntegerField(_("commission as booked"))
    after_cents = models.BigIntegerField(_("commission then"))

    class Meta:
        ordering = ["place"]
        verbose_name = _("line of a what-if")
        verbose_name_plural = _("lines of what-ifs")
        constraints = [
            models.UniqueConstraint(
                fields=["what_if", "place"], name="commissions_what_if_line_place_once"
            )
        ]

    def __str__(self) -> str:
        return self.sub_order_id
