"""P4: a rulebook that changes the rate of one group of categories, and the UPDATE beside it."""

import time
from dataclasses import dataclass, replace

from django.db import connection
from django.utils import timezone

from commissions.models import Programme
from commissions.operations.rulebooks import (
    approve_publication,
    ask_publication,
    ask_what_if,
    import_rulebook,
)
from commissions.pipeline.rerating import rerate_pending
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.document import document_of
from commissions.rulebooks.what_if.running import run_what_if
from config.bench.books import rest
from config.bench.fact_rows import STAFF
from config.bench.floors import statement_seconds
from publishers.models import User

RULE = "electronics"
OTHER_BP = 310  # instead of 240
_COPY = """
    CREATE TABLE bench_line (LIKE commissions_orderline INCLUDING INDEXES);
    INSERT INTO bench_line SELECT * FROM commissions_orderline;
"""
# Lines that were written; `changed` where that was not for the rulebook's number alone.
_COMPARE = """
    CREATE TABLE bench_changed AS
    SELECT id, changed FROM (
        SELECT l.id, l.* IS DISTINCT FROM b.* AS written,
               (l.rate_bp, l.rated_cents, l.commission_cents, l.status, l.reason)
               IS DISTINCT FROM
               (b.rate_bp, b.rated_cents, b.commission_cents, b.status, b.reason) AS changed
          FROM commissions_orderline l JOIN bench_line b ON b.id = l.id
    ) AS compared WHERE written;
"""
_COUNT = "SELECT count(*) FILTER (WHERE changed), count(*) FROM bench_changed"
_UPDATE = (
    "UPDATE bench_line SET commission_cents = commission_cents + 1, revision = revision + 1"
    " WHERE id IN (SELECT id FROM bench_changed{})"
)


@dataclass(frozen=True)
class RuleChange:
    """seconds: of the re-rating; floor: of the UPDATE of the `changed` lines whose rate or amount
    changed; floor_of_written: of all lines that were written, `written` of them.
    """

    seconds: float
    floor: float
    floor_of_written: float
    changed: int
    written: int


def publish_rate(programme: Programme, rate_bp: int) -> int:
    """Publish a rulebook in place of the one in force, with another rate of the group.

    What stands before a publication, the trial on the past included, is done here. Returns the
    rate before, in hundredths of a percent.
    """
    now = timezone.now()
    ruling = calendar.in_force(programme, now)
    if ruling is None:
        raise LookupError("No rulebook is in force.")
    book = document_of(ruling)
    before = next(rule.outcome.rate_bp for rule in book.rules if rule.code == RULE)
    _publish(programme, _with_rate(book, rate_bp))
    return before


def _with_rate(book: RulebookFile, rate_bp: int) -> RulebookFile:
    rules = tuple(
        replace(rule, outcome=replace(rule.outcome, rate_bp=rate_bp)) if rule.code == RULE else rule
        for rule in book.rules
    )
    return replace(book, rules=rules)


def _publish(programme: Programme, book: RulebookFile) -> None:
    author, approver = (User.objects.get(username=name) for name in STAFF)
    at = timezone.now()
    draft = import_rulebook(programme_id=programme.pk, book=book, by=author, at=at)
    trial = ask_what_if(
        rulebook_id=draft.pk,
        from_at=draft.starts_at,
        to_at=calendar.ends_at(draft),
        by=author,
        at=at,
    )
    run_what_if(what_if_id=trial.pk)
    ask_publication(rulebook_id=draft.pk, reason="The merchant's new rates.", by=author, at=at)
    approve_publication(rulebook_id=draft.pk, by=approver, at=at)


def measure_rule_change(programme: Programme) -> RuleChange:
    """Publish, re-rate timed, measure the UPDATE on a copy of the lines, and undo all of it."""
    _copy_lines()
    before = publish_rate(programme, OTHER_BP)
    rest()
    started = time.perf_counter()
    rerate_pending(at=timezone.now())
    seconds = time.perf_counter() - started
    changed, written = _note_changed()
    rest("bench_line", "bench_changed")
    floor = statement_seconds(_UPDATE.format(" WHERE changed"))
    rest("bench_line")
    floor_of_written = statement_seconds(_UPDATE.format(""))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_line, bench_changed")
    publish_rate(programme, before)
    rerate_pending(at=timezone.now())
    return RuleChange(seconds, floor, floor_of_written, changed, written)


def _copy_lines() -> None:
    """The lines as they are, with the same indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_COPY)


def _note_changed() -> tuple[int, int]:
    """Note which lines the re-rating wrote, and of which it changed rate or amount; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE)
        cursor.execute(_COUNT)
        changed, written = cursor.fetchone()
    return changed, written
