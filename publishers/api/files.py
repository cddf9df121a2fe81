"""Answers that are files: sent whatever the caller would rather have."""

from typing import Any

from rest_framework.request import Request

from publishers.api.views import ApiView


class FileView(ApiView):
    """A view that answers with a file, or with a problem."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - the framework's own
        """Whatever is asked for, the file is what it is."""
        return super().perform_content_negotiation(request, force=True)
