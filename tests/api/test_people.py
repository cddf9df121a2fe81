"""People by the API: invited, moved and removed; and what no key may do to them."""

import re

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishers.enums import Role
from publishers.models import Invitation, Letter, Publisher, User
from publishers.people import INVITATIONS_A_DAY, OPEN_INVITATIONS, change_role, invite, people_of
from tests.accounts import WORD, browser
from tests.api.callers import Machine, answer, machine, network, of
from tests.journeys.at_once import Begun, until_waiting

pytestmark = pytest.mark.django_db
MAX = {"email": "max@example.org", "role": "reader"}


@pytest.fixture
def anna(tmp_path) -> Machine:
    network(tmp_path)
    return machine(of("anna"))


def in_browser(user: User, method: str, path: str, body: object = None):
    """The answer to a write of somebody who has signed in."""
    call = getattr(browser(user), method)
    return call(
        f"/api/v1/{path}", body or {}, content_type="application/json",
        headers={"idempotency-key": f"{method} {path}".replace(" ", "-")},
    )  # fmt: skip


def test_somebody_is_invited_by_a_program_comes_in_is_moved_and_removed(anna):
    response = anna.send("people/invitations", MAX)
    invited = answer(response, 201)
    assert anna.get(response.headers["Location"]) == invited
    assert anna.get("people/invitations")["items"] == [invited]
    (letter,) = mail.outbox
    assert letter.to == ["max@example.org"]
    link = re.search(r"https?://\S+", letter.body)[0]
    said = {"name": "Max", "password": WORD, "terms": "on"}
    assert Client().post(link, said).status_code == 302
    assert anna.get("people/invitations")["items"] == []
    max_, owner = anna.get("people")["items"]
    assert (max_["name"], max_["email"], max_["role"]) == ("Max", "max@example.org", "reader")
    assert max_["last_signed_in_at"] is None
    assert owner["role"] == "owner"
    assert anna.patch(f"people/{max_['id']}", {"role": "manager"})["role"] == "manager"
    signed_in = browser(User.objects.get(pk=max_["id"]))
    assert signed_in.get("/en/my/").status_code == 200
    assert anna.get("people")["items"][0]["last_signed_in_at"]
    anna.delete(f"people/{max_['id']}")
    assert signed_in.get("/en/my/").status_code == 302
    assert anna.get("people")["items"] == [owner]
    anna.delete(f"people/{max_['id']}", 404)


def test_the_letter_is_the_one_that_the_portal_sends(anna):
    anna.post("people/invitations", MAX)
    browser(of("anna")).post("/en/my/settings/people/", MAX)
    by_program, by_page = (re.sub(r"/[\w-]{40,}/", "/", one.body) for one in mail.outbox)
    assert by_program == by_page


def test_an_invitation_sent_twice_writes_one_letter_and_withdrawn_it_opens_nothing(anna):
    first = anna.send("people/invitations", MAX, key="one")
    again = anna.send("people/invitations", MAX, key="one")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert answer(again, 201) == answer(first, 201)
    (letter,) = mail.outbox
    path = f"people/invitations/{first.json()['id']}"
    gone = anna.send(path, key="two", method="delete")
    again = anna.send(path, key="two", method="delete")
    assert (gone.status_code, again.status_code) == (204, 204)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Client().get(re.search(r"https?://\S+", letter.body)[0]).status_code == 404
    anna.get(path, 404)
    anna.delete(path, 404)


def test_where_the_letter_does_not_go_out_there_is_no_invitation(anna, settings):
    first = anna.post("people/invitations", MAX)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    told = anna.post("people/invitations", {**MAX, "role": "manager"}, 503, key="again")
    assert "could not be sent" in told["detail"]
    # The one before still stands, and the refusal is not kept.
    assert anna.get("people/invitations")["items"] == [first]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    anna.post("people/invitations", {**MAX, "role": "manager"}, key="again")
    assert [one["role"] for one in anna.get("people/invitations")["items"]] == ["manager"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [({"email": "max"}, "#/email"), ({"email": 5}, "#/email"), ({"email": ""}, "#/email"),
     ({"email": "x" * 250 + "@example.org"}, "#/email"), ({"email": "a@b\n.org"}, "#/email"),
     ({"role": "king"}, "#/role"), ({"role": None}, "#/role"), ({"name": "x"}, "#/name")],
)  # fmt: skip
def test_what_is_no_invitation_is_pointed_at(anna, changed, pointer):
    assert anna.post("people/invitations", {**MAX, **changed}, 400)["pointer"] == pointer
    assert not mail.outbox
    assert not Invitation.objects.exists()


def test_refusals_are_those_of_the_portal(anna):
    owner = of("anna")
    User.objects.filter(pk=owner.pk).update(email="anna@example.org")
    told = anna.post("people/invitations", {**MAX, "email": "Anna@example.org"}, 409)
    assert "works for you already" in told["detail"]
    for number in range(OPEN_INVITATIONS):
        anna.post("people/invitations", {**MAX, "email": f"p{number}@example.org"})
    assert "withdraw one" in anna.post("people/invitations", MAX, 409)["detail"]


