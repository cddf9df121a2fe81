import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from commissions.explanations import Explained
from commissions.management.programmes import add_programme_option, programme_named
from commissions.quoting import Quote, QuoteRefused, quote, quote_record
from commissions.quoting.words import quote_context
from publishers.columns import WrongCell, read_instant

# Digits alone; more of them than this are no price, however large.
_CENTS = re.compile(r"[0-9]{1,20}")
# A step that ended the matter, a figure that came out; any other is passed.
MARKS = {"stopped": "x", "reckoned": "="}


class Command(BaseCommand):
    help = "Say before a sale whether the product is affiliate, and what it would earn."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", required=True, metavar="ID")
        parser.add_argument("--country", required=True, metavar="CC", help="of delivery, as RU")
        parser.add_argument("--source", required=True, metavar="CODE")
        parser.add_argument(
            "--at", metavar="INSTANT", help="ISO-8601 with an offset (default: now)"
        )
        parser.add_argument("--price", metavar="CENTS", help="whole cents, for the commission")
        add_programme_option(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        at = _instant(options["at"]) if options["at"] is not None else timezone.now()
        try:
            quoted = quote(
                programme=programme_named(options["programme"]),
                product_id=options["product"],
                country=options["country"],
                source_code=options["source"],
                at=at,
                price_cents=None if options["price"] is None else _cents(options["price"]),
            )
        except QuoteRefused as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            text = json.dumps(quote_record(quoted), cls=DjangoJSONEncoder, ensure_ascii=False)
            self.stdout.write(text)
            return
        for line in told(quoted):
            self.stdout.write(line)


def told(quoted: Quote) -> Iterator[str]:
    """The quote as lines of text: the answer, how it comes about, what to know beside it."""
    shown = quote_context(quoted)["quote"]
    yield from _answer(shown, priced=quoted.sale.price_cents is not None)
    if shown["possibilities"]:
        yield ""
        yield _("It depends on %(facts)s:") % {"facts": shown["depends_on"]}
        for one in shown["possibilities"]:
            yield f"  - {one['when']}: {one['gives']} [{one['rule']}]"
    yield ""
    yield _("How this comes about")
    for entry in shown["steps"]:
        for rule in entry.passed_over:
            failed = ", ".join(f"{one.text} ({one.value})" for one in rule.checks if not one.holds)
            yield f"  - {rule.title}. " + _("Does not match; asked: %(asked)s") % {"asked": failed}
        yield from _step(entry.step)
    yield ""
    yield _("Known of the product")
    for label, value in shown["facts"]:
        yield f"  {label}: {value}"
    yield ""
    yield from shown["notes"]


def _step(step: Explained) -> Iterator[str]:
    yield f"  {MARKS.get(step.outcome, '+')} {step.title}. {step.text}".rstrip()
    for check in step.checks:
        yield f"      {'+' if check.holds else '-'} {check.text} ({check.value})"


def _answer(shown: dict[str, Any], *, priced: bool) -> Iterator[str]:
    rule = ": ".join(filter(None, (shown["rule"], shown["rule_sentence"])))
    verdict = ": ".join(filter(None, (shown["verdict"], shown["reason"])))
    product = " ".join(filter(None, (shown["product_id"], shown["title"])))
    no_commission = _("not known") if priced else _("needs a price")
    rows = [
        (_("Product"), product),
        (_("Affiliate product"), shown["affiliate_known"]),
        (_("Verdict"), verdict),
        (_("Rule"), rule or _("none")),
        (_("Rate"), shown["rate"] or _("not known")),
        (_("Commission"), shown["commission"] or no_commission),
    ]
    width = max(len(label) for label, _value in rows)
    for label, value in rows:
        yield f"{label:{width}}  {value}"


def _instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except WrongCell as wrong:
        raise CommandError(f'--at "{text}" is not an instant. {wrong}') from wrong


def _cents(text: str) -> int:
    if not _CENTS.fullmatch(text):
        raise CommandError(
            f'--price "{text}" is not a price: write whole cents in digits alone, such as 1250 '
            "for 12.50."
        )
    return int(text)
