"""The cases as other programs read them (contracts.md)."""

from collections.abc import Iterator
from typing import Any

from compliance.models import Case

CHUNK = 5000


def exported_cases() -> Iterator[dict[str, Any]]:
    """Every case, by publisher, then evidence."""
    names = ("publisher__code", "kind", "evidence", "status")
    cases = Case.objects.order_by("publisher__code", "evidence", "kind").values_list(*names)
    for publisher, kind, evidence, status in cases.iterator(chunk_size=CHUNK):
        yield {"publisher": publisher, "kind": kind, "evidence": evidence, "status": status}
