"""Write random worlds that aim at the boundaries; the same arguments write the same bytes.

A world is a folder shaped like the ones that are given. Its moments are drawn from the edges of
everything dated (+-1 s) far more often than from the calendar at large, its orders from the cases
where two rules could both be thought to decide. What rests on a *reading* of the specification
rather than on its words is written only with `contested=True`.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from .world_texts import review_rows, unreadable_rows

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
