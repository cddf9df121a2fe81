"""Scripts that run together, and what a name in one of them stands for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from compliance.detectors.extensions.hosts import Reach
from compliance.detectors.extensions.structure import TOP, Code, Function, Span
from compliance.detectors.extensions.tokens import NAME, STRING, Budget
from compliance.detectors.extensions.words import word_set

# A name that many objects use says nothing about which of them is meant.
_MOST_METHODS = 4
_SHORTEST_METHOD = 3
_EVERYDAY = word_set(
    "push pop map filter forEach find some every then catch finally get set has add delete "
    "call apply bind join split replace match test exec includes indexOf slice concat keys "
    "values entries next from assign create toString valueOf on off emit apply constructor"
)


class Role(Enum):
    """What kind of script: it decides what the script can reach."""

    CONTENT = "content"
    BACKGROUND = "background"
    PAGE = "page"


@dataclass(frozen=True)
class Reference:
    """A function, or a value, that a name stands for."""

    code: Code
    span: Span
    function: Function | None = None


@dataclass
class Program:
    """One context: its codes share their names. `reach`: where the browser puts it by itself."""

    role: Role
    reach: Reach
    budget: Budget
    codes: list[Code] = field(default_factory=list)
    # A code that another runs from a text: the code, the one that runs it, and where.
    nested: list[tuple[Code, Code, int]] = field(default_factory=list)

    def functions_at(self, code: Code, index: int) -> list[Reference]:
        """The functions that the name at `index` may stand for."""
        if code.kind(index) != NAME:
            return []
        name = code.tokens.texts[index]
        if code.text(index - 1) in {".", "?."}:
            return self._methods(name)
        if code.text(index + 1) == ":" and code.text(index - 1) in {"{", ","}:
            return []
        scope = code.scope_of(index)
        if scope is not None:
            return [_reference(code, number) for number in code.named.get((scope, name), ())]
        return [
            _reference(other, number)
            for other in self.codes
            for number in other.named.get((TOP, name), ())
        ]

    def _methods(self, name: str) -> list[Reference]:
        if len(name) < _SHORTEST_METHOD or name in _EVERYDAY:
            return []
        found = [(code, number) for code in self.codes for number in code.methods.get(name, ())]
        found += [
            (code, number) for code in self.codes for number in code.named.get((TOP, name), ())
        ]
        return [_reference(*each) for each in found] if len(found) <= _MOST_METHODS else []

    def values_at(self, code: Code, index: int) -> list[Reference]:
        """What was assigned to the name, or the property, at `index`, anywhere in the program."""
        name = code.tokens.texts[index]
        if code.text(index - 1) in {".", "?."}:
            return [
                Reference(other, span)
                for other in self.codes
                for span in other.properties.get(name, ())
            ]
        scope = code.scope_of(index)
        if scope is not None:
            return [Reference(code, span) for span in code.values.get((scope, name), ())]
        return [
            Reference(other, span)
            for other in self.codes
            for span in other.values.get((TOP, name), ())
        ]

    def parameter_at(self, code: Code, index: int) -> tuple[Function, int] | None:
        """The function and the place among its parameters that the name at `index` means."""
        name = code.tokens.texts[index]
        for scope in code.scopes(index):
            if scope == TOP:
                return None
            function = code.functions[scope]
            if name in function.parameters:
                return function, function.parameters.index(name)
            if (scope, name) in code.values:
                return None
        return None

    def uses(self, code: Code, scope: int, name: str) -> Iterator[tuple[Code, int]]:
        """Where a name of a scope is said; a name of the top is known to every code."""
        for other in self.codes if scope == TOP else [code]:
            for index in other.words.get(name, ()):
                self.budget.spend()
                if other.text(index - 1) in {".", "?."}:
                    continue
                known = other.scope_of(index)
                if (other is code and known == scope) or (other is not code and known is None):
                    yield other, index

    def calls_of(self, code: Code, function: Function) -> Iterator[tuple[Code, int]]:
        """Where a function with a name is mentioned, its own definition left out."""
        if not function.name:
            return
        if function.is_method:
            if len(function.name) < _SHORTEST_METHOD or function.name in _EVERYDAY:
                return
            for other in self.codes:
                for index in other.words.get(function.name, ()):
                    self.budget.spend()
                    if other.text(index - 1) in {".", "?."} and other.text(index + 1) != "=":
                        yield other, index
            return
        for other, index in self.uses(code, function.outer, function.name):
            is_own = other is code and (
                function.first <= index < function.start or code.text(index + 1) == "="
            )
            if not is_own:
                yield other, index

    def chain(self, code: Code, last: int) -> list[str]:
        """The dotted name that ends at token `last`, from its head: tabs, create. `()` is a call.

        A head that stands for another dotted name is replaced by it: `const t = chrome.tabs`.
        """
        parts: list[str] = []
        index = last
        for _ in range(40):
            if index < 0:
                break
            index = self._link(code, index, parts)
            if code.text(index) not in {".", "?."}:
                break
            index -= 1
        parts.reverse()
        return self._unalias(code, index + 1, parts)

    def _link(self, code: Code, index: int, parts: list[str]) -> int:
        """Add the link that ends at `index`; the position before it."""
        text = code.text(index)
        if text in {")", "]"} and code.mates[index] >= 0:
            opener = code.mates[index]
            inside = code.tokens.texts[opener + 1] if code.kind(opener + 1) == STRING else ""
            is_name = text == "]" and inside and opener + 2 == index
            parts.append(inside if is_name else "()" if text == ")" else "[]")
            before = opener - 1
            if code.text(before) in {"?."}:
                before -= 1
            if code.kind(before) == NAME or code.text(before) in {")", "]"}:
                return self._link(code, before, parts) if text == ")" or before >= 0 else before
            return before
        parts.append(text if code.kind(index) == NAME else "")
        return index - 1

    def _unalias(self, code: Code, head: int, parts: list[str]) -> list[str]:
        if not parts or code.kind(head) != NAME or code.tokens.texts[head] != parts[0]:
            return parts
        values = self.values_at(code, head) if code.text(head - 1) not in {".", "?."} else []
        if len(values) != 1:
            return parts
        other, span = values[0].code, values[0].span
        words = other.tokens.texts[span.start : span.end]
        dotted = words[::2]
        if 0 < len(words) < 8 and set(words[1::2]) <= {"."} and dotted[0] in _NAMESPACES:
            return [*dotted, *parts[1:]]
        return parts


_NAMESPACES = frozenset(
    {"chrome", "browser", "window", "document", "location", "self", "globalThis"}
)


def _reference(code: Code, number: int) -> Reference:
    function = code.functions[number]
    return Reference(code, Span(function.start, function.end), function)
