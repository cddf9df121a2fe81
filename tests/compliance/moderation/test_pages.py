"""Pages of sources: fetched by the guarded client, judged, kept, and searched for the token."""

import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from compliance.image_references import add_reference
from compliance.models import AutoApproval, Moderation, PreflightRun, SourceOwnership
from compliance.moderation import pages
from compliance.moderation.operations import (
    approve,
    ask_page_again,
    change_material,
    check_pages,
)
from compliance.moderation.ownership import is_proven
from compliance.moderation.pages import PAGES_IN_A_RUN, page_waits
from config.clock import tick
from config.schedule import JOBS
from publishers.models import TrafficType
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
HOST = "deals.example.org"
HOME = f"{HOST}/"
CLEAN = page(f"<p>{NOTICE}</p>")
SHAMELESS = page("<h1>AliExpress</h1><p>" + "Buy all the goods here today with us. " * 20 + "</p>")


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def run_of(moderation: Moderation) -> PreflightRun:
    return moderation.runs.filter(part="page").latest("id")


def steps(moderation: Moderation) -> set[str]:
    return {
        finding["step"]
        for report in run_of(moderation).reports
        for finding in report["findings"]
    }  # fmt: skip


def token_of(moderation: Moderation) -> str:
    return SourceOwnership.objects.get(source=moderation.source).token


def test_a_page_is_judged_and_kept_with_its_time_and_hash(monkeypatch):
    moderation = applied()
    the_web(monkeypatch, {HOME: SHAMELESS})
    assert page_waits(AT) == AT
    assert check_pages(at=AT + DAY) == {"looked_at": 1}
    assert page_waits(AT + DAY) is None
    assert latest(moderation).verdict == "violation"
    run = run_of(moderation)
    assert (run.at, run.verdict) == (AT + DAY, "violation")
    assert "no_notice" in steps(moderation)
    body = zlib.decompress(run.page_body)
    assert b"<h1>AliExpress</h1>" in body
    assert run.evidence["fetched_at"] == (AT + DAY).isoformat()
    assert run.evidence["bytes"] == len(body)
    assert "buy all the goods" in run.evidence["excerpt"]


def test_pictures_of_the_page_are_compared_with_the_references(monkeypatch):
    logo = (Path(__file__).parents[1] / "drawn_logo.png").read_bytes()
    add_reference(name="logo", picture=logo, by=staff(), at=AT)
    moderation = applied()
    the_web(monkeypatch, {
        HOME: page(f"<p>{NOTICE}</p>", '<link rel="icon" href="/i.png">'),
        f"{HOST}/i.png": answer(200, logo, "image/png"),
    })  # fmt: skip
    check_pages(at=AT)
    assert "same_file" in steps(moderation)
    assert latest(moderation).verdict == "violation"


def test_the_job_of_the_clock_looks_at_pages(monkeypatch):
    moderation = applied()
    the_web(monkeypatch, {HOME: CLEAN})
    job = [one for one in JOBS if one.name == "check_pages"]
    runs = tick(until=AT + timedelta(minutes=5), jobs=job).runs
    assert [run.result for run in runs] == [{"looked_at": 1}]
    assert run_of(moderation).verdict == "clear"


