"""The embedded PostgreSQL: a cluster in the home's files, reached by a socket alone."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.embedded.errors import EmbeddedError
from config.embedded.home import SOCKET_NAME, SOCKET_PATH_BYTES, Home, make_owned
from config.embedded.processes import Child, start_child

DATABASE = "permille"
PATIENCE = 90.0

# For two cores, 2 GB of memory or more, and one installation; each with its reason.
SETTINGS: Mapping[str, str] = {
    # Reached by the socket, in a folder that only this user can enter: no port, no password.
    "listen_addresses": "",
    # Web threads, two workers, beat and a few commands; each costs some 5 MB when used.
    "max_connections": "60",
    # The pipeline sorts and joins batches of some 50,000 rows: in memory, not on disk.
    "work_mem": "32MB",
    # Building indexes and checking foreign keys after a bulk load.
    "maintenance_work_mem": "128MB",
    # A load of a million lines writes 2 GB of log: one checkpoint instead of a dozen, each of
    # which would write every page anew into the log.
    "max_wal_size": "4GB",
    # An import writes 100 MB of log a second: fewer and larger writes than by the usual 8 MB.
    "wal_buffers": "32MB",
    "checkpoint_timeout": "15min",
    # Compressing a page for the log takes several times as long as writing it.
    "wal_compression": "off",
    # Nothing replicates from here: whoever wants that sets DATABASE_URL.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Disks without moving parts, as nearly all are.
    "random_page_cost": "1.1",
    # Two cores are shared with Celery and the web: one helper a query, and no compiling of
    # queries, which costs more than our short ones take.
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Money: what is committed is on disk. Written out since tests switch it off.
    "fsync": "on",
}
# Of the machine's memory an eighth is the server's own, within these bounds (MB): the indexes of a
# million lines fit into the least, and the programs keep their room.
LEAST_BUFFERS, MOST_BUFFERS = 128, 2048
# A test's database lives for minutes, and nobody mourns it.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Shared memory in a container is often 64 MB; parallel queries would fail there.
SMALL_SHARED_MEMORY = 512 * 1024 * 1024


class Postgres:
    """The server of one home, while it runs."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.sockets = home.files / "sockets"
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgres://postgres@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def start(self) -> None:
        """Start it; make the cluster and the database first where they are missing."""
        data = self.home.postgres_data
        _stop_leftover(data)
        if not (data / "PG_VERSION").exists():
            self._make_cluster()
        self._check_version()
        self._make_sockets()
        command: list[str | Path] = [self.home.postgres_bin / "postgres", "-D", data]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        self.child = start_child(
            "PostgreSQL",
            command,
            runner=self.home.runner,
            cwd=data,
            log=self.home.files / "postgres.log",
            # Its word for "end every connection, write everything, stop".
            stop_signal=signal.SIGINT,
        )
        self.child.wait_until(self._answers, PATIENCE)
        self._make_database()

    def stop(self) -> None:
        """Stop it, and remove a socket folder that was made for this run alone."""
        if self.child is not None:
            self.child.stop()
        if self.sockets.parent != self.home.files:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _settings(self) -> dict[str, str]:
        settings = {**SETTINGS, **_memory_settings(memory_bytes())}
        settings["unix_socket_directories"] = str(self.sockets)
        if not self.durable:
            settings |= FORGETFUL
        if _shared_memory_bytes() < SMALL_SHARED_MEMORY:
            settings["dynamic_shared_memory_type"] = "mmap"
        return settings

    def _make_cluster(self) -> None:
        data = self.home.postgres_data
        for rest in data.iterdir():  # What an interrupted initdb left.
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
        command: list[str | Path] = [self.home.postgres_bin / "initdb", "-D", data]
        command += ["-U", "postgres", "-A", "trust", "-E", "UTF8"]
        # One order of words on every machine, whatever locales it has.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self.durable else ["--no-sync"]
        done = self.home.runner.run(command, data)
        if done.returncode != 0:
            raise EmbeddedError(
                f"PostgreSQL could not make its files in {data}: {done.stderr.strip()}"
            )

    def _check_version(self) -> None:
        data = self.home.postgres_data
        made_by = (data / "PG_VERSION").read_text().strip()
        done = self.home.runner.run([self.home.postgres_bin / "postgres", "--version"], data)
        version = done.stdout.split()[-1]
        if version.split(".")[0] != made_by:
            raise EmbeddedError(
                f"The database in {data} was made by PostgreSQL {made_by}, and the one installed "
                f"is {version}. Install the former package and dump it, or move the folder away "
                "to start with an empty one."
            )

    def _make_sockets(self) -> None:
        if self.sockets.parent == self.home.files:
            path = os.fsencode(self.sockets / SOCKET_NAME)
            if len(path) > SOCKET_PATH_BYTES:
                self.sockets = Path(tempfile.mkdtemp(prefix="permille-", dir="/tmp"))
        make_owned(self.sockets, self.home.runner)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')


def memory_bytes() -> int:
    """The memory of this machine, or of the container where that has less."""
    bytes_of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return bytes_of_machine
    return min(bytes_of_machine, int(limit)) if limit.isdigit() else bytes_of_machine


def _memory_settings(memory: int) -> dict[str, str]:
    megabytes = memory >> 20
    return {
        "shared_buffers": f"{min(max(megabytes // 8, LEAST_BUFFERS), MOST_BUFFERS)}MB",
        # What the kernel is likely to cache besides: makes index scans as cheap as they are.
        "effective_cache_size": f"{max(megabytes // 2, 2 * LEAST_BUFFERS)}MB",
    }


def _shared_memory_bytes() -> int:
    try:
        status = os.statvfs("/dev/shm")  # noqa: S108 - only asked for its size
    except OSError:
        return SMALL_SHARED_MEMORY  # No such place here: PostgreSQL uses another kind.
    return status.f_bavail * status.f_frsize


def _stop_leftover(data: Path) -> None:
    """Wait for a server whose parent was killed, or stop it where nothing told it to."""
    deadline = time.monotonic() + PATIENCE
    asked = False
    while (pid := _server_of(data)) is not None:
        if not asked:
            os.kill(pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"A PostgreSQL from an earlier run still works in {data} (process {pid}) and "
                f"does not stop. Stop it with: kill -QUIT {pid}"
            )
        time.sleep(0.05)


def _server_of(data: Path) -> int | None:
    """The process that serves these files: what its own note says, if that is still true."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
        return None
    try:
        # A number may belong to another program by now; where /proc tells, ask it.
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return pid if not Path("/proc/self").exists() else None
    return pid if os.fsencode(data) in command else None
