"""Everything about one round of moderation on one page: who, what, found, said, decided."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from compliance.admin.moderation_records import SEVERITY_LABELS
from compliance.kinds import clause_sentence
from compliance.models import Case, Moderation, ModerationEvent, PreflightRun
from compliance.moderation.cases import Breach, breaches, case_of
from compliance.moderation.enums import (
    ModerationMove,
    ModerationState,
    OwnershipMethod,
    PreflightPart,
    Severity,
)
from compliance.moderation.ownership import PROOF_FILE, showing
from compliance.moderation.reasons import choices
from compliance.moderation.rounds import latest_runs, standing_approval, suspended_approval
from compliance.preflight import WORST_FIRST
from compliance.two_languages import in_reader_language
from publishers.admin.backoffice import link_to, list_of, page_of
from publishers.allowances import is_agreed, is_permitted
from publishers.demands import demands_of
from publishers.figures import in_own_language, instant, number, period
from publishers.models import Agreement, Publisher, Source, SourceFile, SourceStatement
from publishers.models import TrafficPermission as Permission

STATE_LABELS = {
    ModerationState.WAITING: "warning",
    ModerationState.ASKED: "info",
    ModerationState.APPROVED: "success",
    ModerationState.REJECTED: "danger",
    ModerationState.WITHDRAWN: "default",
}
SHOWN = 20  # rows of other sources, cases and rounds
EXCERPT = 4_000  # characters of a keyword list
DETAILS = 300  # characters of what matched
# What a finding says of itself elsewhere on its row.
TOLD = {"rule", "step", "sentence", "verdict"}


def everything(moderation: Moderation, request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What the page shows, each part read once."""
    source = moderation.source
    runs = latest_runs(moderation)
    return {
        "round": moderation,
        "is_open": moderation.is_open,
        "state": ModerationState(moderation.state).label,
        "state_kind": STATE_LABELS[ModerationState(moderation.state)],
        "verdict": Severity(moderation.verdict).label,
        "verdict_kind": SEVERITY_LABELS[Severity(moderation.verdict)],
        "opened": instant(moderation.opened_at),
        "since": instant(moderation.since),
        "grounds": [in_own_language(ground, "sentence") for ground in moderation.grounds.all()],
        "source": page_of(source),
        "type": in_own_language(source.traffic_type, "name"),
        "permission": permission(source, at),
        "standing": period_of(source, at),
        "suspended": suspended_approval(source, at) is not None,
        "publisher": of_publisher(source.publisher, source),
        "said": said(moderation.statement),
        "findings": findings(runs),
        "clear": clear(runs),
        "page": page_evidence(runs),
        "page_due": moderation.page_due_at is not None,
        "ownership": ownership(source, moderation.statement),
        "agreements": agreements(source),
        "rounds": [history(one) for one in _rounds(source)],
        "approvals": approvals(source),
        "choices": [
            (one.name, clause_of(one.reason["rule"]), in_reader_language(one.reason), one.verdict)
            for one in choices(moderation, at=at)
        ]
        if moderation.is_open
        else [],
        "breaches": [breach_row(moderation, one) for one in breaches(moderation)],
        "may_accuse": request.user.has_perm("compliance.change_case"),
        "may_decide": request.user.has_perm("compliance.change_moderation"),
        "may_agree": request.user.has_perm("publishers.add_agreement"),
    }


def permission(source: Source, at: datetime) -> dict[str, Any]:
    """Whether its type may be used at an instant, and on what condition."""
    code = source.traffic_type.code
    rows = Permission.objects.in_force(at).filter(traffic_type=source.traffic_type)
    permitted = is_permitted(code, at)
    return {
        "permitted": permitted,
        "agreed": permitted or is_agreed(source.publisher_id, code, at),
        "conditions": [note for row in rows if (note := in_own_language(row, "note"))],
    }


def period_of(source: Source, at: datetime) -> str:
    """The approval that stands, empty where none does."""
    standing = standing_approval(source, at)
    return period(standing.valid_from, standing.valid_to) if standing else ""


