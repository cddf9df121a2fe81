"""Who may go where: every address, by method, for everybody. What is not listed is denied.

The table says what each address needs; who has it is said by the roles' own table. An address
that no line fits fails the test, whatever it answers.
"""

import logging
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from commissions.models import LineExport, OrderLine
from compliance.models import Case
from config.roles import RIGHTS
from publishers.data_exports import ask_export
from publishers.enums import Role
from publishers.keys import make_key
from publishers.models import Publisher, User
from publishers.people import invite
from tests.backoffice import NOW
from tests.cases import DAY
from tests.config.policy import (
    ANONYMOUS,
    DENIED,
    EVERYBODY,
    IN,
    MISSING,
    NO_METHOD,
    SIGN_IN,
    STAFF,
    STRANGERS,
    SUPERUSER,
    THEIRS,
    TO_STAFF,
    Address,
    addresses,
    asked,
    model_of,
    path_of,
    somebody,
)
from tests.config.test_admin_pages import WRITTEN_BY_PRODUCT, a_row_of_each  # noqa: F401

pytestmark = pytest.mark.django_db

# Who asks -> what the answer comes to.
Need = Callable[[str, Address], str]


def public(who: str, address: Address) -> str:
    """Anybody may."""
    return IN


def nobody(who: str, address: Address) -> str:
    """There is no such method, for anybody."""
    return NO_METHOD


def to_staffs_pages(who: str, address: Address) -> str:
    """Leads to the back office's door."""
    return TO_STAFF


def staff(*rights: str, without: str = DENIED, having: str = IN) -> Need:
    """Staff who have all of these rights, and superusers.

    rights: `app.codename`; a word alone is the right of that name on the address's own model.
    """

    def need(who: str, address: Address) -> str:
        if who not in (*STAFF, SUPERUSER):
            return SIGN_IN
        model = model_of(address.name)
        named = [
            right if "." in right else f"{model._meta.app_label}.{right}_{model._meta.model_name}"
            for right in rights
        ]
        return having if who == SUPERUSER or all(who in RIGHTS[one] for one in named) else without

    return need


def by_hand(right: str) -> Need:
    """Like `staff`; what the product writes by itself is written by nobody."""

    def need(who: str, address: Address) -> str:
        model = model_of(address.name)
        written = who in (*STAFF, SUPERUSER) and model._meta.label in WRITTEN_BY_PRODUCT
        kept = right == "delete" and not admin.site._registry[model].has_delete_permission(
            _as_superuser()
        )
        denied = written or (kept and who == SUPERUSER)
        return DENIED if denied else staff(right)(who, address)

    return need


def _as_superuser() -> object:
    """A request whose sender has every right: what it may not do, the model forbids."""

    class Sender:
        is_superuser = is_active = is_staff = True

        def has_perm(self, right: str) -> bool:
            return True

    return type("Request", (), {"user": Sender(), "GET": {}, "method": "GET"})()


def superuser(who: str, address: Address) -> str:
    """Superusers alone."""
    return staff()(who, address) if who not in STAFF else DENIED


def portal(who: str, address: Address) -> str:
    """Anybody of any publisher, of its own; staff are led to theirs."""
    if who == ANONYMOUS:
        return SIGN_IN
    return TO_STAFF if who in (*STAFF, SUPERUSER) else IN


def while_open(who: str, address: Address) -> str:
    """Anybody of a publisher whose account is not blocked."""
    return DENIED if who == "blocked publisher" else portal(who, address)


def own(who: str, address: Address) -> str:
    """The row of one publisher: to others it is as if there were none."""
    return MISSING if who in STRANGERS else portal(who, address)


def writes(role: Role, *, while_blocked: bool = False) -> Need:
    """Who of a publisher has this role; a blocked account may send where it is said."""

    def need(who: str, address: Address) -> str:
        if who == "blocked publisher" and not while_blocked:
            return DENIED
        if who in THEIRS and not THEIRS[who].covers(role):
            return DENIED
        return portal(who, address)

    return need


def own_with(role: Role, *, while_blocked: bool = False) -> Need:
    """The same of the row of one publisher."""

    def need(who: str, address: Address) -> str:
        found = writes(role, while_blocked=while_blocked)(who, address)
        return MISSING if who in STRANGERS and found == IN else found

    return need


def the_back_door(who: str, address: Address) -> str:
    """Staff come in; others are told that it is not theirs."""
    if who == ANONYMOUS:
        return SIGN_IN
    return IN if who in (*STAFF, SUPERUSER) else DENIED


