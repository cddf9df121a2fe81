"""Who decided, what it means, in money, and how to appeal: sentences in the active language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.enums import CaseStatus
from compliance.kinds import clause_sentence
from compliance.models import Case, StatementOfReasons
from publishers.figures import NOTHING, instant, money

_MEANING = {
    CaseStatus.DISMISSED: gettext_lazy("Nothing is held against you, and nothing changes."),
    CaseStatus.WARNED: gettext_lazy(
        "This is a warning. Nothing is deducted and your account works as before; should it happen "
        "again, the warning counts against you."
    ),
    CaseStatus.BLOCKED: gettext_lazy(
        "Your account is blocked. Every earning that was not paid out is deducted, orders that "
        "come from now on earn nothing, nothing is paid out, and open sessions are ended. You can "
        "still sign in to read this case and to appeal."
    ),
    CaseStatus.CONFIRMED: gettext_lazy("The decision stands as it was made."),
}


def clause_of(case: Case) -> str:
    """The clause that was broken, with its words where they are known; that there is none."""
    if not case.clause:
        return _(
            "No clause of the programme's conditions speaks of this: what counts are the facts "
            "named here."
        )
    words = clause_sentence(case.clause)
    if not words:
        return _("Clause: %(clause)s of the programme's conditions.") % {"clause": case.clause}
    return _("Clause %(clause)s: %(words)s") % {
        "clause": case.clause, "words": _(words),
    }  # fmt: skip


def decided_by_of(case: Case, statement: StatementOfReasons) -> str:
    """Whether the job decided or people did; people are not named."""
    if statement.automatic:
        return _("The decision was made automatically, by the policy for violations of this kind.")
    if statement.decision == CaseStatus.BLOCKED and not case.decided_alone:
        return _("The decision was made by two people: one asked for it, another approved it.")
    if case.appeal_decided_by_id is not None:
        return _(
            "The decision was made by a person who had no part in the decision appealed against."
        )
    return _("The decision was made by a person.")


def meaning_of(case: Case, statement: StatementOfReasons) -> str:
    """What the decision does to the publisher."""
    decision = CaseStatus(statement.decision)
    source = {"title": case.source.title, "code": case.source.code} if case.source else {}
    if decision == CaseStatus.SOURCE_SUSPENDED:
        return (
            _(
                "Your source “%(title)s” (%(code)s) is suspended: orders by clicks made from now "
                "on earn nothing. What it earned by clicks made before stays yours."
            )
            % source
        )
    if decision != CaseStatus.OVERTURNED:
        return str(_MEANING[decision])
    if case.decision == CaseStatus.BLOCKED:
        return _(
            "The block is undone: you get back exactly what it took, and orders that came "
            "meanwhile earn as if there had been none. Where another case blocks the account, that "
            "block stands."
        )
    if case.decision == CaseStatus.SOURCE_SUSPENDED:
        return (
            _(
                "The suspension of your source “%(title)s” (%(code)s) is undone: orders that came "
                "meanwhile earn as if there had been none."
            )
            % source
        )
    return _("The warning is withdrawn.")


def sums(moved: Mapping[str, int], otherwise: str = "") -> str:
    """Cents by currency as `12.34 EUR + 5.00 USD`. otherwise: in which nothing at all is told."""
    told = [money(cents, currency) for currency, cents in moved.items() if cents]
    currency = next(iter(moved), otherwise)
    return " + ".join(told) or (money(0, currency) if currency else NOTHING)


def money_of(statement: StatementOfReasons, currency: str) -> str:
    """What the decision itself moved: lines, and amounts without a sign, each in its currency.

    currency: in which nothing at all is told.
    """
    lines, commission, referral = abs(statement.lines), statement.commission, statement.referral
    values = {
        "n": lines,
        "commission": sums(_unsigned(commission), currency),
        "referral": sums(_unsigned(referral), currency),
    }
    moved = [statement.lines, *commission.values(), *referral.values()]
    if min(moved) < 0:
        return (
            ngettext(
                "Deducted: %(n)d order line with a commission of %(commission)s, and %(referral)s "
                "of referral credit.",
                "Deducted: %(n)d order lines with a commission of %(commission)s, and %(referral)s "
                "of referral credit.",
                lines,
            )
            % values
        )
    if max(moved) > 0:
        return (
            ngettext(
                "Given back: %(n)d order line with a commission of %(commission)s, and "
                "%(referral)s of referral credit.",
                "Given back: %(n)d order lines with a commission of %(commission)s, and "
                "%(referral)s of referral credit.",
                lines,
            )
            % values
        )
    return _("No money moves by this decision itself.")


def _unsigned(moved: Mapping[str, int]) -> dict[str, int]:
    return {currency: abs(cents) for currency, cents in moved.items()}


def appeal_of(statement: StatementOfReasons, zone: str) -> str:
    """How and until when to appeal; why there is no more."""
    if statement.appeal_until is not None:
        return _(
            "You can appeal until %(until)s (%(zone)s): on the page of this case, or by answering "
            "this letter. Say why the decision is wrong; somebody who had no part in it decides."
        ) % {"until": instant(statement.appeal_until, zone), "zone": zone}
    if statement.decision == CaseStatus.CONFIRMED:
        return _("The appeal is decided, and the case is closed.")
    return _("The case is closed.")
