"""Long lists in pages: by (time, id), so that what comes meanwhile moves nothing; never counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from publishers.api.parameters import Parameter, Parameters
from publishers.api.rendering import json_answer
from publishers.columns import WrongCell

USUAL, MOST = 50, 200


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise WrongCell(_("Write how many to give, from 1 to %(most)d.") % {"most": MOST})
    return int(text)


def _cursor(text: str) -> str:
    if not text:
        raise WrongCell(_("Take it from “next” or “previous” of an answer."))
    return text


class PageParameters(Parameters):
    """Which page of a list; lists add their filters."""

    limit = Parameter(
        _limit,
        required=False,
        shape={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        help_text="How many to give at most.",
    )
    cursor = Parameter(
        _cursor,
        required=False,
        shape={"type": "string", "minLength": 1},
        help_text="Where to go on: as `next` and `previous` of an answer have it. It is opaque.",
    )


@dataclass(frozen=True)
class Place:
    """A row by which a page begins, and whether what lies before it is asked for."""

    at: datetime | int
    id: int
    backwards: bool


@dataclass(frozen=True)
class Listed:
    """A list by its time (or a number), the newest first.

    time, key: fields that sort it, unique together.
    """

    name: str
    time: str
    key: str = "id"

    def page(
        self,
        request: Request,
        asked: Mapping[str, Any],
        rows: QuerySet[Any],
        shape: Callable[[Any], Any],
    ) -> HttpResponse:
        """The answer with one page of `rows`, each in its `shape`. One query for the rows."""

        def read(place: Place | None, most: int) -> list[Any]:
            return list(self.beyond(rows, place)[:most])

        return self.page_by(request, asked, read, shape)

    def page_by(
        self,
        request: Request,
        asked: Mapping[str, Any],
        read: Callable[[Place | None, int], list[Any]],
        shape: Callable[[Any], Any] | None = None,
    ) -> HttpResponse:
        """The same of rows that are read otherwise: models, or mappings that need no shape.

        read: gets the place beyond which it reads (backwards: in rising order), and how many.
        """
        place = self._place(asked["cursor"]) if "cursor" in asked else None
        limit = asked.get("limit", USUAL)
        backwards = place is not None and place.backwards
        found = read(place, limit + 1)
        more, found = len(found) > limit, found[:limit]
        if backwards:
            found.reverse()
        links: dict[str, str | None] = {"next": None, "previous": None}
        if found and (more or backwards):
            links["next"] = self._link(request, found[-1], backwards=False)
        if found and (more if backwards else place is not None):
            links["previous"] = self._link(request, found[0], backwards=True)
        items = found if shape is None else [shape(one) for one in found]
        body = {"items": items, **links}
        given = ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links.items() if link)
        return json_answer(body, {"Link": given} if given else None)

    def beyond(self, rows: QuerySet[Any], place: Place | None) -> QuerySet[Any]:
        """The rows on from a place, in the order in which they are read (see `page_by`)."""
        backwards = place is not None and place.backwards
        sign, than = ("", "gt") if backwards else ("-", "lt")
        if place is not None:
            beyond = Q(**{f"{self.time}__{than}": place.at}) | Q(
                **{self.time: place.at, f"{self.key}__{than}": place.id}
            )
            # The first condition alone is one that an index serves.
            rows = rows.filter(**{f"{self.time}__{than}e": place.at}).filter(beyond)
        return rows.order_by(f"{sign}{self.time}", f"{sign}{self.key}")

    def _link(self, request: Request, row: Any, *, backwards: bool) -> str:
        asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
        at, key = (
            row[name] if isinstance(row, Mapping) else getattr(row, name)
            for name in (self.time, self.key)
        )
        told = at.isoformat() if isinstance(at, datetime) else at
        place = [told, key, int(backwards)]
        cursor = _signer(self._salt).sign_object(place)
        query = urlencode({**asked, "cursor": cursor})
        # As `build_absolute_uri` makes it, which would take the whole address apart before.
        return f"{request.scheme}://{request.get_host()}{iri_to_uri(request.path)}?{query}"

    def _place(self, text: str) -> Place:
        try:
            at, number, backwards = signing.loads(text, salt=self._salt)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError(
                {
                    "cursor": [
                        _(
                            "This is no cursor of this list: take it as it is from “next” or "
                            "“previous” of an answer, or leave it out to begin anew."
                        )
                    ]
                }
            ) from error
        told = datetime.fromisoformat(at) if isinstance(at, str) else int(at)
        return Place(told, int(number), bool(backwards))

    @property
    def _salt(self) -> str:
        return f"publishers.api.pages.{self.name}"


@cache
def _signer(salt: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=salt)
