"""A package from its manifest to what it does: every context in turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from compliance.detectors.extensions.contexts import Loaded, Loader
from compliance.detectors.extensions.exchange import Exchange, always
from compliance.detectors.extensions.hidden import hidden_signs, remote_scripts, unfold
from compliance.detectors.extensions.hosts import Hosts, Reach, reach
from compliance.detectors.extensions.injecting import injected
from compliance.detectors.extensions.judging import Judged
from compliance.detectors.extensions.manifest import (
    BrokenJsonError,
    Manifest,
    read_manifest,
    tolerant_json,
)
from compliance.detectors.extensions.packages import Package
from compliance.detectors.extensions.program import Role
from compliance.detectors.extensions.rules import rule_signs
from compliance.detectors.extensions.signs import PACKAGE, Sign
from compliance.detectors.extensions.structure import Code, Span, build
from compliance.detectors.extensions.tokens import Budget, Place, TooMuchWorkError
from compliance.detectors.extensions.triggers import message_handlers, messages_sent

# Steps for one package: some tens of seconds of work at most.
STEPS = 16_000_000
_MOST_ROUNDS = 3
_MANIFEST = "manifest.json"


def examine(package: Package, hosts: Hosts, steps: int = STEPS) -> list[Sign]:
    """Everything in the package that a clause of conduct speaks of, and what hindered the check."""
    signs: list[Sign] = []
    if _MANIFEST in package.entries:
        content = package.read(_MANIFEST)
        try:
            manifest = read_manifest(content or b"")
        except BrokenJsonError as error:
            place = Place(_MANIFEST, 1, 1)
            signs.append(Sign(PACKAGE, "broken_manifest", place, is_certain=False, to=str(error)))
        else:
            examination = Examination(manifest, Loader(package, hosts, Budget(steps)), hosts)
            try:
                examination.run()
            except (TooMuchWorkError, RecursionError):
                place = Place(_MANIFEST, 1, 1)
                signs.append(Sign(PACKAGE, "too_much_work", place, is_certain=False))
            signs += examination.signs
    signs += [
        Sign(
            PACKAGE,
            problem.step,
            Place(problem.file, 1, 1),
            is_certain=False,
            sentence=problem.sentence,
        )
        for problem in package.problems
    ]
    return list(dict.fromkeys(signs))


@dataclass
class Examination:
    """One package being read; `signs` grows as its contexts are judged."""

    manifest: Manifest
    loader: Loader
    hosts: Hosts
    signs: list[Sign] = field(default_factory=list)
    contents: list[Loaded] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    read_texts: frozenset[tuple[int, int]] = frozenset()

    def run(self) -> None:
        """Judge rules, scripts of pages, the background, and what it injects."""
        self._rules()
        self._content_scripts()
        background = self._background()
        self.pages |= set(self.manifest.pages()) | background.pages
        pages = self._page_program()
        contents = [self._prepared(loaded) for loaded in self.contents]
        self._settle_messages(contents, background, pages)
        for judged in contents:
            self._conclude(judged)
        self._conclude(pages)

    def _settle_messages(self, contents: list[Judged], loaded: Loaded, pages: Judged) -> None:
        """Judge the background by who speaks to it: the merchant's page, or the user."""
        exchange = Exchange.between(contents, pages)
        entries = exchange.handlers_of(loaded.program)
        background = self._prepared(loaded, exchange.from_merchant, entries)
        background.triggers.add(exchange.wished_in(loaded.program, self.hosts))
        background_speaks, _words = messages_sent(loaded.program, always)
        if exchange.pages_speak and not background_speaks:
            for judged in contents:
                judged.triggers.add(message_handlers(judged.program))
        self._conclude(background)
        for judged in injected(background, loaded, self.loader, self.signs):
            self._conclude(judged)

    def _rules(self) -> None:
        for name in self.manifest.rule_files():
            found = self.loader.package.find(name)
            if found is None:
                continue
            text = self.loader.text(found)
            try:
                self.signs += rule_signs(found, text, tolerant_json(text), self.hosts)
            except BrokenJsonError as error:
                place = Place(found, 1, 1)
                self.signs.append(
                    Sign(PACKAGE, "broken_manifest", place, is_certain=False, to=str(error))
                )

    def _content_scripts(self) -> None:
        by_reach: dict[Reach, Loaded] = {}
        for group in self.manifest.content_scripts():
            reached = reach(group.patterns, self.hosts)
            if reached is Reach.NONE:
                continue
            loaded = by_reach.setdefault(reached, self.loader.program(Role.CONTENT, reached, ()))
            line = self.manifest.line_of(next(iter(group.patterns.matches), ""))
            for name in group.js:
                if not self.loader.add(loaded, name) and reached is Reach.EXPLICIT:
                    place = Place(_MANIFEST, self.manifest.line_of(name), 1)
                    self.signs.append(
                        Sign(PACKAGE, "missing_script", place, is_certain=False, to=name)
                    )
            if group.css and reached is Reach.EXPLICIT:
                self.signs.append(Sign("F3", "injects_style", Place(_MANIFEST, line, 1)))
        self.contents += by_reach.values()

    def _background(self) -> Loaded:
        loaded = self.loader.program(
            Role.BACKGROUND, Reach.NONE, self.manifest.background_scripts()
        )
        page = self.loader.package.find(self.manifest.background_page())
        if self.manifest.background_page() and page:
            self._add_page(loaded, page)
        loaded.pages.discard(page or "")
        self.pages |= loaded.pages
        return loaded

    def _add_page(self, loaded: Loaded, name: str) -> None:
        page = self.loader.page(name)
        folder = name.rpartition("/")[0]
        for script in page.scripts:
            self.loader.add(loaded, script, folder)
        for source in page.inline:
            if source.text.strip():
                self.loader.add_code(loaded, build(source, self.loader.budget))
        for element in page.elements:
            address = element.attributes.get("src") or element.attributes.get("data") or ""
            if element.name in {"iframe", "img", "embed", "object"} and self._counts_clicks(
                address
            ):
                self.signs.append(
                    Sign("F35", "loads_affiliate_link", element.place, to=address[:200])
                )

    def _counts_clicks(self, address: str) -> bool:
        lowered = address.lower()
        names = (*self.hosts.brands, *self.hosts.tracking)
        return self.hosts.is_affiliate(address) and any(name in lowered for name in names)

    def _page_program(self) -> Judged:
        loaded = self.loader.program(Role.PAGE, Reach.NONE, ())
        read: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            fresh = (
                {self.loader.package.find(name) for name in self.pages | loaded.pages}
                - read
                - {None}
            )
            for name in sorted(each for each in fresh if each):
                self._add_page(loaded, name)
                read.add(name)
        return self._prepared(loaded)

    def _prepared(
        self,
        loaded: Loaded,
        words: frozenset[str] = frozenset(),
        entries: Sequence[tuple[Code, Span]] = (),
    ) -> Judged:
        self.read_texts |= unfold(loaded.program)
        return Judged(loaded.program, self.hosts, tuple(words), loaded.data, entries)

    def _conclude(self, judged: Judged) -> None:
        self.signs += judged.signs()
        if judged.program.role is Role.PAGE:
            return
        self.signs += hidden_signs(judged, self.read_texts)
        runs_in_pages = judged.program.reach is not Reach.NONE or judged.runs_here()
        self.signs += remote_scripts(judged, in_pages=runs_in_pages)
