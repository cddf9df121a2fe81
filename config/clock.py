"""Run what has fallen due: what `manage.py tick` and beat have in common."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from config.models import JobRun, RunState
from config.schedule import JOBS, Job, earliest_fact

TICK = timedelta(microseconds=1)
_CLOCK = 0x9E14  # the advisory lock that makes one clock of several


@dataclass
class Ticked:
    """What a tick did: its runs in their order, those that failed among them."""

    runs: list[JobRun] = field(default_factory=list)

    @property
    def failed(self) -> list[JobRun]:
        return [run for run in self.runs if run.state == RunState.FAILED]


def tick(
    *,
    until: datetime,
    jobs: Sequence[Job] = JOBS,
    on_run: Callable[[JobRun], None] = lambda _: None,
) -> Ticked:
    """Run every job that has fallen due up to an instant, in the order of due times.

    Due times at which a job had nothing to do are taken together with its next run. Facts that
    came after their due time had passed are taken up at `until`. Twice is the same as once.
    A job that failed, or left the work it was run for, is run again by the next tick.
    """
    ticked = Ticked()
    with _one_clock():
        _note_dead_runs(jobs)
        start = min(earliest_fact() or until, until)
        reached = {job.name: _last_done(job) or start - TICK for job in jobs}
        tried: set[tuple[str, datetime]] = set()
        able = list(jobs)
        while due := _next(able, reached, tried, until):
            at, job = due
            tried.add((job.name, at))
            run = _run(job, at, covers_from=min(at, job.next_due(reached[job.name])))
            reached[job.name] = max(at, reached[job.name])
            ticked.runs.append(run)
            on_run(run)
            if run.state == RunState.FAILED or _left_its_work(job, at, until):
                able.remove(job)
        broken = {run.job for run in ticked.failed}
        for job in jobs:
            if job.name not in broken:
                _note_idle(job, reached[job.name], until)
    return ticked


def _next(
    jobs: Sequence[Job],
    reached: dict[str, datetime],
    tried: set[tuple[str, datetime]],
    until: datetime,
) -> tuple[datetime, Job] | None:
    """The job that is due first and has work, and when; None when all is done up to `until`."""
    candidates = [
        (due, place, job)
        for place, job in enumerate(jobs)
        if (due := _due(job, reached[job.name], until)) is not None and (job.name, due) not in tried
    ]
    for due, _, job in sorted(candidates, key=lambda candidate: candidate[:2]):
        # Asked last and only of the first in line: such a question may look at all the books.
        if job.pending is None or job.pending():
            return due, job
    return None


def _due(job: Job, reached: datetime, until: datetime) -> datetime | None:
    """When the job would run next; None where it has nothing to do up to `until`."""
    if job.since is None:
        last = job.last_due(until)
        if last > reached:
            return last
        return max(until, reached) if job.late else None
    since = job.since(until)
    if since is None or since > until:
        return None
    due = job.next_due(max(reached, since - TICK))
    if due <= until:
        return due
    # The due times up to `until` are behind the clock. A fact that came late is taken up now;
    # one that fell after the last of them waits for the next.
    return max(until, reached) if since <= reached else None


def _left_its_work(job: Job, at: datetime, until: datetime) -> bool:
    """Whether what the job was run for waits on: it would else be run at every due time to come."""
    since = job.since(until) if job.since is not None else None
    return since is not None and since <= at


def _note_dead_runs(jobs: Sequence[Job]) -> None:
    """Whoever holds the clock is the only one: a run still under way was killed."""
    JobRun.objects.filter(job__in=[job.name for job in jobs], state=RunState.RUNNING).update(
        state=RunState.FAILED, finished_at=timezone.now(), error="Cut short: its process ended."
    )


def _run(job: Job, at: datetime, *, covers_from: datetime) -> JobRun:
    """One run as a row keyed by its due time; a run that failed before is done again."""
    now = timezone.now()
    run, new = JobRun.objects.get_or_create(
        job=job.name, due_at=at,
        defaults={"state": RunState.RUNNING, "started_at": now, "covers_from": covers_from},
    )  # fmt: skip
    if not new:
        JobRun.objects.filter(pk=run.pk).update(
            state=RunState.RUNNING, started_at=now, attempts=F("attempts") + 1, error=""
        )
        run.refresh_from_db()
    try:
        run.result = job.run(at)
        run.state = RunState.DONE
    except Exception as error:  # noqa: BLE001 - a broken job must not keep the others from running
        run.state = RunState.FAILED
        run.error = f"{type(error).__name__}: {error}"[:2_000]
    run.finished_at = timezone.now()
    run.save()
    return run


def _note_idle(job: Job, reached: datetime, until: datetime) -> None:
    """Note that nothing was to be done at the due times since the last run, in one row."""
    last_due = job.last_due(until)
    if last_due <= reached:
        return
    now = timezone.now()
    JobRun.objects.update_or_create(
        job=job.name, due_at=last_due,
        defaults={"state": RunState.DONE, "covers_from": job.next_due(reached), "started_at": now,
                  "finished_at": now, "result": {"nothing_to_do": True}},
    )  # fmt: skip
    # Idle notes say only how far the clock came: one a job is enough.
    idle = JobRun.objects.filter(job=job.name, result={"nothing_to_do": True})
    idle.exclude(due_at=last_due).delete()


def _last_done(job: Job) -> datetime | None:
    done = JobRun.objects.filter(job=job.name, state=RunState.DONE).order_by("-due_at")
    return done.values_list("due_at", flat=True).first()


@contextmanager
def _one_clock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [_CLOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_CLOCK])
