"""A name in, a report out: every part of the name, every reading of the part, every brand."""

from collections.abc import Iterator
from dataclasses import replace

from compliance.detectors.domain_names.brands import BRANDS, NUMBER, Brand
from compliance.detectors.domain_names.cyrillic import find_cyrillic
from compliance.detectors.domain_names.hints import (
    brand_of_suffix,
    find_masked,
    find_native,
    find_number,
    find_pieces,
)
from compliance.detectors.domain_names.matches import JOINED, Match, Place
from compliance.detectors.domain_names.parsing import LONGEST_NAME, Name, parse
from compliance.detectors.domain_names.readings import readings, visible
from compliance.detectors.domain_names.sentences import (
    Translate,
    sentence_of,
    sentence_of_problem,
)
from compliance.detectors.domain_names.shape import shape_of
from compliance.detectors.domain_names.words import find_misspelt, find_word
from compliance.detectors.finding import Finding, Report, Verdict

RULE = "F32"
_SHOWN = 80


def check_name(given: str, translate: Translate = str) -> Report:
    """Judge a domain name, an address or a community's name by F32.

    Verdict `brand` where it carries a protected word or its misspelling, `review` where a person
    must look (or where there is no name), else `clear`. A finding's detail: brand, matched (the
    letters) and part (of the name). Never raises, whatever the text.
    """
    name = parse(given)
    best: dict[tuple[str, str], Match] = {}
    for part, match in _matches(name):
        key = (match.brand.name, part)
        if key not in best or match.rank < best[key].rank:
            best[key] = match
    certain = {match.brand for match in best.values() if match.verdict is Verdict.BRAND}
    findings = [
        Finding(
            RULE,
            match.step,
            sentence_of(match, _shown(part), translate),
            {"brand": match.brand.name, "matched": match.form, "part": part},
        )
        for (_brand, part), match in sorted(best.items(), key=lambda entry: entry[1].rank)
        if match.verdict is Verdict.BRAND or match.brand not in certain
    ]
    findings += [
        Finding(
            RULE, str(problem), sentence_of_problem(problem, _shown(given), LONGEST_NAME, translate)
        )
        for problem in name.problems
    ]
    doubt = Verdict.REVIEW if findings else Verdict.CLEAR
    return Report(given, Verdict.BRAND if certain else doubt, tuple(findings))


def _matches(name: Name) -> Iterator[tuple[str, Match]]:
    found: dict[Brand, Verdict] = {}
    for part, place in _parts(name):
        for match in _matches_in(part, place):
            # What one label shows by itself is not told again of the labels together.
            if place in JOINED and found.get(match.brand) in {match.verdict, Verdict.BRAND}:
                continue
            if found.get(match.brand) is not Verdict.BRAND:
                found[match.brand] = match.verdict
            yield part, match
    for label in name.suffix:
        brand = brand_of_suffix(label)
        if brand is not None:
            whole = ".".join((*name.labels, *name.suffix))
            yield whole, Match(brand, "own_suffix", label.lower(), Verdict.BRAND)


def _parts(name: Name) -> Iterator[tuple[str, Place]]:
    """Every part of a name that is read by itself, and the labels read across their dots."""
    for index, label in enumerate(name.labels):
        yield label, Place.LABEL if index == len(name.labels) - 1 else Place.SUBDOMAIN
    for community in name.communities:
        yield community, Place.COMMUNITY
    if len(name.labels) > 1:
        yield ".".join(name.labels), Place.LABELS
    if name.labels and name.suffix:
        yield ".".join((name.labels[-1], name.suffix[0])), Place.SUFFIX
        if name.first_path:
            ending = (name.labels[-1], *name.suffix, name.first_path)
            if len("".join(ending)) <= max(len(brand.word) for brand in BRANDS):
                yield ".".join(ending), Place.SUFFIX


def _matches_in(part: str, place: Place) -> Iterator[Match]:
    text, _invisible = visible(part)
    yield from find_native(text)
    if place not in JOINED:
        yield from find_cyrillic(text)
        yield from find_masked(text)
    settled: set[Brand] = {NUMBER}
    read = readings(part)
    for reading in read:
        shape = shape_of(reading.text, disguised=reading.disguised)
        if not shape.joined:
            continue
        for brand in BRANDS:
            match = None if brand in settled else find_word(brand, shape, reading.step, place)
            if match is not None:
                # Other letters beside it disguise nothing.
                plain = match.step == "skeleton" and match.form in text
                yield replace(match, step="containment") if plain else match
                if match.verdict is Verdict.BRAND:
                    settled.add(brand)
        yield from find_pieces(shape, place)
    yield from _numbers_in(read[0].text, place)


def _numbers_in(text: str, place: Place) -> Iterator[Match]:
    shape = shape_of(text)
    found = list(find_number(text, shape, place)) if place is not Place.SUFFIX else []
    yield from found
    if not found and shape.joined:
        match = find_misspelt(NUMBER, shape, place)
        if match is not None:
            yield match


def _shown(text: str) -> str:
    """The beginning of a long text; what does not show, or turns the line round, as its number."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)
