"""Who brought whom, as trees: above and below one publisher, and the whole forest."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum

from publishers.figures import money
from publishers.models import Publisher
from referrals.models import Referral, ReferralCredit

# Beyond these a tree is cut, and says so.
DEEPEST = 20
MOST = 500


@dataclass
class Member:
    """One publisher in a tree.

    brought: the cents that its referrer has been credited for it so far, by currency.
    """

    publisher_id: int
    referrer_id: int | None
    code: str
    name: str
    brought: Mapping[str, int]
    blocked: bool
    referred: list["Member"] = field(default_factory=list)
    is_subject: bool = False

    @property
    def brought_told(self) -> str:
        """The same in words; empty: nothing yet."""
        return " + ".join(money(cents, currency) for currency, cents in self.brought.items())


@dataclass(frozen=True)
class Family:
    """One publisher's tree: `chain` from the topmost referrer down to it, and those below it."""

    chain: Sequence[Member]
    subject: Member
    cut: bool

    @property
    def drawn(self) -> Member:
        """The whole tree by its topmost member."""
        return self.chain[0] if self.chain else self.subject

    @property
    def is_alone(self) -> bool:
        """Nobody above, nobody below."""
        return not self.chain and not self.subject.referred


def family(publisher_id: int) -> Family:
    """Everyone above and below a publisher, in one query."""
    rows = _read("family", {"publisher": publisher_id})
    cut = len(rows) > MOST or any(abs(depth) >= DEEPEST for depth, _ in rows)
    members = {member.publisher_id: member for _, member in rows[:MOST]}
    subject = members[publisher_id]
    subject.is_subject = True
    above = {member.publisher_id for depth, member in rows if depth < 0}
    _hang(member for member in members.values() if member.publisher_id not in above)
    chain = _chain(subject, members)
    for higher, lower in pairwise([*chain, subject]):
        higher.referred = [lower]
    return Family(chain, subject, cut)


def forest(first: int = 0, roots: int = 50) -> tuple[list[Member], bool]:
    """Trees from their roots, in the order of their codes, and whether something is left out.

    first: how many trees to pass over; roots: how many to show.
    """
    starts = roots_of_forest(first, roots + 1)
    rows = _read("forest", {"roots": starts[:roots]})
    cut = len(rows) > MOST or any(depth >= DEEPEST for depth, _ in rows)
    members = {member.publisher_id: member for _, member in rows[:MOST]}
    _hang(members.values())
    return [members[start] for start in starts[:roots] if start in members], cut


def credit_received_by(publisher_id: int) -> dict[str, int]:
    """Cents that a publisher has been credited for those it brought in, by currency."""
    rows = ReferralCredit.objects.filter(referrer_id=publisher_id).order_by("programme__currency")
    summed = rows.values_list("programme__currency").annotate(cents=Sum("credited_cents"))
    return {currency: int(cents) for currency, cents in summed}


def roots_of_forest(first: int, count: int) -> list[int]:
    """Publishers who brought somebody and whom nobody brought, in the order of their codes."""
    found = Publisher.objects.filter(
        pk__in=Referral.objects.values("referrer_id"), referral__isnull=True
    ).order_by("code")
    return list(found.values_list("pk", flat=True)[first : first + count])


def _read(question: str, values: Mapping[str, Any]) -> list[tuple[int, Member]]:
    """(depth, member) of everyone that the question finds; one more than `MOST` at most."""
    text = (Path(__file__).parent / "sql" / "trees" / f"{question}.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute(text, {**values, "deepest": DEEPEST, "most": MOST + 1})
        return [
            (depth, Member(publisher, referrer, code, name, json.loads(brought), blocked))
            for depth, publisher, referrer, code, name, brought, blocked in cursor.fetchall()
        ]


def _hang(members: Iterable[Member]) -> None:
    """Hang each member under its referrer, where that one is here too."""
    here = {member.publisher_id: member for member in members}
    for member in sorted(here.values(), key=lambda one: one.code):
        if member.referrer_id in here and not member.is_subject:
            here[member.referrer_id].referred.append(member)


def _chain(subject: Member, members: Mapping[int, Member]) -> list[Member]:
    chain: list[Member] = []
    above = members.get(subject.referrer_id or 0)
    while above is not None:
        chain.insert(0, above)
        above = members.get(above.referrer_id or 0)
    return chain
