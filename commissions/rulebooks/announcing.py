"""Who is told of a published rulebook: every publisher, by letter, in their language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from commissions.enums import Dimension
from commissions.models import Rulebook, WhatIf
from commissions.rulebooks.calendar import published
from commissions.rulebooks.conditions_page import dated
from publishers.enums import LetterKind
from publishers.figures import in_own_language, money
from publishers.letters import WRITTEN_AT_ONCE, Owed, Words, worded, write_letters
from publishers.models import Publisher


@dataclass(frozen=True)
class Effect:
    """What a rulebook changes for one publisher, in cents: as booked, and under its rules."""

    before_cents: int
    after_cents: int


NO_EFFECT = Effect(0, 0)


def announce(rulebook: Rulebook, *, what_if: WhatIf | None, at: datetime) -> None:
    """Write to every publisher that is not blocked, within the publication's transaction.

    what_if: what publication rests on where the rulebook starts before `at`; its figures tell
    each publisher what changes for them.
    """
    is_retroactive = rulebook.starts_at < at
    effects = _effects(what_if) if what_if and is_retroactive else {}
    told = _Told(rulebook, what_if if is_retroactive else None, is_retroactive=is_retroactive)
    write_letters(_owed(rulebook, told, effects), at=at)


def _owed(rulebook: Rulebook, told: "_Told", effects: dict[int, Effect]) -> Iterator[Owed]:
    publishers = Publisher.objects.order_by("pk").iterator(chunk_size=WRITTEN_AT_ONCE)
    for publisher in publishers:
        effect = effects.get(publisher.pk, NO_EFFECT)
        yield Owed(
            key=f"rulebook:{rulebook.pk}:{publisher.pk}",
            publisher=publisher,
            words=partial(told.words, effect),
            kind=LetterKind.RULES,
        )


def _effects(what_if: WhatIf) -> dict[int, Effect]:
    """What a what-if found for each publisher, by its id."""
    figures = what_if.figures.filter(dimension=Dimension.PUBLISHER).exclude(key="")
    return {
        int(key): Effect(before, after)
        for key, before, after in figures.values_list("key", "before_cents", "after_cents")
    }


class _Told:
    """What is told of a rulebook: the same to all of one language for whom the same changes."""

    def __init__(self, rulebook: Rulebook, what_if: WhatIf | None, *, is_retroactive: bool) -> None:
        self._rulebook = rulebook
        self._what_if = what_if
        self._is_retroactive = is_retroactive
        self._rules = list(rulebook.rules.order_by("position"))
        superseded = published(rulebook.programme).filter(
            starts_at=rulebook.starts_at, version__lt=rulebook.version
        )
        self._supersedes = superseded.last()
        self._worded = cache(self._words)

    def words(self, effect: Effect) -> Words:
        """The letter in the active language."""
        return self._worded(str(get_language()), effect)

    def _words(self, _language: str, effect: Effect) -> Words:
        return worded("rulebook", {**self._of_rulebook(), **self._of_effect(effect)})

    def _of_rulebook(self) -> dict[str, Any]:
        book, programme = self._rulebook, self._rulebook.programme
        sentences = [in_own_language(rule, "sentence") for rule in self._rules]
        return {
            "programme": programme.name,
            "zone": programme.time_zone,
            "title": in_own_language(book, "title"),
            "starts": dated(book.starts_at, programme.time_zone),
            "supersedes": self._supersedes.version if self._supersedes else None,
            "is_retroactive": self._is_retroactive,
            "reason": book.reason,
            "sentences": [one for one in dict.fromkeys(sentences) if one],
            "address": address_of(book),
        }

    def _of_effect(self, effect: Effect) -> dict[str, Any]:
        if self._what_if is None:
            return {}
        difference = effect.after_cents - effect.before_cents
        currency = self._rulebook.programme.currency
        return {
            "effect": {
                "before": money(effect.before_cents, currency),
                "after": money(effect.after_cents, currency),
                "difference": ("+" if difference > 0 else "") + money(difference, currency),
                "changes": difference != 0,
            },
            "tried": dated(self._what_if.asked_at, self._rulebook.programme.time_zone),
        }


def address_of(rulebook: Rulebook) -> str:
    """The public page of a published rulebook, in the active language."""
    path = reverse("public:rules", args=[rulebook.programme.code, rulebook.version])
    return urljoin(settings.PERMILLE_SITE_URL, path)
