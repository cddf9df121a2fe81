"""Requests a second through the web server: P9 and P10 against an empty view on the same server."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.bench.progress import Progress
from config.bench.results import Results
from publishers.enums import Scope
from publishers.keys import make_key
from publishers.models import Click, Publisher, Source, User

VISITORS = 8  # at once, as many as the server has threads
SECONDS = 3.0  # of each measure
_PATIENCE = 60.0  # seconds until the server answers
HELLO, ORDERS = "/hello", "/api/v1/orders?limit=50"
_NO_LIMIT = "1000000000"  # of the API: what it costs is measured, not what it allows


class WebFailed(Exception):
    """The web server did not answer as it should; the message says what it did."""


@dataclass(frozen=True)
class Rate:
    """Requests that were answered, and in how many seconds."""

    answered: int
    seconds: float

    @property
    def of_one(self) -> float:
        """Seconds a request, all visitors together."""
        return self.seconds / self.answered


def measure_clicks(rounds: int, results: Results, progress: Progress) -> None:
    """P9: clicks on one source's link; every click that was answered must be stored."""
    with web_server() as port:
        for number in range(1, rounds + 1):
            with progress.step(f"Round {number} of {rounds}: P9", 2 * SECONDS):
                floor = requests(port, HELLO, expected=200)
                before = Click.objects.count()
                clicks = requests(port, link(), expected=302)
                stored = Click.objects.count() - before
            if stored < clicks.answered:
                raise WebFailed(f"{clicks.answered} clicks were answered and {stored} stored.")
            results.add("P9", clicks.of_one, floor.of_one, faster=True)
            results.note("P9", clicks_a_second=clicks.answered / clicks.seconds)


def measure_pages(publisher: Publisher, rounds: int, results: Results, progress: Progress) -> None:
    """P10: the first 50 orders of a publisher through the API, with a key of its own."""
    headers = {"Authorization": f"Bearer {key_of(publisher)}"}
    with web_server() as port:
        for number in range(1, rounds + 1):
            with progress.step(f"Round {number} of {rounds}: P10", 2 * SECONDS):
                floor = requests(port, HELLO, expected=200)
                page = requests(port, ORDERS, expected=200, headers=headers)
            results.add("P10", page.of_one, floor.of_one)
            results.note("P10", pages_a_second=page.answered / page.seconds)


def web_foreseen(rounds: int) -> float:
    """About how many seconds one row takes."""
    return 5 + rounds * 2 * SECONDS


def key_of(publisher: Publisher) -> str:
    """A key of an owner of the publisher, who is made."""
    now = timezone.now()
    owner = User.objects.create_user("bench-owner", publisher=publisher)
    _row, key = make_key(
        user=owner, name="bench", scopes=[Scope.READ_ORDERS], by=owner, at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return key


def link() -> str:
    """The link of some source to some product, with two sub ids."""
    code = Source.objects.order_by("pk").values_list("code", flat=True)[0]
    target = quote(f"https://{settings.PERMILLE_MERCHANT_DOMAINS[0]}/item/1005001.html", safe="")
    return f"/c/{code}?to={target}&sub1=bench&sub2=1"


@contextmanager
def web_server() -> Iterator[int]:
    """gunicorn as the product runs it, over the scratch database; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "gunicorn", "config.bench.web_app:application"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "critical"),
    ]
    connection.close()  # Who forks must not share it.
    environment = {**os.environ, "PERMILLE_API_READS": _NO_LIMIT}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment) as server:
        try:
            _until_it_answers(port, server)
            yield port
        finally:
            server.terminate()


def _until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), HELLO, {}, 200)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise WebFailed("The web server did not begin to answer.")


def requests(
    port: int, path: str, *, expected: int, headers: Mapping[str, str] | None = None
) -> Rate:
    """Ask for the path again and again for SECONDS, VISITORS at once. Raises WebFailed."""
    until = time.monotonic() + SECONDS
    answered: list[int] = []
    failures: list[Exception] = []

    def visit() -> None:
        count = 0
        visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while time.monotonic() < until and not failures:
                _ask(visitor, path, headers or {}, expected)
                count += 1
        except (OSError, http.client.HTTPException, WebFailed) as error:
            failures.append(error)
        finally:
            visitor.close()
        answered.append(count)

    threads = [threading.Thread(target=visit) for _ in range(VISITORS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise WebFailed(f"{path}: {failures[0]}")
    return Rate(sum(answered), time.perf_counter() - begun)


def _ask(
    visitor: http.client.HTTPConnection, path: str, headers: Mapping[str, str], expected: int
) -> None:
    visitor.request("GET", path, headers=dict(headers))
    answer = visitor.getresponse()
    answer.read()
    if answer.status != expected:
        raise WebFailed(f"{path} was answered {answer.status} instead of {expected}.")
