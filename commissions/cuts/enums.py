"""What lines are cut by, and which of their instants counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DateKind(models.TextChoices):
    """Which of a line's instants says to which day it belongs."""

    PLACED = "placed", _("when the order was placed")
    CLICKED = "clicked", _("when the link was clicked")
    SETTLED = "settled", _("when the merchant settled it")


class CutBy(models.TextChoices):
    """What the rows of a cut are."""

    DAY = "day", pgettext_lazy("cut", "day")
    WEEK = "week", pgettext_lazy("cut", "week")
    MONTH = "month", pgettext_lazy("cut", "month")
    SOURCE = "source", pgettext_lazy("cut", "source")
    COUNTRY = "country", pgettext_lazy("cut", "country")
    SUB1 = "sub1", pgettext_lazy("cut", "sub id 1")
    SUB2 = "sub2", pgettext_lazy("cut", "sub id 2")
    SUB3 = "sub3", pgettext_lazy("cut", "sub id 3")
    SUB4 = "sub4", pgettext_lazy("cut", "sub id 4")
    SUB5 = "sub5", pgettext_lazy("cut", "sub id 5")
    RULE = "rule", pgettext_lazy("cut", "rule")
    STATUS = "status", pgettext_lazy("cut", "status")


SUBS = (CutBy.SUB1, CutBy.SUB2, CutBy.SUB3, CutBy.SUB4, CutBy.SUB5)
# Rows of these are periods of time, in its order.
BY_TIME = (CutBy.DAY, CutBy.WEEK, CutBy.MONTH)


class Lacking(models.TextChoices):
    """What a line may lack, where what it has is named by a value."""

    CLICK = "click", _("no click known")
    RULE = "rule", _("no rule")
    SUB1 = "sub1", _("sub id 1 empty")
    SUB2 = "sub2", _("sub id 2 empty")
    SUB3 = "sub3", _("sub id 3 empty")
    SUB4 = "sub4", _("sub id 4 empty")
    SUB5 = "sub5", _("sub id 5 empty")


class Preset(models.TextChoices):
    """Periods that need no dates. Those that run now end with today."""

    TODAY = "today", _("today")
    YESTERDAY = "yesterday", _("yesterday")
    SEVEN_DAYS = "seven_days", _("7 days")
    THIS_MONTH = "this_month", _("this month")
    LAST_MONTH = "last_month", _("last month")
    THIS_YEAR = "this_year", _("this year")
    OWN = "own", _("own period")


class FileFormat(models.TextChoices):
    """What a file of lines is written as."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportState(models.TextChoices):
    """The life of a file that is made in the background; the row is the work."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
