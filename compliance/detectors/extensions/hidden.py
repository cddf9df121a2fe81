"""Code inside texts, packed or encoded: taken out where it can be, named where it cannot."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from compliance.detectors.extensions.actions import Action, actions_of
from compliance.detectors.extensions.acts import Act
from compliance.detectors.extensions.folding import HOLE, Folder
from compliance.detectors.extensions.judging import Judged
from compliance.detectors.extensions.program import Program
from compliance.detectors.extensions.signs import Sign
from compliance.detectors.extensions.structure import Code, Span, build
from compliance.detectors.extensions.tokens import NAME, STRING, Source
from compliance.detectors.extensions.words import word_set

# Names as obfuscators make them; no writer and no minifier has so many.
_MADE_UP = re.compile(r"\w{0,4}_0x[0-9a-f]{3,}|[Il1O0]{10,}")
_MOST_MADE_UP = 3
_DECODING = word_set(
    "atob unescape fromCharCode fromCodePoint decodeURIComponent charCodeAt reverse "
    "responseText text then parseInt"
)
_FETCHING = word_set("fetch XMLHttpRequest")
_SHORTEST = 8
_MOST_ROUNDS = 3
_RUNNERS = (
    "script",
    "createElement",
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "execScript",
)


def unfold(program: Program) -> frozenset[tuple[int, int]]:
    """Add to the program what it runs from texts; the acts (code, token) whose text was read."""
    read: set[tuple[int, int]] = set()
    done = 0
    for _ in range(_MOST_ROUNDS):
        fresh = program.codes[done:]
        done = len(program.codes)
        if not any(word in code.words for code in fresh for word in _RUNNERS):
            break
        folder = Folder(program)
        for action in [each for each in actions_of(program) if each.code in fresh]:
            text = _text_run(program, folder, action)
            if len(text) >= _SHORTEST and HOLE not in text:
                read.add((id(action.code), action.index))
                _nest(program, action.code, action.index, text)
    return frozenset(read)


def _nest(program: Program, code: Code, index: int, text: str) -> None:
    nested = build(_inside(code, index, text), program.budget)
    program.codes.append(nested)
    program.nested.append((nested, code, index))


def _text_run(program: Program, folder: Folder, action: Action) -> str:
    if action.act is not Act.RUN_TEXT or action.given.start >= len(action.code):
        return ""
    return _packed(program, folder, action) or _text(folder, action.code, action.given)


def _inside(code: Code, index: int, text: str) -> Source:
    place = code.place(index)
    return Source(place.file, text, place.line, place.column, fixed=True)


def _text(folder: Folder, code: Code, given: Span) -> str:
    """The last argument that is a constant text: of `Function` the body comes last."""
    if code.text(given.start - 1) != "(":
        value, _end = folder.sum_at(code, given.start)
        return value if isinstance(value, str) else ""
    is_body = code.text(given.start - 2) == "Function"
    values = folder.arguments(code, given.start - 1)
    wanted = values[-1:] if is_body else values[:1]
    return wanted[0] if wanted and isinstance(wanted[0], str) else ""


def text_at(folder: Folder, code: Code, index: int) -> Source | None:
    """A program given as a text where an expression begins."""
    value, _end = folder.sum_at(code, index)
    return _inside(code, index, value) if isinstance(value, str) and value else None


def _packed(program: Program, folder: Folder, action: Action) -> str:
    """What `eval(function(p,a,c,k,e,d){...}(payload, base, count, words.split("|")))` runs."""
    code, start = action.code, action.given.start
    if code.text(start) == "(":
        start += 1
    if code.text(start) != "function" or code.text(start + 1) != "(":
        return ""
    body = code.skip(start + 1)
    call = code.skip(body) if code.text(body) == "{" else body
    if code.text(call) == ")":
        call += 1
    given = folder.arguments(code, call)
    match given[:4]:
        case [str() as payload, int() as radix, int() as count, [*words]] if 2 <= radix <= 62:
            program.budget.spend(min(len(payload), 10**6))
            return _unpacked(payload, radix, count, words)
        case _:
            return ""


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _unpacked(payload: str, radix: int, count: int, words: list[object]) -> str:
    def word(found: re.Match[str]) -> str:
        number = 0
        for digit in found.group()[:8]:
            value = _DIGITS.index(digit) if digit in _DIGITS else radix
            if value >= radix:
                return found.group()
            number = number * radix + value
        is_known = number < min(count, len(words)) and isinstance(words[number], str)
        return str(words[number]) if is_known and words[number] else found.group()

    return re.sub(r"\b\w+\b", word, payload)[:1_000_000]


def hidden_signs(judged: Judged, unfolded: AbstractSet[tuple[int, int]]) -> Iterator[Sign]:
    """Where the program is hidden from readers; `unfolded` are the acts whose text was read.

    Only of programs that run on the merchant's site, or everywhere.
    """
    for code in judged.program.codes:
        if code.library:
            continue
        made_up = {name for name in code.words if _MADE_UP.fullmatch(name)}
        if len(made_up) > _MOST_MADE_UP:
            first = min(code.words[name][0] for name in made_up)
            yield Sign("F3", "hidden_code", code.place(first), is_certain=False)
    for action in judged.actions:
        key = (id(action.code), action.index)
        if action.act is Act.RUN_TEXT and key not in unfolded and _decodes(judged, action):
            yield Sign("F3", "hidden_code", action.code.place(action.index), is_certain=False)
    yield from _runs_replies(judged)


def _runs_replies(judged: Judged) -> Iterator[Sign]:
    """`fetch(...).then(eval)`: what comes from elsewhere is run as it comes."""
    for code in judged.program.codes:
        for index in code.words.get("eval", ()):
            if code.tokens.texts[index - 2 : index + 2] == ["then", "(", "eval", ")"]:
                yield Sign("F3", "hidden_code", code.place(index), is_certain=False)


def _decodes(judged: Judged, action: Action) -> bool:
    code, given = action.code, action.given
    name = code.tokens.texts[action.index]
    words = code.tokens.texts[given.start : given.end]
    if name not in {"eval", "Function", "execScript"}:
        return False
    if any(word in _DECODING for word in words) or "function" in words[:2]:
        return True
    if len(words) == 1 and code.kind(given.start) == NAME:
        # A parameter, where the file asks for something from elsewhere: it runs the reply.
        if judged.program.parameter_at(code, given.start) and _FETCHING & code.words.keys():
            return True
        values = judged.program.values_at(code, given.start)
        return any(
            word in _DECODING | _FETCHING | {"await"}
            for each in values
            for word in each.code.tokens.texts[each.span.start : each.span.end][:60]
        )
    return False


def remote_scripts(judged: Judged, *, in_pages: bool) -> Iterator[Sign]:
    """Scripts that the program loads from elsewhere into itself, and into a page if asked for."""
    for action in judged.actions:
        code = action.code
        is_script = code.tokens.texts[action.index] == "importScripts"
        is_script |= in_pages and action.tag == "script"
        if action.act is not Act.LOAD or not is_script:
            continue
        value, _end = judged.folder.sum_at(code, _first_text(code, action.given))
        if isinstance(value, str) and value.lower().startswith(("http:", "https:", "//")):
            yield Sign(
                "F3", "remote_code", code.place(action.index), is_certain=False, to=value[:200]
            )


def _first_text(code: Code, given: Span) -> int:
    if code.kind(given.start) == STRING and code.text(given.start + 1) == ",":
        return min(given.start + 2, len(code) - 1)
    return min(given.start, len(code) - 1)
