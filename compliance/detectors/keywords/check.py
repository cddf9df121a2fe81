"""Brand words in no keyword, title or text of the ad, and all among the negatives (F26)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from compliance.detectors.brand_words import BrandWord, find_brand_words
from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.keywords.entries import Entry, Kind
from compliance.detectors.keywords.material import Material, read
from compliance.detectors.keywords.negatives import Excluded, Required
from compliance.detectors.keywords.sentences import (
    BRAND_WORD,
    BRAND_WORD_DOUBTFUL,
    ENTRIES,
    HOW,
    NEGATIVES,
    NEGATIVES_MISSPELT,
    NO_ADVERTISING,
    TOO_LONG,
    Translate,
)

RULE = "F26"
# No system of advertising takes longer ones; what comes after is not looked at.
LONGEST_ENTRY = 10_000
_MOST_FINDINGS = 20
_MOST_LINES = 50


def check_entry(entry: Entry, translate: Translate = str) -> Report:
    """Whether the keyword, title or text is free of brand words. What a keyword excludes is not
    judged; positions in findings are those in the entry's text."""
    shown = entry.advertised if entry.kind is Kind.KEYWORD and entry.advertised else entry.text
    words = find_brand_words(shown[:LONGEST_ENTRY])[:_MOST_FINDINGS]
    findings = [_brand_word(word, translate) for word in words]
    verdict = Verdict.REVIEW if words else Verdict.CLEAR
    if any(word.is_sure for word in words):
        verdict = Verdict.VIOLATION
    elif len(shown) > LONGEST_ENTRY:
        verdict = Verdict.REVIEW
        detail = {"length": len(shown), "most": LONGEST_ENTRY}
        findings.append(Finding(RULE, "too_long", translate(TOO_LONG) % detail, detail))
    return Report(entry.text, verdict, tuple(findings))


def check_file(name: str, data: bytes, translate: Translate = str) -> Iterator[dict[str, Any]]:
    """One object for each keyword, title and text, in their order, then one for the file.

    Objects are reports (see `finding`) with `kind` and `line` beside; the file's has the kind
    "file", the worst verdict of all, and `counts`. Raises UnreadableFile.
    """
    material = read(data)
    counts: Counter[str] = Counter()
    verdicts: Counter[Verdict] = Counter()
    lines: list[int] = []
    excluded = Excluded()
    for entry in material.entries:
        counts[entry.kind] += 1
        if entry.kind is Kind.NEGATIVE:
            excluded.add(entry.text)
            continue
        if entry.kind is Kind.KEYWORD:
            excluded.add_keyword(entry)
        report = check_entry(entry, translate)
        verdicts[report.verdict] += 1
        if report.verdict is not Verdict.CLEAR and len(lines) < _MOST_LINES and entry.line:
            lines.append(entry.line)
        yield report.as_json() | {"kind": entry.kind.value, "line": entry.line}
    report = _whole(name, counts, verdicts, lines, excluded, translate)
    yield report.as_json() | {"kind": "file", "counts": _understood(material, counts)}


def _brand_word(word: BrandWord, translate: Translate) -> Finding:
    detail = {
        "word": word.name,
        "matched": word.matched,
        "start": word.start,
        "end": word.end,
    }
    sentence = BRAND_WORD if word.is_sure else BRAND_WORD_DOUBTFUL
    told = {**detail, "matched": word.matched[:100], "how": translate(HOW[word.step])}
    return Finding(RULE, word.step, translate(sentence) % told, detail)


def _whole(
    name: str,
    counts: Counter[str],
    verdicts: Counter[Verdict],
    lines: list[int],
    excluded: Excluded,
    translate: Translate,
) -> Report:
    findings = []
    found = {verdict for verdict, count in verdicts.items() if count}
    flagged = verdicts[Verdict.VIOLATION] + verdicts[Verdict.REVIEW]
    if flagged:
        detail: dict[str, Any] = {"flagged": flagged, "checked_entries": verdicts.total()}
        findings.append(
            Finding(RULE, "entries", translate(ENTRIES) % detail, {**detail, "lines": lines})
        )
    if not counts[Kind.KEYWORD] + counts[Kind.TITLE] + counts[Kind.TEXT]:
        detail = {"negatives": counts[Kind.NEGATIVE]}
        findings.append(Finding(RULE, "no_advertising", translate(NO_ADVERTISING) % detail, detail))
        found.add(Verdict.REVIEW)
    missing = excluded.missing() if counts else ()
    names = [required for required in missing if not required.is_misspelling]
    if names:
        findings.append(_negatives("negatives_missing", translate(NEGATIVES), names))
        found.add(Verdict.VIOLATION)
    misspelt = [required for required in missing if required.is_misspelling]
    if misspelt:
        findings.append(
            _negatives("misspellings_not_excluded", translate(NEGATIVES_MISSPELT), misspelt)
        )
        found.add(Verdict.REVIEW)
    worst = (Verdict.VIOLATION, Verdict.REVIEW, Verdict.CLEAR)
    verdict = next((verdict for verdict in worst if verdict in found), Verdict.CLEAR)
    return Report(name, verdict, tuple(findings))


def _negatives(step: str, sentence: str, missing: list[Required]) -> Finding:
    words = [required.spellings[0] for required in missing]
    return Finding(RULE, step, sentence % {"missing": ", ".join(words)}, {"missing": words})


def _understood(material: Material, counts: Counter[str]) -> dict[str, Any]:
    return {
        "keywords": counts[Kind.KEYWORD],
        "negatives": counts[Kind.NEGATIVE],
        "titles": counts[Kind.TITLE],
        "texts": counts[Kind.TEXT],
        "format": material.form,
        "encoding": material.encoding,
        "ignored_columns": list(material.ignored),
    }
