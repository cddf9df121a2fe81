"""The clock: what has fallen due is run once, in the order of due times, and later if missed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commissions.models import OrderLine, Programme
from compliance.models import Case, ReviewText
from config.clock import tick
from config.models import JobRun, RunState
from config.schedule import DAY, EPOCH, JOBS, MINUTE, NO_OFFSET, Job
from publishers.models import Publisher
from tests.journeys.orders import NOW, RECEIVED, booked, golden_facts, line, order
from tests.journeys.worlds_through import assert_books_agree, books
from tests.journeys.worlds_through import command as run_command

pytestmark = pytest.mark.django_db

START = datetime(2020, 1, 1, 12, 0, 30, tzinfo=UTC)  # the earliest fact: between two minutes
HOUR = timedelta(hours=1)


@pytest.fixture
def start() -> datetime:
    """A world whose only fact is a publisher's registration."""
    Publisher.objects.create(code="anna", email="a@example.net", name="Anna", registered_at=START)
    return START


@dataclass
class Bell:
    """A job that notes when it was run; its facts wait until a run of their time or later."""

    name: str = "bell"
    every: timedelta = HOUR
    offset: timedelta = NO_OFFSET
    facts: list[datetime] = field(default_factory=list)
    rung: list[datetime] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    broken: Callable[[datetime], bool] = lambda _: False
    takes: bool = True

    def run(self, at: datetime) -> dict[str, Any]:
        self.rung.append(at)
        self.log.append(self.name)
        if self.broken(at):
            raise ValueError(f"{self.name} broke")
        if self.takes:
            self.facts = [fact for fact in self.facts if fact > at]
        return {"rung": len(self.rung)}

    def by_fact(self) -> Job:
        """As a job that is due for each fact."""
        return Job(self.name, self.every, self.offset, self.run,
                   since=lambda _: min(self.facts, default=None))  # fmt: skip

    def by_last(self, *, late: bool = True) -> Job:
        """As a job whose last due time serves for all."""
        return Job(self.name, self.every, self.offset, self.run, late=late,
                   pending=lambda: bool(self.facts))  # fmt: skip


def hours(count: float) -> datetime:
    return datetime(2020, 1, 1, 12, tzinfo=UTC) + count * HOUR


def run_rows() -> list[tuple[str, datetime, str, int]]:
    rows = JobRun.objects.order_by("due_at", "id")
    return list(rows.values_list("job", "due_at", "state", "attempts"))


# --- due times ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "offset", "until", "last"),
    [
        (MINUTE, NO_OFFSET, "12:00:59.999999", "12:00"),
        (MINUTE, NO_OFFSET, "12:01:00", "12:01"),
        (DAY, timedelta(minutes=30), "00:30", "00:30"),
        (DAY, timedelta(hours=1), "01:00:00.000001", "01:00"),
    ],
)
def test_due_times_are_whole_periods_since_the_epoch_and_an_offset(every, offset, until, last):
    job = Job("one", every, offset, lambda _: {})
    day = "2020-02-29T{}+00:00"
    found = job.last_due(datetime.fromisoformat(day.format(until)))
    assert found == datetime.fromisoformat(day.format(last))
    assert job.next_due(found) == found + every
    assert job.next_due(found - timedelta(microseconds=1)) == found
    assert (found - EPOCH - offset) % every == timedelta()


def test_the_last_due_time_of_a_day_before_its_offset_is_of_the_day_before():
    job = Job("one", DAY, timedelta(hours=1), lambda _: {})
    assert job.last_due(datetime(2020, 3, 1, 0, 59, tzinfo=UTC)) == datetime(
        2020, 2, 29, 1, tzinfo=UTC
    )


def test_a_fact_is_taken_up_at_the_first_due_time_from_it_on(start):
    bell = Bell(facts=[hours(3), hours(5.5), hours(5.6)])
    tick(until=hours(24), jobs=[bell.by_fact()])
    assert bell.rung == [hours(3), hours(6)]


