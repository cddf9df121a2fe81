"""Who may call what: every address of the API, every method, every caller."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIRequestFactory

from commissions.models import FeedImport, LineExport, OrderLine, Rulebook
from compliance.operations import ask_for_answer
from config.api.urls import urlpatterns
from config.data_export import make_exports
from publishers.api.callers import MayCall
from publishers.api.views import ApiView
from publishers.data_exports import ask_export
from publishers.enums import Role, Scope
from publishers.keys import revoke_key
from publishers.models import AccountBlock, Publisher, User
from publishers.people import invite
from tests.api.callers import DAY, clerk, key_for, network, of, some_orders
from tests.cases import person
from tests.journeys.orders import found_case

pytestmark = pytest.mark.django_db

OPEN = {"schema", "docs"}  # read by anybody: they hold nothing of anybody's
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
# What is asked of each address that is not open, and of what kind that is.
KINDS = {
    ("account", "get"): "own", ("balances", "get"): "own", ("statistics", "get"): "own",
    ("orders", "get"): "own", ("order", "get"): "annas", ("explanation", "get"): "annas",
    ("referrals", "get"): "own", ("sources", "get"): "own", ("sources", "post"): "own write",
    ("source", "get"): "annas", ("traffic_types", "get"): "own",
    ("source_answer", "post"): "annas write", ("source_change", "post"): "annas write",
    ("source_look", "post"): "annas write", ("source_withdraw", "post"): "annas write",
    ("cases", "get"): "own or all", ("case", "get"): "annas or all",
    ("answer", "post"): "annas case", ("appeal", "post"): "annas case",
    ("referral_summary", "get"): "own", ("news", "get"): "everybody",
    ("programmes", "get"): "everybody", ("calendar", "get"): "everybody",
    ("conditions", "get"): "everybody", ("quote", "get"): "everybody",
    ("feeds", "post"): "staff write", ("imports", "get"): "staff", ("import", "get"): "staff",
    ("parked", "get"): "staff", ("stop", "post"): "staff write",
    ("clicks", "get"): "own", ("clicks_file", "get"): "own",
    ("statistics_file", "get"): "own", ("links", "post"): "own write",
    ("exports", "get"): "own", ("exports", "post"): "own file",
    ("export", "get"): "annas", ("export_file", "get"): "annas",
    ("account", "patch"): "owners write", ("letters", "get"): "own",
    ("letters", "put"): "own write", ("people", "get"): "own",
    ("person", "patch"): "annas of owners write", ("person", "delete"): "annas of owners write",
    ("invitations", "get"): "own", ("invitations", "post"): "owners write",
    ("invitation", "get"): "annas", ("invitation", "delete"): "annas of owners write",
    ("data_exports", "get"): "owners", ("data_exports", "post"): "owners data",
    ("data_export", "get"): "annas of owners", ("data_export_file", "get"): "annas data",
    ("keys", "get"): "owners", ("revoke_key", "post"): "annas data",
    ("rulebooks", "get"): "staff", ("rulebook", "get"): "staff",
    ("rulebooks", "post"): "staff write", ("differences", "get"): "staff",
    ("discard", "post"): "staff write",
}  # fmt: skip
OK = "reached"
# By kind: what each caller is answered. `OK`: the view itself answers, well or ill.
WHO = ("nobody", "owner", "manager", "reader", "boris", "blocked", "reading key", "annas key",
       "ended key", "revoked key", "staff", "staff with right", "key with right")  # fmt: skip
TABLE = {
    "own": (401, OK, OK, OK, OK, OK, OK, OK, 401, 401, 403, 403, 403),
    "annas": (401, OK, OK, OK, 404, OK, OK, OK, 401, 401, 403, 403, 403),
    "own or all": (401, OK, OK, OK, OK, OK, OK, OK, 401, 401, 403, OK, OK),
    "annas or all": (401, OK, OK, OK, 404, OK, OK, OK, 401, 401, 403, OK, OK),
    "own write": (401, OK, OK, 403, OK, 403, 403, OK, 401, 401, 403, 403, 403),
    # Who may read lines may have them as a file, blocked or not; a key needs the scope.
    "own file": (401, OK, OK, OK, OK, OK, 403, OK, 401, 401, 403, 403, 403),
    "annas write": (401, OK, OK, 403, 404, 403, 403, OK, 401, 401, 403, 403, 403),
    # What owners alone may; a blocked account still asks for its data and revokes its keys.
    "owners": (401, OK, 403, 403, OK, OK, OK, OK, 401, 401, 403, 403, 403),
    "annas of owners": (401, OK, 403, 403, 404, OK, OK, OK, 401, 401, 403, 403, 403),
    "owners write": (401, OK, 403, 403, OK, 403, 403, OK, 401, 401, 403, 403, 403),
    "annas of owners write": (401, OK, 403, 403, 404, 403, 403, OK, 401, 401, 403, 403, 403),
    "owners data": (401, OK, 403, 403, OK, OK, 403, OK, 401, 401, 403, 403, 403),
    "annas data": (401, OK, 403, 403, 404, OK, 403, OK, 401, 401, 403, 403, 403),
    # A blocked account may still answer and appeal.
    "annas case": (401, OK, OK, 403, 404, OK, 403, OK, 401, 401, 403, 403, 403),
    "everybody": (401, OK, OK, OK, OK, OK, OK, OK, 401, 401, 403, OK, OK),
    "staff": (401, 403, 403, 403, 403, 403, 403, 403, 401, 401, 403, OK, OK),
    "staff write": (401, 403, 403, 403, 403, 403, 403, 403, 401, 401, 403, OK, OK),
}
RIGHTS = ("view_case", "view_rulebook", "view_feedimport", "add_feedimport", "change_rulebook")


@pytest.fixture
def arguments(tmp_path, settings) -> dict[str, list]:
    """Something of anna's, or of the network's, for each address."""
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = network(tmp_path)
    some_orders(programme, tmp_path, 1)
    line = OrderLine.objects.get(publisher__code="anna").pk
    case = found_case("anna", "r1")
    ask_for_answer(
        case_id=case.pk, by=person("decider"), at=timezone.now(), until=timezone.now() + DAY
    )
    given = FeedImport.objects.order_by("pk").last()
    book = Rulebook.objects.order_by("pk").last()
    asked = {"by": of("anna"), "at": timezone.now()}
    anna = Publisher.objects.get(code="anna")
    export = LineExport.objects.create(
        publisher=anna, params={}, file_format="csv", asked_at=timezone.now()
    )
    invited, _secret = invite(anna, email="max@example.org", role=Role.READER, **asked)
    copy = ask_export(anna, **asked)
    make_exports(at=asked["at"])
    return {
        "person": [of("anna", "manager", "max").pk], "invitation": [invited.pk],
        "data_export": [copy.pk], "data_export_file": [copy.pk],
        "revoke_key": [key_for(of("anna"))[0].pk],
        "order": [line], "explanation": [line], "source": ["anna-site"],
        **{f"source_{move}": ["anna-site"] for move in ("answer", "change", "look", "withdraw")},
        "case": [case.pk],
        "answer": [case.pk], "appeal": [case.pk], "calendar": ["aliexpress"],
        "news": ["aliexpress"],
        "conditions": ["aliexpress", book.version], "import": [given.pk], "parked": [given.pk],
        "stop": [given.pk], "rulebook": [book.pk],
        "export": [export.pk], "export_file": [export.pk],
        "differences": [book.pk], "discard": [book.pk],
    }  # fmt: skip


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_key(text: str) -> Client:
    return Client(headers={"authorization": f"Bearer {text}"})


def callers() -> dict[str, Client]:
    reading = [scope for scope in Scope if not scope.writes and scope != Scope.READ_FEEDS]
    ended = key_for(of("anna"), at=timezone.now() - 2 * DAY)[1]
    revoked, text = key_for(of("anna"))
    revoke_key(key_id=revoked.pk, by=of("anna"), at=timezone.now())
    return {
        "nobody": Client(),
        **{role: browser(of("anna", role)) for role in ("owner", "manager", "reader")},
        "boris": browser(of("boris")),
        "reading key": with_key(key_for(of("anna"), reading)[1]),
        "annas key": with_key(key_for(of("anna"))[1]),
        "ended key": with_key(ended),
        "revoked key": with_key(text),
        "staff": browser(clerk(name="plain")),
        "staff with right": browser(clerk(*RIGHTS)),
        "key with right": with_key(key_for(clerk(*RIGHTS))[1]),
        "blocked": browser(of("anna", "owner", "blocked")),
    }


def status(client: Client, name: str, method: str, arguments: dict[str, list]) -> int:
    address = reverse(f"api:{name}", args=arguments.get(name, []))
    call = getattr(client, method)
    response = call(address, headers={"idempotency-key": "k"})
    if response.streaming:
        b"".join(response.streaming_content)  # which closes its file
    return response.status_code


def undone(work, *arguments):
    """What it comes to; what it wrote is gone."""
    before = transaction.savepoint()
    try:
        return work(*arguments)
    finally:
        transaction.savepoint_rollback(before)


def test_each_caller_of_each_address_is_answered_by_the_table(arguments):
    clients = callers()
    wrong = []
    for who, client in clients.items():
        if who == "blocked":
            anna = Publisher.objects.get(code="anna")
            AccountBlock.objects.create(publisher=anna, ground="x", valid_from=timezone.now())
        for (name, method), kind in KINDS.items():
            expected = TABLE[kind][WHO.index(who)]
            found = undone(status, client, name, method, arguments)
            reached = found not in (401, 403, 404, 405, 500)
            if (reached if expected == OK else found == expected) is False:
                wrong.append(f"{who}: {method} {name}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)
    assert set(clients) == set(WHO)


def test_the_table_names_every_address_and_method():
    known = {
        (pattern.name, method)
        for pattern in urlpatterns
        if pattern.name not in OPEN
        for method in METHODS
        if method not in ("head", "options")
        if hasattr(pattern.callback.view_class, method)
    }
    assert known == set(KINDS)


def test_every_view_declares_a_scope_for_every_method():
    for pattern in urlpatterns:
        if pattern.name in OPEN:
            continue
        view = pattern.callback.view_class
        assert issubclass(view, ApiView), pattern.name
        methods = {one.upper() for one in METHODS if hasattr(view, one)} - {"HEAD", "OPTIONS"}
        assert methods == set(view.scopes), pattern.name
        assert set(view.staff_rights) <= methods, pattern.name
        assert view.permission_classes == [MayCall], pattern.name
        for method, scope in view.scopes.items():
            # A copy of all the data is more than what any scope for reading opens.
            writes = method != "GET" or pattern.name == "data_export_file"
            assert scope.writes == writes, pattern.name


def test_other_methods_are_no_methods(arguments):
    client = browser(User.objects.create_superuser("root"))
    for pattern in urlpatterns:
        for method in METHODS:
            served = (pattern.name, "get" if method == "head" else method) in KINDS
            if served or pattern.name in OPEN:
                continue
            assert status(client, pattern.name, method, arguments) == 405, (pattern.name, method)


def test_a_view_that_says_nothing_is_closed_to_everybody():
    class Silent(ApiView):
        def get(self, request):
            raise AssertionError("it was reached")

    request = APIRequestFactory().get("/api/v1/silent", headers={"authorization": "Bearer x"})
    assert Silent.as_view()(request).status_code == 401
    request = APIRequestFactory().get("/api/v1/silent")
    request.user = User.objects.create_superuser("root")
    request._force_auth_user = request.user
    assert Silent.as_view()(request).status_code == 403


def test_a_browser_needs_the_token_of_its_own_page(arguments):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(of("anna"))
    assert status(strict, "sources", "post", {}) == 403
    keyed = Client(
        enforce_csrf_checks=True,
        headers={"authorization": f"Bearer {key_for(of('anna'))[1]}"},
    )
    assert status(keyed, "sources", "post", {}) in (400, 415)
