"""Every measured path once over a few lines, each compared with the plain engine before timing."""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from commissions.models import Programme
from commissions.pipeline.rerating import rerate_pending
from compliance.operations import block_account, overturn_case
from config.bench.account_block import open_case
from config.bench.books import empty_books, largest_publisher
from config.bench.children import import_apart
from config.bench.exactness import require_exact
from config.bench.feed_files import first_word, month_later, write_feed
from config.bench.rule_change import OTHER_BP, publish_rate
from config.bench.world import World

LINES = 20_000


def rehearse(programme: Programme, world: World, folder: Path) -> None:
    """Import, import again, change a rule, block, undo both, import what came later.

    After each the stored lines must be what the plain engine says. Raises Inexact. The books are
    empty afterwards.
    """
    lines = first_word(world, 0).head(LINES)
    first, later = folder / "few.csv", folder / "few-later.csv"
    write_feed(lines, first)
    write_feed(month_later(lines), later)
    empty_books()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("the import", lambda: import_apart(first)),
        ("the second import", lambda: import_apart(first)),
        ("the rule change's undoing", lambda: _change_rule(programme)),
        ("the block's undoing", lambda: _block(programme)),
        ("the import of a month later", lambda: import_apart(later)),
    ]
    for name, step in steps:
        step()
        require_exact(programme, name)
    empty_books()


def _change_rule(programme: Programme) -> None:
    before = publish_rate(programme, OTHER_BP)
    rerate_pending(at=timezone.now())
    require_exact(programme, "the rule change")
    publish_rate(programme, before)
    rerate_pending(at=timezone.now())


def _block(programme: Programme) -> None:
    case = open_case(largest_publisher(), "rehearsal")
    block_account(case_id=case.pk, by=None, at=timezone.now(), reason="")
    require_exact(programme, "the block")
    overturn_case(case_id=case.pk, by=None, at=timezone.now(), reason="The rehearsal is over.")
