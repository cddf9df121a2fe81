"""The benchmark as one picture: how far each row is from its goal. SVG, without script.

All rows share one axis, which counts in goals: at 1 a row is as good as we mean it to be, to the
right it is better, whether less or more of its own ratio is better.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from config.bench.results import machine_sentence, short
from config.bench.rows import ROWS, Row

# Pixels.
WIDTH, TOP, ROW_HEIGHT, UNDER_ROWS, LINE_HEIGHT = 1060, 96, 28, 50, 18
LEFT_OF_WORK, LEFT_OF_AGAINST, LEFT_OF_FIGURES = 112, 420, 900
LEFT_OF_PLOT, RIGHT_OF_PLOT = 580, 880
_LETTERS = 150  # of a line under the rows
_TICKS = tuple(digit * 10.0**power for power in range(-4, 5) for digit in (1, 2, 5))
_MOST_TICKS = 7
_STYLE = """
  svg { --ink: #1f2328; --quiet: #59636e; --grid: #d1d9e0; --band: #f2f5f8; --paper: #ffffff;
        --reached: #1a7f37; --missed: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --quiet: #9ea7b3; --grid: #3d444d; --band: #1c2129; --paper: #0d1117;
          --reached: #57d364; --missed: #ffa657; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 18px; font-weight: 600; }
  .quiet { fill: var(--quiet); font-size: 12px; }
  .number { font-variant-numeric: tabular-nums; }
  .paper { fill: var(--paper); } .band { fill: var(--band); }
  .grid { stroke: var(--grid); } .goal { stroke: var(--ink); stroke-width: 2; }
  .reached { fill: var(--reached); stroke: var(--reached); }
  .missed { fill: var(--paper); stroke: var(--missed); stroke-width: 2.5; }
  .spread { stroke-width: 3; opacity: 0.45; }
"""


class NoFigures(Exception):
    """What was given are not the figures of a benchmark; the message says what is missing."""


@dataclass(frozen=True)
class Mark:
    """A row's place in goals: of the median, and of its worst and best round."""

    median: float
    worst: float
    best: float
    reached: bool


def as_svg(figures: Mapping[str, Any]) -> str:
    """The picture of figures as `results.as_figures` gives them. Raises NoFigures."""
    rows = [row for row in ROWS if row.id in figures]
    if not rows or "machine" not in figures or "bench" not in figures:
        raise NoFigures("There are no rows of a benchmark, or no machine, among the figures.")
    try:
        marks = {row.id: mark for row in rows if (mark := _mark(row, figures[row.id]))}
        scale = Scale.over(list(marks.values()))
        parts = [
            *_head(figures, len(rows)),
            *_axis(scale, len(rows)),
            *(
                part
                for place, row in enumerate(rows)
                for part in _row(scale, place, row, figures[row.id], marks.get(row.id))
            ),
            *_foot(figures, len(rows)),
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise NoFigures(f"The figures cannot be read: {error!r}.") from error
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis from `low` to `high` goals."""

    low: float
    high: float

    @classmethod
    def over(cls, marks: Sequence[Mark]) -> "Scale":
        """From the tick below all marks and the goal to the tick above them."""
        lowest = min([0.5, *(mark.worst for mark in marks)])
        highest = max([2.0, *(mark.best for mark in marks)])
        below = [tick for tick in _TICKS if tick <= lowest]
        above = [tick for tick in _TICKS if tick >= highest]
        return cls(below[-1] if below else _TICKS[0], above[0] if above else _TICKS[-1])

    def x(self, goals: float) -> float:
        """Pixels from the left; what lies beyond the axis is put at its end."""
        share = math.log(goals / self.low) / math.log(self.high / self.low)
        return LEFT_OF_PLOT + min(max(share, 0.0), 1.0) * (RIGHT_OF_PLOT - LEFT_OF_PLOT)

    @property
    def ticks(self) -> list[float]:
        """The round numbers on the axis; its ends and the tens where they would be too many."""
        inside = [tick for tick in _TICKS if self.low <= tick <= self.high]
        if len(inside) <= _MOST_TICKS:
            return inside
        tens = [tick for tick in inside if math.log10(tick).is_integer()]
        return sorted({self.low, *tens, self.high})


def _mark(row: Row, figure: Mapping[str, Any]) -> Mark | None:
    """None where there is no ratio, or no goal to hold it against."""
    goal = figure["goal"]
    if figure["ratio"] is None or goal is None:
        return None

    def in_goals(ratio: float) -> float:
        return ratio / goal if row.faster else goal / ratio

    rounds = [in_goals(ratio) for ratio in figure["ratios"]]
    return Mark(in_goals(figure["ratio"]), min(rounds), max(rounds), bool(figure["reached"]))


def _bottom(rows: int) -> int:
    return TOP + rows * ROW_HEIGHT


def _text(x: float, y: float, said: str, style: str = "", anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} class="{style}">{escape(said)}</text>'


def _head(figures: Mapping[str, Any], rows: int) -> Iterator[str]:
    bench = figures["bench"]
    height = _bottom(rows) + UNDER_ROWS + LINE_HEIGHT * len(_machine_lines(figures))
    title = "The benchmark against its goals"
    asked = f"{bench['rows']:,} lines, medians of {bench.get('rounds', '?')} rounds"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" role="img" aria-labelledby="title description">'
    )
    yield f'<title id="title">{title}</title>'
    yield (
        f'<desc id="description">{asked}. A full dot: the goal is reached; an empty diamond: it is'
        " not. The figures stand to the right.</desc>"
    )
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    yield _text(24, 34, title, "title")
    yield _text(24, 56, f"{asked}; the thin bar spans the rounds", "quiet")
    yield from _key(LEFT_OF_PLOT + 70)


def _key(x: float) -> Iterator[str]:
    """What the shapes mean."""
    yield _shape(x, 30, reached=True)
    yield _text(x + 14, 34, "goal reached", "quiet")
    yield _shape(x + 110, 30, reached=False)
    yield _text(x + 124, 34, "not reached", "quiet")


def _shape(x: float, y: float, *, reached: bool) -> str:
    if reached:
        return f'<circle class="reached" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, -7), (7, 0), (0, 7), (-7, 0)))
    return f'<polygon class="missed" points="{points}"/>'


def _axis(scale: Scale, rows: int) -> Iterator[str]:
    bottom = _bottom(rows)
    for place in range(0, rows, 2):
        y = TOP + place * ROW_HEIGHT
        yield f'<rect class="band" x="12" y="{y}" width="{WIDTH - 24}" height="{ROW_HEIGHT}"/>'
    for tick in scale.ticks:
        x, style = scale.x(tick), "goal" if tick == 1 else "grid"
        yield f'<line class="{style}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        label = "goal" if tick == 1 else f"{tick:g} x"
        yield _text(x, TOP - 8, label, "" if tick == 1 else "quiet", "middle")
    yield _text(LEFT_OF_AGAINST, TOP - 8, "against", "quiet")
    yield _text(LEFT_OF_FIGURES, TOP - 8, "ratio, goal", "quiet")
    middle = (LEFT_OF_PLOT + RIGHT_OF_PLOT) / 2
    yield _text(
        middle, bottom + 20, "times the goal: the further right, the better", "quiet", "middle"
    )


def _row(
    scale: Scale, place: int, row: Row, figure: Mapping[str, Any], mark: Mark | None
) -> Iterator[str]:
    middle = TOP + (place + 0.5) * ROW_HEIGHT
    base = middle + 4.5
    yield _text(24, base, row.id)
    yield _text(LEFT_OF_WORK, base, row.work)
    yield _text(LEFT_OF_AGAINST, base, row.against, "quiet")
    yield _text(LEFT_OF_FIGURES, base, _figures(row, figure), "number")
    if mark is None:
        return
    style = "reached" if mark.reached else "missed"
    yield (
        f'<line class="spread {style}" x1="{scale.x(mark.worst):.1f}" x2="{scale.x(mark.best):.1f}"'
        f' y1="{middle:.1f}" y2="{middle:.1f}"/>'
    )
    yield _shape(scale.x(mark.median), middle, reached=mark.reached)


def _figures(row: Row, figure: Mapping[str, Any]) -> str:
    if figure["ratio"] is None:
        return "not measured yet"
    said = short(figure["ratio"])
    if figure["goal"] is None:
        return f"{said}, no goal"
    return f"{said}, goal {'≥' if row.faster else '≤'} {figure['goal']:g}"


def _machine_lines(figures: Mapping[str, Any]) -> list[str]:
    return wrap(machine_sentence(figures["machine"]), _LETTERS)


def _foot(figures: Mapping[str, Any], rows: int) -> Iterator[str]:
    for place, line in enumerate(_machine_lines(figures)):
        yield _text(24, _bottom(rows) + UNDER_ROWS + LINE_HEIGHT * place, line, "quiet")
