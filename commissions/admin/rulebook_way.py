"""The steps of a rulebook's way, each a POST from its page: copied, asked for, approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.admin.rulebook_page import APPROVES, MAKES
from commissions.models import Rulebook
from commissions.operations.rulebooks import (
    RulebookRefused,
    approve_publication,
    ask_publication,
    copy_rulebook,
    delete_draft,
    send_back,
    take_back_request,
)
from commissions.programmes.rulebook_reading import midnight
from commissions.rulebooks import calendar
from commissions.rulebooks.files import FIRST_YEAR, LAST_YEAR
from publishers.admin.backoffice import BackOfficeAdmin, reader
from publishers.models import User


@dataclass(frozen=True)
class Press:
    """A button pressed on a rulebook's page: whose, with what in its form, by whom and when."""

    book: Rulebook
    form: QueryDict
    by: User
    at: datetime


@dataclass(frozen=True)
class Step:
    """What a button does. `run` returns the rulebook to go to; None: it is gone."""

    needs: str
    done: Any
    run: Callable[[Press], Rulebook | None]


def _copy(press: Press) -> Rulebook:
    starts_at = _start_of(press.form.get("starts", ""), ZoneInfo(press.book.programme.time_zone))
    return copy_rulebook(rulebook_id=press.book.pk, starts_at=starts_at, by=press.by, at=press.at)


def _start_of(text: str, zone: ZoneInfo) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        sentence = _("Say from which day on the copy would be in force.")
        raise RulebookRefused(sentence) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RulebookRefused(
            _("The start is in the year %(year)d: one from %(first)d to %(last)d is needed.")
            % {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return midnight(day, zone)


def _correct(press: Press) -> Rulebook:
    return copy_rulebook(
        rulebook_id=press.book.pk, starts_at=press.book.starts_at, by=press.by, at=press.at
    )


def _undo(press: Press) -> Rulebook:
    previous = calendar.before(press.book)
    if previous is None:
        raise RulebookRefused(_("No rulebook was in force before this one: correct it instead."))
    return copy_rulebook(
        rulebook_id=previous.pk, starts_at=press.book.starts_at, by=press.by, at=press.at
    )


def _ask(press: Press) -> Rulebook:
    reason = press.form.get("reason", "")
    return ask_publication(rulebook_id=press.book.pk, reason=reason, by=press.by, at=press.at)


def _approve(press: Press) -> Rulebook:
    return approve_publication(rulebook_id=press.book.pk, by=press.by, at=press.at)


def _send_back(press: Press) -> Rulebook:
    refusal = press.form.get("refusal", "")
    return send_back(rulebook_id=press.book.pk, refusal=refusal, by=press.by, at=press.at)


def _take_back(press: Press) -> Rulebook:
    if press.book.asked_by_id not in {None, press.by.pk}:
        raise RulebookRefused(
            _("%(who)s asked for this publication: send it back, and say why.")
            % {"who": press.book.asked_by}
        )
    return take_back_request(rulebook_id=press.book.pk, by=press.by, at=press.at)


def _throw_away(press: Press) -> None:
    delete_draft(rulebook_id=press.book.pk, by=press.by, at=press.at)


STEPS: Mapping[str, Step] = {
    "copy": Step(MAKES, gettext_lazy("A new draft is made, a copy."), _copy),
    "correct": Step(
        MAKES,
        gettext_lazy("A new draft with the same start is made: published, it takes the place."),
        _correct,
    ),
    "undo": Step(
        MAKES,
        gettext_lazy("A new draft is made that says what was in force before, from the same day."),
        _undo,
    ),
    "ask": Step(MAKES, gettext_lazy("Publication is asked for: another person approves."), _ask),
    "take_back": Step(
        MAKES, gettext_lazy("The request is taken back: a draft as before."), _take_back
    ),
    "throw_away": Step(MAKES, gettext_lazy("The draft is thrown away."), _throw_away),
    "approve": Step(APPROVES, gettext_lazy("The rulebook is published."), _approve),
    "send_back": Step(APPROVES, gettext_lazy("It is sent back: a draft again."), _send_back),
}


class RulebookWay(BackOfficeAdmin):
    """`way_urls`: an address for each step."""

    def way_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:object_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(self.step_view),
                {"name": name},
                name=f"commissions_rulebook_{name}",
            )
            for name in STEPS
        ]

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Take a step, and go to where it led; where it was refused, back with the sentence."""
        step = STEPS[name]
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(step.needs):
            raise PermissionDenied
        book = self.get_object(request, str(object_id))
        if not isinstance(book, Rulebook):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        press = Press(book, request.POST, by=reader(request), at=timezone.now())
        try:
            reached = self._taken(request, step, press)
        except RulebookRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:commissions_rulebook_change", object_id)
        self.message_user(request, str(step.done), messages.SUCCESS)
        if reached is None:
            return redirect("admin:commissions_rulebook_changelist")
        return redirect("admin:commissions_rulebook_change", reached.pk)

    @transaction.atomic
    def _taken(self, request: HttpRequest, step: Step, press: Press) -> Rulebook | None:
        """The step and its entry in the log, both or neither."""
        if step.run is _throw_away:
            self.log_deletions(request, Rulebook.objects.filter(pk=press.book.pk))
        reached = step.run(press)
        if reached is not None and reached.pk != press.book.pk:
            self.log_addition(request, reached, str(step.done))
        elif reached is not None:
            self.log_change(request, reached, str(step.done))
        return reached
