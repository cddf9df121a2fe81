"""A rulebook row by row: rates within bounds, sentences given, cookie lives, traffic."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django_countries import countries

from commissions.engine.reference import Instant, MemberRow
from commissions.enums import SetKind
from commissions.models import CookieLife, Rule
from commissions.rulebooks.checks.finding import Finding, error, warning
from commissions.rulebooks.checks.subject import Row, Subject
from commissions.rulebooks.checks.words import rule_name
from publishers.figures import in_own_language, number, rate

WHOLE = 10_000  # 100 % in hundredths of a percent
# A rate so many times another is more likely a slip of the decimal point than meant.
LIKELY_SLIP = 3
SHOWN = 10  # countries named in one sentence


def row_findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with single rows, and with the rulebook's own columns."""
    for row in subject.rows:
        yield from _rate_bounds(subject, row.rule)
        yield from _likely_slips(subject, row)
        yield from _rule_sentences(row.rule)
    yield from _referral(subject)
    yield from _titles(subject)
    yield from _cookies(subject)
    yield from _cookie_overlaps(subject)
    yield from _traffic(subject)


# --- rates -------------------------------------------------------------------------------------


def _rate_bounds(subject: Subject, rule: Rule) -> Iterator[Finding]:
    highest = subject.programme.highest_rate_bp
    low, high = rule.min_bp or 0, rule.max_bp or 0
    words = {
        "rule": rule_name(rule),
        "rate": rate(rule.rate_bp),
        "highest": rate(highest),
        "low": rate(low),
        "high": rate(high),
    }
    sentences = []
    if rule.outcome == "rate" and not rule.rate_bp:
        sentences.append(
            _("Rule %(rule)s gives %(rate)s: let it give nothing, or not track, in plain words.")
        )
    if rule.outcome == "rate" and (rule.rate_bp or 0) > highest:
        sentences.append(
            _(
                "Rule %(rule)s gives %(rate)s, above the programme's highest rate of %(highest)s: "
                "lower it, or raise the programme's."
            )
        )
    if rule.outcome == "feed_rate" and high > highest:
        sentences.append(
            _(
                "Rule %(rule)s takes rates up to %(high)s, above the programme's highest rate of "
                "%(highest)s: lower it, or raise the programme's."
            )
        )
    if rule.outcome == "feed_rate" and low > high:
        sentences.append(
            _(
                "Rule %(rule)s takes no rate at all: its lowest, %(low)s, is above its highest, "
                "%(high)s. Change one of them."
            )
        )
    for sentence in sentences:
        yield error("rate_out_of_bounds", sentence % words, rule.position)


def _likely_slips(subject: Subject, row: Row) -> Iterator[Finding]:
    """Against the rules of the same code, of several the one that asks the same."""
    namesakes = [
        one
        for one in subject.earlier_rows
        if one.rule.code == row.rule.code and one.rule.outcome == row.rule.outcome
    ]
    same = [one for one in namesakes if set(one.conditions) == set(row.conditions)]
    for old in (same or namesakes)[:1]:
        pairs = (
            (old.rule.rate_bp, row.rule.rate_bp),
            (old.rule.min_bp, row.rule.min_bp),
            (old.rule.max_bp, row.rule.max_bp),
        )
        for before, now in pairs:
            if _slipped(before or 0, now or 0):
                yield warning(
                    "rate_out_of_bounds",
                    _(
                        "Rule %(rule)s has %(now)s where it had %(before)s: see that the decimal "
                        "point is meant to stand there."
                    )
                    % {"rule": rule_name(row.rule), "now": rate(now), "before": rate(before)},
                    row.rule.position,
                )


def _slipped(before: int, now: int) -> bool:
    """Zero is no slip: where a rate must not be 0, that is an error of its own."""
    return bool(before and now) and (now > LIKELY_SLIP * before or LIKELY_SLIP * now < before)


def _referral(subject: Subject) -> Iterator[Finding]:
    now = subject.rulebook.referral_bp
    if now > WHOLE:
        yield error(
            "rate_out_of_bounds",
            _("The referral rate is %(rate)s, and at most %(most)s can be given: lower it.")
            % {"rate": rate(now), "most": rate(WHOLE)},
        )
    elif subject.earlier and _slipped(subject.earlier.referral_bp, now):
        yield warning(
            "rate_out_of_bounds",
            _(
                "The referral rate is %(now)s where it was %(before)s: see that the decimal point "
                "is meant to stand there."
            )
            % {"now": rate(now), "before": rate(subject.earlier.referral_bp)},
        )


# --- sentences ---------------------------------------------------------------------------------


def _rule_sentences(rule: Rule) -> Iterator[Finding]:
    words = {"rule": rule_name(rule)}
    if not rule.sentence_en.strip():
        text = _("Rule %(rule)s has no sentence in English: publishers will read it. Write one.")
        yield error("no_sentence", text % words, rule.position)
    if not rule.sentence_ru.strip():
        text = _("Rule %(rule)s has no sentence in Russian: publishers will read it. Write one.")
        yield error("no_sentence", text % words, rule.position)


