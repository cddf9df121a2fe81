"""A page's markup made small and tame before it is parsed.

Parsing takes time with the square of nesting and of attributes, so a page of 2 MB could keep a
worker busy for minutes. One linear pass drops what no check reads - scripts, comments, most
attributes - and cuts depth and number of tags. What the pass reads is what the parser is given:
there is no second reading that could differ.
"""

import html
import re
from dataclasses import dataclass, field

MOST_TAGS = 60_000
DEEPEST = 2_000
_LONGEST_VALUE = 400_000  # characters; icons are written into pages whole

_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)?))?"
)
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_COMMENT_END = re.compile(r"--!?>")
_TAG_END = re.compile(r"[\s/]*+>")
_KEPT = frozenset(
    {"alt", "aria-label", "charset", "class", "color", "content", "data-lazy-src", "data-src"}
    | {"height", "hidden", "href", "http-equiv", "id", "lang", "name", "open", "property", "rel"}
    | {"role", "size", "src", "srcset", "style", "title", "type", "width", "xlink:href", "bgcolor"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
    | {"track", "wbr"}
)
# Their content is no markup; of these two the text is kept.
_RAW = frozenset({"script", "style", "iframe", "noembed", "noframes", "textarea", "title", "xmp"})
_SHOWN = frozenset({"title", "textarea", "xmp"})


@dataclass
class Tamed:
    """Markup to parse, the texts of its style elements, and whether anything had to be cut."""

    markup: str = ""
    styles: list[str] = field(default_factory=list)
    is_cut: bool = False
    has_scripts: bool = False


@dataclass
class _Pass:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    tamed: Tamed = field(default_factory=Tamed)
    opened: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    tags: int = 0
    done: bool = False


def tamed(source: str) -> Tamed:
    """One pass over a page's text. Never raises."""
    work = _Pass(source.replace("\x00", ""))
    while not work.done:
        found = _MARKUP.search(work.source, work.at)
        start = found.start() if found else len(work.source)
        work.out.append(work.source[work.at : start].replace("<", "&lt;"))
        if found is None:
            break
        work.at = start
        _markup(work)
    work.tamed.markup = "".join(work.out)
    return work.tamed


def _markup(work: _Pass) -> None:
    source, at = work.source, work.at
    if source.startswith("<!--", at):
        # An empty comment may end where it begins: <!--> and <!--->.
        end = _COMMENT_END.search(source, at + 2)
        _skip_to(work, end.start() if end else -1, ">")
    elif source.startswith(("<!", "<?"), at):
        _skip_to(work, source.find(">", at), ">")
    elif source.startswith("</", at) and (name := _NAME.match(source, at + 2)):
        _close(work, name[0].lower())
        _skip_to(work, source.find(">", name.end()), ">")
    elif source.startswith("</", at):
        _skip_to(work, source.find(">", at), ">")
    elif name := _NAME.match(source, at + 1):
        _open(work, name)


def _skip_to(work: _Pass, end: int, sign: str) -> None:
    """Go on behind the sign; where it never comes, the rest of the page is not shown at all."""
    if end < 0:
        work.done = True
    else:
        work.at = work.source.index(sign, end) + 1


def _close(work: _Pass, name: str) -> None:
    if name in _VOID and name != "br":
        return
    if work.opened.get(name, 0):
        work.opened[name] -= 1
        work.depth -= 1
    work.out.append(f"</{name}>" if name.isalnum() else "")


def _open(work: _Pass, found: re.Match[str]) -> None:
    name, end = found[0].lower(), found.end()
    kept: dict[str, str] = {}
    while attribute := _ATTRIBUTE.match(work.source, end):
        if attribute.end() == end:
            break
        end = attribute.end()
        key = attribute[1].lower()
        value = attribute[2] or attribute[3] or attribute[4] or ""
        if key in _KEPT and key not in kept:
            kept[key] = value[:_LONGEST_VALUE].replace('"', "&quot;")
    closed = _TAG_END.match(work.source, end)
    if closed is None:  # A quote or a tag that never ends: nothing more is shown.
        work.done = True
        return
    work.at = closed.end()
    work.tags += 1
    if work.tags > MOST_TAGS:
        work.tamed.is_cut = work.done = True
        return
    if name in _RAW:
        _raw(work, name)
    elif not name.isascii() or not name.replace("-", "").replace(":", "").isalnum():
        return
    elif work.depth >= DEEPEST and name not in _VOID:
        work.tamed.is_cut = True
    else:
        if name not in _VOID and not work.source.startswith("/>", work.at - 2):
            work.opened[name] = work.opened.get(name, 0) + 1
            work.depth += 1
        written = "".join(f' {key}="{value}"' for key, value in kept.items())
        slash = "/" if work.source.startswith("/>", work.at - 2) else ""
        work.out.append(f"<{name}{written}{' ' + slash if slash else ''}>")


def _raw(work: _Pass, name: str) -> None:
    ending = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(work.source, work.at)
    content = work.source[work.at : ending.start() if ending else len(work.source)]
    if name == "style":
        work.tamed.styles.append(content)
    work.tamed.has_scripts = work.tamed.has_scripts or name == "script"
    if name in _SHOWN:
        tag = "pre" if name == "xmp" else name
        inside = html.escape(content) if name == "xmp" else content
        work.out.append(f"<{tag}>{inside}</{tag}>")
    if ending is None:
        work.done = True
    else:
        _skip_to(work, work.source.find(">", ending.end()), ">")
