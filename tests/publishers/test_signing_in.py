"""Signing in: by name or e-mail, with a second factor, under limits; staff by the same door."""

import base64

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from config.security import STRICT_POLICY
from publishers.models import Letter, User
from publishers.operations import end_access
from publishers.public.second_factor import staff_without_second_factor
from tests.accounts import NOW, WORD, browser, code_of_last_letter, person, publisher, sign_in

pytestmark = pytest.mark.django_db
SECRET = base64.b32encode(b"twenty bytes of key!").decode()


def with_app(user: User) -> User:
    """Somebody whose phone shows codes."""
    TOTP.activate(user, SECRET)
    return user


def code_now(monkeypatch) -> str:
    """The code of a clock that stands."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: 30 * 1_000)
    return format_hotp_value(hotp_value(SECRET, 1_000))


@pytest.mark.parametrize("name", ["anna", "anna@example.org", "ANNA@example.org", " anna "])
def test_one_signs_in_by_name_or_by_address(name):
    person(publisher())
    client, answer = sign_in(name)
    assert answer.headers["Location"] == "/en/my/"
    assert client.get("/en/my/").status_code == 200


def test_the_password_alone_does_not_pass_a_second_factor(monkeypatch):
    with_app(person(publisher()))
    client, answer = sign_in("anna", next="/en/my/settings/")
    assert answer.headers["Location"].startswith("/en/my/settings/second-factor/authenticate/")
    assert client.get("/en/my/").status_code == 302
    code = code_now(monkeypatch)
    page = answer.headers["Location"]
    assert client.post(page, {"code": "000000"}).status_code == 200
    assert client.get("/en/my/").status_code == 302
    assert client.post(page, {"code": code}).headers["Location"] == "/en/my/settings/"
    assert client.get("/en/my/").status_code == 200


def test_the_back_office_has_no_door_beside_the_second_factor():
    with_app(User.objects.create_superuser("root", "root@example.org", WORD))
    client = Client()
    login = client.get("/admin/login/?next=/admin/")
    assert login.headers["Location"] == "/en/sign-in/?next=%2Fadmin%2F"
    client.post("/admin/login/?next=/admin/", {"username": "root", "password": WORD})
    assert "_auth_user_id" not in client.session
    sign_in("root", client=client)
    assert client.get("/admin/").status_code == 302


def test_the_secret_of_an_app_is_not_readable_in_the_database():
    user = with_app(person(publisher()))
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert SECRET not in str(stored.data)
    assert stored.wrap().validate_code("0") is False


def test_staff_come_no_further_without_a_second_factor_where_it_is_asked_for():
    root = User.objects.create_superuser("root", "root@example.org", WORD)
    client = browser(root)
    assert client.get("/admin/").status_code == 200
    assert "password alone" in staff_without_second_factor()
    with override_settings(PERMILLE_STAFF_SECOND_FACTOR=True):
        assert staff_without_second_factor() == ""
        assert client.get("/admin/").headers["Location"] == "/en/my/settings/second-factor/"
        assert client.get("/en/my/settings/second-factor/").status_code == 200
        with_app(root)
        assert client.get("/admin/").status_code == 200


@override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "3/5m/key"})
def test_guessing_comes_to_an_end_and_says_so():
    cache.clear()
    person(publisher())
    for _ in range(3):
        _client, answer = sign_in("anna", "wrong")
        assert "Please enter a correct username" in answer.content.decode()
    _client, answer = sign_in("anna")
    assert "Too many failed login attempts" in answer.content.decode()
    cache.clear()
    assert sign_in("anna")[1].status_code == 302


@override_settings(ACCOUNT_RATE_LIMITS={"login": "2/m/ip"}, ALLAUTH_TRUSTED_PROXY_COUNT=0)
def test_an_address_that_a_visitor_claims_is_not_believed():
    cache.clear()
    for claimed in ("10.0.0.1", "10.0.0.2"):
        Client().post("/en/sign-in/", {}, headers={"x-forwarded-for": claimed})
    answer = Client().post("/en/sign-in/", {}, headers={"x-forwarded-for": "10.0.0.3"})
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    cache.clear()


def test_a_forgotten_password_is_set_anew_by_a_code_and_ends_every_session():
    user = person(publisher())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    elsewhere, client = browser(user), Client()
    client.post("/en/sign-in/password/", {"email": user.email})
    assert user.email in mail.outbox[-1].to
    code = code_of_last_letter()
    sent = client.post("/en/sign-in/password/code/", {"code": code})
    assert sent.headers["Location"] == "/en/sign-in/password/new/"
    new = {"password1": "quite another word", "password2": "quite another word"}
    assert client.post("/en/sign-in/password/new/", new).status_code == 302
    assert elsewhere.get("/en/my/").status_code == 302
    assert sign_in("anna", "quite another word")[1].headers["Location"] == "/en/my/"
    assert Letter.objects.get(kind="security").address == user.email


def test_who_has_no_account_gets_the_same_answer_and_no_letter():
    known = person(publisher())
    answers = [
        Client().post("/en/sign-in/password/", {"email": email}).headers["Location"]
        for email in (known.email, "nobody@example.org")
    ]
    assert answers[0] == answers[1]
    assert [letter.to for letter in mail.outbox] == [[known.email]]


def test_a_block_ends_sessions_and_lets_one_in_again():
    anna = publisher()
    client = browser(person(anna))
    end_access(publisher_id=anna.pk, at=NOW)
    assert client.get("/en/my/").status_code == 302
    assert sign_in("anna")[1].headers["Location"] == "/en/my/"


@pytest.mark.parametrize(
    "page", ["sign-in/", "sign-up/", "sign-in/password/", "terms/", "my/settings/second-factor/"]
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_has_a_script_or_a_style_within_it(page, language):
    client = browser(person(publisher())) if page.startswith("my/") else Client()
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == STRICT_POLICY
    assert " style=" not in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_the_theme_is_kept_in_a_cookie_and_leads_nowhere_else():
    client = Client()
    assert 'data-theme="auto"' in client.get("/en/programmes/").content.decode()
    back = client.post("/en/theme/", {"theme": "dark", "next": "/en/terms/"})
    assert back.headers["Location"] == "/en/terms/"
    assert 'data-theme="dark"' in client.get("/en/terms/").content.decode()
    away = client.post("/en/theme/", {"theme": "<b>", "next": "//evil.example"})
    assert away.headers["Location"] == "/en/programmes/"
    assert 'data-theme="dark"' in client.get("/en/terms/").content.decode()
