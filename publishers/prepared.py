"""Statements that the server plans once a connection: for what is asked hundreds of times a second.

Django sends every statement as one text with its values in it, and the server reads and plans it
anew each time: for a click or a key that is longer than the work itself.
"""

from collections.abc import Callable
from typing import Any, Self, TypeVar, cast

import psycopg
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from psycopg._queries import PostgresQuery

Answer = TypeVar("Answer")


class _PreparedCursor(psycopg.Cursor[Any]):
    """Sends values beside the statement, which has a name from its first use on.

    Answers come in binary form: an instant is read in a tenth of the time of its text.
    """

    def execute(self, query: Any, params: Any = None, **_kwargs: Any) -> Self:
        return super().execute(query, params, prepare=True, binary=True)

    def _get_prepared(self, pgq: PostgresQuery, *asked: Any) -> Any:
        self._query = pgq  # Whoever logs queries reads it here; psycopg leaves it out.
        return super()._get_prepared(pgq, *asked)


def prepared_cursor() -> CursorWrapper:
    """A cursor of the connection in use, whose statements are prepared.

    They are forgotten with the connection, and after a ROLLBACK; at most a hundred are kept. Errors
    are Django's, and whoever counts queries counts these.
    """
    connection.ensure_connection()
    cursor: Any = _PreparedCursor(cast("psycopg.Connection[Any]", connection.connection))
    if connection.queries_logged:
        return connection.make_debug_cursor(cursor)
    return connection.make_cursor(cursor)


def unchecked(work: Callable[[], Answer]) -> Answer:
    """Do the first work of a request without asking before whether the connection lives.

    Django would ask, which costs as much as a click. Here the statement itself finds out, and is
    done once more on a new connection; so it must be one that may be done twice.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return work()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return work()
