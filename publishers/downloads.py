"""Texts that are sent as files, whichever door they leave by."""

from collections.abc import Iterable
from typing import Protocol

from django.http import StreamingHttpResponse

CSV = "text/csv"
# A text says how its letters are written.
CSV_SENT = f"{CSV}; charset=utf-8"


class _Asked(Protocol):
    """A request, of the site or of the API."""

    method: str | None


def csv_answer(request: _Asked, pieces: Iterable[str], name: str) -> StreamingHttpResponse:
    """A file that is sent as it is made; asked for its head alone, nothing of it is.

    name: with its ending, of letters that need no quoting.
    """
    return StreamingHttpResponse(
        () if request.method == "HEAD" else pieces,
        content_type=CSV_SENT,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
