"""The buttons of a round's page: each is an operation, each is logged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import Moderation
from compliance.moderation.operations import (
    Refused,
    agree,
    approve,
    ask_back,
    ask_page_again,
    open_case_of_round,
    reject,
)
from compliance.moderation.reasons import choices
from publishers.admin.backoffice import programme_clock
from publishers.models import User

DECIDES, AGREES = "compliance.change_moderation", "publishers.add_agreement"
ACCUSES = "compliance.change_case"


@dataclass(frozen=True)
class Press:
    """A button pressed: on which round, with what in the form, by whom and when."""

    moderation: Moderation
    form: QueryDict
    by: User
    at: datetime


@dataclass(frozen=True)
class Step:
    """`needs`: the permissions; `done`: what is said afterwards.

    A step that makes a case leads to its page.
    """

    needs: tuple[str, ...]
    done: Any
    run: Callable[[Press], object]


def _approve(press: Press) -> object:
    return approve(
        moderation_id=press.moderation.pk,
        by=press.by,
        at=press.at,
        words=press.form.get("words", ""),
        seen=int(seen) if (seen := press.form.get("seen", "")).isdecimal() else 0,
    )


def _ask(press: Press) -> object:
    return ask_back(
        moderation_id=press.moderation.pk,
        by=press.by,
        at=press.at,
        words=press.form.get("words", ""),
    )


def _reject(press: Press) -> object:
    chosen = set(press.form.getlist("reasons"))
    offered = choices(press.moderation, at=press.at)
    return reject(
        moderation_id=press.moderation.pk,
        by=press.by,
        at=press.at,
        reasons=[one.reason for one in offered if one.name in chosen],
        words=press.form.get("words", ""),
        ends_approval=press.form.get("ends_approval") == "yes",
    )


def _agree(press: Press) -> object:
    start = day_of(press.form.get("valid_from", ""))
    if start is None:
        raise Refused(_("Say from which day the agreement holds."))
    return agree(
        moderation_id=press.moderation.pk,
        by=press.by,
        at=press.at,
        valid_from=start,
        valid_to=day_of(press.form.get("valid_to", "")),
        note_of_it=press.form.get("note", ""),
    )


def day_of(text: str) -> datetime | None:
    """The beginning of a day on the programme's clock. Raises Refused for what is no day."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(
            _("“%(text)s” is no day: write it as 2020-07-06.") % {"text": text}
        ) from error
    with programme_clock():
        return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _look(press: Press) -> object:
    return ask_page_again(moderation_id=press.moderation.pk, at=press.at)


def _case(press: Press) -> object:
    return open_case_of_round(
        moderation_id=press.moderation.pk,
        clause=press.form.get("clause", ""),
        by=press.by,
        at=press.at,
    )


STEPS: Mapping[str, Step] = {
    "approve": Step((DECIDES,), gettext_lazy("The source is approved."), _approve),
    "ask": Step((DECIDES,), gettext_lazy("The publisher is asked, by letter."), _ask),
    "reject": Step((DECIDES,), gettext_lazy("It is rejected, with these reasons."), _reject),
    "agree": Step((DECIDES, AGREES), gettext_lazy("The agreement is written down."), _agree),
    "look": Step(
        (DECIDES,),
        gettext_lazy("The page is looked at within a minute, and the proof whose it is."),
        _look,
    ),
    "case": Step((ACCUSES,), gettext_lazy("The case is opened: it stands below."), _case),
}
