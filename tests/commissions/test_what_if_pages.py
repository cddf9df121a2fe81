"""Pages of what-ifs: asked for, watched, read, taken away; and the sweep behind them."""

import csv
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commissions.admin.what_if_page import share_given
from commissions.enums import Dimension, WhatIfState
from commissions.models import Programme, Rulebook, WhatIf, WhatIfFigure, WhatIfLine
from commissions.operations.rulebooks import ask_what_if, save_draft, tried
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.document import document_of
from commissions.tasks import SILENCE, run_what_if, sweep_what_ifs
from publishers.models import Publisher, User
from tests import backoffice
from tests.backoffice import NOW, order, signed_in, superuser
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import ingest, load
from tests.rulebooks import book_of, draft_of, tried_on_the_past
from tests.worlds import world

pytestmark = pytest.mark.django_db

START = datetime(2019, 2, 1, tzinfo=UTC)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What-ifs that were rung for; no worker answers."""
    calls: list[int] = []
    monkeypatch.setattr(run_what_if, "delay", calls.append)
    return calls


@pytest.fixture
def programme(tmp_path) -> Programme:
    """Three orders in the books: 5.50 USD and 11 USD of anna, and one of nobody."""
    programme = backoffice.facts(tmp_path)
    rows = [order(1), order(2, cents=20_000), order(3, source="nobody")]
    backoffice.take(programme, tmp_path, rows)
    return programme


def at_half_the_rate(programme: Programme) -> Rulebook:
    """A draft with a start in the past and half the rates of what ruled then."""
    return draft_of(programme, halved(book_of(programme, 1)), NOW)


def halved(book: RulebookFile) -> RulebookFile:
    rules = tuple(
        replace(rule, outcome=replace(rule.outcome, rate_bp=rule.outcome.rate_bp // 2))
        for rule in book.rules
    )
    return replace(book, rules=rules, starts_at=START)


def page_of(what_if: WhatIf, client: Client, **query: str) -> str:
    address = reverse("admin:commissions_whatif_change", args=[what_if.pk])
    return client.get(address, query).content.decode()


def of_rulebook(draft: Rulebook) -> str:
    return reverse("admin:commissions_rulebook_what_if", args=[draft.pk])


def clerk(*codes: str) -> Client:
    client = signed_in("clerk", is_staff=True)
    rights = Permission.objects.filter(codename__in=codes, content_type__app_label="commissions")
    User.objects.get(username="clerk").user_permissions.set(rights)
    return client


def cells(text: str, mark: str) -> str:
    """The text of the element that carries a mark."""
    found = re.search(rf"<\w+[^>]* {mark}[^>]*>(.*?)</", text, re.DOTALL)
    assert found, mark
    return found.group(1).strip()


# --- Asked for ---------------------------------------------------------------------------------


def test_a_rulebook_is_tried_on_its_own_period(programme, rung, django_capture_on_commit_callbacks):
    draft = at_half_the_rate(programme)
    with django_capture_on_commit_callbacks(execute=True):
        answer = superuser().post(of_rulebook(draft), {"period": "rulebook"})
    what_if = WhatIf.objects.get()
    assert answer.url == reverse("admin:commissions_whatif_change", args=[what_if.pk])
    assert (what_if.from_at, what_if.to_at) == (START, calendar.ends_at(draft))
    assert (what_if.state, what_if.asked_by.username) == ("queued", "root")
    assert rung == [what_if.pk]
    assert run_what_if(what_if.pk) == "done"
    assert tried(draft, at=timezone.now()) == what_if


def test_days_of_ones_own_are_whole_days_on_the_programmes_clock(programme, rung):
    days = {"period": "days", "first_day": "2019-03-01", "last_day": "2019-03-31"}
    superuser().post(of_rulebook(at_half_the_rate(programme)), days)
    what_if = WhatIf.objects.get()
    assert what_if.from_at == datetime(2019, 2, 28, 21, tzinfo=UTC)
    assert what_if.to_at == datetime(2019, 3, 31, 21, tzinfo=UTC)


def test_a_last_day_left_empty_leaves_the_end_open(programme, rung):
    days = {"period": "days", "first_day": "2019-03-01", "last_day": ""}
    superuser().post(of_rulebook(at_half_the_rate(programme)), days)
    assert WhatIf.objects.get().to_at is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"period": "days"}, "Say from which day on."),
        ({"period": "days", "first_day": "2019-03-02", "last_day": "2019-03-01"}, "must end after"),
        ({"period": "days", "first_day": "9999-12-31"}, "2099"),
        ({"period": "days", "first_day": "yesterday"}, "valid date"),
        ({"period": "for ever"}, "for ever"),
        ({}, "required"),
    ],
)
def test_a_period_that_is_none_is_refused_with_a_sentence(programme, rung, given, said):
    answer = superuser().post(of_rulebook(at_half_the_rate(programme)), given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not WhatIf.objects.exists()


@pytest.mark.parametrize("code", ["month", "quarter", "year", "all"])
def test_every_period_offered_can_be_tried(programme, rung, code):
    superuser().post(of_rulebook(at_half_the_rate(programme)), {"period": code})
    what_if = WhatIf.objects.get()
    if code == "all":
        # The first order was placed on 1 March, which began in Moscow at 21 h UTC.
        assert (what_if.from_at, what_if.to_at) == (datetime(2019, 2, 28, 21, tzinfo=UTC), None)
    else:
        days = {"month": 30, "quarter": 90, "year": 365}[code]
        assert what_if.to_at - what_if.from_at == timedelta(days=days)


def test_a_broker_that_is_away_does_not_lose_what_was_asked(
    programme, monkeypatch, django_capture_on_commit_callbacks
):
    def away(_pk: int) -> None:
        raise ConnectionError("nobody answers")

    monkeypatch.setattr(run_what_if, "delay", away)
    draft = at_half_the_rate(programme)
    with django_capture_on_commit_callbacks(execute=True):
        answer = superuser().post(of_rulebook(draft), {"period": "rulebook"})
    what_if = WhatIf.objects.get()
    assert answer.url == reverse("admin:commissions_whatif_change", args=[what_if.pk])
    assert what_if.state == WhatIfState.QUEUED


def test_a_retroactive_draft_says_which_trial_counts_and_which_is_outdated(programme):
    draft, client = at_half_the_rate(programme), superuser()
    assert "data-needed" in client.get(of_rulebook(draft)).content.decode()
    what_if = tried_on_the_past(draft, timezone.now())
    shown = client.get(of_rulebook(draft)).content.decode()
    assert "data-counts" in shown
    assert "data-outdated" not in shown
    assert "-8.25 USD" in shown
    book = replace(document_of(draft), cap_cents=1)
    save_draft(rulebook_id=draft.pk, book=book, by=User.objects.first(), at=NOW)
    shown = client.get(of_rulebook(draft)).content.decode()
    assert "data-counts" not in shown
    assert "data-outdated" in shown
    assert "data-outdated" in page_of(what_if, client)


# --- Who may -----------------------------------------------------------------------------------


def test_who_may_not_see_what_ifs_sees_none_of_their_pages(programme):
    draft = at_half_the_rate(programme)
    what_if = tried_on_the_past(draft, NOW)
    client = clerk()
    assert client.get(of_rulebook(draft)).status_code == 403
    for name in ("change", "progress", "csv", "xlsx"):
        address = reverse(f"admin:commissions_whatif_{name}", args=[what_if.pk])
        assert client.get(address).status_code == 403, name
    assert client.get(reverse("admin:commissions_whatif_changelist")).status_code == 403


def test_who_may_only_look_runs_nothing(programme, rung):
    draft = at_half_the_rate(programme)
    what_if = tried_on_the_past(draft, NOW)
    client = clerk("view_whatif")
    shown = client.get(of_rulebook(draft))
    assert shown.status_code == 200
    assert "data-action" not in shown.content.decode()
    assert 'data-action="again"' not in page_of(what_if, client)
    assert client.post(of_rulebook(draft), {"period": "rulebook"}).status_code == 403
    again = reverse("admin:commissions_whatif_again", args=[what_if.pk])
    assert client.post(again).status_code == 403
    assert (WhatIf.objects.count(), rung) == (1, [])


def test_looking_at_a_page_runs_nothing(programme, rung):
    what_if = tried_on_the_past(at_half_the_rate(programme), NOW)
    again = reverse("admin:commissions_whatif_again", args=[what_if.pk])
    assert superuser().get(again).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="root"))
    assert strict.post(again).status_code == 403
    assert strict.post(of_rulebook(what_if.rulebook), {"period": "all"}).status_code == 403
    assert WhatIf.objects.count() == 1


# --- Watched and read --------------------------------------------------------------------------


def asked(draft: Rulebook, **period: Any) -> WhatIf:
    whole = {"from_at": draft.starts_at, "to_at": None, **period}
    return ask_what_if(rulebook_id=draft.pk, by=None, at=NOW, **whole)


def test_the_page_watches_a_what_if_until_it_is_over(programme):
    what_if, client = asked(at_half_the_rate(programme)), superuser()
    address = reverse("admin:commissions_whatif_progress", args=[what_if.pk])
    assert f'data-progress-url="{address}"' in page_of(what_if, client)
    assert client.get(address).json()["texts"]["orders"] == "–"
    WhatIf.objects.update(
        state="running", orders_total=2_000, orders_done=500, started_at=NOW,
        beat_at=NOW + timedelta(seconds=10),
    )  # fmt: skip
    told = client.get(address).json()
    assert (told["over"], told["percent"], told["state"]) == (False, 25, "running")
    assert (told["texts"]["orders"], told["texts"]["per_second"]) == ("500 of 2,000", "50")
    run = WhatIf.objects.get()
    run.state, run.finished_at = WhatIfState.DONE, NOW
    run.save()
    assert client.get(address).json()["over"] is True
    assert "data-progress-url" not in page_of(run, client)


def test_a_finished_what_if_says_what_it_comes_to(programme):
    what_if = tried_on_the_past(at_half_the_rate(programme), NOW)
    shown = page_of(what_if, superuser())
    assert cells(shown, "data-headline") == (
        "Publishers would have earned 8.25 USD less (-50.00 %) on 3 lines; 2 lines change."
    )
    anna = Publisher.objects.get(code="anna")
    assert reverse("admin:publishers_publisher_change", args=[anna.pk]) in shown
    for line in WhatIfLine.objects.all():
        assert reverse("admin:commissions_orderline_change", args=[line.line_id]) in shown
    for part in ("month", "publisher", "country", "category", "traffic_type"):
        assert f'id="by-{part}"' in shown
    assert shown.count('role="img"') == 5
    assert "without a publisher" in shown


def test_whoever_loses_more_than_a_share_is_counted_as_asked(programme):
    what_if, client = tried_on_the_past(at_half_the_rate(programme), NOW), superuser()
    assert cells(page_of(what_if, client, share="49,99"), "data-lose-more") == "1"
    assert cells(page_of(what_if, client, share="50"), "data-lose-more") == "0"
    refused = page_of(what_if, client, share="-1")
    assert "“-1” is no share" in refused
    assert cells(refused, "data-lose-more") == "1"


@pytest.mark.parametrize(
    ("text", "share"),
    [("10", 1_000), ("0", 0), ("12.5", 1_250), ("12,05", 1_205), ("100", 10_000), ("101", None),
     ("1.234", None), ("-1", None), ("x", None), ("1e2", None), ("٣", None)],
)  # fmt: skip
def test_a_share_is_read_in_percent(text, share):
    assert share_given(text) == share


def test_a_period_without_orders_says_so(programme):
    what_if = asked(at_half_the_rate(programme), from_at=datetime(2005, 1, 1, tzinfo=UTC),
                    to_at=datetime(2006, 1, 1, tzinfo=UTC))  # fmt: skip
    run_what_if(what_if.pk)
    shown = page_of(what_if, superuser())
    assert "there was nothing to try it on" in cells(shown, "data-headline")
    assert "data-cards" not in shown


def test_a_draft_that_changes_nothing_says_so(programme):
    draft = draft_of(programme, replace(book_of(programme, 1), starts_at=START), NOW)
    shown = page_of(tried_on_the_past(draft, NOW), superuser())
    assert cells(shown, "data-headline").startswith("Nothing would change: all 3 lines")
    assert "Nothing changes here." in shown
    assert "No line changes." in shown


def test_a_failed_what_if_says_why_and_is_run_again(programme, rung, monkeypatch):
    what_if, client = asked(at_half_the_rate(programme)), superuser()

    def broken(*_given: object) -> None:
        raise ValueError("a rule without a rate")

    with monkeypatch.context() as broken_for_now:
        broken_for_now.setattr("commissions.rulebooks.what_if.running.settle_frame", broken)
        with pytest.raises(ValueError, match="without a rate"):
            run_what_if(what_if.pk)
    shown = page_of(what_if, client)
    assert "ValueError: a rule without a rate" in shown
    assert sweep_what_ifs() == 0
    answer = client.post(reverse("admin:commissions_whatif_again", args=[what_if.pk]))
    again = WhatIf.objects.exclude(pk=what_if.pk).get()
    assert answer.url == reverse("admin:commissions_whatif_change", args=[again.pk])
    assert (again.from_at, again.to_at) == (what_if.from_at, what_if.to_at)
    assert run_what_if(again.pk) == "done"


def test_the_page_of_the_medium_world_takes_as_many_queries_as_any(
    django_assert_max_num_queries,
):
    folder, programme = world("medium"), aliexpress()
    load(folder)
    ingest(folder / "orders.ndjson")
    what_if = tried_on_the_past(at_half_the_rate(programme), NOW)
    client = superuser()
    page_of(what_if, client)
    assert what_if.figures.filter(dimension=Dimension.PUBLISHER).count() > 50
    with django_assert_max_num_queries(30):
        page_of(what_if, client)
    with django_assert_max_num_queries(25):
        client.get(of_rulebook(what_if.rulebook))


# --- Taken away --------------------------------------------------------------------------------

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of a spreadsheet, as they are written in it, by sheet."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        names = [
            one.get("name") or "" for one in tree(book, "xl/workbook.xml").iter(f"{MAIN}sheet")
        ]
        return {
            name: [
                ["".join(cell.itertext()) for cell in row.iter(f"{MAIN}c")]
                for row in tree(book, f"xl/worksheets/sheet{number}.xml").iter(f"{MAIN}row")
            ]
            for number, name in enumerate(names, start=1)
        }


def tree(book: zipfile.ZipFile, path: str) -> ET.Element:
    return ET.fromstring(book.read(path))


def fetched(what_if: WhatIf, form: str, client: Client) -> bytes:
    answer = client.get(reverse(f"admin:commissions_whatif_{form}", args=[what_if.pk]))
    assert f"what-if-{what_if.pk}.{form}" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def test_the_spreadsheet_has_every_figure_to_the_cent(programme):
    what_if = tried_on_the_past(at_half_the_rate(programme), NOW)
    read = sheets(fetched(what_if, "xlsx", superuser()))
    assert list(read) == [
        "Summary", "Months", "Publishers", "Countries", "Categories", "Traffic types", "Lines",
    ]  # fmt: skip
    summary = {row[0]: row[1] for row in read["Summary"]}
    assert summary["commission as booked"] == "16.5"
    assert summary["difference"] == "-8.25"
    publishers = read["Publishers"][1:]
    assert [row[1] for row in publishers] == ["anna", "without a publisher"]
    for row, figure in zip(publishers, what_if.figures.filter(dimension="publisher").order_by(
        "-before_cents"), strict=True):  # fmt: skip
        assert [Decimal(cell) * 100 for cell in row[4:6]] == [
            figure.before_cents, figure.after_cents,
        ]  # fmt: skip
    assert [row[8] for row in read["Lines"][1:3]] == ["-5.5", "-2.75"]


def test_the_table_has_every_figure_in_whole_cents(programme):
    what_if = tried_on_the_past(at_half_the_rate(programme), NOW)
    read = list(csv.DictReader(StringIO(fetched(what_if, "csv", superuser()).decode())))
    assert len(read) == what_if.figures.count()
    assert read[0] == {
        "dimension": "total", "key": "", "name": "", "lines": "3", "lines_changed": "2",
        "before_cents": "1650", "after_cents": "825", "difference_cents": "-825",
    }  # fmt: skip


def test_no_text_of_the_feed_becomes_a_formula(programme):
    what_if, client = tried_on_the_past(at_half_the_rate(programme), NOW), superuser()
    formula = '=HYPERLINK("https://example.org/","x")'
    WhatIfFigure.objects.filter(dimension=Dimension.CATEGORY).update(key=formula)
    content = fetched(what_if, "xlsx", client)
    assert sheets(content)["Categories"][1][:2] == [formula, formula]
    with zipfile.ZipFile(BytesIO(content)) as book:
        written = [book.read(name) for name in book.namelist() if "worksheets" in name]
    assert not any(b"<f>" in one or b"<hyperlink" in one for one in written)
    category = next(
        row for row in csv.DictReader(StringIO(fetched(what_if, "csv", client).decode()))
        if row["dimension"] == "category"
    )  # fmt: skip
    assert category["key"] == f"'{formula}"


def test_before_it_is_done_there_is_nothing_to_take_away(programme):
    what_if, client = asked(at_half_the_rate(programme)), superuser()
    for form in ("csv", "xlsx"):
        answer = client.get(reverse(f"admin:commissions_whatif_{form}", args=[what_if.pk]))
        assert answer.url == reverse("admin:commissions_whatif_change", args=[what_if.pk])


# --- Taken up ----------------------------------------------------------------------------------


def test_the_sweep_takes_up_a_what_if_whose_worker_died(programme, rung):
    what_if = asked(at_half_the_rate(programme))
    assert (sweep_what_ifs(), rung) == (1, [what_if.pk])
    alive = timezone.now()
    WhatIf.objects.update(state=WhatIfState.RUNNING, beat_at=alive)
    assert sweep_what_ifs() == 0, "it may be alive still"
    assert run_what_if(what_if.pk) == "not waiting"
    WhatIf.objects.update(beat_at=alive - SILENCE - timedelta(seconds=1))
    assert sweep_what_ifs() == 1
    assert run_what_if(what_if.pk) == "done"
    assert sweep_what_ifs() == 0
    assert run_what_if(what_if.pk) == "not waiting"
    assert WhatIfLine.objects.filter(what_if=what_if).count() == 2
