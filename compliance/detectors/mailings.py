"""Mailings go only to people who subscribed of their own will and can plainly unsubscribe."""

# What a publisher writes about a mailing, by e-mail or SMS, is judged here (F27); a person reads
# it all the same before the source is approved. Words are looked for in English, Russian and
# Ukrainian. A word that a negation stands before ("we never buy lists") tells against nothing.
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.marking import gettext_noop as _

RULE = "F27"
Translate = Callable[[str], str]
# What is longer was pasted from elsewhere: its first part is judged.
LONGEST_ANSWER = 10_000


_NO_SUBSCRIBE = _(
    "It is not said how people subscribe to this mailing. Describe where they leave their address"
    " and how they agree to get it."
)
_NO_LEAVE = _(
    "It is not said how people leave this mailing. Every letter must have a plain way to"
    " unsubscribe: describe it."
)
_NOT_OF_OWN_WILL = _(
    '"%(matched)s" means that people get this mailing without having asked for it. Write only to'
    " those who subscribed of their own will."
)
_CANNOT_LEAVE = _(
    '"%(matched)s" means that people cannot leave this mailing. Put a plain way to unsubscribe'
    " into every letter."
)
_HARD_TO_LEAVE = _(
    '"%(matched)s" is no plain way to leave a mailing: it should take one step from the letter'
    " itself, such as a link or the answer STOP."
)
_VAGUE_SUBSCRIBE = _(
    'From "%(answer)s" it is not plain how people subscribe. Say where the form is, and what they'
    " agree to."
)
_VAGUE_LEAVE = _(
    'From "%(answer)s" it is not plain how people leave the mailing. Say what in the letter they'
    " click or answer."
)
_LETTER_WITHOUT = _(
    "The sample letter has no way to unsubscribe. Put a link to unsubscribe, or the word to answer"
    " with, into every letter."
)

_BLANK = re.compile(
    r"[\W_]*(?:n/?a|none|nothing|no|not applicable|tbd|todo|unknown|нет|никак|не указано|неизвестно"
    r"|нема[єе]?|ніяк)?[\W_]*"
)
_NEGATION = re.compile(
    r"(?:\b(?:no|not|never|nor|without|neither|не|ни|без|никогда|нет|ніколи|ні)|n[’']t)"
    r"(?:\s+[\w’'-]+){0,3}\s*$"
)
_BOUGHT = re.compile(
    r"\b(?:(?:buy|bought|purchas\w+|rent\w*|scrap\w+|harvest\w+|pars(?:e|ed|ing)|third[- ]party)"
    r"\W+(?:\w+\W+){0,3}?(?:lists?|bases?|databases?|address\w*|e-?mails?|contacts?|numbers?)"
    r"|(?:lists?|bases?|databases?|address\w*|e-?mails?|contacts?|numbers?)\W+(?:\w+\W+){0,3}?"
    r"(?:bought|purchased|rented|scraped|harvested|parsed)"
    r"|(?:купл\w+|покуп\w+|арендован\w+|спарс\w+|парс\w+|собран\w+ с сайт\w*|чуж\w+)"
    r"\W+(?:\w+\W+){0,3}?(?:баз\w*|адрес\w*|список|списк\w*|контакт\w*|номер\w*|почт\w*)"
    r"|(?:баз\w*|адрес\w*|списк\w*|контакт\w*|номер\w*)\W+(?:\w+\W+){0,3}?"
    r"(?:купл\w+|покупа\w+|арендован\w+|спарс\w+|парс\w+|собран\w+ с сайт\w*)"
    r"|pre-?(?:ticked|checked)|cold (?:e-?mails?|mailing)|спам\w*|spam\w*"
    r"|(?:added|subscribed|enrolled) (?:automatically|by default)"
    r"|(?:automatically|by default)\W+(?:\w+\W+){0,3}?(?:added|subscribed|enrolled)"
    r"|(?:автоматически|по умолчанию)\W+(?:\w+\W+){0,3}?(?:подпис\w+|добавл\w+)"
    r"|(?:подпис\w+|добавл\w+) (?:автоматически|по умолчанию))"
)
_WITHOUT_CONSENT = re.compile(
    r"\b(?:without (?:their |any |prior )?(?:consent|permission|asking)|без (?:их |его )?согласия"
    r"|не спрашива\w+|без спроса|без згоди)"
)
_CANNOT = re.compile(
    r"\b(?:(?:can ?not|can[’']t|nobody can|no one can|no way to|not possible to"
    r"|impossible to|unable to) (?:\w+ )?(?:unsubscribe|leave|opt[- ]?out|stop)"
    r"|(?:no|without(?: an?)?) (?:unsubscribe|opt[- ]?out|way to (?:leave|unsubscribe))"
    r"|(?:unsubscrib\w+|opt[- ]?out|leaving) (?:is )?(?:not|im)\W?(?:possible|provided|available)"
    r"|(?:нельзя|невозможно|не могут|нет возможности|неможливо) (?:\w+ )?(?:отпис\w+|отказ\w+"
    r"|відпис\w+)|(?:без|нет) (?:кнопки |ссылки |возможности )?(?:отписки|отписаться)"
    r"|отписк\w+ (?:нет|не предусмотрен\w*|отсутству\w+)|отписаться (?:нельзя|невозможно))"
)
_PLAIN = re.compile(
    r"^\W*stop\W*$|\b(?:unsubscrib\w*|opt(?:ing|ed)?[- ]?out|list-unsubscribe"
    r"|(?:reply|answer|text|send|sms)\W+(?:\w+\W+){0,3}?(?:stop|стоп)"
    r"|stop (?:word|to)|one[- ]click|/stop|стоп"
    r"|отпис\w+|отказаться от|отключ\w+ рассыл\w+|відпис\w+)"
)
_HARD = re.compile(
    r"\b(?:(?:write|letter|e-?mail|call|phone|contact|ask|message)\W+(?:\w+\W+){0,4}?"
    r"(?:support|us|manager|office|administrator|admin|call cent\w+)|for a fee|paid|by post"
    r"|(?:написать|пишут|письмо|позвонить|звон\w+|обратиться|обращ\w+|связаться)\W+(?:\w+\W+){0,4}?"
    r"(?:поддержк\w+|нам|менеджер\w*|администратор\w*|админ\w*|телефон\w*|почт\w+)|платн\w+)"
)
_IN_LETTER = re.compile(
    r"\b(?:(?:link|button)\w*|click\w*|every (?:letter|e-?mail|message)|footer|one[- ]click|stop"
    r"|стоп|ссылк\w+|кнопк\w+|кажд\w+ (?:письм\w+|сообщени\w+|sms|смс)|посилан\w+)"
)
_SIGNS_UP = re.compile(
    r"\b(?:subscri\w+|sign\w*[- ]?(?:up|in)|opt(?:ing|ed)?[- ]?in|form\w*|tick\w*|checkbox\w*"
    r"|consent\w*|agree\w*|confirm\w*|regist\w+|подпис\w+|форм\w+|галочк\w+|согла\w+|подтвер\w+"
    r"|регистр\w+|підпис\w+|реєстр\w+|згод\w+)"
)


