"""GET /api/v1/statistics with `group_by`: the cut that the statistics page of the portal shows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from commissions.api.line_filters import LINE_FILTERS, LineFilters
from commissions.api.orders import own_source
from commissions.cuts.asked import Asked
from commissions.cuts.clicked import (
    click_key,
    clicks_of,
    counted,
    has_clicks,
    rows_of_clicks_alone,
)
from commissions.cuts.cut import Cut, Row, Sums, TooManyGroups, cut
from commissions.cuts.days import EARLIEST, LATEST, LONGEST_PERIOD, Span, known_zones
from commissions.cuts.enums import BY_TIME, CutBy, DateKind, Lacking
from commissions.cuts.names import names_of
from commissions.models import Programme
from publishers.api.parameters import Parameter, one_of
from publishers.click_counts import Counted
from publishers.columns import WrongCell, shown

MOST_GROUPS = 1_000
FIGURES = (
    "lines",
    "rejected_lines",
    "base_cents",
    "waiting_cents",
    "hold_cents",
    "confirmed_cents",
    "commission_cents",
)


def _zone(text: str) -> str:
    if text not in known_zones():
        raise WrongCell(_("Write the name of a clock, such as Europe/Moscow."))
    return text


def clock(help_text: str) -> Parameter:
    """A parameter with the name of a clock."""
    return Parameter(_zone, required=False, help_text=help_text)


def _chosen(words: tuple[str, ...], help_text: str) -> Parameter:
    shape = {"type": "string", "enum": list(words)}
    return Parameter(one_of(*words), required=False, shape=shape, help_text=help_text)


class CutParameters(LineFilters):
    """What a cut is asked by; all but `group_by` itself go with it alone."""

    group_by = _chosen(
        tuple(CutBy.values),
        "What the rows are. Without it there is one of each day and status.",
    )
    date_kind = _chosen(
        tuple(DateKind.values),
        "Which instant says to which day a line belongs: its order was placed (the usual), its "
        "link clicked, or it was settled by the merchant. Lines without that instant are left out.",
    )
    time_zone = clock(
        "The clock by which days begin, such as Europe/Moscow; the programme's without."
    )


class SumsShape(serializers.Serializer):
    """What lines come to."""

    lines = serializers.IntegerField()
    rejected_lines = serializers.IntegerField()
    base_cents = serializers.IntegerField(help_text="Sales: what the rates are of.")
    waiting_cents = serializers.IntegerField(help_text="Commission that waits for the merchant.")
    hold_cents = serializers.IntegerField(help_text="Commission on hold.")
    confirmed_cents = serializers.IntegerField(help_text="Commission confirmed, or paid since.")
    commission_cents = serializers.IntegerField(help_text="Commission of every status.")


class ClicksShape(serializers.Serializer):
    """Clicks beside lines; null where a click cannot know the group: of a rule, a settling day."""

    clicks = serializers.IntegerField(allow_null=True)
    conversion_bp = serializers.IntegerField(
        allow_null=True, help_text="Lines for the clicks, in hundredths of a percent."
    )
    per_100_clicks_cents = serializers.IntegerField(
        allow_null=True, help_text="What a hundred clicks earn."
    )


class TotalShape(SumsShape, ClicksShape):
    """What all lines come to, and all clicks."""


class GroupShape(SumsShape, ClicksShape):
    """One group of lines; behind those, groups that have clicks alone."""

    key = serializers.CharField(
        help_text="A code, a sub id, or the first day of a group by time; empty where it has none."
    )
    name = serializers.CharField(help_text="In words, in the language of the call.")
    lacking = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Lacking],
        allow_null=True,
        help_text="What the lines of a group without a key lack.",
    )
    first_day = serializers.DateField(allow_null=True, help_text="Of a group by time.")
    end_day = serializers.DateField(
        allow_null=True, help_text="Of a group by time: the day after its last."
    )


class CutShape(serializers.Serializer):
    """A publisher's statistics in groups: by time in its order, others by commission."""

    programme = serializers.CharField()
    time_zone = serializers.CharField(help_text="The clock by which days begin.")
    currency = serializers.CharField()
    group_by = serializers.ChoiceField(choices=[(one, one) for one in CutBy.values])
    date_kind = serializers.ChoiceField(choices=[(one, one) for one in DateKind.values])
    groups = GroupShape(many=True)
    total = TotalShape()


