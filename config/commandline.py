"""What manage.py does around a command: the servers that it needs, and their end."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FrameType

from config.embedded import Addresses, AlreadyRunning, EmbeddedError, Stack, data_folder
from config.embedded.running import Guest, guests_left
from config.embedded.stack import running_addresses

# Set for our own children: their database was looked after by us.
PREPARED = "PERMILLE_PREPARED"
# A first start migrates and loads the programme before others may use the servers.
PATIENCE_WITH_STARTER = 300.0
PATIENCE_WITH_GUESTS = 3600.0


class Need(Enum):
    """What a command needs before it can begin."""

    NOTHING = "no server"
    SERVERS = "servers, the schema as it is"
    PROGRAMME = "servers, the schema and the programme"


# Commands that ask no server; everything that begins with `check` is offline too.
_OFFLINE = {
    *("", "help", "version", "--version", "--help", "-h"),
    *("collectstatic", "findstatic", "compilemessages", "makemessages", "api_words"),
    *("diffsettings", "startapp", "startproject"),
}
# Commands that work on the schema itself, which must not be migrated under their hands.
# (makemigrations compares its files with what the database was given; bench makes its own.)
_SCHEMA = {
    "bench",
    *("makemigrations", "migrate", "optimizemigration", "showmigrations", "sqlmigrate"),
    *("squashmigrations", "sqlflush", "sqlsequencereset", "dbshell", "inspectdb", "test"),
}
_SERVING = {"demo", "runserver"}


def need_of(argv: list[str]) -> Need:
    """What the command of this command line needs."""
    name = argv[1] if len(argv) > 1 else ""
    asks_for_help = any(word in ("-h", "--help") for word in argv[2:])
    if asks_for_help or name in _OFFLINE or name == "check" or name.startswith("check_"):
        return Need.NOTHING
    return Need.SERVERS if name in _SCHEMA else Need.PROGRAMME


def run(argv: list[str]) -> int:
    """Run the command of this command line; its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, _leave)
    try:
        # Who stops serving is not kept waiting; any other command can let its guests finish.
        patience = 0 if argv[1:2] and argv[1] in _SERVING else PATIENCE_WITH_GUESTS
        with _servers_for(need_of(argv), patience):
            from django.core.management import execute_from_command_line

            execute_from_command_line(argv)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _leave(number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the command as an exception does: what was started is stopped."""
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _servers_for(need: Need, patience: float) -> Iterator[None]:
    missing_postgres = not os.environ.get("DATABASE_URL")
    missing_valkey = not (os.environ.get("REDIS_URL") or os.environ.get("BROKER_URL"))
    if need is Need.PROGRAMME and not missing_postgres and not os.environ.get(PREPARED):
        _prepare(None)
    if need is Need.NOTHING or not (missing_postgres or missing_valkey):
        yield
        return
    folder = data_folder()
    found = _find_or_start(folder, with_postgres=missing_postgres, with_valkey=missing_valkey)
    if isinstance(found, Visit):
        with contextlib.closing(found):
            _use(found.addresses)
            yield
        return
    try:
        _use(found.addresses)
        if need is Need.PROGRAMME and missing_postgres:
            _prepare(folder)
        found.publish()
        yield
    except KeyboardInterrupt:
        found.stop()
        raise
    finally:
        _stop(found, patience)


def _stop(stack: Stack, patience: float) -> None:
    if patience and not guests_left(stack.folder, 0):
        sys.stderr.write("Waiting for other commands that use the database (Ctrl-C: do not).\n")
    stack.stop(patience_with_guests=patience)


@dataclass(frozen=True)
class Visit:
    """Use of another command's servers, which it does not stop before we leave."""

    addresses: Addresses
    guest: Guest

    def close(self) -> None:
        """Leave: the servers may stop now."""
        self.guest.leave()


def _visit(folder: Path) -> Visit | None:
    if running_addresses(folder, PATIENCE_WITH_STARTER) is None:
        return None
    guest = Guest(folder)
    # Asked again: from here on they wait for us, but they may just have stopped.
    addresses = running_addresses(folder)
    if addresses is None:
        guest.leave()
        return None
    return Visit(addresses, guest)


def _find_or_start(folder: Path, *, with_postgres: bool, with_valkey: bool) -> Visit | Stack:
    """The servers that run, else servers that we started."""
    deadline = time.monotonic() + PATIENCE_WITH_STARTER
    if with_postgres and not folder.exists():
        sys.stderr.write(f"Making the database in {folder} (once, some ten seconds) ...\n")
    while True:
        visit = _visit(folder)
        if visit is not None:
            return visit
        stack = Stack(folder, with_postgres=with_postgres, with_valkey=with_valkey)
        try:
            stack.start()
        except AlreadyRunning:
            # Another command was quicker, or is just ending: look again.
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)
        else:
            return stack


def _use(addresses: Addresses) -> None:
    """Let settings, and children of this process, find the servers by the environment."""
    if addresses.database_url:
        os.environ.setdefault("DATABASE_URL", addresses.database_url)
        os.environ[PREPARED] = "1"
    if addresses.redis_url and not os.environ.get("BROKER_URL"):
        os.environ.setdefault("REDIS_URL", addresses.redis_url)


def _prepare(folder: Path | None) -> None:
    """Migrate an empty database and load the programme, once.

    folder: the data folder of our own server, which keeps a note that this was done; None: a
    server named by DATABASE_URL, which is touched only where it is empty.
    """
    import django
    from django.core.management import call_command, get_commands

    done = folder / "prepared" if folder else None
    django.setup()
    empty, behind = _schema_state()
    if empty:
        call_command("migrate", verbosity=0, interactive=False)
    elif behind:
        sys.stderr.write(
            f"The database is {behind} migrations behind the program: run `manage.py migrate`.\n"
        )
    unfinished = done is not None and not done.exists()
    if (empty or unfinished) and "load_programme" in get_commands():
        # A command's standard output is its own: what is loaded is told beside it.
        call_command("load_programme", stdout=sys.stderr)
    if done is not None:
        done.touch()


def _schema_state() -> tuple[bool, int]:
    """Whether no migration was ever applied, and how many are waiting."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not executor.loader.applied_migrations, len(waiting)
