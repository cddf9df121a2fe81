"""The web, a worker and beat as children of one command, until Ctrl-C."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from config.embedded.processes import die_with_parent

# Ctrl-C is answered within ten seconds: asked first, made to after these.
PATIENCE = 7.0
ADDRESS = "127.0.0.1:8000"


@dataclass
class Service:
    """One child, and what it says."""

    name: str
    process: subprocess.Popen[bytes]
    unfinished: bytes = b""

    def lines(self) -> Iterator[str]:
        """The lines that it has written since last asked; empty when there are none yet."""
        assert self.process.stdout is not None  # noqa: S101 - Popen was given a pipe
        chunk = os.read(self.process.stdout.fileno(), 65536)
        *whole, self.unfinished = (self.unfinished + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")


def commands(address: str) -> dict[str, Sequence[str]]:
    """What is run, by name."""
    celery = (sys.executable, "-m", "celery", "--quiet", "-A", "config.celery")
    return {
        "web": (
            *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
            # Threads: pages wait for the database, and two processes use both cores.
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--bind", address, "--graceful-timeout", "4", "--timeout", "120"),
            # Its control socket has a fixed place; two installations would quarrel over it.
            "--no-control-socket",
        ),
        "worker": (*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"),
        # Its own schedule file and pid file are not needed: the schedule is in the database.
        "beat": (*celery, "beat", "--loglevel", "INFO", "--pidfile="),
    }


def serve(banner: Callable[[], str], address: str | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM (status 0), or until a child ends by itself (status 1)."""
    address = address or os.environ.get("PERMILLE_ADDRESS", ADDRESS)
    with _stop_signals() as asked_to_stop:
        services: list[Service] = []
        try:
            services += (
                _start(name, command, address) for name, command in commands(address).items()
            )
            _say("permille", banner())
            failed = _watch(services, asked_to_stop)
        finally:
            _stop(services)
    if failed is not None:
        _say("permille", f"{failed.name} ended (exit {failed.process.returncode}); all stopped.")
        return 1
    return 0


@contextlib.contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    """Take note of Ctrl-C and SIGTERM, so that stopping is done once and in order."""
    seen: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    former = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(seen)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _start(name: str, command: Sequence[str], address: str) -> Service:
    # Links and letters lead back to this machine, where nothing else is said.
    here = dict.fromkeys(("PERMILLE_SITE_URL", "PERMILLE_TRACKING_URL"), f"http://{address}")
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**here, **os.environ, "PYTHONUNBUFFERED": "1"},
        # A group of its own: a Ctrl-C is ours, and whatever the child starts can be reached.
        start_new_session=True,
        # To gunicorn and Celery SIGQUIT means at once: the servers die with us too, and a
        # graceful end would wait for them.
        preexec_fn=die_with_parent(signal.SIGQUIT),
    )
    return Service(name, process)


def _watch(services: list[Service], asked_to_stop: Callable[[], bool]) -> Service | None:
    """Print what the children say; the one that ended by itself, or None when asked to stop."""
    with selectors.DefaultSelector() as selector:
        for service in services:
            selector.register(service.process.stdout or 0, selectors.EVENT_READ, service)
        while not asked_to_stop():
            for key, _events in selector.select(timeout=0.5):
                for line in key.data.lines():
                    _say(key.data.name, line)
            for service in services:
                if service.process.poll() is not None:
                    _drain(service)
                    return service
    return None


def _stop(services: list[Service]) -> None:
    """Ask all to stop, then make them; no process of their groups is left."""
    for service in services:
        _signal_group_leader(service, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for service in services:
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Their last words are read meanwhile: a full pipe would hold them up.
            service.process.communicate(timeout=max(0.1, deadline - time.monotonic()))
    for service in services:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(service.process.pid, signal.SIGKILL)
        service.process.wait()


def _signal_group_leader(service: Service, number: signal.Signals) -> None:
    if service.process.poll() is None:
        service.process.send_signal(number)


def _drain(service: Service) -> None:
    """The last words of a child that ended: they tell why.

    What it started goes first, since it holds the other end of the pipe.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(service.process.pid, signal.SIGKILL)
    rest, _none = service.process.communicate()
    for line in (service.unfinished + (rest or b"")).decode(errors="replace").splitlines():
        _say(service.name, line)


def _say(name: str, text: str) -> None:
    for line in text.splitlines() or [""]:
        sys.stdout.write(f"{name:<8} | {line}\n")
    sys.stdout.flush()
