"""manage.py bench: measures in a database of its own, exact before it is fast."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import polars as pl
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from commissions.models import DailyTotal, OrderLine
from config.bench import rehearsal, running
from config.bench.children import import_apart
from config.bench.exactness import Inexact
from config.bench.feed_files import COLUMNS, first_word, month_later, write_feed
from config.bench.one_import import _timed
from config.bench.rows import IDS, ROWS, NoSuchRow, Row, asked_rows, measured
from config.bench.scratch import NAME
from config.bench.usual_ways import common_seconds, usual_seconds
from config.bench.world import World
from tests.config.stacks import PROJECT

LATER = {row.id for row in ROWS if row.later}


ONE_AT_A_TIME = 0x9E1C


def server() -> psycopg.Connection:
    """A connection to the database that all workers of the tests have in common."""
    return psycopg.connect(os.environ["DATABASE_URL"].replace("postgres:", "postgresql:", 1))


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """The bench's database has one name on a server, and the workers of the tests share theirs."""
    with server() as one:
        one.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield


def databases() -> set[str]:
    with server() as one:
        return {row[0] for row in one.execute("SELECT datname FROM pg_database")}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as people call it, on the servers of the tests."""
    return subprocess.run(
        [sys.executable, "manage.py", "bench", "--rounds", "1", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PERMILLE_PREPARED": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )


# --- A whole run


def test_a_run_prints_every_row_writes_json_and_leaves_no_database(tmp_path):
    told = tmp_path / "bench.json"
    done = bench("--rows", "1000", "--json", str(told))
    assert done.returncode == 0, done.stderr
    table = done.stdout.splitlines()
    assert "fsync off" in table[0]
    for row in ROWS:
        assert any(line.startswith(f"{row.id} ") for line in table), row.id
    figures = json.loads(told.read_text())
    assert set(figures) == {*IDS, "bench", "machine"}
    for row in ROWS:
        figure = figures[row.id]
        assert figure["against"] == row.against
        assert (figure["ratio"] is None) == (row.id in LATER)
    assert figures["P3"]["lines_changed"] >= 350
    assert figures["bench"] == {"rows": 1000, "rounds": 1}
    assert "Round 1 of 1: P5 ... (about" in done.stderr
    assert NAME not in databases()


@pytest.mark.django_db(transaction=True)
def test_a_falsified_line_ends_the_bench_before_anything_is_timed(monkeypatch):
    def falsified(path: Path) -> object:
        done = import_apart(path)
        lines = OrderLine.objects.filter(commission_cents__gt=1)
        wrong = lines.order_by("id").values_list("pk", flat=True)[:1]
        OrderLine.objects.filter(pk__in=list(wrong)).update(commission_cents=1)
        return done

    monkeypatch.setattr(rehearsal, "import_apart", falsified)
    own = connection.settings_dict["NAME"]
    printed = StringIO()
    with pytest.raises(CommandError, match=r"After the import, line \d+ is not .*commission 1 for"):
        call_command("bench", rows=1000, rounds=1, only="P2", stdout=printed)
    assert "P2" not in printed.getvalue()
    assert connection.settings_dict["NAME"] == own
    assert not OrderLine.objects.exists()
    assert NAME not in databases()


@pytest.mark.django_db(transaction=True)
def test_what_an_earlier_run_left_behind_is_replaced(monkeypatch):
    def stop(*_: object) -> None:
        raise Inexact("enough")

    monkeypatch.setattr(running, "rehearse", stop)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    with pytest.raises(CommandError, match="enough"):
        call_command("bench", rows=1000, rounds=1, stdout=StringIO())
    assert NAME not in databases()


# --- What is asked for


def test_only_the_rows_named_are_measured():
    assert [row.id for row in asked_rows("p4, P1")] == ["P1", "P4"]
    assert measured(asked_rows("P1,P10")) == {"P1", "P10"}


def test_a_row_comes_with_those_that_its_step_measures():
    assert [row.id for row in asked_rows("P8")] == ["P8", "P8-common"]
    assert [row.id for row in asked_rows("P2")] == ["P2", "P2-rows"]


def test_an_unknown_row_is_named_with_those_there_are():
    with pytest.raises(NoSuchRow, match=r"no row P77\. Known are: P1, P2"):
        asked_rows("P77")


def test_a_goal_is_a_most_or_a_least():
    assert Row("a", "", "", 2.5).reached(2.5)
    assert not Row("a", "", "", 2.5).reached(2.6)
    assert Row("a", "", "", 75, faster=True).reached(76)
    assert not Row("a", "", "", None).reached(1)


# --- The data


def test_the_data_is_the_same_each_time_and_of_the_mix_it_is_said_to_be(tmp_path):
    lines = first_word(World(20_000), 0)
    assert lines.equals(first_word(World(20_000), 0))
    assert lines.height == 20_000
    assert 1.55 < lines.height / lines["order"].n_unique() < 1.65
    assert 0.095 < (lines["publisher"] == 0).mean() < 0.115
    shares = dict(lines["status"].value_counts(normalize=True).iter_rows())
    assert [round(shares[status], 2) for status in (1, 2, 3, 4)] == pytest.approx(
        [0.40, 0.25, 0.30, 0.05], abs=0.015
    )
    assert (lines["by_click"]).mean() == pytest.approx(1 / 3, abs=0.02)
    write_feed(lines, tmp_path / "feed.csv")
    header = (tmp_path / "feed.csv").read_text().partition("\n")[0]
    assert header == ",".join(COLUMNS)


def test_a_month_later_two_of_five_lines_have_changed():
    lines = first_word(World(20_000), 0)
    later = month_later(lines)
    said = ("status", "effect", "finished")
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_later")) for name in said)
    both = lines.select("key", *said).join(
        later.select("key", *said), on="key", suffix="_later", validate="1:1"
    )
    assert both.select(changed.mean()).item() == pytest.approx(0.40, abs=0.01)
    assert (later["status"] >= lines["status"]).all()


def test_files_of_two_months_have_no_order_in_common():
    world = World(1_000)
    assert not set(first_word(world, 0)["order"]) & set(first_word(world, 1)["order"])


# --- The usual way is a fair one


@pytest.mark.django_db(transaction=True)
def test_the_usual_way_comes_to_what_the_pipeline_books(tmp_path):
    programme = running._set_up(World(20_000), tmp_path)
    decided = ("status", "reason", "rule__code", "rate_bp", "base_cents", "publisher", "click")
    usual_seconds(tmp_path / "sample.csv", programme, "")
    usual = {line[0]: line[1:] for line in OrderLine.objects.values_list("sub_order_id", *decided)}
    cents = OrderLine.objects.aggregate(cents=Sum("commission_cents"))["cents"]
    running.empty_books()
    _timed(tmp_path / "sample.csv")
    ours = {line[0]: line[1:] for line in OrderLine.objects.values_list("sub_order_id", *decided)}
    assert usual == ours
    # Its cap is over a batch, as it is where nobody thinks of a later file: a cent or so more.
    assert cents == pytest.approx(
        OrderLine.objects.aggregate(cents=Sum("commission_cents"))["cents"], rel=0.001
    )


@pytest.mark.django_db(transaction=True)
def test_the_common_way_books_what_the_pipeline_books(tmp_path):
    programme = running._set_up(World(2_000), tmp_path)
    decided = ("status", "reason", "rule__code", "rate_bp", "base_cents", "publisher", "click")
    common_seconds(tmp_path / "sample.csv", programme, "")
    common = set(OrderLine.objects.values_list("sub_order_id", *decided))
    key = ("publisher", "day", "status", "lines", "base_cents")
    totals = set(DailyTotal.objects.values_list(*key))
    running.empty_books()
    _timed(tmp_path / "sample.csv")
    assert common == set(OrderLine.objects.values_list("sub_order_id", *decided))
    assert totals == set(DailyTotal.objects.filter(lines__gt=0).values_list(*key))