def test_a_job_whose_last_run_serves_for_all_runs_at_the_last_due_time(start):
    bell = Bell(facts=[hours(3)])
    tick(until=hours(23.5), jobs=[bell.by_last()])
    assert bell.rung == [hours(23)]
    row = JobRun.objects.get()
    assert (row.covers_from, row.due_at) == (hours(1), hours(23))


def test_the_first_tick_starts_at_the_earliest_fact(start):
    """What lies before it is not caught up since 1970."""
    bell = Bell()
    tick(until=hours(5), jobs=[bell.by_fact()])
    row = JobRun.objects.get()
    assert (row.covers_from, row.due_at) == (hours(1), hours(5))
    assert row.result == {"nothing_to_do": True}


def test_the_earliest_fact_may_be_an_order_or_a_text():
    programme = golden_facts()
    assert programme.code == "aliexpress"
    booked(order(1, created_time="2016-05-01 00:00:30"))
    tick(until=NOW, jobs=[Bell().by_fact()])
    earliest = OrderLine.objects.get().created_at
    assert JobRun.objects.get().covers_from - earliest < HOUR
    JobRun.objects.all().delete()
    posted = datetime(2015, 5, 1, 0, 0, tzinfo=UTC)
    ReviewText.objects.create(review_id="r", posted_at=posted, text="")
    tick(until=NOW, jobs=[Bell().by_fact()])
    assert JobRun.objects.get().covers_from == posted  # a due time itself is covered


def test_without_facts_there_is_nothing_to_tick():
    bell = Bell()
    assert tick(until=hours(5), jobs=[bell.by_fact(), Bell("last").by_last()]).runs == []
    assert not bell.rung


def test_a_tick_until_before_the_first_fact_does_nothing(start):
    bell = Bell(facts=[hours(1)])
    assert tick(until=start - HOUR, jobs=[bell.by_fact()]).runs == []
    tick(until=hours(2), jobs=[bell.by_fact()])
    assert bell.rung == [hours(1)]


# --- order -------------------------------------------------------------------------------------


def test_jobs_run_in_the_order_of_their_due_times(start):
    log: list[str] = []
    late = Bell("late", facts=[hours(4)], log=log)
    early = Bell("early", facts=[hours(2), hours(5)], log=log)
    tick(until=hours(9), jobs=[late.by_fact(), early.by_fact()])
    assert log == ["early", "late", "early"]


def test_jobs_due_at_the_same_time_keep_their_order(start):
    log: list[str] = []
    bells = [Bell(name, facts=[hours(2), hours(3)], log=log) for name in ("c", "a", "b")]
    tick(until=hours(9), jobs=[bell.by_fact() for bell in bells])
    assert log == ["c", "a", "b"] * 2


def test_work_that_one_job_makes_for_an_earlier_one_is_done_in_the_same_tick(start):
    """A run at three o'clock brings a fact of one o'clock for a job that had passed it: it is
    taken up at the next due time."""
    log: list[str] = []
    first = Bell("first", facts=[hours(2)], log=log)
    second = Bell("second", facts=[hours(3)], log=log)
    work = second.by_fact()

    def run(at: datetime) -> dict[str, Any]:
        first.facts.append(hours(1))
        return second.run(at)

    maker = Job(work.name, work.every, work.offset, run, since=work.since)
    tick(until=hours(9.5), jobs=[first.by_fact(), maker])
    assert log == ["first", "second", "first"]
    assert first.rung == [hours(2), hours(3)]


# --- again, and later --------------------------------------------------------------------------


def test_a_second_tick_does_nothing(start):
    bells = [Bell("a", facts=[hours(2)]), Bell("b", facts=[hours(3)])]
    jobs = [bells[0].by_fact(), bells[1].by_last()]
    assert len(tick(until=hours(9.5), jobs=jobs).runs) == 2
    rows = run_rows()
    assert tick(until=hours(9.5), jobs=jobs).runs == []
    assert tick(until=hours(4), jobs=jobs).runs == []
    assert run_rows() == rows


