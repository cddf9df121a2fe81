"""The benchmark's picture: every row told, its place by its goal, readable in light and dark."""

import json
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.bench.chart import LEFT_OF_PLOT, RIGHT_OF_PLOT, NoFigures, as_svg
from config.bench.results import Results, as_figures, as_json
from config.bench.rows import ROWS

SVG = "{http://www.w3.org/2000/svg}"
MACHINE = {
    "postgresql": "18.6", "cores": 2,
    "settings": {"fsync": "on", "shared_buffers": "256MB", "full_page_writes": "<on>"},
}  # fmt: skip


def figures(**measured: list[float]) -> dict[str, Any]:
    """Figures of rows by their ratios of each round; the others were not measured."""
    results = Results(1_000_000)
    faster = {row.id: row.faster for row in ROWS}
    for name, ratios in measured.items():
        row_id = name.replace("_", "-")
        for ratio in ratios:
            results.add(
                row_id, *((1, ratio) if faster[row_id] else (ratio, 1)), faster=faster[row_id]
            )
    return as_figures(results, ROWS, MACHINE, rounds=3)


def drawn(**measured: list[float]) -> ET.Element:
    return ET.fromstring(as_svg(figures(**measured)))


def texts(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


def places(picture: ET.Element) -> list[tuple[str, float]]:
    """The marks from the top, each by its shape and its place across, without those of the key."""
    marks = []
    for one in picture.iter():
        if one.tag == f"{SVG}circle":
            marks.append((float(one.get("cy", 0)), "dot", float(one.get("cx", 0))))
        elif one.tag == f"{SVG}polygon":
            (top, _, _, left) = one.get("points", "").split()
            marks.append((float(left.split(",")[1]), "diamond", float(top.split(",")[0])))
    return [(shape, x) for _, shape, x in sorted(marks)[2:]]


def goal_line(picture: ET.Element) -> float:
    found = [one for one in picture.iter(f"{SVG}line") if one.get("class") == "goal"]
    assert len(found) == 1
    return float(found[0].get("x1", 0))


def test_every_row_is_told_with_its_ratio_its_goal_and_what_it_is_against():
    said = texts(drawn(P1=[3.0, 2.0, 2.4], P5=[80.0], P2_rows=[5.5]))
    for row in ROWS:
        assert {row.id, row.work, row.against} <= set(said)
    assert "2.40, goal ≤ 2.5" in said
    assert "80.00, goal ≥ 75" in said
    assert "5.50, no goal" in said
    assert said.count("not measured yet") == len(ROWS) - 3
    assert "1,000,000 lines, medians of 3 rounds; the thin bar spans the rounds" in said
    assert (
        "PostgreSQL 18.6, 2 cores; fsync on, shared_buffers 256MB, full_page_writes <on>." in said
    )


def test_what_is_better_than_its_goal_lies_to_the_right_whichever_way_its_ratio_counts():
    picture = drawn(P1=[5.0], P2=[0.25], P5=[37.5], P8=[150.0])
    goal = goal_line(picture)
    (_, slow), (_, quick), (_, few), (_, many) = places(picture)
    assert slow == few < goal < quick == many, "half of each goal, and twice each goal"
    assert goal - slow == pytest.approx(quick - goal, abs=0.2), "the axis is logarithmic"


def test_reached_and_not_reached_have_different_shapes():
    picture = drawn(P1=[2.5], P2=[0.6])
    assert places(picture) == [("dot", goal_line(picture)), ("diamond", places(picture)[1][1])]


def test_the_bar_of_a_row_spans_its_rounds():
    picture = drawn(P1=[5.0, 2.5, 1.25])
    bar = next(one for one in picture.iter(f"{SVG}line") if "spread" in one.get("class", ""))
    ends = [float(bar.get(name, 0)) for name in ("x1", "x2")]
    assert ends[0] < goal_line(picture) < ends[1]
    assert places(picture) == [("dot", goal_line(picture))]


@pytest.mark.parametrize("ratio", [1e-9, 1e-3, 1.0, 1e3, 1e9])
def test_no_mark_leaves_the_plot(ratio):
    for _, x in places(drawn(P1=[ratio], P5=[ratio])):
        assert LEFT_OF_PLOT <= x <= RIGHT_OF_PLOT


def test_the_picture_knows_both_colours_of_paper_and_says_what_it_is():
    picture = drawn(P1=[2.0])
    assert "prefers-color-scheme: dark" in (picture.findtext(f"{SVG}style") or "")
    assert picture.findtext(f"{SVG}title") == "The benchmark against its goals"
    assert "empty diamond" in (picture.findtext(f"{SVG}desc") or "")
    assert picture.get("role") == "img"


@pytest.mark.parametrize(
    "given",
    [{}, {"P1": {}}, [], {**figures(), "P1": {"ratio": 1}}, {**figures(P1=[2.0]), "machine": {}}],
    ids=["nothing", "no machine", "a list", "half a row", "half a machine"],
)
def test_what_are_no_figures_is_refused_with_a_sentence(given):
    with pytest.raises(NoFigures, match="figures"):
        as_svg(given)


def test_the_command_draws_what_an_earlier_run_wrote_and_measures_nothing(tmp_path):
    told, chart = tmp_path / "bench.json", tmp_path / "bench.svg"
    told.write_text(as_json(figures(P1=[2.0])), encoding="utf-8")
    call_command("bench", source=told, chart=chart, stdout=StringIO())
    assert chart.read_text(encoding="utf-8") == as_svg(json.loads(told.read_text()))


@pytest.mark.parametrize(
    ("text", "chart", "sentence"),
    [
        ("{}", "bench.svg", "no rows of a benchmark"),
        ("not json", "bench.svg", "cannot be read"),
        ("{}", "", "Say with --chart where"),
        ("{}", "nowhere/bench.svg", "no folder"),
    ],
)
def test_the_command_says_why_it_cannot_draw(tmp_path, text, chart, sentence):
    told = tmp_path / "bench.json"
    told.write_text(text, encoding="utf-8")
    where: Path | None = tmp_path / chart if chart else None
    with pytest.raises(CommandError, match=sentence):
        call_command("bench", source=told, chart=where, stdout=StringIO())
