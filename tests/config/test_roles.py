"""The roles of staff: a table that leaves nothing out, written into groups, changed by two."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from config import roles
from config.roles import ACTIONS, RIGHTS, rights_of, sync_roles
from publishers.enums import ROLE_SENTENCES, RoleChangeState, StaffRole
from publishers.models import Publisher, RoleChange, User
from publishers.staff_roles import (
    RoleChangeRefused,
    approve_role_change,
    ask_role_change,
    refuse_role_change,
    roles_of,
)
from tests.backoffice import NOW
from tests.cases import person

pytestmark = pytest.mark.django_db
ROOMS = {"publishers", "commissions", "referrals", "compliance", "config"}


def rights_there_are() -> set[str]:
    """Every right of every model that the back office shows, and of every model of ours."""
    models = {*admin.site._registry, *(m for m in apps.get_models() if m._meta.app_label in ROOMS)}
    return {
        f"{model._meta.app_label}.{codename}"
        for model in models
        for codename in [
            *(f"{action}_{model._meta.model_name}" for action in model._meta.default_permissions),
            *(name for name, _sentence in model._meta.permissions),
        ]
    }


def with_role(name: str, *given: StaffRole) -> User:
    """Somebody whom two others gave these roles."""
    user = person(name)
    change = ask_role_change(
        user_id=user.pk, roles=given, reason="Needed.", by=person("asker"), at=NOW
    )
    approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    return User.objects.get(pk=user.pk)


# --- The table -------------------------------------------------------------------------


def test_every_right_of_every_model_is_given_or_withheld_by_the_table():
    assert set(RIGHTS) == rights_there_are()


def test_the_auditor_reads_everything_and_writes_nothing():
    views = {right for right in RIGHTS if right.split(".")[1].startswith("view_")}
    assert rights_of(StaffRole.AUDITOR) == views


def test_who_reads_nothing_of_a_model_changes_nothing_of_it():
    for right, holders in RIGHTS.items():
        app, codename = right.split(".")
        action, _, model = codename.partition("_")
        if action in ACTIONS:
            assert holders <= RIGHTS[f"{app}.view_{model}"], right


def test_groups_and_rights_of_single_people_are_in_no_role():
    assert not {right for right in RIGHTS if right.startswith("auth.") and "view" not in right} & {
        right for role in StaffRole for right in rights_of(role)
    }


def test_every_role_is_told_in_a_sentence():
    assert set(ROLE_SENTENCES) == set(StaffRole)


# --- Written into groups ---------------------------------------------------------------


def test_a_database_that_was_migrated_has_the_roles():
    for role in StaffRole:
        held = Group.objects.get(name=role.value).permissions.values_list(
            "content_type__app_label", "codename"
        )
        assert {f"{app}.{codename}" for app, codename in held} == rights_of(role)


def test_roles_are_mended_and_the_second_time_nothing_is_said(capsys):
    Group.objects.get(name="auditor").permissions.add(
        Permission.objects.get(codename="change_rulebook")
    )
    Group.objects.get(name="finance").permissions.remove(
        Permission.objects.get(codename="add_feedimport")
    )
    Group.objects.create(name="friends of the house")
    assert sync_roles() == [
        "finance: given commissions.add_feedimport",
        "auditor: taken commissions.change_rulebook",
    ]
    assert sync_roles() == []
    call_command("sync_roles")
    assert "as they were" in capsys.readouterr().out
    assert Group.objects.filter(name="friends of the house").exists()


def test_a_right_that_nobody_knows_is_refused_and_changes_nothing(monkeypatch):
    Group.objects.get(name="finance").permissions.clear()
    monkeypatch.setitem(roles.RIGHTS, "commissions.mint_money", frozenset({StaffRole.FINANCE}))
    with pytest.raises(CommandError, match="mint_money"):
        call_command("sync_roles")
    assert not Group.objects.get(name="finance").permissions.exists()


# --- Changed by two --------------------------------------------------------------------


def test_one_asks_another_approves_and_the_person_may_then_work():
    user = User.objects.create_user("newcomer")
    change = ask_role_change(
        user_id=user.pk, roles=["finance"], reason="Joins.", by=person("asker"), at=NOW
    )
    assert roles_of(user) == []
    approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    user = User.objects.get(pk=user.pk)
    assert user.is_staff
    assert user.has_perm("commissions.add_feedimport")
    assert not user.has_perm("commissions.approve_rulebook")


def test_who_has_no_role_left_is_no_longer_of_the_staff():
    user = with_role("leaver", StaffRole.SUPPORT)
    user = with_role("leaver")
    assert not user.is_staff
    assert roles_of(user) == []


@pytest.mark.parametrize("who", ["asker", "newcomer"])
def test_neither_who_asked_nor_whose_roles_they_are_approves(who):
    user = person("newcomer")
    change = ask_role_change(
        user_id=user.pk, roles=["head"], reason="Wants it.", by=person("asker"), at=NOW
    )
    with pytest.raises(RoleChangeRefused, match="another person"):
        approve_role_change(change_id=change.pk, by=person(who), at=NOW)
    with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
        RoleChange.objects.filter(pk=change.pk).update(
            state="approved", decided_by=person(who), decided_at=NOW
        )
    assert roles_of(user) == []


def test_the_database_lets_nobody_into_a_group_without_two_people():
    user, head = person("thief"), Group.objects.get(name="head")
    with pytest.raises(DatabaseError, match="approved by another"), transaction.atomic():
        user.groups.add(head)
    ask_role_change(user_id=user.pk, roles=["head"], reason="x", by=person("asker"), at=NOW)
    with pytest.raises(DatabaseError, match="approved by another"), transaction.atomic():
        user.groups.add(head)
    with_role("other", StaffRole.SUPPORT)
    with pytest.raises(DatabaseError, match="approved by another"), transaction.atomic():
        User.objects.get(username="other").groups.add(head)
    moves = pytest.raises(DatabaseError, match="approved by another")
    with moves, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE publishers_user_groups SET group_id = %s", [head.pk])


def test_what_was_asked_and_what_was_decided_stays():
    user = person("newcomer")
    change = ask_role_change(user_id=user.pk, roles=["support"], reason="x", by=user, at=NOW)
    for values in ({"roles": ["head"]}, {"asked_by": person("other")}, {"user": person("other")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RoleChange.objects.filter(pk=change.pk).update(**values)
    approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleChange.objects.filter(pk=change.pk).update(state="asked")
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleChange.objects.filter(pk=change.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleChange.objects.create(
            user=user, roles=["head"], roles_before=[], reason="x", asked_by=user, asked_at=NOW,
            state="approved", decided_by=person("approver"), decided_at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "reason", "says"),
    [
        (["king"], "x", "no role king"),
        ([], "x", "already"),
        (["head"], "  ", "Say why"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_with_a_sentence(given, reason, says):
    with pytest.raises(RoleChangeRefused, match=says):
        ask_role_change(user_id=person("a").pk, roles=given, reason=reason, by=person("b"), at=NOW)
    assert not RoleChange.objects.exists()


def test_a_second_request_and_a_person_of_a_publisher_are_refused():
    user = person("a")
    ask_role_change(user_id=user.pk, roles=["head"], reason="x", by=person("b"), at=NOW)
    with pytest.raises(RoleChangeRefused, match="b has asked"):
        ask_role_change(user_id=user.pk, roles=["support"], reason="x", by=person("c"), at=NOW)
    anna = Publisher.objects.create(code="anna", name="Anna", registered_at=NOW)
    theirs = User.objects.create_user("anna", publisher=anna)
    with pytest.raises(RoleChangeRefused, match="of a publisher"):
        ask_role_change(user_id=theirs.pk, roles=["head"], reason="x", by=user, at=NOW)


def test_refused_by_another_or_taken_back_by_oneself_it_is_over():
    for who, state in (("asker", RoleChangeState.TAKEN_BACK), ("other", RoleChangeState.REFUSED)):
        change = ask_role_change(
            user_id=person("a").pk, roles=["head"], reason="x", by=person("asker"), at=NOW
        )
        assert refuse_role_change(change_id=change.pk, by=person(who), at=NOW).state == state
        with pytest.raises(RoleChangeRefused, match="waits for nobody"):
            approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    assert roles_of(person("a")) == []


# --- In the back office ----------------------------------------------------------------


def at_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_two_heads_change_roles_in_the_back_office():
    first, second = with_role("first", StaffRole.HEAD), with_role("second", StaffRole.HEAD)
    newcomer = User.objects.create_user("newcomer")
    add = reverse("admin:publishers_rolechange_add")
    assert (
        "exactly these"
        in at_desk(first)
        .post(add, {"user": newcomer.pk, "roles": [], "reason": "Joins."})
        .content.decode()
    )
    answer = at_desk(first).post(
        add, {"user": newcomer.pk, "roles": ["support"], "reason": "Joins."}
    )
    assert answer.status_code == 302, answer.content.decode()
    change = RoleChange.objects.latest("pk")
    page = reverse("admin:publishers_rolechange_change", args=[change.pk])
    approve = reverse("admin:publishers_rolechange_approve", args=[change.pk])
    assert 'data-action="approve"' not in at_desk(first).get(page).content.decode()
    at_desk(first).post(approve)
    assert roles_of(newcomer) == []
    assert 'data-action="approve"' in at_desk(second).get(page).content.decode()
    assert at_desk(second).get(approve).status_code == 405
    at_desk(second).post(approve)
    assert roles_of(newcomer) == ["support"]


def test_a_form_of_a_user_changes_no_rights():
    head = with_role("first", StaffRole.HEAD)
    theirs = User.objects.create_user("theirs", email="a@example.net")
    page = reverse("admin:publishers_user_change", args=[theirs.pk])
    form = {
        "username": "theirs", "email": "b@example.net", "is_active": "on", "is_staff": "on",
        "is_superuser": "on", "groups": [Group.objects.get(name="head").pk],
        "user_permissions": [Permission.objects.get(codename="approve_rulebook").pk],
        "date_joined_0": "2020-01-01", "date_joined_1": "00:00:00", "role": "owner",
    }  # fmt: skip
    root = User.objects.create_superuser("root")
    for who in (head, root):
        User.objects.filter(pk=theirs.pk).update(email="")
        assert at_desk(who).post(page, form).status_code == 302
        theirs.refresh_from_db()
        assert theirs.email == "b@example.net"
        assert not theirs.is_superuser
        assert not theirs.is_staff
        assert not theirs.groups.exists()
        assert not theirs.user_permissions.exists()


def test_no_head_sets_the_password_of_a_colleague():
    head, colleague = with_role("first", StaffRole.HEAD), with_role("second", StaffRole.HEAD)
    root = User.objects.create_superuser("root")
    for other in (colleague, root):
        form = {"password1": "a long word of passage", "password2": "a long word of passage"}
        address = reverse("admin:auth_user_password_change", args=[other.pk])
        assert at_desk(head).post(address, form).status_code == 403
        change = reverse("admin:publishers_user_change", args=[other.pk])
        assert at_desk(head).post(change, {"username": "x"}).status_code == 403


def test_groups_are_read_and_never_written_by_hand():
    page = reverse("admin:auth_group_change", args=[Group.objects.get(name="head").pk])
    root = at_desk(User.objects.create_superuser("root"))
    assert root.get(page).status_code == 200
    assert root.post(page, {"name": "x"}).status_code == 403
