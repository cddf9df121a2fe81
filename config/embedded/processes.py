"""Children that die with their parent, however it dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.embedded.errors import EmbeddedError

_PR_SET_PDEATHSIG = 1
_LINUX = sys.platform.startswith("linux")
# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if _LINUX else None


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `death_signal` to this child when its parent dies.

    The kernel watches the *thread* that forked, so children are started by the main thread.
    Elsewhere than on Linux nothing watches: the next start finds and stops what was left.
    """
    parent = os.getpid()

    def arrange() -> None:
        # A shell starts its background jobs with some signals ignored, and children inherit that.
        for number in (death_signal, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # It died before it could be watched.
            os._exit(1)

    return arrange


@dataclass(frozen=True)
class Runner:
    """The user a server runs as; `None` means the user of this process."""

    uid: int | None = None
    gid: int | None = None

    def popen_options(self) -> dict[str, object]:
        """What `subprocess` needs to become this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a short command to its end as this user."""
        return subprocess.run(  # type: ignore[call-overload]
            [str(part) for part in command],
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **self.popen_options(),
        )


@dataclass
class Child:
    """A server in the foreground, child of this process."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path
    _stopped: bool = field(default=False, init=False)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, patience: float = 30) -> None:
        """Ask it to stop, and after `patience` seconds make it."""
        if self._stopped:
            return
        self._stopped = True
        if self.alive():
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until(self, ready: Callable[[], bool], patience: float) -> None:
        """Return when `ready` says so; raise with the end of the log when that never comes."""
        deadline = time.monotonic() + patience
        while not ready():
            if not self.alive():
                raise EmbeddedError(
                    f"{self.name} stopped while starting (exit {self.process.returncode}). "
                    f"The end of its log {self.log}:\n{end_of(self.log)}"
                )
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{self.name} did not answer within {patience:.0f} s. "
                    f"The end of its log {self.log}:\n{end_of(self.log)}"
                )
            time.sleep(0.03)


def start_child(
    name: str,
    command: Sequence[str | Path],
    *,
    runner: Runner,
    cwd: Path,
    log: Path,
    stop_signal: signal.Signals,
    given: bytes | None = None,
) -> Child:
    """Start a server in a session of its own: a Ctrl-C is ours to handle, in our order."""
    # For its owner alone: an error in a log may quote a row.
    opened = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "ab") as output:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [str(part) for part in command],
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(stop_signal),
            **runner.popen_options(),
        )
    if given is not None:
        _hand_over(process.stdin, given)
    return Child(name=name, process=process, stop_signal=stop_signal, log=log)


def _hand_over(pipe: IO[bytes], given: bytes) -> None:
    try:
        pipe.write(given)
        pipe.close()
    except BrokenPipeError:
        pass  # It died at once: waiting for it tells why.


def clean_environment() -> Mapping[str, str]:
    """The environment of a server: none of the caller's PG*, locale or secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def end_of(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(it cannot be read: {error.strerror})"
