"""The guarded client: the only place that opens a connection to the outside (S8).

Each hop of each request is read strictly, resolved once, checked, and connected to exactly the
address that was checked. No proxy, cookie, password or kept connection is ever used.
"""

import hashlib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urljoin

import httpcore
from django.utils.translation import gettext as _

from compliance.fetching.addresses import parsed
from compliance.fetching.connecting import Opener, PinnedBackend, TimeLeft, open_tcp
from compliance.fetching.reading import read_body, too_large
from compliance.fetching.refusals import FetchRefused, Reason
from compliance.fetching.resolving import Names, PublicNames
from compliance.fetching.urls import WEB_PORTS, WebAddress, refuse_inner, refuse_odd, web_address

PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
PICTURES = frozenset(
    {"image/png", "image/gif", "image/jpeg", "image/webp", "image/svg+xml"}
    | {"image/x-icon", "image/vnd.microsoft.icon", "application/octet-stream"}
)
PROOFS = frozenset({"text/plain", "text/html", "application/octet-stream"})

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = (
    "content-type",
    "content-language",
    "last-modified",
    "etag",
    "location",
    "retry-after",
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LONGEST_HEADER = 1000
_MOST_ADDRESSES = 3  # tried before the site is said not to answer


@dataclass(frozen=True)
class Limits:
    """`bytes` of a body, packed and unpacked; `seconds` over all hops; seconds of one connect."""

    bytes: int = 2_000_000
    seconds: float = 10.0
    connect_seconds: float = 5.0
    redirects: int = 5
    ports: AbstractSet[int] = WEB_PORTS


@dataclass(frozen=True)
class Outgoing:
    """What is asked. Redirects are followed for GET and HEAD; else they are the answer.

    `content_types` are those taken; empty takes any. An answer that names none is taken.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_types: AbstractSet[str] = PAGES


@dataclass(frozen=True)
class Fetched:
    """An answer as it came. `hops` are all addresses asked, the first and the final one among them.

    `sha256` is of `body`, which is without its content encoding. Any status is an answer.
    """

    url: str
    final_url: str
    hops: tuple[str, ...]
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    sha256: str


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    onward: str | None = None  # where a redirect leads that is followed; as it was written


@dataclass(frozen=True)
class GuardedClient:
    """Fetches from public addresses alone. Names, opener and clock are tests' way in."""

    names: Names = field(default_factory=PublicNames)
    opener: Opener = open_tcp
    limits: Limits = field(default_factory=Limits)
    agent: str = "Permille/1.0 (site check)"
    tls: Callable[[], ssl.SSLContext] = httpcore.default_ssl_context
    clock: Callable[[], float] = time.monotonic

    def fetch(self, asked: Outgoing, *, at: datetime) -> Fetched:
        """Ask, follow redirects, and give the answer; `at` is what it says it was fetched at.

        Raises FetchRefused with a reason and a sentence; nothing of the answer is kept then.
        """
        left = TimeLeft(self.clock() + self.limits.seconds, self.clock)
        address = web_address(asked.url, self.limits.ports)
        hops: list[str] = []
        while True:
            hops.append(str(address))
            answer = self._answer(address, asked, left)
            if answer.onward is None:
                return Fetched(
                    url=asked.url,
                    final_url=hops[-1],
                    hops=tuple(hops),
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    fetched_at=at,
                    sha256=hashlib.sha256(answer.body).hexdigest(),
                )
            if len(hops) > self.limits.redirects:
                raise FetchRefused(
                    Reason.REDIRECTS,
                    _("%(url)s redirects more than %(limit)s times; give the address it ends at.")
                    % {"url": hops[0], "limit": self.limits.redirects},
                )
            address = web_address(_joined(address, answer.onward), self.limits.ports)

    def _answer(self, address: WebAddress, asked: Outgoing, left: TimeLeft) -> _Answer:
        with _explained(address.host):
            checked = self._checked(address.host, left)
            backend = PinnedBackend(checked, self.opener, left, self.limits.connect_seconds)
            origin = httpcore.Origin(address.scheme.encode(), address.host.encode(), address.port)
            connection = httpcore.HTTPConnection(
                origin,
                ssl_context=self.tls() if address.scheme == "https" else None,
                network_backend=backend,
            )
            with (
                closing(connection),
                connection.stream(
                    asked.method,
                    httpcore.URL(
                        scheme=origin.scheme,
                        host=origin.host,
                        port=origin.port,
                        target=address.target.encode(),
                    ),
                    headers=self._headers(address, asked),
                    content=asked.body or None,
                    extensions={"timeout": {"connect": self.limits.connect_seconds}},
                ) as response,
            ):
                return self._read(response, asked)

    def _checked(self, host: str, left: TimeLeft) -> tuple[str, ...]:
        """The addresses of a host, resolved once; every one of them must be public."""
        if parsed(host) is not None:
            refuse_inner(host)
            return (host,)
        addresses = tuple(self.names.addresses(host, left.within(self.limits.connect_seconds)))
        if not addresses:
            raise FetchRefused(
                Reason.NAME,
                _("DNS knows no address of %(host)s; check the spelling.") % {"host": host},
            )
        for address in addresses:
            refuse_inner(address)
        return addresses[:_MOST_ADDRESSES]

    def _headers(self, address: WebAddress, asked: Outgoing) -> list[tuple[str, str]]:
        own = {
            "Host": address.host_header,
            "User-Agent": self.agent,
            "Accept": ", ".join(sorted(asked.content_types)) or "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        reserved = {name.lower() for name in own}
        given = [(name, value) for name, value in asked.headers.items()]
        return [*own.items(), *(pair for pair in given if pair[0].lower() not in reserved)]

    def _read(self, response: httpcore.Response, asked: Outgoing) -> _Answer:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        kept = MappingProxyType(
            {name: headers[name][:_LONGEST_HEADER] for name in _KEPT_HEADERS if name in headers}
        )
        if response.status in _REDIRECTS and asked.method in {"GET", "HEAD"}:
            # Sent as bytes: UTF-8 where they are, as browsers read them.
            location = headers.get("location", "").encode("latin-1").decode("utf-8", "replace")
            return _Answer(response.status, kept, b"", onward=location)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type and asked.content_types and media_type not in asked.content_types:
            raise FetchRefused(
                Reason.CONTENT,
                _("The answer is of the type “%(type)s”; asked for was %(asked)s.")
                % {"type": media_type[:100], "asked": ", ".join(sorted(asked.content_types))},
            )
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.limits.bytes:
            raise too_large(self.limits.bytes)
        encoding = headers.get("content-encoding", "").strip().lower()
        body = read_body(response.iter_stream(), encoding, self.limits.bytes)
        return _Answer(response.status, kept, body)


def _joined(address: WebAddress, location: str) -> str:
    """Where a redirect leads, as a whole address still to be read and checked."""
    if not location:
        raise FetchRefused(
            Reason.REDIRECTS,
            _("%(url)s redirects without saying where to; give the address it should lead to.")
            % {"url": str(address)},
        )
    refuse_odd(location)  # Before urljoin, which drops tabs and line ends in silence.
    # Only paths are joined: http:///x and ////x are sites to a browser, and paths to urljoin.
    if _SCHEME.match(location):
        return location
    if location.startswith("//"):
        return f"{address.scheme}:{location}"
    return urljoin(str(address), location)


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """What goes wrong on the way, as a refusal with a sentence."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchRefused(
            Reason.TIME,
            _("%(host)s did not answer in time; try again later.") % {"host": host},
        ) from error
    except httpcore.ConnectError as error:
        raise FetchRefused(
            Reason.CONNECTION,
            _(
                "No connection to %(host)s could be made: nobody answers there, or its certificate"
                " is not valid."
            )
            % {"host": host},
        ) from error
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        ssl.SSLError,
        OSError,
    ) as error:
        raise FetchRefused(
            Reason.CONNECTION,
            _("The answer of %(host)s broke off or is not HTTP; try again later.") % {"host": host},
        ) from error
