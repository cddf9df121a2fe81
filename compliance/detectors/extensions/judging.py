"""What a program does on the merchant's site, and which clause that breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from compliance.detectors.extensions.actions import Action, actions_of, tag_of
from compliance.detectors.extensions.acts import Act
from compliance.detectors.extensions.folding import Folder
from compliance.detectors.extensions.hosts import AFFILIATE_PARAMETERS, Hosts, Reach, Target
from compliance.detectors.extensions.program import Program, Role
from compliance.detectors.extensions.regions import Marks, Site, sites_of
from compliance.detectors.extensions.signs import Sign
from compliance.detectors.extensions.structure import Code, Span
from compliance.detectors.extensions.targets import Targets, references_in
from compliance.detectors.extensions.tokens import NAME
from compliance.detectors.extensions.triggers import Triggers

_STARTS = frozenset({"onInstalled", "onStartup", "onAlarm", "alarms", "setInterval"})
_LINK_TAGS = frozenset({"meta", "a", "form"})


@dataclass
class Judged:
    """A program read: its acts, its texts, and which of its tokens run on the merchant's site."""

    program: Program
    hosts: Hosts
    words: Sequence[str] = ()
    data_files: Sequence[tuple[Code, int]] = ()
    # Tokens that are known to run on the merchant's site for a reason outside the program.
    entries: Sequence[tuple[Code, Span]] = ()
    triggers: Triggers = field(init=False)

    def __post_init__(self) -> None:
        self.folder = Folder(self.program)
        self.triggers = Triggers(self.program)
        self.sites: list[Site] = sites_of(self.program, self.folder, self.hosts)
        self.targets = Targets(self.program, self.hosts, self.folder)
        # Away from the merchant's site only affiliate links matter, and most programs have none.
        self._has_links = self.targets.sets_parameters or any(
            self.hosts.is_affiliate(site.text) for site in self.sites
        )
        self.actions: list[Action] = [
            action for action in actions_of(self.program) if self._counts(action)
        ]
        self._here: dict[int, bytearray] = {
            id(code): bytearray(len(code)) for code in self.program.codes
        }
        self._find_regions()

    def _counts(self, action: Action) -> bool:
        return not action.code.library

    def _find_regions(self) -> None:
        if self.program.reach is Reach.EXPLICIT:
            for code in self.program.codes:
                self._here[id(code)] = bytearray(b"\1" * len(code))
            return
        marks = Marks(self.program, self.hosts, self.sites, self.words, self.data_files)
        todo = [*self.entries, *((region.code, region.span) for region in marks.regions())]
        while todo:
            code, span = todo.pop()
            fresh = self._enter(code, span)
            todo += [(each.code, each.span) for each in references_in(self.program, code, fresh)]
            if not todo:
                todo = [
                    (nested, Span(0, len(nested)))
                    for nested, runner, index in self.program.nested
                    if self.is_here(runner, index) and 0 in self._here[id(nested)]
                ]

    def _enter(self, code: Code, span: Span) -> list[Span]:
        """Note that these tokens run on the merchant's site; those that were not known to."""
        here = self._here[id(code)]
        start, end = max(0, span.start), min(span.end, len(here))
        fresh: list[Span] = []
        while start < end:
            first = here.find(0, start, end)
            if first < 0:
                break
            after = here.find(1, first, end)
            after = end if after < 0 else after
            here[first:after] = b"\1" * (after - first)
            fresh.append(Span(first, after))
            start = after
        return fresh

    def is_here(self, code: Code, index: int) -> bool:
        """Whether a token runs on the merchant's site."""
        return bool(self._here[id(code)][index])

    def runs_here(self) -> bool:
        """Whether any of the program does."""
        return any(1 in here for here in self._here.values())

    def signs(self) -> Iterator[Sign]:
        """What the program does that a clause speaks of."""
        for action in self.actions:
            self.program.budget.spend()
            if self._has_links or self.is_here(action.code, action.index):
                yield from self._judge(action)

    def _judge(self, action: Action) -> Iterator[Sign]:
        is_content = self.program.role is Role.CONTENT
        match action.act:
            case Act.ALTER if is_content:
                yield from self._altered(action)
            case Act.RESTYLE if (
                is_content and self.program.reach is Reach.EXPLICIT and not action.own
            ):
                yield self._sign(action, "F3", "restyles_page", is_certain=False)
            case Act.POPUP | Act.ICON_POPUP if self.program.role is not Role.PAGE:
                yield from self._opened(action)
            case Act.REDIRECT if self.program.role is not Role.PAGE:
                yield from self._redirected(action)
            case Act.RELINK if is_content:
                yield from self._relinked(action)
            case Act.LOAD:
                yield from self._loaded(action)
            case Act.COOKIE:
                yield from self._cookie(action)
            case _:
                return

    def _sign(
        self, action: Action, rule: str, step: str, *, is_certain: bool = True, to: str = ""
    ) -> Sign:
        return Sign(rule, step, action.code.place(action.index), is_certain=is_certain, to=to)

    def _altered(self, action: Action) -> Iterator[Sign]:
        if not self.is_here(action.code, action.index) or action.own:
            return
        if self._carries_redirect(action):
            return
        yield self._sign(action, "F3", "alters_page")
        target, text = self.targets.of(action.code, action.given)
        words = " ".join(action.code.tokens.texts[action.given.start : action.given.end]).lower()
        if target is Target.AFFILIATE and ("<iframe" in words or "<img" in words):
            yield self._sign(action, "F35", "loads_affiliate_link", to=text)

    def _carries_redirect(self, action: Action) -> bool:
        """Whether what is put into the page is an unseen link, form or refresh: judged by F4."""
        if (
            action.given.end - action.given.start != 1
            or action.code.kind(action.given.start) != NAME
        ):
            return False
        name = action.code.tokens.texts[action.given.start]
        values = self.program.values_at(action.code, action.given.start)
        tags = {tag_of(each.code, each.span) for each in values}
        if not tags or not tags <= _LINK_TAGS:
            return False
        if tags == {"meta"}:
            return True
        words = action.code.tokens.texts
        return any(
            words[index + 1 : index + 3]
            in ([".", "click"], [".", "submit"], [".", "dispatchEvent"])
            for index in action.code.words.get(name, ())
        )

    def _is_own_wish(self, action: Action, target: Target) -> bool:
        """Whether the user wished it. A click on the merchant's page wishes no partner's link."""
        code, index = action.code, action.index
        if (
            target is Target.AFFILIATE
            and self.program.role is Role.CONTENT
            and self.is_here(code, index)
        ):
            return self.triggers.is_asked(code, index)
        return self.triggers.by_wish(code, index)

    def _opened(self, action: Action) -> Iterator[Sign]:
        target, text = self.targets.of(action.code, action.given)
        if self._is_own_wish(action, target):
            return
        if self.triggers.by_wish(action.code, action.index):
            yield self._sign(action, "F4", "redirects", to=text)
            return
        if self.is_here(action.code, action.index):
            if action.act is Act.ICON_POPUP:
                yield self._sign(action, "F3", "opens_icon_popup", is_certain=False)
                return
            yield self._sign(action, "F3", "opens_popup", to=text)
            if target is Target.AFFILIATE:
                yield self._sign(action, "F4", "redirects", to=text)
        elif target is Target.AFFILIATE and self._is_merchants(text):
            yield self._unasked(action, text)

    def _unasked(self, action: Action, text: str) -> Sign:
        statement = action.code.statement(action.index, self.program.budget)
        words: set[str] = set(action.code.tokens.texts[max(0, statement.start) : statement.end])
        for scope in action.code.scopes(action.index):
            if scope >= 0:
                first = action.code.functions[scope].first
                words |= set(action.code.tokens.texts[max(0, first - 8) : first])
        if _STARTS & words:
            return self._sign(action, "F35", "visits_unasked", to=text)
        return self._sign(action, "F4", "redirects", to=text)

    def _is_merchants(self, text: str) -> bool:
        """Whether an affiliate link is one of the merchant's, or the network's own."""
        lowered = text.lower()
        return any(name in lowered for name in (*self.hosts.brands, *self.hosts.tracking))

    def _redirected(self, action: Action) -> Iterator[Sign]:
        target, text = self.targets.of(action.code, action.given)
        words = set(action.code.tokens.texts[action.given.start : action.given.end])
        if "addOrReplaceParams" in words and words & AFFILIATE_PARAMETERS:
            target, text = Target.AFFILIATE, min(words & AFFILIATE_PARAMETERS) + "="
        if self._is_own_wish(action, target):
            return
        if not self.is_here(action.code, action.index):
            if target is Target.AFFILIATE and self._is_merchants(text):
                yield self._unasked(action, text)
            return
        if target is Target.UNKNOWN:
            known = self._affiliate_text()
            target, text = (Target.AFFILIATE, known) if known else (target, text)
        if target is Target.AFFILIATE:
            yield self._sign(action, "F4", "redirects", to=text)
        elif target is Target.ELSEWHERE:
            yield self._sign(action, "F4", "leads_to_own_site", is_certain=False, to=text)
        elif target is Target.UNKNOWN:
            yield self._sign(action, "F4", "leads_somewhere", is_certain=False)

    def _affiliate_text(self) -> str:
        """An affiliate link that the program itself holds."""
        return next(
            (
                site.text[:200]
                for site in self.sites
                if self.hosts.is_affiliate(site.text)
                and not self.triggers.by_wish(site.code, site.index)
            ),
            "",
        )

    def _relinked(self, action: Action) -> Iterator[Sign]:
        target, text = self.targets.of(action.code, action.given)
        if target is not Target.AFFILIATE:
            return
        if action.own and not self._is_used_to_leave(action):
            return
        if self.is_here(action.code, action.index) or self._is_merchants(text):
            yield self._sign(action, "F4", "redirects" if action.own else "rewrites_links", to=text)

    def _is_used_to_leave(self, action: Action) -> bool:
        """Whether a link, form or refresh that the program made itself is also set off by it."""
        if action.tag == "meta":
            return True
        code, head = action.code, action.index - 2
        name = code.tokens.texts[head] if head >= 0 else ""
        words = code.tokens.texts
        return any(
            words[index + 1 : index + 3]
            in ([".", "click"], [".", "submit"], [".", "dispatchEvent"])
            and not self.triggers.by_wish(code, index)
            for index in code.words.get(name, ())
        )

    def _loaded(self, action: Action) -> Iterator[Sign]:
        if self.triggers.by_wish(action.code, action.index):
            return
        target, text = self.targets.of(action.code, action.given)
        is_link = target is Target.AFFILIATE and "//" in text
        if is_link and (self.is_here(action.code, action.index) or self._is_merchants(text)):
            yield self._sign(action, "F35", "loads_affiliate_link", to=text)

    def _cookie(self, action: Action) -> Iterator[Sign]:
        code = action.code
        if not self.is_here(code, action.index):
            return
        words = " ".join(code.tokens.texts[action.given.start : action.given.end]).lower()
        target, text = self.targets.of(code, action.given)
        names_partner = target is Target.AFFILIATE or any(
            name in words for name in ("aff", "aeu_cid", "xman_t", "tracking", "partner")
        )
        if names_partner:
            yield self._sign(action, "F35", "sets_cookie", to=text)
