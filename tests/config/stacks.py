"""Helpers for tests that start servers of their own, beside those of the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parent.parent.parent
# Starts the servers of the folder and keeps them until it is told to end, or killed.
HOLDER = """
import signal, sys
from pathlib import Path
from config.embedded import Stack
stack = Stack(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
stack.start()
stack.publish()
try:
    print("up", flush=True)
    signal.pause()
except KeyboardInterrupt:
    stack.stop()
"""


def environment(folder: Path) -> dict[str, str]:
    """This process's environment, without the servers of the tests."""
    named = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "PERMILLE_KEY_PREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in named}
    return {**kept, "PERMILLE_DATA": str(folder)}


def hold(folder: Path, *, durable: bool = False) -> subprocess.Popen[str]:
    """A process that runs the servers of the folder. durable: what they confirm outlives a kill."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), "durable" if durable else "forgetful"],
        cwd=PROJECT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "up\n"
    return holder


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py on the folder."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.wait(30)
    if process.stdout is not None:
        process.stdout.close()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process below this one."""
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
