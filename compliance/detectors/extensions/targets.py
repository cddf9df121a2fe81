"""Where an expression leads: the addresses that it may come to."""

from collections.abc import Iterator, Sequence

from compliance.detectors.extensions.folding import HOLE, Folder, readings
from compliance.detectors.extensions.hosts import AFFILIATE_PARAMETERS, Hosts, Target
from compliance.detectors.extensions.program import Program, Reference
from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.tokens import NAME, STRING
from compliance.detectors.extensions.words import word_set

_DEEPEST = 5
_MOST_VISITS = 400
_WORST_FIRST = (Target.AFFILIATE, Target.ELSEWHERE, Target.UNKNOWN, Target.MERCHANT, Target.NOWHERE)
# Heads whose address is the page itself.
_HERE = frozenset(
    {"location", "window", "document", "self", "tab", "details", "sender", "URL", "new"}
)
_OWN_METHODS = word_set(
    "href toString String split replace url searchParams delete origin pathname host search "
    "hash encodeURIComponent decodeURIComponent getURL runtime chrome browser"
)


class Targets:
    """Follows constants, variables, functions and parameters of one program."""

    def __init__(self, program: Program, hosts: Hosts, folder: Folder) -> None:
        self.program = program
        self.hosts = hosts
        self.folder = folder
        self._setters = list(_parameter_setters(program))
        # Addresses that only lose parameters lead where they led before.
        self._shortened = {
            (id(code), code.tokens.texts[index - 4])
            for code in program.codes
            for index in code.words.get("delete", ())
            if index > 3 and code.text(index - 2) == "searchParams"
        }

    @property
    def sets_parameters(self) -> bool:
        """Whether the program makes affiliate links by setting their parameters."""
        return bool(self._setters)

    def of(self, code: Code, span: Span) -> tuple[Target, str]:
        """The worst place that the expression may lead to, and an address that shows it."""
        found = list(self._walk(code, span, 0, set()))
        for target in _WORST_FIRST:
            for known, text in found:
                if known is target:
                    return target, text.strip(HOLE).replace(HOLE, "*")[:200]
        return Target.NOWHERE, ""

    def _walk(
        self, code: Code, span: Span, depth: int, seen: set[tuple[int, int]]
    ) -> Iterator[tuple[Target, str]]:
        key = (id(code), span.start)
        if key in seen or depth > _DEEPEST or len(seen) > _MOST_VISITS:
            return
        seen.add(key)
        index, read_to = span.start, span.start
        while index < min(span.end, len(code)):
            self.program.budget.spend()
            value, end = self.folder.sum_at(code, index) if index >= read_to else (None, index)
            if isinstance(value, str):
                read_to = max(read_to, min(end, span.end))
                yield from self._text(value)
            elif isinstance(value, list):
                yield from (
                    each for item in value if isinstance(item, str) for each in self._text(item)
                )
            if code.kind(index) == NAME:
                yield from self._name(code, index, depth, seen)
            elif code.kind(index) == STRING:
                yield from self._text(code.tokens.texts[index], whole=False)
            index += 1

    def _text(self, text: str, *, whole: bool = True) -> Iterator[tuple[Target, str]]:
        for reading in readings(text):
            target = self.hosts.target(reading)
            if target is Target.AFFILIATE or (
                target is not Target.NOWHERE and reading is text and whole
            ):
                yield target, reading

    def _name(
        self, code: Code, index: int, depth: int, seen: set[tuple[int, int]]
    ) -> Iterator[tuple[Target, str]]:
        name = code.tokens.texts[index]
        is_property = code.text(index - 1) in {".", "?."}
        yield from ((Target.AFFILIATE, text) for text in self._set_on(code, index))
        if code.text(index + 1) == ":" or (is_property and name in _OWN_METHODS):
            return
        if (id(code), name) in self._shortened and not list(self._set_on(code, index)):
            yield Target.MERCHANT, ""
            return
        references = [
            *self.program.values_at(code, index),
            *self.program.functions_at(code, index),
            *self._passed(code, index),
        ]
        if not references and not is_property and name not in _HERE | _OWN_METHODS:
            yield Target.UNKNOWN, ""
        if is_property and len(references) > 40:
            return
        for each in references[:40]:
            yield from self._walk(each.code, each.span, depth + 1, seen)

    def _set_on(self, code: Code, index: int) -> Iterator[str]:
        """Affiliate parameters that are set on what the name stands for."""
        name = code.tokens.texts[index]
        for other, head, text in self._setters:
            if (
                other is code
                and code.tokens.texts[head] == name
                and code.scope_of(head) == code.scope_of(index)
            ):
                yield text

    def _passed(self, code: Code, index: int) -> list[Reference]:
        """What calls give for the parameter that a name is."""
        found = self.program.parameter_at(code, index)
        if found is None:
            return []
        function, place = found
        passed: list[Reference] = []
        for other, call in self.program.calls_of(code, function):
            if other.text(call + 1) == "(" and other.mates[call + 1] > call:
                spans = _argument_spans(other, call + 1)
                if place < len(spans) and len(passed) < 20:
                    passed.append(Reference(other, spans[place]))
        return passed


def _argument_spans(code: Code, opener: int) -> list[Span]:
    spans: list[Span] = []
    start = index = opener + 1
    end = code.mates[opener]
    while index < end and len(spans) < 20:
        if code.text(index) == ",":
            spans.append(Span(start, index))
            start = index + 1
        index = code.skip(index)
    return [*spans, Span(start, end)]


def _parameter_setters(program: Program) -> Iterator[tuple[Code, int, str]]:
    """Where a link is given an affiliate parameter: `url.searchParams.set("af", ...)`."""
    for code in program.codes:
        for method in ("set", "append"):
            for index in code.words.get(method, ()):
                first = index + 2
                if code.text(index + 1) != "(" or code.kind(first) != STRING:
                    continue
                name = code.tokens.texts[first].lower()
                head = index - 2
                while head > 1 and code.text(head - 1) in {".", "?."}:
                    head -= 2
                if name in AFFILIATE_PARAMETERS and code.kind(head) == NAME:
                    yield code, head, f"{name}="


def references_in(program: Program, code: Code, spans: Sequence[Span]) -> Iterator[Reference]:
    """The functions that tokens in these spans mention."""
    for span in spans:
        for index in range(max(0, span.start), min(span.end, len(code))):
            program.budget.spend()
            if code.tokens.kinds[index] == NAME:
                yield from program.functions_at(code, index)
