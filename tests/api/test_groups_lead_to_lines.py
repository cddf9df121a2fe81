"""Each group of the statistics leads to its lines: by the API itself, and in a file of them."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commissions import tasks
from commissions.cuts.asked import INSTANTS
from commissions.cuts.days import midnight
from commissions.cuts.enums import BY_TIME, CutBy, DateKind, Lacking
from commissions.models import LineExport, OrderLine, Programme
from publishers.models import Click, Publisher
from tests.api.callers import Machine, machine, of
from tests.portal_worlds import golden_books

pytestmark = pytest.mark.django_db
PERIOD = {"from": "2018-12-15", "to": "2020-07-20"}
ZONES = ("America/Los_Angeles", "Europe/Moscow", "Pacific/Kiritimati", "UTC")
CONFIRMED = ("confirmed", "paid")


@pytest.fixture(scope="module", autouse=True)
def books(django_db_setup: None, django_db_blocker: Any):
    """Golden's; clicks say something in their sub ids, blanks alone, or nothing, and some lines
    are settled: both at hours that are of another day on another clock."""
    with golden_books(django_db_blocker):
        with django_db_blocker.unblock():
            _vary()
        yield


def _vary() -> None:
    known = OrderLine.objects.filter(publisher__isnull=False)
    clicks = Click.objects.filter(pk__in=known.values("click")).order_by("pk")
    for place, click in enumerate(clicks):
        click.sub1 = ("", "mail", " ", "=1+1")[place % 4]
        click.sub2 = ("", "б")[place % 2]
        click.clicked_at -= place * timedelta(hours=7)
        click.save()
    for place, line in enumerate(known.order_by("pk")):
        if place % 3:
            at = line.created_at + place * timedelta(hours=19)
            OrderLine.objects.filter(pk=line.pk).update(settled_at=at)


@pytest.fixture
def earner(settings) -> Machine:
    """Whoever has the most lines, some of them by a click."""
    settings.PERMILLE_API_LIMITS = {"read": 10**6, "write": 10**6}
    counted = Counter(
        OrderLine.objects.filter(publisher__isnull=False, click__isnull=False).values_list(
            "publisher__code", flat=True
        )
    )
    return machine(of(counted.most_common(1)[0][0]))


def listed(calls: Machine, asked: dict[str, str]) -> list[dict[str, Any]]:
    """All lines of a list, page by page."""
    page = calls.get("orders", limit=200, **asked)
    items = page["items"]
    while page["next"]:
        page = calls.get(page["next"])
        items += page["items"]
    return items


def behind(group: dict[str, Any], by: str, dates: str, zone: str, kept: dict[str, str]):
    """The question for the lines of a group."""
    first = date.fromisoformat(group["first_day"] or PERIOD["from"])
    end = date.fromisoformat(group["end_day"] or PERIOD["to"])
    asked = {
        **kept, "from": midnight(first, zone).isoformat(), "to": midnight(end, zone).isoformat(),
        "date_kind": dates,
    }  # fmt: skip
    if group["lacking"]:
        asked["lacking"] = ",".join(filter(None, [kept.get("lacking"), group["lacking"]]))
    elif by not in BY_TIME:
        asked[by] = group["key"]
    return asked


def figures(lines: list[dict[str, Any]]) -> dict[str, int]:
    """What lines come to, added up one by one."""

    def cents(*statuses: str) -> int:
        return sum(one["commission_cents"] for one in lines if one["status"] in statuses)

    return {
        "lines": len(lines),
        "rejected_lines": sum(one["status"] == "rejected" for one in lines),
        "base_cents": sum(one["base_cents"] for one in lines),
        "waiting_cents": cents("waiting"),
        "hold_cents": cents("hold"),
        "confirmed_cents": cents(*CONFIRMED),
        "commission_cents": sum(one["commission_cents"] for one in lines),
    }


def of_its_lines(group: dict[str, Any]) -> dict[str, int]:
    return {name: group[name] for name in figures([])}


@settings(max_examples=45, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    how=st.sampled_from(list(product(CutBy.values, DateKind.values))),
    zone=st.sampled_from(ZONES),
    kept=st.sampled_from([{}, {"status": "confirmed"}, {"lacking": "sub1"}, {"lacking": "click"}]),
)
def test_the_lines_of_each_group_come_to_its_figures(earner, how, zone, kept):
    by, dates = how
    asked = {"group_by": by, "date_kind": dates, "time_zone": zone, **kept}
    told = earner.get("statistics", **PERIOD, **asked)
    seen: list[int] = []
    for place, group in enumerate(told["groups"]):
        if by in BY_TIME and not group["lines"] and place % 50:
            continue  # of the many empty days a few will do
        lines = listed(earner, behind(group, by, dates, zone, kept))
        assert figures(lines) == of_its_lines(group), group
        seen += [line["id"] for line in lines]
    assert len(seen) == len({*seen}) == told["total"]["lines"]


def test_golden_has_lines_of_every_kind(earner):
    lines = OrderLine.objects.filter(publisher__code=earner.get("account")["code"])
    assert lines.filter(click__isnull=True).exists()
    assert lines.filter(rule__isnull=True).exists()
    assert {" ", "", "mail"} <= {*lines.values_list("click__sub1", flat=True)}
    for instant in INSTANTS.values():
        assert lines.filter(**{f"{instant}__isnull": True}).exists() == (instant != "created_at")
    assert lines.count() > 20


@pytest.mark.parametrize("dates", DateKind.values)
def test_lists_stay_in_the_order_of_placing_and_go_on_and_back(earner, dates):
    asked = {"from": "2019-01-01T00:00:00Z", "to": "2020-07-01T00:00:00Z", "date_kind": dates}
    every = listed(earner, asked)
    publisher = Publisher.objects.get(code=earner.get("account")["code"])
    wanted = OrderLine.objects.filter(
        publisher=publisher,
        **{f"{INSTANTS[dates]}__gte": "2019-01-01T00:00:00Z",
           f"{INSTANTS[dates]}__lt": "2020-07-01T00:00:00Z"},
    ).order_by("-created_at", "-pk")  # fmt: skip
    assert [one["id"] for one in every] == list(wanted.values_list("pk", flat=True)) != []
    pages = [earner.get("orders", limit=4, **asked)]
    while pages[-1]["next"]:
        pages.append(earner.get(pages[-1]["next"]))
    assert [one for page in pages for one in page["items"]] == every
    for before, page in zip(pages[-2::-1], pages[:0:-1], strict=True):
        assert earner.get(page["previous"])["items"] == before["items"]


@pytest.mark.parametrize("what", Lacking.values)
@pytest.mark.parametrize("dates", DateKind.values)
def test_a_file_of_a_group_has_its_lines_and_its_page_tells_the_same(
    earner, tmp_path, settings, client, what, dates
):
    settings.MEDIA_ROOT = tmp_path / "media"
    asked = {"from": "2019-02-01T00:00:00Z", "to": "2020-06-01T00:00:00Z", "date_kind": dates,
             "lacking": what}  # fmt: skip
    ids = [one["id"] for one in listed(earner, asked)]
    row = earner.post(f"exports?{urlencode({**asked, 'format': 'csv'})}", None, 202)
    assert row["asked"]["dates"] == dates
    assert tasks.run_line_export(row["id"]) == "done"
    answer = earner.client.get(earner.get(f"exports/{row['id']}")["file"])
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert [int(one["number"]) for one in rows] == ids
    client.force_login(of(earner.get("account")["code"]))
    page = client.get(client.get(f"/en/my/exports/{row['id']}/").context["again"])
    assert [one["pk"] for one in page.context["rows"]] == ids[:50]
    since, until, lacks = (one["told"] for one in page.context["kept"])
    word = {"placed": "Placed", "clicked": "Clicked", "settled": "Settled by the merchant"}[dates]
    assert since == f"{word} at or after 1 Feb 2019, 03:00:00"
    assert until == f"{word} before 1 Jun 2020, 03:00:00"
    assert lacks == Lacking(what).label
    LineExport.objects.all().delete()


@pytest.mark.parametrize("sub", [" ", "=1+1", "mail"])
def test_a_file_of_a_sub_id_has_its_lines_whatever_it_says(earner, tmp_path, settings, sub):
    settings.MEDIA_ROOT = tmp_path / "media"
    ids = [one["id"] for one in listed(earner, {"sub1": sub})]
    row = earner.post(f"exports?{urlencode({'sub1': sub, 'format': 'csv'})}", None, 202)
    assert tasks.run_line_export(row["id"]) == "done"
    answer = earner.client.get(earner.get(f"exports/{row['id']}")["file"])
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert [int(one["number"]) for one in rows] == ids != []


def test_what_cannot_be_asked_of_lines_is_pointed_at(earner):
    for asked, where in (
        ({"date_kind": "settled"}, "date_kind"),
        ({"date_kind": "paid", "from": "2019-01-01T00:00:00Z"}, "date_kind"),
        ({"lacking": ""}, "lacking"), ({"lacking": "luck"}, "lacking"),
        ({"lacking": "rule,"}, "lacking"), ({"sub1": ""}, "sub1"), ({"sub1": " " * 256}, "sub1"),
    ):  # fmt: skip
        assert earner.get("orders", 400, **asked)["pointer"] == f"#/{where}"
        query = urlencode({**asked, "format": "csv"})
        assert earner.post(f"exports?{query}", None, 400)["pointer"] == f"#/{where}"
    assert "give one of them too" in earner.get("orders", 400, date_kind="clicked")["detail"]
    assert earner.get("statistics", 400, **PERIOD, lacking="rule")["pointer"] == "#/lacking"


def test_lines_of_another_programme_are_left_out(earner):
    every = listed(earner, {})
    code = Programme.objects.get().code
    assert listed(earner, {"programme": code}) == every
    refused = earner.get("orders", 404, programme="nothing")
    same = earner.get("statistics", 404, **PERIOD, group_by="day", programme="nothing")
    assert refused["detail"] == same["detail"]
    earner.post("exports?format=csv&programme=nothing", None, 404)
    other = Programme.objects.get()
    other.pk, other.code = None, "other"
    other.save()
    assert earner.get("orders", programme="other")["items"] == []
    assert listed(earner, {"programme": code}) == every
