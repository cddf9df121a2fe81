"""A database of the benchmark's own, on the server in use: made, used, and dropped."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from psycopg import sql

NAME = "permille_bench"
_LOCK = 0x9E1B


@contextmanager
def scratch_database(tell: Callable[[str], object]) -> Iterator[None]:
    """Let Django work in an empty database with the schema; drop it whatever happens.

    What an earlier run that was killed left behind is dropped first; one that is under way is
    waited for, and `tell` says so. Nothing of the database in use before is read or written.
    """
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(_with_scheme(url), autocommit=True) as server:
        held = server.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if not held or not held[0]:
            tell("Another benchmark runs on this server: waiting for its end.")
            server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _drop(server)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        try:
            with _in_use(url):
                call_command("migrate", verbosity=0, interactive=False)
                yield
        finally:
            _drop(server)


def _drop(server: psycopg.Connection) -> None:
    """Drop the database, ending whatever still works in it."""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))


@contextmanager
def _in_use(url: str) -> Iterator[None]:
    """Turn Django's connection, and the environment of our children, to the scratch database."""
    own = connection.settings_dict["NAME"]
    _turn(NAME, urlsplit(url)._replace(path=f"/{NAME}").geturl())
    try:
        yield
    finally:
        _turn(own, url)


def _turn(name: str, url: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = url
    ContentType.objects.clear_cache()  # its numbers were those of the other database


def direct() -> psycopg.Connection:
    """A connection to the scratch database without Django between: for floors."""
    return psycopg.connect(_with_scheme(os.environ["DATABASE_URL"]))


def _with_scheme(url: str) -> str:
    """The address as libpq knows it; other tools say `postgresql` in other words."""
    return urlsplit(url)._replace(scheme="postgresql").geturl()
