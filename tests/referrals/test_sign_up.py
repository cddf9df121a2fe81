"""A publisher signs up: a code by e-mail, a code of its own, its referrer; what machines get."""

import pytest
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from publishers.accounts import TERMS_VERSION, close_account, code_from
from publishers.models import Publisher, TermsConsent, User
from publishers.models.publisher import code_validator
from publishers.operations import open_block
from referrals.models import Referral
from tests.accounts import (
    NOW,
    SAID,
    SIGN_UP,
    WORD,
    browser,
    code_of_last_letter,
    person,
    publisher,
    sign_in,
)

CONFIRM = "/en/sign-in/address/"


def signed_up(**more: str):
    client = Client()
    return client, client.post(SIGN_UP, {**SAID, **more})


@pytest.mark.django_db
def test_signing_up_makes_a_publisher_its_owner_and_their_consent():
    client, answer = signed_up()
    assert answer.headers["Location"] == CONFIRM
    vera = Publisher.objects.get()
    assert (vera.code, vera.name, vera.country, vera.language) == (
        "blog-of-vera", "Blog of Vera", "RU", "ru",
    )  # fmt: skip
    owner = User.objects.get()
    assert (owner.publisher, owner.role, owner.is_staff) == (vera, "owner", False)
    consent = TermsConsent.objects.get()
    assert (consent.user, consent.version) == (owner, TERMS_VERSION)
    assert client.get("/en/my/").status_code == 302
    assert client.post(CONFIRM, {"code": "WRONG1"}).status_code == 200
    assert client.post(CONFIRM, {"code": code_of_last_letter()}).headers["Location"] == "/en/my/"
    assert "Add a source" in client.get("/en/my/").content.decode()


@pytest.mark.django_db
def test_without_the_code_the_password_leads_to_the_code_again():
    signed_up()
    client, answer = sign_in(SAID["email"])
    assert answer.headers["Location"] == CONFIRM
    assert client.get("/en/my/").status_code == 302


@pytest.mark.django_db
def test_a_link_names_its_referrer_and_the_referral_stands():
    anna = publisher()
    assert "Anna recommends us" in Client().get(SIGN_UP, {"ref": "anna"}).content.decode()
    signed_up(ref="anna")
    assert Referral.objects.get().referrer == anna


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["unknown", "blocked", "closed", "nul"])
def test_who_cannot_recommend_is_left_out_kindly(state):
    anna = publisher()
    if state == "blocked":
        open_block(publisher_id=anna.pk, ground="case 1", at=NOW)
    if state == "closed":
        close_account(anna, by=person(anna), at=NOW)
    ref = {"unknown": "nobody", "nul": "an\x00na"}.get(state, "anna")
    page = Client().get(SIGN_UP, {"ref": ref}).content.decode()
    assert "You can sign up all the same" in page
    signed_up(ref="" if state == "nul" else ref)
    assert Publisher.objects.filter(code="blog-of-vera").exists()
    assert not Referral.objects.exists()


@pytest.mark.django_db
def test_a_known_address_is_answered_as_an_unknown_one_and_its_owner_is_told():
    known = person(publisher(), "vera")
    _client, answer = signed_up()
    assert answer.headers["Location"] == CONFIRM
    assert Publisher.objects.count() == 1
    assert mail.outbox[-1].to == [known.email]
    assert "has an account already" in mail.outbox[-1].body


@pytest.mark.django_db
def test_what_fills_in_everything_makes_nothing_and_is_not_told():
    _client, answer = signed_up(website="https://spam.example/")
    assert answer.headers["Location"] == CONFIRM
    assert not Publisher.objects.exists()
    assert not mail.outbox


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("terms", "", "Without accepting the terms there is no account."),
        ("password1", "12345678", "too common"),
        ("name", "!!!", "Give a name with letters or digits."),
        ("country", "ZZ", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field, value, sentence):
    _client, answer = signed_up(**{field: value})
    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors[field])
    assert not Publisher.objects.exists()


@pytest.mark.django_db
def test_people_of_one_name_get_codes_of_their_own():
    for number in range(3):
        signed_up(email=f"vera{number}@example.org")
    codes = set(Publisher.objects.values_list("code", flat=True))
    assert codes == {"blog-of-vera", "blog-of-vera-2", "blog-of-vera-3"}


@pytest.mark.django_db
def test_who_is_signed_in_is_led_home():
    assert browser(person(publisher())).get(SIGN_UP).headers["Location"] == "/en/my/"
    assert WORD


@given(st.text(max_size=300))
def test_every_name_gives_a_code_that_a_link_can_carry(name):
    code_validator(code_from(name))


def test_a_russian_name_is_read_in_latin_letters():
    assert code_from("Блог Жени и Щукина") == "blog-zheni-i-schukina"
