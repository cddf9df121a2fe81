from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from config.admin.load_world import load_world_view
from config.models import JobRun, RunState
from config.overdue import overdue_runs
from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.figures import instant


class OverdueFilter(admin.SimpleListFilter):
    """The last runs of the jobs that should have run since."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("last run of an overdue job"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "yes":
            return queryset.filter(pk__in=[run.pk for run in overdue_runs(timezone.now())])
        return queryset


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """Runs of scheduled jobs; the page that loads a world stands here too."""

    list_display = ("job", "due", "shown_state", "started", "finished", "attempts", "outcome")
    list_filter = ("state", "job", OverdueFilter)
    search_fields = ("=job",)
    search_help_text = _("Name of the job")
    empty_hint = _("No job has run yet. The command tick runs what is due.")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(load_world_view(self))
        return [path("load-world/", view, name="load_world"), *super().get_urls()]

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, run: JobRun) -> str:
        return instant(run.due_at)

    @display(
        description=_("state"),
        ordering="state",
        label={RunState.RUNNING: "info", RunState.DONE: "success", RunState.FAILED: "danger"},
    )
    def shown_state(self, run: JobRun) -> tuple[str, Any]:
        return run.state, RunState(run.state).label

    @admin.display(description=_("started"))
    def started(self, run: JobRun) -> str:
        return instant(run.started_at, seconds=True)

    @admin.display(description=_("finished"))
    def finished(self, run: JobRun) -> str:
        return instant(run.finished_at, seconds=True)

    @admin.display(description=_("result"))
    def outcome(self, run: JobRun) -> str:
        if run.error:
            return run.error.strip().splitlines()[-1][:120]
        return ", ".join(f"{key}: {value}" for key, value in run.result.items())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
