"""Rows of a cut as people read them, in the reader's language."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.text import capfirst
from django_countries import countries

from commissions.cuts.cut import Cut, Row
from commissions.cuts.days import Span, month_of
from commissions.cuts.enums import CutBy, Lacking
from commissions.enums import LineStatus, RulebookStatus
from commissions.models import Programme, Rule
from publishers.figures import day, in_own_language
from publishers.models import Source


def names_of(found: Cut, programme: Programme) -> list[str]:
    """A name for each row, in their order; one question at most."""
    keys = [row.key for row in found.rows if row.key]
    if found.by == CutBy.SOURCE:
        known = source_names(keys)
    elif found.by == CutBy.RULE:
        known = rule_names(keys, programme)
    elif found.by == CutBy.COUNTRY:
        known = {code: str(countries.name(code)) or code for code in keys}
    elif found.by == CutBy.STATUS:
        known = {code: capfirst(status_name(code)) for code in keys}
    else:
        known = {}
    return [_name(row, found.by, known) for row in found.rows]


def _name(row: Row, by: CutBy, known: dict[str, str]) -> str:
    if row.lacking:
        return capfirst(str(Lacking(row.lacking).label))
    return span_name(row.span, by) if row.span else known.get(row.key, row.key)


def span_name(span: Span, by: CutBy = CutBy.DAY) -> str:
    """A day, a whole month by its name, else the first and the last day."""
    if by == CutBy.MONTH and span.first.day == 1 and span.end == month_of(span.first, 1):
        return date_format(span.first, "F Y")
    return day(span.first) if span.days == 1 else f"{day(span.first)} – {day(span.last)}"


def status_name(code: str) -> str:
    """A status in words."""
    return str(LineStatus(code).label) if code in LineStatus.values else code


def source_names(codes: Iterable[str]) -> dict[str, str]:
    """Title and code of sources, by their code."""
    found = Source.objects.filter(code__in=list(codes)).values_list("code", "title")
    return {code: f"{title} ({code})" if title and title != code else code for code, title in found}


def rule_names(codes: Iterable[str], programme: Programme) -> dict[str, str]:
    """Sentence and code of rules, by their code.

    A code that rulebooks give different sentences has none: its lines earned by each of them.
    """
    rules = Rule.objects.filter(
        code__in=list(codes),
        rulebook__programme=programme,
        rulebook__status=RulebookStatus.PUBLISHED,
    )
    sentences: dict[str, set[str]] = {}
    for rule in rules:
        sentences.setdefault(rule.code, set()).add(in_own_language(rule, "sentence"))
    return {
        code: f"{said.pop()} ({code})" if len(said) == 1 and "" not in said else code
        for code, said in sentences.items()
    }
