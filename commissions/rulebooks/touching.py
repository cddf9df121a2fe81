"""Which lines a publication touches: those that it may decide otherwise than what it supersedes."""

from django.db import connection

from commissions.engine.conditions import InSet
from commissions.engine.corrections import concerned
from commissions.engine.regions import Window
from commissions.models import Rulebook
from commissions.rulebooks import calendar
from commissions.rulebooks.membership import histories
from commissions.rulebooks.reading import engine_rulebook


def rules_touched(rulebook: Rulebook) -> list[int] | None:
    """The rules whose lines the publication of a rulebook may decide otherwise; None: any line.

    The caller holds the books, and the rulebook is not published yet. Numbers are those that
    lines name, `corrections.NO_RULE` among them for lines that no rule matched. What is said of
    traffic and referrals is left aside: the former leaves touches of its own where it is written,
    the latter decides no line.
    """
    if calendar.superseded_by(rulebook):
        return []
    superseded = calendar.published(rulebook.programme).filter(starts_at=rulebook.starts_at).last()
    if superseded is None:
        return None
    _name_rules(rulebook)
    old, new = (
        engine_rulebook(Rulebook.objects.get(pk=book.pk)) for book in (superseded, rulebook)
    )
    if (old.cap_cents, old.cookie_lives) != (new.cap_cents, new.cookie_lives):
        return None
    window = Window(rulebook.starts_at, calendar.ends_at(rulebook))
    codes = {
        condition.set_code
        for rule in (*old.rules, *new.rules)
        for condition in rule.conditions
        if isinstance(condition, InSet)
    }
    members = histories(rulebook.programme_id, codes, window)
    found = concerned(old.rules, new.rules, members, window)
    return None if found is None else sorted(found)


def _name_rules(rulebook: Rulebook) -> None:
    """Let the rules have the numbers with which they will be published."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT commissions_name_rules(%s)", [rulebook.pk])
