"""The first steps of a publisher, each ticked from facts, until there is an order."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from commissions.models import DailyTotal
from publishers.models import Click, Publisher, Source


@dataclass(frozen=True)
class Step:
    """One thing to do. address: the page for it. is_next: the first that is not done."""

    title: str
    hint: str
    address: str
    done: bool
    is_next: bool = False


def first_steps(
    publisher: Publisher, *, has_link: Callable[[Publisher], bool] | None = None
) -> list[Step]:
    """What is done and what comes next; empty once an order is in the books.

    has_link: whether the publisher has made a link; without it, its first click shows that.
    """
    if DailyTotal.objects.filter(publisher=publisher, lines__gt=0).exists():
        return []
    has_source = Source.objects.filter(publisher=publisher).exists()
    has_click = has_source and Click.objects.filter(source__publisher=publisher).exists()
    linked = has_click or (has_source and has_link is not None and has_link(publisher))
    steps = [
        (_("Add a source"), _("A site, a channel or a mailing that buyers come from."),
         "source_new", has_source),
        (_("Make a link"), _("To a product or a page of the shop, for your source."),
         "links", linked),
        (_("The first click"), _("Somebody follows your link."), "links", has_click),
        (_("The first order"), _("It is seen here with every step of its amount."),
         "orders", False),
    ]  # fmt: skip
    first = next(number for number, step in enumerate(steps) if not step[3])
    return [
        Step(title, hint, reverse(f"portal:{name}"), done, is_next=number == first)
        for number, (title, hint, name, done) in enumerate(steps)
    ]
