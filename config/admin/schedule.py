"""The tables of beat, to read: the calendar itself comes from code."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.figures import instant

for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(model)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ReadOnlyAdmin):
    """What beat rings for, and when it last did."""

    list_display = ("name", "task", "enabled", "interval", "crontab", "last_run", "total_run_count")
    list_select_related = ("interval", "crontab", "solar", "clocked")
    search_fields = ("name", "task")
    empty_hint = _("Beat has not read the calendar yet: it does when it starts.")

    @admin.display(description=_("last run"))
    def last_run(self, task: PeriodicTask) -> str:
        return instant(task.last_run_at, seconds=True)


@admin.register(IntervalSchedule)
class IntervalAdmin(ReadOnlyAdmin):
    """Every so often."""

    search_fields = ("period",)


@admin.register(CrontabSchedule)
class CrontabAdmin(ReadOnlyAdmin):
    """By the calendar."""

    search_fields = ("minute", "hour")


@admin.register(SolarSchedule)
class SolarAdmin(ReadOnlyAdmin):
    """By the sun."""

    search_fields = ("event",)


@admin.register(ClockedSchedule)
class ClockedAdmin(ReadOnlyAdmin):
    """Once."""

    search_fields = ("clocked_time",)