_SUMS = {"lines": 3, "rejected_lines": 1, "base_cents": 30000, "waiting_cents": 0,
         "hold_cents": 700, "confirmed_cents": 1400, "commission_cents": 2100,
         "clicks": 60, "conversion_bp": 500, "per_100_clicks_cents": 3500}  # fmt: skip
CUT = {
    "programme": "aliexpress", "time_zone": "Europe/Moscow", "currency": "USD",
    "group_by": "source", "date_kind": "clicked",
    "groups": [{"key": "anna-site", "name": "Deals of the day (anna-site)", "lacking": None,
                "first_day": None, "end_day": None, **_SUMS}],
    "total": _SUMS,
}  # fmt: skip


def cut_record(publisher_id: int, programme: Programme, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The cut that valid parameters ask for, as the API gives it; of the portal's own functions.

    Raises ValidationError where it would be too long, NotFound for somebody else's source.
    """
    span = _span(programme, asked)
    by, dates = CutBy(asked["group_by"]), DateKind(asked.get("date_kind", DateKind.PLACED))
    if "source" in asked:
        own_source(publisher_id, asked["source"])
    filters = tuple((name, asked[name]) for name in LINE_FILTERS if name in asked)
    question = Asked(publisher_id, programme, span, dates, filters)
    try:
        found = cut(question, by, most=MOST_GROUPS)
    except TooManyGroups as error:
        sentence = _("There are more than %(most)d groups: ask for fewer days, or of one source.")
        raise ValidationError({"group_by": [sentence % {"most": MOST_GROUPS}]}) from error
    clicked = _clicked(question, by, found)
    if clicked is not None and by not in BY_TIME:
        alone = rows_of_clicks_alone(by, found.rows, clicked.by_key)
        found = Cut(by, [*found.rows, *alone][:MOST_GROUPS], found.total)
    groups = [
        _group(row, name, clicked)
        for row, name in zip(found.rows, names_of(found, programme), strict=True)
    ]
    told = {"programme": programme.code, "time_zone": span.zone, "currency": programme.currency}
    shown_as = {"group_by": by.value, "date_kind": dates.value}
    total = _sums(found.total, None if clicked is None else clicked.total)
    return dict(CutShape({**told, **shown_as, "groups": groups, "total": total}).data)


def _clicked(question: Asked, by: CutBy, found: Cut) -> Counted | None:
    """The clicks of the groups, by their keys; None where clicks cannot be held against them."""
    # A click is of a source and of no programme: of several, nobody knows which it was for.
    if not has_clicks(question, by) or question.span is None or Programme.objects.count() > 1:
        return None
    keys = [] if by in BY_TIME else [row.key for row in found.rows]
    return counted(question, by, [question.span], keys)[0]


def _span(programme: Programme, asked: Mapping[str, Any]) -> Span:
    for name in ("from", "to"):
        if not EARLIEST <= asked[name] <= LATEST:
            sentence = _("%(value)s is no day of this century: write one such as 2021-03-01.")
            raise ValidationError({name: [sentence % {"value": shown(str(asked[name]))}]})
    span = Span(asked["from"], asked["to"], asked.get("time_zone", programme.time_zone))
    if span.days > LONGEST_PERIOD:
        sentence = _("The period has more than %(most)d days: ask for fewer at once.")
        raise ValidationError({"to": [sentence % {"most": LONGEST_PERIOD}]})
    return span


def _group(row: Row, name: str, clicked: Counted | None) -> dict[str, Any]:
    key = click_key(row)
    return {
        "key": row.key,
        "name": name,
        "lacking": row.lacking or None,
        "first_day": row.span.first if row.span else None,
        "end_day": row.span.end if row.span else None,
        **_sums(row.sums, None if clicked is None or key is None else clicked.by_key.get(key, 0)),
    }


def _sums(sums: Sums, clicks: int | None) -> dict[str, int | None]:
    beside = None if clicks is None else clicks_of(clicks, sums)
    return {
        **{figure: getattr(sums, figure) for figure in FIGURES},
        "clicks": clicks,
        "conversion_bp": beside.conversion_bp if beside else None,
        "per_100_clicks_cents": beside.per_hundred_cents if beside else None,
    }
