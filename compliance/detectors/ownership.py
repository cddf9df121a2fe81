"""A source is its publisher's when it shows the publisher's token: meta tag, file or DNS TXT."""

import re
from collections.abc import Iterable

from compliance.detectors.charsets import decoded
from compliance.detectors.page_reading import read_page

META_NAME = "permille-verification"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")


def shown_by_meta(body: bytes, token: str, content_type: str = "") -> bool:
    """Whether a page has the meta tag permille-verification with the token as its content."""
    page = read_page(body, "https://site.example/", content_type)
    return any(name == META_NAME and _is_token(content, token) for name, content in page.metas)


def shown_by_file(body: bytes, token: str) -> bool:
    """Whether a file's whole text is the token; space around it does not matter."""
    return len(body) <= 1_000 and _is_token(decoded(body), token)


def shown_by_txt(records: Iterable[str], token: str) -> bool:
    """Whether a TXT record is permille-verification=TOKEN."""
    return any(
        name == META_NAME and _is_token(value, token)
        for name, _, value in (record.strip().partition("=") for record in records)
    )


def _is_token(shown: str, token: str) -> bool:
    # An empty or short token would be shown by nearly any page.
    return bool(_TOKEN.fullmatch(token)) and shown.strip() == token
