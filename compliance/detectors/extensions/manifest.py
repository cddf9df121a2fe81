"""What a manifest (version 2 or 3) says of scripts, pages and rules; read as browsers read it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.detectors.extensions.hosts import Patterns

_COMMENTS = re.compile(
    r'("[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"?)|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)'
)
_TRAILING = re.compile(r'("[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"?)|,(?=\s*+[}\]])')


_PAGES = (
    ("action", "default_popup"),
    ("browser_action", "default_popup"),
    ("page_action", "default_popup"),
    ("options_ui", "page"),
    ("sidebar_action", "default_panel"),
    ("side_panel", "default_path"),
)


class BrokenJsonError(Exception):
    """The text is no JSON, comments and trailing commas allowed; the message says where."""


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark; what is neither, as far as it goes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def tolerant_json(text: str) -> Any:
    """JSON with comments and trailing commas. Raises BrokenJsonError."""
    plain = _COMMENTS.sub(lambda found: found.group(1) or " ", text)
    plain = _TRAILING.sub(lambda found: found.group(1) or "", plain)
    try:
        return json.loads(plain, strict=False)
    except (ValueError, RecursionError) as error:
        raise BrokenJsonError(str(error)[:120]) from error


@dataclass(frozen=True)
class ContentScripts:
    """One group of scripts and styles that the browser puts into pages by itself."""

    patterns: Patterns
    js: tuple[str, ...]
    css: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """Files by the context that they run in; `data` is the whole."""

    data: Mapping[str, Any]
    text: str

    def line_of(self, word: str) -> int:
        """The line that says a word first; 1 where none does."""
        at = self.text.find(json.dumps(word)) if word else -1
        return self.text.count("\n", 0, at) + 1 if at >= 0 else 1

    def content_scripts(self) -> list[ContentScripts]:
        groups = [
            each for key in ("content_scripts", "user_scripts") for each in items(self.data, key)
        ]
        return [
            ContentScripts(patterns_of(group), strings(group, "js"), strings(group, "css"))
            for group in groups
            if isinstance(group, dict)
        ]

    def background_scripts(self) -> tuple[str, ...]:
        background = table(self.data, "background")
        worker = background.get("service_worker")
        return (*strings(background, "scripts"), *((worker,) if isinstance(worker, str) else ()))

    def background_page(self) -> str:
        page = table(self.data, "background").get("page")
        return page if isinstance(page, str) else ""

    def pages(self) -> tuple[str, ...]:
        """Pages that are the extension's own: behind its icon, its settings, its new tab."""
        found: list[Any] = [self.data.get("options_page"), self.data.get("devtools_page")]
        found += [table(self.data, key).get(page) for key, page in _PAGES]
        found += table(self.data, "chrome_url_overrides").values()
        return tuple(each for each in found if isinstance(each, str) and each)

    def rule_files(self) -> tuple[str, ...]:
        """Files of declarativeNetRequest rules; one switched off may be switched on later."""
        resources = items(table(self.data, "declarative_net_request"), "rule_resources")
        paths = [each.get("path") for each in resources if isinstance(each, dict)]
        return tuple(path for path in paths if isinstance(path, str))


def table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def items(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value[:20_000] if isinstance(value, list) else []


def strings(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(each for each in items(data, key) if isinstance(each, str))


def patterns_of(group: Mapping[str, Any]) -> Patterns:
    return Patterns(
        strings(group, "matches"),
        (*strings(group, "exclude_matches"), *strings(group, "excludeMatches")),
        (*strings(group, "include_globs"), *strings(group, "includeGlobs")),
        (*strings(group, "exclude_globs"), *strings(group, "excludeGlobs")),
    )


def read_manifest(content: bytes) -> Manifest:
    """The manifest in these bytes. Raises BrokenJsonError."""
    text = text_of(content)
    data = tolerant_json(text)
    if not isinstance(data, dict):
        raise BrokenJsonError("not an object")
    return Manifest(data, text)
