"""A large import killed again and again, at whatever it is doing: the books are those of one run.

The bench's own world and file. The process that imports is killed after so many bytes of the
database's log, which says how far it is, whatever the machine's speed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config.bench.books import empty_books
from config.bench.fact_rows import write_facts
from config.bench.feed_files import first_word, write_clicks, write_feed
from config.bench.world import World
from publishers.clicks import load_clicks
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import command

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 6
PATIENCE = 600.0
DIGEST = """
    SELECT md5(string_agg(md5(ROW(l.order_id, l.sub_order_id, l.feed_status, l.created_at,
        l.paid_cents, l.publisher_id, l.source_id, l.click_id, l.rulebook_id, l.rule_id, l.status,
        l.reason, l.rate_bp, l.base_cents, l.rated_cents, l.commission_cents, l.revision)::text),
        '' ORDER BY l.sub_order_id)), count(*) FROM commissions_orderline l
"""
MONEY = """
    SELECT a.publisher_id, a.kind, a.balance_cents, count(t.id), sum(t.amount_cents)
      FROM commissions_ledgeraccount a
      LEFT JOIN commissions_transfer t ON a.id IN (t.credit_id, t.debit_id)
     WHERE a.kind = 'merchant' GROUP BY a.id
    UNION ALL
    SELECT publisher_id, kind, balance_cents, 0, 0 FROM commissions_ledgeraccount
     WHERE kind <> 'merchant'
     ORDER BY 1, 2
"""


def importing(path: Path) -> subprocess.Popen[bytes]:
    """An import of the file in a process of its own, on the database of this test."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return subprocess.Popen(
        [sys.executable, "-m", "config.bench.one_import", str(path)], cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def asked(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def written_bytes() -> int:
    return int(asked("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0][0])


def killed_after(path: Path, log_bytes: int) -> bool:
    """Kill an import once so many bytes of log were written; False: it was over before."""
    begun = written_bytes()
    with importing(path) as child:
        deadline = time.monotonic() + PATIENCE
        while written_bytes() < begun + log_bytes:
            assert time.monotonic() < deadline
            if child.poll() is not None:
                return False
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def to_its_end(path: Path) -> tuple[object, ...]:
    with importing(path) as child:
        assert child.wait(PATIENCE) == 0
    return asked(DIGEST), asked(MONEY)


@pytest.mark.parametrize(
    "rows", [30_000, pytest.param(1_000_000, marks=pytest.mark.deep)], ids="{:,} lines".format
)
def test_a_large_import_killed_at_any_moment_comes_to_the_same_books(tmp_path, rows):
    programme, world = aliexpress(), World(rows)
    write_facts(programme, world)
    lines = first_word(world, 0)
    write_feed(lines, tmp_path / "feed.csv")
    write_clicks(lines, tmp_path / "clicks.csv")
    load_clicks(tmp_path / "clicks.csv")
    begun = written_bytes()
    in_one = to_its_end(tmp_path / "feed.csv")
    whole = written_bytes() - begun
    assert in_one[0][0][1] == rows
    empty_books()

    chance = random.Random(rows)
    kills = [
        killed_after(tmp_path / "feed.csv", chance.randrange(1, whole // 4)) for _ in range(KILLS)
    ]
    assert sum(kills) >= KILLS // 2
    assert to_its_end(tmp_path / "feed.csv") == in_one
    answer = command("verify_books")
    assert answer.exit_code == 0, answer.out
