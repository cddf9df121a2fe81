"""The first page: every figure equals its list, everybody sees what is theirs to see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commissions.enums import ImportState
from commissions.models import FeedImport, ParkedRow, Programme, Rulebook
from compliance.models import Case, Observation, ViolationPolicy
from compliance.operations import ask_block, ask_policy
from config.clock import tick
from config.models import JobRun
from config.roles import rights_of
from config.schedule import JOBS
from config.unfold import UNFOLD
from publishers.enums import StaffRole
from publishers.letters import ATTEMPTS
from publishers.models import Letter, Publisher, User
from publishers.staff_roles import approve_role_change, ask_role_change
from tests import backoffice
from tests.backoffice import NOW, order, superuser
from tests.cases import DAY, case_in, person
from tests.rulebooks import book_of, draft_of
from tests.sources import applied, site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def theme(settings) -> None:
    """The back office's own theme, whatever the settings in force say."""
    settings.UNFOLD = UNFOLD


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The pages are read on the tenth day after the story's."""
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        yield


def front(client: Client, language: str = "en") -> dict:
    """What the first page shows."""
    client.cookies["django_language"] = language
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer.context


def clerk(*roles: StaffRole, name: str = "clerk") -> Client:
    user = person(name)
    if roles:
        change = ask_role_change(
            user_id=user.pk, roles=roles, reason="x", by=person("asker"), at=NOW
        )
        approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def rows_at(client: Client, address: str) -> int:
    """How many rows the list at an address has."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.context["cl"].queryset.count()


@pytest.fixture
def busy(tmp_path: Path) -> Programme:
    """A network in which something of each kind waits, and something of each kind is wrong."""
    programme = backoffice.facts(tmp_path)
    boris = Publisher.objects.get(code="boris")
    backoffice.take(programme, tmp_path, [order(1), order(2), order(3, paid_amount="12.5")])
    applied(at=NOW + 9 * DAY + DAY / 2, material=site("https://new.example.org/"))
    applied(at=NOW, of="boris", material=site("https://old.example.org/"))
    case_in("boris", "found", "r1")
    case_in("anna", "appealed", "r2")
    blocked = Case.objects.create(
        kind="other", publisher=boris, evidence="s", found_at=NOW, severity=3, evidence_frozen={}
    )
    ask_block(case_id=blocked.pk, reason="Seen.", by=person("asker"), at=NOW)
    ask_policy(kind="logo", mode="at_once", answer_days=None, valid_from=NOW, by=person("asker"),
               at=NOW, reason="Often.")  # fmt: skip
    ask_policy(kind="other", mode="person", answer_days=None, valid_from=NOW, by=person("asker"),
               at=NOW, reason="Often.")  # fmt: skip
    Observation.objects.create(kind="cookie_stuffing", publisher=boris, severity=2,
                               window_start=NOW, found_at=NOW, evidence={"signs": []})  # fmt: skip
    draft_of(programme, book_of(programme, 1), NOW)
    ask_role_change(
        user_id=person("newcomer").pk, roles=["support"], reason="x", by=person("asker"), at=NOW
    )
    JobRun.objects.create(job="watch", due_at=NOW, state="failed", started_at=NOW)
    JobRun.objects.create(job="rerate", due_at=NOW + 10 * DAY, state="done", started_at=NOW)
    FeedImport.objects.create(programme=programme, file_name="f", state="failed", received_at=NOW)
    letters(1)
    return programme


def letters(n: int, start: int = 0) -> None:
    anna = Publisher.objects.get(code="anna")
    Letter.objects.bulk_create(
        Letter(key=f"given up {k}", publisher=anna, address="a@example.net", language="en",
               subject="s", text="t", made_at=NOW, attempts=ATTEMPTS)
        for k in range(start, start + n)
    )  # fmt: skip


def test_every_figure_has_as_many_rows_in_its_list(busy):
    client = superuser()
    shown = front(client)
    figures = {f"{card.title}: {card.hint}": card for card in [*shown["waiting"], *shown["wrong"]]}
    for name, card in figures.items():
        assert rows_at(client, card.address) == int(card.figure), name
    waiting = {card.address.partition("?")[0].split("/")[-2] + "?" + card.address.partition("?")[2]:
               card.figure for card in [*shown["waiting"], *shown["wrong"]]}  # fmt: skip
    assert waiting == {
        "moderation?waits_for=staff": "2",
        "case?work=open": "3",
        "case?status__exact=appealed": "1",
        "case?work=second": "1",
        "violationpolicy?standing=waits": "1",
        "observation?status__exact=new": "1",
        "rulebook?status__exact=asked": "0",
        "rulebook?status__exact=draft": "1",
        "rolechange?state__exact=asked": "1",
        "parkedrow?state__exact=parked": "1",
        "touch?": waiting["touch?"],
        "jobrun?state__exact=failed": "1",
        "jobrun?overdue=yes": "1",
        "feedimport?state__exact=failed": "1",
        "letter?state=failed": "1",
    }
    for row in shown["statuses"]:
        answer = client.get(row["address"])
        assert len(answer.context["cl"].result_list) == int(row["count"])


def test_ages_and_severities_have_as_many_rows_in_their_lists(busy):
    client = superuser()
    sources, cases = front(client)["tables"]
    assert [[cell.figure for cell in cells] for _label, cells in sources["rows"]] == [
        ["2", "1", "1"]
    ]
    assert sum(int(cells[0].figure) for _label, cells in cases["rows"]) == 3
    assert [label for label, _cells in cases["rows"]] == ["high", "medium"][: len(cases["rows"])]
    for table in (sources, cases):
        for label, cells in table["rows"]:
            for cell in cells:
                assert rows_at(client, cell.address) == int(cell.figure), (label, cell)


def test_the_programmes_figures_are_those_of_the_daily_totals(busy):
    client = superuser()
    (programme,) = front(client)["programmes"]
    lines, sales, commission, approved = programme["cards"]
    # Anna's account is blocked: what was approved of her lines is rejected.
    assert (lines["figure"], approved["figure"]) == ("2", "0.00 %")
    for address, shown in [
        (lines["address"], [card["figure"] for card in (lines, sales, commission)]),
        *[(row["address"], [row[k] for k in ("lines", "sales", "commission")])
          for row in programme["rows"]],
    ]:  # fmt: skip
        sums = client.get(address).context["sums"]
        assert [sums[k] for k in ("lines", "sales", "commission")] == shown
    assert [chart.title for chart in programme["charts"]] == ["Sales by day"]
    assert all(len(chart.boxes) == 60 for chart in programme["charts"])


def test_approved_are_lines_of_those_that_are_decided(tmp_path):
    programme = backoffice.facts(tmp_path)
    rows = [order(n) for n in range(3)] + [order(9, order_status="Invalid")]
    backoffice.take(programme, tmp_path, rows)
    (shown,) = front(superuser())["programmes"]
    assert shown["cards"][3]["figure"] == "75.00 %"


def test_the_first_page_asks_no_more_for_more_rows_and_never_of_the_lines(busy, tmp_path):
    client = superuser()
    front(client)
    with CaptureQueriesContext(connection) as few:
        front(client)
    boris = Publisher.objects.get(code="boris")
    letters(300, 10)
    Case.objects.bulk_create(
        Case(kind="other", publisher=boris, evidence=f"m{n}", found_at=NOW, evidence_frozen={})
        for n in range(300)
    )
    JobRun.objects.bulk_create(
        JobRun(job="watch", due_at=NOW - n * DAY, state="failed", started_at=NOW)
        for n in range(1, 301)
    )
    feed = FeedImport.objects.first()
    ParkedRow.objects.bulk_create(
        ParkedRow(programme=busy, feed_import=feed, row=n, raw="", raw_hash=f"{n}", field="x",
                  reason="x")
        for n in range(300)
    )  # fmt: skip
    backoffice.take(busy, tmp_path, [order(n) for n in range(10, 40)])
    with CaptureQueriesContext(connection) as many:
        shown = front(client)
    assert {card.figure for card in shown["waiting"]} >= {"303", "301"}
    assert len(many) == len(few), "\n".join(query["sql"] for query in many)
    assert not [query for query in many if "commissions_orderline" in query["sql"]]


@pytest.mark.parametrize("role", list(StaffRole))
def test_everybody_sees_what_their_rights_let_them_see(busy, role):
    client = clerk(role)
    shown = front(client)
    models = set()
    for card in [*shown["waiting"], *shown["wrong"]]:
        app, model = card.address.split("/")[2:4]
        models.add(f"{app}.view_{model}")
        assert client.get(card.address).status_code == 200
    theirs = rights_of(role)
    assert models <= theirs
    everything = {
        "compliance.view_moderation", "compliance.view_case", "compliance.view_violationpolicy",
        "compliance.view_observation", "commissions.view_rulebook", "publishers.view_rolechange",
        "commissions.view_parkedrow", "commissions.view_touch", "config.view_jobrun",
        "commissions.view_feedimport", "publishers.view_letter",
    }  # fmt: skip
    assert models == everything & theirs
    assert bool(shown["tables"]) == ("compliance.view_case" in theirs)
    assert bool(shown["programmes"]) == ("commissions.view_dailytotal" in theirs)
    assert bool(shown["statuses"]) == ("commissions.view_orderline" in theirs)
    assert bool(shown["last_import"]) == ("commissions.view_feedimport" in theirs)
    assert bool(shown["upload_url"]) == ("commissions.add_feedimport" in theirs)
    assert not shown["load_world_url"]


def test_who_has_no_role_is_told_how_to_get_one(busy):
    answer = clerk().get(reverse("admin:index"))
    assert "You have no role yet" in answer.content.decode()
    assert "pm-card" not in answer.content.decode().replace("pm-cards", "")


def test_an_empty_network_is_told_what_to_do():
    text = superuser().get(reverse("admin:index")).content.decode()
    for sentence in ("Upload a feed file", "No feed has come yet", "Nothing waits for you.",
                     "The command tick runs what is due"):  # fmt: skip
        assert sentence in text


def test_jobs_are_overdue_when_the_clock_stands_still(tmp_path):
    backoffice.facts(tmp_path)
    with time_machine.travel(NOW, tick=False):
        tick(until=NOW)
    client = superuser()

    def overdue(at) -> str:
        with time_machine.travel(at, tick=False):
            (card,) = [card for card in front(client)["wrong"] if "overdue" in card.address]
            assert rows_at(client, card.address) == int(card.figure)
            return card.figure

    daily = sum(job.every == DAY for job in JOBS)
    assert overdue(NOW + timedelta(minutes=10)) == "0"
    assert overdue(NOW + timedelta(minutes=20)) == str(len(JOBS) - daily)
    assert overdue(NOW + 2 * DAY) == str(len(JOBS))


def test_a_feed_that_is_later_than_usual_is_told(tmp_path):
    programme = backoffice.facts(tmp_path)

    client = superuser()

    def last_feed() -> list:
        return [card for card in front(client)["wrong"] if "done" in card.address]

    def came(days: int) -> None:
        FeedImport.objects.create(programme=programme, file_name="f", state=ImportState.DONE,
                                  received_at=NOW + days * DAY)  # fmt: skip

    came(0)
    came(1)
    assert last_feed() == []
    came(2)
    (card,) = last_feed()
    assert card.alarming
    assert "1\xa0week" in card.figure
    assert "1\xa0day" in card.hint
    came(9)
    (card,) = last_feed()
    assert not card.alarming


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"first": "2021-03-01"}, "Give the first day and the last"),
        ({"first": "2021-03-02", "last": "2021-03-01"}, "The last day is the first one or later"),
        ({"first": "2021-03-02", "last": "2023-03-01"}, "at most a year after"),
    ],
)
def test_days_that_make_no_period_are_refused_with_a_sentence(busy, asked, says):
    assert says in superuser().get(reverse("admin:daily_totals"), asked).content.decode()


def test_one_right_more_is_one_card_more(busy):
    client = clerk()
    may = Permission.objects.get(codename="view_parkedrow")
    User.objects.get(username="clerk").user_permissions.add(may)
    assert [card.address for card in front(client)["waiting"]] == [
        reverse("admin:commissions_parkedrow_changelist") + "?state__exact=parked"
    ]


def test_policies_that_hold_and_that_wait_are_told_apart(busy):
    client = superuser()
    page = reverse("admin:compliance_violationpolicy_changelist")
    assert rows_at(client, page + "?standing=holds") == 1
    assert rows_at(client, page) == ViolationPolicy.objects.count() == 2
    assert Rulebook.objects.filter(status="draft").count() == 1
