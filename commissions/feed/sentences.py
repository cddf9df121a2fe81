"""Why a field was not taken: one sentence with the field, its value, and what to do."""

import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from zoneinfo import ZoneInfo

from commissions.feed import wording
from commissions.feed.columns import AHEAD, CENTS, UNITS
from commissions.feed.model import MAX_ID_DIGITS, STATUSES, FeedRules
from commissions.feed.texts import quoted

Sentence = Callable[[str, str, FeedRules, datetime], str]


def sentence(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    """The sentence for a value that the column checks did not take."""
    return _SENTENCES[field](field, value, rules, now)


def _of(field: str, value: str) -> str:
    return f"{field} {quoted(value)}" if value else wording.EMPTY % {"field": field}


def _plainly(template: str) -> Sentence:
    """The sentence of a template that needs nothing but the field and its value."""
    return lambda field, value, rules, now: template % {"what": _of(field, value)}


def _id(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    if value.isascii() and value.isdigit():
        return wording.ID_TOO_LONG % {
            "what": _of(field, value), "digits": len(value), "most": MAX_ID_DIGITS,
        }  # fmt: skip
    return wording.NOT_AN_ID % {"what": _of(field, value)}


def _status(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return wording.NOT_A_STATUS % {"what": _of(field, value), "words": ", ".join(STATUSES)}


def _currency(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    return wording.NOT_THE_CURRENCY % {"what": _of(field, value), "currency": rules.currency}


def _amount(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    in_cents = rules.amount_unit == "cents"
    template = wording.NOT_CENTS if in_cents else wording.NOT_UNITS
    if re.fullmatch(CENTS if in_cents else UNITS, value):
        template = wording.AMOUNT_TOO_LARGE
    return template % {"what": _of(field, value)}


def _time(field: str, value: str, rules: FeedRules, now: datetime) -> str:
    try:
        wall = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
    except ValueError:
        template = wording.NOT_IN_CALENDAR
    else:
        template = wording.NOT_A_TIME if wall is None else _against_the_clock(wall, rules)
    return template % {
        "what": _of(field, value),
        "zone": rules.wall_zone,
        "hours": f"{AHEAD.total_seconds() / 3600:.0f}",
        "now": f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
    }


def _against_the_clock(wall: datetime, rules: FeedRules) -> str:
    if wall.year in (MINYEAR, MAXYEAR):
        return wording.YEAR_OUT_OF_REACH
    zone = ZoneInfo(rules.wall_zone)
    if wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        return wording.NO_SUCH_TIME
    return wording.AHEAD_OF_CLOCK


_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")

_SENTENCES: dict[str, Sentence] = {
    "order_id": _id,
    "sub_order_id": _id,
    "order_status": _status,
    "effect_detail_status": _plainly(wording.NOT_AN_EFFECT),
    "created_time": _time,
    "paid_time": _time,
    "finished_time": _time,
    "completed_settlement_time": _time,
    "paid_amount": _amount,
    "finished_amount": _amount,
    "commission_rate": _plainly(wording.NOT_A_RATE),
    "is_hot_product": _plainly(wording.NOT_YES_NO),
    "is_affiliate_product": _plainly(wording.NOT_YES_NO),
    "settled_currency": _currency,
    "ship_to_country": _plainly(wording.NOT_A_COUNTRY),
    "dispute": _plainly(wording.NOT_YES_NO_EMPTY),
    "assistant_plugin": _plainly(wording.NOT_YES_NO_EMPTY),
}
