"""What two rulebooks say beside their rules, and whom the sets that they ask hold at each start."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from commissions.engine.conditions import InSet
from commissions.engine.rulebook import CookieLife
from commissions.enums import SetKind
from commissions.programmes.shapes import RulebookFile, StatementFile
from commissions.rule_words import Words
from commissions.rulebooks.differences.difference import Difference, Kind, Subject, changed, moved
from commissions.rulebooks.differences.matching import longest_rising, same_keys
from commissions.rulebooks.differences.rules import text
from commissions.sql import sql
from publishers.enums import Permission
from publishers.figures import NOTHING, instant, money, rate

LISTED = 20  # members of a set that are named; the others are counted

Books = tuple[RulebookFile, RulebookFile]


def plain_differences(books: Books, words: Words) -> Iterator[Difference]:
    """Of start, titles, cap and referral rate."""
    old, new = books

    def start(at: datetime) -> str:
        return instant(at, words.zone, seconds=bool(at.second or at.microsecond))

    def cap(cents: int | None) -> str:
        return _("no cap") if cents is None else money(cents, words.currency)

    starts, caps = (old.starts_at, new.starts_at), (old.cap_cents, new.cap_cents)
    yield from changed(Subject.START, _("in force from"), starts, start)
    for what, titles, language in (
        (_("title in English"), (old.title_en, new.title_en), "en"),
        (_("title in Russian"), (old.title_ru, new.title_ru), "ru"),
    ):
        yield from changed(Subject.TITLE, what, titles, text, language=language)
    yield from changed(Subject.CAP, _("cap of an order"), caps, cap)
    referrals = (old.referral_bp, new.referral_bp)
    yield from changed(Subject.REFERRAL, _("referral rate"), referrals, rate)


def cookie_differences(books: Books, words: Words) -> Iterator[Difference]:
    """Of cookie lives, each known by its countries."""
    old, new = (book.cookie_lives for book in books)
    pairs = same_keys(_keys(old), _keys(new))
    stayed = dict(longest_rising(pairs))
    kept_old, kept_new = {i for i, _j in pairs}, {j for _i, j in pairs}
    for i, life in enumerate(old, start=1):
        if i - 1 not in kept_old:
            what, days = _life_named(life, words), _days(life.days)
            yield Difference(Kind.REMOVED, Subject.COOKIE_LIFE, what, days, NOTHING, i, None)
    for j, life in enumerate(new, start=1):
        if j - 1 not in kept_new:
            what, days = _life_named(life, words), _days(life.days)
            yield Difference(Kind.ADDED, Subject.COOKIE_LIFE, what, NOTHING, days, None, j)
    for i, j in pairs:
        what, at = _life_named(new[j], words), (i + 1, j + 1)
        if i not in stayed:
            yield moved(Subject.COOKIE_LIFE, what, at)
        yield from changed(Subject.COOKIE_LIFE, what, (old[i].days, new[j].days), _days, at)


def _life_named(life: CookieLife, words: Words) -> str:
    code = life.set_code
    if code is None:
        return _("Cookie life: all other countries")
    return _("Cookie life: “%(countries)s”") % {"countries": words.sets.get(code, code)}


def _keys(lives: Iterable[CookieLife]) -> list[tuple[str | None, int]]:
    """Of each life its countries, and how many of the same there were before."""
    seen: Counter[str | None] = Counter()
    keys = []
    for life in lives:
        keys.append((life.set_code, seen[life.set_code]))
        seen[life.set_code] += 1
    return keys


def _days(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def traffic_differences(books: Books, names: Mapping[str, str]) -> Iterator[Difference]:
    """Of the statements on traffic. names: of types of traffic, by code."""
    old, new = ({one.traffic_type: one for one in book.traffic} for book in books)
    for code in sorted(old.keys() | new.keys()):
        what = _("Traffic “%(type)s”") % {"type": names.get(code, code)}
        before, after = old.get(code), new.get(code)
        if before is None and after is not None:
            yield Difference(Kind.ADDED, Subject.TRAFFIC, what, NOTHING, _permission(after))
        elif after is None and before is not None:
            yield Difference(Kind.REMOVED, Subject.TRAFFIC, what, _permission(before), NOTHING)
        elif before is not None and after is not None:
            yield from _statement_differences(what, before, after)


def _statement_differences(
    what: str, old: StatementFile, new: StatementFile
) -> Iterator[Difference]:
    if old.permission != new.permission:
        yield Difference(
            Kind.CHANGED,
            Subject.TRAFFIC,
            f"{what}: {_('permission')}",
            _permission(old),
            _permission(new),
        )
    for part, notes, language in (
        (_("condition in English"), (old.note_en, new.note_en), "en"),
        (_("condition in Russian"), (old.note_ru, new.note_ru), "ru"),
    ):
        yield from changed(Subject.TRAFFIC, f"{what}: {part}", notes, text, language=language)


def _permission(statement: StatementFile) -> str:
    return str(Permission(statement.permission).label)


def member_differences(
    programme_id: int, books: Books, words: Words, names: Mapping[str, str]
) -> Iterator[Difference]:
    """Of the members of every set that either asks, as they are at the two starts; one query.

    names: of types of traffic, by code.
    """
    old, new = books
    codes = sorted({code for book in books for code in _sets_asked(book)})
    if not codes or old.starts_at == new.starts_at:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            sql("set_differences"),
            {
                "programme": programme_id,
                "codes": codes,
                "old": old.starts_at,
                "new": new.starts_at,
                "listed": LISTED,
            },
        )
        rows = cursor.fetchall()
    for (code, kind, came), group in groupby(rows, key=lambda row: row[:3]):
        listed = list(group)
        members = _listed([_member(kind, row[3], row[4], names) for row in listed], listed[0][5])
        what = _("Set “%(set)s”: members") % {"set": words.sets.get(code, code)}
        if came:
            yield Difference(Kind.ADDED, Subject.MEMBERS, what, NOTHING, members)
        else:
            yield Difference(Kind.REMOVED, Subject.MEMBERS, what, members, NOTHING)


def _sets_asked(book: RulebookFile) -> Iterator[str]:
    for rule in book.rules:
        yield from (one.set_code for one in rule.conditions if isinstance(one, InSet))
    yield from (life.set_code for life in book.cookie_lives if life.set_code is not None)


def _member(kind: str, value: str, name: str, traffic: Mapping[str, str]) -> str:
    """A member by its name, and the value that files have for it."""
    if kind == SetKind.COUNTRY:
        name = countries.name(value)
    elif kind == SetKind.TRAFFIC_TYPE:
        name = traffic.get(value, "")
    return f"{name} ({value})" if name else value


def _listed(names: Sequence[str], total: int) -> str:
    text_of_them = ", ".join(names)
    if total == len(names):
        return text_of_them
    return _("%(names)s and %(n)s more") % {"names": text_of_them, "n": total - len(names)}
