"""What runs because the user wished it (an icon, a menu, a button), and what by itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from compliance.detectors.extensions.program import Program, Role
from compliance.detectors.extensions.structure import TOP, Code, Span
from compliance.detectors.extensions.tokens import NAME, STRING
from compliance.detectors.extensions.words import word_set

_CLICKS = word_set(
    "click dblclick auxclick mousedown mouseup pointerdown pointerup keydown keyup keypress "
    "submit change input contextmenu touchend tap"
)
_LISTENERS = frozenset(
    {"onClicked", "onCommand", "onInputEntered", "onButtonClicked", "onMenuShown"}
)
_HANDLERS = frozenset(
    {"onclick", "ondblclick", "onsubmit", "onchange", "onkeydown", "onmousedown", "onClick"}
)
_METHODS = frozenset({"addEventListener", "on", "one", "bind", "delegate", "live"})
# A click anywhere on the page is no wish to be led away.
_WHOLE_PAGE = frozenset({"document", "window", "body", "documentElement", "self", "globalThis"})
_MESSAGES = frozenset({"onMessage", "onMessageExternal", "onConnect"})
_SENDERS = frozenset({"sendMessage", "postMessage", "connect", "sendRequest"})


@dataclass
class Triggers:
    """Of one program: the tokens of handlers that the user sets off."""

    program: Program
    wished: list[tuple[Code, Span]] = field(default_factory=list)
    # Of these, what the extension's own pages ask for: the user was not on the merchant's page.
    asked: list[tuple[Code, Span]] = field(default_factory=list)
    _known: dict[tuple[int, int], bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.program.codes:
            self.wished += [(code, span) for span in _click_spans(self.program, code)]

    def add(self, spans: Iterable[tuple[Code, Span]]) -> None:
        """Tokens that run at a wish told from outside: a message of the extension's page."""
        self.asked += spans
        self.wished += self.asked
        self._known.clear()

    def is_asked(self, code: Code, index: int) -> bool:
        """Whether a token is in a handler of what the extension's own pages ask for."""
        return any(each is code and span.start <= index < span.end for each, span in self.asked)

    def by_wish(self, code: Code, index: int) -> bool:
        """Whether a token only ever runs after the user's own act."""
        if self._inside(code, index):
            return True
        return any(scope != TOP and self._only_wished(code, scope) for scope in code.scopes(index))

    def _inside(self, code: Code, index: int) -> bool:
        self.program.budget.spend(len(self.wished) + 1)
        return any(each is code and span.start <= index < span.end for each, span in self.wished)

    def _only_wished(self, code: Code, number: int) -> bool:
        key = (id(code), number)
        if key in self._known:
            return self._known[key] is not False
        self._known[key] = None  # A function that calls itself is no evidence of its own.
        if len(self._known) % 50 == 0:
            self.program.budget.spend(50)
        function = code.functions[number]
        calls = list(self.program.calls_of(code, function)) if function.name else []
        calls = [(other, at) for other, at in calls if not self._is_within(code, number, other, at)]
        depth_ok = sum(1 for value in self._known.values() if value is None) < 60
        answer = bool(calls) and depth_ok and all(self.by_wish(other, at) for other, at in calls)
        self._known[key] = answer
        return answer

    def _is_within(self, code: Code, number: int, other: Code, at: int) -> bool:
        function = code.functions[number]
        return other is code and function.start <= at < function.end


def _click_spans(program: Program, code: Code) -> Iterator[Span]:
    for index, kind in enumerate(code.tokens.kinds):
        if kind != NAME:
            continue
        name = code.tokens.texts[index]
        after = code.text(index + 1)
        if name in _HANDLERS and after in {"=", ":"}:
            if (
                after == "="
                and program.role is Role.CONTENT
                and code.text(index - 2) in _WHOLE_PAGE
            ):
                continue
            yield Span(index + 2, code.expression_end(index + 2, program.budget))
        elif name in _LISTENERS and code.text(index + 2) in {"addListener", "addEventListener"}:
            yield Span(index + 3, code.skip(index + 3) if index + 3 < len(code) else index + 3)
        elif after == "(" and (name in _METHODS or name in {"click", "dblclick", "submit"}):
            yield from _listener(program, code, index, name)


def _listener(program: Program, code: Code, index: int, name: str) -> Iterator[Span]:
    opener = index + 1
    if name in _METHODS:
        if code.kind(opener + 1) != STRING:
            return
        events = set(code.tokens.texts[opener + 1].replace(".", " ").split())
        if not events & _CLICKS:
            return
    elif code.mates[opener] <= opener + 1:
        return
    if program.role is Role.CONTENT and _is_whole_page(program, code, index):
        return
    yield Span(opener, code.mates[opener])


def _is_whole_page(program: Program, code: Code, index: int) -> bool:
    chain = program.chain(code, index)
    if len(chain) < 2:
        return True
    if chain[-2] in _WHOLE_PAGE:
        return True
    receiver = index - 2
    if code.text(receiver) == ")" and code.mates[receiver] > 0:
        words = code.tokens.texts[code.mates[receiver] : receiver]
        return bool(_WHOLE_PAGE & set(words))
    return False


def message_handlers(program: Program) -> Iterator[tuple[Code, Span]]:
    """The arguments of every listener to messages, and the functions that they name."""
    for code in program.codes:
        for name in _MESSAGES:
            for index in code.words.get(name, ()):
                opener = index + 3
                if code.text(index + 2) != "addListener" or code.text(opener) != "(":
                    continue
                yield code, Span(opener, code.mates[opener])
                for at in range(opener, min(opener + 4, code.mates[opener])):
                    for each in program.functions_at(code, at):
                        yield each.code, each.span


def messages_sent(
    program: Program, counts: Callable[[Code, int], bool]
) -> tuple[bool, frozenset[str]]:
    """Whether the program sends messages from places that count, and the words in them."""
    words: set[str] = set()
    sends = False
    for code in program.codes:
        for name in _SENDERS:
            for index in code.words.get(name, ()):
                if code.text(index + 1) != "(" or not counts(code, index):
                    continue
                sends = True
                words |= {
                    code.tokens.texts[at]
                    for at in range(index + 2, min(code.mates[index + 1], index + 400))
                    if code.kind(at) == STRING and len(code.tokens.texts[at]) > 1
                }
    return sends, frozenset(words)
