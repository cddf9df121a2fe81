"""Who runs the servers of a data folder: a lock, and a note with their addresses.

The lock is the truth, since the kernel frees it however its holder dies. The note
(`run.json`) carries the token that the lock file carries; one left by a holder that was
killed has another token, or no lock, and counts for nothing.
"""

import fcntl
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded.data import make_data_folder, write_private
from config.embedded.errors import EmbeddedError

NOTE = "run.json"
LOCK = "lock"
USERS = "users.lock"


@dataclass(frozen=True)
class Addresses:
    """Where the servers answer."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Note:
    """What `run.json` says."""

    token: str
    pid: int
    addresses: Addresses


class Lock:
    """Held by the one process that runs the servers of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = make_data_folder(folder)
        self.token = secrets.token_hex(16)
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Whether the lock is ours now; the note of a former holder is gone then."""
        descriptor = _open_lock(self.folder / LOCK)
        if not _lock_soon(descriptor):
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, self.token.encode(), 0)
        (self.folder / NOTE).unlink(missing_ok=True)
        self._descriptor = descriptor
        return True

    def publish(self, addresses: Addresses) -> None:
        """Let other commands find the servers."""
        note = {"token": self.token, "pid": os.getpid(), "addresses": asdict(addresses)}
        write_private(self.folder / NOTE, json.dumps(note))

    def withdraw(self) -> None:
        """Let no further command find them."""
        (self.folder / NOTE).unlink(missing_ok=True)

    def release(self) -> None:
        """Let another process run servers here."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock_soon(descriptor: int) -> bool:
    """Lock it now, or a moment later: who only asks (`is_held`) holds it for an instant."""
    for _attempt in range(10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise EmbeddedError(
            f"{path} belongs to another user. Run the command as that user, "
            "or name a data folder of your own with PERMILLE_DATA."
        ) from error


def is_held(folder: Path) -> bool:
    """Whether some process runs the servers of the folder, or is starting them."""
    path = folder / LOCK
    if not path.exists():
        return False
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def read_note(folder: Path) -> Note | None:
    """The note of the process that holds the lock; None where none does, or not yet."""
    try:
        written = json.loads((folder / NOTE).read_text())
        holder = (folder / LOCK).read_text()
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    except PermissionError as error:
        raise EmbeddedError(
            f"The servers in {folder} belong to another user. Run the command as that user, "
            "or name a data folder of your own with PERMILLE_DATA."
        ) from error
    if written["token"] != holder or not is_held(folder):
        return None
    return Note(
        token=written["token"],
        pid=written["pid"],
        addresses=Addresses(**written["addresses"]),
    )


class Guest:
    """A command that uses servers which another one runs: that one waits for it to end."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = _open_lock(folder / USERS)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Done with the servers."""
        os.close(self._descriptor)


def guests_left(folder: Path, patience: float) -> bool:
    """Wait for the guests; whether they were gone before `patience` seconds were over."""
    descriptor = _open_lock(folder / USERS)
    deadline = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
            else:
                return True
    finally:
        os.close(descriptor)


def addresses_for_settings(folder: Path) -> Addresses:
    """What settings say: the environment's addresses, else those of the running servers.

    Without either, the addresses lead nowhere and name the reason, so that a command which
    needs no server works, and one which does fails with a hint.
    """
    database_url = os.environ.get("DATABASE_URL", "")
    redis_url = os.environ.get("REDIS_URL", "") or os.environ.get("BROKER_URL", "")
    if not (database_url and redis_url):
        note = read_note(folder)
        found = note.addresses if note else _NOWHERE
        database_url = database_url or found.database_url or _NOWHERE.database_url
        redis_url = redis_url or found.redis_url or _NOWHERE.redis_url
    return Addresses(database_url=database_url, redis_url=redis_url)


_NOWHERE = Addresses(
    database_url="postgres://%2Fembedded-servers-are-not-running/permille",
    redis_url="redis://embedded-servers-are-not-running.invalid:6379/0",
)
