"""Settings: the profile, letters, devices, closing; each of one's own account alone."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from publishers.accounts import REOPENED_WITHIN, AccountRefused, close_account, reopen_account
from publishers.enums import LetterKind, Role
from publishers.letters import Owed, Words, letter_waits, send_letters, write_letters
from publishers.models import (
    AccountClosing,
    Device,
    Letter,
    Source,
    SourceApproval,
    SourceSuspension,
    TrafficType,
)
from publishers.operations import suspend_source
from publishers.queries import approved_at
from tests.accounts import NOW, WORD, browser, person, publisher, sign_in

pytestmark = pytest.mark.django_db
SETTINGS = "/en/my/settings/"
PAGES = ("", "people/", "devices/", "letters/", "data/", "closing/", "second-factor/")
PROFILE = {"name": "Anna's Blog", "country": "KZ", "language": "ru", "time_zone": "Asia/Almaty"}


def test_an_owner_says_what_the_publisher_is_and_its_code_stays():
    anna = publisher()
    client = browser(person(anna))
    assert client.post(SETTINGS, {**PROFILE, "code": "evil"}).status_code == 302
    anna.refresh_from_db()
    assert {field: getattr(anna, field) for field in PROFILE} == PROFILE
    assert anna.code == "anna"
    wrong = client.post(SETTINGS, {**PROFILE, "time_zone": "Mars/Olympus"})
    assert "Select a valid choice" in wrong.content.decode()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_settings_is_the_readers_own(page, language):
    anna, boris = publisher(), publisher("boris", name="Secret of Boris")
    person(boris)
    text = browser(person(anna)).get(f"/{language}/my/settings/{page}").content.decode()
    assert "Anna" in text
    assert "boris" not in text.lower()


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.MANAGER, 403)])
def test_what_is_the_owners_is_shut_to_others(role, status):
    anna = publisher()
    person(anna)
    client = browser(person(anna, "other", role))
    assert client.post(SETTINGS, PROFILE).status_code == status
    for page in ("data/", "closing/"):
        assert client.get(SETTINGS + page).status_code == status
        assert client.post(SETTINGS + page, {"password": WORD}).status_code == status
    assert client.get(SETTINGS + "people/").status_code == 200
    assert not AccountClosing.objects.exists()


def test_letters_that_are_not_wanted_are_kept_and_not_sent():
    anna = publisher()
    client = browser(person(anna))
    client.post(SETTINGS + "letters/", {"kind": ["news"]})
    anna.refresh_from_db()
    assert anna.letters_off == ["sources", "rules"]
    kinds = list(LetterKind)
    owed = (Owed(kind, anna, lambda: Words("S", "T"), kind=kind) for kind in kinds)
    write_letters(owed, at=NOW)
    send_letters(at=NOW)
    sent = Letter.objects.filter(sent_at__isnull=False).values_list("kind", flat=True)
    assert set(sent) == {"security", "cases", "news"}
    assert Letter.objects.count() == len(kinds)
    assert letter_waits(NOW) is None


def test_one_sees_where_one_is_signed_in_and_ends_it():
    user = person(publisher())
    here, _answer = sign_in("anna", client=Client(headers={"user-agent": "Firefox/140 Windows"}))
    there, _answer = sign_in("anna", client=Client(headers={"user-agent": "Chrome/140 Android"}))
    text = here.get(SETTINGS + "devices/").content.decode()
    assert "Firefox, Windows" in text
    assert "Chrome, Android" in text
    other = Device.objects.get(name="Chrome, Android")
    here.post(SETTINGS + "devices/", {"device": other.pk})
    assert there.get("/en/my/").status_code == 302
    assert here.get("/en/my/").status_code == 200
    browser(user)
    here.post(SETTINGS + "devices/")
    assert Device.objects.count() == 1


def test_nobody_ends_a_session_of_another():
    anna, boris = publisher(), publisher("boris")
    client, theirs = browser(person(anna)), browser(person(boris))
    device = Device.objects.get(user__username="boris")
    client.post(SETTINGS + "devices/", {"device": device.pk})
    client.post(SETTINGS + "devices/")
    assert theirs.get("/en/my/").status_code == 200
    assert Device.objects.filter(pk=device.pk).exists()


def with_source(of) -> Source:
    """A source that is approved."""
    kind = TrafficType.objects.create(code="site", name_en="Site", name_ru="Сайт")
    source = Source.objects.create(code="site-1", publisher=of, traffic_type=kind, title="Site")
    SourceApproval.objects.create(source=source, valid_from=NOW.replace(year=2025))
    return source


def test_closing_asks_for_the_password_ends_sessions_and_stops_sources():
    anna = publisher()
    person(anna)
    with_source(anna)
    client = browser(person(anna, "owner"))
    other = browser(person(anna, "reader", Role.READER))
    wrong = client.post(SETTINGS + "closing/", {"password": "wrong"})
    assert "That is not your password" in wrong.content.decode()
    assert not AccountClosing.objects.exists()
    assert client.post(SETTINGS + "closing/", {"password": WORD}).status_code == 302
    closing = AccountClosing.objects.get()
    assert not approved_at(closing.closed_at).exists()
    assert other.get("/en/my/").status_code == 302
    client, _answer = sign_in("owner")
    assert "This account is closed" in client.get("/en/my/").content.decode()
    assert client.post(SETTINGS, PROFILE).status_code == 403
    client.post(SETTINGS + "closing/undone/")
    assert approved_at(closing.closed_at).count() == 1
    assert client.post(SETTINGS, PROFILE).status_code == 302


def test_closing_twice_is_once_and_leaves_other_suspensions_alone():
    anna = publisher()
    owner, source = person(anna), with_source(anna)
    suspend_source(source_id=source.pk, ground="case 7", at=NOW)
    first = close_account(anna, by=owner, at=NOW)
    assert close_account(anna, by=owner, at=NOW) == first
    reopen_account(anna, by=owner, at=NOW + REOPENED_WITHIN)
    standing = SourceSuspension.objects.filter(undone_at__isnull=True)
    assert list(standing.values_list("ground", flat=True)) == ["case 7"]


def test_a_closed_account_is_opened_again_only_for_a_while():
    anna = publisher()
    owner = person(anna)
    closing = close_account(anna, by=owner, at=NOW)
    with pytest.raises(AccountRefused, match="30 days"):
        reopen_account(anna, by=owner, at=NOW + REOPENED_WITHIN * 2)
    closing.refresh_from_db()
    assert closing.reopened_at is None


def test_a_new_password_leaves_the_one_session_in_which_it_was_set():
    person(publisher())
    here, _answer = sign_in("anna")
    there, _answer = sign_in("anna")
    again = "/en/sign-in/again/?next=/en/my/settings/password/"
    assert here.post(again, {"password": WORD}).status_code == 302
    new = {
        "oldpassword": WORD,
        "password1": "quite another word",
        "password2": "quite another word",
    }
    assert here.post("/en/my/settings/password/", new).status_code == 302
    assert here.get("/en/my/").status_code == 200
    assert there.get("/en/my/").status_code == 302
    assert Device.objects.get().session_key == here.session.session_key
    assert "password was changed" in Letter.objects.get(kind="security").text


def test_staff_are_told_why_the_last_owner_stays():
    owner = person(publisher())
    owner.role = Role.READER
    with pytest.raises(ValidationError, match="has to stay the owner"):
        owner.clean()
    owner.role = Role.OWNER
    owner.clean()
