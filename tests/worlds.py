"""Where the sample worlds are."""

import os
from pathlib import Path

import pytest

WORLDS = Path(
    os.environ.get("PERMILLE_WORLDS")
    or Path(__file__).resolve().parent.parent.parent / "shared" / "worlds"
)


def world(name: str) -> Path:
    """The folder of a sample world; where the worlds are not at hand, the test is skipped."""
    folder = WORLDS / name
    if not folder.is_dir():
        pytest.skip(f"the world {name} is not at {WORLDS}; PERMILLE_WORLDS names another place")
    return folder
