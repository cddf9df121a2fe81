"""Countries as a reader looks for them."""

import unicodedata

from django_countries import countries

# Over a letter of its own: й is no и.
BREVE = "\u0306"


def countries_by_name() -> list[tuple[str, str]]:
    """(code, name) of every country, by its name in the reader's language."""
    return sorted(((code, str(name)) for code, name in countries), key=lambda one: _place(one[1]))


def _place(name: str) -> str:
    """A name as it is sorted: Å with A, and Ё with Е."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(part for part in parts if part == BREVE or not unicodedata.combining(part))
    return unicodedata.normalize("NFC", kept)
