"""Figures of the first page that lead to their list: what waits for staff, and what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from commissions.enums import ImportState, ParkedState, RulebookStatus
from commissions.models import FeedImport, ParkedRow, Rulebook, Touch
from compliance.enums import UNDECIDED, CaseStatus
from compliance.enums import Severity as CaseSeverity
from compliance.models import Case, Moderation, Observation, ViolationPolicy
from compliance.moderation.enums import ModerationState, Severity
from compliance.watching.enums import ObservationStatus
from config.models import JobRun, RunState
from config.overdue import last_runs, overdue_runs
from publishers.admin.backoffice import list_of
from publishers.enums import RoleChangeState
from publishers.figures import NOTHING, number
from publishers.letters import ATTEMPTS
from publishers.models import Letter, RoleChange, User

# Rows are counted up to here; more is "more than".
COUNTED = 10_000
AGES = (1, 7)
# So many feeds say what is usual; fewer say nothing.
USUAL_OF, FEWEST_USUAL = 11, 3


@dataclass(frozen=True)
class Card:
    """One figure that leads somewhere. alarming: somebody should look; nothing: there is none."""

    title: str
    figure: str
    hint: str
    address: str
    alarming: bool = False
    nothing: bool = False


@dataclass(frozen=True)
class Cell:
    """A count of rows, and the list of exactly these."""

    figure: str
    address: str


def sees(user: User, label: str) -> bool:
    """Whether somebody may open the list of a model, `app.model`."""
    app, model = label.split(".")
    return user.has_perm(f"{app}.view_{model}") or user.has_perm(f"{app}.change_{model}")


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, at most `COUNTED` + 1."""
    return rows.order_by()[: COUNTED + 1].count()


def told(count: int) -> str:
    """A count as it is shown."""
    if count > COUNTED:
        return _("over %(n)s") % {"n": number(COUNTED)}
    return number(count)


def _card(title: str, rows: QuerySet[Any], hint: str, address: str) -> Card:
    count = counted(rows)
    return Card(title, told(count), hint, address, alarming=count > 0, nothing=count == 0)


# --- What waits ------------------------------------------------------------------------

Waiting = Callable[[], Card]


def waiting(user: User) -> list[Card]:
    """What waits for a person, of what this person may see; those that nothing waits in too."""
    return [card() for label, card in _waiting() if sees(user, label)]


def _waiting() -> Iterator[tuple[str, Waiting]]:
    yield from _waiting_in_compliance()
    yield "commissions.rulebook", lambda: _card(
        _("Rulebooks"), Rulebook.objects.filter(status=RulebookStatus.ASKED),
        _("wait for a second person"),
        list_of("commissions", "rulebook", status__exact=RulebookStatus.ASKED.value),
    )  # fmt: skip
    yield "commissions.rulebook", lambda: _calm(_card(
        _("Drafts"), Rulebook.objects.filter(status=RulebookStatus.DRAFT),
        _("of rulebooks, to be finished or dropped"),
        list_of("commissions", "rulebook", status__exact=RulebookStatus.DRAFT.value),
    ))  # fmt: skip
    yield "publishers.rolechange", lambda: _card(
        _("Changes of roles"), RoleChange.objects.filter(state=RoleChangeState.ASKED),
        _("wait for a second person"),
        list_of("publishers", "rolechange", state__exact=RoleChangeState.ASKED.value),
    )  # fmt: skip
    yield "commissions.parkedrow", lambda: _card(
        _("Parked rows"), ParkedRow.objects.filter(state=ParkedState.PARKED),
        _("wait to be mended"),
        list_of("commissions", "parkedrow", state__exact=ParkedState.PARKED.value),
    )  # fmt: skip
    yield "commissions.touch", lambda: _calm(_card(
        _("Waiting re-ratings"), Touch.objects.all(), _("late facts whose lines follow"),
        list_of("commissions", "touch"),
    ))  # fmt: skip


def _waiting_in_compliance() -> Iterator[tuple[str, Waiting]]:
    yield "compliance.moderation", lambda: _card(
        _("Sources"), Moderation.objects.filter(state=ModerationState.WAITING),
        _("wait to be looked at"), list_of("compliance", "moderation", waits_for="staff"),
    )  # fmt: skip
    yield "compliance.case", lambda: _card(
        _("Open cases"), Case.objects.filter(status__in=UNDECIDED),
        _("wait for a decision"), list_of("compliance", "case", work="open"),
    )  # fmt: skip
    yield "compliance.case", lambda: _card(
        _("Appeals"), Case.objects.filter(status=CaseStatus.APPEALED),
        _("wait for somebody who had no part in the decision"),
        list_of("compliance", "case", status__exact=CaseStatus.APPEALED.value),
    )  # fmt: skip
    yield "compliance.case", lambda: _card(
        _("Blocks"),
        Case.objects.filter(status__in=UNDECIDED, decision="", block_asked_by__isnull=False),
        _("wait for a second person"), list_of("compliance", "case", work="second"),
    )  # fmt: skip
    yield "compliance.violationpolicy", lambda: _card(
        _("Policies"), ViolationPolicy.objects.asked(),
        _("wait for a second person"), list_of("compliance", "violationpolicy", standing="waits"),
    )  # fmt: skip
    yield "compliance.observation", lambda: _card(
        _("Observations"), Observation.objects.filter(status=ObservationStatus.NEW),
        _("of the daily watch, to be looked at"),
        list_of("compliance", "observation", status__exact=ObservationStatus.NEW.value),
    )  # fmt: skip


