"""Read an order feed row by row: NDJSON, CSV, or the merchant's API pages.

Every rule of "A row that cannot be read is parked" is one small function here. A JSON number is
kept as the token that stood in the file and never becomes a float.

Readings (where the specification leaves something open, the most literal one was taken):

* The format follows the file's name: `.csv` is CSV, `.json` an API page, all else NDJSON.
* NDJSON lines end at a line feed only: U+2028 or U+0085 inside a string do not end one. Blank
  lines are no rows. A line that is not UTF-8, not JSON (`NaN` is not JSON) or not an object is
  parked, and the others go on.
* `null`, an absent field and an empty text are the same: not given.
* A number token and a text are the same for an id or an amount (`900` and `"900"`), and a text
  is never trimmed: `" Y"` is not `Y`, `"5 "` is not an amount.
* Digits are `0`-`9`. Ids keep leading zeros, and have no greatest length.
* Only effect_detail_status, dispute and assistant_plugin list "empty" among their known words:
  an empty order_status, ship_to_country, settled_currency, is_hot_product or
  is_affiliate_product is parked.
* paid_amount is required; finished_amount may be empty. In units `12`, `12.3` and `12.34` are
  amounts, `12.` and `.5` are not. Exactly 10^12 cents is an amount.
* A rate has any number of whole digits: `1000%` can be read (the rules then refuse it).
* All four times are checked where given; a bad paid_time parks the row as a bad created_time
  does. The clock is the moment of reading, and can be given; a day ahead exactly is allowed.
* custom_parameters and customer_parameters are one field; "given twice" is either both names or
  one name twice; the content compared is what the JSON says, not its spelling. Contents that
  cannot be parsed for their depth are not JSON objects. An object in place of a JSON string
  is taken as that object.
* Any other name given twice: the last one stands. Names not in the contract are ignored.
* The known row of a sub-order is replaced as a whole, its created_time and parameters too.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: how the lists of codes are written here."""
    return tuple(text.split())


MERCHANT_ZONE = ZoneInfo("America/Los_Angeles")
MOST_CENTS = 10**12
CURRENCY = "USD"
STATUSES = ("Payment Completed", "Buyer Confirmed Receipt", "Completed Settlement", "Invalid")
EFFECTS = ("", "FullRefund", "Antispam")
PARAMETERS = ("custom_parameters", "customer_parameters")
FIGURES = (
    "estimated_paid_commission",
    "estimated_finished_commission",
    "new_buyer_bonus_commission",
)
# ISO 3166-1 alpha-2, the 249 officially assigned codes.
COUNTRIES = words(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
    EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW
    GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM
    ZW
    """
)
DIGITS = re.compile(r"[0-9]+")
CENTS = re.compile(r"([0-9]+)")
UNITS = re.compile(r"([0-9]+)(?:\.([0-9]{1,2}))?")
RATE = re.compile(r"([0-9]+)(?:\.([0-9]{1,2}))?%")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class Unreadable(Exception):
    """A row must be parked: the field at fault, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True)
class Number:
    """A JSON number exactly as it was written."""

    token: str


@dataclass(frozen=True)
class Fields:
    """A JSON object or a CSV row as it stood, repeated names included."""

    pairs: tuple[tuple[str, object], ...]

    def value(self, name: str) -> object:
        """Return the last value of that name, or None."""
        return dict(self.pairs).get(name)

    def text(self, name: str) -> str:
        """Return the value's text; what is neither text nor number gives no legal word."""
        value = self.value(name)
        if value is None:
            return ""
        if isinstance(value, Number):
            return value.token
        return value if isinstance(value, str) else f"<{value!r}>"


@dataclass(frozen=True)
class Row:
    """One readable row of the feed."""

    order_id: str
    sub_order_id: str
    status: str
    effect: str
    tracking_id: str
    parameters: dict[str, object]
    created: datetime
    paid_at: datetime | None
    finished_at: datetime | None
    settled_at: datetime | None
    paid_cents: int
    finished_cents: int | None
    rate: int | None  # hundredths of a percent: 7.00% is 700
    figures: dict[str, int | None]
    hot: bool
    affiliate: bool
    currency: str
    country: str
    category_id: str
    product_id: str
    product_title: str
    dispute: bool
    cancel_reason: str
    assistant_plugin: bool


