"""Answers that are files: sent whatever the caller would rather have."""

from collections.abc import Iterable
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from publishers.api.views import ApiView

CSV = "text/csv"
# A text says how its letters are written.
CSV_SENT = f"{CSV}; charset=utf-8"


class FileView(ApiView):
    """A view that answers with a file, or with a problem."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - the framework's own
        """Whatever is asked for, the file is what it is."""
        return super().perform_content_negotiation(request, force=True)


def csv_answer(request: Request, pieces: Iterable[str], name: str) -> StreamingHttpResponse:
    """A text that is sent as it is made; asked for its head alone, nothing of it is."""
    answer = StreamingHttpResponse(
        () if request.method == "HEAD" else pieces, content_type=CSV_SENT
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
