"""Letters: written once for a key, sent at least once, and one bad address stops no other."""

import stat
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language

from config.clock import tick
from config.models import JobRun, RunState
from config.schedule import JOBS
from publishers.letters import (
    ATTEMPTS,
    TRIED_AFTER,
    Owed,
    Words,
    letter_waits,
    send_letters,
    worded,
    write_letters,
)
from publishers.models import Letter, Publisher, User
from publishers.operations import end_block, open_block
from tests.backoffice import signed_in, superuser
from tests.journeys.at_once import Begun

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEND = [job for job in JOBS if job.name == "send_letters"]


def publisher(code: str, language: str = "en", email: str = "") -> Publisher:
    return Publisher.objects.create(
        code=code, name=code, email=email or f"{code}@example.net", language=language,
        registered_at=NOW,
    )  # fmt: skip


def said() -> Words:
    return Words(f"Subject in {get_language()}", "Text\n")


def write(*publishers: Publisher, about: str = "x", at: datetime = NOW) -> None:
    write_letters((Owed(f"{about}:{one.code}", one, said) for one in publishers), at=at)


def letters(count: int) -> list[Letter]:
    """Letters that wait, to as many publishers."""
    write(*(publisher(f"p{number:04}") for number in range(count)))
    return list(Letter.objects.order_by("pk"))


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that answers some addresses with an error; what it has heard, in order."""
    errors: dict[str, Exception] = {}
    heard: list[str] = []

    def send_messages(self, messages):
        address = messages[0].to[0]
        heard.append(address)
        if address in errors:
            raise errors[address]
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return errors, heard


# --- written ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "written"), [("ru", "ru"), ("ru-RU", "ru"), ("en", "en"), ("uk", "en"), ("", "en")]
)
def test_a_letter_is_in_russian_for_who_reads_it_else_in_english(language, written):
    write(publisher("anna", language))
    letter = Letter.objects.get()
    assert (letter.language, letter.subject) == (written, f"Subject in {written}")
    assert (letter.address, letter.made_at, letter.sent_at) == ("anna@example.net", NOW, None)


def test_nobody_is_told_the_same_twice():
    anna = publisher("anna")
    write(anna)
    write(anna, publisher("boris"), at=NOW + MINUTE)
    assert list(Letter.objects.order_by("pk").values_list("key", "made_at")) == [
        ("x:anna", NOW),
        ("x:boris", NOW + MINUTE),
    ]


def test_a_blocked_account_is_written_nothing_until_it_is_open_again():
    anna, boris = publisher("anna"), publisher("boris")
    open_block(publisher_id=anna.pk, ground="case:1", at=NOW)
    write(anna, boris)
    assert [letter.publisher for letter in Letter.objects.all()] == [boris]
    end_block(publisher_id=anna.pk, ground="case:1", at=NOW + MINUTE)
    write(anna, about="y")
    assert Letter.objects.filter(publisher=anna).count() == 1


def test_letters_are_written_in_chunks(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("publishers.letters.WRITTEN_AT_ONCE", 10)
    people = [publisher(f"p{number:02}") for number in range(25)]
    # Each chunk: who is blocked, and one statement; a savepoint around them all.
    with django_assert_num_queries(3 * 2 + 2), transaction.atomic():
        write(*people)
    assert Letter.objects.count() == 25


def test_a_subject_is_one_line_that_fits():
    found = worded(
        "rulebook",
        {"programme": "A\nB", "starts": "1 June", "title": "long " * 60, "sentences": ["<i>"]},
    )
    assert "\n" not in found.subject
    assert found.subject.startswith("A B: new conditions from 1 June. long")
    assert len(found.subject) == 200
    assert "\n\n\n" not in found.text
    assert "1. <i>" in found.text


# --- sent ---------------------------------------------------------------------------------------


def test_a_letter_is_sent_once_in_the_order_of_writing():
    letters(3)
    assert send_letters(at=NOW) == {"sent": 3, "failed": 0}
    assert [message.to for message in mail.outbox] == [
        ["p0000@example.net"],
        ["p0001@example.net"],
        ["p0002@example.net"],
    ]
    assert send_letters(at=NOW) == {"sent": 0, "failed": 0}
    assert set(Letter.objects.values_list("sent_at", "attempts", "error")) == {(NOW, 0, "")}


def test_a_message_says_its_language_and_that_a_program_wrote_it(settings):
    settings.PERMILLE_SITE_HOSTS = ["permille.example"]
    (letter,) = letters(1)
    send_letters(at=NOW)
    (message,) = mail.outbox
    assert (message.subject, message.body) == ("Subject in en", "Text\n")
    assert message.message()["Content-Language"] == "en"
    assert message.message()["Auto-Submitted"] == "auto-generated"
    assert message.message()["Message-ID"] == f"<letter-{letter.pk}@permille.example>"


def test_one_bad_address_does_not_stop_the_others(refusing):
    errors, heard = refusing
    letters(3)
    errors["p0001@example.net"] = SMTPRecipientsRefused({"p0001@example.net": (550, b"no")})
    assert send_letters(at=NOW) == {"sent": 2, "failed": 1}
    bad = Letter.objects.get(sent_at__isnull=True)
    assert (bad.address, bad.attempts) == ("p0001@example.net", 1)
    assert "550" in bad.error
    assert len(heard) == 3


@pytest.mark.parametrize("address", ["", "a\nb@example.net", "nobody"])
def test_an_address_that_is_none_is_an_error_of_its_own_letter(address):
    letters(2)
    first = Letter.objects.order_by("pk").first()
    Letter.objects.filter(pk=first.pk).update(address=address)
    done = send_letters(at=NOW)
    assert done["sent"] + done["failed"] == 2
    assert len(mail.outbox) == done["sent"] >= 1


def test_more_letters_than_a_chunk_are_all_tried_once(refusing, monkeypatch):
    monkeypatch.setattr("publishers.letters.SENT_AT_ONCE", 4)
    errors, heard = refusing
    every = [letter.address for letter in letters(10)]
    for address in every[:5]:
        errors[address] = SMTPRecipientsRefused({address: (550, b"no")})
    assert send_letters(at=NOW) == {"sent": 5, "failed": 5}
    assert heard == every


def test_what_was_sent_stays_noted_where_the_server_hangs_up(refusing, monkeypatch):
    errors, _heard = refusing
    letters(3)
    errors["p0001@example.net"] = SMTPServerDisconnected("gone")
    opened: list[int] = []

    def reopen(self):
        opened.append(1)
        if len(opened) > 1:
            raise ConnectionRefusedError("no server")

    monkeypatch.setattr(EmailBackend, "open", reopen)
    with pytest.raises(ConnectionRefusedError):
        send_letters(at=NOW)
    noted = Letter.objects.order_by("pk").values_list("sent_at", "attempts")
    assert list(noted) == [(NOW, 0), (None, 1), (None, 0)]
    errors.clear()
    monkeypatch.setattr(EmailBackend, "open", lambda self: None)
    assert send_letters(at=NOW + 2 * MINUTE) == {"sent": 2, "failed": 0}
    assert Letter.objects.get(address="p0001@example.net").error == ""


@pytest.mark.django_db(transaction=True)
def test_letters_that_another_sends_are_passed_over():
    first, second = letters(2)
    with transaction.atomic():
        Letter.objects.select_for_update().get(pk=first.pk)
        assert Begun(lambda: send_letters(at=NOW)).result() == {"sent": 1, "failed": 0}
    assert Letter.objects.get(sent_at__isnull=True) == first
    assert Letter.objects.get(sent_at=NOW) == second


# --- again, and the clock -----------------------------------------------------------------------


def test_a_failed_letter_is_tried_later_and_later_and_then_left_for_staff(refusing):
    errors, heard = refusing
    (letter,) = letters(1)
    errors[letter.address] = SMTPRecipientsRefused({letter.address: (451, b"later")})
    for number, delay in enumerate(TRIED_AFTER):
        assert letter_waits(NOW) == NOW + delay
        assert send_letters(at=NOW + delay - timedelta(seconds=1))["failed"] == 0
        send_letters(at=NOW + delay)
        assert len(heard) == number + 1
    assert letter_waits(NOW) is None
    assert send_letters(at=NOW + timedelta(days=9)) == {"sent": 0, "failed": 0}
    assert Letter.objects.get().attempts == ATTEMPTS


def test_the_job_sends_what_waits_and_rests_where_nothing_does():
    letters(2)
    tick(until=NOW + 5 * MINUTE, jobs=SEND)
    assert len(mail.outbox) == 2
    assert tick(until=NOW + 9 * MINUTE, jobs=SEND).runs == []


def test_a_letter_that_fails_does_not_keep_the_clock_busy(refusing):
    errors, heard = refusing
    (letter,) = letters(1)
    errors[letter.address] = SMTPRecipientsRefused({letter.address: (550, b"no")})
    tick(until=NOW + MINUTE, jobs=SEND)
    assert len(heard) == 1
    tick(until=NOW + timedelta(days=30), jobs=SEND)
    assert len(heard) == ATTEMPTS
    assert tick(until=NOW + timedelta(days=60), jobs=SEND).runs == []


def test_a_server_out_of_reach_fails_the_run_and_costs_no_letter_an_attempt(monkeypatch):
    letters(2)

    def unreachable(self):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(EmailBackend, "open", unreachable)
    ticked = tick(until=NOW + timedelta(days=2), jobs=SEND)
    assert len(ticked.runs) == len(ticked.failed) == 1
    assert set(Letter.objects.values_list("sent_at", "attempts")) == {(None, 0)}
    monkeypatch.undo()
    tick(until=NOW + timedelta(days=2), jobs=SEND)
    assert not Letter.objects.filter(sent_at__isnull=True).exists()
    assert not JobRun.objects.exclude(state=RunState.DONE).exists()


# --- the folder of a demo, and the list of staff -------------------------------------------------


def test_without_a_mail_server_letters_are_files_for_their_owner_alone(settings, tmp_path):
    settings.EMAIL_BACKEND = "config.mail.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "letters"
    letters(2)
    assert send_letters(at=NOW) == {"sent": 2, "failed": 0}
    (file,) = (tmp_path / "letters").iterdir()
    assert file.read_text().count("Subject: Subject in en") == 2
    assert stat.S_IMODE((tmp_path / "letters").stat().st_mode) == 0o700


def address(**query: str) -> str:
    text = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse('admin:publishers_letter_changelist')}?{text}"


def test_the_list_finds_letters_by_publisher_and_by_what_became_of_them():
    sent, failed, waiting = letters(3)
    Letter.objects.filter(pk=sent.pk).update(sent_at=NOW)
    Letter.objects.filter(pk=failed.pk).update(attempts=ATTEMPTS, error="550 no")
    client = superuser()

    def shown(**query: str) -> list[Letter]:
        return list(client.get(address(**query)).context["cl"].queryset)

    assert shown(q="p0001") == [failed]
    assert shown(state="sent") == [sent]
    assert shown(state="failed") == [failed]
    assert shown(state="waiting") == [waiting]
    assert shown() == [waiting, failed, sent]
    page = client.get(reverse("admin:publishers_letter_change", args=[failed.pk]))
    assert "550 no" in page.content.decode()


def test_staff_may_have_a_failed_letter_tried_again():
    sent, failed = letters(2)
    Letter.objects.filter(pk=sent.pk).update(sent_at=NOW)
    Letter.objects.filter(pk=failed.pk).update(attempts=ATTEMPTS, error="550 no")
    retry = {"action": "try_again", "_selected_action": [sent.pk, failed.pk]}
    superuser().post(address(), retry)
    assert letter_waits(NOW) == NOW
    assert send_letters(at=NOW) == {"sent": 1, "failed": 0}
    assert [message.to for message in mail.outbox] == [[failed.address]]


def test_who_only_reads_letters_resends_none():
    (failed,) = letters(1)
    Letter.objects.update(attempts=ATTEMPTS)
    reader = signed_in("reader", is_staff=True)
    User.objects.get(username="reader").user_permissions.add(
        Permission.objects.get(codename="view_letter")
    )
    assert reader.get(address()).status_code == 200
    reader.post(address(), {"action": "try_again", "_selected_action": [failed.pk]})
    assert Letter.objects.get().attempts == ATTEMPTS
