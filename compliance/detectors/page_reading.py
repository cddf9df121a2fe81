"""A page as the checks see it: what a visitor reads, its header's pictures, its icons."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from compliance.detectors.charsets import decoded
from compliance.detectors.markup import tamed
from compliance.detectors.visibility import hiding_selectors, is_hidden

LONGEST_TEXT = 500_000  # characters that are looked at
_MOST_NODES = 150_000
_MOST_PICTURES = 60
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i"}
    | {"ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time"}
    | {"tt", "u", "var", "wbr", "-text"}
)
_HEADER_NAMES = re.compile(
    r"(?:^|[\s_-])(?:header|masthead|top-?bar|nav-?bar|logo|brand)(?:$|[\s_-])"
)
_STYLE_URL = re.compile(r"url\(\s*[\"']?([^\"')]{1,2000})", re.I)
_NOT_OF_THE_SITE = frozenset({"article", "main", "aside", "footer", "li", "section"})


@dataclass(frozen=True)
class HeaderPicture:
    """A picture in the header: where it is from (empty for a drawing in place), and its words."""

    url: str
    words: str


@dataclass
class Page:
    """`visible` and `hidden` are texts in plain lower case; addresses are whole."""

    url: str
    title: str = ""
    language: str = ""
    visible: str = ""
    hidden: str = ""
    headings: str = ""
    links: list[str] = field(default_factory=list)
    icons: list[str] = field(default_factory=list)
    header_pictures: list[HeaderPicture] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    has_scripts: bool = False
    is_cut: bool = False


@dataclass(frozen=True)
class _Place:
    is_hidden: bool = False
    is_header: bool = False
    is_content: bool = False
    is_heading: bool = False


@dataclass
class _Reading:
    page: Page
    hiding: frozenset[str]
    address: str
    shown: list[str] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    """Lower case, without marks that do not show, with single spaces, ё as е."""
    mapped = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("’", "'")
    seen = "".join(c for c in mapped if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", seen).strip()


def read_page(body: bytes, url: str, content_type: str = "") -> Page:
    """Read a page. Never raises; a page too large to be read whole says so (`is_cut`)."""
    source = tamed(decoded(body, content_type))
    tree = LexborHTMLParser(source.markup)
    page = Page(url, has_scripts=source.has_scripts, is_cut=source.is_cut)
    reading = _Reading(page, hiding_selectors(source.styles), url)
    base = tree.css_first("base[href]")
    if base is not None:
        reading.address = joined(url, base.attributes.get("href") or "") or url
    _walk(tree.root, reading)
    page.visible = plain("".join(reading.shown)[:LONGEST_TEXT])
    page.hidden = plain("".join(reading.unshown)[:LONGEST_TEXT])
    page.headings = plain(" ".join(reading.headings)[:5_000])
    page.icons = list(dict.fromkeys(page.icons))[:_MOST_PICTURES]
    default = joined(url, "/favicon.ico")
    if default and not page.icons:
        page.icons.append(default)
    return page


def joined(base: str, address: str) -> str | None:
    """A whole web address, or a picture written into the page; None for anything else."""
    address = address.strip()
    if address.lower().startswith("data:image/"):
        return address
    try:
        whole = urljoin(base, address)
        return whole if urlsplit(whole).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _walk(root: LexborNode | None, reading: _Reading) -> None:
    """Every node in its order. Without recursion: a page's depth is not ours to choose."""
    node, places, count = root, [_Place()], 0
    while node is not None:
        count += 1
        if count > _MOST_NODES:
            reading.page.is_cut = True
            return
        place = _enter(node, places[-1], reading)
        child = node.first_child
        if child is not None:
            places.append(place)
            node = child
            continue
        while node is not None and node.next is None:
            _leave(node, reading)
            node = node.parent
            if len(places) == 1:
                return
            places.pop()
        if node is not None:
            _leave(node, reading)
            node = node.next


def _enter(node: LexborNode, place: _Place, reading: _Reading) -> _Place:
    tag = (node.tag or "").lower()
    if tag == "-text":
        text = str(node.text_content or "")
        (reading.unshown if place.is_hidden else reading.shown).append(text)
        if place.is_heading and not place.is_hidden:
            reading.headings.append(text)
        return place
    if tag.startswith("-"):
        return place
    attributes: dict[str, str | None] = node.attributes
    if tag not in _INLINE:
        (reading.unshown if place.is_hidden else reading.shown).append("\n")
    _facts(tag, attributes, node, reading)
    place = _Place(
        is_hidden=place.is_hidden or is_hidden(tag, attributes, reading.hiding),
        is_header=place.is_header or (not place.is_content and _is_header(tag, attributes)),
        is_content=place.is_content or tag in _NOT_OF_THE_SITE,
        is_heading=place.is_heading or tag == "h1",
    )
    if place.is_header:
        _header_picture(tag, attributes, node, reading)
    return place


def _leave(node: LexborNode, reading: _Reading) -> None:
    if (node.tag or "") not in _INLINE:
        reading.shown.append("\n")


def _is_header(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in {"header", "nav"} or (attributes.get("role") or "") in {"banner", "navigation"}:
        return True
    words = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    return tag != "body" and bool(_HEADER_NAMES.search(words[:500]))


def _facts(tag: str, attributes: dict[str, str | None], node: Any, reading: _Reading) -> None:
    page = reading.page
    if tag == "html":
        page.language = (attributes.get("lang") or "").lower().partition("-")[0]
    elif tag == "title" and not page.title:
        page.title = plain((node.text() or "")[:1_000])
    elif tag == "meta":
        name = attributes.get("name") or attributes.get("property") or ""
        page.metas.append((name.lower(), attributes.get("content") or ""))
    elif tag in {"a", "area"} and len(page.links) < 5_000:
        link = joined(reading.address, attributes.get("href") or "")
        page.links += [link] if link else []
    elif tag == "link" and re.search(r"\b(?:icon|apple-touch-icon|mask-icon)\b", _rel(attributes)):
        icon = joined(reading.address, attributes.get("href") or "")
        page.icons += [icon] if icon else []


def _rel(attributes: dict[str, str | None]) -> str:
    return (attributes.get("rel") or "").lower()


def _header_picture(
    tag: str, attributes: dict[str, str | None], node: LexborNode, reading: _Reading
) -> None:
    said = ("alt", "title", "aria-label", "class", "id", "src", "data-src", "href", "xlink:href")
    words = plain(" ".join((attributes.get(key) or "")[:300] for key in said))
    sources: list[str] = []
    if tag in {"img", "source", "image", "use"}:
        keys = ("src", "data-src", "data-lazy-src", "href", "xlink:href")
        sources += [attributes.get(key) or "" for key in keys]
        sources += [
            part.split()[0]
            for part in (attributes.get("srcset") or "")[:5_000].split(", ")
            if part.split()
        ]
    sources += _STYLE_URL.findall((attributes.get("style") or "")[:10_000])
    found = [joined(reading.address, source) for source in sources if source]
    pictures = [HeaderPicture(url, words) for url in found if url]
    if tag == "svg":
        pictures.append(HeaderPicture("", plain(f"{words} {(node.text() or '')[:500]}")))
    known = reading.page.header_pictures
    known += [p for p in dict.fromkeys(pictures) if p not in known][: _MOST_PICTURES - len(known)]
