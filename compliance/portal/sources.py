"""A publisher's sources: how each stands, and all that was said of one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.admin.moderation_page import ownership
from compliance.models import Moderation
from compliance.moderation import telling
from compliance.moderation.enums import ModerationState
from compliance.moderation.operations import NotFound, Refused, answer, check_now, withdraw
from compliance.moderation.rounds import latest_runs
from compliance.moderation.standing import SourceStanding, Standing, standings
from compliance.portal import source_words as words
from compliance.portal.source_forms import WordsForm
from publishers.demands import demands_of
from publishers.figures import number
from publishers.models import Publisher, SourceStatement
from publishers.portal.pages import portal_page, show

ROUNDS = 20  # of a source, shown with what was said in them


@require_safe
@portal_page()
def sources_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Every source: what needs its publisher first."""
    rows = [(row, words.told_of(row)) for row in standings(publisher.pk, timezone.now())]
    return show(request, "sources", {"rows": rows}, here="sources")


def own_standing(publisher: Publisher, code: str, at: datetime) -> SourceStanding:
    """One's own source with how it stands; somebody else's is not found."""
    found = standings(publisher.pk, at, code=code)
    if not found:
        raise Http404
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page()
def source_page(request: HttpRequest, publisher: Publisher, code: str) -> HttpResponse:
    """All of one source; sending answers staff, asks for a look at the page, or withdraws."""
    row = own_standing(publisher, code, timezone.now())
    form = _answer_form(request.POST if request.POST.get("do") == "answer" else None)
    if request.method == "POST":
        done = _done(request, publisher, row, form)
        if done is not None:
            return done
    return show(request, "source", {**_page(row), "form": form}, here="sources")


def _answer_form(sent: Any) -> WordsForm:
    return WordsForm(_("Your answer"), _("The answer is empty: write what staff asked for."), sent)


def _done(
    request: HttpRequest, publisher: Publisher, row: SourceStanding, form: WordsForm
) -> HttpResponse | None:
    """Do what was asked for; None: the answer is shown again with what is wrong with it."""
    if row.round is None:
        raise Http404
    which: dict[str, Any] = {
        "publisher_id": publisher.pk, "moderation_id": row.round.pk, "at": timezone.now(),
    }  # fmt: skip
    asked = request.POST.get("do")
    try:
        if asked == "answer":
            if not form.is_valid():
                return None
            answer(**which, words=form.cleaned_data["words"])
            messages.success(request, _("Your answer is with the staff."))
        elif asked == "look":
            check_now(**which)
            messages.success(request, _("The page is looked at within a minute or so."))
        elif asked == "withdraw":
            withdraw(**which)
            messages.success(request, _("It is withdrawn. What was approved before stays so."))
    except NotFound as gone:
        raise Http404 from gone
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("portal:source", row.source.code)


def _page(row: SourceStanding) -> dict[str, Any]:
    source, latest = row.source, row.round
    statement = source.statements.select_related("keywords", "package").order_by("-id").first()
    runs = latest_runs(latest) if latest is not None else []
    rounds = Moderation.objects.filter(source=source).order_by("-id")
    return {
        "row": row,
        "told": words.told_of(row),
        "source": source,
        "asked": row.standing == Standing.ASKED,
        "rejected": latest is not None and latest.state == ModerationState.REJECTED,
        "is_open": row.is_open,
        "may_look": row.may_look,
        "reasons": words.reasons(row),
        "said": _said(statement, source.traffic_type.code),
        "findings": words.findings(runs),
        "passed": telling.passed(runs),
        "ownership": ownership(source, statement),
        "talk": words.talk(rounds.prefetch_related("events", "grounds")[:ROUNDS]),
    }


def _said(statement: SourceStatement | None, traffic_type: str) -> dict[str, Any] | None:
    """The statement as it was given: (label, words) of all that its type has."""
    if statement is None:
        return None
    rows = [
        (_("Name"), statement.title),
        (_("Address"), statement.url),
        (_("Audience"), statement.audience),
        (_("Countries of its readers"), ", ".join(statement.countries)),
    ]
    if demands_of(traffic_type).mailing:
        rows += [
            (_("How people subscribe"), statement.subscribe),
            (_("How people leave"), statement.leave),
            (_("A letter as you send it"), statement.sample),
        ]
    files = [one for one in (statement.keywords, statement.package) if one is not None]
    rows += [
        (
            one.get_kind_display(),
            _("%(name)s, %(size)s bytes") % {"name": one.name, "size": number(one.size)},
        )
        for one in files
    ]
    return {"given": statement.given_at, "rows": rows}
