"""What keys of the API do to an account's people and data, told by a letter of safety.

Whoever has found a key does what it may in silence; the letter is how its owner hears of it.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin
from uuid import uuid4

from django.conf import settings
from django.urls import reverse

from publishers.enums import LetterKind
from publishers.letters import Owed, Words, worded, write_letters
from publishers.models import ApiKey, Publisher


def tell_of_key(
    key: ApiKey, publisher: Publisher, what: Callable[[], str], *, at: datetime
) -> None:
    """Write to the account's own address. what: a sentence, in the language of its letters."""

    def words() -> Words:
        way = urljoin(settings.PERMILLE_SITE_URL, reverse("portal:keys"))
        return worded("key_used", {"key": key, "what": what(), "at": at, "way": way})

    owed = Owed(
        key=f"key:{key.pk}:{uuid4()}",
        publisher=publisher,
        words=words,
        to_blocked=True,
        kind=LetterKind.SECURITY,
    )
    write_letters([owed], at=at)
