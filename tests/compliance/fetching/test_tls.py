"""Over a real connection: the address is the checked one, the certificate must be the name's."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import pytest

from compliance.fetching import FetchRefused, GuardedClient, Outgoing, Reason
from compliance.fetching.connecting import open_tcp
from tests.compliance.fetching.web import AT, PUBLIC, FakeNames, answer

# Made for these tests alone: of shop.example, signed by itself, good until 2120.
CERTIFICATE = Path(__file__).parent / "certificates" / "shop.pem"
KEY = Path(__file__).parent / "certificates" / "shop_key.pem"
NAMES = FakeNames({"shop.example": [PUBLIC], "other.example": [PUBLIC]})


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, KEY)
        try:
            with context.wrap_socket(self.request, server_side=True) as stream:
                stream.recv(65_536)
                stream.sendall(answer(200, b"hello"))
        except (ssl.SSLError, OSError):
            return  # The client did not like the certificate.


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def served() -> Iterator[int]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def over(port: int, connected: list[str], **client) -> GuardedClient:
    def opener(address: str, _port: int, seconds: float) -> httpcore.NetworkStream:
        connected.append(address)
        return open_tcp("127.0.0.1", port, seconds)

    return GuardedClient(names=NAMES, opener=opener, **client)


def test_the_certificate_of_the_name_is_accepted_at_the_checked_address():
    connected: list[str] = []
    with served() as port:
        result = over(port, connected, tls=trusting).fetch(Outgoing("https://shop.example/"), at=AT)
    assert result.body == b"hello"
    assert connected == [PUBLIC]


@pytest.mark.parametrize(
    ("url", "client"),
    [
        ("https://other.example/", {"tls": trusting}),
        (f"https://{PUBLIC}/", {"tls": trusting}),
        ("https://shop.example/", {}),
    ],
    ids=["another name", "no name", "nobody vouches for it"],
)
def test_another_certificate_is_refused(url, client):
    with served() as port, pytest.raises(FetchRefused) as refused:
        over(port, [], **client).fetch(Outgoing(url), at=AT)
    assert refused.value.reason == Reason.CONNECTION


def test_the_inner_address_itself_is_refused_with_the_opener_as_shipped():
    with served() as port, pytest.raises(FetchRefused) as refused:
        GuardedClient(names=NAMES, tls=trusting).fetch(
            Outgoing(f"https://127.0.0.1:{port}/"), at=AT
        )
    assert refused.value.reason in {Reason.INTERNAL, Reason.ADDRESS}
