"""The data folder: everything that one installation keeps on disk."""

import contextlib
import os
import secrets
from pathlib import Path

from config.embedded.errors import EmbeddedError

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path:
    """The folder that PERMILLE_DATA names, else `.data/` in the project."""
    named = os.environ.get("PERMILLE_DATA", "")
    return Path(named).expanduser().resolve() if named else PROJECT_DIR / ".data"


def make_data_folder(folder: Path) -> Path:
    """Make the folder if it is missing.

    Others may pass through it and not list it: run as root, the servers are another user,
    and everything inside that is secret is closed by its own mode.
    """
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {folder} cannot be made ({error.strerror}). "
            "Name another one with PERMILLE_DATA."
        ) from error
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone; a reader sees the old text or the new, never a half."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def secret_key(folder: Path) -> str:
    """The key that signs sessions here: made once, kept in the data folder."""
    path = make_data_folder(folder) / "secret_key"
    with contextlib.suppress(FileNotFoundError):
        return _read_key(path)
    draft = path.with_name(f".secret_key.{secrets.token_hex(4)}")
    write_private(draft, secrets.token_urlsafe(64))
    try:
        # Of two first starts at once, one key wins, and both use it.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return _read_key(path)


def _read_key(path: Path) -> str:
    try:
        key = path.read_text().strip()
    except PermissionError as error:
        raise EmbeddedError(
            f"{path} belongs to another user. Run the command as that user, or set SECRET_KEY "
            "and PERMILLE_DATA."
        ) from error
    if not key:
        raise EmbeddedError(f"{path} is empty. Delete it, and a new key is made.")
    return key
