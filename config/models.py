from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class JobRun(models.Model):
    """One run of a scheduled job. Keyed by its due time: two clocks make one run."""

    job = models.SlugField(_("job"), max_length=40)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=16, choices=RunState)
    covers_from = models.DateTimeField(
        _("covers from"),
        null=True,
        help_text=_("The first due time taken together with this one."),
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-due_at", "job"]
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        constraints = [
            models.UniqueConstraint(fields=["job", "due_at"], name="config_run_once"),
        ]
        indexes = [
            # What staff have to look at, among the runs of years.
            models.Index(
                fields=["-due_at"],
                name="config_run_failed",
                condition=models.Q(state=RunState.FAILED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.due_at:%Y-%m-%d %H:%M}"
