"""GET /api/v1/statistics with `group_by`: the cut that the statistics page of the portal shows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from commissions.api.line_filters import LINE_FILTERS, LineFilters, chosen, which_instant
from commissions.api.orders import own_source
from commissions.cuts.asked import Asked
from commissions.cuts.clicked import click_key, clicks_of, counted, rows_of_clicks_alone
from commissions.cuts.compared import Pair, clicks_are_told, compared_as_shown
from commissions.cuts.cut import Cut, Row, Sums, TooManyGroups, cut
from commissions.cuts.days import EARLIEST, LATEST, LONGEST_PERIOD, Span, known_zones, own_period
from commissions.cuts.enums import BY_TIME, CutBy, DateKind, Lacking
from commissions.cuts.names import names_of
from commissions.models import Programme
from publishers.api.parameters import Parameter
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


class CutParameters(LineFilters):
    """What a cut is asked by; all but `group_by` itself go with it alone."""

    group_by = chosen(
        CutBy.values, "What the rows are. Without it there is one of each day and status."
    )
    date_kind = which_instant(
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


class BeforeShape(SumsShape, ClicksShape):
    """The same of the period before: as many days, or whole months before whole months."""

    first_day = serializers.DateField()
    end_day = serializers.DateField(help_text="The day after its last.")
    difference_cents = serializers.IntegerField(help_text="How much more commission there is now.")
    difference_bp = serializers.IntegerField(
        allow_null=True,
        help_text="The same in hundredths of a percent of what was; null: nothing was.",
    )


class TotalShape(SumsShape, ClicksShape):
    """What all lines come to, and all clicks."""

    before = BeforeShape(
        required=False, help_text="There where it is asked for: all of the period before."
    )


class GroupShape(SumsShape, ClicksShape):
    """One group of lines; behind those, groups that have clicks alone."""

    before = BeforeShape(
        required=False,
        allow_null=True,
        help_text=(
            "There where it is asked for: its like of the period before. Of groups by time the one "
            "at the same place; null: the two periods have not as many."
        ),
    )

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

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """Without what was not asked for, where the framework would have null."""
        told: dict[str, Any] = super().to_representation(instance)
        return {name: told[name] for name in told if name in instance}


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
_GROUP = {"key": "anna-site", "name": "Deals of the day (anna-site)", "lacking": None,
          "first_day": None, "end_day": None, **_SUMS}  # fmt: skip
CUT = {
    "programme": "aliexpress",
    "time_zone": "Europe/Moscow",
    "currency": "USD",
    "group_by": "source",
    "date_kind": "clicked",
    "groups": [_GROUP],
    "total": _SUMS,
}
_BEFORE = {
    "first_day": "2019-02-01", "end_day": "2019-03-01", **_SUMS, "lines": 2,
    "base_cents": 20000, "confirmed_cents": 700, "commission_cents": 1400, "clicks": 50,
    "conversion_bp": 400, "per_100_clicks_cents": 2800, "difference_cents": 700,
    "difference_bp": 5000,
}  # fmt: skip
CUT_WITH_BEFORE = {
    **CUT,
    "groups": [{**_GROUP, "before": _BEFORE}],
    "total": {**_SUMS, "before": _BEFORE},
}


def question_of(
    publisher_id: int, programme: Programme, asked: Mapping[str, Any]
) -> tuple[Asked, CutBy]:
    """The cut that valid parameters ask for.

    Raises ValidationError where its period is too long, NotFound for somebody else's source.
    """
    span = _period(programme, asked)
    dates = DateKind(asked.get("date_kind", DateKind.PLACED))
    if "source" in asked:
        own_source(publisher_id, asked["source"])
    filters = tuple((name, asked[name]) for name in LINE_FILTERS if name in asked)
    lacking = asked.get("lacking", ())
    return Asked(publisher_id, programme, span, dates, filters, lacking), CutBy(asked["group_by"])


def periods_of(question: Asked) -> tuple[Span, Span]:
    """The period of a cut, and the one before it."""
    if question.span is None:
        raise ValueError("A cut is of a period.")
    return own_period(question.span.first, question.span.last, question.span.zone)


def cut_record(publisher_id: int, programme: Programme, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The cut that valid parameters ask for, as the API gives it; of the portal's own functions.

    Raises what `question_of` does, and ValidationError where there are too many groups.
    """
    question, by = question_of(publisher_id, programme, asked)
    tell = _beside_the_period_before if "include" in asked else _by_itself
    try:
        told = tell(question, by, programme)
    except TooManyGroups as error:
        sentence = _("There are more than %(most)d groups: ask for fewer days, or of one source.")
        raise ValidationError({"group_by": [sentence % {"most": MOST_GROUPS}]}) from error
    zone = question.span.zone if question.span else programme.time_zone
    whole = {"programme": programme.code, "time_zone": zone, "currency": programme.currency}
    shown_as = {"group_by": by.value, "date_kind": question.dates.value}
    return dict(CutShape({**whole, **shown_as, **told}).data)


