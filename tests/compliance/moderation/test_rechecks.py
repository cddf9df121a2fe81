"""Pages of approved sources looked at again: only what is new, or gone for good, is for staff."""

import itertools
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from compliance.models import Moderation, PageLook, PageWatch, Threshold
from compliance.moderation import pages, rechecks
from compliance.moderation.operations import (
    Refused,
    apply_source,
    approve,
    change_material,
    check_pages,
    look_now,
    open_round,
    recheck_pages,
    reject,
)
from compliance.moderation.page_watch import due_pages, next_look
from compliance.moderation.rechecks import LOOKS_IN_A_RUN, recheck_page
from config.clock import tick
from config.schedule import JOBS
from publishers.models import AccountBlock, Letter, SourceApproval, SourceSuspension
from tests.compliance.fetching.web import answer, redirect
from tests.sources import (
    AT,
    NOTICE,
    applied,
    latest,
    mailing,
    network,
    page,
    publisher,
    site,
    staff,
    the_web,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WEEK = 7 * DAY
HOME = "deals.example.org/"
CLEAN = page(f"<p>{NOTICE}</p>")
MENTIONS = page("<p>Goods of AliExpress, chosen by hand. " + "Deals of the day. " * 20 + "</p>")
SHAMELESS = page("<h1>AliExpress</h1><p>" + "Buy all the goods here today with us. " * 20 + "</p>")
TEACHES = page(f"<p>{NOTICE}</p><p>The refund method: how to get a refund and keep the item.</p>")
GONE = answer(404, b"gone")
REASON = [{"rule": "F34", "en": "x", "ru": "x"}]


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def approved(
    monkeypatch, body: bytes = CLEAN, url: str = "https://deals.example.org/", of: str = "anna"
) -> Moderation:
    """A source whose page was looked at and then approved, by staff who knew it."""
    the_web(monkeypatch, {HOME: body} if url.endswith(HOME) else {url.split("//")[1]: body})
    moderation = applied(material=site(url), of=of)
    check_pages(at=AT)
    approve(moderation_id=moderation.pk, by=staff(), at=AT, words="It is good.")
    return latest(moderation)


def looked(monkeypatch, body: bytes, at: datetime | None = None) -> PageLook:
    """The look that the job takes at the page, which shows this by then."""
    the_web(monkeypatch, {HOME: body})
    watch = PageWatch.objects.get(source__url="https://deals.example.org/")
    before = PageLook.objects.count()
    recheck_pages(at=at or watch.due_at)
    assert PageLook.objects.count() == before + 1
    return PageLook.objects.latest("id")


def under_way() -> Moderation | None:
    return Moderation.objects.filter(decided_at__isnull=True).first()


def why(moderation: Moderation) -> list[tuple[str, str]]:
    return list(moderation.grounds.order_by("id").values_list("sentence_en", "sentence_ru"))


# --- what is new, and what is not ------------------------------------------------------------


def test_the_same_page_is_looked_at_every_week_and_nobody_is_troubled(monkeypatch):
    moderation = approved(monkeypatch, SHAMELESS)
    letters = Letter.objects.count()
    ats = [looked(monkeypatch, SHAMELESS).at for _ in range(4)]
    assert AT + WEEK / 2 < ats[0] <= AT + WEEK * 3 / 2
    assert [later - sooner for sooner, later in itertools.pairwise(ats)] == [WEEK] * 3
    look = PageLook.objects.latest("id")
    assert (look.outcome, look.news, look.reopened, look.approved) == ("same", [], None, moderation)
    assert look.sha256 == moderation.runs.get(part="page").sha256
    assert look.evidence["fetched_at"] == look.at.isoformat()
    assert look.reports[0]["findings"][0]["step"] == "no_notice"
    assert under_way() is None
    assert Letter.objects.count() == letters


def test_what_is_new_reopens_the_source_with_what_changed_since_which_approval(monkeypatch):
    moderation = approved(monkeypatch)
    look = looked(monkeypatch, SHAMELESS)
    opened = under_way()
    assert look.outcome == "news"
    assert look.reopened == opened
    assert [(one["rule"], one["step"]) for one in look.news] == [("F34", "no_notice")]
    [(english, russian)] = why(opened)
    assert english.startswith("Found on the page, and not known when it was approved on 2020-05-01")
    assert "does not say that the site is a third party's" in english
    assert russian
    assert opened.grounds.get().cause == "page"
    assert (opened.statement, opened.verdict) == (moderation.statement, "violation")
    run = opened.runs.get(part="page")
    assert (run.at, run.sha256, bytes(run.page_body) != b"") == (look.at, look.sha256, True)
    assert opened.page_due_at is None
    assert "2020-05-01" in Letter.objects.get(key__contains=f"moderation:{opened.pk}:opened").text
    assert SourceApproval.objects.get().valid_to is None


def test_findings_that_went_are_no_reason(monkeypatch):
    approved(monkeypatch, SHAMELESS)
    assert looked(monkeypatch, CLEAN).outcome == "same"
    assert under_way() is None


def test_what_is_worse_than_it_was_is_new(monkeypatch):
    approved(monkeypatch, MENTIONS)
    assert looked(monkeypatch, MENTIONS).outcome == "same"
    look = looked(monkeypatch, SHAMELESS)
    assert (look.outcome, look.news[0]["verdict"]) == ("news", "violation")
    assert under_way() is not None


def test_what_was_told_is_not_told_again_and_something_else_is_one_more_ground(monkeypatch):
    approved(monkeypatch)
    looked(monkeypatch, SHAMELESS)
    opened = under_way()
    again = looked(monkeypatch, SHAMELESS)
    assert (again.outcome, again.reopened) == ("news", None)
    assert len(why(opened)) == 1
    looked(monkeypatch, page("<h1>AliExpress</h1><p>" + "The refund method. " * 20 + "</p>"))
    assert under_way() == opened
    assert len(why(opened)) == 2
    assert "refund" in why(opened)[1][0]


def test_what_was_told_went_and_came_back_is_told_again(monkeypatch):
    approved(monkeypatch)
    looked(monkeypatch, SHAMELESS)
    reject(moderation_id=under_way().pk, by=staff(), at=AT + 2 * WEEK, reasons=REASON)
    assert looked(monkeypatch, SHAMELESS).reopened is None
    looked(monkeypatch, CLEAN)
    assert looked(monkeypatch, SHAMELESS).reopened is not None


def test_approved_anew_knowing_it_it_is_known(monkeypatch):
    approved(monkeypatch)
    look = looked(monkeypatch, TEACHES)
    approve(moderation_id=under_way().pk, by=staff(), at=look.at + DAY, words="It warns.")
    again = looked(monkeypatch, TEACHES)
    assert (again.outcome, again.approved) == ("same", look.reopened)
    assert under_way() is None
    assert looked(monkeypatch, SHAMELESS).outcome == "news"


def test_an_address_that_leads_to_another_site_by_now_is_new_and_to_its_own_is_not(monkeypatch):
    approved(monkeypatch)
    the_web(monkeypatch, {HOME: redirect("https://www.deals.example.org/"),
                          "www.deals.example.org/": CLEAN})  # fmt: skip
    due = PageWatch.objects.get().due_at
    assert recheck_pages(at=due) == {"looked_at": 1, "reopened": 0}
    the_web(monkeypatch, {HOME: redirect("https://parked.example/"), "parked.example/": CLEAN})
    assert recheck_pages(at=due + WEEK) == {"looked_at": 1, "reopened": 1}
    assert "leads to parked.example now" in why(under_way())[0][0]
    approve(moderation_id=under_way().pk, by=staff(), at=due + WEEK)
    assert recheck_pages(at=due + 3 * WEEK) == {"looked_at": 1, "reopened": 0}


def test_pictures_are_the_same_in_each_of_their_editions(monkeypatch):
    def with_logo(edition: str) -> bytes:
        logo = f"<img src='https://ae01.alicdn.com/logo-{edition}.png?{edition}'>"
        return page(f"<header>{logo}</header><p>{NOTICE}</p>")

    approved(monkeypatch, with_logo("ab12cd34"))
    assert looked(monkeypatch, with_logo("ef56ab78")).outcome == "same"
    assert looked(monkeypatch, with_logo("other")).outcome == "news"


def test_a_page_that_was_approved_unseen_is_told_of_at_its_first_look(monkeypatch):
    moderation = applied()
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    assert looked(monkeypatch, SHAMELESS).reopened is not None


def test_a_look_while_a_change_is_decided_is_at_the_page_that_was_approved(monkeypatch):
    moderation = approved(monkeypatch)
    changed = change_material(
        publisher_id=publisher().pk, source_id=moderation.source_id,
        material=site("https://new.example/"), at=AT + DAY,
    )  # fmt: skip
    look = looked(monkeypatch, SHAMELESS)
    assert look.evidence["url"] == "https://deals.example.org/"
    assert look.reopened == changed
    told = latest(changed)
    assert told.statement == changed.statement
    assert told.verdict == "clear"  # of what is said now; what was found is told as its ground
    assert [ground.cause for ground in told.grounds.all()] == ["changed", "page"]


# --- pages that are not read -----------------------------------------------------------------


def test_failures_on_end_reopen_once_and_the_reason_says_how_often(monkeypatch):
    approved(monkeypatch)
    first, second, third = (looked(monkeypatch, GONE) for _ in range(3))
    assert (second.at - first.at, third.at - second.at) == (DAY, DAY)
    assert [look.outcome for look in (first, second, third)] == ["failed"] * 3
    assert (first.reopened, second.reopened) == (None, None)
    assert third.reopened == under_way()
    [(english, russian)] = why(under_way())
    assert f"not read 3 times on end since {first.at.date()}" in english
    assert "status 404" in english
    assert russian
    assert under_way().verdict == "review"
    later = looked(monkeypatch, GONE)
    assert later.reopened is None
    assert later.at - third.at > DAY
    assert len(why(under_way())) == 1


def test_a_page_that_is_read_again_starts_the_count_anew(monkeypatch):
    approved(monkeypatch)
    for body in (GONE, GONE, CLEAN, GONE, GONE):
        looked(monkeypatch, body)
    assert under_way() is None
    assert PageWatch.objects.get().failures == 2
    looked(monkeypatch, GONE)
    assert under_way() is not None


def test_a_page_that_was_approved_unread_is_not_told_of_for_that(monkeypatch):
    approved(monkeypatch, GONE)
    for _ in range(5):
        looked(monkeypatch, GONE)
    assert under_way() is None


def test_where_no_page_of_anybody_is_read_it_is_we_who_are_cut_off(monkeypatch):
    for number in range(3):
        approved(monkeypatch, url=f"https://s{number}.example/")
    the_web(monkeypatch, {})
    for day in range(14, 24):
        for _ in range(2):
            recheck_pages(at=AT + day * DAY)
    assert min(PageWatch.objects.values_list("failures", flat=True)) >= 3
    # The first was alone with its failures for a moment at most; the others were not.
    assert under_way() is None
    the_web(monkeypatch, {"s0.example/": CLEAN})
    for day in range(24, 45):
        for _ in range(2):
            recheck_pages(at=AT + day * DAY)
    codes = Moderation.objects.filter(decided_at__isnull=True)
    assert {one.statement.url for one in codes} == {"https://s1.example/", "https://s2.example/"}


# --- which are looked at ----------------------------------------------------------------------


def test_who_is_blocked_suspended_or_not_approved_is_not_looked_at(monkeypatch):
    moderation = approved(monkeypatch)
    web = the_web(monkeypatch, {HOME: SHAMELESS})
    at = PageWatch.objects.get().due_at
    block = AccountBlock.objects.create(
        publisher=publisher(), ground="case:1", valid_from=AT + DAY
    )  # fmt: skip
    assert recheck_pages(at=at)["looked_at"] == 0
    with pytest.raises(Refused, match="open accounts"):
        look_now(source_id=moderation.source_id, at=at)
    AccountBlock.objects.filter(pk=block.pk).update(valid_to=at)
    suspension = SourceSuspension.objects.create(
        source=moderation.source, ground="case:1", suspended_at=AT + DAY
    )
    assert recheck_pages(at=at)["looked_at"] == 0
    SourceSuspension.objects.filter(pk=suspension.pk).update(undone_at=at)
    opened = open_round(source_id=moderation.source_id, by=staff(), at=AT + DAY, words="A tip.")
    reject(moderation_id=opened.pk, by=staff(), at=AT + DAY, reasons=REASON, ends_approval=True)
    assert recheck_pages(at=at)["looked_at"] == 0
    assert web.seen == []
    assert not PageLook.objects.exists()


def test_a_source_without_a_page_is_not_watched(monkeypatch):
    letters = applied("email_newsletter", mailing())
    approve(moderation_id=letters.pk, by=staff(), at=AT)
    assert not PageWatch.objects.exists()
    with pytest.raises(Refused, match="No round has approved a page"):
        look_now(source_id=letters.source_id, at=AT)


def test_a_source_that_has_no_page_any_more_is_watched_no_more(monkeypatch):
    the_web(monkeypatch, {"letters.example/": CLEAN})
    moderation = apply_source(
        publisher_id=publisher().pk, traffic_type="banner",
        material=site("https://letters.example/"), at=AT,
    )  # fmt: skip
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    assert PageWatch.objects.exists()
    changed = change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                              material=site(""), at=AT + DAY)  # fmt: skip
    approve(moderation_id=changed.pk, by=staff(), at=AT + DAY)
    assert not PageWatch.objects.exists()


