"""What is measured now, in which round, and how long the rest will take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


def foreseen(rows: int, seconds: float, microseconds_a_line: float) -> float:
    """About how many seconds something takes: some of its own, and some for each line."""
    return seconds + rows * microseconds_a_line / 1e6


class Progress:
    """Lines for whoever waits.

    foreseen_seconds: what all steps together were thought to take; the time left is that of the
    steps to come, made longer or shorter as those before turned out.
    """

    def __init__(self, stream: TextIO, foreseen_seconds: float) -> None:
        self._stream = stream
        self._foreseen = foreseen_seconds
        self._done = 0.0
        self._started = time.monotonic()

    def say(self, sentence: str) -> None:
        """A line of its own."""
        self._stream.write(f"{sentence}\n")
        self._stream.flush()

    @contextmanager
    def step(self, what: str, foreseen_seconds: float) -> Iterator[None]:
        """Say what is done, and when it is done how long that took."""
        self.say(f"{what} ... ({self._left()} left)")
        started = time.monotonic()
        yield
        self._done += foreseen_seconds
        self.say(f"    {time.monotonic() - started:.1f} s")

    def _left(self) -> str:
        pace = (time.monotonic() - self._started) / self._done if self._done else 1.0
        seconds = max(self._foreseen - self._done, 1.0) * pace
        return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"