def the_old_door(who: str, address: Address) -> str:
    """The same, for whom is in already."""
    return TO_STAFF if who in (*STAFF, SUPERUSER) else the_back_door(who, address)


def missing(who: str, address: Address) -> str:
    """There is none of this name."""
    return MISSING


def the_way_in(who: str, address: Address) -> str:
    """Who is of the staff is there already."""
    return TO_STAFF if who in (*STAFF, SUPERUSER) else IN


def the_way_out(having: str) -> Need:
    """Who is not of the staff has nothing to leave, and is led to the door."""
    return lambda who, address: having if who in (*STAFF, SUPERUSER) else TO_STAFF


SIGNED_IN, CLOSED = staff(), staff(having=DENIED)
POST_ALONE = staff(having=NO_METHOD)


def runs_import(who: str, address: Address) -> str:
    """Who sees imports and may upload; who sees none is told that there is none."""
    seen = SEES_IMPORT(who, address)
    return seen if seen != IN else UPLOADS(who, address)


DECIDES = staff("compliance.change_case")
APPROVES_BLOCKS = staff("compliance.approve_block")
JUDGES = staff("compliance.decide_appeal")
MODERATES = staff("compliance.change_moderation")
DRAFTS = staff("commissions.change_rulebook")
APPROVES_RULES = staff("commissions.approve_rulebook")
OBSERVES = staff("compliance.change_observation")
UPLOADS = staff("commissions.add_feedimport")
SEES_IMPORT = staff("commissions.view_feedimport", without=MISSING)
SEES_WHAT_IFS = staff("commissions.view_whatif")