@pytest.mark.parametrize("steps", [1, 2, 3, 9, 60])
def test_caught_up_in_any_steps_facts_are_taken_up_at_the_same_due_times(start, steps):
    facts = [hours(0.1), hours(2), hours(2.5), hours(3), hours(8), hours(8.9)]
    bell = Bell(facts=[*facts])
    for step in range(1, steps + 1):
        tick(until=hours(10 * step / steps), jobs=[bell.by_fact()])
    assert bell.rung == [hours(1), hours(2), hours(3), hours(8), hours(9)]
    assert {row[2:] for row in run_rows()} == {("done", 1)}


def test_the_real_jobs_month_by_month_come_to_the_same_as_at_once():
    golden_facts()
    Programme.objects.update(minimum_age_days=45)
    booked(order(1, source="eve-site"), order(2, source="boris-cb"), order(3, status=RECEIVED))
    posted = datetime(2019, 4, 20, 10, tzinfo=UTC)
    text = "https://go.permille.example/c/eve-site"
    ReviewText.objects.create(review_id="r1", posted_at=posted, text=text)
    for month in range(1, 13):
        tick(until=datetime(2019, month, 1, tzinfo=UTC))
    tick(until=NOW)
    by_months, cases = books(), list(Case.objects.values_list("found_at", "decided_at"))
    assert cases == [(posted, posted)]
    assert (line(1).reason, line(2).status) == ("account_blocked", "confirmed")
    rows = run_rows()
    assert run_command("tick", "--until", "2021-06-01T00:00:00Z").out.startswith("0 runs")
    assert run_rows() == rows
    assert_books_agree()
    assert by_months == books()


def test_a_late_fact_is_taken_up_at_the_instant_of_the_tick(start):
    bell = Bell()
    tick(until=hours(9), jobs=[bell.by_fact()])
    bell.facts.append(hours(2))
    tick(until=hours(9.25), jobs=[bell.by_fact()])
    assert bell.rung == [hours(9.25)]
    bell.facts.append(hours(3))
    tick(until=hours(12.5), jobs=[bell.by_fact()])
    assert bell.rung == [hours(9.25), hours(10)]


def test_a_late_fact_is_taken_up_even_if_the_clock_has_not_moved(start):
    bell = Bell()
    tick(until=hours(9), jobs=[bell.by_fact()])
    bell.facts.append(hours(2))
    tick(until=hours(9), jobs=[bell.by_fact()])
    assert bell.rung == [hours(9)]
    assert run_rows() == [("bell", hours(9), "done", 2)]
    assert JobRun.objects.get().result == {"rung": 1}


def test_late_work_of_a_job_whose_last_run_serves_for_all(start):
    bells = Bell("late"), Bell("timely")
    jobs = [bells[0].by_last(), bells[1].by_last(late=False)]
    tick(until=hours(9), jobs=jobs)
    for bell in bells:
        bell.facts.append(hours(2))
    tick(until=hours(9.5), jobs=jobs)
    assert [bell.rung for bell in bells] == [[hours(9.5)], []]
    tick(until=hours(10), jobs=jobs)
    assert [bell.rung for bell in bells] == [[hours(9.5)], [hours(10)]]


def test_idle_times_are_one_row_a_job_however_often_the_clock_ticks(start):
    bell = Bell(facts=[hours(2)])
    for hour in range(1, 9):
        tick(until=hours(hour), jobs=[bell.by_fact()])
    assert run_rows() == [("bell", hours(2), "done", 1), ("bell", hours(8), "done", 1)]
    assert JobRun.objects.get(due_at=hours(8)).covers_from <= hours(8)


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_failing_job_is_recorded_and_keeps_no_other_from_running(start):
    bad = Bell("bad", facts=[hours(1)], broken=lambda _: True)
    good = Bell("good", facts=[hours(2), hours(4)])
    ticked = tick(until=hours(5), jobs=[bad.by_fact(), good.by_fact()])
    assert good.rung == [hours(2), hours(4)]
    row = JobRun.objects.get(job="bad", due_at=hours(1))
    assert (row.state, row.error) == (RunState.FAILED, "ValueError: bad broke")
    assert {run.job for run in ticked.failed} == {"bad"}
    assert row.finished_at is not None


