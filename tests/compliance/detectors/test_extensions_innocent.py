"""Extensions that break nothing are clear at any time, whatever permissions they ask for."""

from datetime import datetime

import pytest

from compliance.detectors.finding import Verdict
from tests.compliance.detectors.extension_packages import check
from tests.compliance.detectors.innocent_extensions import INNOCENT

MOMENTS = ("2019-01-01T00:00:00+03:00", "2020-06-20T00:00:00+03:00", "2024-01-01T00:00:00+03:00")


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("files", INNOCENT.values(), ids=INNOCENT.keys())
def test_an_innocent_extension_is_clear_and_nothing_is_found(files, at):
    report = check(files, datetime.fromisoformat(at))
    assert report.verdict is Verdict.CLEAR, report.findings
    assert report.findings == ()
