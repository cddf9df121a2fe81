"""An import in a process of its own, its time as it tells it, and the memory of all it starts."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

_LOOK = 0.02  # seconds between two looks at the processes
_GROWN = 1.02  # the exact figure is asked only when the quick one has grown by so much
_PROC = Path("/proc")
_KIB = 1024


class ImportFailed(Exception):
    """An import of the benchmark did not take every row; the message says what it did."""


@dataclass(frozen=True)
class Imported:
    """seconds: from the start of reading to the last commit; peak_bytes: of all its processes."""

    seconds: float
    peak_bytes: int
    lines_new: int
    lines_changed: int


def import_apart(path: Path) -> Imported:
    """Import a file into the scratch database. Raises ImportFailed."""
    with subprocess.Popen(
        [sys.executable, "-m", "config.bench.one_import", str(path)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            peak = _watched(child)
        except BaseException:
            child.kill()
            raise
        said, _ = child.communicate()
    if child.returncode:
        raise ImportFailed(f"The import of {path.name} ended with status {child.returncode}.")
    told = json.loads(said.splitlines()[-1])
    if told["state"] != "done" or told["rows_parked"]:
        raise ImportFailed(f"The import of {path.name} did not take every row: {told}.")
    return Imported(told["seconds"], peak, told["lines_new"], told["lines_changed"])


def _watched(child: subprocess.Popen[str]) -> int:
    """Wait for the child's end; the most memory that it and its own children held together.

    Pages that processes share count once (PSS). Between two looks a process may hold more for a
    moment: its own high-water mark stands where that is higher.
    """
    quick = exact = 0
    while child.poll() is None:
        pids = _family(child.pid)
        seen = sum(_field(pid, "status", "VmRSS") for pid in pids)
        if seen > quick * _GROWN:
            quick = seen
            exact = max(exact, sum(_field(pid, "smaps_rollup", "Pss") for pid in pids))
        exact = max([exact, *(_field(pid, "status", "VmHWM") for pid in pids)])
        time.sleep(_LOOK)
    if exact:
        return exact
    # No such files here: the largest of all children so far, which is what the system tells.
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "darwin" else most * _KIB


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        for tasks in (_PROC / str(one) / "task").glob("*/children"):
            try:
                found += [int(word) for word in tasks.read_text().split()]
            except OSError:
                continue  # It has just ended.
    return found


def _field(pid: int, file: str, name: str) -> int:
    """Bytes that the kernel tells of a process; 0 where it has ended."""
    try:
        text = (_PROC / str(pid) / file).read_text()
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * _KIB
    return 0
