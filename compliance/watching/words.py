"""The sentences of an observation, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from compliance.detectors.thresholds import Unit
from publishers.figures import number, rate


def sentences(evidence: Mapping[str, Any]) -> list[str]:
    """What each sign says, with its figures."""
    return [sentence(sign) for sign in evidence.get("signs", [])]


def sentence(sign: Mapping[str, Any]) -> str:
    """One sign in words: basis points as percent, whole numbers with their thousands apart."""
    return _(sign["sentence"]) % figures(sign)


def figures(sign: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the places of a sign's sentence."""
    return {name: _figure(name, value) for name, value in sign["figures"].items()}


def _figure(name: str, value: int | str) -> str:
    if isinstance(value, str):
        return value
    return rate(value) if name.endswith("_bp") else number(value)


def with_unit(value: int, unit: Unit) -> str:
    """A threshold's value as it is read: basis points as percent, seconds with their sign."""
    if unit is Unit.BASIS_POINTS:
        return rate(value)
    if unit is Unit.SECONDS:
        return _("%(seconds)s s") % {"seconds": number(value)}
    return number(value)