def test_a_failed_run_is_done_again_by_the_next_tick_at_its_own_due_time(start):
    bad = Bell("bad", facts=[hours(1)], broken=lambda _: True)
    good = Bell("good", facts=[hours(2)])
    jobs = [bad.by_fact(), good.by_fact()]
    tick(until=hours(5), jobs=jobs)
    bad.broken = lambda _: False
    ticked = tick(until=hours(6), jobs=jobs)
    assert [(run.job, run.due_at, run.state) for run in ticked.runs] == [("bad", hours(1), "done")]
    again = JobRun.objects.get(job="bad", due_at=hours(1))
    assert (again.attempts, again.error) == (2, "")
    assert good.rung == [hours(2)]
    assert bad.facts == []


def test_after_a_failure_is_made_good_no_failed_run_is_left_open(start):
    bad = Bell("bad", facts=[hours(1)], broken=lambda _: True)
    tick(until=hours(5), jobs=[bad.by_fact()])
    bad.broken = lambda _: False
    tick(until=hours(6), jobs=[bad.by_fact()])
    assert not JobRun.objects.exclude(state=RunState.DONE).exists(), run_rows()


def test_a_run_cut_short_by_a_kill_is_not_left_running_for_ever(start):
    """Its row says running; the clock was killed before it could say how it ended."""
    bell = Bell(facts=[hours(1)])
    JobRun.objects.create(
        job="bell", due_at=hours(3), state=RunState.RUNNING, started_at=START, covers_from=hours(1)
    )
    tick(until=hours(5), jobs=[bell.by_last()])
    assert bell.rung == [hours(5)]
    dead = JobRun.objects.get(due_at=hours(3))
    assert (dead.state, dead.error) == (RunState.FAILED, "Cut short: its process ended.")


def test_a_job_whose_work_does_not_go_away_does_not_loop(start):
    """Asked by fact it is run once a tick, asked by last at most once more at its end."""
    stuck = [
        Bell("fact", facts=[hours(1)], takes=False),
        Bell("last", facts=[hours(1)], takes=False),
    ]
    other = Bell("other", facts=[hours(4)])
    jobs = [stuck[0].by_fact(), stuck[1].by_last(), other.by_fact()]
    tick(until=hours(5.5), jobs=jobs)
    assert [bell.rung for bell in stuck] == [[hours(1)], [hours(5), hours(5.5)]]
    assert other.rung == [hours(4)]
    tick(until=hours(5.5), jobs=jobs)
    assert all(len(bell.rung) <= 3 for bell in stuck)


def test_a_failing_job_is_tried_once_a_tick_however_many_due_times_have_passed(start):
    """A minute's job that broke years ago is not run for each minute since."""
    jobs = [
        Bell(name, every=MINUTE, facts=[hours(1)], broken=lambda _: True) for name in ("a", "b")
    ]
    ticked = tick(until=hours(24 * 365), jobs=[jobs[0].by_fact(), jobs[1].by_last()])
    assert [len(bell.rung) for bell in jobs] == [1, 1]
    assert len(ticked.failed) == JobRun.objects.count() == 2


def test_the_command_names_the_runs_and_fails_where_one_failed(start, monkeypatch):
    bad = Bell("bad", facts=[hours(1)], broken=lambda _: True)
    monkeypatch.setattr(tick, "__kwdefaults__", {**tick.__kwdefaults__, "jobs": [bad.by_fact()]})
    with pytest.raises(CommandError, match="runs failed"):
        call_command("tick", "--until", "2020-01-01T15:00:00Z")


@pytest.mark.parametrize("text", ["yesterday", "2020-01-01", "2020-01-01T00:00:00"])
def test_an_instant_without_an_offset_is_refused_with_a_sentence(text):
    with pytest.raises(CommandError, match="is not an instant: write ISO-8601 with an offset"):
        call_command("tick", "--until", text)


def test_the_jobs_have_each_a_name_of_their_own_and_one_way_to_say_what_waits():
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert all((job.since is None) != (job.pending is None) for job in JOBS)
