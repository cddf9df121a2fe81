"""Keys of the API: made, found by what a machine sends, used, revoked.

Whoever writes through a key holds its row as the last thing before the commit (`hold_key`), and
whoever revokes one waits for that: of a revocation and a call at the same moment one comes first.
Last, because a block takes its case and its publisher before it takes the keys.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from publishers.enums import SCOPES_OF_PUBLISHERS, SCOPES_OF_STAFF, Role, Scope
from publishers.figures import instant
from publishers.models import AccountBlock, ApiKey, Publisher, User
from publishers.models.api_key import LONGEST_LIFE
from publishers.prepared import prepared_cursor, unchecked
from publishers.sql import sql

MOST_STANDING = 20  # of one publisher, or of one of the staff
LONGEST_NAME = 50
# A use is noted at most so often.
NOTED_EVERY = timedelta(minutes=1)
_PREFIX = 8


class KeyRefused(Exception):
    """A key cannot be made so; `field` and the message say what to give instead."""

    def __init__(self, field: str, sentence: str) -> None:
        """field: name, scopes, expires_at or empty."""
        super().__init__(sentence)
        self.field = field


class KeyClosed(Exception):
    """A key that opens nothing any more, or never did; the message says why and what to do."""


def scopes_for(user: User) -> tuple[Scope, ...]:
    """The scopes that a key of this person can have."""
    return SCOPES_OF_STAFF if user.publisher_id is None else SCOPES_OF_PUBLISHERS


@transaction.atomic
def make_key(
    *,
    user: User,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: User,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key with the rights of `user`: (its row, its text, which is told nowhere again).

    A publisher's owner makes them for the publisher; staff for themselves, a superuser for any of
    the staff. Raises KeyRefused.
    """
    _require_right(user, by)
    publisher = None
    if user.publisher_id is not None:
        # Held, so that a block of the account comes before or after.
        publisher = Publisher.objects.select_for_update().get(pk=user.publisher_id)
        if _open_blocks().filter(publisher=publisher).exists():
            raise KeyRefused("", _("The account is blocked: it can have no keys until it is free."))
    else:
        User.objects.select_for_update().get(pk=user.pk)
    wanted = _known_scopes(scopes, scopes_for(user))
    named = name.strip()
    if not named or len(named) > LONGEST_NAME:
        raise KeyRefused(
            "name",
            _("Give the key a name of 1 to %(most)d characters.") % {"most": LONGEST_NAME},
        )
    _require_end(expires_at, at)
    standing = keys_of(user).filter(revoked=False, expiry_date__gt=at)
    if standing.count() >= MOST_STANDING:
        raise KeyRefused(
            "", _("There are %(most)d keys already: revoke one first.") % {"most": MOST_STANDING}
        )
    key, text = ApiKey.objects.create_key(
        publisher=publisher, user=user, name=named, scopes=wanted, expiry_date=expires_at,
        made_at=at, made_by=by,
    )  # fmt: skip
    assert isinstance(key, ApiKey)  # noqa: S101 - the manager is that of this model
    return key, text


def _require_right(user: User, by: User) -> None:
    own = user.pk == by.pk
    if user.publisher_id is None:
        allowed = user.is_staff and by.is_staff and (own or by.is_superuser)
    else:
        allowed = own and by.may(Role.OWNER)
    if not (allowed and user.is_active and by.is_active):
        raise KeyRefused("", _("You may not make this key: ask an owner of the account."))


def _known_scopes(scopes: Iterable[str], known: tuple[Scope, ...]) -> list[str]:
    given = set(scopes)
    unknown = given - {scope.value for scope in known}
    if unknown or not given:
        raise KeyRefused(
            "scopes",
            _("Choose one or more of %(scopes)s.")
            % {"scopes": ", ".join(scope.value for scope in known)},
        )
    return [scope.value for scope in known if scope.value in given]