@pytest.mark.parametrize(
    ("url", "sites", "step"),
    [
        ("https://deals.example.org/", {"other.example/": CLEAN}, "not_fetched"),
        ("http://127.0.0.1/", {}, "not_fetched"),
        ("http://[::1]:22/", {}, "not_fetched"),
        ("https://deals.example.org/", {HOME: redirect("http://169.254.169.254/")}, "not_fetched"),
        ("https://deals.example.org/", {HOME: answer(200, b"x" * 2_000_001)}, "not_fetched"),
        ("https://deals.example.org/", {HOME: answer(200, b"%PDF", "application/pdf")},
         "not_fetched"),
        ("https://deals.example.org/", {HOME: answer(404, b"gone")}, "no_page"),
        ("https://deals.example.org/", {HOME: b"nonsense\r\n\r\n"}, "not_fetched"),
        ("https://[broken/", {}, "not_fetched"),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_is_for_a_person_and_never_an_error(monkeypatch, url, sites, step):
    moderation = applied(material=site(url))
    web = the_web(monkeypatch, sites)
    assert check_pages(at=AT) == {"looked_at": 1}
    assert steps(moderation) == {step}
    assert latest(moderation).verdict == "review"
    assert not any(address.startswith(("127.", "169.", "::")) for address in web.addresses)


def test_a_run_looks_at_a_few_pages_and_the_next_at_the_others(monkeypatch):
    for number in range(PAGES_IN_A_RUN + 1):
        applied(material=site(f"https://s{number}.example/"))
    the_web(monkeypatch, {f"s{number}.example/": CLEAN for number in range(PAGES_IN_A_RUN + 1)})
    assert check_pages(at=AT) == {"looked_at": PAGES_IN_A_RUN}
    assert check_pages(at=AT) == {"looked_at": 1}
    assert check_pages(at=AT) == {"looked_at": 0}


def test_what_was_seen_is_of_no_use_where_the_round_went_on_meanwhile(monkeypatch):
    moderation = applied()
    web = the_web(monkeypatch, {HOME: CLEAN})
    found = pages.look_at

    def while_staff_decide(*args, **named):
        approve(moderation_id=moderation.pk, by=staff(), at=AT)
        return found(*args, **named)

    monkeypatch.setattr(pages, "look_at", while_staff_decide)
    assert check_pages(at=AT) == {"looked_at": 0}
    assert web.seen
    assert not moderation.runs.filter(part="page").exists()


def test_a_page_that_was_left_behind_while_it_was_fetched_is_looked_at_anew(monkeypatch):
    moderation = applied()
    the_web(monkeypatch, {HOME: CLEAN, "new.example/": SHAMELESS})
    found = pages.look_at

    def while_it_moves(*args, **named):
        monkeypatch.setattr(pages, "look_at", found)
        change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                        material=site("https://new.example/"), at=AT)  # fmt: skip
        return found(*args, **named)

    monkeypatch.setattr(pages, "look_at", while_it_moves)
    assert check_pages(at=AT) == {"looked_at": 0}
    assert latest(moderation).page_due_at == AT
    assert check_pages(at=AT) == {"looked_at": 1}
    assert run_of(moderation).evidence["url"] == "https://new.example/"


# --- whose it is --------------------------------------------------------------------------------


def shown_by(monkeypatch, method: str, moderation: Moderation, token: str) -> None:
    meta = f'<meta name="permille-verification" content="{token}">'
    sites = {HOME: page(f"<p>{NOTICE}</p>", meta if method == "meta" else "")}
    if method == "file":
        sites[f"{HOST}/permille-verification.txt"] = answer(200, token.encode(), "text/plain")
    records = {HOST: [f"permille-verification={token}"]} if method == "dns" else {}
    the_web(monkeypatch, sites, records)
    check_pages(at=AT)


@pytest.mark.parametrize("method", ["meta", "file", "dns"])
def test_each_way_shows_whose_a_site_is_and_another_token_does_not(monkeypatch, method):
    moderation, other = applied(), applied(of="boris")
    shown_by(monkeypatch, method, moderation, token_of(moderation))
    owned = SourceOwnership.objects.get(source=moderation.source)
    assert (owned.method, owned.host, owned.proven_at) == (method, HOST, AT)
    assert owned.evidence
    assert is_proven(moderation.source, moderation.statement)
    assert not is_proven(other.source, other.statement)
    assert SourceOwnership.objects.get(source=other.source).checked_at == AT


def test_a_redirect_to_another_host_proves_nothing(monkeypatch):
    moderation = applied()
    meta = f'<meta name="permille-verification" content="{token_of(moderation)}">'
    the_web(monkeypatch, {
        HOME: redirect("https://mine.example/"),
        f"{HOST}/permille-verification.txt": redirect("https://mine.example/t"),
        "mine.example/": page(NOTICE, meta),
        "mine.example/t": answer(200, token_of(moderation).encode(), "text/plain"),
    })  # fmt: skip
    check_pages(at=AT)
    assert not is_proven(moderation.source, moderation.statement)


def test_a_proof_stays_for_its_host_and_falls_with_another(monkeypatch):
    moderation = applied()
    shown_by(monkeypatch, "meta", moderation, token_of(moderation))
    the_web(monkeypatch, {HOME: CLEAN})
    ask_page_again(moderation_id=moderation.pk, at=AT + DAY)
    check_pages(at=AT + DAY)
    assert is_proven(moderation.source, latest(moderation).statement)
    change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                    material=site("https://new.example/"), at=AT + DAY)  # fmt: skip
    assert not is_proven(moderation.source, latest(moderation).statement)


def test_a_mailing_and_a_community_have_nothing_to_show():
    letters = applied("email_newsletter", mailing())
    group = applied("social_communities", site("https://social.example/group"))
    for moderation in (letters, group):
        assert is_proven(moderation.source, moderation.statement)
        assert not SourceOwnership.objects.filter(source=moderation.source).exists()
    assert group.page_due_at == AT


@pytest.mark.parametrize(
    ("body", "proven", "state"),
    [(CLEAN, True, "approved"), (CLEAN, False, "waiting"), (SHAMELESS, True, "waiting")],
)
def test_a_site_is_approved_without_a_person_when_it_is_seen_clear_and_owned(
    monkeypatch, body, proven, state
):
    of_type = TrafficType.objects.get(code="content_site")
    AutoApproval.objects.create(traffic_type=of_type)
    moderation = applied()
    assert latest(moderation).state == "waiting"
    records = {HOST: [f"permille-verification={token_of(moderation)}"]} if proven else {}
    the_web(monkeypatch, {HOME: body}, records)
    check_pages(at=AT)
    assert latest(moderation).state == state


def test_names_with_the_brand_are_told_in_both_languages():
    moderation = applied(material=site("https://aliexpress-deals.example/"))
    assert moderation.verdict == "brand"
    [finding] = [
        finding for report in moderation.runs.get().reports for finding in report["findings"]
    ]
    assert finding["rule"] == "F32"
    assert "aliexpress" in finding["sentence"]["en"].lower()
    assert finding["sentence"]["ru"]
