"""Who was in the sets that conditions ask, at some time of a window."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from commissions.engine.reference import MemberRow
from commissions.engine.regions import Window
from commissions.sql import sql


def histories(
    programme_id: int, set_codes: Collection[str], window: Window
) -> tuple[MemberRow, ...]:
    """The members of the sets with their periods, cut to the window.

    One category or store stands for all those in the same sets at the same times.
    """
    values: dict[str, Any] = {
        "programme": programme_id,
        "codes": sorted(set_codes),
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql("member_histories"), values)
        return tuple(
            MemberRow(code, value, start, end)
            for value, codes, starts, ends in cursor.fetchall()
            for code, start, end in zip(codes, starts, ends, strict=True)
        )
