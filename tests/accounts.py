"""A publisher with its owner, and people who sign in, for tests about accounts."""

import re
from datetime import UTC, datetime

from django.core import mail
from django.test import Client

from publishers.enums import Role
from publishers.models import Publisher, User

WORD = "a long word of passage"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIGN_UP = "/en/sign-up/"
SAID = {
    "name": "Blog of Vera",
    "email": "vera@example.org",
    "password1": WORD,
    "country": "RU",
    "language": "ru",
    "terms": "on",
}


def publisher(code: str = "anna", **more: object) -> Publisher:
    told = {"email": f"{code}@example.org", "name": code.title(), "registered_at": NOW, **more}
    return Publisher.objects.create(code=code, **told)


def person(of: Publisher, name: str = "", role: Role = Role.OWNER, **more: object) -> User:
    name = name or of.code
    return User.objects.create_user(
        name, f"{name}@example.org", WORD, publisher=of, role=role, **more
    )


def browser(user: User) -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    client.force_login(user)
    return client


def sign_in(name: str, word: str = WORD, client: Client | None = None, **more: str):
    client = client or Client()
    return client, client.post("/en/sign-in/", {"username": name, "password": word, **more})


def code_of_last_letter() -> str:
    """The code in the letter that was sent last."""
    return re.search(r"(?m): ([A-Z0-9]{3,}-?[A-Z0-9]*)\s*$", mail.outbox[-1].body)[1]
