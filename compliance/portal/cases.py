"""A publisher's cases: what is held against it and why, its answer, and its appeal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance import operations
from compliance.enums import CaseStatus, CaseStep, ViolationKind
from compliance.models import Case
from compliance.portal.source_forms import WordsForm
from compliance.queries import awaits_answer, cases_told, may_appeal
from compliance.statements import clock_and_currency
from compliance.statements.facts import facts_of
from compliance.statements.sentences import clause_of
from publishers.figures import in_own_language
from publishers.models import Publisher, User
from publishers.portal.pages import portal_page, show

ON_A_PAGE = 50
LOOKS = {
    CaseStatus.WAITING: "warning",
    CaseStatus.DISMISSED: "good",
    CaseStatus.OVERTURNED: "good",
    CaseStatus.APPEALED: "calm",
    CaseStatus.WARNED: "warning",
}
# What goes on among staff before a decision is theirs.
_OF_STAFF = frozenset({CaseStep.BLOCK_ASKED, CaseStep.BLOCK_TAKEN_BACK, CaseStep.BLOCK_REFUSED})


@require_safe
@portal_page(while_blocked=True)
def cases_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Every case that the publisher was told of, the latest first."""
    page = Paginator(cases_told(publisher.pk), ON_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        {
            "case": case,
            "look": LOOKS.get(CaseStatus(case.status), "bad"),
            "answers": awaits_answer(case),
            "appeals": may_appeal(case, now),
        }
        for case in page
    ]
    zone, _currency = clock_and_currency()
    return show(request, "cases", {"rows": rows, "page": page, "zone": zone}, here="cases")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(while_blocked=True)
def case_page(request: HttpRequest, publisher: Publisher, number: int) -> HttpResponse:
    """One case; sending answers or appeals it, which a blocked account may too."""
    case = cases_told(publisher.pk).filter(pk=number).first()
    if case is None:
        raise Http404
    now = timezone.now()
    form = _form(case, now, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form is None:
            messages.error(request, _("This case waits for no word of yours."))
            return redirect("portal:case", case.pk)
        if form.is_valid() and _sent(request, case, form, now):
            return redirect("portal:case", case.pk)
    return show(request, "case", {**_page(case, now), "form": form}, here="cases")


def _form(case: Case, at: datetime, sent: Any) -> WordsForm | None:
    """The form that the case has for its publisher now, if it has one."""
    if awaits_answer(case):
        missing = _("The answer is empty: say what there is to say to the case.")
        return WordsForm(_("Your answer"), missing, sent)
    if may_appeal(case, at):
        missing = _("The appeal is empty: say why the decision is wrong.")
        return WordsForm(_("Why the decision is wrong"), missing, sent)
    return None


def _sent(request: HttpRequest, case: Case, form: WordsForm, at: datetime) -> bool:
    """Answer or appeal; False: it was refused, and the form says why."""
    is_answer = awaits_answer(case)
    operation = operations.answer if is_answer else operations.appeal
    user = request.user
    try:
        operation(
            case_id=case.pk,
            publisher_id=case.publisher_id,
            text=form.cleaned_data["words"],
            at=at,
            by=user if isinstance(user, User) else None,
        )
    except operations.WrongMove as refused:
        form.add_error(None, str(refused))
        return False
    said = _("Your answer is kept: a person reads it before deciding.")
    appealed = _("Your appeal is kept: somebody who had no part in the decision decides it.")
    messages.success(request, said if is_answer else appealed)
    return True


def _page(case: Case, at: datetime) -> dict[str, Any]:
    zone, currency = clock_and_currency()
    statements = list(case.statements.order_by("-made_at", "-id"))
    return {
        "case": case,
        "zone": zone,
        "currency": currency,
        "look": LOOKS.get(CaseStatus(case.status), "bad"),
        "answers": awaits_answer(case),
        "late": awaits_answer(case) and case.answer_until is not None and at > case.answer_until,
        "appeals": may_appeal(case, at),
        "facts": facts_of(case, zone),
        "clause": clause_of(case),
        "statements": [
            {"statement": one, "paragraphs": in_own_language(one, "text").split("\n\n")}
            for one in statements
        ],
        "evidence": evidence(case),
        "history": [
            {
                "at": event.at,
                "what": CaseStep(event.step).label,
                "own": event.from_publisher,
                "words": event.text,
            }
            for event in case.events.exclude(step__in=_OF_STAFF)
        ],
    }


def evidence(case: Case) -> dict[str, Any]:
    """What the publisher may see of the frozen evidence: the review, or what was found in what.

    Of other accounts, and of the signs by which traffic is watched, nothing.
    """
    frozen = case.evidence_frozen if isinstance(case.evidence_frozen, Mapping) else {}
    if case.kind != ViolationKind.REVIEW_LINK:
        found = [one for one in frozen.get("findings") or () if isinstance(one, Mapping)]
        checked = dict.fromkeys(str(one["checked"])[:200] for one in found if one.get("checked"))
        return {"checked": list(checked) if case.evidence.startswith("round:") else []}
    links = [one for one in frozen.get("links") or () if isinstance(one, Mapping)]
    return {
        "review": case.evidence,
        "product": str(frozen.get("product_id") or ""),
        "author": str(frozen.get("author") or ""),
        "text": str(frozen.get("text") or ""),
        "links": list(dict.fromkeys(str(one.get("matched", "")) for one in links)),
    }
