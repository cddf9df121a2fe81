"""Dated rows: periods are half-open `[valid_from, valid_to)`; an empty end is open."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

RUNS_BACKWARD = _("The period must end after it starts.")


class Period(Func):
    """The row's period as a tstzrange, lower bound included."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class DatedQuerySet(models.QuerySet):
    """Rows that carry `valid_from` and `valid_to`."""

    def in_force(self, at: datetime) -> "DatedQuerySet":
        """Rows whose period holds the instant `at`."""
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=at)
        not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=at)
        return self.filter(started & not_over)


class DatedModel(models.Model):
    """A fact that holds from one instant to another."""

    valid_from = models.DateTimeField(_("from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("to"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError, of a period that runs backward at the field of its end.

        PostgreSQL makes no range of such a period, so the constraints cannot be asked about it.
        """
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            hidden = exclude is not None and "valid_to" in exclude
            raise ValidationError({NON_FIELD_ERRORS if hidden else "valid_to": RUNS_BACKWARD})
        super().validate_constraints(exclude=exclude)


def period_constraints(name: str, *same: str) -> list[models.BaseConstraint]:
    """No two rows alike in `same` overlap, and no period ends before it starts.

    name: prefix of the constraints' names; same: the fields that make two rows rivals.
    """
    return [
        ExclusionConstraint(
            name=f"{name}_periods_apart",
            expressions=[
                (Period("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                *((field, RangeOperators.EQUAL) for field in same),
            ],
            violation_error_message=_(
                "Another row of the same key is in force during this period: "
                "end that one first, or choose other dates."
            ),
        ),
        models.CheckConstraint(
            name=f"{name}_period_runs_forward",
            condition=Q(valid_from__isnull=True)
            | Q(valid_to__isnull=True)
            | Q(valid_to__gt=F("valid_from")),
            violation_error_message=RUNS_BACKWARD,
        ),
    ]
