"""Which parts of a program run on the merchant's site: where it tests for it, and what follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.detectors.extensions.folding import Folder, readings
from compliance.detectors.extensions.hosts import Hosts
from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.structure import TOP, Code, Span
from compliance.detectors.extensions.tokens import NAME, REGEX, STRING, Budget
from compliance.detectors.extensions.words import word_set

# A list of so many strings is data that a program works with, as filter lists are.
LONG_LIST = 250
_LONGEST_CHAIN = 12
_ROUNDS = 6
_DEEPEST = 30
_TESTS = word_set(
    "includes indexOf startsWith endsWith match matchAll test search has RegExp exec equals "
    "contains query addListener some find filter get localeCompare URLPattern"
)
_FILTER_KEYS = word_set(
    "matches urls hostSuffix hostContains hostEquals hostPrefix urlFilter regexFilter "
    "requestDomains domains initiatorDomains originAndPathMatches urlMatches urlContains "
    "urlPrefix host hosts domain hostname pattern patterns sites site shop shops "
    "originPattern excludedMatches"
)
_COMPARES = frozenset({"==", "===", "!=", "!==", "case"})
_FOLDS = frozenset(
    {"atob", "unescape", "decodeURIComponent", "decodeURI", "String", "Buffer", "window"}
)
# Names that every object has: what they were given once says nothing of the rest.
_GENERIC = word_set("host hostname href url origin name value id type data src key text title")


@dataclass(frozen=True)
class Site:
    """A text that a program makes: tokens `[index, end)` of a code."""

    code: Code
    index: int
    end: int
    text: str


@dataclass
class Region:
    """Tokens of a code that run on the merchant's site, and the place that shows it."""

    code: Code
    span: Span


def sites_of(program: Program, folder: Folder, hosts: Hosts) -> list[Site]:
    """The texts that speak of the merchant, or are affiliate links; folded and decoded."""
    found: list[Site] = []
    for code in program.codes:
        lists = _long_lists(code)
        for index in range(len(code)):
            if not _begins_text(program, code, index):
                continue
            if lists and any(span.start <= index < span.end for span in lists):
                continue
            found += _sites_at(code, index, folder, hosts)
    return found


def _begins_text(program: Program, code: Code, index: int) -> bool:
    kind = code.tokens.kinds[index]
    if kind in {STRING, REGEX}:
        return True
    text = code.tokens.texts[index]
    if text == "[" or text in _FOLDS:
        return True
    is_first = code.text(index - 1) not in {".", "?.", "+"}
    return kind == NAME and is_first and code.text(_chain_end(code, index)) == "+"


def _chain_end(code: Code, index: int) -> int:
    """Where a dotted name ends: `shop.host` of `shop.host + ".com"`."""
    end = index + 1
    while end < index + _LONGEST_CHAIN and code.text(end) in {".", "?."}:
        end += 2
    return end


def _long_lists(code: Code) -> list[Span]:
    counts: dict[int, int] = {}
    for index, kind in enumerate(code.tokens.kinds):
        if kind == STRING:
            opener, last = code.openers[index], -1
            while opener != -1 and code.text(opener) == "[":
                last, opener = opener, code.openers[opener]
            if last != -1:
                counts[last] = counts.get(last, 0) + 1
    return [
        Span(opener, code.mates[opener]) for opener, count in counts.items() if count > LONG_LIST
    ]


def _sites_at(code: Code, index: int, folder: Folder, hosts: Hosts) -> Iterator[Site]:
    if code.kind(index) == REGEX:
        pattern = code.tokens.texts[index]
        if hosts.spells_merchant(pattern):
            yield Site(code, index, index + 1, next(iter(sorted(hosts.brands))))
        return
    value, end = folder.sum_at(code, index)
    texts = readings(value) if isinstance(value, str) else []
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        texts = ["".join(value), "".join(reversed(value))]
    if code.kind(index) == STRING and end > index + 1:
        texts += readings(code.tokens.texts[index])
    for text in dict.fromkeys(texts):
        if hosts.names_merchant(text) or hosts.is_affiliate(text):
            yield Site(code, index, end, text)


