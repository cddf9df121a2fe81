"""The queue and the page of a round: everything on it, and every button through the operations."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from compliance.models import Moderation, PageWatch
from compliance.moderation.operations import approve, ask_back, check_pages, recheck_pages
from compliance.moderation.queue import waiting_for_staff
from compliance.preflight import WORST_FIRST
from publishers.models import Agreement, Source, SourceApproval, SourceFile, TrafficType, User
from tests.backoffice import signed_in, superuser
from tests.sources import (
    AT,
    SITE,
    applied,
    keyword_list,
    latest,
    mailing,
    network,
    page,
    publisher,
    site,
    staff,
    the_web,
    toolbar,
)

pytestmark = pytest.mark.django_db

LIST = "admin:compliance_moderation_changelist"


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def url_of(moderation: Moderation, step: str = "change") -> str:
    return reverse(f"admin:compliance_moderation_{step}", args=[moderation.pk])


def read(client: Client, moderation: Moderation) -> str:
    answer = client.get(url_of(moderation))
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, moderation: Moderation, step: str, **form: object) -> str:
    """Press a button; what the page after it says."""
    answer = client.post(url_of(moderation, step), form, follow=True)
    assert answer.status_code == 200
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_queue_shows_what_waits_for_staff_the_oldest_first():
    late = applied("email_newsletter", mailing(), code="late", at=AT + timedelta(days=1))
    applied("contextual", keyword_list("aliexpress"), code="early")
    asked = applied("sms", mailing(), code="asked", of="boris")
    ask_back(moderation_id=asked.pk, by=staff(), at=AT, words="?")
    client = superuser()
    rows = [row.source.code for row in client.get(reverse(LIST)).context["cl"].result_list]
    assert rows == ["early", "late"]
    for filters, wanted in (
        ("waits_for=publisher", ["asked"]),
        ("waits_for=all", ["early", "asked", "late"]),
        ("verdict__exact=violation", ["early"]),
        ("q=boris", ["asked"]),
        (f"source__traffic_type__id__exact={late.source.traffic_type_id}", ["late"]),
    ):
        found = client.get(f"{reverse(LIST)}?{filters}").context["cl"].result_list
        assert [row.source.code for row in found] == wanted, filters
    assert waiting_for_staff(None) == "2"


def test_the_page_has_everything(monkeypatch):
    applied("email_newsletter", mailing(), code="other")
    moderation = applied(material=site("https://aliexpress-deals.example/"))
    hosts = "aliexpress-deals.example/"
    the_web(monkeypatch, {hosts: page("<h1>AliExpress</h1><p>" + "Buy it now here. " * 30)})
    check_pages(at=AT)
    text = read(superuser(), moderation)
    for expected in (
        "aliexpress-deals.example", "Thrifty people", "KZ, RU", "F32", "F34", "other",
        moderation.runs.get(part="page").sha256, "permille-verification",
        'data-ownership="unproven"',
        "The publisher added this source.", "What a visitor reads",
    ):  # fmt: skip
        assert expected in text, expected
    verdicts = [finding["verdict"] for finding in of_page(moderation)["findings"]]
    assert verdicts == sorted(verdicts, key=list(WORST_FIRST).index)
    assert len(set(verdicts)) > 1


def of_page(moderation: Moderation) -> dict[str, object]:
    """What the page's template is given."""
    return superuser_of().get(url_of(moderation)).context["page"]


def superuser_of() -> Client:
    client = Client()
    client.force_login(staff())
    return client


def test_what_publishers_wrote_is_shown_and_never_run():
    evil = "<script>alert(1)</script>"
    moderation = applied("email_newsletter", mailing(leave=f"{evil} unsubscribe link"))
    text = read(superuser(), moderation)
    assert evil not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_round_is_rejected_by_findings_that_are_ticked():
    moderation = applied("email_newsletter", mailing(leave=""))
    client = superuser()
    assert "checked" in read(client, moderation)
    said = press(client, moderation, "reject", words="Sorry.")
    assert "at least one reason" in said
    run = moderation.runs.get()
    place = next(n for n, report in enumerate(run.reports) if report["detector"] == "mailing")
    said = press(
        client, moderation, "reject", reasons=[f"found-{run.pk}-{place}-0", "rule-F36", "x"]
    )
    assert "rejected" in said
    reasons = moderation.events.get(move="rejected").reasons
    assert [reason["rule"] for reason in reasons] == ["F27", "F36"]
    assert "F36" in read(client, moderation)
    assert "decided already" in press(client, moderation, "approve", words="")


def test_a_toolbar_gets_its_agreement_on_the_page_and_is_approved():
    moderation = applied("toolbars_plugins", toolbar())
    client = superuser()
    text = read(client, moderation)
    assert "data-needs-agreement" in text
    assert 'data-action="approve"' not in text
    assert "no day" in press(client, moderation, "agree", valid_from="soon", note="x")
    assert "from which day" in press(client, moderation, "agree", valid_from="", note="x")
    said = press(
        client, moderation, "agree", valid_from="2020-05-01", valid_to="", note="A letter."
    )
    assert "written down" in said
    agreement = Agreement.objects.get()
    assert agreement.valid_from == datetime(2020, 4, 30, 21, tzinfo=UTC)
    assert 'data-action="approve"' in read(client, moderation)
    assert "changed what it says" in press(client, moderation, "approve", seen="1" * 9)
    said = press(client, moderation, "approve", seen=moderation.statement_id)
    assert said == "The source is approved."
    assert SourceApproval.objects.get().source == moderation.source


