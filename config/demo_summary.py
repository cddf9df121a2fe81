"""The demo's summary: what the books hold, and where to look, for one who sees it first."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.urls import reverse

from commissions.enums import RulebookStatus
from commissions.models import FeedImport, Rulebook
from compliance.enums import CaseStatus
from compliance.models import Case, Moderation
from config import demo_figures as figures
from config.demo_figures import Totals, amount, day_of
from config.demo_login import Login
from publishers.admin.backoffice import list_of

WIDTH = 96
REASONS = 8  # shown in the summary; the back office counts them all


def summary(address: str, logins: Sequence[Login]) -> Iterator[str]:
    """The whole summary, line by line."""
    first, last = figures.first_and_last_day()
    yield from _heading(f"What became of the orders of {first} - {last}")
    yield from _totals_table("Status", figures.by_status())
    yield from _heading("By the rules in force on the day of the order")
    yield from _totals_table("Rulebook", figures.by_rulebook())
    yield from _heading("Why some lines earn nothing")
    yield from _reasons()
    yield from _heading("Referral credit: 5 % of what those brought in have confirmed")
    yield from _referrals()
    yield from _heading("Blocked for links in product reviews")
    yield from _blocks()
    yield from _heading("Rows of the feed that could not be read, and wait for a person")
    yield from _parked()
    yield from _heading("Do the books agree?")
    yield from _verified()
    yield from _heading("Where to look")
    yield from where_to_look(address, logins)


def where_to_look(address: str, logins: Sequence[Login]) -> Iterator[str]:
    """Pages worth opening, and how to get in."""
    pages = [(what, f"http://{address}{path}") for what, path in _pages()]
    width = max(len(what) for what, _ in pages)
    yield from (f"  {what:{width}}  {where}" for what, where in pages)
    yield ""
    for login in logins:
        yield f"  User      {login.name}"
        yield f"  Password  {login.password_told}"
    yield "  The first two are staff: a change of rules that one asks for, the other approves."
    yield "  The webmaster is a publisher's person, and sees the publishers' pages."
    yield "  The demo asks for no second factor. It is for this machine alone."


def _pages() -> Iterator[tuple[str, str]]:
    yield "The front page", reverse("admin:index")
    for what, line in figures.telling_lines():
        yield f"Why this amount: {what}", _page("commissions_orderline", line.pk)
    for case in figures.blocked_cases():
        if case.status == CaseStatus.BLOCKED:
            yield "The blocked publisher", _page("publishers_publisher", case.publisher.pk)
            yield "The case, and its evidence", _page("compliance_case", case.pk)
        else:
            yield "The block that was undone", _page("compliance_case", case.pk)
    yield "Sources that wait to be looked at", list_of("compliance", "moderation")
    for waiting in Moderation.objects.filter(source__traffic_type__code="toolbars_plugins")[:1]:
        yield "An extension that breaks the rules", _page("compliance_moderation", waiting.pk)
    yield "The rows that wait", list_of("commissions", "parkedrow")
    latest = FeedImport.objects.order_by("-pk").first()
    yield "The files imported", list_of("commissions", "feedimport")
    if latest is not None:
        yield "The last of them", _page("commissions_feedimport", latest.pk)
    yield "Who brought whom", reverse("admin:referrals_referral_draw")
    yield "The dated rulebooks", list_of("commissions", "rulebook")
    draft = Rulebook.objects.filter(status=RulebookStatus.DRAFT).order_by("-version").first()
    if draft is not None:
        yield "A draft of the rules, to edit", _page("commissions_rulebook", draft.pk)
        for tried in draft.what_ifs.order_by("-pk")[:1]:
            yield "What it would have done", _page("commissions_whatif", tried.pk)
    yield "What publishers read of the rules", "/en/programmes/aliexpress/"
    yield "A publisher's own pages (a webmaster's)", "/en/my/"
    yield "What the clock did", list_of("config", "jobrun")


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


# --- Sections --------------------------------------------------------------------------


def _heading(words: str) -> Iterator[str]:
    yield ""
    yield words
    yield "-" * len(words)


def _totals_table(first: str, rows: Iterable[Totals]) -> Iterator[str]:
    every = list(rows)
    yield f"  {first:44}{'Lines':>8}{'Sales, USD':>18}{'Commission, USD':>18}"
    for row in [*every, figures.grand_total(every)]:
        yield (
            f"  {row.name:44}{row.lines:>8,}{amount(row.sales_cents):>18}"
            f"{amount(row.commission_cents):>18}"
        )


def _reasons() -> Iterator[str]:
    reasons = figures.by_reason()
    yield from (f"  {count:>6,}  {sentence}" for sentence, count in reasons[:REASONS])
    rest = reasons[REASONS:]
    if rest:
        yield f"  {sum(count for _, count in rest):>6,}  for {len(rest)} other reasons"


def _referrals() -> Iterator[str]:
    rows = figures.referral_credits()
    yield f"  {'Referrer':44}{'Brought in':>12}{'Credit, USD':>16}"
    yield from (f"  {name:44}{count:>12,}{amount(cents):>16}" for name, count, cents in rows)
    count, cents = sum(row[1] for row in rows), sum(row[2] for row in rows)
    yield f"  {'Together':44}{count:>12,}{amount(cents):>16}"


def _blocks() -> Iterator[str]:
    for case in figures.blocked_cases():
        yield from _block(case)


def _block(case: Case) -> Iterator[str]:
    taken = figures.moved_by_block(case)
    referral = getattr(case.publisher, "referral", None)
    yield f"  {case.publisher.name}"
    if case.decided_at is not None:
        yield _dated(case.decided_at, f"blocked: the review {case.evidence} carries this link,")
    yield from (_under(link["matched"]) for link in case.evidence_frozen["links"])
    yield _under(f"{amount(taken.own_cents)} USD deducted")
    if referral is not None and taken.referrer_cents:
        yield _under(
            f"{amount(taken.referrer_cents)} USD of credit taken from {referral.referrer.name}, "
            "who brought the account in"
        )
    if case.appealed_at is not None:
        yield _dated(case.appealed_at, "appeals:")
        yield from _wrapped(f"“{figures.words_of_appeal(case)}”")
    if case.overturned_at is not None:
        yield from _reinstated(case, case.overturned_at)


def _reinstated(case: Case, at: datetime) -> Iterator[str]:
    back = figures.moved_by_reinstatement(case)
    yield _dated(at, f"{case.appeal_decided_by}, who had no part in the block, undoes it:")
    yield from _wrapped(case.appeal_reason)
    yield _under(f"{amount(back.own_cents)} USD came back, what arrived meanwhile included")
    if back.referrer_cents:
        yield _under(f"{amount(back.referrer_cents)} USD of credit came back to the referrer")


def _wrapped(words: str) -> Iterator[str]:
    return map(_under, textwrap.wrap(words, WIDTH - len(_under(""))))


def _dated(at: datetime, words: str) -> str:
    return f"    {day_of(at):11}  {words}"


def _under(words: str) -> str:
    return f"    {'':11}  {words}"


def _parked() -> Iterator[str]:
    rows = figures.parked_rows()
    for row in rows:
        yield f"  {row.feed_import.file_name}, row {row.row}"
        yield from (f"      {line}" for line in textwrap.wrap(row.reason, WIDTH - 6))
    yield f"  Waiting: {len(rows)}. Mended in the back office, a row is booked like any other."


def _verified() -> Iterator[str]:
    said = figures.what_verify_books_says()
    checked = [line for line in said if line.startswith("ok")]
    yield f"  {len(checked)} checks passed."
    yield from (f"  {line}" for line in said if not line.startswith("ok"))
