"""A new member of staff chooses the first password alone: by a letter, once, within a week."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from publishers.accounts import AccountRefused
from publishers.models import User
from publishers.people import INVITATION_LIVES
from publishers.staff_invitations import invite_to_staff, invited_to_staff, join_staff
from publishers.staff_roles import approve_role_change, ask_role_change
from tests.accounts import NOW, WORD, browser, publisher, sign_in

pytestmark = pytest.mark.django_db
MOMENT = timedelta(seconds=1)


def newcomer(name: str = "nina", **more: object) -> User:
    return User.objects.create_user(name, f"{name}@example.org", **more)


def link_of_last_letter() -> str:
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def admin_page(name: str, *args: object) -> str:
    return reverse(f"admin:publishers_user_{name}", args=args)


def test_somebody_new_is_entered_invited_given_a_role_by_two_and_comes_in():
    first, second = (User.objects.create_superuser(name) for name in ("first", "second"))
    desk = browser(first)
    assert "password1" not in desk.get(admin_page("add")).content.decode()
    desk.post(admin_page("add"), {"username": "nina", "email": "nina@example.org"})
    nina = User.objects.get(username="nina")
    assert not nina.has_usable_password()
    page = admin_page("invite", nina.pk)
    assert page in desk.get(admin_page("change", nina.pk)).content.decode()
    assert "nina@example.org" in desk.get(page).content.decode()
    assert not mail.outbox
    desk.post(page)
    assert mail.outbox[-1].to == ["nina@example.org"]
    guest, link = Client(), link_of_last_letter()
    assert "Choose a password that you alone know" in guest.get(link).content.decode()
    assert "too common" in guest.post(link, {"password": "password"}).content.decode()
    said = guest.post(link, {"password": WORD}, follow=True).content.decode()
    assert "as soon as two people have given you your roles" in said
    assert guest.get(link).status_code == 404
    assert sign_in("nina")[1].status_code == 200
    asked = ask_role_change(user_id=nina.pk, roles=["support"], reason="x", by=first, at=NOW)
    approve_role_change(change_id=asked.pk, by=second, at=NOW)
    assert sign_in("nina@example.org")[1].headers["Location"] == "/admin/"
    assert page not in desk.get(admin_page("change", nina.pk)).content.decode()
    assert desk.post(page).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Choose it here, within seven days:"), ("ru", "Выберите его здесь, за семь дней:")],
)
def test_the_letter_is_in_the_language_that_the_inviter_reads(language, words):
    nina, desk = newcomer(), browser(User.objects.create_superuser("root"))
    desk.post(admin_page("invite", nina.pk), headers={"accept-language": language})
    assert words in mail.outbox[-1].body
    assert f"/{language}/join-staff/" in mail.outbox[-1].body


def test_a_link_lives_a_week_to_the_second():
    _nina, secret = invite_to_staff(newcomer().pk, at=NOW)
    assert invited_to_staff(secret, at=NOW)
    assert invited_to_staff(secret, at=NOW + INVITATION_LIVES - MOMENT)
    assert invited_to_staff(secret, at=NOW + INVITATION_LIVES) is None
    assert invited_to_staff(secret, at=NOW - MOMENT) is None


def test_a_link_opens_once_and_ends_with_the_next_one():
    nina = newcomer()
    _nina, old = invite_to_staff(nina.pk, at=NOW)
    _nina, secret = invite_to_staff(nina.pk, at=NOW)
    with pytest.raises(AccountRefused, match="no longer good"):
        join_staff(old, password=WORD, at=NOW)
    join_staff(secret, password=WORD, at=NOW)
    with pytest.raises(AccountRefused, match="no longer good"):
        join_staff(secret, password="another word entirely", at=NOW)
    nina.refresh_from_db()
    assert nina.check_password(WORD)


@pytest.mark.parametrize(
    "change", [{"email": "b@x.example"}, {"is_active": False}, {"password": "!"}]
)
def test_a_link_ends_where_what_it_was_given_for_is_changed(change):
    _nina, secret = invite_to_staff(newcomer().pk, at=NOW)
    User.objects.update(**change)
    assert invited_to_staff(secret, at=NOW) is None


def test_a_link_is_for_one_person_and_for_one_time():
    nina = newcomer()
    other = newcomer("olga")
    _nina, secret = invite_to_staff(nina.pk, at=NOW)
    invite_to_staff(other.pk, at=NOW)
    later = NOW + 2 * INVITATION_LIVES
    for forged in (
        secret.replace(f"{nina.pk}.", f"{other.pk}.", 1),
        secret.replace(str(int(NOW.timestamp())), str(int(later.timestamp()))),
        secret[:-1], "", "x", f"{nina.pk}", f"{nina.pk}.", f"{nina.pk}.x:y", "9" * 40 + ".1:x",
    ):  # fmt: skip
        assert invited_to_staff(forged, at=later) is None
        assert invited_to_staff(forged, at=NOW) is None


def test_who_was_entered_without_anything_in_place_of_a_password_is_invited_too():
    nina = User.objects.create(username="nina", email="nina@example.org")
    _nina, secret = invite_to_staff(nina.pk, at=NOW)
    assert join_staff(secret, password=WORD, at=NOW).check_password(WORD)


def test_who_has_a_password_no_address_or_anothers_address_is_not_invited():
    for user, words in (
        (newcomer("old", password=WORD), "has a password"),
        (newcomer("gone", is_active=False), "no candidate"),
        (newcomer("theirs", publisher=publisher()), "no candidate"),
        (User.objects.create_user("nobody"), "no e-mail address"),
        (User.objects.create_user("twin", "old@example.org"), "address of another login"),
    ):
        with pytest.raises(AccountRefused, match=words):
            invite_to_staff(user.pk, at=NOW)


def test_nobody_sets_the_password_of_staff_and_a_password_does_not_come_along_from_a_publisher():
    desk = browser(User.objects.create_superuser("root"))
    nina, theirs = newcomer(), newcomer("max", password=WORD, publisher=publisher())
    words = {"password1": WORD, "password2": WORD, "usable_password": "true"}
    of_nina = reverse("admin:auth_user_password_change", args=[nina.pk])
    assert desk.post(of_nina, words).status_code == 403
    assert desk.get(reverse("admin:auth_user_password_change", args=[theirs.pk])).status_code == 200
    publisher("boris")
    User.objects.create_user("stays", publisher=theirs.publisher)
    form = {
        "username": "max", "email": "max@example.org", "is_active": "on", "publisher": "",
        "date_joined_0": "2020-01-01", "date_joined_1": "00:00:00", "role": "owner",
    }  # fmt: skip
    assert desk.post(admin_page("change", theirs.pk), form).status_code == 302
    theirs.refresh_from_db()
    assert theirs.publisher is None
    assert not theirs.has_usable_password()


def test_a_letter_that_cannot_go_is_told_and_the_invitation_may_be_sent_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    nina, desk = newcomer(), browser(User.objects.create_superuser("root"))
    answer = desk.post(admin_page("invite", nina.pk))
    assert "could not be sent just now" in answer.content.decode()
