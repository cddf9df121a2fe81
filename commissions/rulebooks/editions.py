"""The version in force of the edition that a line names, and its rule: what staff are shown."""

from commissions.enums import RulebookStatus
from commissions.models import OrderLine, Rule, Rulebook


def version_in_force(edition_id: int) -> Rulebook | None:
    """The latest published version of an edition, with its programme."""
    versions = Rulebook.objects.filter(edition_id=edition_id, status=RulebookStatus.PUBLISHED)
    return versions.select_related("programme").order_by("-version").first()


def versions_in_force() -> dict[int, Rulebook]:
    """The latest published version of every edition, by the edition's number."""
    published = Rulebook.objects.filter(status=RulebookStatus.PUBLISHED).order_by("version")
    return {book.edition_id: book for book in published if book.edition_id is not None}


def ruling(line: OrderLine) -> tuple[Rulebook | None, Rule | None]:
    """The rulebook of a line and the rule that decided it, as far as it has them.

    Those of the version in force; where a correction took the rule away and the line waits for
    its re-rating, those of the last version that had it.
    """
    if line.rulebook_id is None:
        return None, None
    rules = Rule.objects.filter(
        decided_as_id=line.rule_id, rulebook__status=RulebookStatus.PUBLISHED
    ).select_related("rulebook__programme")
    rule = rules.order_by("-rulebook__version").first() if line.rule_id else None
    return (rule.rulebook, rule) if rule else (version_in_force(line.rulebook_id), None)
