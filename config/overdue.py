"""Jobs that should have run: what the first page warns of, and the list of runs shows."""

from datetime import datetime, timedelta

from config.models import JobRun
from config.schedule import JOBS

# A clock that rings every minute may miss a few; beyond this it stands still.
PATIENCE = timedelta(minutes=10)


def last_runs() -> list[JobRun]:
    """The last run of each job that ever ran: one question, an index's first row for each job."""
    latest = [
        JobRun.objects.filter(job=job.name).order_by("-due_at").values("pk")[:1] for job in JOBS
    ]
    keys = latest[0].union(*latest[1:], all=True)
    return list(JobRun.objects.filter(pk__in=[row["pk"] for row in keys]))


def overdue_runs(now: datetime) -> list[JobRun]:
    """The last runs of jobs whose next due time has passed, and a while more.

    A clock that rings notes even of a job without work that it came by.
    """
    jobs = {job.name: job for job in JOBS}
    return [run for run in last_runs() if jobs[run.job].next_due(run.due_at) + PATIENCE < now]
