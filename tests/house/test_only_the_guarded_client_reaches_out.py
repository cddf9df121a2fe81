"""Nothing of ours opens a connection to the outside but the guarded client."""

import ast
from pathlib import Path

import pytest

from tests.house.files import PROJECT, project_files

ROOMS = {"config", "publishers", "commissions", "compliance", "referrals"}
GUARDED = Path("compliance/fetching")
# Modules that reach a host, or ask names of one; those inside them too.
REACHING_OUT = {
    "aiohttp", "asyncio.streams", "dns", "ftplib", "http.client", "httpcore", "httpx", "imaplib",
    "nntplib", "poplib", "requests", "smtplib", "socket", "socketserver", "telnetlib",
    "urllib.request", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
# Files that need one of them for this machine alone, each with its reason.
LOCAL = {
    "config/api/client_runtime.py": "is written into the client of the API; others run it",
    "config/bench/web.py": "asks the web server that the benchmark starts on this machine",
    "config/embedded/valkey.py": "finds a free port of this machine for the embedded server",
    "publishers/letters.py": "names the refusals of the operator's own mail server",
    "config/management/commands/demo.py": "tells whether the port of the demo is taken here",
}


def reached(source: str) -> list[str]:
    """The modules of REACHING_OUT that a source imports, in whatever form."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0]
            if called in {"import_module", "__import__"} and isinstance(first, ast.Constant):
                names.append(str(first.value))
    return sorted(
        {name for name in names for out in REACHING_OUT if f"{name}.".startswith(f"{out}.")}
    )


def test_only_the_guarded_client_reaches_out():
    reaching = [
        f"{path}: {', '.join(found)}"
        for path in project_files(".py")
        if path.parts[0] in ROOMS
        and not path.is_relative_to(GUARDED)
        and str(path) not in LOCAL
        and (found := reached((PROJECT / path).read_text()))
    ]
    assert not reaching, f"fetch through compliance.fetching instead: {reaching}"


def test_the_files_allowed_by_name_still_need_it():
    stale = [name for name in LOCAL if not reached((PROJECT / name).read_text())]
    assert not stale, f"strike these off: {stale}"


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen as x",
        "from http import client",
        "def f():\n    import socket",
        "import dns.resolver as names",
        "from importlib import import_module\nimport_module('requests.sessions')",
        "__import__('socket')",
    ],
)
def test_every_form_of_import_is_seen(source):
    assert reached(source)


@pytest.mark.parametrize(
    "source", ["from urllib.parse import quote", "import sockets", "from http import HTTPStatus"]
)
def test_other_modules_may_be_imported(source):
    assert not reached(source)