def test_sources_approved_before_there_was_a_watch_are_watched(monkeypatch):
    moderation = approved(monkeypatch)
    letters = applied("email_newsletter", mailing())
    approve(moderation_id=letters.pk, by=staff(), at=AT)
    opened = open_round(source_id=moderation.source_id, by=staff(), at=AT + DAY, words="A tip.")
    approve(moderation_id=opened.pk, by=staff(), at=AT + 2 * DAY)
    PageWatch.objects.all().delete()
    migration = import_module("compliance.migrations.0007_pages_looked_at_again")
    with connection.cursor() as cursor:
        cursor.execute(migration.WATCH_APPROVED_PAGES)
    watch = PageWatch.objects.get()
    assert (watch.approved, watch.counted_from) == (opened, AT + 2 * DAY)
    assert looked(monkeypatch, CLEAN).outcome == "same"


@given(source_id=st.integers(1, 2**40), days=st.integers(1, 365), hours=st.integers(0, 10_000))
def test_the_next_look_is_in_half_an_interval_to_one_and_a_half(source_id, days, hours):
    every, after = timedelta(days=days), AT + timedelta(hours=hours)
    due = next_look(source_id, after=after, every=every)
    assert every / 2 < due - after <= every * 3 / 2
    assert next_look(source_id, after=due, every=every) == due + every


