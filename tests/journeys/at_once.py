"""Several connections at once, brought to a chosen order without waiting for a clock.

Whoever is to be second is started when the database says that the first one stands before a
lock, never after some time.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from commissions.models import Programme

BOOKS, CLOCK = 0x9E12, 0x9E14  # the namespaces of the advisory locks
PATIENCE = 30.0  # seconds until a test that cannot go on fails

Work = Callable[[], Any]


class Begun:
    """Work in a thread with a connection of its own."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - told to whoever asks for the result
            self._error = error
        finally:
            connections.close_all()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Any:
        """What the work gave; raises what it raised."""
        self._thread.join(PATIENCE)
        assert self.is_over, "the work never came to an end"
        if self._error is not None:
            raise self._error
        return self._result


def until_waiting(count: int) -> None:
    """Come back when so many connections of this database stand before a lock."""
    deadline = time.monotonic() + PATIENCE
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN"
                f" (SELECT pid FROM pg_locks WHERE database = {here})"
            )
            if cursor.fetchone()[0] == count:
                return
    raise AssertionError(f"it never came to {count} connections that wait for a lock")


@contextmanager
def held(namespace: int, number: int = 0) -> Iterator[None]:
    """Hold an advisory lock on this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [namespace, number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [namespace, number])


@contextmanager
def books_held() -> Iterator[None]:
    """Nobody writes the books of the programme meanwhile; who wants to, queues."""
    with held(BOOKS, Programme.objects.get().pk):
        yield


def in_turn(*works: Work) -> list[Any]:
    """All stand before the books, in this order, when the books are let go."""
    begun = []
    with books_held():
        for place, work in enumerate(works, start=1):
            begun.append(Begun(work))
            until_waiting(place)
    return [one.result() for one in begun]


def all_at_once(*works: Work) -> list[Any]:
    """All begin at the same moment, and go on as the database lets them."""
    start = threading.Barrier(len(works))

    def one(work: Work) -> Work:
        def begin() -> Any:
            start.wait(PATIENCE)
            return work()

        return begin

    begun = [Begun(one(work)) for work in works]
    return [one.result() for one in begun]
