"""Which act a call or an assignment is, by its dotted name and what it is given."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.tokens import STRING
from compliance.detectors.extensions.words import word_set


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


ASSIGNS = frozenset({"=", "+=", "||=", "??="})
_WINDOW = frozenset({"window", "self", "top", "parent", "globalThis", "unsafeWindow"})
_PAGE = _WINDOW | {"document", "defaultView"}


@dataclass(frozen=True)
class Call:
    """A call of a dotted name: `chain` ends with it, `given` are the tokens in its brackets."""

    chain: list[str]
    code: Code
    given: Span

    @property
    def name(self) -> str:
        return self.chain[-1]

    @property
    def before(self) -> str:
        return self.chain[-2] if len(self.chain) > 1 else ""

    @property
    def is_global(self) -> bool:
        return len(self.chain) == 1 or (len(self.chain) == 2 and self.before in _WINDOW)

    @property
    def first_text(self) -> str:
        is_text = self.code.kind(self.given.start) == STRING
        return self.code.tokens.texts[self.given.start] if is_text else ""

    def arguments(self) -> int:
        """How many arguments there are; eight stand for more."""
        count, index = (1 if self.given.end > self.given.start else 0), self.given.start
        while index < self.given.end and count < 8:
            count += self.code.text(index) == ","
            index = self.code.skip(index)
        return count


# Also methods of texts, lists and forms: they need a receiver that is a page.
_DOUBTFUL = word_set("append before after replaceAll wrap prepend")
_FORM_WORDS = re.compile(r"form_?data|params|headers|^query$|^search|^data$|^fd$|^form$", re.I)


def _inserts(call: Call) -> bool:
    if call.given.start == call.given.end and call.name != "attachShadow":
        return False
    if not call.before:
        return False
    if call.name not in _DOUBTFUL:
        return True
    named = any(_FORM_WORDS.search(link) for link in call.chain[:-1])
    return not named and not (call.first_text and call.arguments() > 1)


def _fills(call: Call) -> bool:
    """`html(...)` and `text(...)` with something to fill in; a reply's `text()` has nothing."""
    head = call.chain[0]
    is_page = call.name == "html" or head.startswith("$") or head in {"jQuery", "()"}
    return call.given.end > call.given.start and bool(call.before) and is_page


def _has_address(call: Call) -> bool:
    words = call.code.tokens.texts[call.given.start : call.given.end]
    if "{" in words:
        return "url" in words or "..." in words
    return call.arguments() > 1 or bool(words and words[0] != "(")


def _always(_call: Call) -> bool:
    return True


def _has_receiver(call: Call) -> bool:
    return bool(call.before)


def _is_global(call: Call) -> bool:
    return call.is_global


def _of(*names: str) -> Callable[[Call], bool]:
    """Calls of a method of one of these."""
    return lambda call: call.before in names


def _attribute(*names: str) -> Callable[[Call], bool]:
    return lambda call: call.first_text.lower() in names and call.arguments() > 1


def _sets_location(call: Call) -> bool:
    words = call.code.tokens.texts[call.given.start : call.given.end]
    return call.before == "Reflect" and "location" in words[:3]


def _is_request(call: Call) -> bool:
    return call.first_text.upper() in {"GET", "POST", "HEAD", "PUT"}


