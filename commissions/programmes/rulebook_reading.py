"""A rulebook as its file has it: what ships, what staff export and import, what the editor sends.

All three have one form, and are read here. A draft may be incomplete - sentences left empty, no
rule for the rest: `commissions.rulebooks.checks` says so before it is published.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from commissions.engine.conditions import Condition, ConditionError, InSet, parse_condition
from commissions.engine.rulebook import OUTCOME_KINDS, CookieLife, Outcome
from commissions.enums import SetKind
from commissions.programmes.rows import ProgrammeFileError, Row
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
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


@dataclass(frozen=True)
class Known:
    """What a rulebook may refer to: its programme's clock, sets (code to kind), traffic types."""

    zone: ZoneInfo
    kinds: Mapping[str, str]
    traffic_types: frozenset[str]


def read_rulebook(row: Row, known: Known) -> RulebookFile:
    """A rulebook, complete or not. Raises ProgrammeFileError with a sentence naming the row."""
    book = RulebookFile(
        version=row.whole("version") if row.has("version") else 0,
        starts_at=start(row, known.zone),
        title_en=row.loose_text("title_en", most=TITLE),
        title_ru=row.loose_text("title_ru", most=TITLE),
        cap_cents=row.whole("cap_cents") if row.has("cap_cents") else None,
        referral_bp=row.percent_bp("referral"),
        cookie_lives=_cookie_lives(row, known),
        rules=tuple(_rule(one, known) for one in row.rows("rules", _("rule"))),
        traffic=tuple(_statement(one, known) for one in row.rows("traffic", _("type of traffic"))),
    )
    once(row, _("type of traffic"), (one.traffic_type for one in book.traffic))
    row.finish()
    return book


def start(row: Row, zone: ZoneInfo) -> datetime:
    """`starts`: a date (midnight on the programme's clock) or an instant with its offset."""
    value = row.date_or_instant("starts")
    if isinstance(value, datetime):
        return value
    return midnight(value, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins on a clock."""
    return datetime.combine(day, time(), tzinfo=zone)


def once(row: Row, what: str, values: Iterable[object]) -> None:
    """Refuse what is given twice."""
    for value, times in Counter(values).items():
        if times > 1:
            raise row.refuse(
                _("the %(what)s %(value)s is given %(times)s times: give it once.")
                % {"what": what, "value": value, "times": times}
            )


def word(row: Row, key: str, words: Iterable[str]) -> str:
    """One of a few words."""
    value = row.text(key, most=NAME)
    if value not in words:
        raise row.refuse(
            _('"%(key)s" is %(value)r: one of %(words)s is needed.')
            % {"key": key, "value": value, "words": ", ".join(words)},
            key,
        )
    return value


def require_complete(row: Row, book: RulebookFile) -> None:
    """What ships is complete: texts in both languages, cookies and rules for all the rest."""
    texts = [("title_en", book.title_en), ("title_ru", book.title_ru)]
    for key, text in texts:
        _require_text(row.where, key, text)
    for number, rule in enumerate(book.rules, start=1):
        where = f"{row.where}, {_('rule')} {number} ({rule.code})"
        _require_text(where, "en", rule.sentence_en)
        _require_text(where, "ru", rule.sentence_ru)
    lives = book.cookie_lives
    if [life.set_code for life in lives].count(None) != 1 or lives[-1].set_code is not None:
        raise row.refuse(
            _(
                'the last of [[cookies]], and no other, must leave out "countries": '
                "it says the days for every other country."
            )
        )
    open_rules = [number for number, rule in enumerate(book.rules, start=1) if not rule.conditions]
    if open_rules != [len(book.rules)]:
        raise row.refuse(
            _(
                'the last of [[rules]], and no other, must leave out "when": it decides what no '
                "rule before it has. Without conditions are: %(open)s, of %(count)s rules."
            )
            % {"open": open_rules or _("none"), "count": len(book.rules)}
        )


def _require_text(where: str, key: str, text: str) -> None:
    if not text:
        missing = _('"%(key)s" is missing.') % {"key": key}
        raise ProgrammeFileError(f"{where}: {missing}")


def _cookie_lives(row: Row, known: Known) -> tuple[CookieLife, ...]:
    lives = []
    for one in row.rows("cookies", _("cookie")):
        set_code = one.code("countries") if one.has("countries") else None
        if set_code is not None:
            _check_set(one, set_code, SetKind.COUNTRY, known)
        lives.append(CookieLife(set_code, one.whole("days")))
        one.finish()
    return tuple(lives)


def _rule(row: Row, known: Known) -> RuleFile:
    code = row.code()
    row.where += f" ({code})"
    rule = RuleFile(
        code=code,
        conditions=tuple(_condition(row, item, known) for item in row.items("when")),
        outcome=_outcome(row),
        sentence_en=row.loose_text("en", most=SENTENCE),
        sentence_ru=row.loose_text("ru", most=SENTENCE),
    )
    row.finish()
    return rule


def _condition(row: Row, data: object, known: Known) -> Condition:
    if not isinstance(data, dict) or not isinstance(data.get("fact"), str):
        raise row.refuse(
            _('the condition %(condition)r needs a "fact", a text.') % {"condition": data}
        )
    try:
        condition = parse_condition(data)
    except ConditionError as error:
        raise row.refuse(_(error.sentence) % error.values) from error
    if isinstance(condition, InSet):
        _check_set(row, condition.set_code, KIND_OF_FACT[condition.fact], known)
    elif isinstance(condition.value, str) and not _is_usual(condition.value):
        raise row.refuse(
            _(
                "the condition on %(fact)s asks for a text with a NUL character, or of more than "
                "%(most)s characters."
            )
            % {"fact": condition.fact, "most": NAME}
        )
    return condition


def _is_usual(text: str) -> bool:
    return "\0" not in text and len(text) <= NAME


def _check_set(row: Row, set_code: str, kind: SetKind, known: Known) -> None:
    if set_code not in known.kinds:
        raise row.refuse(
            _("the programme has no set %(set)s: add it to the named sets first.")
            % {"set": set_code}
        )
    if known.kinds[set_code] != kind:
        raise row.refuse(
            _("the set %(set)s is of %(kind)s, one of %(wanted)s is needed.")
            % {"set": set_code, "kind": known.kinds[set_code], "wanted": kind}
        )


def _outcome(row: Row) -> Outcome:
    kind = word(row, "outcome", OUTCOME_KINDS)
    if kind == "rate":
        return Outcome(kind, rate_bp=row.percent_bp("rate"))
    if kind != "feed_rate":
        return Outcome(kind)
    outcome = Outcome(kind, min_bp=row.percent_bp("lowest"), max_bp=row.percent_bp("highest"))
    if outcome.min_bp > outcome.max_bp:
        raise row.refuse(_('"lowest" is above "highest": no rate would be taken.'), "lowest")
    return outcome


def _statement(row: Row, known: Known) -> StatementFile:
    code = row.code("type")
    if code not in known.traffic_types:
        raise row.refuse(
            _("there is no type of traffic %(code)s: correct the spelling.") % {"code": code},
            "type",
        )
    statement = StatementFile(
        traffic_type=code,
        permission=word(row, "permission", Permission.values),
        note_en=row.loose_text("note_en", most=SENTENCE),
        note_ru=row.loose_text("note_ru", most=SENTENCE),
    )
    row.finish()
    return statement
