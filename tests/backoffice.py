"""What tests of the back office begin with: people who sign in, and a few orders in the books."""

from datetime import UTC, datetime
from pathlib import Path

from django.test import Client

from commissions.models import FeedImport, Programme
from commissions.operations.feed import import_file, receive_feed
from publishers.models import User
from tests.fact_files import Folder, aliexpress
from tests.journeys.orders import Row, order, written

NOW = datetime(2021, 6, 1, tzinfo=UTC)


def signed_in(name: str, **rights: bool) -> Client:
    """A browser in which somebody is signed in."""
    user = User.objects.create_user(name, password="a long word of passage", **rights)
    client = Client()
    client.force_login(user)
    return client


def superuser() -> Client:
    return signed_in("root", is_staff=True, is_superuser=True)


def facts(folder: Path) -> Programme:
    """The programme, two publishers (anna brought boris) and their sources."""
    programme = aliexpress()
    Folder(folder, programme).with_sources()
    return programme


def take(programme: Programme, folder: Path, rows: list[Row]) -> FeedImport:
    """Take rows of a feed into the books."""
    path = written(folder / "orders.ndjson", rows)
    feed_import = receive_feed(
        programme=programme, name=path.name, amount_unit="cents", by=None, at=NOW
    )
    return import_file(feed_import_id=feed_import.pk, path=path, at=NOW)


__all__ = ["NOW", "facts", "order", "signed_in", "superuser", "take"]
