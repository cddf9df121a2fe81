"""The first page of the back office: what there is, and what waits for somebody."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commissions import statistics
from commissions.admin.columns import STATUS_LABELS
from commissions.enums import ImportState, LineStatus, ParkedState, RulebookStatus
from commissions.models import FeedImport, ParkedRow, Rulebook, Touch
from compliance.enums import UNDECIDED
from compliance.models import Case
from compliance.moderation.queue import waiting_rounds
from config.models import JobRun, RunState
from publishers.admin.backoffice import list_of, page_of, programme_clock
from publishers.figures import instant, number

# Waiting things are counted up to here; more is "many".
COUNTED = 10_000


@dataclass(frozen=True)
class Card:
    """One figure that leads somewhere. alarming: somebody should look."""

    title: str
    figure: str
    hint: str
    address: str
    alarming: bool = False


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the front page's figures to what the index template is given."""
    if not request.user.has_perm("commissions.view_orderline"):
        return context
    with programme_clock():
        statuses = _lines_by_status()
        context |= {
            "title": _("What there is, and what waits"),
            "cards": _cards(sum(count for _status, count in statuses)),
            "statuses": [
                {
                    "label": LineStatus(status).label,
                    "kind": STATUS_LABELS[LineStatus(status)],
                    "count": number(count),
                    "address": list_of("commissions", "orderline", status=status),
                }
                for status, count in statuses
            ],
            "last_import": _last_import(),
            "upload_url": reverse("admin:commissions_feedimport_upload"),
            "load_world_url": reverse("admin:load_world") if request.user.is_superuser else "",
        }
    return context


def _lines_by_status() -> list[tuple[str, int]]:
    return [(row["status"], row["lines_sum"]) for row in statistics.by_status_of_network()]


def _cards(lines: int) -> list[Card]:
    parked = ParkedRow.objects.filter(state=ParkedState.PARKED)[:COUNTED].count()
    cases = Case.objects.filter(status__in=UNDECIDED)[:COUNTED].count()
    sources = waiting_rounds()[:COUNTED].count()
    asked = Rulebook.objects.filter(status=RulebookStatus.ASKED)[:COUNTED].count()
    touches = Touch.objects.all()[:COUNTED].count()
    failed = JobRun.objects.filter(state=RunState.FAILED)[:COUNTED].count()
    return [
        Card(_("Order lines"), number(lines), _("in the books"),
             list_of("commissions", "orderline")),
        Card(_("Parked rows"), number(parked), _("wait to be mended"),
             list_of("commissions", "parkedrow", state__exact=ParkedState.PARKED), parked > 0),
        Card(_("Open cases"), number(cases), _("wait for a decision"),
             list_of("compliance", "case"), cases > 0),
        Card(_("Sources"), number(sources), _("wait to be looked at"),
             list_of("compliance", "moderation"), sources > 0),
        Card(_("Rulebooks"), number(asked), _("wait for a second person"),
             list_of("commissions", "rulebook", status__exact=RulebookStatus.ASKED), asked > 0),
        Card(_("Waiting re-ratings"), number(touches), _("late facts whose lines follow"),
             list_of("commissions", "touch")),
        Card(_("Failed runs"), number(failed), _("of scheduled jobs"),
             list_of("config", "jobrun", state__exact=RunState.FAILED), failed > 0),
    ]  # fmt: skip


def _last_import() -> dict[str, Any] | None:
    latest = FeedImport.objects.select_related("programme").order_by("-id").first()
    if latest is None:
        return None
    return {
        "link": page_of(latest),
        "state": ImportState(latest.state).label,
        "at": instant(latest.received_at, latest.programme.time_zone),
        "rows": number(latest.rows_read),
        "parked": number(latest.rows_parked),
    }
