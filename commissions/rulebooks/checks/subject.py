"""A rulebook under check with all that the checks ask about it, read in a dozen queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from commissions.engine.conditions import Condition, ConditionError, InSet, Is, parse_condition
from commissions.engine.reference import MemberRow
from commissions.engine.regions import Window
from commissions.engine.rulebook import Outcome
from commissions.enums import SetKind
from commissions.models import (
    CookieLife,
    NamedSet,
    Programme,
    Rule,
    Rulebook,
    TrafficStatement,
)
from commissions.programmes.rulebook_reading import KIND_OF_FACT
from commissions.rule_words import Words
from commissions.rulebooks import calendar
from commissions.rulebooks.membership import histories
from publishers.figures import in_own_language
from publishers.models import TrafficType


@dataclass(frozen=True)
class Row:
    """A rule with its conditions read; `unread` says which of them mean nothing, and why."""

    rule: Rule
    conditions: tuple[Condition, ...]
    unread: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What it gives. Two that give nothing give the same."""
        rule = self.rule
        return Outcome(rule.outcome, rule.rate_bp or 0, rule.min_bp or 0, rule.max_bp or 0)

    @property
    def key(self) -> tuple[str, frozenset[Condition], str]:
        """What makes it the same row as one of another rulebook, whatever its rate is there."""
        return self.rule.code, frozenset(self.conditions), self.outcome.kind


@dataclass(frozen=True)
class Subject:
    """A rulebook, and what its checks ask. Rows in the order of the table.

    at: when it would be published; earlier: the rulebook it is compared with; follower: the
    published one that takes over from it; members: of every set asked, in its window.
    """

    rulebook: Rulebook
    programme: Programme
    at: datetime
    rows: tuple[Row, ...]
    lives: tuple[CookieLife, ...]
    statements: tuple[TrafficStatement, ...]
    types: dict[str, TrafficType]
    sets: dict[str, NamedSet]
    earlier: Rulebook | None
    earlier_rows: tuple[Row, ...]
    follower: calendar.Place | None
    superseded_by: Rulebook | None

    @cached_property
    def window(self) -> Window:
        """When the rulebook rules, or would."""
        return Window(self.rulebook.starts_at, self.follower.starts_at if self.follower else None)

    @cached_property
    def words(self) -> Words:
        """Names of sets in the reader's language."""
        return Words(
            sets={code: in_own_language(one, "name") for code, one in self.sets.items()},
            currency=self.programme.currency,
            zone=self.programme.time_zone,
        )

    @cached_property
    def codes_asked(self) -> frozenset[str]:
        """The sets that the rulebook's own rules and cookie lives ask."""
        lives = {life.countries.code for life in self.lives if life.countries}
        return frozenset(lives | _set_codes(self.rows))

    @cached_property
    def members(self) -> tuple[MemberRow, ...]:
        """Who is in the sets at some time of the window, those of the earlier rules included.

        One category or store stands for all those in the same sets at the same times.
        """
        codes = self.codes_asked | _set_codes(self.earlier_rows)
        return histories(self.programme.pk, codes, self.window)

    @cached_property
    def empty_sets(self) -> frozenset[str]:
        """The sets asked that have no member in the whole window."""
        return self.codes_asked - {row.set_code for row in self.members}

    def set_name(self, code: str) -> str:
        """A set in the reader's words."""
        return self.words.sets.get(code, code)


def load(rulebook: Rulebook, *, at: datetime) -> Subject:
    """Everything about a rulebook of any status, but the members of its sets."""
    programme = rulebook.programme
    sets = {one.code: one for one in NamedSet.objects.filter(programme=programme)}
    earlier = calendar.before(rulebook)
    later = (place for place in calendar.places(programme) if place.starts_at > rulebook.starts_at)
    return Subject(
        rulebook=rulebook,
        programme=programme,
        at=at,
        rows=tuple(_rows(rulebook, sets)),
        lives=tuple(rulebook.cookie_lives.select_related("countries").order_by("position")),
        statements=tuple(
            rulebook.traffic.select_related("traffic_type").order_by("traffic_type__code")
        ),
        types={one.code: one for one in TrafficType.objects.order_by("code")},
        sets=sets,
        earlier=earlier,
        earlier_rows=tuple(_rows(earlier, sets)) if earlier else (),
        follower=next(later, None),
        superseded_by=calendar.superseded_by(rulebook),
    )


def _rows(rulebook: Rulebook, sets: dict[str, NamedSet]) -> Iterator[Row]:
    for rule in rulebook.rules.order_by("position"):
        read: list[Condition] = []
        unread: list[str] = []
        for data in rule.conditions if isinstance(rule.conditions, list) else [rule.conditions]:
            try:
                read.append(_condition(data, sets))
            except ConditionError as error:
                unread.append(str(error))
        yield Row(rule, tuple(read), tuple(unread))


def _condition(data: Any, sets: dict[str, NamedSet]) -> Condition:
    """A condition that can be asked. Raises ConditionError in the reader's language."""
    try:
        condition = parse_condition(data)
    except (ConditionError, AttributeError, TypeError):
        raise ConditionError(
            _("the condition %(condition)s cannot be read") % {"condition": data}
        ) from None
    if isinstance(condition, Is):
        if condition.fact == "seller_country" and condition.value not in countries:
            raise ConditionError(
                _("“%(value)s” is no code of a country") % {"value": condition.value}
            )
        return condition
    named_set = sets.get(condition.set_code)
    if named_set is None:
        raise ConditionError(_("the programme has no set “%(set)s”") % {"set": condition.set_code})
    wanted = KIND_OF_FACT[condition.fact]
    if named_set.kind != wanted:
        raise ConditionError(
            _("the set “%(set)s” is one of %(kind)s, and one of %(wanted)s is needed")
            % {
                "set": in_own_language(named_set, "name"),
                "kind": SetKind(named_set.kind).label,
                "wanted": wanted.label,
            }
        )
    return condition


def _set_codes(rows: Iterable[Row]) -> set[str]:
    return {one.set_code for row in rows for one in row.conditions if isinstance(one, InSet)}
