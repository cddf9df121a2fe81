"""The first page of the back office: what waits for staff, what is wrong, how programmes do.

Everybody sees of it what their rights let them see. Every figure leads to its list, filtered so
that the list has as many rows.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commissions.admin.columns import STATUS_LABELS
from commissions.enums import ImportState
from commissions.models import FeedImport
from config.admin import front_figures
from config.admin.front_cards import (
    cases_by_age,
    sees,
    sources_by_age,
    upload_address,
    waiting,
    wrong,
)
from publishers.admin.backoffice import list_of, page_of, programme_clock
from publishers.figures import instant, number
from publishers.models import User


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the front page's figures to what the index template is given."""
    user = request.user
    if not isinstance(user, User):
        return context
    now = timezone.now()
    with programme_clock():
        context |= {
            "title": _("What waits, what is wrong, and how it goes"),
            "waiting": waiting(user),
            "tables": [
                table
                for table in (
                    {"title": _("Sources to be looked at"), "what": _("Verdict of the checks"),
                     "rows": sources_by_age(user, now)},
                    {"title": _("Cases to be decided"), "what": _("Severity"),
                     "rows": cases_by_age(user, now)},
                )
                if table["rows"]
            ],
            "wrong": wrong(user, now),
            **_books(user),
        }  # fmt: skip
        for name, quiet in (("waiting", "nothing_waits"), ("wrong", "nothing_wrong")):
            context[quiet] = all(card.nothing for card in context[name])
        context["nothing_to_see"] = not any(
            context[name] for name in ("waiting", "wrong", "programmes", "books", "imports")
        )
    return context


def _books(user: User) -> dict[str, Any]:
    lines = sees(user, "commissions.orderline")
    statuses = front_figures.lines_by_status() if lines else []
    return {
        "programmes": front_figures.programmes() if sees(user, "commissions.dailytotal") else [],
        "books": lines,
        "all_lines": number(sum(count for _status, count in statuses)),
        "all_lines_address": list_of("commissions", "orderline"),
        "statuses": [
            {
                "label": status.label,
                "kind": STATUS_LABELS[status],
                "count": number(count),
                "address": list_of("commissions", "orderline", status=status.value),
            }
            for status, count in statuses
        ],
        "imports": sees(user, "commissions.feedimport"),
        "last_import": _last_import() if sees(user, "commissions.feedimport") else None,
        "upload_url": upload_address(user),
        "load_world_url": reverse("admin:load_world") if user.is_superuser else "",
    }


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
