"""What a program does to a page, to tabs and to requests: every place where it could."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.tokens import NAME, STRING


class Act(Enum):
    """What is done; the word is the step of a finding where one comes of it."""

    ALTER = "alters_page"
    RESTYLE = "restyles_page"
    POPUP = "opens_popup"
    ICON_POPUP = "opens_icon_popup"
    REDIRECT = "redirects"
    RELINK = "rewrites_links"
    LOAD = "loads_affiliate_link"
    COOKIE = "sets_cookie"
    INJECT = "injects_script"
    INJECT_STYLE = "injects_style"
    RUN_TEXT = "runs_text"


@dataclass(frozen=True)
class Action:
    """One act at token `index`; `given` is what it is done with; `tag` of an element made here."""

    act: Act
    code: Code
    index: int
    given: Span
    own: bool = False
    tag: str = ""


_ASSIGN = frozenset({"=", "+=", "||=", "??="})
_WRITES = frozenset({"innerHTML", "outerHTML", "textContent", "innerText", "srcdoc", "adoptedStyleSheets"})
_INSERTS = frozenset(
    ["appendChild", "insertBefore", "insertAdjacentHTML", "insertAdjacentElement", "insertAdjacentText", "replaceWith", "replaceChild", "replaceChildren", "prepend", "append", "before", "after", "appendTo", "prependTo", "insertAfter", "replaceAll", "wrap", "wrapAll", "wrapInner", "attachShadow", "insertRule", "GM_addStyle", "GM_addElement"]
)
# Also methods of texts, lists and forms: they need a receiver that is a page.
_DOUBTFUL = frozenset({"append", "before", "after", "replaceAll", "wrap", "prepend"})
_FORMS = frozenset({"FormData", "URLSearchParams", "Headers", "Blob", "DataTransfer", "URL", "Set", "Map"})
_FORM_WORDS = re.compile(r"form_?data|params|headers|query|search|^data$|^fd$|^form$", re.I)
_RENDERERS = {"render": {"ReactDOM"}, "createRoot": set(), "createApp": set(), "mount": {"createApp"}, "fire": {"Swal"}}
_DIALOGS = frozenset({"alert", "confirm", "prompt", "showModalDialog", "GM_openInTab", "GM_notification"})
_WINDOW = frozenset({"window", "self", "top", "parent", "globalThis", "unsafeWindow"})
_PAGE = _WINDOW | {"document"}
_INJECTS = frozenset({"executeScript", "registerContentScripts", "updateContentScripts"})
_HIDES = frozenset({"removeChild", "removeAttribute", "hide", "toggleClass", "addClass", "css"})
_FETCHES = frozenset({"fetch", "sendBeacon", "ajax", "getJSON", "importScripts", "GM_xmlhttpRequest"})
_ATTRIBUTES = {"href": Act.RELINK, "src": Act.LOAD, "action": Act.RELINK, "content": Act.RELINK,
               "formaction": Act.RELINK, "style": Act.RESTYLE, "class": Act.RESTYLE, "srcdoc": Act.ALTER}
_ASSIGNED = {"src": Act.LOAD, "action": Act.RELINK, "content": Act.RELINK, "cookie": Act.COOKIE,
             "className": Act.RESTYLE, "cssText": Act.RESTYLE, "formAction": Act.RELINK}


def actions_of(program: Program) -> Iterator[Action]:
    """Every act that the program could do, file by file, in order."""
    for code in program.codes:
        for index, kind in enumerate(code.tokens.kinds):
            if kind != NAME and not (kind == STRING and code.text(index + 1) in {":", "]"}):
                continue
            program.budget.spend()
            found = _action_at(program, code, index)
            if found:
                yield found


def _action_at(program: Program, code: Code, index: int) -> Action | None:
    after = code.text(index + 1)
    if code.kind(index) == STRING and after == "]":
        after = code.text(index + 2)  # window["open"](...)
        if after in {"(", *_ASSIGN} and code.text(index - 1) == "[":
            return _dispatch(program, code, index, index + 2)
        return None
    if after == "?." and code.text(index + 2) == "(":
        return _dispatch(program, code, index, index + 2)
    if after in {"(", *_ASSIGN}:
        return _dispatch(program, code, index, index + 1)
    name = code.tokens.texts[index]
    if after == ":" and code.text(index - 1) in {"{", ","}:
        return _keyed(code, index, name, program)
    if name == "redirectUrl" and after in {"}", ","} and code.text(index - 1) in {"{", ","}:
        return Action(Act.REDIRECT, code, index, Span(index, index + 1))
    return None


def _keyed(code: Code, index: int, name: str, program: Program) -> Action | None:
    opens_rule = name == "redirect" and code.text(index + 2) == "{"
    if name != "redirectUrl" and not opens_rule:
        return None
    return Action(
        Act.REDIRECT, code, index, Span(index + 2, code.expression_end(index + 2, program.budget))
    )


def _dispatch(program: Program, code: Code, index: int, sign: int) -> Action | None:
    last = index + 1 if code.kind(index) == STRING else index
    name = code.tokens.texts[index]
    if code.text(sign) in _ASSIGN:
        if name not in _ASSIGN_NAMES and code.text(index - 1) not in {".", "?."}:
            return None
        chain = program.chain(code, last)
        act = _assigned(name, chain)
        given = Span(sign + 1, code.expression_end(sign + 1, program.budget))
    else:
        if code.mates[sign] <= sign or name not in _CALL_NAMES:
            return None
        chain = program.chain(code, last)
        given = Span(sign + 1, code.mates[sign])
        act = _called(program, code, name, chain, given)
    if act is None:
        return None
    tag = _made(program, code, last)
    if tag is None and act in {Act.ALTER, Act.RESTYLE} and _is_form(program, code, last):
        return None
    if act is Act.ALTER and name in {"appendTo", "prependTo", "insertAfter"}:
        tag = None
    return Action(act, code, index, given, own=tag is not None, tag=tag or "")


_ASSIGN_NAMES = _WRITES | set(_ASSIGNED) | {"location", "href", "search"}


def _assigned(name: str, chain: list[str]) -> Act | None:
    before = chain[-2] if len(chain) > 1 else ""
    if name == "location" and (len(chain) == 1 or before in _PAGE or before == "defaultView"):
        return Act.REDIRECT
    if before == "location" and name in {"href", "search", "pathname", "host", "hostname"}:
        return Act.REDIRECT
    if len(chain) < 2:
        return None
    if name in _WRITES:
        return Act.ALTER
    if name == "href":
        return Act.RELINK
    if before == "style" or (before == "dataset" and name == "theme"):
        return Act.RESTYLE
    if name == "cookie":
        return Act.COOKIE if before == "document" else None
    return _ASSIGNED.get(name)


_CALL_NAMES = (
    _INSERTS | set(_RENDERERS) | _DIALOGS | _INJECTS | _HIDES | _FETCHES
    | frozenset(
        ["html", "text", "write", "writeln", "setAttribute", "attr", "prop", "create", "open", "showNotification", "Notification", "openPopup", "replace", "assign", "update", "navigate", "insertCSS", "register", "pushState", "replaceState", "get", "post", "set", "add", "toggle", "remove", "eval", "Function", "setTimeout", "setInterval", "execScript", "createObjectURL"]
    )
)


def _called(program: Program, code: Code, name: str, chain: list[str], given: Span) -> Act | None:
    before = chain[-2] if len(chain) > 1 else ""
    act = _browser_call(name, before, chain, code, given)
    if act:
        return act
    if name in _INSERTS:
        return Act.ALTER if _inserts(program, code, name, chain, given) else None
    if name in _RENDERERS:
        return Act.ALTER if not _RENDERERS[name] or _RENDERERS[name] & set(chain) else None
    if name in {"html", "text"}:
        is_page = chain[0] in {"$", "jQuery", "()"} or chain[0].startswith("$") or name == "html"
        return Act.ALTER if given.end > given.start and before and is_page else None
    if name in {"write", "writeln"}:
        return Act.ALTER if before in {"document", "()"} or "document" in chain else None
    if name in {"setAttribute", "attr", "prop"}:
        first = code.tokens.texts[given.start] if code.kind(given.start) == STRING else ""
        return _ATTRIBUTES.get(first.lower()) if _arguments(code, given) > 1 else None
    if name in {"add", "toggle", "remove", "replace"} and before == "classList":
        return Act.RESTYLE
    if name in _HIDES or (name == "remove" and before and given.start == given.end):
        return Act.RESTYLE if before else None
    return None


def _browser_call(name: str, before: str, chain: list[str], code: Code, given: Span) -> Act | None:
    bare = len(chain) == 1 or (len(chain) == 2 and before in _WINDOW)
    if name == "create" and before in {"tabs", "windows", "notifications"}:
        return Act.POPUP
    if (name in _DIALOGS and bare) or name == "showNotification":
        return Act.POPUP
    if name == "Notification" and code.text(given.start - 3) == "new":
        return Act.POPUP
    if name == "open":
        return _opened(before, bare=bare, code=code, given=given)
    if name == "openPopup":
        return Act.ICON_POPUP
    if name in {"replace", "assign"} and before == "location":
        return Act.REDIRECT
    if name == "navigate" and before == "navigation":
        return Act.REDIRECT
    if name == "update" and before == "tabs":
        return Act.REDIRECT if _has_url(code, given) else None
    return _network_call(name, before, bare=bare)


def _network_call(name: str, before: str, *, bare: bool) -> Act | None:
    if name in _INJECTS or (name == "register" and before in {"contentScripts", "userScripts"}):
        return Act.INJECT
    if name == "insertCSS":
        return Act.INJECT_STYLE
    if name in _FETCHES or (name in {"get", "post"} and before in {"$", "jQuery", "axios"}):
        return Act.LOAD
    if name in {"pushState", "replaceState"}:
        return Act.RELINK
    if name == "set" and before == "cookies":
        return Act.COOKIE
    if name in {"eval", "Function", "setTimeout", "setInterval", "execScript"} and bare:
        return Act.RUN_TEXT
    return None


def _opened(before: str, *, bare: bool, code: Code, given: Span) -> Act | None:
    first = code.tokens.texts[given.start].upper() if given.start < len(code) else ""
    if code.kind(given.start) == STRING and first in {"GET", "POST", "HEAD", "PUT"}:
        return Act.LOAD
    if before == "sidePanel":
        return Act.ICON_POPUP
    return Act.POPUP if bare else None


def _has_url(code: Code, given: Span) -> bool:
    words = code.tokens.texts[given.start : given.end]
    if "{" in words:
        return "url" in words or "..." in words
    return _arguments(code, given) > 1 or bool(words and words[0] != "(")


def _arguments(code: Code, given: Span) -> int:
    count, index = (1 if given.end > given.start else 0), given.start
    while index < given.end and count < 8:
        count += code.text(index) == ","
        index = code.skip(index)
    return count


def _inserts(program: Program, code: Code, name: str, chain: list[str], given: Span) -> bool:
    if given.start == given.end and name != "attachShadow":
        return False
    if len(chain) < 2:
        return name.startswith("GM_")
    if name not in _DOUBTFUL:
        return True
    named = any(_FORM_WORDS.search(link) for link in chain[:-1])
    with_key = code.kind(given.start) == STRING and _arguments(code, given) > 1
    return not named and not with_key


def _receiver(code: Code, last: int) -> int | None:
    """The name before the dot, where it is one plain name; None otherwise."""
    index = last - 2
    if code.text(last) == "]":
        index = code.mates[last] - 1
    elif code.text(last - 1) not in {".", "?."}:
        return None
    plain = index >= 0 and code.kind(index) == NAME and code.text(index - 1) not in {".", "?."}
    return index if plain else None


def _made(program: Program, code: Code, last: int) -> str | None:
    """The tag of the element made by this program that an act is done to; None of any other."""
    index = _receiver(code, last)
    if index is None:
        return _made_in_passing(code, last)
    tags = [tag_of(each.code, each.span) for each in program.values_at(code, index)]
    return tags[0] if tags and None not in tags else None


def _made_in_passing(code: Code, last: int) -> str | None:
    if code.text(last - 1) != "." or code.text(last - 2) != ")" or code.mates[last - 2] < 2:
        return None
    opener = code.mates[last - 2]
    words = code.tokens.texts[max(0, opener - 2) : opener]
    if words[-1:] == ["createElement"]:
        return code.tokens.texts[opener + 1].lower()
    return "img" if words == ["new", "Image"] else None


_MAKERS = frozenset({"createElement", "createElementNS", "createDocumentFragment", "createHTMLDocument",
                     "createTextNode", "parseFromString", "cloneNode"})


def tag_of(code: Code, span: Span) -> str | None:
    """The tag that an expression makes an element of; empty where unsaid, None where it makes none."""
    words = code.tokens.texts[span.start : min(span.end, span.start + 12)]
    if words[:2] in (["new", "Image"], ["new", "Audio"]):
        return "img"
    if words[:2] == ["new", "DOMParser"]:
        return ""
    for place, word in enumerate(words[:6]):
        if word in _MAKERS and place + 1 < len(words) and words[place + 1] == "(":
            given = span.start + place + 2
            is_tag = word.startswith("createElement") and code.kind(given) == STRING
            return code.tokens.texts[given].lower() if is_tag else ""
    return None


def _is_form(program: Program, code: Code, last: int) -> bool:
    index = _receiver(code, last)
    if index is None:
        return False
    starts = [(each.code, each.span.start) for each in program.values_at(code, index)]
    return any(other.text(at) == "new" and other.text(at + 1) in _FORMS for other, at in starts)