def test_a_program_does_not_write_to_strangers_all_day(anna):
    account, owner = Publisher.objects.get(code="anna"), of("anna")
    for number in range(INVITATIONS_A_DAY):
        invitation, _secret = invite(
            account, email=f"p{number}@example.org", role="reader", by=owner, at=timezone.now()
        )
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    assert "tomorrow" in anna.post("people/invitations", MAX, 409)["detail"]
    assert not mail.outbox


def test_the_owner_reads_what_a_key_did_to_people_and_how_to_end_it(anna):
    max_ = of("anna", "manager", "max")
    anna.patch("account", {"language": "en"})
    anna.post("people/invitations", MAX)
    anna.patch(f"people/{max_.pk}", {"role": "reader"})
    anna.delete(f"people/{max_.pk}")
    anna.delete(f"people/{max_.pk}", 404)  # what is refused is told to nobody
    answer(in_browser(of("anna"), "post", "people/invitations", MAX), 201)
    letters = Letter.objects.filter(kind="security").order_by("pk")
    said = ["max@example.org was invited with the role “reader”", "max has the role “reader” now",
            "max was removed"]  # fmt: skip
    assert len(letters) == len(said)
    for letter, sentence in zip(letters, said, strict=True):
        assert letter.address == Publisher.objects.get(code="anna").email
        assert sentence in letter.text
        assert "/my/keys/" in letter.text


# --- what no key may ----------------------------------------------------------------------------


def test_no_key_makes_an_owner_or_touches_one(anna):
    owner, second, max_ = of("anna"), of("anna", name="second"), of("anna", "manager", "max")
    refused = [
        anna.post("people/invitations", {**MAX, "role": "owner"}, 403),
        anna.patch(f"people/{max_.pk}", {"role": "owner"}, 403),
        *(anna.patch(f"people/{one.pk}", {"role": "reader"}, 403) for one in (owner, second)),
        *(anna.delete(f"people/{one.pk}", 403) for one in (owner, second)),
    ]
    assert {one["type"] for one in refused} == {"urn:permille:problem:person"}
    assert all("signed in" in one["detail"] for one in refused)
    roles = dict(people_of(owner.publisher).values_list("username", "role"))
    assert roles == {"anna-owner": "owner", "second": "owner", "max": "manager"}
    assert not mail.outbox


def test_an_owner_who_has_signed_in_may_what_the_portal_lets_them(anna):
    owner, second = of("anna"), of("anna", name="second")
    answer(in_browser(owner, "post", "people/invitations", {**MAX, "role": "owner"}), 201)
    answer(in_browser(owner, "patch", f"people/{second.pk}", {"role": "reader"}), 200)
    told = answer(in_browser(owner, "delete", f"people/{owner.pk}"), 409)
    assert "has to stay the owner" in told["detail"]
    told = answer(in_browser(owner, "patch", f"people/{owner.pk}", {"role": "reader"}), 409)
    assert "has to stay the owner" in told["detail"]
    answer(in_browser(second, "delete", f"people/{owner.pk}"), 403)


def test_of_the_people_of_another_there_is_nothing(anna):
    boris = of("boris", "manager")
    invitation, _secret = invite(boris.publisher, **MAX, by=of("boris"), at=timezone.now())
    for path in (f"people/{boris.pk}", f"people/invitations/{invitation.pk}"):
        nothing = path.rpartition("/")[0] + "/99999999"
        theirs, none = anna.delete(path, 404), anna.delete(nothing, 404)
        assert theirs["detail"] == none["detail"]
    anna.patch(f"people/{boris.pk}", {"role": "reader"}, 404)
    anna.patch(f"people/{boris.pk}", {"nonsense": 1}, 404)
    anna.get(f"people/invitations/{invitation.pk}", 404)
    assert anna.get("people/invitations")["items"] == []
    assert "boris" not in str(anna.get("people"))


def test_many_people_come_in_pages_and_cost_as_few_questions_as_some(anna):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            anna.get("people")
        return len(asked)

    for number in range(3):
        of("anna", "reader", f"p{number}")
    questions()  # the first use of a key is noted
    some = questions()
    for number in range(3, 30):
        of("anna", "reader", f"p{number}")
    assert questions() == some
    page, found = anna.get("people", limit=7), []
    while True:
        found += [one["name"] for one in page["items"]]
        if not page["next"]:
            break
        page = anna.get(page["next"])
    assert len(found) == len(set(found)) == 31


@pytest.mark.django_db(transaction=True)
def test_who_is_made_an_owner_at_this_moment_is_not_removed_by_a_key(tmp_path):
    network(tmp_path)
    program, max_ = machine(of("anna")), of("anna", "manager", "max")
    with transaction.atomic():
        change_role(max_.publisher, max_.pk, Role.OWNER)
        removing = Begun(lambda: program.send(f"people/{max_.pk}", method="delete"))
        until_waiting(1)
    assert answer(removing.result(), 403)["type"] == "urn:permille:problem:person"
    assert people_of(max_.publisher).filter(role="owner").count() == 2
