"""A connection to exactly one checked address, within the time of the whole fetch."""

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpcore

# Opens TCP to an IP address and a port within so many seconds.
Opener = Callable[[str, int, float], httpcore.NetworkStream]


@dataclass
class TimeLeft:
    """Seconds until the fetch must be over, by a clock that only runs forward."""

    until: float
    clock: Callable[[], float]

    def seconds(self) -> float:
        return self.until - self.clock()

    def within(self, seconds: float | None) -> float:
        """The shorter of a step's own limit and what is left. Raises httpcore.ReadTimeout."""
        left = self.seconds()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole fetch is over")
        return left if seconds is None else min(seconds, left)


def open_tcp(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name may lead to by now."""

    def __init__(
        self, addresses: Iterable[str], opener: Opener, left: TimeLeft, connect_seconds: float
    ) -> None:
        self._addresses = tuple(addresses)
        self._opener = opener
        self._left = left
        self._connect_seconds = connect_seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """The first address that answers. The name `host` is not looked at, and never asked for."""
        for address in self._addresses[:-1]:
            try:
                return self._open(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._open(self._addresses[-1], port)

    def _open(self, address: str, port: int) -> httpcore.NetworkStream:
        seconds = self._left.within(self._connect_seconds)
        return _TimedStream(self._opener(address, port, seconds), self._left)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends with the time of the whole: a slow drip is no way around."""

    def __init__(self, stream: httpcore.NetworkStream, left: TimeLeft) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._left.within(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._left
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
