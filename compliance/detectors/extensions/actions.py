"""What a program does to a page, to tabs and to requests: every place where it could."""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.detectors.extensions.acts import (
    ASSIGNED,
    ASSIGNS,
    CALLS,
    Act,
    Call,
    assigned,
    called,
)
from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.tokens import NAME, STRING
from compliance.detectors.extensions.words import word_set


@dataclass(frozen=True)
class Action:
    """One act at token `index`; `given` is what it is done with.

    `own`: it is done to an element that the program made itself, of this `tag`.
    """

    act: Act
    code: Code
    index: int
    given: Span
    own: bool = False
    tag: str = ""


_FORMS = word_set("FormData URLSearchParams Headers Blob DataTransfer URL Set Map")
_SCRIPT_TEXTS = word_set("textContent text innerHTML innerText")
# These put their receiver into the page that they are given.
_TURNED = word_set("appendTo prependTo insertAfter")


def actions_of(program: Program) -> Iterator[Action]:
    """Every act that the program could do, file by file, in order."""
    for code in program.codes:
        for index, kind in enumerate(code.tokens.kinds):
            if kind != NAME and not (kind == STRING and code.text(index + 1) == ":"):
                continue
            program.budget.spend()
            found = _action_at(program, code, index)
            if found:
                yield found


def _action_at(program: Program, code: Code, index: int) -> Action | None:
    after = code.text(index + 1)
    name = code.tokens.texts[index]
    is_key = code.text(index - 1) in {"{", ","}
    if after == ":" and is_key:
        return _keyed(program, code, index)
    if name == "redirectUrl" and after in {"}", ","} and is_key:
        return Action(Act.REDIRECT, code, index, Span(index, index + 1))
    sign = index + 2 if after == "?." else index + 1
    if code.text(sign) == "(":
        return _call(program, code, index, sign)
    return _assignment(program, code, index) if after in ASSIGNS else None


def _keyed(program: Program, code: Code, index: int) -> Action | None:
    """A redirect that a listener answers, a rule's, or a header that leads elsewhere."""
    name = code.tokens.texts[index]
    before = [text.lower() for text in code.tokens.texts[max(0, index - 4) : index - 1]]
    is_rule = name == "redirect" and code.text(index + 2) == "{"
    is_header = name == "value" and before == ["name", ":", "location"]
    if name != "redirectUrl" and not is_rule and not is_header:
        return None
    end = code.expression_end(index + 2, program.budget)
    return Action(Act.REDIRECT, code, index, Span(index + 2, end))


def _call(program: Program, code: Code, index: int, sign: int) -> Action | None:
    if code.tokens.texts[index] not in CALLS or code.mates[sign] <= sign:
        return None
    given = Span(sign + 1, code.mates[sign])
    act = called(Call(program.chain(code, index), code, given))
    return _done(program, code, index, act, given) if act else None


def _assignment(program: Program, code: Code, index: int) -> Action | None:
    is_member = code.text(index - 1) in {".", "?."}
    if code.tokens.texts[index] not in ASSIGNED and not is_member:
        return None
    act = assigned(program.chain(code, index))
    given = Span(index + 2, code.expression_end(index + 2, program.budget)) if act else None
    return _done(program, code, index, act, given) if act and given else None


def _done(program: Program, code: Code, index: int, act: Act, given: Span) -> Action | None:
    name = code.tokens.texts[index]
    tag = _made(program, code, index)
    if name in _SCRIPT_TEXTS and tag == "script":
        act = Act.RUN_TEXT
    elif name == "text" and act is Act.RUN_TEXT:
        return None
    if tag is None and act in {Act.ALTER, Act.RESTYLE} and _is_form(program, code, index):
        return None
    if name in _TURNED:
        tag = None
    return Action(act, code, index, given, own=tag is not None, tag=tag or "")


def _receiver(code: Code, last: int) -> int | None:
    """The name before the dot, where it is one plain name; None otherwise."""
    index = last - 2
    if code.text(last - 1) not in {".", "?."}:
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


_MAKERS = frozenset(
    {
        "createElement",
        "createElementNS",
        "createDocumentFragment",
        "createHTMLDocument",
        "createTextNode",
        "parseFromString",
        "cloneNode",
    }
)


def tag_of(code: Code, span: Span) -> str | None:
    """The tag of the element that an expression makes; empty where unsaid, None where none."""
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
