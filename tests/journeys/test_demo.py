"""The demo as a newcomer meets it: an empty folder, the summary, the site, Ctrl-C."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from config.demo import OtherBooks, refuse_other_books
from config.sample_world.files import write_files
from publishers.models import Publisher
from tests.config.stacks import PROJECT, environment, eventually, family, gone

RULEBOOKS = (
    "Rates by category",
    "Brand list",
    "Sellers' own rates in eleven countries",
    "Non-affiliate goods by traffic type",
)
LOADED_NOTHING = "The sample world is here already; nothing is loaded."


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own, which is closed to others: run by root, the servers are another user.
    place = Path(tempfile.mkdtemp(prefix="permille-"))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def surroundings(folder: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    return {**environment(folder), "PERMILLE_ADDRESS": address}


def manage(surroundings: dict[str, str], *arguments: str) -> str:
    """What a command of manage.py writes; it must end well."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def told(output: str) -> str:
    """The summary in what the command wrote."""
    return output[output.index("What became of the orders") :]


def cents(amount: str) -> int:
    return int(amount.replace(",", "").replace(".", ""))


def assert_tells_the_whole_story(summary: str) -> None:
    for title in RULEBOOKS:
        row = re.search(rf"^  \d  {title} +([\d,]+) +([\d,.]+) +([\d,.]+)$", summary, re.MULTILINE)
        assert row is not None, title
        assert all(cents(figure) > 0 for figure in row.groups()), title
    deducted = re.findall(r"^ +([\d,.]+) USD deducted$", summary, re.MULTILINE)
    assert len(deducted) == 2
    assert all(cents(amount) > 0 for amount in deducted)
    back = re.findall(r"^ +([\d,.]+) USD came back", summary, re.MULTILINE)
    assert len(back) == 1
    assert cents(back[0]) > 0
    assert "Waiting: 7." in summary
    assert "The books agree." in summary
    assert re.search(r"^  User +admin$", summary, re.MULTILINE)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def signed_in(site: str, password: str) -> urllib.request.OpenerDirector:
    """A visitor who has signed in as the demo's user."""
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with visitor.open(f"{site}/admin/login/?next=/admin/") as page:
        door = page.url
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token is not None
    fields = {
        "csrfmiddlewaretoken": token[1], "username": "admin", "password": password,
        "next": "/admin/",
    }  # fmt: skip
    with visitor.open(door, urllib.parse.urlencode(fields).encode()) as page:
        assert page.url == f"{site}/admin/"
    return visitor


def test_from_an_empty_folder_to_ctrl_c(folder, surroundings):
    first = told(manage(surroundings, "demo", "--no-serve"))
    assert_tells_the_whole_story(first)
    assert stat.S_IMODE((folder / "demo-password").stat().st_mode) == 0o600

    site = f"http://{surroundings['PERMILLE_ADDRESS']}"
    serving = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    below = []
    try:
        ready = lambda: answers(f"{site}/admin/login/")  # noqa: E731
        assert eventually(lambda: ready() or serving.poll() is not None, 120)
        below = family(serving)
        assert len(below) >= 5, serving.stdout.read() if serving.poll() is not None else below
        assert_runs_again_and_changes_nothing(surroundings, first)
        assert_every_address_answers(first, site, (folder / "demo-password").read_text().strip())
    finally:
        if serving.poll() is None:
            os.killpg(serving.pid, signal.SIGINT)  # As a terminal does.
        output, _none = serving.communicate(timeout=30)
    assert serving.returncode == 0, output
    assert LOADED_NOTHING in output
    assert gone(below)


def assert_runs_again_and_changes_nothing(surroundings: dict[str, str], first: str) -> None:
    before = manage(surroundings, "export_lines")
    again = manage(surroundings, "demo", "--no-serve")
    assert LOADED_NOTHING in again
    assert told(again) == first
    assert manage(surroundings, "export_lines") == before


def assert_every_address_answers(summary: str, site: str, password: str) -> None:
    visitor = signed_in(site, password)
    addresses = re.findall(rf"{site}(/admin/\S*)$", summary, re.MULTILINE)
    assert len(addresses) > 10
    for address in addresses:
        with visitor.open(site + address, timeout=20) as page:
            assert page.status == 200, address


def test_the_sample_world_is_the_same_each_time(tmp_path):
    for name in ("one", "two"):
        write_files(tmp_path / name)
    files = sorted((tmp_path / "one").iterdir())
    assert len(files) == 20
    assert all(path.read_bytes() == (tmp_path / "two" / path.name).read_bytes() for path in files)


@pytest.mark.django_db
def test_the_demo_keeps_out_of_books_that_somebody_works_with():
    Publisher.objects.create(
        code="stranger", email="stranger@example.net", name="A stranger",
        registered_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    with pytest.raises(OtherBooks, match="not the sample world"):
        refuse_other_books()
