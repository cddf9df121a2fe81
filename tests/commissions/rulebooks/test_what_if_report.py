"""What a what-if found, as its page and its files read it; and the shapes of its charts."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from commissions.charts import (
    MOST_PERIOD_LABELS,
    MOST_STEPS,
    Difference,
    MonthPair,
    axis,
    bars,
    columns,
)
from commissions.enums import Dimension, SetKind, WhatIfState
from commissions.models import NamedSet, Rulebook, SetMember, WhatIf, WhatIfFigure
from commissions.rulebooks.what_if.report import Row, names_of, report, rows
from publishers.models import Publisher
from tests.fact_files import aliexpress

NOW = datetime(2021, 6, 1, tzinfo=UTC)
MOST_CENTS = 10**13
CENTS = st.integers(0, MOST_CENTS)


def finished() -> WhatIf:
    """A what-if that is done, and found nothing yet."""
    return WhatIf.objects.create(
        rulebook=Rulebook.objects.get(programme=aliexpress(), version=4),
        digest="",
        from_at=NOW,
        asked_at=NOW,
        state=WhatIfState.DONE,
    )


def found(what_if: WhatIf, dimension: Dimension, key: str, before: int, after: int) -> None:
    WhatIfFigure.objects.create(
        what_if=what_if,
        dimension=dimension,
        key=key,
        lines=2,
        lines_changed=1 if before != after else 0,
        before_cents=before,
        after_cents=after,
    )


def publisher(code: str) -> Publisher:
    return Publisher.objects.create(
        code=code, email=f"{code}@example.net", name=code, registered_at=NOW
    )


def row(before: int, after: int) -> Row:
    return Row("", "", 1, 1, before, after)


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [(10_000, 9_680, -320), (10_000, 10_320, 320), (3, 4, 3_333), (3, 2, -3_333), (1, 0, -10_000),
     (3_000, 2_999, -3), (20_000, 19_999, -1), (0, 500, None), (700, 700, 0)],
)  # fmt: skip
def test_a_difference_is_told_in_rounded_hundredths_of_a_percent(before, after, difference):
    assert row(before, after).difference_bp == difference


@given(CENTS, CENTS)
def test_a_share_is_never_further_off_than_half_a_hundredth(before, after):
    told = row(before, after).difference_bp
    if told is None:
        assert before == 0
    else:
        assert abs(2 * (told * before - (after - before) * 10_000)) <= before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("share_bp", "lose_more"), [(0, 3), (999, 3), (1_000, 2), (1_001, 1), (9_999, 1), (10_000, 0)]
)
def test_publishers_are_counted_by_what_they_gain_and_lose(share_bp, lose_more):
    what_if = finished()
    for number, (before, after) in enumerate(
        [(1_000, 1_001), (0, 500), (100_000, 89_999), (1_000, 900), (1_000, 0), (800, 800)]
    ):
        found(what_if, Dimension.PUBLISHER, str(publisher(f"p{number}").pk), before, after)
    found(what_if, Dimension.PUBLISHER, "", 1_000, 0)  # lines of nobody are no publisher
    counted = report(what_if, share_bp).publishers
    if share_bp == 1_000:
        lose_more = 2  # 10.001 % and 100 %; exactly 10 % is not more than 10 %
    assert (counted.gain, counted.lose, counted.lose_more) == (2, 3, lose_more)


@pytest.mark.django_db
def test_rows_stand_by_what_they_change_and_months_by_time():
    what_if = finished()
    for key, before, after in [("RU", 500, 400), ("US", 100, 900), ("KZ", 900, 890)]:
        found(what_if, Dimension.COUNTRY, key, before, after)
    for key, after in [("2019-12", 9), ("2020-01", 900), ("2019-11", 30)]:
        found(what_if, Dimension.MONTH, key, 10, after)
    told = report(what_if, 1_000)
    countries = next(one for one in told.breakdowns if one.dimension == Dimension.COUNTRY)
    assert [(one.key, one.difference_cents) for one in countries.rows] == [
        ("US", 800), ("RU", -100), ("KZ", -10),
    ]  # fmt: skip
    assert countries.keys == 3
    assert [one.key for one in told.months] == ["2019-11", "2019-12", "2020-01"]


@pytest.mark.django_db
def test_of_many_rows_the_page_has_those_that_change_most_and_the_files_have_all():
    what_if = finished()
    for number in range(30):
        found(what_if, Dimension.CATEGORY, f"{number:02d}", 1_000, 1_000 + number)
    shown = next(
        one for one in report(what_if, 1_000).breakdowns if one.dimension == Dimension.CATEGORY
    )
    assert [one.key for one in shown.rows] == [f"{number:02d}" for number in range(29, 9, -1)]
    assert shown.keys == 30
    assert len(list(rows(what_if, Dimension.CATEGORY))) == 30


@pytest.mark.django_db
def test_rows_are_named_piece_by_piece_as_all_at_once(monkeypatch):
    what_if = finished()
    for number in range(7):
        found(what_if, Dimension.PUBLISHER, str(publisher(f"p{number}").pk), 100, 200 + number)
    whole = list(rows(what_if, Dimension.PUBLISHER))
    monkeypatch.setattr("commissions.rulebooks.what_if.report.CHUNK", 3)
    assert list(rows(what_if, Dimension.PUBLISHER)) == whole
    assert [one.name for one in whole] == [f"p{number}" for number in range(6, -1, -1)]


@pytest.mark.django_db
def test_keys_are_named_in_the_readers_language():
    programme = aliexpress()
    categories = NamedSet.objects.filter(programme=programme, kind=SetKind.CATEGORY).first()
    SetMember.objects.create(named_set=categories, value="77", name="Kettles")
    SetMember.objects.create(named_set=categories, value="78")
    with translation.override("ru"):
        assert names_of(programme, Dimension.COUNTRY, {"RU"})["RU"] == "Россия"
        assert names_of(programme, Dimension.MONTH, {"2019-03"}) == {"2019-03": "Март 2019"}
        cashback = names_of(programme, Dimension.TRAFFIC_TYPE, {"cashback"})["cashback"]
        named = names_of(programme, Dimension.CATEGORY, {"77", "78", "79"})
        assert (named["77"], named["78"]) == ("Kettles", f"78: {categories.name_ru}")
        assert "79" not in named
    assert cashback != names_of(programme, Dimension.TRAFFIC_TYPE, {"cashback"})["cashback"]
    assert names_of(programme, Dimension.PUBLISHER, {""}) == {"": "without a publisher"}


@given(st.integers(-MOST_CENTS, MOST_CENTS), st.integers(-MOST_CENTS, MOST_CENTS))
def test_an_axis_is_round_holds_nought_and_all_it_must_and_few_steps(one, other):
    low, high = sorted((one, other))
    scale = axis(low, high)
    ticks = list(scale.ticks)
    assert str(scale.step).rstrip("0") in {"1", "2", "5"}
    assert ticks[0] <= min(low, 0)
    assert ticks[-1] >= max(high, 0)
    assert 0 in ticks
    assert 1 <= len(ticks) - 1 <= MOST_STEPS
    assert {after - before for before, after in pairwise(ticks)} == {scale.step}


def test_an_axis_counts_in_units_that_keep_its_labels_short():
    for cents, unit, last in [
        (3, "USD", "0.03"), (40_000, "USD", "400"), (350_000_00, "thousand USD", "400"),
        (12_000_000_00, "million USD", "15"),
    ]:  # fmt: skip
        chart = bars([Difference("x", cents)], "USD", "title")
        assert (chart.unit, chart.ticks[-1].label) == (unit, last)


def test_bars_go_left_of_the_base_line_for_less_and_right_for_more():
    chart = bars([Difference("more", 300_00), Difference("less", -100_00)], "USD", "title")
    assert [tick.label for tick in chart.ticks] == ["-100", "0", "100", "200", "300"]
    more, less = chart.boxes
    assert (more.x, more.width, more.kind) == ("25.00%", "75.00%", "more")
    assert (less.x, less.width, less.kind) == ("0.00%", "25.00%", "less")
    assert [label.amount for label in chart.labels] == ["+300.00 USD", "-100.00 USD"]
    assert more.says == "more: +300.00 USD"


def test_a_long_name_is_cut_on_the_chart_and_whole_for_who_points_at_it():
    label = bars([Difference("a name that goes on and on and on", 1)], "USD", "t").labels[0]
    assert label.name == "a name that goes on and o…"
    assert label.whole_name == "a name that goes on and on and on"


def test_places_on_a_chart_are_no_words_of_a_language():
    with translation.override("ru"):
        chart = bars([Difference("x", 1_234_56)], "USD", "title")
        assert chart.boxes[0].width == "82.30%"
        assert chart.labels[0].amount.replace("\xa0", " ") == "+1 234,56 USD"
        month = columns([MonthPair(date(2019, 3, 1), 1_234_56, 99)], "USD", "title")
        assert all("," not in box.x + box.y + box.width + box.height for box in month.boxes)


def test_months_that_have_nothing_keep_their_place():
    chart = columns(
        [MonthPair(date(2019, 11, 1), 200_00, 100_00), MonthPair(date(2020, 2, 1), 0, 50_00)],
        "USD",
        "title",
    )
    assert [(label.month, label.year) for label in chart.labels] == [
        ("Nov", "2019"), ("Dec", ""), ("Jan", "2020"), ("Feb", ""),
    ]  # fmt: skip
    assert len(chart.boxes) == 8
    first, then = chart.boxes[:2]
    assert (first.kind, first.height, then.kind, then.height) == (
        "before", "180.00", "after", "90.00",
    )  # fmt: skip


@given(st.integers(1, 200))
def test_however_many_months_their_labels_do_not_touch(count):
    pairs = [MonthPair(date(2010 + n // 12, n % 12 + 1, 1), n, n) for n in range(count)]
    assert 1 <= len(columns(pairs, "USD", "title").labels) <= MOST_PERIOD_LABELS


def test_of_nothing_there_is_no_chart():
    assert columns([], "USD", "title") is None
    assert bars([], "USD", "title") is None
