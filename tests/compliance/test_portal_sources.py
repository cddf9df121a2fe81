"""The portal's pages of sources: added, approved at once, asked back, rejected, mended."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.models import AutoApproval, Moderation
from compliance.moderation.operations import (
    agree,
    approve,
    ask_back,
    check_pages,
    reject,
)
from compliance.moderation.standing import Standing, standings
from compliance.queries import waiting_for_publisher
from publishers.allowances import may_use, offers
from publishers.enums import Role
from publishers.models import Source, SourceApproval, SourceStatement, TrafficType
from publishers.operations import open_block, suspend_source
from tests.portal import of_publisher, text_of
from tests.sources import (
    INNOCENT,
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
    toolbar,
)

pytestmark = pytest.mark.django_db

SOURCES, NEW = "/en/my/sources/", "/en/my/sources/new/"
DAY = timedelta(days=1)
SAID = {
    "title": "Deals of the day", "url": "https://deals.example.org/", "audience": "Thrifty people",
    "countries": "ru, kz", "code": "deals",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _network():
    network()


def at_once(code: str = "content_site", *, page: bool = False, ownership: bool = False) -> None:
    """Staff let clear sources of a type be approved without a person."""
    AutoApproval.objects.create(
        traffic_type=TrafficType.objects.get(code=code), needs_page=page, needs_ownership=ownership
    )


def added(client: Client, of_type: str = "content_site", **said):
    return client.post(f"{NEW}?type={of_type}", {**SAID, **said}, follow=True)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def of_anna(code: str = "deals") -> str:
    return f"{SOURCES}{code}/"


def rejected_mailing() -> Moderation:
    moderation = applied("email_newsletter", mailing(leave=""), code="letters", at=timezone.now())
    found = "Nobody can leave it."
    reject(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="See the rules.",
           reasons=[{"rule": "F27", "en": found, "ru": "Уйти нельзя."}])  # fmt: skip
    return moderation


# --- adding a source ----------------------------------------------------------------------------


def test_a_site_is_added_approved_at_once_and_links_are_made_for_it():
    at_once()
    client = of_publisher("anna", role=Role.MANAGER)
    answer = added(client)
    assert answer.redirect_chain == [("/en/my/links/?source=deals", 302)]
    assert "Approved at once" in text_of(answer.content.decode())
    assert SourceApproval.objects.get(source__code="deals").automatic
    assert Moderation.objects.get().page_due_at is None, "nothing is asked of a network"
    link = client.post("/en/my/links/", {
        "source": "deals", "addresses": "https://aliexpress.ru/item/5003.html",
    })  # fmt: skip
    assert link.context["links"]
    assert not link.context["unapproved"]
    assert "Approved without a person" in read(client, SOURCES)


def test_where_staff_set_nothing_a_clear_site_waits_for_a_person():
    client = of_publisher("anna")
    assert "waits for staff" in text_of(added(client).content.decode())
    assert Moderation.objects.get().state == "waiting"


def test_a_site_that_has_to_be_shown_waits_until_the_token_is_there(monkeypatch):
    at_once(page=True, ownership=True)
    client = of_publisher("anna")
    told = added(client)
    token = Source.objects.get(code="deals").ownership.token
    html = told.content.decode()
    for one in ('id="by-dns"', 'id="by-meta"', 'id="by-file"', f"permille-verification={token}"):
        assert one in html
    the_web(monkeypatch, {"deals.example.org/": page(NOTICE)})
    check_pages(at=timezone.now())
    assert standings(publisher().pk, timezone.now())[0].standing == Standing.WAITING
    assert "decided sooner" in read(client, SOURCES)
    refused = client.post(of_anna(), {"do": "look"}, follow=True)
    assert "looked at a moment ago" in text_of(refused.content.decode())
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "looked at within" in text_of(
        client.post(of_anna(), {"do": "look"}, follow=True).content.decode()
    )
    the_web(
        monkeypatch, {"deals.example.org/": page(NOTICE)},
        {"deals.example.org": [f"permille-verification={token}"]},
    )  # fmt: skip
    check_pages(at=later)
    assert "is shown to be yours" in read(client, of_anna())
    assert Moderation.objects.get().state == "approved"


def test_each_wrong_field_is_told_beside_it_and_nothing_is_kept():
    client = of_publisher("anna")
    wrong = {
        "title": ("", "The source has no name"), "url": ("ftp://deals", "is no web address"),
        "countries": ("Russia", "is no country"), "code": ("ä b", "A code is 1 to 64"),
    }  # fmt: skip
    for name, (given, sentence) in wrong.items():
        answer = added(client, **{name: given})
        assert sentence in str(answer.context["form"].errors[name]), name
    assert "taken" in str(added(client, code="new").context["form"].errors)
    assert "give it" in str(added(client, url="").context["form"].errors["url"])
    missing = added(client, "contextual").context["form"].errors
    assert "keyword list" in str(missing["keywords"])
    assert not Source.objects.exists()


def test_a_file_that_is_no_package_is_told_and_a_good_one_is_kept():
    client = of_publisher("anna")
    bad = added(client, "toolbars_plugins", package=SimpleUploadedFile("x.zip", b"nothing"))
    assert "is no package" in str(bad.context["form"].non_field_errors())
    good = added(client, "toolbars_plugins", package=SimpleUploadedFile("x.zip", INNOCENT))
    text = text_of(good.content.decode())
    assert "staff will write to you about it" in text
    assert "x.zip" in text


def test_types_are_told_with_what_is_permitted_agreed_and_asked():
    moderation = applied("toolbars_plugins", toolbar(), code="bar", of="boris")
    client = of_publisher("boris")
    before = client.get(NEW)
    assert "toolbars_plugins" not in [one["code"] for one in before.context["open"]]
    agree(moderation_id=moderation.pk, by=staff(), at=timezone.now(), valid_from=timezone.now(),
          valid_to=None, note_of_it="A letter.")  # fmt: skip
    after = client.get(NEW)
    assert "toolbars_plugins" in [one["code"] for one in after.context["open"]]
    assert "Agreement with you" in text_of(after.content.decode())
    assert "A letter." not in after.content.decode(), "what staff wrote of it is theirs"
    forbidden = [one["code"] for one in client.get(NEW).context["forbidden"]]
    refused = client.post(f"{NEW}?type={forbidden[0]}", SAID)
    assert "is forbidden" in text_of(refused.content.decode())
    assert not Source.objects.filter(code="deals").exists()


def test_what_is_offered_is_what_may_be_approved():
    anna, now = publisher(), timezone.now()
    for offer in offers(anna.pk, now):
        assert offer.may_use == may_use(anna.pk, offer.of_type.code, now), offer.of_type.code


# --- what staff say, and what the publisher does ------------------------------------------------


def test_a_rejected_mailing_is_mended_and_sent_again():
    rejected_mailing()
    client = of_publisher("anna", role=Role.MANAGER)
    text = read(client, of_anna("letters"))
    for words in ("Nobody can leave it.", "See the rules.", "F27", "rejected", "Mend and send"):
        assert words in text
    change = f"{of_anna('letters')}change/"
    form = client.get(change).context["form"]
    assert form["subscribe"].value().startswith("People fill the form")
    sent = {"title": "Weekly deals", "subscribe": form["subscribe"].value(), "countries": "",
            "leave": "Every letter has a link to unsubscribe with one click.",
            "words": "The link is there now."}  # fmt: skip
    answer = client.post(change, sent, follow=True)
    assert answer.redirect_chain == [(of_anna("letters"), 302)]
    assert "The link is there now." in text_of(answer.content.decode())
    moderation = Moderation.objects.order_by("-id")[0]
    assert (moderation.state, moderation.verdict) == ("waiting", "clear")
    approve(moderation_id=moderation.pk, by=staff(), at=timezone.now())
    assert "approved" in read(client, SOURCES)


def test_a_question_of_staff_is_answered_once_and_waits_on_the_home_page():
    moderation = applied("email_newsletter", mailing(), code="letters")
    ask_back(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="How many readers?")
    anna = publisher()
    [waiting] = waiting_for_publisher(anna.pk, timezone.now())
    assert (waiting.kind, waiting.url_args) == ("source", ("letters",))
    assert not waiting_for_publisher(publisher("boris").pk, timezone.now())
    client = of_publisher("anna")
    assert "How many readers?" in read(client, of_anna("letters"))
    empty = client.post(of_anna("letters"), {"do": "answer", "words": " "})
    assert empty.context["form"].errors["words"]
    client.post(of_anna("letters"), {"do": "answer", "words": "Four thousand."})
    assert latest(moderation).state == "waiting"
    again = client.post(of_anna("letters"), {"do": "answer", "words": "More."}, follow=True)
    assert "nothing to answer" in text_of(again.content.decode())
    assert not waiting_for_publisher(anna.pk, timezone.now())


def test_an_application_is_withdrawn():
    applied("email_newsletter", mailing(), code="letters")
    client = of_publisher("anna")
    client.post(of_anna("letters"), {"do": "withdraw"})
    assert Moderation.objects.get().state == "withdrawn"
    assert "Say what it is" in read(client, SOURCES)


def test_the_publisher_is_not_told_who_of_staff_spoke_nor_what_they_wrote_of_agreements():
    moderation = applied("toolbars_plugins", toolbar(), code="bar")
    agree(moderation_id=moderation.pk, by=staff("vera"), at=timezone.now(),
          valid_from=timezone.now(), valid_to=None, note_of_it="Kept in the safe.")  # fmt: skip
    text = read(of_publisher("anna"), of_anna("bar"))
    assert "agreement added" in text
    assert "vera" not in text
    assert "safe" not in text


# --- what is for a person, whatever staff set ---------------------------------------------------


def test_what_a_person_rejected_is_not_approved_by_sending_it_again():
    at_once("email_newsletter")
    rejected_mailing()
    client = of_publisher("anna")
    sent = {"title": "Weekly deals", "subscribe": mailing().subscribe, "leave": mailing().leave}
    client.post(f"{of_anna('letters')}change/", sent)
    assert Moderation.objects.order_by("-id")[0].state == "waiting"


def test_what_a_person_asked_about_is_not_approved_by_changing_it():
    moderation = applied("email_newsletter", mailing(leave=""), code="letters")
    ask_back(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="How?")
    at_once("email_newsletter")
    sent = {"title": "Weekly deals", "subscribe": mailing().subscribe, "leave": mailing().leave}
    of_publisher("anna").post(f"{of_anna('letters')}change/", sent)
    assert latest(moderation).state == "waiting"
    assert latest(moderation).verdict == "clear"


def test_what_a_case_suspended_is_not_approved_by_changing_it():
    at_once()
    client = of_publisher("anna")
    added(client)
    source = Source.objects.get()
    suspend_source(source_id=source.pk, ground="case:77", at=timezone.now())
    assert "By case 77." in read(client, SOURCES)
    client.post(f"{of_anna()}change/", {**SAID, "title": "Better deals"})
    assert Moderation.objects.order_by("-id")[0].state == "waiting"
    assert standings(publisher().pk, timezone.now())[0].standing == Standing.SUSPENDED


def test_a_name_with_the_brand_waits_for_a_person_and_says_why():
    at_once()
    client = of_publisher("anna")
    text = text_of(added(client, url="https://aliexpress-deals.example/").content.decode())
    assert Moderation.objects.get().state == "waiting"
    assert "carries the brand" in text
    assert "F32" in text


@pytest.mark.parametrize("change", [{"needs_page": True}, {"needs_ownership": True}])
def test_a_setting_stays_what_it_was(change):
    at_once()
    with pytest.raises(DatabaseError), transaction.atomic():
        AutoApproval.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AutoApproval.objects.all().delete()


# --- who may, and how much it costs -------------------------------------------------------------


def test_somebody_elses_source_is_not_there():
    applied(code="deals", of="boris", material=site())
    client = of_publisher("anna")
    for address in (of_anna(), f"{of_anna()}change/", of_anna("none")):
        assert client.get(address).status_code == 404
        assert client.post(address, {"do": "withdraw"}).status_code == 404
    assert SourceStatement.objects.count() == 1


def test_a_reader_looks_and_sends_nothing_and_a_blocked_account_neither():
    applied(code="deals")
    reader, owner = of_publisher("anna", role=Role.READER), of_publisher("anna")
    for address in (SOURCES, NEW, of_anna(), f"{of_anna()}change/"):
        assert reader.get(address).status_code == 200
        assert "<textarea" not in reader.get(address).content.decode()
    for address in (f"{NEW}?type=content_site", of_anna(), f"{of_anna()}change/"):
        assert reader.post(address, {**SAID, "do": "withdraw"}).status_code == 403
    open_block(publisher_id=publisher().pk, ground="case:1", at=timezone.now())
    for address in (f"{NEW}?type=content_site", of_anna(), f"{of_anna()}change/"):
        assert owner.get(address).status_code == 200
        assert owner.post(address, {**SAID, "do": "withdraw"}).status_code == 403
    assert Client().get(SOURCES).headers["Location"].startswith("/en/sign-in/")


def test_the_list_costs_the_same_queries_for_few_sources_and_for_many():
    client = of_publisher("anna")
    counts = []
    for more in (3, 27):
        for _ in range(more):
            moderation = applied("email_newsletter", mailing(), at=timezone.now())
            approve(moderation_id=moderation.pk, by=staff(), at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert client.get(SOURCES).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
    with CaptureQueriesContext(connection) as asked:
        client.get(NEW)
    assert len(asked) <= 9


def test_a_source_costs_the_same_queries_for_a_short_talk_and_for_a_long_one():
    moderation = applied("email_newsletter", mailing(), code="letters")
    client = of_publisher("anna")
    counts = []
    for more in (1, 9):
        for _ in range(more):
            ask_back(moderation_id=moderation.pk, by=staff(), at=timezone.now(), words="And?")
            client.post(of_anna("letters"), {"do": "answer", "words": "So."})
        with CaptureQueriesContext(connection) as asked:
            client.get(of_anna("letters"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize("address", ["sources/", "sources/new/", "sources/new/?type=sms"])
def test_the_pages_speak_russian(address):
    assert 'lang="ru"' in of_publisher("anna").get(f"/ru/my/{address}").content.decode()
