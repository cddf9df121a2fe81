"""The embedded Valkey: on the loopback, behind a password made anew for every run."""

import secrets
import signal
import socket

import redis

from config.embedded.errors import EmbeddedError
from config.embedded.home import Home
from config.embedded.processes import Child, start_child

PATIENCE = 30.0
TRIES = 3
# One a test worker, with some to spare.
DATABASES = 64


class Valkey:
    """The server of one home, while it runs."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.port = 0
        self.password = secrets.token_urlsafe(24)
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it on a free port; the port may be taken between asking and using it."""
        for attempt in range(1, TRIES + 1):
            self.port = _free_port()
            child = self._start_child()
            try:
                child.wait_until(self._answers, PATIENCE)
            except EmbeddedError:
                child.stop(patience=5)
                if attempt == TRIES:
                    raise
            else:
                self.child = child
                return

    def stop(self) -> None:
        """Stop it; what it holds is written down first."""
        if self.child is not None:
            self.child.stop()

    def _start_child(self) -> Child:
        return start_child(
            "Valkey",
            # The settings come by standard input: a password among the arguments would be
            # shown to every user of the machine.
            [self.home.valkey_server, "-"],
            runner=self.home.runner,
            cwd=self.home.valkey_data,
            log=self.home.files / "valkey.log",
            stop_signal=signal.SIGTERM,
            given=self._settings().encode(),
        )

    def _settings(self) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'requirepass "{self.password}"',
            f'dir "{self.home.valkey_data}"',
            f"databases {DATABASES}",
            "daemonize no",
            # Messages outlive a restart; at most the last second's are lost, and their rows in
            # PostgreSQL are rung again by the sweep.
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            # A full broker says so; it never drops a message to make room.
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