def _require_end(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + LONGEST_LIFE:
        raise KeyRefused(
            "expires_at",
            _("The key ends %(end)s: choose a time from now to two years ahead.")
            % {"end": instant(expires_at)},
        )


def keys_of(user: User) -> QuerySet[ApiKey]:
    """The keys that somebody may see: the publisher's, or one's own."""
    if user.publisher_id is None:
        return ApiKey.objects.filter(publisher__isnull=True, user=user)
    return ApiKey.objects.filter(publisher_id=user.publisher_id)


@transaction.atomic
def revoke_key(*, key_id: int, by: User, at: datetime) -> ApiKey:
    """End a key at once; one that is revoked already stays as it was.

    by: an owner of its publisher, whose it is, or staff with the right to change keys. Raises
    KeyRefused, the same for somebody else's as for none.
    """
    any_key = by.is_staff and by.has_perm("publishers.change_apikey")
    keys = ApiKey.objects.all() if any_key else keys_of(by)
    key = keys.select_for_update(of=("self",)).filter(pk=key_id).first()
    if key is None or not (any_key or by.publisher_id is None or by.may(Role.OWNER)):
        raise KeyRefused("", _("There is no such key of yours."))
    if not key.revoked:
        key.revoked, key.revoked_at, key.revoked_by = True, at, by
        key.save(update_fields=["revoked", "revoked_at", "revoked_by"])
    return key


def end_keys(*, publisher_id: int, at: datetime) -> int:
    """Revoke every key of a publisher, whose account is blocked; how many there were."""
    standing = ApiKey.objects.filter(publisher_id=publisher_id, revoked=False)
    return standing.update(revoked=True, revoked_at=at)


def _open_blocks() -> QuerySet[AccountBlock]:
    return AccountBlock.objects.filter(valid_to__isnull=True)


def _with_people() -> QuerySet[ApiKey]:
    block = _open_blocks().filter(publisher_id=OuterRef("publisher_id"))
    return ApiKey.objects.select_related("user", "publisher").annotate(blocked=Exists(block))


def open_key(text: str, *, at: datetime) -> ApiKey:
    """The key of a text that a machine sends, as the rows are now; one query. Raises KeyClosed."""
    prefix = text[:_PREFIX]
    key = _key_of_prefix(prefix) if prefix.isalnum() else None
    if key is None or not key.is_valid(text):
        raise KeyClosed(_("There is no such key: check that it was copied whole."))
    _require_open(key, at)
    return key


def _key_of_prefix(prefix: str) -> ApiKey | None:
    """The key with its person, and whether its publisher is blocked now.

    What `_with_people` asks, prepared: every call of the API begins with it.
    """
    row = unchecked(lambda: _row_of_prefix(prefix))
    if row is None:
        return None
    key_fields, user_fields = _fields(ApiKey), _fields(User)
    key = ApiKey.from_db(connection.alias, key_fields, row[: len(key_fields)])
    key.user = User.from_db(connection.alias, user_fields, row[len(key_fields) : -1])
    key.blocked = row[-1]  # type: ignore[attr-defined]
    return key


def _row_of_prefix(prefix: str) -> tuple[Any, ...] | None:
    with prepared_cursor() as cursor:
        cursor.execute(_statement_of_prefix(), [prefix])
        return cursor.fetchone()


@cache
def _statement_of_prefix() -> str:
    # The columns of both models have the names of their fields.
    columns = [*(f"k.{name}" for name in _fields(ApiKey)), *(f"u.{name}" for name in _fields(User))]
    return sql("open_key").replace("/* columns of k and u */", ", ".join(columns))


@cache
def _fields(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)  # noqa: SLF001 - all of them


def hold_key(key_id: int, *, at: datetime) -> None:
    """Hold a key open until this transaction ends: a revocation waits. Raises KeyClosed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM publishers_apikey WHERE id = %s FOR SHARE", [key_id])
    _require_open(_with_people().get(pk=key_id), at)


def _require_open(key: ApiKey, at: datetime) -> None:
    user = key.user
    if key.revoked:
        raise KeyClosed(
            _("This key was revoked %(when)s: make another.") % {"when": instant(key.revoked_at)}
        )
    if not key.stands(at):
        raise KeyClosed(
            _("This key ended %(when)s: make another.") % {"when": instant(key.expiry_date)}
        )
    if getattr(key, "blocked", False):
        raise KeyClosed(_("The account is blocked, and its keys are closed."))
    theirs = user.is_staff if key.publisher_id is None else user.publisher_id == key.publisher_id
    if not (user.is_active and theirs):
        raise KeyClosed(_("Whoever had this key made has no access any more: make another."))


def note_use(key: ApiKey, *, at: datetime) -> None:
    """Write down that a key was used, at most once a minute; never waits for anybody."""
    if key.last_used_at is not None and at < key.last_used_at + NOTED_EVERY:
        return
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTED_EVERY)
    with transaction.atomic():
        free = ApiKey.objects.filter(unnoted, pk=key.pk, revoked=False)
        for found in free.select_for_update(skip_locked=True).values_list("pk", flat=True):
            ApiKey.objects.filter(pk=found).update(last_used_at=at)
