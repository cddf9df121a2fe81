"""HTML pages of a package: their scripts, what they load unseen, where they lead by themselves."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.detectors.extensions.tokens import Place, Source

_SCRIPT = re.compile(r"<script\b([^>]*+)>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_ELEMENT = re.compile(r"<(iframe|img|meta|embed|object|link)\b([^>]*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Element:
    """An element with its attributes, lower-case names, and its place."""

    name: str
    attributes: dict[str, str]
    place: Place


@dataclass(frozen=True)
class Page:
    """What a page is made of."""

    scripts: tuple[str, ...]
    inline: tuple[Source, ...]
    elements: tuple[Element, ...]


def read_page(file: str, text: str) -> Page:
    """The scripts and elements of a page; comments do not count."""
    shown = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    scripts, inline = [], []
    at = 0
    while found := _SCRIPT.search(shown, at):
        source = _attributes(found.group(1)).get("src")
        end = _SCRIPT_END.search(shown, found.end())
        stop = end.start() if end else len(shown)
        if source is not None:
            scripts.append(source)
        else:
            # Comments are marks of old in a script, and its own text is what runs.
            place = _place(file, shown, found.end())
            inline.append(Source(file, text[found.end() : stop], place.line, place.column))
        at = stop if stop > found.end() else found.end()
    return Page(tuple(scripts), tuple(inline), tuple(_elements(file, shown)))


def _elements(file: str, text: str) -> Iterator[Element]:
    for found in _ELEMENT.finditer(text):
        yield Element(
            found.group(1).lower(), _attributes(found.group(2)), _place(file, text, found.start())
        )


def _attributes(text: str) -> dict[str, str]:
    return {
        found.group(1).lower(): html.unescape(found.group(2).strip("\"'"))
        for found in _ATTRIBUTE.finditer(text[:20_000])
    }


def _place(file: str, text: str, offset: int) -> Place:
    return Place(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
