"""Where the sample worlds are."""

import os
from pathlib import Path

WORLDS = Path(
    os.environ.get("PERMILLE_WORLDS")
    or Path(__file__).resolve().parent.parent.parent / "shared" / "worlds"
)
