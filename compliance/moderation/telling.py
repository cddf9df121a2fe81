"""What a publisher is told of a source, whatever it is read by: why, what next, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.detectors.finding import Verdict
from compliance.kinds import clause_sentence
from compliance.models import ModerationEvent, PreflightRun
from compliance.moderation.enums import ModerationMove, ModerationState
from compliance.moderation.standing import SourceStanding, Standing
from compliance.preflight import WORST_FIRST
from compliance.two_languages import in_reader_language
from publishers.demands import demands_of

SHOWN = 50  # findings of a source
CHECKED = 200  # characters of what something was found in

# What the checks say to staff of these steps is said to the publisher in other words.
_TO_PUBLISHERS = {
    "needs_agreement": gettext_lazy(
        "Sources of this type are approved only after a written agreement with the network: staff "
        "will write to you about it."
    ),
    "not_fetched": gettext_lazy(
        "We could not read it: a person looks at it. If it is closed to machines, say so."
    ),
}
_CHECKS = {
    "name": gettext_lazy("name"),
    "keywords": gettext_lazy("keyword list"),
    "mailing": gettext_lazy("how people subscribe and leave"),
    "package": gettext_lazy("extension package"),
    "page": gettext_lazy("the page"),
    "picture": gettext_lazy("pictures of the page"),
    "permission": gettext_lazy("type of traffic"),
}
# Of these the publisher was written, or wrote them itself: their words are for it.
_TOLD = frozenset(
    {
        ModerationMove.OPENED,
        ModerationMove.ADDED,
        ModerationMove.ASKED,
        ModerationMove.ANSWERED,
        ModerationMove.APPROVED,
        ModerationMove.REJECTED,
    }
)


@dataclass(frozen=True)
class Found:
    """What a check found, in the reader's language. rule: its code; clause: what that says."""

    verdict: Verdict
    rule: str
    clause: str
    sentence: str
    checked: str


def why(row: SourceStanding) -> str:
    """Why a source stands as it does, where that needs to be said."""
    if row.standing == Standing.SUSPENDED:
        if row.case_id is None:
            return _("Its type of traffic is no longer permitted, and no agreement is in force.")
        return _("By case %(number)s.") % {"number": row.case_id}
    if row.standing == Standing.REJECTED:
        return " ".join(in_reader_language(reason) for reason in row.reasons)
    if row.standing == Standing.APPROVED and row.approval is not None and row.approval.automatic:
        return _("Approved without a person: nothing spoke against it.")
    return ""


def following(row: SourceStanding) -> str:
    """What its publisher does next."""
    under_way = row.round is not None and row.round.state == ModerationState.WAITING
    if row.standing == Standing.APPROVED:
        if under_way:
            return _("Make links. What changed is being looked at.")
        return _("Make links.")
    if row.standing == Standing.WAITING:
        if row.page_due:
            return _("Its page is looked at within a minute or so.")
        if row.unproven:
            return _("Show that it is yours: it is decided sooner.")
        return _("Nothing to do: staff look at it, and you get a letter.")
    return {
        Standing.ASKED: _("Answer what staff ask."),
        Standing.REJECTED: _("Mend what is named, and send it again."),
        Standing.SUSPENDED: _("Read the case: you may appeal.")
        if row.case_id is not None
        else _("Use another type of traffic, or agree with the network in writing."),
        Standing.NOT_APPROVED: _("Say what it is, and staff look at it."),
    }[row.standing]


def demanded(traffic_type: str) -> list[str]:
    """What a source of a type has to give beside its name, in words."""
    demands = demands_of(traffic_type)
    named = (
        (demands.address, _("a web address")),
        (demands.mailing, _("how people subscribe and leave")),
        (demands.keywords, _("keywords, texts of the ads and negative keywords")),
        (demands.package, _("the package of the extension")),
    )
    return [words for is_asked, words in named if is_asked]


def findings(runs: Sequence[PreflightRun]) -> list[Found]:
    """What the checks found, the worst first, with the clause that it is about."""
    found = [
        Found(
            verdict=Verdict(finding["verdict"]),
            rule=finding["rule"],
            clause=_clause(finding["rule"]),
            sentence=str(
                _TO_PUBLISHERS.get(finding["step"]) or in_reader_language(finding["sentence"])
            ),
            checked=str(report["checked"])[:CHECKED],
        )
        for run in runs
        for report in run.reports
        for finding in report["findings"]
    ]
    return sorted(found, key=lambda one: WORST_FIRST.index(one.verdict))[:SHOWN]


def _clause(code: str) -> str:
    words = clause_sentence(code)
    return _(words) if words else ""


def passed(runs: Sequence[PreflightRun]) -> list[str]:
    """What was looked at and nothing was found in, each once."""
    clear = (
        report["detector"]
        for run in runs
        for report in run.reports
        if report["verdict"] == Verdict.CLEAR and not report["findings"]
    )
    return [str(_CHECKS.get(name, name)) for name in dict.fromkeys(clear)]


def words_told(event: ModerationEvent) -> str:
    """What was said with a move, where it is for the publisher."""
    return event.words if event.move in _TOLD else ""
