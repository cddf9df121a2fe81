"""The programs of a package: which files run together, in which context, on which pages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from compliance.detectors.extensions.hosts import Hosts, Reach
from compliance.detectors.extensions.manifest import text_of
from compliance.detectors.extensions.packages import Package
from compliance.detectors.extensions.pages import Page, read_page
from compliance.detectors.extensions.program import Program, Role
from compliance.detectors.extensions.structure import Code, build
from compliance.detectors.extensions.tokens import STRING, Budget, Source

_SCRIPTS = (".js", ".mjs", ".cjs")
_PAGES = (".html", ".htm", ".xhtml")
_LARGEST_DATA = 400_000
_MOST_FILES = 400
# What a library says of itself at its head. One that speaks to the browser, or names hosts that
# matter here, is read like any other file.
_LIBRARY = re.compile(
    r"(?i)(?:/\*[!*]|//|@license|@preserve)[^\n]{0,80}\n?[^\n]{0,60}\b(?:jquery|zepto|react|vue|angular|preact|lodash|underscore|"
    r"moment|day\.?js|bootstrap|d3|chart|handlebars|mustache|axios|dompurify|sizzle|backbone|knockout|popper|"
    r"tippy|select2|purify|crypto-?js|fuse|hammer|mithril|polyfill)\b[^\n]{0,60}(?:v?\d+\.\d+|library|licen)"
)
_SHORTEST_LIBRARY = 4000
_SPEAKS = re.compile(r"\b(?:chrome|browser)\s*\.\s*(?:tabs|runtime|webRequest|storage)\b")


@dataclass
class Loader:
    """Reads files of a package into codes, each once."""

    package: Package
    hosts: Hosts
    budget: Budget
    _codes: dict[str, Code] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of an entry; empty where it cannot be read (the package notes why)."""
        if name not in self._texts:
            content = self.package.read(name)
            self._texts[name] = text_of(content) if content else ""
        return self._texts[name]

    def code(self, name: str) -> Code:
        if name not in self._codes:
            text = self.text(name)
            self._codes[name] = build(Source(name, text), self.budget)
            self._codes[name].library = self._is_library(text)
        return self._codes[name]

    def _is_library(self, text: str) -> bool:
        if len(text) < _SHORTEST_LIBRARY or not _LIBRARY.search(text[:1500]):
            return False
        speaks_of = any(name in text.lower() for name in (*self.hosts.brands, *self.hosts.tracking))
        return not speaks_of and not _SPEAKS.search(text)

    def page(self, name: str) -> Page:
        if name not in self._pages:
            self._pages[name] = read_page(name, self.text(name))
        return self._pages[name]

    def program(self, role: Role, reach: Reach, names: Iterable[str]) -> "Loaded":
        """The program that begins with these files, and every file that they name."""
        loaded = Loaded(Program(role, reach, self.budget))
        for name in names:
            self.add(loaded, name)
        return loaded

    def add(self, loaded: "Loaded", name: str, folder: str = "") -> bool:
        """Add a file and what it names; whether the package has it."""
        found = self.package.find(name, folder)
        if found is None:
            return False
        if found in loaded.names or len(loaded.names) > _MOST_FILES:
            return True
        loaded.names.add(found)
        self.add_code(loaded, self.code(found))
        return True

    def add_code(self, loaded: "Loaded", code: Code) -> None:
        """Add a code, and the files that its texts name."""
        loaded.program.codes.append(code)
        folder = code.source.file.rpartition("/")[0]
        for index, text in _texts_of(code):
            lowered = text.lower().split("?")[0]
            if lowered.endswith(_SCRIPTS):
                self._script(loaded, code, index, text, folder)
            elif lowered.endswith(_PAGES):
                found = self.package.find(text, folder)
                if found:
                    loaded.pages.add(found)
            elif lowered.endswith(".json"):
                self._data(loaded, code, index, self.package.find(text, folder))

    def _script(self, loaded: "Loaded", code: Code, index: int, text: str, folder: str) -> None:
        if loaded.program.role is not Role.BACKGROUND or _is_import(code, index):
            self.add(loaded, text, folder)
        elif found := self.package.find(text, folder):
            # What a background names otherwise, it puts into pages.
            loaded.scripts.setdefault(found, []).append((code, index))

    def _data(self, loaded: "Loaded", code: Code, index: int, name: str | None) -> None:
        """Lists of shops and links that a program reads from a file count as its own constants."""
        if (
            name is None
            or name == "manifest.json"
            or self.package.entries[name].file_size > _LARGEST_DATA
        ):
            return
        text = self.text(name)
        lowered = text.lower()
        if not any(brand in lowered for brand in self.hosts.brands):
            return
        loaded.data.append((code, index))
        if name not in loaded.names:
            loaded.names.add(name)
            loaded.program.codes.append(build(Source(name, text), self.budget))


@dataclass
class Loaded:
    """A program with what its files name: pages, scripts for pages, lists."""

    program: Program
    names: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    scripts: dict[str, list[tuple[Code, int]]] = field(default_factory=dict)
    data: list[tuple[Code, int]] = field(default_factory=list)


def _texts_of(code: Code) -> Iterator[tuple[int, str]]:
    for index, kind in enumerate(code.tokens.kinds):
        if kind == STRING and 3 < len(code.tokens.texts[index]) < 300:
            yield index, code.tokens.texts[index]


def _is_import(code: Code, index: int) -> bool:
    """Whether a text names a module or script that joins this very program."""
    before = code.text(index - 1)
    if before in {"from", "import"}:
        return True
    opener = code.openers[index]
    return opener > 0 and code.text(opener - 1) in {"importScripts", "import", "require", "Worker"}
