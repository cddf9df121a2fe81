"""A rulebook as a readable TOML file, in the form of those that ship: written, and read back."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from commissions.engine.conditions import Condition
from commissions.engine.rulebook import Outcome
from commissions.exports import percent
from commissions.programmes.rows import ProgrammeFileError, Row
from commissions.programmes.rulebook_reading import Known, midnight, read_rulebook
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile

LARGEST = 1_000_000  # bytes
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of a start that somebody means
LONGEST_REFUSAL = 500  # characters; a wrong value is quoted, whatever its length

HEADER = """\
# The rules of {programme}, version {version}: the file that `export_rulebook` writes and
# `import_rulebook` makes a new draft of.
#
# Each [[rules]] is a row of the decision table; the first row whose conditions all hold decides.
# Rates are texts such as "2.40%", the cap of an order is in cents (left out: there is none).
"""

SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Characters that turn the direction of what is written after them.
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})

# Texts and comments of a TOML file, closed or not.
TEXTS = re.compile(
    r'"""(?:\\.|[^"\\]|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+",
    re.DOTALL,
)
# A key of more than three parts.
DEEP_KEY = re.compile(r"\.[ \t]*[\w-]++[ \t]*\.[ \t]*[\w-]++[ \t]*\.", re.ASCII)


def as_toml(book: RulebookFile, *, programme_code: str, zone: ZoneInfo) -> str:
    """A rulebook as the text of a file, which `read_rulebook_file` reads as the same rulebook.

    zone: the programme's clock; a start at midnight there is written as a date.
    """
    parts = [
        HEADER.format(programme=programme_code, version=book.version),
        *(_table("cookies", _life_lines(life.set_code, life.days)) for life in book.cookie_lives),
        *(_table("rules", _rule_lines(rule)) for rule in book.rules),
        *(_table("traffic", _statement_lines(one)) for one in book.traffic),
    ]
    parts.insert(1, "".join(f"{line}\n" for line in _parameter_lines(book, zone)))
    return "\n".join(parts)


def _table(name: str, lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in (f"[[{name}]]", *lines))


def _parameter_lines(book: RulebookFile, zone: ZoneInfo) -> Iterator[str]:
    yield f"version = {book.version}"
    yield f"starts = {_start(book.starts_at, zone)}"
    yield f"title_en = {_text(book.title_en)}"
    yield f"title_ru = {_text(book.title_ru)}"
    if book.cap_cents is not None:
        yield f"cap_cents = {book.cap_cents}"
    yield f"referral = {_rate(book.referral_bp)}"


def _start(starts_at: datetime, zone: ZoneInfo) -> str:
    there = starts_at.astimezone(zone)
    # As instants: midnight comes twice, or not at all, where clocks are changed then.
    if midnight(there.date(), zone).astimezone(UTC) == starts_at.astimezone(UTC):
        return there.date().isoformat()
    return there.isoformat()


def _life_lines(set_code: str | None, days: int) -> Iterator[str]:
    if set_code is not None:
        yield f"countries = {_text(set_code)}"
    yield f"days = {days}"


def _rule_lines(rule: RuleFile) -> Iterator[str]:
    yield f"code = {_text(rule.code)}"
    yield from _condition_lines([_condition(condition) for condition in rule.conditions])
    yield from _outcome_lines(rule.outcome)
    yield f"en = {_text(rule.sentence_en)}"
    yield f"ru = {_text(rule.sentence_ru)}"


def _condition_lines(conditions: list[str]) -> Iterator[str]:
    if len(conditions) == 1:
        yield f"when = [{conditions[0]}]"
    elif conditions:
        yield "when = ["
        yield from (f"    {condition}," for condition in conditions)
        yield "]"


def _condition(condition: Condition) -> str:
    values = ", ".join(
        f"{word} = {_text(value) if isinstance(value, str) else str(value).lower()}"
        for word, value in condition.as_json().items()
    )
    return f"{{ {values} }}"


def _outcome_lines(outcome: Outcome) -> Iterator[str]:
    yield f"outcome = {_text(outcome.kind)}"
    if outcome.kind == "rate":
        yield f"rate = {_rate(outcome.rate_bp)}"
    if outcome.kind == "feed_rate":
        yield f"lowest = {_rate(outcome.min_bp)}"
        yield f"highest = {_rate(outcome.max_bp)}"


def _statement_lines(statement: StatementFile) -> Iterator[str]:
    yield f"type = {_text(statement.traffic_type)}"
    yield f"permission = {_text(statement.permission)}"
    if statement.note_en or statement.note_ru:
        yield f"note_en = {_text(statement.note_en)}"
        yield f"note_ru = {_text(statement.note_ru)}"


def _rate(bp: int) -> str:
    return f'"{percent(bp)}%"'


def _text(value: str) -> str:
    """A text in quotes; what cannot be seen is written as its number."""
    return f'"{"".join(_character(one) for one in value)}"'


def _character(one: str) -> str:
    if one in SHORT_ESCAPES:
        return SHORT_ESCAPES[one]
    unseen = unicodedata.category(one) in {"Cc", "Zl", "Zp"}
    if unseen or unicodedata.bidirectional(one) in TURNING:
        return f"\\u{ord(one):04X}"
    return one


def read_rulebook_file(data: bytes, *, name: str, known: Known) -> RulebookFile:
    """A rulebook from the bytes of a file, complete or not.

    name: what sentences call the file. Raises ProgrammeFileError, and nothing else, with a
    sentence that says where and what is wrong.
    """
    try:
        book = read_rulebook(Row(name, _parsed(data, name)), known)
    except ProgrammeFileError as error:
        raise ProgrammeFileError(_short(str(error)), error.place) from error
    except RecursionError as error:
        raise ProgrammeFileError(
            _("%(file)s: its values are nested too deeply to be a rulebook's.") % {"file": name}
        ) from error
    except ValueError as error:
        raise ProgrammeFileError(
            _("%(file)s holds a number that is too long to be read.") % {"file": name}
        ) from error
    _require_usual(book, name)
    return book


def _parsed(data: bytes, name: str) -> dict[str, object]:
    if len(data) > LARGEST:
        raise ProgrammeFileError(
            _("%(file)s is larger than %(most)s KB, and no rulebook is: choose another file.")
            % {"file": name, "most": LARGEST // 1000}
        )
    try:
        text = data.decode("utf-8-sig")
        _require_shallow_keys(text, name)
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ProgrammeFileError(
            _("%(file)s is not UTF-8 text: save it as UTF-8.") % {"file": name}
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFileError(
            _("%(file)s is not readable as TOML: %(error)s.") % {"file": name, "error": error}
        ) from error


def _require_shallow_keys(text: str, name: str) -> None:
    """A rulebook has no key such as `a.b.c.d`, and long ones take tomllib minutes."""
    deep = DEEP_KEY.search(TEXTS.sub("s", text))
    if deep:
        raise ProgrammeFileError(
            _("%(file)s: a key of many parts means nothing here: %(key)s.")
            % {"file": name, "key": _short(deep[0])}
        )


def _require_usual(book: RulebookFile, name: str) -> None:
    """Refuse what can be read, but neither kept nor meant."""
    if not FIRST_YEAR <= book.starts_at.year <= LAST_YEAR:
        raise ProgrammeFileError(
            _("%(file)s: it starts in the year %(year)s; one from %(first)s to %(last)s is needed.")
            % {
                "file": name,
                "year": book.starts_at.year,
                "first": FIRST_YEAR,
                "last": LAST_YEAR,
            }
        )


def _short(sentence: str) -> str:
    """The sentence, its middle left out where it is long."""
    if len(sentence) <= LONGEST_REFUSAL:
        return sentence
    half = LONGEST_REFUSAL // 2
    return f"{sentence[:half]} … {sentence[-half:]}"
