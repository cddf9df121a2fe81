"""What a page shows that was not known when its source was approved. No database, no clock.

A finding is the same as another where detector, rule, step and what was found are the same; when
and in which words it was told does not matter. One that is worse than it was is new.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from compliance.detectors.finding import Verdict
from compliance.moderation.ownership import host_of
from compliance.preflight import WORST_FIRST, told_report
from compliance.two_languages import told

Report = Mapping[str, Any]
News = dict[str, Any]
Key = tuple[str, str, str, str]

# The page was not read: that is counted, and no finding against what it shows.
NOT_READ = frozenset({"not_fetched", "no_page"})
# A picture that could not be compared says nothing of the page.
_NOT_COMPARED = frozenset({"unreadable", "drawing", "plain", "no_references"})
_ELSEWHERE = "leads_elsewhere"
LEADS_ELSEWHERE = gettext_noop(
    "The address leads to %(host)s now; when the source was approved it led to %(known)s."
)
# Numbers that a site gives each edition of a picture.
_EDITION = re.compile(r"(?=[a-f]*\d)[0-9a-f]{6,}")


def is_read(reports: Sequence[Report]) -> bool:
    """Whether the page was read, and could be judged."""
    return not any(
        report["detector"] == "page" and finding["step"] in NOT_READ
        for report in reports
        for finding in report["findings"]
    )


def why_not_read(reports: Sequence[Report]) -> Mapping[str, str]:
    """The sentence, in both languages, that says why the page was not read."""
    sentence: Mapping[str, str] = reports[0]["findings"][0]["sentence"]
    return sentence


def elsewhere(url: str, known: str) -> list[dict[str, Any]]:
    """A report where an address that led to the host `known` leads to another by now."""
    host = host_of(url)
    if _is_within(host, known) or _is_within(known, host):
        return []
    sentence = told(LEADS_ELSEWHERE, host=host, known=known)
    return [told_report("page", url, "F31", _ELSEWHERE, sentence)]


def _is_within(host: str, other: str) -> bool:
    bare = other.removeprefix("www.")
    return host == bare or host.endswith(f".{bare}")


def found(reports: Iterable[Report]) -> list[News]:
    """What speaks against a page, each once, the worst first: plain JSON."""
    worst: dict[Key, News] = {}
    for report in reports:
        for finding in report["findings"]:
            if finding["step"] in NOT_READ | _NOT_COMPARED or finding["verdict"] == Verdict.CLEAR:
                continue
            one = {
                "detector": report["detector"],
                "rule": finding["rule"],
                "step": finding["step"],
                "what": _what(report, finding),
                "verdict": finding["verdict"],
                "sentence": dict(finding["sentence"]),
            }
            known = worst.setdefault(_key(one), one)
            if _rank(one) < _rank(known):
                worst[_key(one)] = one
    return sorted(worst.values(), key=_rank)


def new_among(seen: Iterable[News], known: Iterable[News]) -> list[News]:
    """Those that are not known, or were less grave when they were."""
    ranks = {_key(one): _rank(one) for one in known}
    return [one for one in seen if _rank(one) < ranks.get(_key(one), len(WORST_FIRST))]


def _key(one: News) -> Key:
    return one["detector"], one["rule"], one["step"], one["what"]


def _rank(one: News) -> int:
    return WORST_FIRST.index(one["verdict"])


def _what(report: Report, finding: Mapping[str, Any]) -> str:
    """What was found: the host, the reference, the picture without its edition, the words."""
    if finding["step"] == _ELSEWHERE:
        return host_of(report["checked"])
    if reference := finding.get("reference"):
        return str(reference)
    if picture := finding.get("picture"):
        return _without_edition(str(picture))
    return str(finding.get("words", "")).casefold()


def _without_edition(picture: str) -> str:
    try:
        parts = urlsplit(picture)
    except ValueError:
        return picture
    return f"{parts.netloc}{_EDITION.sub('#', parts.path)}" if parts.netloc else picture
