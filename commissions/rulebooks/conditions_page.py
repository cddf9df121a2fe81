"""What the page of conditions says, as data, in the reader's language: nothing is typed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django_countries import countries

from commissions.enums import SetKind
from commissions.models import CookieLife, NamedSet, Rule, Rulebook, SetMember
from commissions.rule_words import Words, asked, given
from commissions.rulebooks.traffic import Statement, statements_of
from publishers.enums import Permission
from publishers.figures import in_own_language
from publishers.models import TrafficType
from publishers.queries import permissions_at

SHORT = 15  # members: as many are read in a line, more are folded away
LISTED = 500  # members: of a longer list the rest is counted, not named


@dataclass(frozen=True)
class RuleRow:
    """A rule of the table. No `asks`: it decides what no rule before it has."""

    position: int
    asks: tuple[str, ...]
    gives: str
    outcome: str
    sentence: str


@dataclass(frozen=True)
class CookieRow:
    """Days that a click counts for a group of countries; an empty name: all other countries."""

    countries: str
    days: int


@dataclass(frozen=True)
class TrafficRow:
    """A type of traffic and the condition on it; an empty one: none of its own."""

    name: str
    note: str


@dataclass(frozen=True)
class ListRow:
    """A named set that the rules speak of: how many members it has, the first of them by name."""

    code: str
    name: str
    kind: str
    total: int
    members: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        return self.total <= SHORT

    @property
    def first(self) -> tuple[str, ...]:
        """A few names, for who does not unfold the list."""
        return self.members[:3]

    @property
    def unnamed(self) -> int:
        return self.total - len(self.members)


@dataclass(frozen=True)
class Conditions:
    """The conditions of one rulebook. Cap in cents, None: no cap; referral in basis points."""

    rules: tuple[RuleRow, ...]
    cookies: tuple[CookieRow, ...]
    cap_cents: int | None
    referral_bp: int
    permitted: tuple[TrafficRow, ...]
    by_agreement: tuple[TrafficRow, ...]
    forbidden: tuple[TrafficRow, ...]
    lists: tuple[ListRow, ...]
    listed_at: datetime


def conditions_of(
    rulebook: Rulebook, *, traffic: Sequence[Statement], listed_at: datetime
) -> Conditions:
    """What a rulebook says, with the lists as they are at an instant.

    traffic: what holds for the types of traffic. Six queries, two less where the rules and the
    cookie lives of the rulebook are fetched already.
    """
    rules = sorted(rulebook.rules.all(), key=lambda rule: rule.position)
    sets = list(NamedSet.objects.filter(programme_id=rulebook.programme_id))
    words = Words(sets={one.code: in_own_language(one, "name") for one in sets})
    kinds = {one.code: one for one in TrafficType.objects.all()}
    lives = cookie_lives(rulebook)
    used = _sets_named(rules) | {life.countries.code for life in lives if life.countries}
    return Conditions(
        rules=tuple(_rule_row(rule, words) for rule in rules),
        cookies=cookie_rows(lives),
        cap_cents=rulebook.cap_cents,
        referral_bp=rulebook.referral_bp,
        permitted=_traffic_rows(traffic, Permission.PERMITTED, kinds),
        by_agreement=_traffic_rows(traffic, Permission.BY_AGREEMENT, kinds),
        forbidden=_traffic_rows(traffic, Permission.FORBIDDEN, kinds),
        lists=_list_rows([one for one in sets if one.code in used], kinds, listed_at),
        listed_at=listed_at,
    )


def traffic_of(rulebook: Rulebook) -> list[Statement]:
    """What a rulebook says of traffic; types that it says nothing of are as at its start."""
    stated = {row[0]: row for row in statements_of(rulebook)}
    at_start = permissions_at(rulebook.programme.code, rulebook.starts_at)
    return [stated.get(row[0], row) for row in at_start]


def cookie_lives(rulebook: Rulebook) -> list[CookieLife]:
    """The cookie lives in their order, with their sets; without a query where fetched already."""
    fetched = getattr(rulebook, "_prefetched_objects_cache", {})
    rows = rulebook.cookie_lives.all()
    if "cookie_lives" not in fetched:
        rows = rows.select_related("countries")
    return sorted(rows, key=lambda life: life.position)


def cookie_rows(lives: Iterable[CookieLife]) -> tuple[CookieRow, ...]:
    """Cookie lives in words."""
    return tuple(
        CookieRow(in_own_language(life.countries, "name") if life.countries else "", life.days)
        for life in lives
    )


def dated(value: datetime, zone: str) -> str:
    """The day on the clock of `zone`, as `10 September 2020`; the hour where it is not midnight."""
    there = timezone.localtime(value, ZoneInfo(zone))
    return date_format(there, "j E Y" if there.time() == time() else "j E Y, H:i")


def _rule_row(rule: Rule, words: Words) -> RuleRow:
    return RuleRow(
        position=rule.position,
        asks=tuple(asked(condition, words) for condition in rule.conditions),
        gives=given(rule),
        outcome=rule.outcome,
        sentence=in_own_language(rule, "sentence"),
    )


def _sets_named(rules: Iterable[Rule]) -> set[str]:
    """Codes of the sets that conditions speak of."""
    conditions: list[Mapping[str, Any]] = [one for rule in rules for one in rule.conditions]
    return {str(one[word]) for one in conditions for word in ("in", "not_in") if word in one}


def _traffic_rows(
    traffic: Sequence[Statement], permission: Permission, kinds: Mapping[str, TrafficType]
) -> tuple[TrafficRow, ...]:
    rows = [
        TrafficRow(
            in_own_language(kinds[code], "name"),
            in_own_language(SimpleNamespace(note_en=note_en, note_ru=note_ru), "note"),
        )
        for code, said, note_en, note_ru in traffic
        if said == permission
    ]
    return tuple(sorted(rows, key=lambda row: row.name.casefold()))


def _list_rows(
    sets: Sequence[NamedSet], kinds: Mapping[str, TrafficType], at: datetime
) -> tuple[ListRow, ...]:
    """Sets with their members at an instant, in one query."""
    members = (
        SetMember.objects.filter(named_set__in=[one.pk for one in sets])
        .in_force(at)
        .annotate(
            place=Window(
                RowNumber(), partition_by="named_set_id", order_by=[F("name"), F("value")]
            ),
            total=Window(Count("pk"), partition_by="named_set_id"),
        )
        .filter(place__lte=LISTED)
        .values_list("named_set_id", "value", "name", "total")
    )
    names: dict[int, list[tuple[str, str]]] = {one.pk: [] for one in sets}
    totals: dict[int, int] = {}
    for set_id, value, name, total in members:
        names[set_id].append((value, name))
        totals[set_id] = total
    return tuple(
        ListRow(
            code=one.code,
            name=in_own_language(one, "name"),
            kind=str(SetKind(one.kind).label),
            total=totals.get(one.pk, 0),
            members=tuple(
                sorted(_member_name(one, value, name, kinds) for value, name in names[one.pk])
            ),
        )
        for one in sets
    )


def _member_name(
    named_set: NamedSet, value: str, name: str, kinds: Mapping[str, TrafficType]
) -> str:
    """What a reader knows the member by."""
    if named_set.kind == SetKind.COUNTRY:
        return str(countries.name(value)) or value
    if named_set.kind == SetKind.TRAFFIC_TYPE and value in kinds:
        return in_own_language(kinds[value], "name")
    return name or value
