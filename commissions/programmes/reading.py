"""A programme's folder, read and checked as a whole before anything is stored."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django_countries import countries

from commissions.engine.conditions import Condition, ConditionError, InSet, parse_condition
from commissions.engine.rulebook import OUTCOME_KINDS, CookieLife, Outcome
from commissions.enums import SetKind
from commissions.programmes import PROGRAMME_FILE, TRAFFIC_FILE, rulebook_files
from commissions.programmes.rows import ProgrammeFileError, Row, read_file
from publishers.enums import Permission

# What the members of a set must be for a fact to be asked of it.
KIND_OF_FACT = {
    "country": SetKind.COUNTRY,
    "seller_country": SetKind.COUNTRY,
    "category": SetKind.CATEGORY,
    "store": SetKind.STORE,
    "traffic_type": SetKind.TRAFFIC_TYPE,
}
NAME, TITLE, SENTENCE = 120, 200, 1000  # characters
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True)
class SetFile:
    """A named set and the members it starts with."""

    code: str
    kind: str
    name_en: str
    name_ru: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class TrafficFile:
    """A type of traffic and what the programme says of it."""

    code: str
    name_en: str
    name_ru: str
    permission: str
    valid_from: datetime | None
    note_en: str
    note_ru: str


@dataclass(frozen=True)
class RuleFile:
    """A row of a decision table with its sentences."""

    code: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    sentence_en: str
    sentence_ru: str


@dataclass(frozen=True)
class RulebookFile:
    """A rulebook as its file has it."""

    version: int
    starts_at: datetime
    title_en: str
    title_ru: str
    cap_cents: int | None
    referral_bp: int
    cookie_lives: tuple[CookieLife, ...]
    rules: tuple[RuleFile, ...]


@dataclass(frozen=True)
class ProgrammeFiles:
    """Everything that a programme's folder says."""

    code: str
    name: str
    time_zone: str
    currency: str
    feed_time_zone: str
    minimum_age_days: int
    settlement_limit_days: int
    sets: tuple[SetFile, ...]
    traffic: tuple[TrafficFile, ...]
    rulebooks: tuple[RulebookFile, ...]


def read_programme(folder: Path) -> ProgrammeFiles:
    """Read and check a folder. Raises ProgrammeFileError with a sentence naming file and row."""
    row = read_file(folder / PROGRAMME_FILE)
    zone = _zone(row, "time_zone")
    traffic = _traffic(read_file(folder / TRAFFIC_FILE), ZoneInfo(zone))
    sets = tuple(_set(one, {kind.code for kind in traffic}) for one in row.rows("sets", "set"))
    _once(row, "set", (one.code for one in sets))
    kinds = {one.code: one.kind for one in sets}
    books = tuple(
        _rulebook(read_file(path), ZoneInfo(zone), kinds) for path in rulebook_files(folder)
    )
    _once(row, "rulebook version", (book.version for book in books))
    programme = ProgrammeFiles(
        code=row.code(),
        name=row.text("name", most=NAME),
        time_zone=zone,
        currency=_currency(row),
        feed_time_zone=_zone(row, "feed_time_zone"),
        minimum_age_days=row.whole("minimum_age_days"),
        settlement_limit_days=row.whole("settlement_limit_days"),
        sets=sets,
        traffic=traffic,
        rulebooks=books,
    )
    row.finish()
    return programme


def _zone(row: Row, key: str) -> str:
    name = row.text(key, most=64)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise row.refuse(f'"{key}" is {name!r}, which is no time zone known here.') from error
    return name