def _calm(card: Card) -> Card:
    """A figure to know, which is no reason to hurry."""
    return Card(card.title, card.figure, card.hint, card.address, nothing=card.nothing)


# --- What waits, by how harmful and for how long ---------------------------------------


def sources_by_age(user: User, now: datetime) -> list[tuple[str, list[Cell]]]:
    """Sources that wait for staff: (verdict of the checks, of all ages and of each of `AGES`)."""
    if not sees(user, "compliance.moderation"):
        return []
    rounds = Moderation.objects.filter(state=ModerationState.WAITING)
    return _by_age(
        rounds, "verdict", "opened_at", now, list(reversed(Severity.choices)),
        lambda **asked: list_of("compliance", "moderation", waits_for="staff", **asked),
    )  # fmt: skip


def cases_by_age(user: User, now: datetime) -> list[tuple[str, list[Cell]]]:
    """Cases to be decided: (severity, of all ages and of each of `AGES`)."""
    if not sees(user, "compliance.case"):
        return []
    cases = Case.objects.filter(status__in=UNDECIDED)
    return _by_age(
        cases, "severity", "found_at", now, list(reversed(CaseSeverity.choices)),
        lambda **asked: list_of("compliance", "case", work="open", **asked),
    )  # fmt: skip


def _by_age(
    rows: QuerySet[Any],
    by: str,
    since: str,
    now: datetime,
    kinds: list[tuple[Any, Any]],
    address: Callable[..., str],
) -> list[tuple[str, list[Cell]]]:
    ages = {
        f"over_{days}": Count("pk", filter=Q(**{f"{since}__lte": now - timedelta(days=days)}))
        for days in AGES
    }
    found = {
        row[by]: row for row in rows.order_by().values(by).annotate(in_all=Count("pk"), **ages)
    }
    exactly = f"{by}__exact"
    return [
        (
            str(label),
            [
                Cell(number(found[kind]["in_all"]), address(**{exactly: kind})),
                *(
                    Cell(
                        number(found[kind][f"over_{days}"]),
                        address(**{exactly: kind, "since": days}),
                    )
                    for days in AGES
                ),
            ],
        )
        for kind, label in kinds
        if kind in found
    ]


# --- What is wrong ---------------------------------------------------------------------


def wrong(user: User, now: datetime) -> list[Card]:
    """What should not be so, of what this person may see; those that are well too."""
    cards: list[Card] = []
    if sees(user, "config.jobrun"):
        cards += [
            _card(_("Failed runs"), JobRun.objects.filter(state=RunState.FAILED),
                  _("of scheduled jobs: open one to read why"),
                  list_of("config", "jobrun", state__exact=RunState.FAILED.value)),
            _overdue(now),
        ]  # fmt: skip
    if sees(user, "commissions.feedimport"):
        cards += [
            _card(_("Failed imports"), FeedImport.objects.filter(state=ImportState.FAILED),
                  _("open one, and run it again"),
                  list_of("commissions", "feedimport", state__exact=ImportState.FAILED.value)),
            *_late_feed(now),
        ]  # fmt: skip
    if sees(user, "publishers.letter"):
        given_up = Letter.objects.filter(sent_at__isnull=True, attempts__gte=ATTEMPTS)
        cards.append(
            _card(_("Letters given up"), given_up, _("could not be sent: mend the address"),
                  list_of("publishers", "letter", state="failed"))
        )  # fmt: skip
    return cards


def _overdue(now: datetime) -> Card:
    late = len(overdue_runs(now))
    never = not late and not last_runs()
    hint = (
        _("No job has run yet. The command tick runs what is due.")
        if never
        else _("should have run: the clock stands still, or they fail")
    )
    figure = NOTHING if never else number(late)
    address = list_of("config", "jobrun", overdue="yes")
    return Card(_("Overdue jobs"), figure, hint, address, alarming=late > 0, nothing=not late)


def _late_feed(now: datetime) -> Iterator[Card]:
    """How long ago the last feed came, where it is known what is usual."""
    done = FeedImport.objects.filter(state=ImportState.DONE).order_by("-id")
    came = sorted(done.values_list("received_at", flat=True)[:USUAL_OF])
    if len(came) < FEWEST_USUAL:
        return
    gaps = sorted(later - earlier for earlier, later in pairwise(came))
    usual = gaps[len(gaps) // 2]
    late = now - came[-1] > 2 * usual + timedelta(hours=1)
    yield Card(
        _("Last feed"),
        timesince(came[-1], now, depth=1),
        _("ago; one usually comes every %(usual)s")
        % {"usual": timesince(now - usual, now, depth=1)},
        list_of("commissions", "feedimport", state__exact=ImportState.DONE.value),
        alarming=late,
        nothing=not late,
    )


def upload_address(user: User) -> str:
    """Where a feed is uploaded; nothing for who may not."""
    may = user.has_perm("commissions.add_feedimport")
    return reverse("admin:commissions_feedimport_upload") if may else ""
