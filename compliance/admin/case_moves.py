"""What staff may do with a case: each move its name, its form, who may and when it is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance import operations
from compliance.admin.case_forms import (
    AnswerTimeForm,
    MoveForm,
    ReasonForm,
    RefusalForm,
    SuspendForm,
    WordsForm,
)
from compliance.enums import ADVERSE, TRANSITIONS, CaseStatus
from compliance.models import Case
from publishers.admin.backoffice import ReadOnlyAdmin, on_the_clock, page_of, reader
from publishers.models import User

DECIDES = "compliance.change_case"
APPROVES = "compliance.approve_block"
JUDGES = "compliance.decide_appeal"


@dataclass(frozen=True)
class Press:
    """A move asked for: on which case, with what in its form, by whom and when."""

    case: Case
    given: Mapping[str, Any]
    by: User
    at: datetime

    def who_and_when(self) -> dict[str, Any]:
        return {"case_id": self.case.pk, "by": self.by, "at": self.at}


@dataclass(frozen=True)
class Move:
    """`offered` says whether the case stands so that somebody may do it at all."""

    title: Any
    effect: Any
    needs: str
    form: type[MoveForm]
    offered: Callable[[Case, User], bool]
    run: Callable[[Press], Case]
    style: str = "pm-button-plain"


def _undecided(case: Case, by: User) -> bool:
    return CaseStatus.DISMISSED in TRANSITIONS[CaseStatus(case.status)]


def _block_wanted(case: Case, by: User) -> bool:
    return _undecided(case, by) and case.block_asked_by_id is None


def _block_asked_by_another(case: Case, by: User) -> bool:
    return _undecided(case, by) and case.block_asked_by_id not in {None, by.pk}


def _block_asked_by_oneself(case: Case, by: User) -> bool:
    return _undecided(case, by) and case.block_asked_by_id == by.pk


def _decided(case: Case, by: User) -> bool:
    return case.status in ADVERSE


def _judges(case: Case, by: User) -> bool:
    return _appealed(case) and by.pk not in {case.decided_by_id, case.block_asked_by_id}


def _appealed(case: Case) -> bool:
    return case.status == CaseStatus.APPEALED


def _with_reason(operation: Callable[..., Case], **more: Any) -> Callable[[Press], Case]:
    def run(press: Press) -> Case:
        return operation(**press.who_and_when(), reason=press.given["reason"], **more)

    return run


def _plain(operation: Callable[..., Case]) -> Callable[[Press], Case]:
    return lambda press: operation(**press.who_and_when())


def _in_their_words(operation: Callable[..., Case]) -> Callable[[Press], Case]:
    def run(press: Press) -> Case:
        return operation(
            **press.who_and_when(),
            publisher_id=press.case.publisher_id,
            text=press.given["text"],
        )

    return run


def _ask_for_answer(press: Press) -> Case:
    until = press.at + timedelta(days=press.given["days"])
    return operations.ask_for_answer(**press.who_and_when(), until=until)


def _suspend(press: Press) -> Case:
    return operations.suspend_source(
        **press.who_and_when(), source_id=press.given["source"].pk, reason=press.given["reason"]
    )


MOVES: Mapping[str, Move] = {
    "approve_block": Move(
        _("Approve the block"),
        _(
            "The account is blocked at once: every earning not yet paid is deducted, and its "
            "sessions end."
        ),
        APPROVES,
        MoveForm,
        _block_asked_by_another,
        _plain(operations.approve_block),
        "",
    ),
    "refuse_block": Move(
        _("Refuse the block"),
        _("The request falls; the case stays open."),
        APPROVES,
        RefusalForm,
        _block_asked_by_another,
        _with_reason(operations.refuse_block),
    ),
    "take_back": Move(
        _("Take the request back"),
        _("The request for a block falls; the case stays open."),
        DECIDES,
        MoveForm,
        _block_asked_by_oneself,
        _plain(operations.take_back_block_request),
    ),
    "ask_answer": Move(
        _("Ask for an answer"),
        _("The publisher is told what the case is about, and until when to answer."),
        DECIDES,
        AnswerTimeForm,
        lambda case, by: case.status == CaseStatus.FOUND,
        _ask_for_answer,
    ),
    "dismiss": Move(
        _("Dismiss the case"),
        _("Nothing was broken; nothing is deducted. A dismissed case stays dismissed."),
        DECIDES,
        ReasonForm,
        _undecided,
        _with_reason(operations.dismiss_case),
    ),
    "warn": Move(
        _("Warn the publisher"),
        _("A rule was broken, and it stays at a warning. Nothing is deducted."),
        DECIDES,
        ReasonForm,
        _undecided,
        _with_reason(operations.warn_publisher),
    ),
    "suspend": Move(
        _("Suspend the source"),
        _("Orders by clicks from now on earn nothing; what came before stays."),
        DECIDES,
        SuspendForm,
        _undecided,
        _suspend,
    ),
    "ask_block": Move(
        _("Ask for a block of the account"),
        _("Nothing is taken until another person approves. The publisher reads your reason then."),
        DECIDES,
        ReasonForm,
        _block_wanted,
        _with_reason(operations.ask_block),
        "",
    ),
    "overturn": Move(
        _("Overturn the decision"),
        _("What the decision took comes back exactly, and the case is closed."),
        DECIDES,
        ReasonForm,
        _decided,
        _with_reason(operations.overturn_case),
    ),
    "uphold": Move(
        _("The publisher is right: overturn"),
        _("What the decision took comes back exactly, and the case is closed."),
        JUDGES,
        ReasonForm,
        _judges,
        _with_reason(operations.decide_appeal, is_right=True),
        "",
    ),
    "confirm": Move(
        _("The decision stands: confirm"),
        _("The appeal is turned down, and the case is closed."),
        JUDGES,
        ReasonForm,
        _judges,
        _with_reason(operations.decide_appeal, is_right=False),
    ),
    "enter_answer": Move(
        _("Enter an answer"),
        _("What the publisher wrote by letter is kept with the case."),
        DECIDES,
        WordsForm,
        lambda case, by: case.status == CaseStatus.WAITING,
        _in_their_words(operations.answer),
    ),
    "enter_appeal": Move(
        _("Enter an appeal"),
        _("What the publisher wrote by letter opens the appeal; the decision holds meanwhile."),
        DECIDES,
        WordsForm,
        _decided,
        _in_their_words(operations.appeal),
    ),
}


class CaseMoves(ReadOnlyAdmin):
    """`move_urls`: a page for each move, with its form and what it does."""

    def move_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:object_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(self.move_view),
                {"name": name},
                name=f"compliance_case_{name}",
            )
            for name in MOVES
        ]

    def offered(self, request: HttpRequest, case: Case) -> list[tuple[str, Move]]:
        """The moves that this reader may make on the case as it stands."""
        by = reader(request)
        return [
            (name, move)
            for name, move in MOVES.items()
            if request.user.has_perm(move.needs) and move.offered(case, by)
        ]

    def move_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """The form of a move; sent, the move itself, and back to the case."""
        move = MOVES[name]
        if not request.user.has_perm(move.needs):
            raise PermissionDenied
        case = self.get_object(request, str(object_id))
        if not isinstance(case, Case):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        form = move.form(request.POST if request.method == "POST" else None, case=case)
        if request.method == "POST" and form.is_valid():
            press = Press(case, form.cleaned_data, by=reader(request), at=timezone.now())
            try:
                self._made(request, move, press)
            except operations.WrongMove as wrong:
                self.message_user(request, str(wrong), messages.ERROR)
            else:
                self.message_user(request, _("Done: the case is as it stands below."))
            return redirect("admin:compliance_case_change", case.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts,
                   "title": move.title, "effect": move.effect, "form": form, "original": case,
                   "publisher": page_of(case.publisher)}  # fmt: skip
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/compliance/case/decide.html", context)
        )

    @transaction.atomic
    def _made(self, request: HttpRequest, move: Move, press: Press) -> None:
        """The move and its entry in the log, both or neither."""
        case = move.run(press)
        self.log_change(request, case, str(move.title))
