"""No page of the back office speaks English to somebody who reads Russian."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils.text import capfirst
from selectolax.lexbor import LexborHTMLParser

from commissions.models import FeedImport, Programme
from commissions.operations.feed import import_file, receive_feed
from compliance.admin.case_moves import MOVES
from compliance.enums import CaseStatus
from compliance.moderation.operations import apply_source, check_pages
from config.unfold import UNFOLD
from publishers.models import Publisher
from publishers.source_material import Material
from tests.backoffice import NOW, facts, order, superuser, take
from tests.cases import case_in
from tests.compliance.watching.clicked import clicks, orders, watched
from tests.house.catalogue import FOLDER, entries
from tests.one_of_each import one_of_each
from tests.sources import REDIRECTS, mailing, page, site, the_web, toolbar

pytestmark = pytest.mark.django_db

# Pages of one kind that are looked at, with their own address and with a filter.
OF_EACH_KIND, OF_EACH_FILTER = 2, 0
DOWNLOADS_AND_LEAVING = re.compile(r"/export/$|\.xlsx$|\.csv$|/file/\d+/$|/logout/")
NOT_PROSE = ("script", "style", "code", "pre", "textarea")
# Marked as data or as English, and the names of pictures.
LEFT_OUT = "[lang=en], [translate=no], [class*=field-name_en], .material-symbols-outlined"
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
WORD = r"[A-Za-z][a-z’']*"
THREE_WORDS = re.compile(rf"(?<![\w./@-]){WORD}(?:[,;:]? {WORD}){{2,}}(?![\w/@-])")
QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
# What people have written, or files name; each with its reason.
DATA = {
    "Ads in search": "the title of a source",
    "Deals of the day": "the title of a source",
    "People fill the form on our site and confirm by a link in the first letter.": "of a publisher",
    "Write to our manager.": "of a publisher",
    "Payment Completed, Buyer Confirmed Receipt, Completed Settlement, Invalid": "the merchant's",
    "Seen and weighed.": "a reason that staff wrote",
    "Nothing in it.": "a reason that staff wrote",
    "No.": "what a publisher wrote",
    "Rates by category": "the English title of a rulebook, told beside the Russian",
    "Non-affiliate goods by traffic type": "the English title of a rulebook, too",
    "Sellers' own rates in eleven countries": "the English title of a rulebook, too",
    "English": "a language is named in itself",
    "Author": "somebody's name",
    "author": "somebody's name",
    "dispute": "a field of the feed",
    "rate": "an outcome, as files of rulebooks have it",
    "nothing": "an outcome, as files of rulebooks have it",
    **dict.fromkeys(
        (
            "support",
            "compliance",
            "finance",
            "head",
            "auditor",
            "Support",
            "Compliance",
            "Finance",
            "Head",
            "Auditor",
        ),
        "the name of a group, as it is stored",
    ),
    "closed": "the ground of a suspension, as it is stored",
}


def shown(text: str) -> Iterator[str]:
    """What a reader of the page meets: its texts, and what its attributes say."""
    tree = LexborHTMLParser(text)
    tree.strip_tags(list(NOT_PROSE), recursive=True)
    for node in tree.css(LEFT_OUT):
        node.decompose()
    for label in tree.css("label"):  # a field that holds the English of something
        row = label.parent.parent if label.parent else None
        if row is not None and "по-английски" in label.text().casefold():
            row.decompose()
    root = tree.root
    assert root is not None
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            yield " ".join((node.text_content or "").split())
        else:
            yield from (node.attributes.get(name) or "" for name in READ_ALOUD)


def untranslated() -> dict[str, str]:
    """Sentences and words of ours whose Russian is another text, as they are in English."""
    catalogue = entries((FOLDER / "django.po").read_text(encoding="utf-8"))
    return {
        sentence: entry.translations[0]
        for entry in catalogue
        for sentence in (entry.sentence, capfirst(entry.sentence))
        if not entry.context and entry.translations[0].casefold() != entry.sentence.casefold()
    }


def english_in(text: str, ours: dict[str, str]) -> set[str]:
    """Texts of a page that speak English: three words of it, or a word or sentence of ours."""
    found = set()
    for one in shown(text):
        rest = QUOTED.sub("", one)
        for data in DATA:
            rest = rest.replace(data, "")
        if THREE_WORDS.search(rest) or (one.rstrip(":") in ours and one not in DATA):
            found.add(one)
    return found


def pages_from(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from here, some of each kind."""
    waiting, met, kinds = [start], {start}, Counter[object]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            yield address, text
            for there in links(text, address):
                if there in met:
                    continue
                met.add(there)
                kind = (resolve(urlsplit(there).path).view_name, bool(urlsplit(there).query))
                kinds[kind] += 1
                if kinds[kind] <= (OF_EACH_FILTER if kind[1] else OF_EACH_KIND):
                    waiting.append(there)


