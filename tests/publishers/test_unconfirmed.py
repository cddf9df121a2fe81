"""Accounts that nobody confirmed go after seven days; whatever anybody has done keeps them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from commissions.models import OrderLine, Programme
from config.clock import tick
from config.models import JobRun
from publishers.accounts import NewAccount, close_account, open_account
from publishers.letters import Owed, Words, write_letters
from publishers.models import Letter, Publisher, Source, TermsConsent, TrafficType, User
from publishers.operations import open_block
from publishers.unconfirmed import (
    UNCONFIRMED_LIVES,
    SignUp,
    first_unconfirmed,
    remove_unconfirmed,
)
from referrals.models import Referral
from tests.accounts import NOW, person, publisher

MOMENT = timedelta(microseconds=1)
DUE = NOW + UNCONFIRMED_LIVES


def signed_up(name: str = "Vera", at: datetime = NOW) -> Publisher:
    """An account as the page of signing up leaves it: its code is not given yet."""
    email = f"{name.lower()}@example.org"
    owner = User(username=name.lower(), date_joined=at)
    made = open_account(NewAccount(name, email, "RU", "ru"), owner=owner, at=at)
    EmailAddress.objects.create(user=owner, email=email, verified=False, primary=True)
    return made


@given(st.datetimes(), st.tuples(*3 * [st.booleans()]))
def test_only_who_never_came_is_removed_and_never_before_the_week_is_over(at, has):
    sign_up = SignUp(at, *has)
    assert sign_up.removed_at == (None if any(has) else at + timedelta(days=7))


@pytest.mark.django_db
def test_a_week_to_the_instant():
    vera = signed_up()
    assert first_unconfirmed() == DUE
    assert remove_unconfirmed(at=DUE - MOMENT) == 0
    assert Publisher.objects.get() == vera
    assert remove_unconfirmed(at=DUE) == 1
    for model in (Publisher, User, EmailAddress, TermsConsent):
        assert not model.objects.exists()
    assert first_unconfirmed() is None
    assert remove_unconfirmed(at=DUE) == 0


def confirmed(vera: Publisher) -> None:
    EmailAddress.objects.update(verified=True)


def signed_in(vera: Publisher) -> None:
    User.objects.update(last_login=NOW)


def with_a_source(vera: Publisher) -> None:
    kind = TrafficType.objects.create(code="content_site", name_en="x", name_ru="x")
    Source.objects.create(publisher=vera, code="vera-site", traffic_type=kind)


def with_an_order(vera: Publisher) -> None:
    call_command("load_programme", verbosity=0)
    OrderLine.objects.create(
        programme=Programme.objects.get(), publisher=vera, order_id=1, sub_order_id=1,
        feed_status=3, created_at=NOW, paid_cents=1, is_hot=False, is_affiliate=True, country="US",
        status="confirmed", base_cents=1, rated_cents=0, commission_cents=0,
    )  # fmt: skip


def brought_by_somebody(vera: Publisher) -> None:
    Referral.objects.create(referred=vera, referrer=Publisher.objects.get(code="first"))


def bringing_somebody(vera: Publisher) -> None:
    Referral.objects.create(referred=publisher("later"), referrer=vera)


def blocked(vera: Publisher) -> None:
    open_block(publisher_id=vera.pk, ground="case 1", at=NOW)


def closed(vera: Publisher) -> None:
    close_account(vera, by=User.objects.get(), at=NOW)


def entered_by_staff(vera: Publisher) -> None:
    EmailAddress.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "has",
    [confirmed, signed_in, with_a_source, with_an_order, brought_by_somebody, bringing_somebody,
     blocked, closed, entered_by_staff],
)  # fmt: skip
def test_whatever_anybody_has_done_keeps_the_account(has: Callable[[Publisher], None]):
    publisher("first")
    vera = signed_up()
    has(vera)
    assert first_unconfirmed() is None
    assert remove_unconfirmed(at=DUE + timedelta(days=400)) == 0
    assert Publisher.objects.filter(pk=vera.pk).exists()
    assert User.objects.filter(publisher=vera).exists()


@pytest.mark.django_db
def test_letters_that_were_owed_go_with_the_account_and_others_stay():
    vera, anna = signed_up(), publisher()
    owner = person(anna)
    write_letters(
        (Owed(f"news:{of.pk}", of, lambda: Words("News", "News.")) for of in (vera, anna)), at=NOW
    )
    assert remove_unconfirmed(at=DUE) == 1
    assert Letter.objects.get().publisher == anna
    assert User.objects.get() == owner


@pytest.mark.django_db
def test_the_clock_removes_them_once_a_day():
    signed_up()
    signed_up("Kim", NOW + timedelta(days=3))
    removed = {
        run.due_at: run.result["accounts_removed"]
        for day in range(6, 13)
        for run in tick(until=NOW + timedelta(days=day)).runs
        if run.job == "remove_unconfirmed"
    }
    # Three o'clock is the job's time; both had signed up at noon.
    assert removed == {DUE.replace(hour=3) + timedelta(days=days): 1 for days in (1, 4)}
    assert not JobRun.objects.filter(state="failed").exists()


@pytest.mark.django_db
def test_thirty_cost_as_many_questions_as_three():
    def questions(names: range) -> int:
        for number in names:
            signed_up(f"Vera{number}")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert first_unconfirmed() == DUE
            assert remove_unconfirmed(at=DUE) == len(names)
        return len(asked)

    assert questions(range(3)) == questions(range(30))
