"""Steps 1, 2, 4 and 5 in columns: who brought the buyer, which rulebook, what was allowed."""

import polars as pl

from commissions.engine.frames import INSTANT, at_instant, frame, known, periods
from commissions.engine.reference import Reference

TEXT, KEY = pl.String, pl.Int64


def with_context(lines: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """Lines with source, publisher, traffic type, click, rulebook, approval and cookie life."""
    work = _attributed(lines, ref)
    work = _in_rulebook(work, ref)
    work = work.with_columns(at=pl.coalesce("clicked_at", "created_at"))
    work = work.with_columns(_approved(work, ref), _forbidden(work, ref), _agreed(work, ref))
    return work.with_columns(membership(work, ref)).with_columns(_cookie_days(ref))


def _attributed(lines: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    sources = frame(
        ref.sources, {"id": KEY, "code": TEXT, "publisher_id": KEY, "traffic_type": TEXT}
    )
    clicks = frame(
        ref.clicks,
        {"id": KEY, "click_id": TEXT, "source_id": KEY, "clicked_at": INSTANT, "landing": TEXT},
    )
    took = {"id": "_click", "source_id": "_of", "clicked_at": "clicked_at", "landing": "landing"}
    work = known(lines, sources, on="af", key="code", take={"id": "_af"})
    work = known(work, sources, on="tracking_id", key="code", take={"id": "_tracking"})
    work = known(work, clicks, on="dp", key="click_id", take=took)
    work = work.with_columns(source_id=pl.coalesce("_af", "_of", "_tracking"))
    # A click of another source than the attributed one is no evidence.
    evidence = pl.col("_of") == pl.col("source_id")
    work = work.with_columns(
        pl.when(evidence).then(pl.col("_click")).alias("click_id"),
        pl.when(evidence).then(pl.col("clicked_at")).alias("clicked_at"),
        pl.when(evidence).then(pl.col("landing")).alias("landing"),
    )
    owner = {"publisher_id": "publisher_id", "traffic_type": "traffic_type"}
    return known(work, sources, on="source_id", key="id", take=owner)


def _in_rulebook(work: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """The place of the rulebook in force in the calendar (-1: none) and its id."""
    starts = pl.Series("starts", [book.starts_at for book in ref.calendar], dtype=INSTANT)
    place = starts.search_sorted(work["created_at"], side="right").cast(pl.Int32) - 1
    ids = {index: book.id for index, book in enumerate(ref.calendar)}
    attributed = pl.col("source_id").is_not_null()
    return work.with_columns(book=place).with_columns(
        rulebook_id=pl.when(attributed).then(
            pl.col("book").replace_strict(ids, default=None, return_dtype=KEY)
        )
    )


def _approved(work: pl.DataFrame, ref: Reference) -> pl.Series:
    dated = periods(ref.approvals, {"source_id": KEY})
    dated = dated.with_columns(yes=pl.lit(True))
    (approved,) = at_instant(
        work, dated, keys={"source_id": "source_id"}, at="at", take={"yes": "approved"}
    )
    return approved.fill_null(False)


def _forbidden(work: pl.DataFrame, ref: Reference) -> pl.Series:
    dated = periods(ref.permissions, {"traffic_type": TEXT, "permitted": pl.Boolean})
    (permitted,) = at_instant(
        work, dated, keys={"traffic_type": "traffic_type"}, at="at", take={"permitted": "forbidden"}
    )
    return ~permitted.fill_null(True)


def _agreed(work: pl.DataFrame, ref: Reference) -> pl.Series:
    dated = periods(ref.agreements, {"publisher_id": KEY, "traffic_type": TEXT})
    keys = {"publisher_id": "publisher_id", "traffic_type": "traffic_type"}
    dated = dated.with_columns(yes=pl.lit(True))
    (agreed,) = at_instant(work, dated, keys=keys, at="at", take={"yes": "agreed"})
    return agreed.fill_null(False)


def member_column(fact: str, set_code: str) -> str:
    """Name of the column that says whether a fact's value is a member of a set."""
    return f"in:{fact}:{set_code}"


def membership(work: pl.DataFrame, ref: Reference) -> list[pl.Series]:
    """For the cookie lives: whether each line's country is in each set they name."""
    codes = {life.set_code for book in ref.calendar for life in book.cookie_lives if life.set_code}
    return [is_member(work, ref, "country", "country", code) for code in sorted(codes)]


def is_member(
    work: pl.DataFrame, ref: Reference, fact: str, column: str, set_code: str
) -> pl.Series:
    """Whether the column's value was a member of the set when the order was placed."""
    name = member_column(fact, set_code)
    rows = [row[1:] for row in ref.members if row.set_code == set_code]
    always = [value for value, start, end in rows if start is None and end is None]
    answer = work[column].is_in(always).fill_null(False)
    dated_rows = [row for row in rows if row[1] is not None or row[2] is not None]
    if dated_rows:
        dated = periods(dated_rows, {"value": TEXT}).with_columns(yes=pl.lit(True))
        (dated_answer,) = at_instant(
            work, dated, keys={column: "value"}, at="created_at", take={"yes": name}
        )
        answer = answer | dated_answer.fill_null(False)
    return answer.rename(name)


def _cookie_days(ref: Reference) -> pl.Expr:
    days: pl.Expr = pl.lit(None, dtype=pl.Int32)
    for index, book in enumerate(ref.calendar):
        for life in reversed(book.cookie_lives):
            here = pl.col("book") == index
            if life.set_code is not None:
                here = here & pl.col(member_column("country", life.set_code))
            days = pl.when(here).then(pl.lit(life.days, dtype=pl.Int32)).otherwise(days)
    return days.alias("cookie_days")
