"""referred_by of publishers.csv: said once, with the publisher, and never changed."""

import pytest
from django.db import connection

from publishers.models import Publisher
from referrals.models import Referral
from tests.fact_files import PUBLISHERS, Folder, aliexpress

pytestmark = pytest.mark.django_db

HEADER = "code,email,name,country,language,registered_at,referred_by\n"


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path, aliexpress())


def row(code: str, day: int, referrer: str = "") -> str:
    return f"{code},{code}@example.net,{code},,,2018-09-{day:02d}T09:00:00Z,{referrer}\n"


def referrals() -> list[str]:
    return sorted(str(one) for one in Referral.objects.select_related("referred", "referrer"))


def test_a_referrer_may_stand_below_whom_it_brought(folder):
    folder.load("publishers.csv", HEADER + row("c", 3, "b") + row("b", 2, "a") + row("a", 1))
    assert referrals() == ["a > b", "b > c"]
    assert list(Publisher.objects.order_by("id").values_list("code", flat=True)) == ["a", "b", "c"]


def test_a_referrer_of_the_same_instant_came_first(folder):
    folder.load("publishers.csv", HEADER + row("c", 1, "b") + row("b", 1, "a") + row("a", 1))
    assert referrals() == ["a > b", "b > c"]


def test_a_referrer_may_be_known_from_an_earlier_file(folder):
    folder.load("publishers.csv", PUBLISHERS)
    folder.load("publishers.csv", HEADER + row("zoe", 9, "boris"))
    assert "boris > zoe" in referrals()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (row("a", 1, "nobody"), 'referred_by is "nobody". No publisher has this code'),
        (row("a", 1, "b") + row("b", 2), 'referred_by is "b", who registered later.'),
        (row("a", 1, "a"), 'referred_by is "a". Nobody is brought by whom it brought itself.'),
        (row("a", 1, "no one"), 'referred_by is "no one". Write a code of 1 to 64'),
    ],
)
def test_a_referrer_that_cannot_be_is_refused(folder, rows, sentence):
    (found,) = folder.refusal("publishers.csv", HEADER + rows)
    assert found.startswith(f"Line 2: {sentence}")
    assert not Publisher.objects.exists()


def test_publishers_of_one_instant_cannot_bring_each_other_in_a_circle(folder):
    found = folder.refusal("publishers.csv", HEADER + row("a", 1, "b") + row("b", 1, "a"))
    assert len(found) == 2
    assert all("Nobody is brought by whom it brought itself." in one for one in found)


def test_a_referrer_whose_own_row_is_wrong_is_not_complained_of_twice(folder):
    wrong = row("b", 1).replace("b@example.net", "b")
    (found,) = folder.refusal("publishers.csv", HEADER + row("c", 2, "b") + wrong)
    assert "email" in found


@pytest.mark.parametrize(
    ("who", "referrer", "sentence"),
    [
        ("boris", "clara", 'referred_by is "clara", but "anna" brought this publisher.'),
        ("boris", "", 'referred_by is empty, but "anna" brought this publisher.'),
        ("clara", "anna", 'referred_by is "anna", but the publisher came by itself.'),
    ],
)
def test_a_referral_never_changes(folder, who, referrer, sentence):
    folder.load("publishers.csv", PUBLISHERS + row("clara", 3))
    before = referrals()
    found = folder.refusal("publishers.csv", HEADER + row("new", 9) + row(who, 4, referrer))
    assert [one.startswith(f"Line 3: {sentence}") for one in found] == [True]
    assert referrals() == before
    assert not Publisher.objects.filter(code="new").exists()


def test_without_the_column_referrals_stay(folder):
    folder.load("publishers.csv", PUBLISHERS)
    lines = [line.rpartition(",")[0] for line in PUBLISHERS.split()]
    loaded = folder.load("publishers.csv", "\n".join(lines).replace("Boris", "B"))
    assert (loaded.mended, loaded.unchanged) == (1, 1)
    assert referrals() == ["anna > boris"]


def test_a_mended_registration_cannot_turn_a_referral_around(folder):
    folder.load("publishers.csv", PUBLISHERS)
    text = PUBLISHERS.replace("2018-09-01T", "2018-09-03T").replace("boris,", "new,")
    text = text.replace("Z,anna", "Z,")
    (found,) = folder.refusal("publishers.csv", text)
    assert 'registered_at would be wrong: "anna" brought "boris"' in found


def test_referrals_are_kept_by_the_database_too(folder):
    folder.load("publishers.csv", PUBLISHERS)
    with connection.cursor() as cursor, pytest.raises(Exception, match="Cannot"):
        cursor.execute("DELETE FROM referrals_referral")
