"""Who asks, what they ask for, and what came of it: the machinery of the policy's table."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple
from unittest.mock import PropertyMock, patch

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from commissions.models import LineExport, OrderLine, Rulebook
from compliance.models import Case, PreflightRun
from publishers.enums import Role, StaffRole
from publishers.models import (
    AccountBlock,
    ApiKey,
    DataExport,
    Invitation,
    Publisher,
    Source,
    SourceFile,
    User,
)
from publishers.staff_roles import approve_role_change, ask_role_change
from tests.backoffice import NOW
from tests.cases import person

ANONYMOUS, SUPERUSER = "anonymous", "superuser"
# People of a publisher: three of the one whose rows are asked for, and two of others.
THEIRS = {"reader": Role.READER, "manager": Role.MANAGER, "owner": Role.OWNER}
STRANGERS = ("another publisher", "blocked publisher")
STAFF = tuple(role.value for role in StaffRole)
EVERYBODY = (ANONYMOUS, *THEIRS, *STRANGERS, *STAFF, SUPERUSER)

# What an answer comes to.
IN, SIGN_IN, TO_STAFF, DENIED, MISSING, NO_METHOD = (
    "in", "sign in", "to staff's pages", "denied", "missing", "no such method"
)  # fmt: skip


# Pages of the library that signs people in, each about whoever is signed in alone: what they let be
# done hangs on steps and second factors, which the tests of signing in follow.
OF_THE_LIBRARY = ("account_", "mfa_")


class Address(NamedTuple):
    """An address of the resolver. name: with its namespaces; unnamed ones go by their route."""

    name: str
    route: str
    pattern: URLPattern
    namespaced: str


def addresses() -> list[Address]:
    """Every address there is, those under /api/ excepted: they have a table of their own."""
    return [
        one
        for one in _walk(get_resolver(), "", "")
        if not one.route.startswith("api/") and not one.name.startswith(OF_THE_LIBRARY)
    ]


def _walk(resolver: URLResolver, route: str, space: str) -> Iterator[Address]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one, here, inner)
        else:
            named = f"{space}{one.name}" if one.name else ""
            yield Address(named or f"@{here}", here, one, named)


def model_of(name: str) -> Any:
    """The model whose pages an address of the admin belongs to, None: it belongs to none."""
    parts = name.removeprefix("admin:").split("_")
    if not name.startswith("admin:") or len(parts) < 2:
        return None
    for size in range(1, len(parts)):
        try:
            model = apps.get_model("_".join(parts[:size]), parts[size])
        except LookupError:
            continue
        return User if model._meta.swapped else model
    return None


def path_of(address: Address, publisher: Publisher) -> str:
    """The address itself, of rows that there are; of the portal, rows of that publisher."""
    if not address.namespaced:
        start = address.route.split("<")[0].split("(")[0]
        rest = "no-such-page/" if "(" in address.route else "7/" if "<" in address.route else ""
        return f"/{start}{rest}"
    names = address.pattern.pattern.converters or dict.fromkeys(
        address.pattern.pattern.regex.groupindex
    )
    kwargs = {name: _value(address, name, publisher) for name in names}
    if address.name == "admin:app_list":
        kwargs = {"app_label": "publishers"}
    return reverse(address.namespaced, kwargs=kwargs)


def _value(address: Address, name: str, publisher: Publisher) -> Any:
    rulebooks = list(Rulebook.objects.order_by("pk")[:2])
    known = {
        "case_id": lambda: Case.objects.filter(publisher=publisher).latest("pk").pk,
        "key_id": lambda: ApiKey.objects.filter(publisher=publisher).latest("pk").pk,
        "export_id": lambda: DataExport.objects.filter(publisher=publisher).latest("pk").pk,
        "invitation_id": lambda: Invitation.objects.filter(publisher=publisher).latest("pk").pk,
        "user_id": lambda: User.objects.filter(publisher=publisher).latest("pk").pk,
        "line_id": lambda: OrderLine.objects.filter(publisher=publisher).latest("pk").pk,
        "number": lambda: _number(address, publisher),
        "secret": lambda: "no-such-secret",
        "key": lambda: "no-such-key",
        "file_id": lambda: SourceFile.objects.latest("pk").pk,
        "run_id": lambda: PreflightRun.objects.latest("pk").pk,
        "source_id": lambda: Source.objects.latest("pk").pk,
        "rulebook_id": lambda: rulebooks[0].pk,
        "old_id": lambda: rulebooks[0].pk,
        "new_id": lambda: rulebooks[1].pk,
        "content_type_id": lambda: ContentType.objects.get_for_model(Publisher).pk,
        "code": lambda: _code(address, publisher),
        "version": lambda: 1,
        "source": lambda: Source.objects.earliest("pk").code,
        "app_label": lambda: "publishers",
        "slug": lambda: "orders",
    }
    if name in known:
        return known[name]()
    model = model_of(address.name) or Publisher
    row = model._default_manager.filter(
        **({"publisher__isnull": False} if model is User else {})
    ).first()
    return row.pk if row is not None else 1


def _number(address: Address, publisher: Publisher) -> int:
    """Of a case or of an export of the publisher, whichever the address asks for."""
    model = Case if address.name == "portal:case" else LineExport
    return model.objects.filter(publisher=publisher).latest("pk").pk


def _code(address: Address, publisher: Publisher) -> str:
    """Of the publisher, of a source of its, or of the programme: whatever the address asks for."""
    if address.name == "public:join":
        return publisher.code
    if address.name.startswith("portal:source"):
        return Source.objects.filter(publisher=publisher).latest("pk").code
    return "aliexpress"


def somebody(who: str) -> Client:
    """A browser in which this one of `EVERYBODY` is signed in."""
    client = Client()
    if who == ANONYMOUS:
        return client
    if who in STAFF:
        user = person(f"of {who}")
        change = ask_role_change(
            user_id=user.pk, roles=[who], reason="x", by=person("asker"), at=NOW
        )
        approve_role_change(change_id=change.pk, by=person("approver"), at=NOW)
    elif who == SUPERUSER:
        user = User.objects.create_superuser("of superuser")
    else:
        code = {"another publisher": "carol", "blocked publisher": "dave"}.get(who, "anna")
        publisher, _new = Publisher.objects.get_or_create(
            code=code, defaults={"name": code, "registered_at": NOW, "email": f"{code}@example.net"}
        )
        if code == "dave":
            AccountBlock.objects.create(publisher=publisher, ground="case:0", valid_from=NOW)
        user = User.objects.create_user(
            f"of {who}", publisher=publisher, role=THEIRS.get(who, Role.OWNER)
        )
    client.force_login(User.objects.get(pk=user.pk))
    return client


# What pages that answer nothing to an empty question are asked.
QUESTIONS = {"portal:orders_file": "format=csv", "portal:export_new": "format=csv"}


def asked(client: Client, method: str, path: str, name: str) -> str:
    """What a question comes to; whatever it changed is undone, and no page is drawn for it."""
    drawn = patch.object(
        SimpleTemplateResponse, "rendered_content", new_callable=PropertyMock, return_value=""
    )
    cookies = deepcopy(client.cookies)
    with drawn, transaction.atomic():
        question = QUESTIONS.get(name, "")
        answer = client.generic(
            method,
            path,
            question if method == "POST" else "",
            content_type="application/x-www-form-urlencoded",
            QUERY_STRING=question if method == "GET" else "",
        )
        if answer.streaming:
            list(answer)  # Read to its end, a file is closed.
        transaction.set_rollback(True)
    client.cookies = cookies
    came = outcome(answer)
    # From a page of staff, the next one is no other door.
    inside = name.startswith(("admin:", "@admin/")) and name not in ("admin:login", "admin:logout")
    return IN if inside and came == TO_STAFF else came


def outcome(answer: HttpResponse) -> str:
    """What an answer comes to."""
    if answer.status_code in (301, 302):
        to = answer.headers["Location"]
        if to.startswith((reverse("admin:login"), reverse("public:sign_in"))):
            return SIGN_IN
        return TO_STAFF if to.startswith(reverse("admin:index")) else IN
    assert answer.status_code < 500, answer
    return {403: DENIED, 404: MISSING, 405: NO_METHOD}.get(answer.status_code, IN)
