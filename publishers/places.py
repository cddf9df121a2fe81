"""Where somebody may say that they are: countries, and the zones of their clocks."""

from functools import cache
from zoneinfo import available_timezones

from django_countries import countries

_REGIONS = {
    "Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


@cache
def zones_of_places() -> tuple[str, ...]:
    """UTC, then every zone that is named after a place, by name."""
    zones = available_timezones()
    return ("UTC", *sorted(zone for zone in zones if zone.split("/", 1)[0] in _REGIONS))


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166 alpha-2."""
    return frozenset(code for code, _name in countries)
