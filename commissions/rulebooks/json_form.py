"""A rulebook as JSON in the form of its files: what the editor and the API send and get."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from commissions.engine.rulebook import Outcome
from commissions.exports import percent
from commissions.programmes.rows import ProgrammeFileError, Row
from commissions.programmes.rulebook_reading import Known, midnight, read_rulebook
from commissions.programmes.shapes import RulebookFile, RuleFile
from commissions.rulebooks.files import FIRST_YEAR, LAST_YEAR


def as_document(book: RulebookFile, zone: ZoneInfo) -> dict[str, Any]:
    """A rulebook in the form of the files; its start is a date where that is midnight."""
    return {
        "starts": start_text(book.starts_at, zone),
        "title_en": book.title_en,
        "title_ru": book.title_ru,
        **({} if book.cap_cents is None else {"cap_cents": book.cap_cents}),
        "referral": _rate(book.referral_bp),
        "cookies": [
            {**({"countries": life.set_code} if life.set_code else {}), "days": life.days}
            for life in book.cookie_lives
        ],
        "rules": [_rule(rule) for rule in book.rules],
        "traffic": [
            {
                "type": one.traffic_type,
                "permission": one.permission,
                "note_en": one.note_en,
                "note_ru": one.note_ru,
            }
            for one in book.traffic
        ],
    }


def _rule(rule: RuleFile) -> dict[str, Any]:
    return {
        "code": rule.code,
        "when": [condition.as_json() for condition in rule.conditions],
        "outcome": rule.outcome.kind,
        **_rates(rule.outcome),
        "en": rule.sentence_en,
        "ru": rule.sentence_ru,
    }


def _rates(outcome: Outcome) -> dict[str, str]:
    if outcome.kind == "rate":
        return {"rate": _rate(outcome.rate_bp)}
    if outcome.kind == "feed_rate":
        return {"lowest": _rate(outcome.min_bp), "highest": _rate(outcome.max_bp)}
    return {}


def _rate(bp: int) -> str:
    return f"{percent(bp)}%"


def start_text(starts_at: datetime, zone: ZoneInfo) -> str:
    """A start as files write it: a date where it is midnight on the clock, else an instant."""
    there = starts_at.astimezone(zone)
    begins = midnight(there.date(), zone)
    # As instants: midnight comes twice, or not at all, where clocks are changed then.
    same = begins.astimezone(UTC) == starts_at.astimezone(UTC)
    return there.date().isoformat() if same else there.isoformat()


def read_document(data: object, *, name: str, known: Known) -> RulebookFile:
    """The document that was sent. Raises ProgrammeFileError with a sentence."""
    if isinstance(data, dict):
        data = {**data, "starts": start_given(data.get("starts"))}
    book = read_rulebook(Row(name, data), known)
    if not FIRST_YEAR <= book.starts_at.year <= LAST_YEAR:
        raise ProgrammeFileError(
            _("The start is in the year %(year)d: one from %(first)d to %(last)d is needed.")
            % {"year": book.starts_at.year, "first": FIRST_YEAR, "last": LAST_YEAR},
            ("starts",),
        )
    return book


def start_given(value: object) -> object:
    """A date or an instant where the text is one; anything else as it came, to be refused."""
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(str(value))
        except ValueError:
            continue
    return value