@dataclass(frozen=True)
class Parked:
    """One row that could not be read."""

    where: str
    name: str
    why: str
    sub_order_id: str = ""


@dataclass
class Feed:
    """What one or more files hold, in their order."""

    rows: list[Row] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)


def parse_json(text: str) -> object:
    """Parse JSON with raw numbers and all pairs kept; ValueError where it is not JSON."""

    def refuse(word: str) -> object:
        raise ValueError(f"{word} is not JSON")

    def keep(pairs: list[tuple[str, object]]) -> Fields:
        return Fields(tuple(pairs))

    try:
        return json.loads(
            text,
            parse_int=Number,
            parse_float=Number,
            parse_constant=refuse,
            object_pairs_hook=keep,
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error


# --- from a file to raw rows -------------------------------------------------------------------


def ndjson_rows(data: bytes) -> Iterator[Fields | Unreadable]:
    """Yield the object of every line; a line that holds none is unreadable by itself."""
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if not line.strip():
            continue
        try:
            found = parse_json(line.decode("utf-8"))
        except ValueError as error:
            yield Unreadable("row", f"not JSON: {str(error)[:80]}")
            continue
        yield found if isinstance(found, Fields) else Unreadable("row", "not an object")


def csv_rows(data: bytes) -> Iterator[Fields | Unreadable]:
    """Yield every row of a CSV file by its header."""
    # The whole process has but one limit: it is put back at once.
    usual = csv.field_size_limit(2**31 - 1)
    try:
        header, *rows = [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))] or [[]]
    finally:
        csv.field_size_limit(usual)
    for cells in rows:
        if not cells:
            continue
        if len(cells) > len(header):
            yield Unreadable("row", "more cells than the header")
            continue
        yield Fields(tuple(zip(header, cells, strict=False)))


def page_rows(data: bytes) -> Iterator[Fields | Unreadable]:
    """Yield the orders of one page of the merchant's API."""
    found = parse_json(data.decode("utf-8-sig"))
    path = "aliexpress_affiliate_order_list_response resp_result result orders order"
    for name in path.split():
        found = found.value(name) if isinstance(found, Fields) else None
    if not isinstance(found, list):
        yield Unreadable("row", "not a page of orders")
        return
    for order in found:
        yield order if isinstance(order, Fields) else Unreadable("row", "not an object")


def raw_rows(path: Path) -> Iterator[Fields | Unreadable]:
    """Yield the rows of a file by its kind."""
    readers = {".csv": csv_rows, ".json": page_rows}
    return readers.get(path.suffix, ndjson_rows)(path.read_bytes())


# --- from a raw row to a typed one -------------------------------------------------------------


def whole(digits: str) -> int:
    """Turn digits into a number; beyond any sense they all become the same great number."""
    short = digits.lstrip("0") or "0"
    return int(short) if len(short) <= 30 else 10**30  # int() itself refuses 5,000 digits


def number_id(fields: Fields, name: str) -> str:
    """Read an id: digits, kept as text."""
    text = fields.text(name)
    if not DIGITS.fullmatch(text):
        raise Unreadable(name, "missing or not digits")
    return text


def word(fields: Fields, name: str, known: Container[str]) -> str:
    """Read a word that must be a known one."""
    text = fields.text(name)
    if text not in known:
        raise Unreadable(name, f"not known: {text[:40]!r}")
    return text


def cents(text: str, name: str, unit: str) -> int:
    """Read an amount, in cents or in units, as whole cents."""
    match = (CENTS if unit == "cents" else UNITS).fullmatch(text)
    if match is None:
        raise Unreadable(name, "not an amount")
    amount = (
        whole(match[1]) if unit == "cents" else whole(match[1] + (match[2] or "").ljust(2, "0"))
    )
    if amount > MOST_CENTS:
        raise Unreadable(name, "over 10^12 cents")
    return amount


def figure(fields: Fields, name: str, unit: str) -> int | None:
    """Read a figure of the merchant's own; an unreadable one is left empty."""
    try:
        return cents(fields.text(name), name, unit)
    except Unreadable:
        return None


def rate(fields: Fields) -> int | None:
    """Read commission_rate in hundredths of a percent."""
    text = fields.text("commission_rate")
    if not text:
        return None
    match = RATE.fullmatch(text)
    if match is None:
        raise Unreadable("commission_rate", "not a rate")
    return whole(match[1] + (match[2] or "").ljust(2, "0"))


