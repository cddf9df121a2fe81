"""The check of one package: what is found, and what of it is forbidden at an instant."""

from datetime import datetime
from typing import Any

from compliance.conduct import CLAUSES
from compliance.detectors.extensions.examining import examine
from compliance.detectors.extensions.hosts import Hosts
from compliance.detectors.extensions.packages import open_package
from compliance.detectors.extensions.signs import NOT_YET, Sign, sentence_of
from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.marking import Say, say_in_english

# What a reader can take in; a bundle may do one thing a thousand times.
_MOST_OF_A_STEP = 20


def check_package(
    content: bytes, *, name: str, at: datetime, hosts: Hosts, say: Say = say_in_english
) -> Report:
    """Judge a package (zip, xpi, crx) by the clauses in force at `at`, an instant with an offset.

    Each finding has file, line and column. One of a clause that is not yet in force has
    `forbidden_from`, and breaks nothing. Raises NotAPackageError where the bytes are no package.
    """
    signs = _few_of_each(examine(open_package(content), hosts))
    return Report(name, _verdict(signs, at), tuple(_finding(sign, at, say) for sign in signs))


def _few_of_each(signs: list[Sign]) -> list[Sign]:
    counts: dict[tuple[str, str], int] = {}
    kept = []
    for sign in sorted(signs, key=_order):
        key = (sign.rule, sign.step)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _MOST_OF_A_STEP:
            kept.append(sign)
    return kept


def _order(sign: Sign) -> tuple[bool, str, str, str, int, int]:
    place = sign.place
    return (not sign.is_certain, sign.rule, sign.step, place.file, place.line, place.column)


def _holds(sign: Sign, at: datetime) -> bool:
    clause = CLAUSES.get(sign.rule)
    return clause is None or clause.holds(at)


def _verdict(signs: list[Sign], at: datetime) -> Verdict:
    in_force = [sign for sign in signs if _holds(sign, at)]
    if any(sign.is_certain for sign in in_force):
        return Verdict.VIOLATION
    return Verdict.REVIEW if in_force else Verdict.CLEAR


def _finding(sign: Sign, at: datetime, say: Say) -> Finding:
    sentence = sentence_of(sign, say)
    detail: dict[str, Any] = {
        "file": sign.place.file,
        "line": sign.place.line,
        "column": sign.place.column,
        "verdict": (Verdict.VIOLATION if sign.is_certain else Verdict.REVIEW).value,
    }
    if not _holds(sign, at):
        starts_at = CLAUSES[sign.rule].starts_at
        detail["verdict"] = Verdict.CLEAR.value
        detail["forbidden_from"] = starts_at.isoformat() if starts_at else ""
        sentence += " " + say(NOT_YET, {"rule": sign.rule, "day": f"{starts_at:%Y-%m-%d}"})
    return Finding(sign.rule, sign.step, sentence, detail)