_SETTERS = "setAttribute attr prop"
_INSERTERS = (
    "appendChild insertBefore insertAdjacentHTML insertAdjacentElement insertAdjacentText "
    "replaceWith replaceChild replaceChildren prepend append before after appendTo prependTo "
    "insertAfter replaceAll wrap wrapAll wrapInner attachShadow insertRule"
)
# The first line that fits decides.
_CALLS: tuple[tuple[str, Callable[[Call], bool], Act], ...] = (
    ("create", _of("tabs", "windows", "notifications"), Act.POPUP),
    ("alert confirm prompt showModalDialog GM_openInTab GM_notification", _is_global, Act.POPUP),
    ("showNotification", _always, Act.POPUP),
    ("Notification", lambda call: call.code.text(call.given.start - 3) == "new", Act.POPUP),
    ("open", _is_request, Act.LOAD),
    ("open", _of("sidePanel"), Act.ICON_POPUP),
    ("open", _is_global, Act.POPUP),
    ("openPopup", _always, Act.ICON_POPUP),
    ("replace assign", _of("location"), Act.REDIRECT),
    ("call apply", lambda call: "location" in call.chain, Act.REDIRECT),
    ("set", _sets_location, Act.REDIRECT),
    ("navigate", _of("navigation"), Act.REDIRECT),
    ("update", lambda call: call.before == "tabs" and _has_address(call), Act.REDIRECT),
    ("executeScript registerContentScripts updateContentScripts", _always, Act.INJECT),
    ("register", _of("contentScripts", "userScripts"), Act.INJECT),
    ("insertCSS", _always, Act.INJECT_STYLE),
    ("fetch sendBeacon ajax getJSON importScripts GM_xmlhttpRequest", _always, Act.LOAD),
    ("get post", _of("$", "jQuery", "axios"), Act.LOAD),
    ("pushState replaceState", _always, Act.RELINK),
    ("set", _of("cookies"), Act.COOKIE),
    ("eval Function setTimeout setInterval execScript", _is_global, Act.RUN_TEXT),
    (_INSERTERS, _inserts, Act.ALTER),
    ("GM_addStyle GM_addElement createRoot createApp", _always, Act.ALTER),
    ("render", lambda call: "ReactDOM" in call.chain, Act.ALTER),
    ("mount", lambda call: "createApp" in call.chain, Act.ALTER),
    ("fire", lambda call: "Swal" in call.chain, Act.ALTER),
    ("html text", _fills, Act.ALTER),
    ("write writeln", lambda call: "document" in call.chain or call.before == "()", Act.ALTER),
    (_SETTERS, _attribute("href", "action", "formaction", "content"), Act.RELINK),
    (_SETTERS, _attribute("src"), Act.LOAD),
    (_SETTERS, _attribute("srcdoc"), Act.ALTER),
    (_SETTERS, _attribute("style", "class"), Act.RESTYLE),
    ("add toggle remove replace", _of("classList"), Act.RESTYLE),
    ("removeChild removeAttribute hide toggleClass addClass css", _has_receiver, Act.RESTYLE),
    ("remove", lambda call: bool(call.before) and call.arguments() == 0, Act.RESTYLE),
)


def _by_name() -> dict[str, list[tuple[Callable[[Call], bool], Act]]]:
    table: dict[str, list[tuple[Callable[[Call], bool], Act]]] = defaultdict(list)
    for names, fits, act in _CALLS:
        for name in names.split():
            table[name].append((fits, act))
    return dict(table)


CALLS = _by_name()


def called(call: Call) -> Act | None:
    """The act that a call is; None of most."""
    return next((act for fits, act in CALLS.get(call.name, ()) if fits(call)), None)


_WRITES = word_set("innerHTML outerHTML textContent innerText srcdoc adoptedStyleSheets")
_LOCATION_PARTS = word_set("href search pathname host hostname")
_PROPERTIES = {
    **dict.fromkeys(_WRITES, Act.ALTER),
    **dict.fromkeys(("href", "action", "formAction", "content"), Act.RELINK),
    **dict.fromkeys(("className", "cssText"), Act.RESTYLE),
    "src": Act.LOAD,
    "text": Act.RUN_TEXT,  # Of a script element that the program made; of others it says nothing.
}
ASSIGNED = frozenset(_PROPERTIES) | {"location", "cookie"} | _LOCATION_PARTS


def assigned(chain: list[str]) -> Act | None:
    """The act that an assignment to a dotted name is; None of most."""
    name, before = chain[-1], chain[-2] if len(chain) > 1 else ""
    if name == "location":
        return Act.REDIRECT if not before or before in _PAGE else None
    if before == "location" and name in _LOCATION_PARTS:
        return Act.REDIRECT
    if before == "style":
        return Act.RESTYLE
    if name == "cookie":
        return Act.COOKIE if before == "document" else None
    return _PROPERTIES.get(name) if before or len(chain) > 1 else None
