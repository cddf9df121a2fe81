"""How long orders take to be confirmed, as measured in the books (F22)."""

from datetime import datetime

from django.db import connection

from commissions.sql import sql


def measure_confirmation(*, at: datetime) -> int:
    """Measure, for each programme, how long lines took from being placed to being settled.

    Counted are lines confirmed or paid that were settled in the year before `at`, in whole days.
    Returns how many programmes were measured; one without such lines keeps what it had.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql("confirmation_days"), {"at": at})
        return int(cursor.rowcount)