def test_sources_approved_together_are_looked_at_all_over_the_interval():
    dues = [next_look(number, after=AT, every=WEEK) for number in range(1, 701)]
    days = [sum(1 for due in dues if (due - AT) // DAY == day) for day in range(12)]
    assert sum(days) == 700
    assert max(days) < 150


def test_a_shorter_interval_holds_for_looks_that_were_planned_before(monkeypatch):
    approved(monkeypatch)
    Threshold.objects.create(name="page_days", value=1, valid_from=AT + DAY)
    assert PageWatch.objects.get().due_at > AT + 3 * DAY
    assert not due_pages(AT + DAY).exists()
    assert due_pages(AT + 2 * DAY).exists()
    looked(monkeypatch, CLEAN, AT + 2 * DAY)
    assert PageWatch.objects.get().due_at <= AT + 4 * DAY


def test_staff_set_how_many_failures_are_enough(monkeypatch):
    approved(monkeypatch)
    Threshold.objects.create(name="page_failures", value=1)
    assert looked(monkeypatch, GONE).reopened is not None


# --- the job ----------------------------------------------------------------------------------


def job() -> list:
    return [one for one in JOBS if one.name == "recheck_pages"]


def test_the_clock_looks_at_pages_when_they_are_due(monkeypatch):
    approved(monkeypatch)
    due = PageWatch.objects.get().due_at
    assert tick(until=due - DAY, jobs=job()).runs == []
    the_web(monkeypatch, {HOME: SHAMELESS})
    [run] = tick(until=due + timedelta(minutes=1), jobs=job()).runs
    assert run.result == {"looked_at": 1, "reopened": 1}
    assert tick(until=due + timedelta(minutes=1), jobs=job()).runs == []


def test_looks_that_were_missed_are_one_look(monkeypatch):
    approved(monkeypatch)
    the_web(monkeypatch, {HOME: CLEAN})
    tick(until=AT + DAY, jobs=job())
    late = AT + 100 * DAY + timedelta(seconds=20)
    assert len(tick(until=late, jobs=job()).runs) == 1
    [look] = PageLook.objects.all()
    assert late - look.at < timedelta(minutes=1)


def test_a_run_looks_at_a_few_and_each_ring_goes_on(monkeypatch):
    for number in range(LOOKS_IN_A_RUN + 1):
        approved(monkeypatch, url=f"https://s{number}.example/")
    the_web(monkeypatch, {f"s{number}.example/": CLEAN for number in range(LOOKS_IN_A_RUN + 1)})
    late = AT + 2 * WEEK
    assert tick(until=late, jobs=job()).runs[0].result["looked_at"] == LOOKS_IN_A_RUN
    ring = late + timedelta(seconds=30)
    assert tick(until=ring, jobs=job()).runs[0].result["looked_at"] == 1
    assert tick(until=ring, jobs=job()).runs == []


def test_twice_is_once_and_a_kill_in_the_middle_loses_nothing(monkeypatch):
    approved(monkeypatch)
    due = PageWatch.objects.get().due_at
    the_web(monkeypatch, {HOME: SHAMELESS})
    reopen = rechecks.reopen_for_page
    monkeypatch.setattr(rechecks, "reopen_for_page", killed)
    with pytest.raises(KeyboardInterrupt):
        recheck_pages(at=due)
    assert not PageLook.objects.exists()
    assert under_way() is None
    monkeypatch.setattr(rechecks, "reopen_for_page", reopen)
    assert recheck_pages(at=due) == {"looked_at": 1, "reopened": 1}
    assert recheck_pages(at=due) == {"looked_at": 0, "reopened": 0}
    assert len(why(under_way())) == 1


def killed(**_named: object) -> None:
    raise KeyboardInterrupt


def test_what_was_seen_is_of_no_use_where_staff_decided_meanwhile(monkeypatch):
    moderation = approved(monkeypatch)
    due = PageWatch.objects.get().due_at
    the_web(monkeypatch, {HOME: SHAMELESS})
    opened = open_round(source_id=moderation.source_id, by=staff(), at=AT + DAY, words="A tip.")
    found = pages.look_at

    def while_staff_decide(*args, **named):
        approve(moderation_id=opened.pk, by=staff(), at=due)
        return found(*args, **named)

    monkeypatch.setattr(pages, "look_at", while_staff_decide)
    assert recheck_pages(at=due) == {"looked_at": 0, "reopened": 0}
    assert PageWatch.objects.get().counted_from == due


def test_a_source_that_another_run_looks_at_is_left_to_it(monkeypatch):
    moderation = approved(monkeypatch)
    web = the_web(monkeypatch, {HOME: CLEAN})
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            key = [rechecks._CLAIM, moderation.source_id]
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        due = PageWatch.objects.get().due_at
        assert recheck_page(moderation.source_id, at=due) is None
        assert web.seen == []
    finally:
        other.close()
    assert recheck_page(moderation.source_id, at=due) is not None


def test_staff_may_ask_for_a_look_now_once_or_in_the_round_under_way(monkeypatch):
    moderation = approved(monkeypatch)
    look_now(source_id=moderation.source_id, at=AT + DAY)
    looked(monkeypatch, CLEAN, AT + DAY)
    assert not due_pages(AT + 3 * DAY).exists()
    opened = open_round(source_id=moderation.source_id, by=staff(), at=AT + DAY, words="A tip.")
    Moderation.objects.filter(pk=opened.pk).update(page_due_at=None)
    look_now(source_id=moderation.source_id, at=AT + 2 * DAY)
    assert latest(opened).page_due_at == AT + 2 * DAY


def test_a_look_asks_the_database_as_often_however_much_there_is(monkeypatch):
    source_id = approved(monkeypatch, SHAMELESS).source_id
    the_web(monkeypatch, {HOME: SHAMELESS})
    recheck_page(source_id, at=AT + DAY)
    few = queries_of_a_look(source_id, at=AT + 2 * DAY)
    for number in range(5):
        approved(monkeypatch, url=f"https://s{number}.example/", of="boris")
    the_web(monkeypatch, {HOME: SHAMELESS})
    for number in range(12):
        recheck_page(source_id, at=AT + (3 + number) * DAY)
    assert queries_of_a_look(source_id, at=AT + 30 * DAY) == few
    assert few <= 20


def queries_of_a_look(source_id: int, at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert recheck_page(source_id, at=at) is not None
    return len(asked)