# Address, what reading it needs, what sending to it needs. The first line that fits holds.
TABLE: list[tuple[str, Need, Need]] = [
    # --- Anybody ---
    ("root", to_staffs_pages, to_staffs_pages),
    ("click", public, nobody),
    ("@favicon.ico", public, public),
    ("set_language", public, public),
    ("join", public, nobody),
    # An invitation that nobody has given.
    ("public:join", missing, missing),
    ("public:join_staff", missing, missing),
    ("public:theme", nobody, public),
    ("public:sign_in", the_way_in, the_way_in),
    ("public:sign_up", the_way_in, the_way_in),
    ("public:sign_out", nobody, public),
    ("public:*", public, nobody),
    # --- People of publishers ---
    ("portal:settings", portal, writes(Role.OWNER)),
    ("portal:settings_people", portal, writes(Role.OWNER)),
    # Nothing is asked for: neither a role nor to remove.
    ("portal:settings_person", nobody, lambda who, address: (
        DENIED if portal(who, address) == IN else portal(who, address))),
    ("portal:settings_invitation", nobody, own_with(Role.OWNER)),
    ("portal:settings_devices", portal, portal),
    ("portal:settings_letters", portal, writes(Role.MANAGER)),
    ("portal:settings_data", writes(Role.OWNER, while_blocked=True),
     writes(Role.OWNER, while_blocked=True)),
    # It is not made yet.
    ("portal:settings_data_file", lambda who, address: (
        MISSING if writes(Role.OWNER, while_blocked=True)(who, address) == IN
        else writes(Role.OWNER, while_blocked=True)(who, address)), nobody),
    ("portal:settings_closing", writes(Role.OWNER, while_blocked=True),
     writes(Role.OWNER, while_blocked=True)),
    ("portal:settings_reopening", nobody, writes(Role.OWNER, while_blocked=True)),
    ("portal:keys", writes(Role.OWNER, while_blocked=True), writes(Role.OWNER)),
    ("portal:revoke_key", nobody, own_with(Role.OWNER, while_blocked=True)),
    ("portal:source_new", portal, writes(Role.MANAGER)),
    ("portal:source", own, own_with(Role.MANAGER)),
    ("portal:source_change", own, own_with(Role.MANAGER)),
    ("portal:case", own, own_with(Role.MANAGER, while_blocked=True)),
    ("portal:order", own, nobody),
    ("portal:export_new", nobody, portal),
    ("portal:links", portal, while_open),
    ("portal:export", own, nobody),
    ("portal:export_progress", own, nobody),
    ("portal:export_file", own, nobody),
    ("portal:*", portal, nobody),
    # --- Staff: the door ---
    ("@admin/login/", the_back_door, the_back_door),
    ("admin:login", the_old_door, the_back_door),
    ("admin:logout", the_way_out(NO_METHOD), the_way_out(IN)),
    ("admin:index", SIGNED_IN, SIGNED_IN),
    ("admin:search", SIGNED_IN, SIGNED_IN),
    ("admin:app_list", SIGNED_IN, SIGNED_IN),
    ("admin:password_change", SIGNED_IN, SIGNED_IN),
    ("admin:password_change_done", SIGNED_IN, POST_ALONE),
    ("admin:jsi18n", SIGNED_IN, POST_ALONE),
    # It asks for a model and a field, each with its own right; without them, nobody.
    ("admin:autocomplete", staff(having=DENIED), POST_ALONE),
    ("admin:view_on_site", staff(having=MISSING), staff(having=MISSING)),
    # --- Staff: pages of their own ---
    ("admin:quote", staff("commissions.view_rulebook"), staff("commissions.view_rulebook")),
    ("admin:daily_totals", staff("commissions.view_dailytotal"),
     staff("commissions.view_dailytotal")),
    ("admin:load_world", superuser, superuser),
    ("admin:publishers_apikey_make", staff("publishers.add_apikey"),
     staff("publishers.add_apikey")),
    # Of the publisher's person that is asked for, nobody: they are invited in the portal.
    ("admin:publishers_user_invite", CLOSED, CLOSED),
    ("admin:auth_user_password_change", staff("change"), staff("change")),
    ("admin:publishers_rolechange_approve", POST_ALONE, staff("publishers.approve_rolechange")),
    ("admin:publishers_rolechange_refuse", POST_ALONE, staff("publishers.approve_rolechange")),
    ("admin:commissions_feedimport_upload", UPLOADS, UPLOADS),
    ("admin:commissions_feedimport_progress", SEES_IMPORT, SEES_IMPORT),
    ("admin:commissions_feedimport_stop", POST_ALONE, runs_import),
    ("admin:commissions_feedimport_again", POST_ALONE, runs_import),
    ("admin:commissions_rulebook_edit", DRAFTS, DRAFTS),
    ("admin:commissions_rulebook_check", staff("change", having=NO_METHOD), DRAFTS),
    ("admin:commissions_rulebook_new_draft", DRAFTS, DRAFTS),
    ("admin:commissions_rulebook_new_from_file", DRAFTS, DRAFTS),
    ("admin:commissions_rulebook_approve", POST_ALONE, APPROVES_RULES),
    ("admin:commissions_rulebook_send_back", POST_ALONE, APPROVES_RULES),
    ("admin:commissions_rulebook_export", staff("view"), staff("view")),
    ("admin:commissions_rulebook_differences", staff("view"), staff("view")),
    ("admin:commissions_rulebook_compare", staff(having=MISSING), staff(having=MISSING)),
    ("admin:commissions_rulebook_what_if", SEES_WHAT_IFS,
     staff("commissions.view_whatif", "commissions.change_rulebook")),
    *((f"admin:commissions_rulebook_{step}", POST_ALONE, DRAFTS)
      for step in ("copy", "correct", "undo", "ask", "take_back", "throw_away")),
    *((f"admin:commissions_whatif_{step}", POST_ALONE,
       staff("commissions.view_whatif", "commissions.change_rulebook"))
      for step in ("stop", "again")),
    *((f"admin:commissions_whatif_{page}", SEES_WHAT_IFS, SEES_WHAT_IFS)
      for page in ("progress", "csv", "xlsx")),
    ("admin:referrals_referral_draw", staff("view"), staff("view")),
    *((f"admin:compliance_case_{move}", APPROVES_BLOCKS, APPROVES_BLOCKS)
      for move in ("approve_block", "refuse_block")),
    *((f"admin:compliance_case_{move}", JUDGES, JUDGES) for move in ("uphold", "confirm")),
    *((f"admin:compliance_case_{move}", DECIDES, DECIDES)
      for move in ("open", "open_case", "take_back", "ask_answer", "dismiss", "warn", "suspend",
                   "ask_block", "overturn", "enter_answer", "enter_appeal")),
    ("admin:compliance_moderation_file", staff("view"), staff("view")),
    # The first run has kept no copy of a page: who may look finds none.
    ("admin:compliance_moderation_evidence", staff("view", having=MISSING),
     staff("view", having=MISSING)),
    ("admin:compliance_moderation_open", MODERATES, MODERATES),
    ("admin:compliance_moderation_agree", POST_ALONE,
     staff("compliance.change_moderation", "publishers.add_agreement")),
    # Accuses: a case is opened by who decides cases.
    ("admin:compliance_moderation_case", POST_ALONE, MODERATES),
    *((f"admin:compliance_moderation_{step}", POST_ALONE, MODERATES)
      for step in ("approve", "ask", "reject", "look", "look_now")),
    *((f"admin:compliance_observation_{step}", OBSERVES, OBSERVES)
      for step in ("open_case", "dismiss")),
    ("admin:compliance_violationpolicy_approve", POST_ALONE,
     staff("compliance.approve_violationpolicy")),
    ("admin:compliance_violationpolicy_drop", POST_ALONE,
     staff("compliance.approve_violationpolicy")),
    # Asked for and decided, never changed.
    ("admin:publishers_rolechange_change", staff("view"), CLOSED),
    ("admin:compliance_violationpolicy_change", staff("view"), CLOSED),
    ("admin:commissions_parkedrow_change", staff("view"), staff("change")),
    # The calendar of beat is written by the code; it is empty here, which its pages say to all.
    ("admin:django_celery_beat_*_add", CLOSED, CLOSED),
    ("admin:django_celery_beat_*_change", staff("view"), CLOSED),
    ("admin:django_celery_beat_*_history", SIGNED_IN, SIGNED_IN),
    # --- Staff: what every model has ---
    ("admin:*_changelist", staff("view"), staff("view")),
    ("admin:*_history", staff("view"), staff("view")),
    ("admin:*_change", staff("view"), by_hand("change")),
    ("admin:*_add", by_hand("add"), by_hand("add")),
    ("admin:*_delete", by_hand("delete"), by_hand("delete")),
    ("admin:*_export", staff("view"), staff("view")),
    ("admin:*_process_import", POST_ALONE, staff("add")),
    ("admin:*_import", staff("add"), staff("add")),
    ("@admin/*/<path:object_id>/", SIGNED_IN, SIGNED_IN),
    ("@admin/(?P<url>.*)$", staff(having=MISSING), staff(having=MISSING)),
]  # fmt: skip


