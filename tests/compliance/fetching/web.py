"""A web that exists in memory: names that lead to addresses, and sites that answer there."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpcore

from compliance.fetching import Fetched, GuardedClient, Limits, Outgoing

AT = datetime(2020, 6, 8, 12, tzinfo=UTC)
PUBLIC = "93.184.215.14"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # Verifies, and trusts nobody: quick to make.


@dataclass
class FakeNames:
    """Answers that stay the same, or one after another where a list of lists is given."""

    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    in_turn: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    records: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def addresses(self, name: str, seconds: float) -> Sequence[str]:
        assert seconds > 0
        self.asked.append(name)
        if self.in_turn.get(name):
            return self.in_turn[name].pop(0)
        return self.answers.get(name, ())

    def texts(self, name: str, seconds: float) -> Sequence[str]:
        self.asked.append(name)
        return self.records.get(name, ())


@dataclass
class Asked:
    """One request as a site saw it."""

    address: str
    port: int
    sni: str | None = None
    head: bytes = b""

    @property
    def host(self) -> str:
        for line in self.head.split(b"\r\n"):
            if line.lower().startswith(b"host:"):
                return line[5:].strip().decode()
        return ""

    @property
    def target(self) -> str:
        return self.head.split(b" ")[1].decode()


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Web:
    """What is answered by host and target; everything else is 404."""

    sites: Mapping[str, bytes] = field(default_factory=dict)
    dead: frozenset[str] = frozenset()
    seen: list[Asked] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    seconds_a_read: float = 0.0
    chunk: int = 65_536

    def open(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        assert 0 < seconds <= 5
        if address in self.dead:
            raise httpcore.ConnectTimeout
        asked = Asked(address, port)
        self.seen.append(asked)
        return _Stream(self, asked)

    @property
    def addresses(self) -> list[str]:
        return [asked.address for asked in self.seen]


class _Stream(httpcore.NetworkStream):
    def __init__(self, web: Web, asked: Asked) -> None:
        self.web, self.asked, self.left = web, asked, None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.asked.head += buffer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        assert timeout > 0
        self.web.clock.now += self.web.seconds_a_read
        if self.left is None:
            key = f"{self.asked.host}{self.asked.target}"
            self.left = self.web.sites.get(key, answer(404, b"not here"))
        size = min(max_bytes, self.web.chunk)
        piece, self.left = self.left[:size], self.left[size:]
        return piece

    def close(self) -> None:
        pass

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname=None, timeout=None):
        assert ssl_context.check_hostname
        assert ssl_context.verify_mode == ssl.CERT_REQUIRED
        self.asked.sni = server_hostname
        return self


def answer(
    status: int = 200,
    body: bytes = b"",
    content_type: str | None = "text/html; charset=utf-8",
    length: bool = True,
    **headers: str,
) -> bytes:
    """The bytes of an answer; header names with _ for -."""
    lines = [f"HTTP/1.1 {status} so"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    if length:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status, location=location)


def client(web: Web, names: FakeNames | None = None, **limits) -> GuardedClient:
    hosts = {key.split("/")[0] for key in web.sites}
    known = names or FakeNames({host: [PUBLIC] for host in hosts})
    return GuardedClient(known, web.open, Limits(**limits), tls=lambda: TLS, clock=web.clock)


def fetched(web: Web, url: str, names: FakeNames | None = None, **limits) -> Fetched:
    return client(web, names, **limits).fetch(Outgoing(url), at=AT)
