"""Who calls the API in tests: machines with keys, people in browsers; and a few orders to ask for.

anna has a site and brought boris, who has a cashback service.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from commissions.models import Programme
from publishers.enums import SCOPES_OF_PUBLISHERS, SCOPES_OF_STAFF, Scope
from publishers.keys import make_key
from publishers.models import ApiKey, Publisher, User
from tests import backoffice
from tests.journeys.orders import order

V1 = "/api/v1"
DAY = timedelta(days=1)
_numbers = count()


def of(code: str, role: str = "owner", name: str = "") -> User:
    """Somebody of a publisher, the same for the same role."""
    publisher = Publisher.objects.get(code=code)
    user, _new = User.objects.get_or_create(
        username=name or f"{code}-{role}", defaults={"publisher": publisher, "role": role}
    )
    return user


def clerk(*rights: str, name: str = "clerk") -> User:
    """One of the staff with these rights."""
    user, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return User.objects.get(pk=user.pk)


def key_for(
    user: User, scopes: Iterable[Scope] | None = None, *, at: datetime | None = None,
    life: timedelta = DAY,
) -> tuple[ApiKey, str]:  # fmt: skip
    """A key, and its text; with every scope that there is for the person."""
    at = at or timezone.now()
    possible = SCOPES_OF_STAFF if user.publisher_id is None else SCOPES_OF_PUBLISHERS
    return make_key(
        user=user, name="test", scopes=list(scopes or possible), expires_at=at + life, by=user,
        at=at,
    )  # fmt: skip


class Machine:
    """A program that calls with a key."""

    def __init__(self, text: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {text}"})

    def get(self, path: str, status: int = 200, /, **asked: Any) -> Any:
        """What an address answers."""
        address = path if path.startswith("http") else f"{V1}/{path}"
        response = self.client.get(address, asked)
        return answer(response, status)

    def post(
        self, path: str, body: Any = None, status: int = 201, key: str = "", **more: Any
    ) -> Any:
        """What a write answers; without `key` it is a new one."""
        return answer(self.send(path, body, key=key, **more), status)

    def put(self, path: str, body: Any, status: int = 200, key: str = "") -> Any:
        """What the replacement of something answers."""
        return answer(self.send(path, body, key=key, method="put"), status)

    def patch(self, path: str, body: Any, status: int = 200, key: str = "") -> Any:
        """What a change answers."""
        return answer(self.send(path, body, key=key, method="patch"), status)

    def delete(self, path: str, status: int = 204, key: str = "") -> Any:
        """What taking something away answers: nothing, where it is done."""
        return answer(self.send(path, key=key, method="delete"), status)

    def send(self, path: str, body: Any = None, key: str = "", **more: Any) -> Any:
        """The response to a write."""
        headers = {"idempotency-key": key or f"k{next(_numbers)}"}
        call = getattr(self.client, more.pop("method", "post"))
        return call(
            f"{V1}/{path}", {} if body is None else body,
            content_type=more.pop("content_type", "application/json"), headers=headers, **more,
        )  # fmt: skip


def machine(user: User, *scopes: Scope) -> Machine:
    """A program with a new key of somebody."""
    return Machine(key_for(user, scopes)[1])


def answer(response: Any, status: int) -> Any:
    """The value of an answer, which has this status and is well formed."""
    assert response.status_code == status, (response.status_code, response.content[:2_000])
    assert response.headers["X-Request-Id"]
    assert "no-store" in response.headers.get("Cache-Control", "no-store")
    if status == 204:
        assert (response.content, "Content-Type" in response.headers) == (b"", False)
        return None
    kind = response.headers["Content-Type"]
    value = response.json()
    if status < 400:
        assert kind == "application/json"
    else:
        assert kind == "application/problem+json"
        assert {"type", "title", "status", "detail", "request_id"} <= value.keys()
        assert (value["status"], value["request_id"]) == (
            status, response.headers["X-Request-Id"],
        )  # fmt: skip
    return value


def network(folder: Path) -> Programme:
    """The programme, anna and boris with their sources."""
    return backoffice.facts(folder)


def some_orders(programme: Programme, folder: Path, count: int = 3, first: int = 1) -> None:
    """Orders of anna's, and one of boris'."""
    rows = [
        order(number, created_time=f"2019-03-{1 + number % 20:02d} 10:00:00")
        for number in range(first, first + count)
    ]
    backoffice.take(programme, folder, [*rows, order(900 + first, source="boris-cb")])
