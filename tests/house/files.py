"""The files of the project: what git tracks, and what it would."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def project_files(suffix: str = "") -> list[Path]:
    """Paths relative to the project, of files that end with `suffix`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.split("\0")
    else:  # An unpacked archive: everything but what is made here.
        names = [
            str(path.relative_to(PROJECT))
            for path in PROJECT.rglob("*")
            if not {".venv", ".data", "__pycache__"} & set(path.relative_to(PROJECT).parts)
        ]
    return sorted(
        Path(name) for name in names if name.endswith(suffix) and (PROJECT / name).is_file()
    )
