"""Things are where a newcomer looks for them."""

import re

from tests.house.files import PROJECT, project_files

ROOMS = {"config", "publishers", "commissions", "compliance", "referrals"}
TOP_FOLDERS = ROOMS | {"docs", "locale", "static", "templates", "tests", ".ci", ".github"}
# A name that says "something or other" collects everything.
NAMELESS = {"utils", "util", "common", "helpers", "helper", "core", "misc", "services", "base"}
# Addresses and files that tie the project to one machine or one package registry.
REGISTRY = re.compile(
    r"(?i)(--(extra-)?index[-]url|--find[-]links|https?://[^\s\"']*(/simpl[e]/|\.whl|\.tgz)|index[-]url\s*=)"
)


def test_top_level_holds_the_rooms_and_nothing_else():
    folders = {path.parts[0] for path in project_files() if len(path.parts) > 1}
    assert folders <= TOP_FOLDERS, f"no room for {sorted(folders - TOP_FOLDERS)}"


def test_no_module_has_a_name_that_says_nothing():
    nameless = [
        str(path)
        for path in project_files(".py")
        if path.parts[0] in ROOMS and {path.stem, *path.parts[:-1]} & NAMELESS
    ]
    assert not nameless, f"name these by what they hold: {nameless}"


def test_no_file_names_a_package_index():
    naming = []
    for path in project_files():
        if "static" in path.parts:
            continue
        text = (PROJECT / path).read_text(errors="ignore")
        naming += [f"{path}: {found.group()}" for found in REGISTRY.finditer(text)]
    assert not naming, f"a lock holds versions and hashes alone: {naming}"


def test_every_requirement_has_a_hash_and_an_exact_version():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (PROJECT / lock).read_text()
        entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
        wrong = [e.split("\n")[0] for e in entries if "==" not in e or "--hash=sha256:" not in e]
        assert not wrong, f"{lock}: {wrong}"


def test_no_file_names_a_place_of_one_machine():
    homes = re.compile(r"(?<![\w.])/(home|Users|work|root)/\w+")
    naming = [
        f"{path}: {found.group()}"
        for path in project_files()
        if path.suffix in {".py", ".toml", ".lock", ".in", ".md", ".sh", ".yml"}
        for found in homes.finditer((PROJECT / path).read_text())
    ]
    assert not naming, f"use paths relative to the project: {naming}"
