"""The pytest plugin that gives the tests real servers (`-p config.testing` in pyproject).

A conftest would be too late: settings are read before it. The servers are started once, by
the process that people call; workers of xdist inherit the addresses by the environment, and
each has its own test database (pytest-django names it) and its own database in Valkey.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import Stack

_running: list[tuple[Stack, Path]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Before anybody reads settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        _separate(worker)
    else:
        _start()
    return (yield)


def pytest_unconfigure() -> None:
    """After the last test, in the process that started the servers."""
    while _running:
        stack, folder = _running.pop()
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start() -> None:
    """Start what the environment does not name, in a folder that goes with the tests."""
    wants_postgres = not os.environ.get("DATABASE_URL")
    wants_valkey = not os.environ.get("REDIS_URL")
    folder = Path(tempfile.mkdtemp(prefix="permille-tests-"))
    folder.chmod(0o711)  # Run by root, the servers are another user, who passes through.
    stack = Stack(folder, durable=False, with_postgres=wants_postgres, with_valkey=wants_valkey)
    _running.append((stack, folder))
    # Never the data folder of a developer: tests write media and keys.
    os.environ["PERMILLE_DATA"] = str(folder / "data")
    if wants_postgres or wants_valkey:
        stack.start()
        if wants_postgres:
            os.environ["DATABASE_URL"] = stack.addresses.database_url
        if wants_valkey:
            os.environ["REDIS_URL"] = stack.addresses.redis_url
            os.environ.pop("BROKER_URL", None)
            os.environ["PERMILLE_TESTS_OWN_VALKEY"] = "1"


def _separate(worker: str) -> None:
    """Give a worker a corner of Valkey: keys of its own, and in our server a database too."""
    number = int(re.sub(r"\D", "", worker) or 0) + 1
    os.environ["PERMILLE_KEY_PREFIX"] = f"permille-tests-{worker}:"
    if os.environ.get("PERMILLE_TESTS_OWN_VALKEY"):
        os.environ["REDIS_URL"] = re.sub(r"/\d+$", f"/{number}", os.environ["REDIS_URL"])
