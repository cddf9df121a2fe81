"""The checks of a source before it earns: the one place that calls the detectors for it.

`examine` is offline: a function of what the publisher gave and of the instant. `examine_page`
judges a page that was fetched. Both give reports that are kept as they are: plain JSON, every
sentence in English and Russian.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from compliance.detectors.domain_names import check_name
from compliance.detectors.extensions import Hosts, NotAPackageError, check_package
from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.images import ReferenceImage, check_image
from compliance.detectors.keywords import UnreadableFile, check_file
from compliance.detectors.mailings import check_mailing
from compliance.detectors.pages import PageCheck, check_page
from compliance.two_languages import Told, both, in_each, marked, say, told
from publishers.demands import demands_of
from publishers.source_material import GivenFile, Material, storable

MOST_ENTRIES = 50  # keywords and texts of ads that are kept with what is wrong in them
NOT_ALLOWED = gettext_noop(
    "“%(type)s” is not permitted, and no agreement of this publisher is in force: approve it only "
    "after a written agreement."
)
# The worst first: a broken rule, then what a person must judge.
WORST_FIRST = (Verdict.VIOLATION, Verdict.BRAND, Verdict.REVIEW, Verdict.CLEAR)


class Unreadable(Exception):
    """A file is not what it was given for; the message says why."""


@dataclass(frozen=True)
class Examined:
    """What the checks said. `reports` is plain JSON; `sha256` is of what was looked at."""

    verdict: Verdict
    reports: list[dict[str, Any]]
    sha256: str


def worst(verdicts: Iterable[str]) -> Verdict:
    """The worst of several verdicts; of none: clear."""
    found = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in found), Verdict.CLEAR)


def examine(
    material: Material, *, traffic_type: str, type_name: Told, may_use: bool, at: datetime
) -> Examined:
    """Check what a publisher says of a source against the rules in force at `at`.

    may_use: whether the type is permitted or agreed. Raises Unreadable for a file that is none.
    """
    demands = demands_of(traffic_type)
    reports = [] if may_use else [_not_allowed(type_name, package=demands.package)]
    if material.url:
        reports.append(_plain("name", check_name(material.url, both)))
    if demands.community or (demands.mailing and not material.url):
        reports.append(_plain("name", check_name(material.title, both)))
    if demands.mailing:
        mailing = check_mailing(
            material.title,
            subscribe=material.subscribe,
            leave=material.leave,
            letter=material.sample,
            translate=both,
        )
        reports.append(_plain("mailing", mailing))
    if material.keywords is not None:
        reports += _keywords(material.keywords)
    if material.package is not None:
        reports.append(_package(material.package, at))
    return Examined(worst(one["verdict"] for one in reports), reports, digest(material))


def digest(material: Material) -> str:
    """SHA-256 of all that a publisher says; files by their own."""
    said = {
        name: value.sha256 if isinstance(value, GivenFile) else value
        for name, value in vars(material).items()
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _not_allowed(type_name: Told, *, package: bool) -> dict[str, Any]:
    rule = "F31" if package else "F30"
    finding = Finding(rule, "needs_agreement", marked(told(NOT_ALLOWED, type=type_name)))
    return _plain("permission", Report(type_name.english, Verdict.REVIEW, (finding,)))


def _keywords(file: GivenFile) -> list[dict[str, Any]]:
    """The file as a whole, then the first entries that have something wrong."""
    flagged: list[dict[str, Any]] = []
    whole: list[dict[str, Any]] = []
    try:
        for found in check_file(file.name, file.content, both):
            report = _as_json("keywords", found)
            if found["kind"] == "file":
                whole.append(report)
            elif found["verdict"] != Verdict.CLEAR and len(flagged) < MOST_ENTRIES:
                flagged.append(report)
    except UnreadableFile as error:
        raise Unreadable(
            _("The keyword list %(file)s was not read: %(why)s") % {"file": file.name, "why": error}
        ) from error
    return whole + flagged


def _package(file: GivenFile, at: datetime) -> dict[str, Any]:
    hosts = Hosts(
        merchant=frozenset(settings.PERMILLE_MERCHANT_DOMAINS),
        tracking=frozenset(settings.PERMILLE_TRACKING_HOSTS),
    )
    try:
        return _plain(
            "package", check_package(file.content, name=file.name, at=at, hosts=hosts, say=say)
        )
    except NotAPackageError as error:
        why = _(error.sentence) % error.values_of_sentence
        raise Unreadable(
            _("%(file)s is no package of an extension: %(why)s") % {"file": file.name, "why": why}
        ) from error


def examine_page(body: bytes, url: str, content_type: str) -> tuple[dict[str, Any], PageCheck]:
    """What a fetched page shows (F33, F34, F36), and its pictures that are to be compared."""
    checked = check_page(body, url, content_type, say=say)
    return _plain("page", checked.report), checked


def examine_picture(
    content: bytes, url: str, references: Sequence[ReferenceImage]
) -> dict[str, Any]:
    """Whether a picture of the page is the merchant's (F33)."""
    return _plain("picture", check_image(content, references, checked=url, say=say))


def _plain(detector: str, report: Report) -> dict[str, Any]:
    return _as_json(detector, report.as_json())


def told_report(
    detector: str, checked: str, rule: str, step: str, sentence: Told
) -> dict[str, Any]:
    """A report of one finding that a person must look at."""
    return _plain(
        detector, Report(checked, Verdict.REVIEW, (Finding(rule, step, marked(sentence)),))
    )


def _as_json(detector: str, report: dict[str, Any]) -> dict[str, Any]:
    """A report to be kept: sentences as {en, ru}, each finding with a verdict of its own."""
    findings = [
        {
            **finding,
            "verdict": finding.get("verdict", report["verdict"]),
            "sentence": dict(zip(("en", "ru"), in_each(finding["sentence"]), strict=True)),
        }
        for finding in report["findings"]
    ]
    kept = {**report, "detector": detector, "findings": findings}
    storable_report: dict[str, Any] = _storable(kept)
    return storable_report


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(str(value))
    if isinstance(value, dict):
        return {storable(str(key)): _storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value
