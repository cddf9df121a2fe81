"""What tests of the portal begin with: people of publishers who are signed in."""

import re

from django.test import Client

from publishers.enums import Role
from publishers.models import Publisher, User


def of_publisher(code: str, *, role: Role = Role.OWNER, name: str = "") -> Client:
    """A browser in which somebody of a publisher is signed in."""
    user = User.objects.create_user(
        name or f"{code}-{role}",
        email=f"{name or code}-{role}@example.net",
        password="a long word of passage",
        publisher=Publisher.objects.get(code=code),
        role=role,
    )
    client = Client()
    client.force_login(user)
    return client


def text_of(html: str) -> str:
    """A page as it is read: without its tags, blanks one wide."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
