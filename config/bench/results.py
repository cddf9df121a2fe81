"""What was measured: a table for people, JSON for programs."""

import json
import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from config.bench.rows import Row

_SETTINGS = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_compression"),
    *("shared_buffers", "work_mem", "max_wal_size", "checkpoint_timeout"),
)
_LATER = "comes with later work"


@dataclass
class Results:
    """The rounds of each row: ratio, and the seconds (or bytes) of the work and of its floor."""

    rows: int
    ratios: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    floor: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, row_id: str, work: float, floor: float, *, faster: bool = False) -> None:
        """Note a round. faster: the ratio says how many times faster the work is."""
        self.work[row_id].append(work)
        self.floor[row_id].append(floor)
        self.ratios[row_id].append(floor / work if faster else work / floor)

    def note(self, row_id: str, **facts: Any) -> None:
        """Remember something beside the ratio, of the last round."""
        self.facts[row_id].update(facts)


def machine_facts() -> dict[str, Any]:
    """The machine and the server, which ratios leave out as far as they can."""
    with connection.cursor() as cursor:
        shown = {}
        for name in _SETTINGS:
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": version,
        "settings": shown,
    }


def machine_sentence(machine: Mapping[str, Any]) -> str:
    """The machine in one line: the server, the cores; then the settings that cost or save."""
    settings = ", ".join(f"{name} {value}" for name, value in machine["settings"].items())
    return f"PostgreSQL {machine['postgresql']}, {machine['cores']} cores; {settings}."


def as_figures(
    results: Results, rows: Iterable[Row], machine: dict[str, Any], **facts: Any
) -> dict[str, Any]:
    """Everything, keyed by the rows' ids; `machine` and `bench` beside them."""
    told: dict[str, Any] = {row.id: _of_row(results, row) for row in rows}
    return told | {"bench": {"rows": results.rows, **facts}, "machine": machine}


def as_json(figures: Mapping[str, Any]) -> str:
    """The figures as a file for programs."""
    return json.dumps(figures, indent=2) + "\n"


def _of_row(results: Results, row: Row) -> dict[str, Any]:
    ratios = results.ratios.get(row.id, [])
    told: dict[str, Any] = {
        "work": row.work,
        "against": row.against,
        "ratio": statistics.median(ratios) if ratios else None,
        "better": "larger" if row.faster else "smaller",
        "goal": row.goal,
        "rows": results.rows,
        "rounds": len(ratios),
    }
    if not ratios:
        return told | {"note": _LATER}
    unit = "bytes" if row.id == "P13" else "seconds"
    return told | {
        "reached": None if row.goal is None else row.reached(told["ratio"]),
        "ratios": ratios,
        unit: statistics.median(results.work[row.id]),
        f"floor_{unit}": statistics.median(results.floor[row.id]),
        **results.facts[row.id],
    }


def as_table(results: Results, rows: Iterable[Row]) -> str:
    """A line a row: what, against what, the median ratio, its spread, the goal."""
    lines = [("id", "work", "against", "ratio", "spread", "goal", "")]
    for row in rows:
        ratios = results.ratios.get(row.id, [])
        sign = ">=" if row.faster else "<="
        goal = f"{sign} {row.goal:g}" if row.goal is not None else ""
        if not ratios:
            lines.append((row.id, row.work, row.against, "", "", goal, _LATER))
            continue
        ratio = statistics.median(ratios)
        spread = f"{short(min(ratios))} - {short(max(ratios))}"
        word = "reached" if row.reached(ratio) else "not reached" if row.goal else ""
        lines.append((row.id, row.work, row.against, short(ratio), spread, goal, word))
    widths = [max(len(line[place]) for line in lines) for place in range(7)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def short(ratio: float) -> str:
    """A ratio with as many digits as it deserves."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"
