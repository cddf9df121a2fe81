"""Writes that can be sent again: the same Idempotency-Key writes once and is answered the same.

The write, its answer and the check that the key of the caller still opens are one transaction. What
is refused is not kept: it wrote nothing, and may be sent again.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.callers import Caller
from publishers.api.refusals import InFlight, Unprocessable
from publishers.keys import KeyClosed, hold_key
from publishers.models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=48)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class Written:
    """What a write answers. body: as JSON has it; with the status 204 nothing is said.

    ends_its_key: the key that calls is revoked by the write itself.
    """

    body: Any
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    ends_its_key: bool = False


DELETED = Written("", 204)


def digest_of(request: Request, content: bytes) -> str:
    """What tells this request from another under the same key.

    content: the body, or a digest of a body too long to be held.
    """
    what = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(what + content).hexdigest()


def write_once(
    request: Request, caller: Caller, *, digest: str, at: datetime, work: Callable[[], Written]
) -> Response:
    """Do the work and keep its answer, or give the answer kept.

    Raises InFlight where the same write is under way, Unprocessable where the key has been used for
    another request, and what the work raises.
    """
    key = key_of(request)
    with transaction.atomic():
        _take(f"{caller.name} {key}")
        kept = KeptAnswer.objects.filter(caller=caller.name, key=key).first()
        if kept is not None and kept.at > at - KEPT_FOR:
            return _again(kept, digest)
        written = work()
        KeptAnswer.objects.update_or_create(
            caller=caller.name,
            key=key,
            defaults={
                "digest": digest, "status": written.status, "body": written.body,
                "headers": written.headers, "at": at,
            },
        )  # fmt: skip
        if caller.key is not None and not written.ends_its_key:
            try:
                hold_key(caller.key.pk, at=at)
            except KeyClosed as closed:
                raise AuthenticationFailed(str(closed)) from closed
    return _response(written.status, written.body, written.headers)


def _response(status: int, body: Any, headers: dict[str, str]) -> Response:
    return Response(None if status == DELETED.status else body, status=status, headers=headers)


def key_of(request: Request) -> str:
    """The Idempotency-Key of a request. Raises ValidationError."""
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        sentence = _(
            "Send the header %(header)s with every write: 1 to 128 characters without spaces, new "
            "for each write and the same when it is sent again."
        ) % {"header": HEADER}
        raise ValidationError({HEADER: [sentence]}, code="invalid" if key else "required")
    return key


def _take(name: str) -> None:
    """Be the only one with this key until the transaction ends. Raises InFlight."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InFlight


def _again(kept: KeptAnswer, digest: str) -> Response:
    if kept.digest != digest:
        raise Unprocessable(
            _(
                "This %(header)s was used %(at)s for another request: take a new one for each "
                "write, and the same only to send the very same write again."
            )
            % {"header": HEADER, "at": kept.at.isoformat(timespec="seconds")},
            code="idempotency",
        )
    headers = {**kept.headers, "Idempotent-Replayed": "true"}
    return _response(kept.status, kept.body, headers)


def forget_answers(*, at: datetime) -> int:
    """The scheduled job: forget answers kept for long enough; how many."""
    forgotten, _by_model = KeptAnswer.objects.filter(at__lte=at - KEPT_FOR).delete()
    return forgotten


def first_kept() -> datetime | None:
    """When the oldest answer may be forgotten; None: there is none."""
    oldest = KeptAnswer.objects.order_by("at").values_list("at", flat=True).first()
    return None if oldest is None else oldest + KEPT_FOR
