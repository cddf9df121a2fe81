"""Messages between the parts of an extension: who sets off what the background does."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from compliance.detectors.extensions.hosts import Hosts
from compliance.detectors.extensions.judging import Judged
from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.regions import Marks
from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.tokens import STRING
from compliance.detectors.extensions.triggers import message_handlers, messages_sent


def _by_itself(judged: Judged, code: Code, at: int) -> bool:
    return not judged.triggers.by_wish(code, at)


def _by_itself_here(judged: Judged, code: Code, at: int) -> bool:
    return judged.is_here(code, at) and not judged.triggers.by_wish(code, at)


def always(_code: Code, _at: int) -> bool:
    """Every message counts."""
    return True


@dataclass(frozen=True)
class Exchange:
    """Words sent from the merchant's page by itself, and from the extension's own pages."""

    from_merchant: frozenset[str]
    merchant_speaks: bool
    content_speaks: bool
    from_pages: frozenset[str]
    pages_speak: bool

    @classmethod
    def between(cls, contents: Sequence[Judged], pages: Judged) -> "Exchange":
        """What content scripts and the extension's own pages send."""
        merchant: set[str] = set()
        merchant_speaks = content_speaks = False
        for judged in contents:
            speaks, _words = messages_sent(judged.program, partial(_by_itself, judged))
            here, words = messages_sent(judged.program, partial(_by_itself_here, judged))
            content_speaks |= speaks
            merchant_speaks |= here
            merchant |= words
        pages_speak, page_words = messages_sent(pages.program, always)
        return cls(frozenset(merchant), merchant_speaks, content_speaks, page_words, pages_speak)

    def handlers_of(self, program: Program) -> list[tuple[Code, Span]]:
        """Handlers that take any message, where the merchant's page sends some."""
        if not self.merchant_speaks:
            return []
        return [
            (code, span)
            for code, span in message_handlers(program)
            if not self._strings(code, span) & (self.from_merchant | self.from_pages)
        ]

    def _strings(self, code: Code, span: Span) -> set[str]:
        return {
            code.tokens.texts[at]
            for at in range(span.start, min(span.end, len(code)))
            if code.kind(at) == STRING or code.text(at + 1) in {"(", ":"}
        }

    def wished_in(self, program: Program, hosts: Hosts) -> list[tuple[Code, Span]]:
        """What the background does for a message that only the extension's own pages send."""
        handlers = list(message_handlers(program))
        if not self.content_speaks:
            return handlers
        words = self.from_pages - self.from_merchant
        marks = Marks(program, hosts, (), tuple(words), ())
        return [
            (region.code, region.span)
            for region in marks.regions()
            if any(
                code is region.code and span.start <= region.span.start < span.end
                for code, span in handlers
            )
        ]
