"""What the files of a programme say, as values. Rates in hundredths of a percent, caps in cents."""

from dataclasses import dataclass
from datetime import datetime

from commissions.engine.conditions import Condition
from commissions.engine.rulebook import CookieLife, Outcome


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
class StatementFile:
    """What a rulebook says of a type of traffic."""

    traffic_type: str
    permission: str
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
    traffic: tuple[StatementFile, ...] = ()


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