class Marks:
    """Where a program tests for the merchant, and the regions that run when the test holds."""

    def __init__(
        self,
        program: Program,
        hosts: Hosts,
        sites: Sequence[Site],
        words: Sequence[str],
        data_files: Sequence[tuple[Code, int]],
    ) -> None:
        self.program = program
        self.hosts = hosts
        self.positions: dict[tuple[int, int], Code] = {}
        self._names: set[tuple[int, int, str]] = set()
        fresh = [(site.code, site.index) for site in sites if self._is_test(site)]
        fresh += [*self._messages(frozenset(words)), *data_files]
        for _ in range(_ROUNDS):
            fresh = [each for each in fresh if self._add(*each)]
            fresh = [use for each in fresh for use in self._carried(*each)]

    def _add(self, code: Code, index: int) -> bool:
        key = (id(code), index)
        if key in self.positions:
            return False
        self.positions[key] = code
        return True

    def _messages(self, words: frozenset[str]) -> Iterator[tuple[Code, int]]:
        """Words that the merchant's page sends: comparing with them is a test for it."""
        for code in self.program.codes if words else ():
            for index, kind in enumerate(code.tokens.kinds):
                if code.tokens.texts[index] in words and (
                    (kind == STRING and self._is_compared(code, index, index + 1))
                    or (
                        kind in {NAME, STRING}
                        and code.text(index + 1) in {":", "("}
                        and self._names_function(code, index)
                    )
                ):
                    yield code, index

    def _names_function(self, code: Code, index: int) -> bool:
        return bool(code.methods.get(code.tokens.texts[index])) and code.text(index - 1) in {
            "{",
            ",",
            "}",
        }

    def _is_test(self, site: Site) -> bool:
        if not self.hosts.names_merchant(site.text):
            return False
        plain = "://" not in site.text and not site.text.startswith("//")
        if (plain and not self.hosts.is_affiliate(site.text)) or "*" in site.text:
            return True
        return self._is_compared(site.code, site.index, site.end)

    def _is_compared(self, code: Code, index: int, end: int) -> bool:
        """Whether a text is compared with something, or is a filter of addresses."""
        before, after = code.text(index - 1), code.text(end)
        if before in _COMPARES or after in _COMPARES:
            return True
        if before == ":" and code.kind(index - 2) in {NAME, STRING}:
            is_link = self.hosts.is_affiliate(code.tokens.texts[index])
            return code.tokens.texts[index - 2] in _FILTER_KEYS and not is_link
        opener = code.openers[index]
        while opener > 0 and code.text(opener) == "[":
            if code.text(opener - 1) == ":" and code.tokens.texts[opener - 2] in _FILTER_KEYS:
                return True
            opener = code.openers[opener]
        return opener > 0 and code.text(opener) == "(" and code.text(opener - 1) in _TESTS

    def _carried(self, code: Code, index: int) -> Iterator[tuple[Code, int]]:
        """Uses of what a test's outcome, or the constant in it, is kept in."""
        for scope, name, is_property in self._keepers(code, index):
            if (key := (id(code) if scope != TOP else 0, scope, name)) in self._names:
                continue
            self._names.add(key)
            if is_property:
                for other in self.program.codes:
                    yield from (
                        (other, use)
                        for use in other.words.get(name, ())
                        if other.text(use - 1) in {".", "?."} and other.text(use + 1) != "="
                    )
            else:
                yield from self.program.uses(code, scope, name)

    def _keepers(self, code: Code, index: int) -> Iterator[tuple[int, str, bool]]:
        owner = code.owners[index]
        for (scope, name), spans in list(code.values.items()):
            self.program.budget.spend(len(spans))
            if any(
                span.start <= index < span.end and self._same_function(code, span, index)
                for span in spans
            ):
                yield scope, name, False
        for name, spans in list(code.properties.items()):
            if len(name) < 4 or name in _GENERIC:
                continue
            if any(
                span.start <= index < span.end
                and code.text(span.start - 1) == "="
                and self._same_function(code, span, index)
                for span in spans
            ):
                yield TOP, name, True
        if owner != TOP and self._is_returned(code, index):
            function = code.functions[owner]
            if function.name and function.is_method:
                yield TOP, function.name, True
            elif function.name:
                yield function.outer, function.name, False

    def _same_function(self, code: Code, span: Span, index: int) -> bool:
        """Whether what is assigned holds the mark itself, not inside a function that it defines."""
        inner, outer = code.owners[index], code.owners[max(0, span.start - 2)]
        while inner not in {outer, TOP}:
            function = code.functions[inner]
            if function.first <= span.start or not function.is_expression:
                return False
            inner = function.outer
        return True

    def _is_returned(self, code: Code, index: int) -> bool:
        function = code.functions[code.owners[index]]
        if function.is_expression:
            return True
        return code.text(code.statement(index, self.program.budget).start) == "return"

    def regions(self) -> Iterator[Region]:
        """What runs where a test holds, each with the test's place."""
        for (_key, index), code in list(self.positions.items()):
            for span in self._guarded(code, index):
                yield Region(code, span)

    def _guarded(self, code: Code, index: int) -> Iterator[Span]:
        condition = self._condition(code, index)
        if condition is not None:
            yield from self._branches(code, condition)
            return
        opener = code.openers[index]
        if code.text(index - 1) == "case" and opener >= 0:
            yield Span(index, self._case_end(code, index, code.mates[opener]))
            return
        if code.text(index + 1) in {":", "("} and self._names_function(code, index):
            for number in code.methods[code.tokens.texts[index]]:
                function = code.functions[number]
                yield Span(function.start, function.end)
            return
        yield from self._where_true(code, index)

    def _where_true(self, code: Code, index: int) -> Iterator[Span]:
        """The statement of a test, less what runs only where it fails: `test || other()`."""
        statement = code.statement(index, self.program.budget)
        block, _inside = code.block_around(index)
        start, at = statement.start, index
        for _ in range(_DEEPEST):
            end, operator = self._operator(code, at, statement.end)
            if operator == ("&&" if self._is_negated(code, at) else "||"):
                level_end = code.mates[code.openers[at]] if code.openers[at] >= 0 else statement.end
                level_end = min(level_end, statement.end)
                yield Span(start, end)
                start = level_end
            at = code.openers[at]
            if at <= max(block, statement.start):
                break
        yield Span(start, statement.end)

    def _operator(self, code: Code, index: int, stop: int) -> tuple[int, str]:
        """Where the term that holds a token ends on its level, and the sign there."""
        while index < stop:
            self.program.budget.spend()
            if code.text(index) in {"&&", "||", "?", ",", ";", ")", "]", "}"}:
                return index, code.text(index)
            index = code.skip(index)
        return stop, ""

    def _is_negated(self, code: Code, index: int) -> bool:
        """Whether the term that holds a token begins with `!`."""
        opener = code.openers[index]
        for _ in range(200):
            before = index - 1
            if before <= opener or code.text(before) in {
                "&&",
                "||",
                "?",
                ",",
                ";",
                "(",
                "{",
                "return",
                "=",
                "=>",
            }:
                return code.text(index) == "!"
            index = (
                code.mates[before]
                if code.text(before) in {")", "]"} and code.mates[before] >= 0
                else before
            )
        return False

    def _case_end(self, code: Code, index: int, stop: int) -> int:
        """Where the statements of a `case` end: cases that follow at once share them."""
        at = index
        while at < stop:
            self.program.budget.spend()
            word = code.text(at)
            if word == "break" or (word == "case" and code.text(at - 1) != ":"):
                return at
            at = code.skip(at)
        return stop

    def _condition(self, code: Code, index: int) -> int | None:
        """The opening bracket of the `if` whose condition holds the token."""
        block, _inside = code.block_around(index)
        opener = code.openers[index]
        while opener > block:
            if code.text(opener) == "(" and code.text(opener - 1) in {"if", "while"}:
                return opener
            opener = code.openers[opener]
        return None

    def _branches(self, code: Code, condition: int) -> Iterator[Span]:
        budget = self.program.budget
        end = code.mates[condition]
        start = end + 1
        if start >= len(code):
            return
        is_block = code.text(start) == "{"
        stop = code.mates[start] if is_block else _simple_end(code, start, budget)
        holds, fails = _outcomes(code.tokens.texts[condition + 1 : end])
        if holds:
            yield Span(start, stop)
        if fails:
            _opener, inside = code.block_around(condition)
            around = code.openers[inside]
            rest = code.mates[around] if around >= 0 else len(code)
            leaves = {"return", "throw", "continue", "break"} & set(
                code.tokens.texts[start:stop][:400]
            )
            if leaves or code.text(stop + 1) == "else" or code.text(stop) == "else":
                yield Span(stop, rest)


def _simple_end(code: Code, start: int, budget: Budget) -> int:
    if code.text(start) in {"return", "throw"}:
        start += 1
    if start >= len(code):
        return len(code)
    end = code.statement(start, budget).end
    return end + 1 if code.text(end) == ";" else end


def _outcomes(words: list[str]) -> tuple[bool, bool]:
    """Whether the merchant's site may be where a condition holds, and where it fails."""
    tail = words[-3:]
    if tail[-2:] == ["<", "0"] or (tail[-2:] == ["-", "1"] and tail[0] in {"==", "==="}):
        return False, True  # indexOf(...) < 0: not found.
    unequal = any(
        word in {"!=", "!=="} and words[place + 1] not in {"-", "null", "undefined"}
        for place, word in enumerate(words[:-1])
    )
    if {"&&", "||"} & set(words):
        return True, unequal or "!" in words
    negative = words[:1] == ["!"] or unequal
    return not negative, negative