def _currency(row: Row) -> str:
    currency = row.text("currency", most=NAME)
    if not CURRENCY.fullmatch(currency):
        raise row.refuse(f'"currency" is {currency!r}: three capital letters are needed.')
    return currency


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _once(row: Row, what: str, values: Iterable[object]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise row.refuse(f"the {what} {value} is given {times} times: give it once.")


def _names(row: Row, *, most: int = NAME, prefix: str = "") -> tuple[str, str]:
    """The same text in both languages."""
    return row.text(f"{prefix}en", most=most), row.text(f"{prefix}ru", most=most)


def _word(row: Row, key: str, words: Iterable[str]) -> str:
    value = row.text(key, most=NAME)
    if value not in words:
        raise row.refuse(f'"{key}" is {value!r}: one of {", ".join(words)} is needed.')
    return value


def _set(row: Row, traffic_codes: set[str]) -> SetFile:
    code = row.code()
    kind = _word(row, "kind", SetKind.values)
    members = []
    for member in row.items("members"):
        if not isinstance(member, str) or not 0 < len(member) <= 64:
            raise row.refuse(f"the member {member!r} of {code} is not a text of 1 to 64 letters.")
        if kind == SetKind.COUNTRY and member not in countries:
            raise row.refuse(f"the member {member} of {code} is no country code such as RU.")
        if kind == SetKind.TRAFFIC_TYPE and member not in traffic_codes:
            raise row.refuse(f"the member {member} of {code} is no type of {TRAFFIC_FILE}.")
        members.append(member)
    _once(row, "member", members)
    name_en, name_ru = _names(row)
    row.finish()
    return SetFile(code, kind, name_en, name_ru, tuple(members))


def _traffic(row: Row, zone: ZoneInfo) -> tuple[TrafficFile, ...]:
    types = tuple(_traffic_type(one, zone) for one in row.rows("types", "type"))
    _once(row, "type", (one.code for one in types))
    row.finish()
    return types


def _traffic_type(row: Row, zone: ZoneInfo) -> TrafficFile:
    code = row.code()
    name_en, name_ru = _names(row)
    permission = _word(row, "permission", Permission.values)
    valid_from = _midnight(row.day("from"), zone) if row.has("from") else None
    note_en = note_ru = ""
    if row.has("note_en") or row.has("note_ru"):
        note_en, note_ru = _names(row, most=SENTENCE, prefix="note_")
    row.finish()
    return TrafficFile(code, name_en, name_ru, permission, valid_from, note_en, note_ru)


def _rulebook(row: Row, zone: ZoneInfo, kinds: Mapping[str, str]) -> RulebookFile:
    title_en, title_ru = _names(row, most=TITLE, prefix="title_")
    book = RulebookFile(
        version=row.whole("version"),
        starts_at=_midnight(row.day("starts"), zone),
        title_en=title_en,
        title_ru=title_ru,
        cap_cents=row.whole("cap_cents") if row.has("cap_cents") else None,
        referral_bp=row.percent_bp("referral"),
        cookie_lives=_cookie_lives(row, kinds),
        rules=_rules(row, kinds),
    )
    row.finish()
    return book


def _cookie_lives(row: Row, kinds: Mapping[str, str]) -> tuple[CookieLife, ...]:
    lives = []
    for one in row.rows("cookies", "cookie"):
        set_code = one.code("countries") if one.has("countries") else None
        if set_code is not None:
            _check_set(one, set_code, SetKind.COUNTRY, kinds)
        lives.append(CookieLife(set_code, one.whole("days")))
        one.finish()
    if [life.set_code for life in lives].count(None) != 1 or lives[-1].set_code is not None:
        raise row.refuse(
            'the last of [[cookies]], and no other, must leave out "countries": '
            "it says the days for every other country."
        )
    return tuple(lives)


def _rules(row: Row, kinds: Mapping[str, str]) -> tuple[RuleFile, ...]:
    rules = tuple(_rule(one, kinds) for one in row.rows("rules", "rule"))
    open_rules = [number for number, rule in enumerate(rules, start=1) if not rule.conditions]
    if open_rules != [len(rules)]:
        raise row.refuse(
            'the last of [[rules]], and no other, must leave out "when": it decides what no rule '
            f"before it has. Without conditions are: {open_rules or 'none'}, of {len(rules)} rules."
        )
    return rules


def _rule(row: Row, kinds: Mapping[str, str]) -> RuleFile:
    code = row.code()
    row.where += f" ({code})"
    conditions = tuple(_condition(row, item, kinds) for item in row.items("when"))
    outcome = _outcome(row)
    sentence_en, sentence_ru = _names(row, most=SENTENCE)
    row.finish()
    return RuleFile(code, conditions, outcome, sentence_en, sentence_ru)


def _condition(row: Row, data: object, kinds: Mapping[str, str]) -> Condition:
    if not isinstance(data, dict) or not isinstance(data.get("fact"), str):
        raise row.refuse(f'the condition {data!r} needs a "fact", a text.')
    try:
        condition = parse_condition(data)
    except ConditionError as error:
        raise row.refuse(str(error)) from error
    if isinstance(condition, InSet):
        _check_set(row, condition.set_code, KIND_OF_FACT[condition.fact], kinds)
    return condition


def _check_set(row: Row, set_code: str, kind: SetKind, kinds: Mapping[str, str]) -> None:
    if set_code not in kinds:
        raise row.refuse(f"{PROGRAMME_FILE} names no set {set_code}: add it there.")
    if kinds[set_code] != kind:
        raise row.refuse(f"the set {set_code} is of {kinds[set_code]}, one of {kind} is needed.")


def _outcome(row: Row) -> Outcome:
    kind = _word(row, "outcome", OUTCOME_KINDS)
    if kind == "rate":
        return Outcome(kind, rate_bp=row.percent_bp("rate"))
    if kind != "feed_rate":
        return Outcome(kind)
    outcome = Outcome(kind, min_bp=row.percent_bp("lowest"), max_bp=row.percent_bp("highest"))
    if outcome.min_bp > outcome.max_bp:
        raise row.refuse('"lowest" is above "highest": no rate would be taken.')
    return outcome


__all__ = ["ProgrammeFileError", "ProgrammeFiles", "read_programme"]
