"""A publisher's people: invited, changed, removed; nobody sees or moves anybody else's."""

import re

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publishers.accounts import AccountRefused
from publishers.enums import Role
from publishers.models import Invitation, User
from publishers.people import INVITATION_LIVES, accept, change_role, invite, people_of, remove
from tests.accounts import NOW, WORD, browser, person, publisher, sign_in

PEOPLE = "/en/my/settings/people/"
MOVES = st.lists(
    st.tuples(st.sampled_from(["reader", "manager", "owner", "remove"]), st.integers(0, 3)),
    max_size=12,
)


def link_of_last_letter() -> str:
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.django_db
def test_somebody_is_invited_by_a_letter_and_comes_in():
    owner = browser(person(publisher()))
    sent = owner.post(PEOPLE, {"email": "max@example.org", "role": "reader"}, follow=True)
    assert "max@example.org has a letter" in sent.content.decode()
    guest, page = Client(), link_of_last_letter()
    assert "Anna asks you to work for it" in guest.get(page).content.decode()
    joined = guest.post(page, {"name": "Max", "password": WORD, "terms": "on"})
    assert joined.headers["Location"] == "/en/sign-in/"
    max_ = User.objects.get(email="max@example.org")
    assert (max_.publisher.code, max_.role) == ("anna", "reader")
    assert guest.get(page).status_code == 404
    client, answer = sign_in("max@example.org")
    assert answer.headers["Location"] == "/en/my/"
    assert client.post(PEOPLE, {"email": "x@example.org", "role": "owner"}).status_code == 403


@pytest.mark.django_db
def test_the_secret_of_an_invitation_is_kept_nowhere():
    browser(person(publisher())).post(PEOPLE, {"email": "max@example.org", "role": "reader"})
    secret = link_of_last_letter().split("/")[-2]
    assert secret not in str(Invitation.objects.values().get())


@pytest.mark.django_db
def test_an_invitation_ends_by_time_by_another_one_and_by_withdrawal():
    anna = publisher()
    owner = person(anna)
    asked = {"email": "max@example.org", "role": Role.READER, "by": owner}
    _first, old = invite(anna, **asked, at=NOW)
    _second, late = invite(anna, **asked, at=NOW)
    with pytest.raises(AccountRefused, match="no longer good"):
        accept(old, user=User(username="max"), at=NOW)
    with pytest.raises(AccountRefused, match="no longer good"):
        accept(late, user=User(username="max"), at=NOW + INVITATION_LIVES)
    client = browser(owner)
    client.post(PEOPLE, {"email": "max@example.org", "role": "reader"})
    page = link_of_last_letter()
    client.post(f"/en/my/settings/invitations/{Invitation.objects.latest('pk').pk}/")
    assert Client().get(page).status_code == 404


@pytest.mark.django_db
def test_who_has_a_login_is_not_taken_over_by_an_invitation():
    owner = browser(person(publisher()))
    other = person(publisher("boris"))
    owner.post(PEOPLE, {"email": other.email, "role": "reader"})
    said = {"name": "Boris", "password": "another word entirely", "terms": "on"}
    answer = Client().post(link_of_last_letter(), said)
    assert "has a login already" in answer.content.decode()
    other.refresh_from_db()
    assert other.publisher.code == "boris"
    assert other.check_password(WORD)


@pytest.mark.django_db
def test_who_is_removed_is_out_at_once_and_may_be_invited_again():
    anna = publisher()
    owner, max_ = browser(person(anna)), person(anna, "max", Role.READER)
    gone = browser(max_)
    owner.post(f"{PEOPLE}{max_.pk}/", {"remove": "1"})
    assert gone.get("/en/my/").status_code == 302
    assert sign_in("max")[1].status_code == 200
    owner.post(PEOPLE, {"email": max_.email, "role": "manager"})
    Client().post(link_of_last_letter(), {"name": "Max", "password": WORD, "terms": "on"})
    max_.refresh_from_db()
    assert (max_.publisher, max_.role, max_.is_active) == (anna, "manager", True)


@pytest.mark.django_db
def test_the_last_owner_stays_and_is_told_why():
    anna = publisher()
    owner = person(anna)
    client = browser(owner)
    for move in ({"remove": "1"}, {"role": "reader"}):
        answer = client.post(f"{PEOPLE}{owner.pk}/", move, follow=True)
        assert "Somebody has to stay the owner" in answer.content.decode()
    assert people_of(anna).get() == owner


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"role": "reader"}, {"is_active": False}, {"publisher": None}])
def test_the_database_itself_keeps_an_owner(change):
    anna = publisher()
    person(anna)
    with pytest.raises(IntegrityError, match="keeps at least one owner"), transaction.atomic():
        User.objects.update(**change)
    with pytest.raises(IntegrityError, match="keeps at least one owner"), transaction.atomic():
        User.objects.all().delete()


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=MOVES)
def test_whatever_is_done_an_owner_is_left(moves):
    with transaction.atomic():
        anna = publisher()
        people = [person(anna, f"p{n}", Role.OWNER if n < 2 else Role.READER) for n in range(4)]
        for move, number in moves:
            try:
                if move == "remove":
                    remove(anna, people[number].pk, at=NOW)
                else:
                    change_role(anna, people[number].pk, Role(move))
            except (AccountRefused, User.DoesNotExist):
                pass
            assert people_of(anna).filter(role=Role.OWNER).exists()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nobody_moves_the_people_of_another():
    anna, boris = publisher(), publisher("boris")
    client = browser(person(anna))
    theirs = person(boris)
    person(boris, "second")
    unknown = client.post(f"{PEOPLE}{theirs.pk + 1_000}/", {"remove": "1"})
    answer = client.post(f"{PEOPLE}{theirs.pk}/", {"remove": "1"})
    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert "boris" not in client.get(PEOPLE).content.decode()
    invitation, _secret = invite(
        boris, email="max@example.org", role=Role.READER, by=theirs, at=NOW
    )
    client.post(f"/en/my/settings/invitations/{invitation.pk}/")
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


@pytest.mark.django_db
def test_many_people_cost_as_few_questions_as_some():
    anna = publisher()
    client = browser(person(anna))

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PEOPLE).status_code == 200
        return len(asked)

    person(anna, "second")
    few = questions()
    for number in range(10):
        person(anna, f"more{number}", Role.READER)
    assert questions() == few