def test_asking_back_and_looking_again():
    moderation = applied()
    client = superuser()
    assert "by letter" in press(client, moderation, "ask", words="Whose is it?")
    assert latest(moderation).state == "asked"
    Moderation.objects.filter(pk=moderation.pk).update(page_due_at=None)
    assert "within a minute" in press(client, moderation, "look")
    assert latest(moderation).page_due_at is not None


def test_only_those_who_may_decide_decide():
    moderation = applied()
    reading = signed_in("reader", is_staff=True)
    assert reading.get(url_of(moderation)).status_code == 403
    user = User.objects.get(username="reader")
    user.user_permissions.add(Permission.objects.get(codename="view_moderation"))
    assert 'data-action="approve"' not in read(reading, moderation)
    for step in ("approve", "ask", "reject", "agree", "look"):
        assert reading.post(url_of(moderation, step), {"words": "x"}).status_code == 403
        assert superuser_get(step, moderation) == 405
    opened = reverse("admin:compliance_moderation_open", args=[moderation.source_id])
    assert reading.post(opened, {"words": "x"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="change_moderation"))
    assert reading.post(url_of(moderation, "agree"), {"note": "x"}).status_code == 403
    assert latest(moderation).state == "waiting"
    assert Client().post(url_of(moderation, "approve")).status_code == 302


def superuser_get(step: str, moderation: Moderation) -> int:
    return superuser_of().get(url_of(moderation, step)).status_code


def test_files_are_kept_and_never_shown_as_a_page(monkeypatch):
    moderation = applied("contextual", keyword_list("buy phone"))
    client = superuser()
    file = SourceFile.objects.get()
    answer = client.get(reverse("admin:compliance_moderation_file", args=[file.pk]))
    assert answer.content == bytes(file.content)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    other = applied()
    the_web(monkeypatch, {SITE.removeprefix("https://"): page("<script>x</script>")})
    check_pages(at=AT)
    run = other.runs.get(part="page")
    answer = client.get(reverse("admin:compliance_moderation_evidence", args=[run.pk]))
    assert b"<script>" in answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    for name in ("file", "evidence"):
        assert (
            client.get(reverse(f"admin:compliance_moderation_{name}", args=[10**9])).status_code
            == 404
        )
    stranger = signed_in("stranger", is_staff=True)
    assert (
        stranger.get(reverse("admin:compliance_moderation_file", args=[file.pk])).status_code == 403
    )
    assert moderation.pk


def test_a_source_of_a_file_is_looked_at_from_its_own_page():
    source = Source.objects.create(code="old", publisher=publisher(), title="Old",
                                   traffic_type=TrafficType.objects.get(code="banner"))  # fmt: skip
    client = superuser()
    opened = reverse("admin:compliance_moderation_open", args=[source.pk])
    assert (
        opened
        in client.get(reverse("admin:publishers_source_change", args=[source.pk])).content.decode()
    )
    assert "never looked at" in client.get(opened).content.decode()
    client.post(opened, {"words": " "})
    assert not Moderation.objects.exists()
    client.post(opened, {"words": "A tip."})
    moderation = Moderation.objects.get()
    assert "said nothing more of it" in read(client, moderation)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_front_page_counts_what_waits(language):
    applied()
    client = superuser()
    client.cookies["django_language"] = language
    text = client.get(reverse("admin:index")).content.decode()
    assert reverse(LIST) in text


# --- looks at the page of an approved source ----------------------------------------------------


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("something new", "F34", "Look at the page now", "compared with")),
        ("ru", ("F34", "data-looks")),
    ],
)
def test_the_page_of_a_source_tells_of_the_last_look_and_lets_staff_ask(
    monkeypatch, language, expected
):
    moderation = applied()
    the_web(monkeypatch, {SITE.removeprefix("https://"): page("<p>Deals of the day.</p>")})
    check_pages(at=AT)
    client = superuser()
    address = reverse("admin:publishers_source_change", args=[moderation.source_id])
    asked = reverse("admin:compliance_moderation_look_now", args=[moderation.source_id])
    client.cookies["django_language"] = language
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    first = client.get(address).content.decode()
    assert 'data-action="look-now"' in first
    assert 'class="pm-label' not in first.split("data-looks")[1].split("</section>")[0]
    assert client.get(asked).status_code == 405
    assert client.post(asked).status_code == 302
    the_web(monkeypatch, {
        SITE.removeprefix("https://"): page("<h1>AliExpress</h1><p>" + "Buy it now. " * 30)
    })  # fmt: skip
    assert recheck_pages(at=PageWatch.objects.get().due_at) == {"looked_at": 1, "reopened": 1}
    text = client.get(address).content.decode()
    opened = Moderation.objects.latest("id")
    for one in (*expected, url_of(opened), url_of(moderation)):
        assert one in text, one
    for name in ("pagelook", "pagewatch"):
        rows = client.get(reverse(f"admin:compliance_{name}_changelist"), {"q": "anna"})
        assert rows.status_code == 200
        assert len(rows.context["cl"].result_list) == 1


def test_a_look_is_asked_for_by_those_who_decide_and_refused_with_a_sentence():
    moderation = applied("email_newsletter", mailing())
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    asked = reverse("admin:compliance_moderation_look_now", args=[moderation.source_id])
    assert signed_in("reader", is_staff=True).post(asked).status_code == 403
    client = superuser()
    answer = client.post(asked, follow=True)
    assert "No round has approved a page" in " ".join(map(str, answer.context["messages"]))
    assert 'data-action="look-now"' not in answer.content.decode()
    unknown = reverse("admin:compliance_moderation_look_now", args=[10**9])
    assert client.post(unknown).status_code == 404
