"""Statements that are prepared: what they answer, and when a connection was lost meanwhile."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from publishers.keys import _key_of_prefix, _with_people
from publishers.models import User
from publishers.operations import open_block
from publishers.prepared import prepared_cursor, unchecked
from tests.api.callers import key_for, of
from tests.backoffice import NOW, facts


def ask(statement: str, *values: object) -> tuple[object, ...] | None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


@pytest.mark.django_db
def test_a_statement_is_planned_once_and_answers_anew():
    statement = "SELECT %s::int + 1, now()"
    first, second = ask(statement, 1), ask(statement, 41)
    assert (first[0], second[0]) == (2, 42)
    assert second[1].utcoffset().total_seconds() == 0
    kept = ask(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", "%$1::int + 1%"
    )
    assert kept == (1,)


@pytest.mark.django_db
def test_whoever_counts_queries_sees_them():
    with CaptureQueriesContext(connection) as asked:
        ask("SELECT %s::text", "seen")
        ask("SELECT %s::text", "seen")
    assert ["SELECT" in one["sql"] for one in asked] == [True, True]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_is_made_anew_once():
    lost = ask("SELECT pg_backend_pid()")[0]
    connection.connection.close()
    assert unchecked(lambda: ask("SELECT pg_backend_pid()"))[0] != lost
    tries = []

    def never() -> None:
        tries.append(1)
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        unchecked(never)
    assert len(tries) == 2


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_done_twice():
    tries = []

    def never() -> None:
        tries.append(1)
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        unchecked(never)
    assert len(tries) == 1


@pytest.mark.django_db
def test_a_key_is_found_with_all_that_the_rows_say(tmp_path):
    facts(tmp_path)
    key, _text = key_for(of("anna"))
    for blocked in (False, True):
        found, known = _key_of_prefix(key.prefix), _with_people().get(prefix=key.prefix)
        for one, other in ((found, known), (found.user, known.user)):
            told = {field.attname: getattr(one, field.attname) for field in one._meta.fields}
            assert told == {name: getattr(other, name) for name in told}
        assert isinstance(found.user, User)
        assert found.blocked is known.blocked is blocked
        if not blocked:
            open_block(publisher_id=key.publisher_id, ground="test", at=NOW)
    assert _key_of_prefix("nobody") is None
