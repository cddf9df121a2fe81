"""Extensions that break F3 or F4 are found from the day of the clause, however they hide it."""

import json
from datetime import datetime

import pytest

from compliance.detectors.finding import Verdict
from tests.compliance.detectors.extension_packages import (
    check,
    crx2,
    crx3,
    extension,
    packed,
    steps,
)
from tests.compliance.detectors.planted_extensions import (
    CLICK,
    HIDDEN_HOST,
    HIDDEN_LINK,
    PLANTED,
    Planted,
)

LAST_MOMENT = {"F3": "2020-06-07T23:59:59.999999+03:00", "F4": "2020-07-05T23:59:59.999999+03:00"}
FIRST_MOMENT = {
    "F3": "2020-06-08T00:00:00+03:00",
    "F4": "2020-07-06T00:00:00+03:00",
    "F35": "2018-10-10T00:00:00+03:00",
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_extension_is_a_violation_from_the_first_moment_of_its_clause(planted, version):
    files = planted.as_files(version)
    report = check(files, datetime.fromisoformat(FIRST_MOMENT[planted.rule]))
    assert report.verdict is Verdict.VIOLATION, report.findings
    found = [finding for finding in report.findings if finding.rule == planted.rule]
    assert found, report.findings
    first = found[0]
    assert first.detail["file"] in files
    assert 1 <= first.detail["line"] <= str(files[first.detail["file"]]).count("\n") + 1
    assert first.rule in first.sentence
    assert first.detail["file"] in first.sentence


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    "planted",
    [planted for planted in PLANTED.values() if planted.rule != "F35"],
    ids=[name for name, planted in PLANTED.items() if planted.rule != "F35"],
)
def test_before_that_moment_it_was_allowed_and_says_from_when_it_is_not(planted, version):
    report = check(planted.as_files(version), datetime.fromisoformat(LAST_MOMENT[planted.rule]))
    assert report.verdict is not Verdict.VIOLATION, report.findings
    waiting = [finding for finding in report.findings if finding.rule == planted.rule]
    assert {finding.detail["forbidden_from"] for finding in waiting} == {FIRST_MOMENT[planted.rule]}
