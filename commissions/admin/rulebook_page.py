"""What the page of a rulebook shows, in words, and which of its buttons there are."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commissions.admin.rulebook_standing import STANDING_LABELS, STANDING_WORDS, standing
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.operations.rulebooks import tried
from commissions.rule_words import asked, given, words_of
from commissions.rulebooks import calendar
from commissions.rulebooks.checks import Finding, Severity, findings
from publishers.admin.backoffice import page_of
from publishers.enums import Permission
from publishers.figures import in_own_language, instant, money, period, rate
from publishers.models import User

MAKES = "commissions.change_rulebook"
APPROVES = "commissions.approve_rulebook"
FEW = 5  # warnings that are shown unfolded
PERMISSION_ORDER = (Permission.PERMITTED, Permission.BY_AGREEMENT, Permission.FORBIDDEN)


def page_context(book: Rulebook, user: User | AnonymousUser, at: datetime) -> dict[str, Any]:
    """Everything the page shows of a rulebook that came by `with_calendar`."""
    return {
        "book": book,
        "own_title": in_own_language(book, "title"),
        **_head(book, at),
        **in_words(book),
        **_way(book, user, at),
        "tables": tables(book),
    }


def _head(book: Rulebook, at: datetime) -> dict[str, Any]:
    now, zone = standing(book, at), book.programme.time_zone
    taken_over_by, replaced = calendar.superseded_by(book), calendar.before(book)
    return {
        "standing": STANDING_WORDS[now],
        "standing_kind": STANDING_LABELS[now],
        "rules_during": period(book.starts_at, calendar.ends_at(book), zone),
        "superseded_by": named(taken_over_by),
        "replaces": named(replaced),
        "copied_from": named(book.copied_from),
        "asked_at": instant(book.asked_at, zone),
        "published_at": instant(book.published_at, zone),
        "took_effect_at": instant(book.took_effect_at, zone),
        "cap": money(book.cap_cents, book.programme.currency) if book.cap_cents else "",
        "referral": rate(book.referral_bp),
        "differences_url": address("admin:commissions_rulebook_differences", replaced.pk, book.pk)
        if replaced
        else "",
    }


def _way(book: Rulebook, user: User | AnonymousUser, at: datetime) -> dict[str, Any]:
    """What may be done with the rulebook, and by whom."""
    status = RulebookStatus(book.status)
    published = status == RulebookStatus.PUBLISHED
    found = [] if published else findings(book, at=at)
    retroactive = not published and book.starts_at < at
    ruling = published and calendar.superseded_by(book) is None
    return {
        "status": status.value,
        "may_make": user.has_perm(MAKES),
        "may_approve": user.has_perm(APPROVES),
        "is_asker": book.asked_by_id is not None and book.asked_by_id == user.pk,
        "can_correct": ruling,
        "can_undo": ruling and calendar.before(book) is not None,
        "findings": by_severity(found),
        "findings_count": len(found),
        "has_errors": any(one.severity == Severity.ERROR for one in found),
        "retroactive": retroactive,
        "tried": tried(book, at=at) if retroactive else None,
        "what_if_url": address("admin:commissions_rulebook_what_if", book.pk),
    }


def by_severity(found: list[Finding]) -> list[dict[str, Any]]:
    """Findings in groups: errors, warnings, notes; a group of none is left out.

    Notes are folded, and warnings where they are many.
    """
    tallies = {
        Severity.ERROR: _("errors: %(n)s"),
        Severity.WARNING: _("warnings: %(n)s"),
        Severity.NOTE: _("notes: %(n)s"),
    }
    groups = []
    for severity, tally in tallies.items():
        of_it = [one for one in found if one.severity == severity]
        if of_it:
            few = severity == Severity.WARNING and len(of_it) <= FEW
            groups.append({"severity": severity.value, "findings": of_it, "open": few,
                           "tally": tally % {"n": len(of_it)}})  # fmt: skip
    return groups


def named(book: Rulebook | None) -> str:
    """A link to a rulebook's page, by its version and title; an empty text where there is none."""
    return page_of(book, f"{book.version}. {in_own_language(book, 'title')}") if book else ""


def address(name: str, *args: object) -> str:
    """The address of a page; an empty text where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def tables(book: Rulebook) -> list[dict[str, Any]]:
    """The sets that the rulebook refers to, each with its name and its list of members."""
    codes = {
        str(condition.get("in", condition.get("not_in", "")))
        for rule in book.rules.all()
        for condition in rule.conditions
    } | set(book.cookie_lives.values_list("countries__code", flat=True))
    return [
        {"code": row.code, "link": page_of(row, in_own_language(row, "name"))}
        for row in book.programme.named_sets.filter(code__in=codes - {"", None}).order_by("code")
    ]


def in_words(book: Rulebook) -> dict[str, Any]:
    """The rules, the cookie lives and the traffic of a rulebook as rows of words."""
    words = words_of(book.programme)
    statements = book.traffic.select_related("traffic_type").order_by("traffic_type__code")
    return {
        "rules": [
            {
                "position": rule.position,
                "code": rule.code,
                "conditions": [asked(condition, words) for condition in rule.conditions],
                "gives": given(rule),
                "sentence": in_own_language(rule, "sentence"),
            }
            for rule in book.rules.order_by("position")
        ],
        "cookie_lives": [
            {
                "countries": in_own_language(life.countries, "name") if life.countries else "",
                "days": ngettext("%(n)d day", "%(n)d days", life.days) % {"n": life.days},
            }
            for life in book.cookie_lives.select_related("countries").order_by("position")
        ],
        "says_of_traffic": bool(statements),
        "traffic": [
            {
                "permission": permission.label,
                "kind": permission.value,
                "types": [
                    {
                        "name": in_own_language(one.traffic_type, "name"),
                        "condition": in_own_language(one, "note"),
                    }
                    for one in statements
                    if one.permission == permission
                ],
            }
            for permission in PERMISSION_ORDER
        ],
    }
