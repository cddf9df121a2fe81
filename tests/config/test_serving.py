"""Serving runs three children, and ends with all of them or with none left."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from tests.config.stacks import PROJECT, eventually, family, gone

SERVE = """
import sys
from config.serving import serve
sys.exit(serve(lambda: "ready at once", sys.argv[1]))
"""


@pytest.fixture
def address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def serving(address, transactional_db, settings):
    name = settings.DATABASES["default"]["NAME"]
    url = os.environ["DATABASE_URL"]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, address],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url.rsplit("/", 1)[0] + f"/{name}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    below: list[psutil.Process] = []
    try:
        assert eventually(lambda: answers(address) or process.poll() is not None, 90)
        below = family(process)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert eventually(lambda: gone(below)), "children outlived the command that served"


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/admin/login/", timeout=2) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_everything_within_ten_seconds(serving, number):
    below = family(serving)
    assert len(below) >= 5
    started = time.monotonic()
    serving.send_signal(number)
    output, _none = serving.communicate(timeout=15)
    assert time.monotonic() - started < 10
    assert serving.returncode == 0, output
    assert gone(below)
    assert "permille | ready at once" in output


def test_a_child_that_dies_ends_the_whole_with_an_error(serving):
    beat = next(p for p in family(serving) if "beat" in p.cmdline())
    beat.kill()
    output, _none = serving.communicate(timeout=15)
    assert serving.returncode == 1
    assert "beat ended (exit -9)" in output


def test_nothing_is_left_when_it_is_killed(serving):
    below = family(serving)
    serving.kill()
    assert eventually(lambda: gone(below), 60)


def test_the_admin_and_its_styles_are_served_without_debug(serving, address):
    with urllib.request.urlopen(f"http://{address}/static/unfold/css/styles.css") as style:
        assert style.status == 200
    with urllib.request.urlopen(f"http://{address}/admin/login/") as page:
        policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
