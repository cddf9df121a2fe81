"""What the work is measured against: the server's own doing, without any of ours."""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.bench.feed_files import COLUMNS
from config.bench.scratch import direct

_CHUNK = 256 * 1024
ROUND_TRIPS = 200


def copy_seconds(path: Path) -> float:
    """BASE: the file into a logged table without an index, by COPY, to its commit."""
    columns = ", ".join(f"{name} text" for name in COLUMNS)
    with direct() as server:
        # Committed before: a table made in the same transaction may escape the log.
        server.execute(f"CREATE TABLE bench_base ({columns})")
        server.commit()
        started = time.perf_counter()
        with (
            path.open("rb") as file,
            server.cursor().copy("COPY bench_base FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
        server.commit()
        seconds = time.perf_counter() - started
        server.execute("DROP TABLE bench_base")
    return seconds


def round_trip_seconds(*questions: tuple[str, Sequence[Any]]) -> list[float]:
    """The median time of asking each and taking its whole answer, by turns on one connection.

    By turns, since the same round trip takes 25 microseconds or 80, as the cores sleep or not.
    """
    taken: list[list[float]] = [[] for _ in questions]
    with direct() as server:
        server.autocommit = True
        for _ in range(ROUND_TRIPS):
            for times, (question, parameters) in zip(taken, questions, strict=True):
                started = time.perf_counter()
                server.execute(question, parameters).fetchall()
                times.append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]


def statement_seconds(statement: str) -> float:
    """One statement, to its commit."""
    with direct() as server:
        started = time.perf_counter()
        server.execute(statement)
        server.commit()
        return time.perf_counter() - started
