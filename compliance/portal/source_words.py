"""How a publisher's pages show what became of its source: standings, findings, the talk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from compliance.detectors.finding import Verdict
from compliance.models import Moderation, ModerationEvent, PreflightRun
from compliance.moderation import telling
from compliance.moderation.enums import ModerationMove, ModerationState
from compliance.moderation.standing import SourceStanding, Standing
from compliance.two_languages import in_reader_language

STANDINGS = {
    Standing.ASKED: (pgettext_lazy("source", "asked back"), "warning"),
    Standing.REJECTED: (pgettext_lazy("source", "rejected"), "bad"),
    Standing.SUSPENDED: (pgettext_lazy("source", "suspended"), "bad"),
    Standing.WAITING: (pgettext_lazy("source", "waits for staff"), "calm"),
    Standing.NOT_APPROVED: (pgettext_lazy("source", "not approved"), "faint"),
    Standing.APPROVED: (pgettext_lazy("source", "approved"), "good"),
}
VERDICTS = {
    Verdict.VIOLATION: (gettext_lazy("breaks a rule"), "bad"),
    Verdict.BRAND: (gettext_lazy("carries the brand"), "bad"),
    Verdict.REVIEW: (gettext_lazy("a person looks at it"), "warning"),
    Verdict.CLEAR: (gettext_lazy("not forbidden yet"), "faint"),
}


@dataclass(frozen=True)
class Told:
    """A standing in words: its label, how it looks, why, and what to do next."""

    label: str
    look: str
    why: str
    following: str


def told_of(row: SourceStanding) -> Told:
    """What the publisher reads of one of its sources."""
    label, look = STANDINGS[row.standing]
    return Told(str(label), look, telling.why(row), telling.following(row))


def findings(runs: Sequence[PreflightRun]) -> list[dict[str, Any]]:
    """What the checks found, each with how its verdict looks."""
    return [
        {**vars(one), "label": VERDICTS[one.verdict][0], "look": VERDICTS[one.verdict][1]}
        for one in telling.findings(runs)
    ]


def talk(rounds: Iterable[Moderation]) -> list[dict[str, Any]]:
    """Rounds and what was said in them. Staff are not named."""
    return [
        {
            "round": one,
            "state": pgettext("source", "waits for you")
            if one.state == ModerationState.ASKED
            else ModerationState(one.state).label,
            "grounds": [
                in_reader_language({"en": ground.sentence_en, "ru": ground.sentence_ru})
                for ground in one.grounds.all()
            ],
            "events": [_event(event) for event in one.events.all()],
        }
        for one in rounds
    ]


def _event(event: ModerationEvent) -> dict[str, Any]:
    who = pgettext("who spoke", "by itself")
    if event.by_publisher:
        who = pgettext("who spoke", "you")
    elif event.by_id is not None:
        who = pgettext("who spoke", "staff")
    return {
        "at": event.at,
        "what": ModerationMove(event.move).label,
        "who": who,
        "words": telling.words_told(event),
        "reasons": [(one["rule"], in_reader_language(one)) for one in event.reasons],
    }


def reasons(row: SourceStanding) -> list[tuple[str, str]]:
    """(clause, sentence) of each reason for which staff rejected."""
    return [(one["rule"], in_reader_language(one)) for one in row.reasons]