def moment(fields: Fields, name: str) -> datetime | None:
    """Read a wall time of the merchant's zone as an instant."""
    text = fields.text(name)
    if not text:
        return None
    if not TIME.fullmatch(text):
        raise Unreadable(name, "not YYYY-MM-DD HH:MM:SS")
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=MERCHANT_ZONE, fold=0)
        instant = wall.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(name, "no such time") from error
    # A wall time inside the spring gap comes back as another one.
    if f"{instant.astimezone(MERCHANT_ZONE):%H:%M:%S}" != text[11:]:
        raise Unreadable(name, "in the spring gap")
    return instant


def created(fields: Fields, clock: datetime) -> datetime:
    """Read created_time, which is required and not far ahead of the clock."""
    instant = moment(fields, "created_time")
    if instant is None:
        raise Unreadable("created_time", "missing")
    if instant > clock + timedelta(days=1):
        raise Unreadable("created_time", "more than a day ahead")
    return instant


def parameters(fields: Fields) -> dict[str, object]:
    """Read custom_parameters under either name; two different contents are unreadable."""
    contents: list[dict[str, object]] = []
    for name, value in fields.pairs:
        if name not in PARAMETERS or value is None or value == "":
            continue
        try:
            found = parse_json(value) if isinstance(value, str) else value
        except ValueError:
            found = None
        if not isinstance(found, Fields):
            raise Unreadable(name, "not a JSON object")
        contents.append(dict(found.pairs))
    if any(content != contents[0] for content in contents):
        raise Unreadable("custom_parameters", "given twice with different content")
    return contents[0] if contents else {}


def typed(fields: Fields, unit: str, clock: datetime) -> Row:
    """Read one row, or say which field is at fault."""
    finished = fields.text("finished_amount")
    return Row(
        sub_order_id=number_id(fields, "sub_order_id"),
        order_id=number_id(fields, "order_id"),
        status=word(fields, "order_status", STATUSES),
        effect=word(fields, "effect_detail_status", EFFECTS),
        tracking_id=fields.text("tracking_id"),
        parameters=parameters(fields),
        created=created(fields, clock),
        paid_at=moment(fields, "paid_time"),
        finished_at=moment(fields, "finished_time"),
        settled_at=moment(fields, "completed_settlement_time"),
        paid_cents=cents(fields.text("paid_amount"), "paid_amount", unit),
        finished_cents=cents(finished, "finished_amount", unit) if finished else None,
        rate=rate(fields),
        figures={name: figure(fields, name, unit) for name in FIGURES},
        hot=word(fields, "is_hot_product", ("Y", "N")) == "Y",
        affiliate=word(fields, "is_affiliate_product", ("Y", "N")) == "Y",
        currency=word(fields, "settled_currency", (CURRENCY,)),
        country=word(fields, "ship_to_country", COUNTRIES),
        category_id=fields.text("category_id"),
        product_id=fields.text("product_id"),
        product_title=fields.text("product_title"),
        dispute=word(fields, "dispute", ("", "Y", "N")) == "Y",
        cancel_reason=fields.text("cancel_reason"),
        assistant_plugin=word(fields, "assistant_plugin", ("", "Y", "N")) == "Y",
    )


def read_feed(files: Iterable[Path], unit: str = "cents", clock: datetime | None = None) -> Feed:
    """Read the files in their order: the rows that can be read, and those that are parked."""
    feed = Feed()
    now = clock or datetime.now(UTC)
    for path in files:
        for position, found in enumerate(raw_rows(Path(path)), start=1):
            where = f"{Path(path).name}:{position}"
            if isinstance(found, Unreadable):
                feed.parked.append(Parked(where, found.name, found.why))
                continue
            try:
                feed.rows.append(typed(found, unit, now))
            except Unreadable as fault:
                known = found.text("sub_order_id")
                feed.parked.append(Parked(where, fault.name, fault.why, known))
    return feed


def last_words(rows: Iterable[Row]) -> dict[str, Row]:
    """Keep what stands of each sub-order: the furthest status, and of that the latest row."""
    known: dict[str, Row] = {}
    for row in rows:
        before = known.get(row.sub_order_id)
        if before is None or STATUSES.index(row.status) >= STATUSES.index(before.status):
            known[row.sub_order_id] = row
    return known