def line_for(name: str) -> tuple[str, Need, Need] | None:
    """The first line of the table that fits an address."""
    return next((line for line in TABLE if fits(name, line[0])), None)


def fits(name: str, pattern: str) -> bool:
    """Whether a line's pattern is of this address; only a star stands for anything."""
    return name == pattern or ("*" in pattern and "(" not in pattern and fnmatchcase(name, pattern))


def test_every_address_has_a_line_and_every_line_an_address():
    names = [address.name for address in addresses()]
    assert [name for name in names if line_for(name) is None] == []
    used = {id(line_for(name)) for name in names}
    assert [line[0] for line in TABLE if id(line) not in used] == []


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are what is asked for here, and nothing to log."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def rows(a_row_of_each: None) -> Publisher:  # noqa: F811
    """A row of each model, and of the portal's all rows anna's."""
    anna = Publisher.objects.get(code="anna")
    LineExport.objects.create(publisher=anna, asked_at=NOW, params={}, file_format="csv")
    OrderLine.objects.update(publisher=anna)
    owner = User.objects.create_user("of anna", publisher=anna)
    # Open as its page sees it, which asks the clock.
    invite(anna, email="eve@example.org", role=Role.READER, by=owner, at=timezone.now())
    ask_export(anna, by=owner, at=NOW)
    make_key(user=owner, name="k", scopes=["read:orders"], expires_at=NOW + DAY, by=owner, at=NOW)
    Case.objects.create(
        kind="other", publisher=anna, evidence="t", found_at=NOW, evidence_frozen={},
        status="waiting", answer_until=NOW + DAY,
    )  # fmt: skip
    return anna


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_goes_where_the_table_says_and_nowhere_else(rows, who):
    client = somebody(who)
    wrong = []
    for address in addresses():
        line = line_for(address.name)
        for method, need in zip(("GET", "POST"), line[1:] if line else (), strict=False):
            wanted = need(who, address)
            came = asked(client, method, path_of(address, rows), address.name)
            if came != wanted:
                wrong.append(f"{method} {address.name}: {came}, not {wanted}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", ["order", "export", "export_progress", "export_file"])
@pytest.mark.parametrize("who", STRANGERS)
def test_what_is_somebody_elses_is_the_same_404_as_none(rows, who, page):
    client = somebody(who)
    theirs = path_of(next(one for one in addresses() if one.name == f"portal:{page}"), rows)
    answers = [client.get(path) for path in (theirs, reverse(f"portal:{page}", args=[987654321]))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers
