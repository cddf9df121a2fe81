"""Both servers together: started by one command, found by the others."""

import time
from pathlib import Path

from config.embedded.data import make_data_folder
from config.embedded.errors import EmbeddedError
from config.embedded.home import find_home
from config.embedded.postgres import Postgres
from config.embedded.running import Addresses, Lock, guests_left, is_held, read_note
from config.embedded.valkey import Valkey


class AlreadyRunning(EmbeddedError):
    """Another process runs the servers of this data folder."""


class Stack:
    """PostgreSQL and Valkey of one data folder, children of this process."""

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        with_postgres: bool = True,
        with_valkey: bool = True,
    ) -> None:
        self.folder = folder
        self.durable = durable
        self.with_postgres = with_postgres
        self.with_valkey = with_valkey
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._lock: Lock | None = None

    @property
    def addresses(self) -> Addresses:
        """Where the servers answer; empty for one that was not wanted."""
        return Addresses(
            database_url=self.postgres.url if self.postgres else "",
            redis_url=self.valkey.url if self.valkey else "",
        )

    def start(self) -> None:
        """Start the servers, to be found by nobody before `publish`."""
        lock = Lock(make_data_folder(self.folder))
        if not lock.take():
            raise AlreadyRunning(
                f"The servers in {self.folder} are run by another command already. Use them, or "
                "name another data folder with PERMILLE_DATA."
            )
        self._lock = lock
        try:
            home = find_home(self.folder)
            if self.with_valkey:
                self.valkey = Valkey(home, durable=self.durable)
                self.valkey.start()
            if self.with_postgres:
                self.postgres = Postgres(home, durable=self.durable)
                self.postgres.start()
        except BaseException:
            self.stop()
            raise

    def publish(self) -> None:
        """Let other commands find the servers: now they are ready for use."""
        if self._lock is not None:
            self._lock.publish(self.addresses)

    def stop(self, patience_with_guests: float = 0) -> None:
        """Stop the servers, after the commands that use them, for whom we wait so long."""
        if self._lock is None:
            return
        self._lock.withdraw()
        try:
            if patience_with_guests:
                guests_left(self.folder, patience_with_guests)
        finally:
            for server in (self.postgres, self.valkey):
                if server is not None:
                    server.stop()
            self._lock.release()
            self._lock = None


def running_addresses(folder: Path, patience: float = 0) -> Addresses | None:
    """Where the servers of a data folder answer; None where no process runs them.

    While some process is starting them, wait for it up to `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        note = read_note(folder)
        if note is not None:
            return note.addresses
        if not is_held(folder) or time.monotonic() >= deadline:
            return None
        time.sleep(0.05)
