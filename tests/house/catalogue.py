"""The Russian catalogue, and what the code marks for it. Neither needs the gettext programs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

from tests.house.files import PROJECT, project_files

FOLDER = PROJECT / "locale" / "ru" / "LC_MESSAGES"
# Functions that mark a sentence -> which arguments are its context, singular and plural.
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_TEXT = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(({_TEXT}(?:, *{_TEXT})*)", re.DOTALL)
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d\])? )?(".*")$')

Key = tuple[str, str]  # context (or ""), sentence


@dataclass
class Entry:
    """One sentence of the catalogue as its file has it."""

    is_fuzzy: bool = False
    context: str = ""
    sentence: str = ""
    plural: str = ""
    translations: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.sentence


def entries(text: str) -> Iterator[Entry]:
    """The entries of a .po file but its head; what is obsolete is passed over."""
    for block in re.split(r"\n\s*\n", text):
        entry = _entry(block)
        if entry.sentence:
            yield entry


def _entry(block: str) -> Entry:
    entry, word = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#,") and "fuzzy" in line:
            entry.is_fuzzy = True
        found = _LINE.match(line)
        if not found:
            continue
        text = ast.literal_eval(found[2])
        begins, word = bool(found[1]), found[1] or word
        if word == "msgstr":
            if begins:
                entry.translations.append("")
            entry.translations[-1] += text
        elif word == "msgctxt":
            entry.context += text
        elif word == "msgid":
            entry.sentence += text
        else:
            entry.plural += text
    return entry


def marked() -> dict[Key, Path]:
    """Every sentence that the project's code and templates mark, with a file that does."""
    found: dict[Key, Path] = {}
    for path in (*project_files(".py"), *project_files(".html"), *project_files(".txt")):
        if path.parts[0] in {"tests", "docs"}:
            continue
        text = (PROJECT / path).read_text(encoding="utf-8")
        for key in marked_in_code(text) if path.suffix == ".py" else marked_in_template(text):
            found.setdefault(key, path)
    return found


def marked_in_code(text: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        values = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        yield from _key(name, values)


def marked_in_template(text: str) -> Iterator[Key]:
    for call in _IN_TEMPLATE.finditer(templatize(text)):
        values = [ast.literal_eval(one) for one in re.findall(_TEXT, call[2], re.DOTALL)]
        yield from _key(call[1], values)


def _key(name: str, values: list[object]) -> Iterator[Key]:
    if name not in MARKS:
        return
    context, singular, _plural = MARKS[name]
    if len(values) > singular and isinstance(values[singular], str):
        yield str(values[context]) if context is not None else "", str(values[singular])
