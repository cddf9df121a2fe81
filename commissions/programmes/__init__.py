"""The programmes that ship with the product: one folder of readable files each.

`programme.toml` says what the programme is and names its sets, `traffic.toml` which types of
traffic it permits, and every other `*.toml` is one rulebook.
"""

from pathlib import Path

PROGRAMME_FILE = "programme.toml"
TRAFFIC_FILE = "traffic.toml"


def shipped_programmes() -> tuple[Path, ...]:
    """The folders of the programmes that ship, by name."""
    here = Path(__file__).resolve().parent
    return tuple(sorted(found.parent for found in here.glob(f"*/{PROGRAMME_FILE}")))


def rulebook_files(folder: Path) -> tuple[Path, ...]:
    """The rulebooks of a programme's folder, by name (which begins with their start)."""
    others = {PROGRAMME_FILE, TRAFFIC_FILE}
    return tuple(sorted(path for path in folder.glob("*.toml") if path.name not in others))
