"""Scripts and styles that a background puts into pages by program."""

from collections.abc import Iterator

from compliance.detectors.extensions.actions import Action
from compliance.detectors.extensions.acts import Act
from compliance.detectors.extensions.contexts import Loaded, Loader
from compliance.detectors.extensions.hidden import text_at, unfold
from compliance.detectors.extensions.hosts import Patterns, Reach, reach
from compliance.detectors.extensions.judging import Judged
from compliance.detectors.extensions.program import Program, Role
from compliance.detectors.extensions.signs import Sign
from compliance.detectors.extensions.structure import Code, Span, build
from compliance.detectors.extensions.tokens import NAME, STRING


def injected(
    background: Judged, loaded: Loaded, loader: Loader, signs: list[Sign]
) -> Iterator[Judged]:
    """The programs that the background injects, judged; styles are added to the signs at once."""
    injects = [each for each in background.actions if each.act in {Act.INJECT, Act.INJECT_STYLE}]
    if not injects:
        return
    named: set[str] = set()
    entries: list[tuple[Code, Span]] = []
    for action in injects:
        reached = _reach_of(background, action)
        has_style = action.act is Act.INJECT_STYLE or "css" in _words(action)
        if has_style and reached is Reach.EXPLICIT:
            signs.append(Sign("F3", "injects_style", action.code.place(action.index)))
        if action.act is Act.INJECT_STYLE:
            continue
        program = Loaded(Program(Role.CONTENT, reached, loader.budget))
        for name in _files(background, action, loaded):
            named.add(name)
            loader.add(program, name)
        _add_texts(background, action, program.program)
        if program.program.codes:
            unfold(program.program)
            yield Judged(program.program, background.hosts, data_files=program.data)
        if reached is Reach.EXPLICIT:
            entries += _functions(background, action)
    rest = [name for name in loaded.scripts if name not in named]
    if rest:
        program = loader.program(Role.CONTENT, _reach_of_rest(background, injects), rest)
        unfold(program.program)
        yield Judged(program.program, background.hosts, data_files=program.data)
    if any({"func", "function"} & _words(each) for each in injects):
        yield _of_functions(background, entries)


def _words(action: Action) -> set[str]:
    return set(action.code.tokens.texts[action.given.start : action.given.end])


def _reach_of(background: Judged, action: Action) -> Reach:
    code = action.code
    patterns: list[str] = []
    is_pattern = False
    for index in range(action.given.start, min(action.given.end, len(code))):
        if code.kind(index) == NAME:
            is_pattern = code.tokens.texts[index] == "matches" or (
                is_pattern and code.text(index + 1) != ":"
            )
        value, _end = background.folder.sum_at(code, index) if is_pattern else (None, index)
        texts = value if isinstance(value, list) else [value]
        patterns += [
            each
            for each in texts
            if isinstance(each, str) and ("/" in each or each == "<all_urls>")
        ]
    if patterns:
        return reach(Patterns(patterns), background.hosts)
    return Reach.EXPLICIT if background.is_here(code, action.index) else Reach.EVERYWHERE


def _reach_of_rest(background: Judged, injects: list[Action]) -> Reach:
    """Files that no single injection names: as far as the farthest of them goes."""
    reaches = {_reach_of(background, each) for each in injects}
    return Reach.EXPLICIT if reaches == {Reach.EXPLICIT} else Reach.EVERYWHERE


def _files(background: Judged, action: Action, loaded: Loaded) -> list[str]:
    """Scripts of the package that an injection names, itself or by a constant."""
    spans = [(action.code, action.given)]
    for index in range(action.given.start, min(action.given.end, len(action.code))):
        if action.code.kind(index) == NAME:
            spans += [
                (each.code, each.span)
                for each in background.program.values_at(action.code, index)[:3]
            ]
    return [
        name
        for name, mentions in loaded.scripts.items()
        if any(
            code is where and span.start <= index < span.end
            for where, index in mentions
            for code, span in spans
        )
    ]


def _add_texts(background: Judged, action: Action, program: Program) -> None:
    """Programs that are injected as texts: `code: "..."`."""
    code = action.code
    for index in range(action.given.start, min(action.given.end, len(code)) - 2):
        if code.tokens.texts[index] == "code" and code.text(index + 1) == ":":
            source = text_at(background.folder, code, index + 2)
            if source:
                program.codes.append(build(source, program.budget))


def _functions(background: Judged, action: Action) -> Iterator[tuple[Code, Span]]:
    """Functions that are injected: `func: show`, or written on the spot."""
    code = action.code
    for index in range(action.given.start, min(action.given.end, len(code)) - 2):
        if code.kind(index) not in {NAME, STRING} or code.tokens.texts[index] not in {
            "func",
            "function",
        }:
            continue
        if code.text(index + 1) == ":":
            yield code, Span(index + 2, code.expression_end(index + 2, background.program.budget))
        elif code.text(index + 1) in {",", "}", "("}:
            for each in background.program.functions_at(code, index):
                yield each.code, each.span


def _of_functions(background: Judged, entries: list[tuple[Code, Span]]) -> Judged:
    """The background's codes seen as what runs in the page: those functions, and what they call."""
    shared = Program(
        Role.CONTENT,
        Reach.NONE,
        background.program.budget,
        background.program.codes,
        background.program.nested,
    )
    return Judged(
        shared,
        background.hosts,
        background.words,
        background.data_files,
        [*entries, *background.entries],
    )
