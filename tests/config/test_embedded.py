"""The servers that come with the program start, are found, and never outlive their starter."""

import json
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded import AlreadyRunning, Stack, running_addresses
from config.embedded.data import secret_key
from config.embedded.running import Guest, addresses_for_settings, guests_left
from tests.config.stacks import PROJECT, end, environment, eventually, family, gone, hold, manage


@pytest.fixture
def folder():
    # Not pytest's own, which is closed to others: run by root, the servers are another user.
    place = Path(tempfile.mkdtemp(prefix="permille-"))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def closed_folder(tmp_path: Path):
    tmp_path.chmod(0o700)
    data = tmp_path / "data"
    yield data
    shutil.rmtree((data / "servers").resolve())


@pytest.fixture
def holder(folder: Path):
    process = hold(folder)
    below = family(process)
    yield process
    if process.poll() is None:
        end(process, signal.SIGINT)
    assert eventually(lambda: gone(below)), "servers outlived the process that started them"


def test_both_servers_answer_at_the_published_addresses(folder, holder):
    addresses = running_addresses(folder)
    assert addresses is not None
    with psycopg.connect(addresses.database_url) as connection:
        encoding = connection.execute("SHOW server_encoding").fetchone()
        assert encoding == ("UTF8",)
    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.ping()


def test_valkey_refuses_who_does_not_know_the_password(folder, holder):
    addresses = running_addresses(folder)
    port = int(addresses.redis_url.rsplit(":", 1)[1].split("/")[0])
    with redis.Redis(port=port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_the_note_with_the_addresses_is_for_its_owner_alone(folder, holder):
    assert stat.S_IMODE((folder / "run.json").stat().st_mode) == 0o600


def test_no_password_is_among_the_arguments_of_a_process(folder, holder):
    password = running_addresses(folder).redis_url.split(":")[2].split("@")[0]
    arguments = [" ".join(process.cmdline()) for process in family(holder)]
    assert arguments
    assert not [line for line in arguments if password in line]


def test_a_second_stack_in_the_same_folder_is_refused(folder, holder):
    with pytest.raises(AlreadyRunning, match="run by another command already"):
        Stack(folder, durable=False).start()
    assert running_addresses(folder) is not None


def test_servers_die_when_their_starter_is_killed(folder, holder):
    below = family(holder)
    assert len(below) >= 2
    end(holder, signal.SIGKILL)
    assert eventually(lambda: gone(below))


def test_what_was_left_by_a_killed_starter_counts_for_nothing(folder, holder):
    end(holder, signal.SIGKILL)
    assert (folder / "run.json").exists()
    assert running_addresses(folder) is None
    again = hold(folder)  # At once, while the old servers may still be stopping.
    assert running_addresses(folder) is not None
    end(again, signal.SIGINT)
    assert not (folder / "run.json").exists()


def test_what_was_committed_survives_a_kill(folder):
    holder = hold(folder)
    with psycopg.connect(running_addresses(folder).database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    end(holder, signal.SIGKILL)
    again = hold(folder)
    with psycopg.connect(running_addresses(folder).database_url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    end(again, signal.SIGINT)


def test_servers_work_for_a_folder_that_is_closed_to_others(closed_folder):
    holder = hold(closed_folder)
    with psycopg.connect(running_addresses(closed_folder).database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    end(holder, signal.SIGINT)
    again = hold(closed_folder)
    with psycopg.connect(running_addresses(closed_folder).database_url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    end(again, signal.SIGINT)


def test_a_long_folder_gets_its_sockets_in_a_short_place(folder):
    folder = folder / ("long" * 20) / ("longer" * 10)
    holder = hold(folder)
    with psycopg.connect(running_addresses(folder).database_url) as connection:
        sockets = connection.execute("SHOW unix_socket_directories").fetchone()[0]
    end(holder, signal.SIGINT)
    assert len(f"{sockets}/.s.PGSQL.5432") <= 103
    if not sockets.startswith(str((folder / "servers").resolve())):
        assert not Path(sockets).exists(), "the short place goes with the run"


def test_the_starter_waits_for_commands_that_use_its_servers(folder, holder):
    guest = Guest(folder)
    assert not guests_left(folder, 0.1)
    guest.leave()
    assert guests_left(folder, 0.1)


def test_the_environment_chooses_real_servers(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u@db.example/permille")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")
    addresses = addresses_for_settings(folder)
    assert addresses.database_url == "postgres://u@db.example/permille"
    assert addresses.redis_url == "redis://broker.example/0"


def test_a_key_is_made_once_and_closed_to_others(folder):
    key = secret_key(folder)
    assert len(key) >= 50
    assert secret_key(folder) == key
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_a_command_that_needs_no_server_starts_none(folder):
    done = manage(folder, "check")
    assert done.returncode == 0, done.stderr
    assert not (folder / "servers").exists()


def test_a_command_without_servers_starts_them_prepares_the_database_and_stops_them(folder):
    done = manage(folder, "shell", "-v0", "-c", SHOW_STATE)
    assert done.returncode == 0, done.stderr
    state = json.loads(done.stdout.splitlines()[-1])
    assert state["applied"] > 0
    assert running_addresses(folder) is None
    pid = int(state["postmaster"])
    assert not Path(f"/proc/{pid}").exists()


def test_a_command_uses_the_servers_that_it_finds(folder, holder):
    manage(folder, "migrate", "--verbosity", "0")
    done = manage(folder, "shell", "-v0", "-c", SHOW_STATE)
    assert done.returncode == 0, done.stderr
    postmaster = int(json.loads(done.stdout.splitlines()[-1])["postmaster"])
    assert postmaster in [process.pid for process in family(holder)]
    assert running_addresses(folder) is not None


def test_ctrl_c_in_a_command_stops_the_servers_that_it_started(folder):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", WAIT],
        cwd=PROJECT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said = process.stdout.readline()
    below = family(process)
    end(process, signal.SIGINT)
    assert said == "waiting\n"
    assert process.returncode == 130
    assert gone(below)
    assert running_addresses(folder) is None


WAIT = "import time; print('waiting', flush=True); time.sleep(60)"
SHOW_STATE = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM django_migrations")
    applied = cursor.fetchone()[0]
    cursor.execute("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
    postmaster = cursor.fetchone()[0]
print(json.dumps({"applied": applied, "postmaster": postmaster}))
"""
