"""The shape of a program: brackets, functions, what names stand for. No grammar, no errors."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from compliance.detectors.extensions.tokens import (
    NAME,
    NUMBER,
    PUNCT,
    REGEX,
    STRING,
    Budget,
    Place,
    Source,
    Tokens,
    tokenize,
)
from compliance.detectors.extensions.words import word_set

TOP = -1
_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())
_HEADS = frozenset({"if", "for", "while", "switch", "catch", "with"})
_NO_NAMES = _HEADS | word_set(
    "return function new typeof await async yield else do try finally case default throw "
    "delete void in of instanceof const let var import export class extends this super null "
    "true false undefined break continue static get set"
)
_DECLARES = frozenset({"const", "let", "var"})
_ASSIGN = frozenset({"=", "+=", "||=", "??=", "&&="})
_GOES_ON = word_set("in of instanceof typeof await new void delete return throw yield async")
# How far a single expression is read; longer ones are data.
_FAR = 4000


@dataclass
class Function:
    """A function: its parameters' tokens, its body's tokens `[start, end)`, the one around it."""

    name: str
    first: int
    parameters: list[str]
    start: int
    end: int
    outer: int = TOP
    is_method: bool = False
    is_expression: bool = False


@dataclass(frozen=True)
class Span:
    """Tokens `[start, end)` of one code."""

    start: int
    end: int


@dataclass
class Code:
    """One program text with its shape."""

    source: Source
    tokens: Tokens
    line_starts: list[int]
    mates: list[int] = field(default_factory=list)
    openers: list[int] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    # (function, name) -> what was assigned to it; functions by the same key.
    values: dict[tuple[int, str], list[Span]] = field(default_factory=lambda: defaultdict(list))
    named: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    properties: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    methods: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    library: bool = False

    def __len__(self) -> int:
        return len(self.tokens.kinds)

    def text(self, index: int) -> str:
        """The text of a name or sign; of strings and beyond the ends nothing."""
        if 0 <= index < len(self.tokens.kinds) and self.tokens.kinds[index] in (NAME, PUNCT):
            return self.tokens.texts[index]
        return ""

    def kind(self, index: int) -> int:
        return self.tokens.kinds[index] if 0 <= index < len(self.tokens.kinds) else PUNCT

    def place(self, index: int) -> Place:
        return self.source.place(self.tokens.starts[index], self.line_starts)

    def scopes(self, index: int) -> Iterator[int]:
        """The functions around a token, from the inside, then the top."""
        owner = self.owners[index]
        while owner != TOP:
            yield owner
            owner = self.functions[owner].outer
        yield TOP

    def scope_of(self, index: int) -> int | None:
        """The scope whose name the token at `index` says; None where none declares it."""
        name = self.tokens.texts[index]
        for scope in self.scopes(index):
            if (scope, name) in self.values or (scope, name) in self.named:
                return scope
            if scope != TOP and name in self.functions[scope].parameters:
                return scope
        return None

    def skip(self, index: int) -> int:
        """The position after this token, or after the whole bracket that it opens."""
        return (
            self.mates[index] + 1
            if self.tokens.texts[index] in _OPEN and self.mates[index] > index
            else index + 1
        )

    def expression_end(self, start: int, budget: Budget) -> int:
        """Where the expression that begins at `start` ends."""
        index = start
        for _ in range(_FAR):
            budget.spend()
            text = self.text(index)
            if index >= len(self) or text in {",", ";"} or (text in _CLOSE):
                break
            if index > start and self.tokens.fresh[index] and self._new_statement(index):
                break
            index = self.skip(index)
        return min(index, len(self))

    def _new_statement(self, index: int) -> bool:
        """Whether a line break before this token ends the statement."""
        before, kind = self.text(index - 1), self.kind(index - 1)
        ends = before in _CLOSE if kind == PUNCT else before not in _GOES_ON
        begins = self.kind(index) in {NAME, STRING, NUMBER, REGEX} and self.text(
            index
        ) not in _GOES_ON - {"await", "new", "return", "throw", "delete", "void", "async"}
        return ends and (begins or self.text(index) in {"{", "}"})

    def is_block(self, opener: int) -> bool:
        """Whether a brace opens statements, not an object."""
        before = self.text(opener - 1)
        if before in {")", "=>", ";", "{", "}", "else", "do", "try", "finally"} or opener == 0:
            return True
        return self.kind(opener - 1) == NAME and before not in _GOES_ON | {"case", "default"}

    def block_around(self, index: int) -> tuple[int, int]:
        """The opener of the innermost block around a token (-1: the whole program), and where in it
        the token, or the bracket that holds it, stands."""
        opener = self.openers[index]
        while opener != -1 and not (self.text(opener) == "{" and self.is_block(opener)):
            index, opener = opener, self.openers[opener]
        return opener, index

    def statement(self, index: int, budget: Budget) -> Span:
        """The statement that holds a token, read up to the nearest block."""
        opener, index = self.block_around(index)
        floor = opener + 1
        start = index
        for _ in range(_FAR):
            budget.spend()
            if start <= floor or self.text(start - 1) in {";", "{"}:
                break
            if self.tokens.fresh[start] and self._new_statement(start):
                break
            if self.text(start - 1) in _CLOSE:
                mate = self.mates[start - 1]
                if (
                    self.text(start - 1) == "}"
                    and self.is_block(mate)
                    and self.text(start) not in {")", ",", "."}
                ):
                    break
                start = mate if 0 <= mate < start else start - 1
            else:
                start -= 1
        end = start
        for _ in range(_FAR):
            budget.spend()
            end = self.expression_end(max(end, start), budget)
            if self.text(end) != ",":
                break
            end += 1
        return Span(start, max(end, min(index + 1, len(self))))


def build(source: Source, budget: Budget) -> Code:
    """Read a program text. Raises TooMuchWorkError where the budget runs out."""
    tokens = tokenize(source.text, budget)
    code = Code(source, tokens, source.line_starts())
    _match_brackets(code)
    _find_functions(code, budget)
    _find_names(code, budget)
    return code


def _match_brackets(code: Code) -> None:
    stack: list[int] = []
    code.mates = [-1] * len(code)
    code.openers = [-1] * len(code)
    for index in range(len(code)):
        text = code.text(index)
        if text in _CLOSE and stack:
            # A stray bracket closes what it can; the rest stays open to the end.
            if _OPEN[code.text(stack[-1])] == text:
                opener = stack.pop()
                code.mates[opener], code.mates[index] = index, opener
            elif len(stack) > 1 and _OPEN[code.text(stack[-2])] == text:
                stack.pop()
                opener = stack.pop()
                code.mates[opener], code.mates[index] = index, opener
        code.openers[index] = stack[-1] if stack else -1
        if text in _OPEN:
            stack.append(index)
    for opener in stack:
        code.mates[opener] = len(code)


def _find_functions(code: Code, budget: Budget) -> None:
    ends: dict[int, int] = {}
    found: list[Function] = []
    for index in range(len(code) - 1, -1, -1):
        text = code.text(index)
        if text == "=>":
            found.append(_arrow(code, index, ends, budget))
        elif text == "{" and code.text(index - 1) == ")":
            function = _with_keyword(code, index)
            if function:
                found.append(function)
    found.sort(key=lambda function: (function.first, -function.end))
    code.functions = found
    _own(code)
    for number, function in enumerate(found):
        if not function.name:
            continue
        if function.is_method:
            code.methods[function.name].append(number)
        else:
            code.named[(function.outer, function.name)].append(number)


def _own(code: Code) -> None:
    """Tell each token the innermost function around it."""
    code.owners = [TOP] * len(code)
    stack: list[int] = []
    starts = iter([*enumerate(code.functions), (len(code.functions), None)])
    number, upcoming = next(starts)
    for index in range(len(code)):
        while stack and code.functions[stack[-1]].end <= index:
            stack.pop()
        while upcoming is not None and upcoming.first <= index:
            upcoming.outer = stack[-1] if stack else TOP
            stack.append(number)
            number, upcoming = next(starts)
        code.owners[index] = stack[-1] if stack else TOP


def _arrow(code: Code, arrow: int, ends: dict[int, int], budget: Budget) -> Function:
    if code.text(arrow - 1) == ")" and code.mates[arrow - 1] >= 0:
        first = code.mates[arrow - 1]
    else:
        first = max(arrow - 1, 0)
    parameters = _parameters(code, first, arrow)
    if code.text(first - 1) == "async":
        first -= 1
    if code.text(arrow + 1) == "{":
        start, end, is_expression = arrow + 2, code.mates[arrow + 1], False
    else:
        start, is_expression = arrow + 1, True
        end = _arrow_end(code, start, ends, budget)
        ends[first] = end
    name, is_method = _name_before(code, first)
    return Function(
        name, first, parameters, start, end, is_method=is_method, is_expression=is_expression
    )


def _arrow_end(code: Code, start: int, ends: dict[int, int], budget: Budget) -> int:
    """An arrow of an arrow ends where the inner one does; they are read backwards."""
    return ends[start] if start in ends else code.expression_end(start, budget)


def _with_keyword(code: Code, brace: int) -> Function | None:
    opener = code.mates[brace - 1]
    if opener < 1:
        return None
    before = opener - 1
    parameters = _parameters(code, opener, brace)
    end = code.mates[brace]
    head = before
    if code.text(head) == "*":
        head -= 1
    if code.text(head) == "function":
        name, is_method = _name_before(code, head)
        return Function(name, head, parameters, brace + 1, end, is_method=is_method)
    if code.kind(before) in {NAME, STRING} and code.text(before) not in _HEADS:
        keyword = before - 1 if code.text(before - 1) != "*" else before - 2
        name = code.tokens.texts[before]
        if code.text(keyword) == "function":
            return Function(name, keyword, parameters, brace + 1, end)
        return Function(name, before, parameters, brace + 1, end, is_method=True)
    return None


def _parameters(code: Code, first: int, stop: int) -> list[str]:
    """Names of parameters in order; of a pattern every name, at the same place."""
    if code.text(first) != "(":
        return [code.text(first)] if code.kind(first) == NAME else []
    names: list[str] = []
    index = first + 1
    while index < min(stop, first + 200):
        if code.kind(index) == NAME and code.text(index) not in _NO_NAMES:
            names.append(code.text(index))
            while index < stop and code.text(index) != ",":
                index = code.skip(index)
        index += 1
    return names


def _name_before(code: Code, first: int) -> tuple[str, bool]:
    """The name that a function expression is given, and whether it is a property."""
    index = first - 1
    if code.text(index) == "async":
        index -= 1
    sign = code.text(index)
    if sign not in {"=", ":"} or code.kind(index - 1) not in {NAME, STRING}:
        return "", False
    name = code.tokens.texts[index - 1]
    return (name, True) if sign == ":" or code.text(index - 2) == "." else (name, False)


def _find_names(code: Code, budget: Budget) -> None:
    loose: list[tuple[int, str, Span]] = []
    for index in range(len(code)):
        budget.spend()
        kind = code.tokens.kinds[index]
        if kind == NAME:
            code.words[code.tokens.texts[index]].append(index)
        if kind not in {NAME, STRING} or index + 2 >= len(code):
            continue
        sign = code.text(index + 1)
        if sign in _ASSIGN and kind == NAME:
            _assigned(code, index, budget, loose)
        elif sign == ":" and code.text(index - 1) in {"{", ","}:
            span = Span(index + 2, code.expression_end(index + 2, budget))
            code.properties[code.tokens.texts[index]].append(span)
    for index, name, span in loose:
        known = code.scope_of(index)
        code.values[(TOP if known is None else known, name)].append(span)


def _assigned(code: Code, index: int, budget: Budget, loose: list[tuple[int, str, Span]]) -> None:
    name = code.tokens.texts[index]
    span = Span(index + 2, code.expression_end(index + 2, budget))
    before = code.text(index - 1)
    if before in {".", "?."}:
        code.properties[name].append(span)
    elif before in _DECLARES or (before == "," and _is_declaration(code, index)):
        code.values[(code.owners[index], name)].append(span)
    elif name not in _NO_NAMES:
        loose.append((index, name, span))


def _is_declaration(code: Code, index: int) -> bool:
    """Whether `name = ...` after a comma goes on a `var` list."""
    opener = code.openers[index]
    at = index - 1
    for _ in range(200):
        if at <= opener or code.text(at) in {";", "{"}:
            return False
        if code.text(at) in _DECLARES:
            return True
        mate = code.mates[at]
        at = mate - 1 if code.text(at) in _CLOSE and 0 <= mate < at else at - 1
    return False