def of_publisher(publisher: Publisher, source: Source) -> dict[str, Any]:
    """Who it is, and how it stands."""
    others = Source.objects.filter(publisher=publisher).exclude(pk=source.pk)
    cases = Case.objects.filter(publisher=publisher).order_by("-id")
    return {
        "link": page_of(publisher),
        "country": publisher.country,
        "registered": instant(publisher.registered_at),
        "blocked": publisher.blocks.filter(valid_to__isnull=True).exists(),
        "sources": [
            {"link": page_of(one), "title": one.title,
             "type": in_own_language(one.traffic_type, "name"),
             "rounds": [ModerationState(state).label for state in
                        one.moderations.order_by("-id").values_list("state", flat=True)[:3]]}
            for one in others.select_related("traffic_type")[:SHOWN]
        ],
        "all_sources": list_of("publishers", "source", q=publisher.code),
        "cases": [
            {"link": link_to("compliance", "case", case.pk, f"#{case.pk}"),
             "kind": case.get_kind_display(), "status": case.get_status_display(),
             "found": instant(case.found_at)}
            for case in cases[:SHOWN]
        ],
    }  # fmt: skip


def said(statement: SourceStatement | None) -> dict[str, Any] | None:
    """What the publisher says, and beside it what it said before where that was otherwise."""
    if statement is None:
        return None
    demands = demands_of(statement.source.traffic_type.code)
    earlier = (
        SourceStatement.objects.filter(source_id=statement.source_id, pk__lt=statement.pk)
        .order_by("-pk")
        .first()
    )
    rows = [
        (_("name"), _shown(statement, "title"), _shown(earlier, "title")),
        (_("address"), _shown(statement, "url"), _shown(earlier, "url")),
        (_("audience"), _shown(statement, "audience"), _shown(earlier, "audience")),
        (_("countries"), _countries(statement), _countries(earlier)),
    ]
    if demands.mailing:
        rows += [
            (label, _shown(statement, name), _shown(earlier, name))
            for name, label in (
                ("subscribe", _("how people subscribe")),
                ("leave", _("how people leave")),
                ("sample", _("sample letter")),
            )
        ]
    return {
        "given": instant(statement.given_at),
        "address": statement.url,
        "rows": [
            {"label": label, "now": now or "–",
             "was": before or "–" if earlier is not None and before != now else ""}
            for label, now, before in rows
        ],
        "files": [_file(one) for one in (statement.keywords, statement.package) if one],
    }  # fmt: skip


def _shown(statement: SourceStatement | None, name: str) -> str:
    return str(getattr(statement, name)) if statement is not None else ""


def _countries(statement: SourceStatement | None) -> str:
    return ", ".join(statement.countries) if statement is not None else ""


def _file(file: SourceFile) -> dict[str, Any]:
    excerpt = ""
    if file.kind == "keywords":
        excerpt = bytes(file.content)[:EXCERPT].decode("utf-8", "replace")
    earlier = SourceFile.objects.filter(source_id=file.source_id, kind=file.kind)
    return {
        "kind": file.get_kind_display(),
        **_link_of(file),
        "excerpt": excerpt,
        "cut": bool(excerpt) and file.size > EXCERPT,
        "earlier": [_link_of(one) for one in earlier.defer("content").exclude(pk=file.pk)],
    }


def _link_of(file: SourceFile) -> dict[str, str]:
    return {
        "name": file.name,
        "url": reverse("admin:compliance_moderation_file", args=[file.pk]),
        "size": number(file.size),
        "sha256": file.sha256,
        "given": instant(file.given_at),
    }


def findings(runs: list[PreflightRun]) -> list[dict[str, Any]]:
    """What the checks found, the worst first."""
    found = [
        {
            "rule": clause_of(finding["rule"]),
            "verdict": finding["verdict"],
            "label": Severity(finding["verdict"]).label,
            "kind": SEVERITY_LABELS[Severity(finding["verdict"])],
            "sentence": in_reader_language(finding["sentence"]),
            "checked": _what_was_checked(report),
            "step": finding["step"],
            "details": [
                (name, _detail(value))
                for name, value in finding.items()
                if name not in TOLD and value not in ("", None, [], {})
            ],
        }
        for run in runs
        for report in run.reports
        for finding in report["findings"]
    ]
    return sorted(found, key=lambda one: WORST_FIRST.index(one["verdict"]))


def breach_row(moderation: Moderation, breach: Breach) -> dict[str, Any]:
    """A clause that was found broken, and the case of it."""
    sentence = clause_sentence(breach.clause)
    case = case_of(moderation, breach)
    return {
        "clause": breach.clause,
        "words": _(sentence) if sentence else "",
        "kind": breach.kind.label,
        "found": number(len(breach.findings)),
        "case": page_of(case, f"#{case.pk}") if case else "",
    }


