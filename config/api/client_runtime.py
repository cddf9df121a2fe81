"""What every client of the API stands on: calls, problems, pages.

Its text is the first part of each client that `manage.py api_client` writes, and needs the standard
library alone; nothing of the network itself calls it.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from io import SEEK_END, SEEK_SET
from typing import Any, BinaryIO, TypedDict
from urllib.parse import parse_qs, quote, urlencode, urlsplit


class ProblemError(TypedDict):
    """One value that is wrong: a sentence, and a JSON pointer to it."""

    detail: str
    pointer: str


class Problem(Exception):
    """The API refused a call: what is wrong and what to do.

    retry_after: seconds until it makes sense to call again, where the API says so. Tell the
    request_id when you ask about the call.
    """

    def __init__(self, told: Mapping[str, Any], retry_after: int | None) -> None:
        super().__init__(str(told.get("detail", "")))
        self.type = str(told.get("type", "about:blank"))
        self.title = str(told.get("title", ""))
        self.status = int(told.get("status", 0))
        self.detail = str(told.get("detail", ""))
        self.request_id = str(told.get("request_id", ""))
        self.pointer = str(told.get("pointer", ""))
        self.errors: list[ProblemError] = list(told.get("errors", []))
        self.retry_after = retry_after


class Unreachable(Exception):
    """No answer came. Whether a write was done is not known.

    Call again with the same `idempotency_key`: a write that was done is not done twice.
    """

    def __init__(self, why: Exception, idempotency_key: str) -> None:
        super().__init__(f"The API does not answer: {why}")
        self.idempotency_key = idempotency_key


PIECE = 1 << 20  # bytes of an answer held at a time


class Calls:
    """Calls of one caller. address: of the server, such as https://permille.example.

    language: of sentences and names, en or ru; timeout: seconds to wait for the server.
    """

    def __init__(
        self, address: str, key: str, *, language: str = "en", timeout: float = 60.0
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError(f"{address} is no address such as https://permille.example.")
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port, self._prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        self._timeout = timeout

    def _read(self, path: str, asked: Mapping[str, object] | None = None) -> Any:
        """What a read answers. Raises Problem, Unreachable."""
        return self._call("GET", path, asked or {}, None, {})

    def _fetch(self, path: str, into: BinaryIO, asked: Mapping[str, object] | None = None) -> int:
        """Write a file as it comes; how many bytes there were. Raises as `_read` does."""
        with self._answered("GET", path, asked or {}, None, {}) as answer:
            return sum(into.write(piece) for piece in _pieces(answer))

    def _write(
        self,
        path: str,
        idempotency_key: str | None,
        *,
        asked: Mapping[str, object] | None = None,
        body: object = None,
        file: bytes | BinaryIO | None = None,
        content_type: str = "application/json",
        method: str = "POST",
    ) -> Any:
        """What a write answers; without a key of its own it gets one. Raises as `_read` does.

        body: sent as JSON; file: sent as it is.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        if body is not None:
            file = json.dumps(body).encode()
        if file is not None:
            headers |= {"Content-Type": content_type, "Content-Length": str(_size(file))}
        return self._call(method, path, asked or {}, file, headers)

    def _call(
        self, method: str, path: str, asked: Mapping[str, object],
        body: bytes | BinaryIO | None, headers: Mapping[str, str],
    ) -> Any:  # fmt: skip
        """The value of an answer; None: it says nothing."""
        with self._answered(method, path, asked, body, headers) as answer:
            raw = _whole(answer, headers)
        return json.loads(raw) if raw else None

    @contextmanager
    def _answered(
        self, method: str, path: str, asked: Mapping[str, object],
        body: bytes | BinaryIO | None, headers: Mapping[str, str],
    ) -> Iterator[HTTPResponse]:  # fmt: skip
        """An answer that is no refusal, while it is read."""
        given = {name: _text(value) for name, value in asked.items() if value is not None}
        address = f"{self._prefix}{path}{'?' + urlencode(given) if given else ''}"
        connection = self._kind(self._host, self._port, timeout=self._timeout)
        try:
            try:
                connection.request(method, address, body, {**self._headers, **headers})
                answer = connection.getresponse()
            except (OSError, HTTPException) as error:
                raise Unreachable(error, headers.get("Idempotency-Key", "")) from error
            if answer.status >= 400:
                wait = answer.headers.get("Retry-After", "")
                told = _told(_whole(answer, headers), answer.status)
                raise Problem(told, int(wait) if wait.isdigit() else None)
            yield answer
        finally:
            connection.close()


def _whole(answer: HTTPResponse, headers: Mapping[str, str]) -> bytes:
    """All of an answer. Raises Unreachable where it is cut short."""
    return b"".join(_pieces(answer, headers.get("Idempotency-Key", "")))


def _pieces(answer: HTTPResponse, key: str = "") -> Iterator[bytes]:
    """An answer as it comes. Raises Unreachable where it is cut short."""
    while True:
        try:
            piece = answer.read(PIECE)
            if not piece and answer.length:
                raise IncompleteRead(piece, answer.length)
        except (OSError, HTTPException) as error:
            raise Unreachable(error, key) from error
        if not piece:
            return
        yield piece


def _told(raw: bytes, status: int) -> Mapping[str, Any]:
    """A problem as it came, or made of the status where something in between answered."""
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"status": status, "detail": f"Status {status}."}


def _size(body: bytes | BinaryIO) -> int:
    """Bytes from where a file stands to its end."""
    if isinstance(body, bytes):
        return len(body)
    start = body.tell()
    end = body.seek(0, SEEK_END)
    body.seek(start, SEEK_SET)
    return end - start


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _step(value: object) -> str:
    """A value as one step of an address."""
    return quote(_text(value), safe="")


def _cursor_of(address: str | None) -> str | None:
    """The cursor in the address of a next page; None: there is none."""
    found = parse_qs(urlsplit(address).query).get("cursor") if address else None
    return found[0] if found else None
