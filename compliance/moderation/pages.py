"""The page of a source, fetched by the guarded client, judged, and kept as evidence.

The row is the work: a round whose `page_due_at` has come. Fetching happens outside any
transaction; what cannot be fetched is a finding for a person, never an error.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_noop

from compliance import preflight
from compliance.detectors.page_reading import read_page
from compliance.fetching import PICTURES, FetchRefused, GuardedClient, Outgoing, Reason
from compliance.fetching.client import Fetched
from compliance.image_references import references
from compliance.models import Moderation, PreflightRun, SourceOwnership
from compliance.moderation.approving import approve_alone
from compliance.moderation.enums import OwnershipMethod, PreflightPart
from compliance.moderation.ownership import host_of, is_provable, shown
from compliance.moderation.rounds import locked_round, settle_verdict
from compliance.preflight import told_report, worst
from compliance.two_languages import told
from publishers.models import SourceStatement
from publishers.source_material import storable

# A run holds the clock; what is left is taken up by the next ring.
PAGES_IN_A_RUN = 3
MOST_PICTURES = 4
EXCERPT = 2_000  # characters of the page's text beside its hash

NOT_FETCHED = gettext_noop("The page was not read: %(why)s Look at it yourself.")
NOT_THERE = gettext_noop("The address answers with the status %(status)s: there may be no page.")
PICTURE_NOT_FETCHED = gettext_noop("The picture was not read: %(why)s Look at it yourself.")
WHY = {
    Reason.ADDRESS: gettext_noop("its address is not a plain web address."),
    Reason.INTERNAL: gettext_noop("it leads to no public address."),
    Reason.NAME: gettext_noop("DNS does not know its name, or gave no answer."),
    Reason.CONNECTION: gettext_noop("nobody answered there, or not in a valid way."),
    Reason.TIME: gettext_noop("the site did not answer in time."),
    Reason.SIZE: gettext_noop("it is too large."),
    Reason.CONTENT: gettext_noop("it is of another type than was asked for."),
    Reason.REDIRECTS: gettext_noop("it redirects too often, or to nowhere."),
}


@dataclass
class Seen:
    """What was found at an address."""

    reports: list[dict[str, Any]]
    evidence: dict[str, Any]
    page: Fetched | None = None
    proof: tuple[OwnershipMethod, dict[str, str]] | None = field(default=None)


def client() -> GuardedClient:
    """The client of the job."""
    return GuardedClient()


def page_waits(until: datetime) -> datetime | None:
    """Since when the first page waits to be looked at."""
    waiting = Moderation.objects.filter(page_due_at__isnull=False)
    first: datetime | None = waiting.aggregate(first=Min("page_due_at"))["first"]
    return first


def check_pages(*, at: datetime) -> dict[str, int]:
    """Look at the pages that wait, at most PAGES_IN_A_RUN of them; `looked_at` says how many."""
    due = Moderation.objects.filter(page_due_at__lte=at).order_by("page_due_at", "id")
    ids = list(due.values_list("pk", flat=True)[:PAGES_IN_A_RUN])
    return {"looked_at": sum(check_page(pk, at=at) for pk in ids)}


def check_page(moderation_id: int, *, at: datetime) -> bool:
    """Look at the page of one round; whether it was looked at."""
    moderation = Moderation.objects.select_related("statement", "source__traffic_type").get(
        pk=moderation_id
    )
    statement = moderation.statement
    if statement is None or not moderation.is_open:
        return False
    owned = SourceOwnership.objects.filter(source=moderation.source).first()
    provable = is_provable(moderation.source, statement.url)
    seen = look_at(statement.url, owned.token if owned and provable else "", client(), at=at)
    with transaction.atomic():
        moderation = locked_round(moderation_id)
        if not moderation.is_open or moderation.statement_id != statement.pk:
            return False  # decided or said anew meanwhile: what was seen is of no use
        keep_page_run(moderation, moderation.statement, seen, at=at)
        _keep_proof(moderation, seen, statement.url, at=at)
        moderation.page_due_at = None
        settle_verdict(moderation)
        approve_alone(moderation, at=at)
    return True


def look_at(url: str, token: str, asking: GuardedClient, *, at: datetime) -> Seen:
    """Fetch and judge a page with its pictures; with a token, look for the proof too."""
    try:
        page = asking.fetch(Outgoing(url), at=at)
    except FetchRefused as refused:
        seen = Seen([_not_read("page", url, refused, NOT_FETCHED)], {"url": url})
    else:
        seen = Seen(list(_judged(page, asking, at)), _evidence(page), page)
    if token:
        seen.proof = shown(token, url, seen.page, asking, at=at)
    return seen


def _not_read(detector: str, url: str, refused: FetchRefused, sentence: str) -> dict[str, Any]:
    why = told(WHY[refused.reason])
    return told_report(
        detector, url, "F34" if detector == "page" else "F33", "not_fetched",
        told(sentence, why=why),
    )  # fmt: skip


def _judged(page: Fetched, asking: GuardedClient, at: datetime) -> Iterator[dict[str, Any]]:
    if page.status != 200:
        sentence = told(NOT_THERE, status=page.status)
        yield told_report("page", page.final_url, "F34", "no_page", sentence)
        return
    report, checked = preflight.examine_page(
        page.body, page.final_url, page.headers.get("content-type", "")
    )
    yield report
    known = references()
    if known:
        pictures = chain(checked.icons, checked.header_pictures)
        wanted = [one for one in dict.fromkeys(pictures) if not one.startswith("data:")]
        for url in wanted[:MOST_PICTURES]:
            try:
                picture = asking.fetch(Outgoing(url, content_types=PICTURES), at=at)
            except FetchRefused as refused:
                yield _not_read("picture", url, refused, PICTURE_NOT_FETCHED)
            else:
                if picture.status == 200:
                    yield preflight.examine_picture(picture.body, url, known)


def _evidence(page: Fetched) -> dict[str, Any]:
    read = read_page(page.body, page.final_url, page.headers.get("content-type", ""))
    return {
        "url": page.url,
        "final_url": page.final_url,
        "hops": list(page.hops),
        "status": page.status,
        "content_type": storable(page.headers.get("content-type", "")),
        "fetched_at": page.fetched_at.isoformat(),
        "bytes": len(page.body),
        "title": storable(read.title[:300]),
        "excerpt": storable(read.visible[:EXCERPT]),
    }


def keep_page_run(
    moderation: Moderation, statement: SourceStatement | None, seen: Seen, *, at: datetime
) -> None:
    """Freeze what was seen at the address of a statement."""
    page = seen.page
    PreflightRun.objects.create(
        moderation=moderation,
        statement=statement,
        part=PreflightPart.PAGE,
        at=at,
        verdict=str(worst(report["verdict"] for report in seen.reports)),
        reports=seen.reports,
        sha256=page.sha256 if page else "",
        evidence=seen.evidence,
        page_body=zlib.compress(page.body) if page else None,
    )


def _keep_proof(moderation: Moderation, seen: Seen, url: str, *, at: datetime) -> None:
    """A proof that was once seen stays, for its host, until one for another host is seen."""
    owned = SourceOwnership.objects.filter(source=moderation.source).first()
    if owned is None:
        return
    owned.checked_at = at
    if seen.proof is not None:
        owned.method, owned.evidence = seen.proof
        owned.host, owned.proven_at = host_of(url), at
    owned.save()