def clause_of(rule: str) -> str:
    """The number of a clause; words by which the product itself knows a reason are not shown."""
    return rule if rule[:1] == "F" and rule[1:].isdigit() else ""


def _what_was_checked(report: dict[str, Any]) -> str:
    """As it was given; a type of traffic is named by the sentence, in the reader's language."""
    return "" if report["detector"] == "permission" else str(report["checked"])[:DETAILS]


def _detail(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= DETAILS else f"{text[:DETAILS]}…"


def clear(runs: list[PreflightRun]) -> list[str]:
    """What was looked at and nothing was found in."""
    names = {
        "name": _("name"),
        "keywords": _("keyword list"),
        "mailing": _("how people subscribe and leave"),
        "package": _("extension package"),
        "page": _("the page"),
        "picture": _("pictures of the page"),
    }
    passed = [
        (report["detector"], str(report["checked"])[:DETAILS])
        for run in runs
        for report in run.reports
        if report["verdict"] == Severity.CLEAR and not report["findings"]
    ]
    return [f"{names.get(detector, detector)}: {checked}" for detector, checked in passed]


def page_evidence(runs: list[PreflightRun]) -> dict[str, Any] | None:
    """The page as it was fetched."""
    run = next((one for one in runs if one.part == PreflightPart.PAGE), None)
    if run is None:
        return None
    return {
        **run.evidence,
        "at": instant(run.at, seconds=True),
        "sha256": run.sha256,
        "moved": run.evidence.get("final_url", "") not in {"", run.evidence.get("url")},
        "kept_url": reverse("admin:compliance_moderation_evidence", args=[run.pk])
        if run.sha256
        else "",
    }


def ownership(source: Source, statement: SourceStatement | None) -> dict[str, Any]:
    """Whether it is shown whose the source is, and how it can be."""
    found = showing(source, statement)
    owned, host = found.owned, found.host
    if not found.provable:
        return {"provable": False}
    return {
        "provable": True,
        "proven": found.proven,
        "other_host": owned.host if owned and owned.host not in {"", host} else "",
        "method": OwnershipMethod(owned.method).label if owned and owned.method else "",
        "at": instant(owned.proven_at) if owned else "",
        "checked": instant(owned.checked_at) if owned else "",
        "evidence": owned.evidence.get("url") or owned.evidence.get("name", "") if owned else "",
        "token": owned.token if owned else "",
        "host": host,
        "file": PROOF_FILE,
    }


def agreements(source: Source) -> dict[str, Any]:
    """The publisher's agreements for this type."""
    rows = Agreement.objects.filter(
        publisher=source.publisher, traffic_type=source.traffic_type
    ).select_related("publisher", "traffic_type")
    return {
        "rows": [
            {"period": page_of(row, period(row.valid_from, row.valid_to)), "note": row.note}
            for row in rows
        ],
    }


def approvals(source: Source) -> list[dict[str, Any]]:
    """Every period of approval, and gaps between them as they are."""
    rows = list(source.approvals.order_by("-valid_from"))
    joined = {later.pk for later, before in pairwise(rows) if before.valid_to == later.valid_from}
    return [
        {"period": period(row.valid_from, row.valid_to), "joined": row.pk in joined,
         "suspended": instant(row.suspended_at) if row.suspended_at else "",
         "automatic": row.automatic}
        for row in rows
    ]  # fmt: skip


def _rounds(source: Source) -> list[Moderation]:
    rounds = Moderation.objects.filter(source=source).order_by("-id")
    return list(rounds.prefetch_related("events__by", "grounds")[:SHOWN])


def history(moderation: Moderation) -> dict[str, Any]:
    """What happened in a round: when, what, by whom, in which words and for which reasons."""
    return {
        "number": moderation.pk,
        "url": reverse("admin:compliance_moderation_change", args=[moderation.pk]),
        "state": ModerationState(moderation.state).label,
        "state_kind": STATE_LABELS[ModerationState(moderation.state)],
        "grounds": [in_own_language(ground, "sentence") for ground in moderation.grounds.all()],
        "events": [
            {
                "at": instant(event.at, seconds=True),
                "what": ModerationMove(event.move).label,
                "who": _who(event),
                "words": event.words,
                "reasons": [
                    (clause_of(one["rule"]), in_reader_language(one)) for one in event.reasons
                ],
            }
            for event in moderation.events.all()
        ],
    }


def _who(event: ModerationEvent) -> Any:
    if event.by_publisher:
        return pgettext("who did it", "the publisher")
    return event.by or _("by itself")
