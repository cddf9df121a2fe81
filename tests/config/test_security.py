"""What a log must not show, and what a browser may load."""

import logging

import pytest

from config.security import SecretlessFormatter, without_secrets


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("redis://:hunter2@127.0.0.1:1/0", "redis://:***@127.0.0.1:1/0"),
        ("postgres://u:hunter2@host/db", "postgres://u:***@host/db"),
        ("password=hunter2 next", "password=*** next"),
        ('{"api_key": "hunter2"}', '{"api_key": "***"}'),
        ("the order 12 was parked", "the order 12 was parked"),
    ],
)
def test_secrets_are_blanked_and_the_rest_stays(said, shown):
    assert without_secrets(said) == shown


def test_a_traceback_tells_no_password():
    error = ConnectionError("cannot reach redis://:hunter2@127.0.0.1:1/0")
    record = logging.LogRecord("a", logging.ERROR, "", 0, "no", (), (type(error), error, None))
    assert "hunter2" not in SecretlessFormatter("%(message)s").format(record)


def test_own_pages_run_no_script_written_into_them(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
