"""What is measured now, in which round, and how long the rest will take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Lines for whoever waits. The work left is counted in units: about the time of one import."""

    def __init__(self, stream: TextIO, units: float) -> None:
        self._stream = stream
        self._units = units
        self._done = 0.0
        self._started = time.monotonic()

    @contextmanager
    def step(self, what: str, units: float) -> Iterator[None]:
        """Say what is done, and when it is done how long that took.

        units: its part of the whole, as foreseen.
        """
        self._stream.write(f"{what} ...{self._left()}\n")
        self._stream.flush()
        started = time.monotonic()
        yield
        self._done += units
        self._stream.write(f"    {time.monotonic() - started:.1f} s\n")
        self._stream.flush()

    def _left(self) -> str:
        if not self._done:
            return ""
        seconds = (time.monotonic() - self._started) / self._done * (self._units - self._done)
        if seconds < 90:
            return f" (about {max(seconds, 1):.0f} s left)"
        return f" (about {seconds / 60:.0f} min left)"
