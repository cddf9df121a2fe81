"""GET /api/v1/programmes/{code}/news: what changes in a programme's rules, and when."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from commissions.api.programmes import (
    ENTRY,
    CalendarEntryShape,
    OfProgrammes,
    entry_record,
    programme_of,
)
from commissions.public.news import announcements, is_recent, newest_first
from commissions.public.timeline import Entry, timeline
from publishers.api.pages import Listed, PageParameters, Place
from publishers.api.schema import described, paged

# No two of a programme's rulebooks have one version.
NEWS = Listed("news", time="published_at", key="version")


class AnnouncementShape(CalendarEntryShape):
    """A published rulebook as news."""

    recent = serializers.BooleanField(help_text="Still to come, or in force for not long.")
    reason = serializers.CharField(
        help_text="Why it was published for days that had been; empty: it was not."
    )
    changes = serializers.ListField(
        child=serializers.CharField(), help_text="What it changes, a sentence each."
    )


class NewsView(OfProgrammes):
    """Changes of the rules."""

    @extend_schema(
        operation_id="list_news",
        summary="Changes of a programme's rules, as they were announced",
        description="By the time at which they were published, the newest first.",
        parameters=described(PageParameters),
        responses=paged("Announcement", AnnouncementShape),
        examples=[
            OpenApiExample(
                "A page",
                value={
                    "items": [
                        {**ENTRY, "recent": True, "reason": "",
                         "changes": ["Highest commission of an order: 50.00 USD → 40.00 USD"]}
                    ],
                    "next": None,
                    "previous": None,
                },
            )
        ],
    )  # fmt: skip
    def get(self, request: Request, code: str) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        now = timezone.now()
        calendar = timeline(programme_of(code), now)
        entries = newest_first(calendar)

        def read(place: Place | None, most: int) -> list[dict[str, Any]]:
            return [
                {
                    **entry_record(one.entry),
                    "recent": is_recent(one.entry, now),
                    "reason": one.entry.rulebook.reason if one.entry.is_retroactive else "",
                    "changes": one.changes,
                }
                for one in announcements(_from(entries, place, most), calendar)
            ]

        return NEWS.page_by(request, asked, read)


def _from(entries: Sequence[Entry], place: Place | None, most: int) -> list[Entry]:
    """At most so many on from a place; backwards the nearest comes first."""
    if place is None:
        return list(entries[:most])
    versions = [one.rulebook.version for one in entries]
    # A published rulebook stays: a cursor of this programme's names one of them.
    at = versions.index(place.id) if place.id in versions else len(versions)
    if place.backwards:
        return list(entries[:at])[::-1][:most]
    return list(entries[at + 1 :][:most])
