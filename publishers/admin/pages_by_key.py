"""Lists of millions of rows, page by page: each page begins where its neighbour ended.

A page is found by the primary key, so the last costs what the first costs; a page counted from the
beginning would read all rows before it.
"""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

OLDER, NEWER = "older_than", "newer_than"
_MOST_DIGITS = 18  # a key of more is none


class UncountedPaginator(Paginator):
    """Says where the page's own ways on are; how many rows there are, nobody asks."""

    template_name = "admin/pieces/pages_by_key.html"

    @cached_property
    def count(self) -> int:
        """One page, whatever there is."""
        return self.per_page


class PagesByKey(ChangeList):
    """Newest rows first. `older_than` and `newer_than` say where a page begins (a row's key).

    Newer than 0 is the last page: the rows that came first.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        asked = request.GET.copy()
        self.older_than, self.newer_than = _key(asked.get(OLDER)), _key(asked.get(NEWER))
        for name in (OLDER, NEWER):
            asked.pop(name, None)
        # Links to filters begin with what is asked for now; they must begin at the first page.
        request.GET = asked  # type: ignore[assignment]
        super().__init__(request, *args, **kwargs)

    def get_results(self, request: HttpRequest) -> None:
        """One row more than are shown says whether there are others beyond."""
        most = self.list_per_page
        self.paginator = self.model_admin.get_paginator(request, self.queryset, most)
        if self.newer_than is not None:
            upward = self.queryset.filter(pk__gt=self.newer_than).order_by("pk")
            found = list(upward[: most + 1])
            rows = found[:most][::-1]
            more_newer, more_older = len(found) > most, self.newer_than > 0
        else:
            downward = self.queryset.order_by("-pk")
            if self.older_than is not None:
                downward = downward.filter(pk__lt=self.older_than)
            found = list(downward[: most + 1])
            rows = found[:most]
            more_newer, more_older = self.older_than is not None, len(found) > most
        self._show(rows, more_newer=more_newer, more_older=more_older)

    def _show(self, rows: list[Any], *, more_newer: bool, more_older: bool) -> None:
        self.result_list, self.result_count = rows, len(rows)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        # One came here from the other side, which is there even where nothing else is.
        top = rows[0].pk if rows else (self.older_than or 1) - 1
        bottom = rows[-1].pk if rows else (self.newer_than or 0) + 1
        self.newest = self.get_query_string() if more_newer else ""
        self.newer = self.get_query_string({NEWER: top}) if more_newer else ""
        self.older = self.get_query_string({OLDER: bottom}) if more_older else ""
        self.oldest = self.get_query_string({NEWER: 0}) if more_older else ""


def _key(text: str | None) -> int | None:
    """A key in an address; what is none begins at the first page."""
    text = text or ""
    good = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if good else None
