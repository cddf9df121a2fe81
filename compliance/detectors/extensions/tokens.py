"""JavaScript as a row of tokens: enough to judge a program that is never run.

Tolerant: whatever is no JavaScript yields some tokens, never an error. Comments are left out.
A template becomes a concatenation in brackets, so that it reads like any other.
"""

import bisect
import re
from dataclasses import dataclass, field

from compliance.detectors.extensions.words import word_set

NAME, STRING, NUMBER, REGEX, PUNCT = range(5)


# Longer texts are data; joining them piece by piece would be the square of a hostile one.
LONGEST_JOINED = 20_000


class TooMuchWorkError(Exception):
    """The program is larger, or more tangled, than can be judged in bounded time."""


@dataclass
class Budget:
    """Steps that may still be taken; the measure of time in a module without a clock."""

    steps: int

    def spend(self, steps: int = 1) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooMuchWorkError


@dataclass(frozen=True)
class Place:
    """Where something stands: file inside the package, line and column from 1."""

    file: str
    line: int
    column: int


@dataclass
class Tokens:
    """Parallel lists: kind, text (of a string what it says), offset, and whether a line began."""

    kinds: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)

    def add(self, kind: int, text: str, start: int, *, fresh: bool = False) -> None:
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(start)
        self.fresh.append(fresh)

    def drop(self, count: int) -> None:
        """Take the last ones off."""
        for row in (self.kinds, self.texts, self.starts, self.fresh):
            del row[-count:]


@dataclass(frozen=True)
class Source:
    """A piece of program text; `line` and `column` say where it begins in its file.

    `fixed`: the text was decoded from that place, and lines inside it are not the file's.
    """

    file: str
    text: str
    line: int = 1
    column: int = 1
    fixed: bool = False

    def line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer(r"\n", self.text))]

    def place(self, offset: int, line_starts: list[int]) -> Place:
        if self.fixed:
            return Place(self.file, self.line, self.column)
        row = bisect.bisect_right(line_starts, offset) - 1
        column = offset - line_starts[row] + 1
        return Place(self.file, self.line + row, column if row else self.column + column - 1)