def _by_itself(question: Asked, by: CutBy, programme: Programme) -> dict[str, Any]:
    """The groups and their total."""
    found = cut(question, by, most=MOST_GROUPS)
    clicked = _clicked(question, by, found)
    if clicked is not None and by not in BY_TIME:
        alone = rows_of_clicks_alone(by, found.rows, clicked.by_key)
        found = Cut(by, [*found.rows, *alone][:MOST_GROUPS], found.total)
    groups = []
    for row, name in zip(found.rows, names_of(found, programme), strict=True):
        key = click_key(row)
        clicks = None if clicked is None or key is None else clicked.by_key.get(key, 0)
        groups.append(_group(row, name) | _sums(row.sums, clicks))
    return {"groups": groups, "total": _sums(found.total, clicked.total if clicked else None)}


def _beside_the_period_before(question: Asked, by: CutBy, programme: Programme) -> dict[str, Any]:
    """The same, each beside its like of the period before: what the page of the portal shows."""
    _own, before = periods_of(question)
    found = compared_as_shown(question, by, before, most=MOST_GROUPS)
    named = list(zip(found.pairs, names_of(found.now, programme), strict=True))[:MOST_GROUPS]
    groups = [_group(pair.row, name) | _beside(pair, before) for pair, name in named]
    return {"groups": groups, "total": _beside(found.total, before)}


def _beside(pair: Pair, before: Span) -> dict[str, Any]:
    now = _sums(pair.row.sums, pair.clicked.clicks if pair.clicked else None)
    if pair.before is None:
        return {**now, "before": None}
    days = pair.former or before
    clicks = pair.clicked_before.clicks if pair.clicked_before else None
    then = {
        "first_day": days.first,
        "end_day": days.end,
        **_sums(pair.before, clicks),
        "difference_cents": pair.difference_cents,
        "difference_bp": pair.difference_bp,
    }
    return {**now, "before": then}


def _clicked(question: Asked, by: CutBy, found: Cut) -> Counted | None:
    """The clicks of the groups, by their keys; None where clicks cannot be held against them."""
    if question.span is None or not clicks_are_told(question, by):
        return None
    keys = [] if by in BY_TIME else [row.key for row in found.rows]
    return counted(question, by, [question.span], keys)[0]


def _period(programme: Programme, asked: Mapping[str, Any]) -> Span:
    for name in ("from", "to"):
        if not EARLIEST <= asked[name] <= LATEST:
            sentence = _("%(value)s is no day of this century: write one such as 2021-03-01.")
            raise ValidationError({name: [sentence % {"value": shown(str(asked[name]))}]})
    span = Span(asked["from"], asked["to"], asked.get("time_zone", programme.time_zone))
    if span.days > LONGEST_PERIOD:
        sentence = _("The period has more than %(most)d days: ask for fewer at once.")
        raise ValidationError({"to": [sentence % {"most": LONGEST_PERIOD}]})
    return span


def _group(row: Row, name: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": name,
        "lacking": row.lacking or None,
        "first_day": row.span.first if row.span else None,
        "end_day": row.span.end if row.span else None,
    }


def _sums(sums: Sums, clicks: int | None) -> dict[str, int | None]:
    beside = None if clicks is None else clicks_of(clicks, sums)
    return {
        **{figure: getattr(sums, figure) for figure in FIGURES},
        "clicks": clicks,
        "conversion_bp": beside.conversion_bp if beside else None,
        "per_100_clicks_cents": beside.per_hundred_cents if beside else None,
    }