def links(text: str, address: str) -> list[str]:
    """Addresses of the back office that a page leads to, in their order."""
    found = []
    for link in LexborHTMLParser(text).css("a[href]"):
        there = urlsplit(urljoin(address, link.attributes["href"] or ""))
        is_ours = there.path.startswith(reverse("admin:index"))
        if is_ours and not DOWNLOADS_AND_LEAVING.search(there.path):
            found.append(f"{there.path}?{there.query}" if there.query else there.path)
    return found


def more_to_see(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What detectors, feeds and cases have to say, as much of it as there is."""
    programme = Programme.objects.get()
    anna = Publisher.objects.get(code="anna")
    wrong = ["x", "", "9" * 30]
    rows = [order(200 + n, paid_amount=text) for n, text in enumerate(wrong)]
    rows += [order(210, created_time="2020-02-30 10:00:00"), order(211, order_status="Gone")]
    rows += [order(212, ship_to_country=""), order(213, custom_parameters="[1]")]
    take(programme, folder, [*rows, order(214, new_field="7")])
    broken = folder / "broken.csv"
    broken.write_text("no;such;columns\n1;2;3\n", encoding="utf-8")
    refused(programme, broken)
    for kind, material in (
        ("toolbars_plugins", toolbar(REDIRECTS)),
        ("email_newsletter", mailing("Write to our manager.")),
        ("email_newsletter", Material(title="x", subscribe="", leave="")),
        ("content_site", site("https://aliexpres-savings.example/", "Deals of the day")),
        ("content_site", site("https://deals.example.net/", "Deals of the day")),
    ):
        apply_source(publisher_id=anna.pk, traffic_type=kind, material=material, at=NOW)
    logo = '<header><img src="https://ae01.alicdn.com/logo.png" alt="AliExpress logo"></header>'
    shameless = page(f"{logo}<h1>AliExpress</h1><p>How to get a refund and keep the item.</p>")
    the_web(monkeypatch, {"deals.example.net/": shameless, "deals.example.org/": shameless})
    for minutes in range(3):
        check_pages(at=NOW + timedelta(minutes=minutes))
    some = clicks("bad", 40, dest="iframe", referrer="https://x.example/")
    orders(some, [1] * 4 + [500 * n for n in range(2, 20)], first=300)
    watched(2)
    for number, status in enumerate(CaseStatus):
        case_in("anna", status, evidence=f"e{number}")


def refused(programme: Programme, path: Path) -> FeedImport:
    row = receive_feed(programme=programme, name=path.name, amount_unit="cents", by=None, at=NOW)
    return import_file(feed_import_id=row.pk, path=path, at=NOW)


def reader_of_russian() -> Client:
    client = superuser()
    client.cookies["django_language"] = "ru"
    return client


@pytest.mark.parametrize("status", [CaseStatus.DISMISSED, CaseStatus.FOUND])
def test_a_move_that_a_case_cannot_make_is_refused_in_russian(tmp_path, status):
    facts(tmp_path)
    case = case_in("anna", status)
    client, ours = reader_of_russian(), untranslated()
    given = {"reason": "Рассмотрено.", "text": "Нет.", "days": "7"}
    refusals = 0
    for name in set(MOVES) - {"suspend", "ask_block", "ask_answer", "dismiss", "warn"}:
        address = reverse(f"admin:compliance_case_{name}", args=[case.pk])
        answer = client.post(address, given, follow=True)
        refusals += sum(message.level_tag == "error" for message in answer.context["messages"])
        assert not english_in(answer.content.decode(), ours), name
    assert refusals > 4


def test_no_page_has_an_english_sentence(tmp_path, settings, monkeypatch):
    settings.UNFOLD = UNFOLD
    one_of_each(tmp_path)
    more_to_see(tmp_path, monkeypatch)
    client, ours = reader_of_russian(), untranslated()
    found: dict[str, str] = {}
    looked_at = 0
    for address, text in pages_from(client, reverse("admin:index")):
        looked_at += 1
        for sentence in english_in(text, ours):
            found.setdefault(sentence, address)
    assert looked_at > 200
    assert not found, "\n".join(f"{address}: {text[:200]}" for text, address in found.items())
