"""A click that was answered is stored, whatever is killed while visitors follow links."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psutil
import pytest

from tests.config.stacks import PROJECT, end, environment, eventually, family, gone, hold, manage
from tests.fact_files import PUBLISHERS, SOURCES

TARGET = "https://ru.aliexpress.com/item/5003.html"
LINK = f"/c/anna-site?to={quote(TARGET, safe='')}&sub1=kill"
VISITORS, SEED = 6, 20_210_706
VICTIMS = ("web worker", "web", "postgres", "valkey", "postgres and valkey")
COUNTED = """
from publishers.models import Click
print("stored", Click.objects.filter(click_id__in=open({path!r}).read().split()).count())
"""


class Site:
    """The servers of a folder and the web in front of them; what is killed is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.servers = hold(folder, durable=True)
        self.web = self._serve()

    def _serve(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--workers", "2",
             "--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{self.port}",
             "--no-control-socket", "--log-level", "critical"],
            cwd=PROJECT, env=environment(self.folder), stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self, victim: str) -> None:
        """Kill at once, and start again what does not come back by itself."""
        if victim == "web worker":
            workers = psutil.Process(self.web.pid).children()
            if workers:
                os.kill(random.choice(workers).pid, signal.SIGKILL)
            return
        if victim == "web":
            for process in [*psutil.Process(self.web.pid).children(recursive=True), self.web]:
                os.kill(process.pid, signal.SIGKILL)
            self.web.wait()
            self.web = self._serve()
            return
        processes = family(self.servers)
        for process in processes:
            if victim == "postgres and valkey" or victim in process.name():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        # What was not killed is ended in order: a second server must not find the first.
        end(self.servers, signal.SIGINT)
        assert eventually(lambda: gone(processes))
        self.servers = hold(self.folder, durable=True)

    def close(self) -> None:
        """End both."""
        end(self.web, signal.SIGTERM)
        end(self.servers, signal.SIGINT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A site with two publishers and their sources."""
    world = folder / "world"
    world.mkdir(parents=True)
    (world / "publishers.csv").write_text(PUBLISHERS.lstrip())
    (world / "sources.csv").write_text(SOURCES.lstrip())
    loaded = manage(folder, "load_world", str(world))
    assert loaded.returncode == 0, loaded.stderr
    running = Site(folder)
    try:
        yield running
    finally:
        running.close()


class Visitors:
    """Threads that follow the link until told to stop, and note each click they were answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered: list[str] = []
        self.turned_away = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._walk) for _ in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def _walk(self) -> None:
        while not self.over.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException):
                self.turned_away += 1
                self.over.wait(0.02)

    def _follow(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", LINK)
            answer = connection.getresponse()
            if answer.status == 302:
                query = urlsplit(answer.headers["Location"]).query
                self.answered.append(parse_qs(query)["dp"][0])
            else:
                self.turned_away += 1
        finally:
            connection.close()

    def close(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


def follow_and_kill(folder: Path, *, clicks: int, kills: int) -> None:
    """Follow links while the victims are killed in turn; every answered click must be stored."""
    choice = random.Random(SEED)
    with site(folder) as running:
        visitors = Visitors(running.port)
        try:
            for number in range(kills):
                wanted = len(visitors.answered) + choice.randrange(1, 2 * clicks // kills)
                assert eventually(lambda: len(visitors.answered) >= wanted, 120)  # noqa: B023
                running.kill(VICTIMS[number % len(VICTIMS)])
            assert eventually(lambda: len(visitors.answered) >= clicks, 300)
        finally:
            visitors.close()
        ids = folder / "answered"
        ids.write_text("\n".join(visitors.answered))
        counted = manage(folder, "shell", "-v", "0", "-c", COUNTED.format(path=str(ids)))
    assert visitors.turned_away, "nothing was felt of the kills: they proved nothing"
    assert len(set(visitors.answered)) == len(visitors.answered)
    assert f"stored {len(visitors.answered)}" in counted.stdout, (counted, len(visitors.answered))


def test_every_answered_click_is_stored_when_anything_is_killed(tmp_path):
    follow_and_kill(tmp_path, clicks=300, kills=5)


@pytest.mark.deep
def test_every_one_of_five_thousand_answered_clicks_is_stored(tmp_path):
    follow_and_kill(tmp_path, clicks=5_000, kills=25)
