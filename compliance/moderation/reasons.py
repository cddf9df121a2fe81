"""Reasons that staff choose from: what the checks found, and the clauses that bind the source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from compliance.conduct import CLAUSES
from compliance.detectors.finding import Verdict
from compliance.models import Moderation
from compliance.moderation.rounds import Reason, latest_runs
from compliance.preflight import WORST_FIRST
from compliance.two_languages import told
from publishers.allowances import may_use
from publishers.demands import Demands, demands_of

KEYWORDS = gettext_noop(
    "The merchant's brand words may be in no keyword, title or text of an ad, and all of them must "
    "be among the negative keywords."
)
MAILING = gettext_noop(
    "A mailing goes only to people who subscribed of their own will and can plainly unsubscribe."
)
PACKAGE = gettext_noop(
    "Toolbars and extensions are forbidden unless the network has agreed with the publisher in "
    "writing."
)
FORBIDDEN = gettext_noop("The programme does not permit this type of traffic.")
NOT_OWNED = gettext_noop("It was not shown that the source is the publisher's.")
NOT_REACHED = gettext_noop("The source could not be looked at: it does not answer, or is closed.")
# Clauses about what a source is; F37 is about an account.
_CLAUSES = ("F3", "F4", "F32", "F33", "F34", "F35", "F36")


@dataclass(frozen=True)
class Choice:
    """A reason with the name that a form knows it by, and how bad it is (a verdict, or empty)."""

    name: str
    reason: Reason
    verdict: str = ""


def choices(moderation: Moderation, *, at: datetime) -> list[Choice]:
    """What staff may choose from: findings first, the worst before the others."""
    found = sorted(_of_findings(moderation), key=lambda one: WORST_FIRST.index(one.verdict))
    given: dict[str, Choice] = {}
    for choice in (*found, *_of_clauses(moderation, at)):
        given.setdefault(choice.reason["en"], choice)
    return list(given.values())


def _of_findings(moderation: Moderation) -> Iterator[Choice]:
    for run in latest_runs(moderation):
        for place, report in enumerate(run.reports):
            for number, finding in enumerate(report["findings"]):
                if finding["verdict"] == Verdict.CLEAR:  # not forbidden yet
                    continue
                yield Choice(
                    f"found-{run.pk}-{place}-{number}",
                    {"rule": finding["rule"], **finding["sentence"]},
                    finding["verdict"],
                )


def _of_clauses(moderation: Moderation, at: datetime) -> Iterator[Choice]:
    demands = demands_of(moderation.source.traffic_type.code)
    source = moderation.source
    allowed = may_use(source.publisher_id, source.traffic_type.code, at)
    for rule, sentence in _of_type(demands, allowed=allowed):
        yield _choice(rule, sentence)
    for code in _CLAUSES:
        clause = CLAUSES[code]
        if clause.holds(at) and (demands.package or clause.starts is None):
            yield _choice(code, clause.sentence)
    yield _choice("ownership", NOT_OWNED)
    yield _choice("page", NOT_REACHED)


def _of_type(demands: Demands, *, allowed: bool) -> Iterator[tuple[str, str]]:
    if demands.keywords:
        yield "F26", KEYWORDS
    if demands.mailing:
        yield "F27", MAILING
    if not allowed:
        yield ("F31", PACKAGE) if demands.package else ("F30", FORBIDDEN)


def _choice(rule: str, sentence: str) -> Choice:
    both = told(sentence)
    return Choice(f"rule-{rule}", {"rule": rule, "en": both.english, "ru": both.russian})
