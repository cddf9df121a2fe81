"""Why a field was not taken: one sentence with the field, its value, and what to do."""

import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from zoneinfo import ZoneInfo

from commissions.feed.columns import AHEAD, CENTS, UNITS
from commissions.feed.model import MAX_ID_DIGITS, STATUSES, FeedRules
from commissions.feed.texts import quoted


def sentence(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    """The sentence for a value that the column checks did not take."""
    return _SENTENCES[field](field, value, rules, now)


def _of(field: str, value: str) -> str:
    return f"{field} {quoted(value)}" if value else f"{field} is empty, which"


def _id(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    if value.isascii() and value.isdigit():
        return (
            f"{_of(field, value)} has {len(value)} digits where a number has at most "
            f"{MAX_ID_DIGITS}: look for two numbers run together."
        )
    return (
        f"{_of(field, value)} is not a merchant's number: write its digits 0 to 9 and nothing "
        "else (a spreadsheet may have rounded it; keep the column as text)."
    )


def _status(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return f"{_of(field, value)} is not a known status: write one of {', '.join(STATUSES)}."


def _effect(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return f"{_of(field, value)} is not a known effect: write FullRefund, Antispam or nothing."


def _country(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return (
        f"{_of(field, value)} is not a known country: write its two capitals by ISO 3166, "
        "such as US."
    )


def _currency(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return (
        f"{_of(field, value)} is not the programme's currency: only {rules.currency} "
        "is taken, and nothing is converted."
    )


def _amount(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    if rules.amount_unit == "cents":
        shape, kind = CENTS, "an amount in whole cents: write digits only, such as 1050 for 10.50."
    else:
        shape, kind = UNITS, "an amount: write digits with at most two decimals, such as 10.50."
    if re.fullmatch(shape, value):
        return (
            f"{_of(field, value)} is over 10^12 cents, the largest amount that is taken: "
            "check the amount and its unit."
        )
    return f"{_of(field, value)} is not {kind}"


def _rate(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return f"{_of(field, value)} is not a rate: write it such as 7.00%, or leave it empty."


def _time(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    how = f"write YYYY-MM-DD HH:MM:SS, such as 2020-02-21 21:29:22, as {rules.wall_zone} has it."
    try:
        wall = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
    except ValueError:
        return f"{_of(field, value)} is not in the calendar: {how}"
    if wall is None:
        return f"{_of(field, value)} is not a time: {how}"
    if wall.year in (MINYEAR, MAXYEAR):
        return f"{_of(field, value)} is not in a year from 0002 to 9998: write the real time."
    zone = ZoneInfo(rules.wall_zone)
    if wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        return (
            f"{_of(field, value)} did not exist in {rules.wall_zone}: the clocks were put forward "
            "over it; write the real time."
        )
    return (
        f"{_of(field, value)} is more than {AHEAD.total_seconds() / 3600:.0f} hours ahead of "
        f"the clock ({now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC): write the real time, or "
        "send the row again when it has come."
    )


def _yes_no(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return f"{_of(field, value)} is not a yes or no: write exactly Y or N."


def _yes_no_empty(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return f"{_of(field, value)} is not a yes or no: write Y, N or nothing."


_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")

_SENTENCES: dict[str, Callable[[str, str, FeedRules, datetime], str]] = {
    "order_id": _id,
    "sub_order_id": _id,
    "order_status": _status,
    "effect_detail_status": _effect,
    "created_time": _time,
    "paid_time": _time,
    "finished_time": _time,
    "completed_settlement_time": _time,
    "paid_amount": _amount,
    "finished_amount": _amount,
    "commission_rate": _rate,
    "is_hot_product": _yes_no,
    "is_affiliate_product": _yes_no,
    "settled_currency": _currency,
    "ship_to_country": _country,
    "dispute": _yes_no_empty,
    "assistant_plugin": _yes_no_empty,
}