def check_mailing(
    name: str, *, subscribe: str, leave: str, letter: str = "", translate: Translate = str
) -> Report:
    """Whether the mailing is for those who asked for it, and lets them go.

    subscribe, leave: how people do that, in the publisher's words. letter: a sample, if there is
    one. The report is about `name`.
    """
    found = [
        *_of_subscribing(_folded(subscribe), subscribe),
        *_of_leaving(_folded(leave), leave),
    ]
    if letter.strip() and not _PLAIN.search(_folded(letter[-LONGEST_ANSWER:])):
        found.append(_Found(Verdict.VIOLATION, "letter", _LETTER_WITHOUT))
    verdicts = {one.verdict for one in found}
    worst = (Verdict.VIOLATION, Verdict.REVIEW)
    verdict = next((verdict for verdict in worst if verdict in verdicts), Verdict.CLEAR)
    findings = (
        Finding(RULE, one.step, translate(one.message) % one.detail, one.detail) for one in found
    )
    return Report(name, verdict, tuple(findings))


@dataclass(frozen=True)
class _Found:
    verdict: Verdict
    step: str
    message: str
    detail: Mapping[str, str] = field(default_factory=dict)


def _of_subscribing(answer: str, written: str) -> list[_Found]:
    if _BLANK.fullmatch(answer):
        return [_Found(Verdict.VIOLATION, "subscribe_not_said", _NO_SUBSCRIBE)]
    against = _WITHOUT_CONSENT.search(answer) or _not_denied(_BOUGHT, answer)
    if against:
        return [_matched(Verdict.VIOLATION, "not_of_own_will", _NOT_OF_OWN_WILL, against)]
    if not _SIGNS_UP.search(answer):
        return [_vague("subscribe_vague", _VAGUE_SUBSCRIBE, written)]
    return []


def _of_leaving(answer: str, written: str) -> list[_Found]:
    if _BLANK.fullmatch(answer):
        return [_Found(Verdict.VIOLATION, "leave_not_said", _NO_LEAVE)]
    against = _CANNOT.search(answer)
    if against:
        return [_matched(Verdict.VIOLATION, "cannot_leave", _CANNOT_LEAVE, against)]
    hard = _not_denied(_HARD, answer)
    if hard and not _IN_LETTER.search(answer):
        return [_matched(Verdict.REVIEW, "hard_to_leave", _HARD_TO_LEAVE, hard)]
    if not _PLAIN.search(answer):
        return [_vague("leave_vague", _VAGUE_LEAVE, written)]
    return []


def _folded(answer: str) -> str:
    return " ".join(answer[:LONGEST_ANSWER].casefold().replace("ё", "е").split())


def _not_denied(words: re.Pattern[str], answer: str) -> re.Match[str] | None:
    for found in words.finditer(answer):
        sentence = re.split(r"[.!?;]", answer[max(0, found.start() - 80) : found.start()])[-1]
        if not _NEGATION.search(sentence):
            return found
    return None


def _matched(verdict: Verdict, step: str, message: str, words: re.Match[str]) -> _Found:
    return _Found(verdict, step, message, {"matched": words.group()[:200]})


def _vague(step: str, message: str, written: str) -> _Found:
    return _Found(Verdict.REVIEW, step, message, {"answer": written.strip()[:200]})