_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]++)
    |(?P<comment>//[^\n\r]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|<!--[^\n\r]*+)
    |(?P<name>(?:[A-Za-z_$\#@\u0080-\U0010ffff]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\})
      (?:[\w$]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\})*+)
    |(?P<number>0[xXbBoO][0-9a-fA-F_]++n?|(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?n?)
    |(?P<string>"[^"\\\n]*+(?:\\[\s\S][^"\\\n]*+)*+"?|'[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+)*+'?)
    |(?P<slash>/)
    |(?P<tick>`)
    |(?P<punct>=>|\?\.(?![0-9])|\.\.\.|[!=]==?|\*\*=?|&&=?|\|\|=?|\?\?=?|\+\+|--|<<=?|>>>?=?|[-+*%&|^<>]=|[\s\S])
    """,
    re.VERBOSE,
)
_REGEX = re.compile(
    r"/(?![*/])[^\\/\[\n]*+(?:(?:\\.|\[[^\]\\\n]*+(?:\\.[^\]\\\n]*+)*+\])[^\\/\[\n]*+)*+/[a-z]*+"
)
_TEMPLATE_PART = re.compile(r"[^`\\$]*+(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*+)*+")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|(\r\n|[\s\S]))"
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": ""}
_BEFORE_REGEX = word_set(
    "return typeof case in of delete void throw new else do instanceof yield await"
)
_HEADS = frozenset({"if", "while", "for", "with"})


def tokenize(text: str, budget: Budget) -> Tokens:
    """The tokens of a program text. Raises TooMuchWorkError where the budget runs out."""
    return _joined(_Reader(text, budget).read())


def unescape(text: str) -> str:
    """What a string says once its escapes are read."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2) or found.group(3)
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else ""
    if found.group(4):
        return chr(int(found.group(4), 8))
    return _SIMPLE.get(found.group(5), found.group(5))


class _Reader:
    def __init__(self, text: str, budget: Budget) -> None:
        self.text = text
        self.budget = budget
        self.tokens = Tokens()
        self.at = 0
        self.fresh = True
        # One entry for each open brace: whether it is a template's.
        self.braces: list[bool] = []
        self.parens: list[int] = []
        self.last_closed = -1

    def read(self) -> Tokens:
        match = _TOKEN.match
        text, size = self.text, len(self.text)
        while self.at < size:
            self.budget.spend()
            found = match(text, self.at)
            if found is None:  # Cannot be: the last branch takes anything.
                break
            kind = found.lastgroup
            if kind in {"space", "comment"}:
                self.fresh = self.fresh or "\n" in found.group()
                self.at = found.end()
                continue
            self._take(kind or "", found)
            self.fresh = False
        return self.tokens

    def _take(self, kind: str, found: re.Match[str]) -> None:
        start, word = self.at, found.group()
        self.at = found.end()
        if kind == "name":
            self._add(NAME, unescape(word), start)
        elif kind == "string":
            end = len(word) if len(word) < 2 or word[-1] != word[0] else -1
            self._add(STRING, unescape(word[1:end]), start)
        elif kind == "number":
            self._add(NUMBER, word, start)
        elif kind == "tick":
            self._add(PUNCT, "(", start)
            self._template(start)
        elif kind == "slash":
            self._slash(start)
        else:
            self._punct(word, start)

    def _add(self, kind: int, text: str, start: int) -> None:
        self.tokens.add(kind, text, start, fresh=self.fresh)

    def _slash(self, start: int) -> None:
        found = _REGEX.match(self.text, start) if self._may_be_regex() else None
        if found:
            self.at = found.end()
            self._add(REGEX, found.group(), start)
        elif self.text.startswith("/=", start):
            self.at = start + 2
            self._add(PUNCT, "/=", start)
        else:
            self._add(PUNCT, "/", start)

    def _may_be_regex(self) -> bool:
        if not self.tokens.kinds:
            return True
        kind, text = self.tokens.kinds[-1], self.tokens.texts[-1]
        if kind == NAME:
            return text in _BEFORE_REGEX
        if kind != PUNCT:
            return False
        if text == ")":
            before = self.last_closed - 1
            return before >= 0 and self.tokens.texts[before] in _HEADS
        return text not in {"]", "++", "--"}

    def _punct(self, word: str, start: int) -> None:
        if word == "{":
            self.braces.append(False)
        elif word == "}" and self.braces and self.braces.pop():
            self._add(PUNCT, ")", start)
            self._template_goes_on(start)
            return
        elif word == "(":
            self.parens.append(len(self.tokens.kinds))
        elif word == ")":
            self.last_closed = self.parens.pop() if self.parens else -1
        self._add(PUNCT, word, start)

    def _template(self, start: int) -> None:
        """Read on inside a template, from after its tick or after one of its values."""
        found = _TEMPLATE_PART.match(self.text, self.at)
        part = found.group() if found else ""
        self._add(STRING, unescape(part), start)
        self.at += len(part)
        if self.text.startswith("${", self.at):
            self._add(PUNCT, "+", self.at)
            self._add(PUNCT, "(", self.at)
            self.braces.append(True)
            self.at += 2
        else:
            self._add(PUNCT, ")", min(self.at, len(self.text)))
            self.at += 1

    def _template_goes_on(self, start: int) -> None:
        self._add(PUNCT, "+", start)
        self._template(self.at)


_BINDS_CLOSER = frozenset({"*", "/", "%", "-", "**", ".", "?.", "typeof", "++", "--"})
_MEMBER = re.compile(r"[A-Za-z_$][\w$]*")


def _joined(tokens: Tokens) -> Tokens:
    """The same with `"a" + "b"` as one string, and `x["name"]` as `x.name`."""
    if "[" not in tokens.texts and "+" not in tokens.texts:
        return tokens
    joined = Tokens()
    for index, kind in enumerate(tokens.kinds):
        joined.add(kind, tokens.texts[index], tokens.starts[index], fresh=tokens.fresh[index])
        _join_strings(joined)
        if kind == PUNCT and tokens.texts[index] == "]":
            _name_member(joined)
        elif kind == PUNCT and tokens.texts[index] in {"(", ":"}:
            _name_key(joined)
    return joined


def _join_strings(tokens: Tokens) -> None:
    kinds, texts = tokens.kinds, tokens.texts
    if kinds[-1] != STRING or kinds[-3:-1] != [STRING, PUNCT] or texts[-2] != "+":
        return
    if len(texts) > 3 and kinds[-4] in (PUNCT, NAME) and texts[-4] in _BINDS_CLOSER:
        return
    text = texts[-3] + texts[-1]
    if len(text) > LONGEST_JOINED:
        return
    tokens.drop(2)
    texts[-1] = text


def _name_member(tokens: Tokens) -> None:
    kinds, texts = tokens.kinds, tokens.texts
    if kinds[-3:-1] != [PUNCT, STRING] or texts[-3] != "[" or not _MEMBER.fullmatch(texts[-2]):
        return
    before_kind = kinds[-4] if len(kinds) > 3 else PUNCT
    before = texts[-4] if len(kinds) > 3 else ""
    is_member = before in {")", "]", "?."} if before_kind == PUNCT else before not in _BEFORE_REGEX
    if not is_member:
        return
    name = texts[-2]
    tokens.drop(2 if before != "?." else 3)
    if before != "?.":
        texts[-1] = "."
    tokens.add(NAME, name, tokens.starts[-1])


def _name_key(tokens: Tokens) -> None:
    """`{["name"]: ...}` and `["name"]() {...}`: the bracket around a key falls away."""
    kinds, texts = tokens.kinds, tokens.texts
    if len(texts) < 5 or [texts[-4], texts[-2]] != ["[", "]"] or kinds[-3] != STRING:
        return
    if texts[-5] not in {"{", "}", ",", ";", "async", "static", "get", "set"}:
        return
    name, sign, at, end = texts[-3], texts[-1], tokens.starts[-3], tokens.starts[-1]
    tokens.drop(4)
    tokens.add(STRING, name, at)
    tokens.add(PUNCT, sign, end)