def _titles(subject: Subject) -> Iterator[Finding]:
    if not subject.rulebook.title_en.strip():
        yield error("no_sentence", _("The rulebook has no title in English: give it one."))
    if not subject.rulebook.title_ru.strip():
        yield error("no_sentence", _("The rulebook has no title in Russian: give it one."))


# --- cookies -----------------------------------------------------------------------------------


def _cookies(subject: Subject) -> Iterator[Finding]:
    everywhere = [place for place, life in enumerate(subject.lives) if life.countries is None]
    if not everywhere:
        yield error(
            "cookie_gap",
            _(
                "No cookie life is given for all other countries, and a click would count there "
                "for ever: add one without a set of countries."
            ),
        )
    elif everywhere != [len(subject.lives) - 1]:
        yield error(
            "cookie_gap",
            _(
                "The cookie life for all other countries must stand last, and once: those after "
                "it never apply. Move or remove it."
            ),
        )
    for life in subject.lives:
        yield from _cookie(subject, life)


def _cookie(subject: Subject, life: CookieLife) -> Iterator[Finding]:
    words = {"countries": _life_name(life), "days": life.days}
    if life.days == 0:
        yield warning(
            "cookie_zero",
            _(
                "The cookie life is 0 days for %(countries)s: a click would count only for an "
                "order of the same second. See that this is meant."
            )
            % words,
        )
    if life.countries is None:
        return
    code = life.countries.code
    known = subject.sets.get(code)
    if known is None or known.pk != life.countries_id or known.kind != SetKind.COUNTRY:
        yield error(
            "unknown_reference",
            _(
                "The cookie life of %(days)s days names “%(countries)s”, which is no set of "
                "countries of this programme: choose another."
            )
            % words,
        )
    elif code in subject.empty_sets:
        yield warning(
            "empty_set",
            _(
                "The cookie life of %(days)s days applies nowhere as long as nothing is in "
                "“%(countries)s”: fill it, or remove that life."
            )
            % words,
        )


def _cookie_overlaps(subject: Subject) -> Iterator[Finding]:
    lives = [life for life in subject.lives if life.countries]
    members: dict[str, list[MemberRow]] = defaultdict(list)
    for row in subject.members:
        members[row.set_code].append(row)
    for place, second in enumerate(lives):
        for first in lives[:place]:
            codes = [str(life.countries and life.countries.code) for life in (first, second)]
            both = _at_once(members[codes[0]], members[codes[1]])
            if first.days != second.days and both:
                yield _cookie_overlap(first, second, both)


def _cookie_overlap(first: CookieLife, second: CookieLife, both: list[str]) -> Finding:
    named = ", ".join(str(countries.name(code) or code) for code in both[:SHOWN])
    return warning(
        "cookie_overlap",
        _(
            "%(n)s countries are both in “%(first)s” (%(days)s days) and in “%(second)s” "
            "(%(other)s days), and the first decides: %(named)s. Take them out of one of the two."
        )
        % {
            "n": number(len(both)),
            "first": _life_name(first),
            "second": _life_name(second),
            "days": first.days,
            "other": second.days,
            "named": named if len(both) <= SHOWN else f"{named}, …",
        },
    )


def _life_name(life: CookieLife) -> str:
    return in_own_language(life.countries, "name") if life.countries else _("all other countries")


def _at_once(first: list[MemberRow], second: list[MemberRow]) -> list[str]:
    """The values that are members of both at one time."""
    periods: dict[str, list[MemberRow]] = defaultdict(list)
    for row in first:
        periods[row.value].append(row)
    return sorted(
        {row.value for row in second if any(_meet(row, other) for other in periods[row.value])}
    )


def _meet(one: MemberRow, other: MemberRow) -> bool:
    return _starts_before_end(one.valid_from, other.valid_to) and _starts_before_end(
        other.valid_from, one.valid_to
    )


def _starts_before_end(start: datetime | None, end: Instant) -> bool:
    return start is None or end is None or start < end


# --- traffic -----------------------------------------------------------------------------------


def _traffic(subject: Subject) -> Iterator[Finding]:
    stated = {one.traffic_type.code for one in subject.statements}
    missing = [kind for code, kind in subject.types.items() if code not in stated]
    if missing:
        yield error(
            "traffic_gap",
            _(
                "Nothing is said of these types of traffic: %(types)s. Say for each whether it is "
                "permitted."
            )
            % {"types": ", ".join(in_own_language(kind, "name") for kind in missing)},
        )
    for one in subject.statements:
        words = {"type": in_own_language(one.traffic_type, "name")}
        if one.note_en.strip() and not one.note_ru.strip():
            text = _("The condition for “%(type)s” is not given in Russian: write it there too.")
            yield error("no_sentence", text % words)
        if one.note_ru.strip() and not one.note_en.strip():
            text = _("The condition for “%(type)s” is not given in English: write it there too.")
            yield error("no_sentence", text % words)
