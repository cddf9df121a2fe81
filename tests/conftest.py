"""What every test shares."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from django.utils.translation import deactivate


@pytest.fixture(scope="session", autouse=True)
def _quick_sign_in() -> Iterator[None]:
    """Tests sign in more often than people: without limits, but where a test names its own, and
    with passwords that are quick to check."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(
        ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False, PASSWORD_HASHERS=hashers
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The test database; at the end, whoever still holds a connection to it is sent away.

    A process that a test killed may leave its session behind for a moment, and a database in use
    cannot be dropped.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _language_of_the_next() -> Iterator[None]:
    """A page that a test read in Russian leaves the next test its own language."""
    yield
    deactivate()
