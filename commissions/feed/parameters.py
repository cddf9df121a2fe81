"""custom_parameters: a JSON object in a string, that says `af` (a source) and `dp` (a click).

The plain shapes are read in columns; the json module sees only the rest.
"""

from dataclasses import dataclass
from typing import NoReturn

import polars as pl

from commissions.feed import wording
from commissions.feed.csv_records import unstorable_sentence
from commissions.feed.json_text import Clash, Pairs, decoder, json_object
from commissions.feed.model import PARAMETER_FIELDS
from commissions.feed.texts import UNSTORABLE, quoted

# A JSON string that is its own value: no escape, no control character.
_SAFE = r'"([^"\\\x00-\x1f]*)"'
_PLAIN = rf'^(\{{(?:"af": ?{_SAFE}(?:, ?"dp": ?{_SAFE})?)?\}})$'


@dataclass(frozen=True)
class Fault:
    """Why a row is parked: the field, its value as it came, and the sentence."""

    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Parameters:
    """`af` and `dp`, "" where there is none; and, by the row's index, what is at fault."""

    af: pl.Series
    dp: pl.Series
    faults: dict[int, Fault]


class _NamedTwice(ValueError):
    """A key is given twice with different values."""


class _NoConstant(ValueError):
    """NaN and the infinities are not JSON."""


def read_parameters(raw: pl.DataFrame) -> Parameters:
    """The parameters of every row, whichever of the two names they came under."""
    first, second = (
        pl.col(name).fill_null("") if name in raw.columns else pl.lit("")
        for name in PARAMETER_FIELDS
    )
    texts = raw.select("row", first=first, second=second)
    either = pl.when(pl.col("first") == "").then("second").otherwise("first")
    both = (pl.col("first") != "") & (pl.col("second") != "")
    texts = texts.with_columns(groups=either.str.extract_groups(_PLAIN), given=either != "")
    whole, af, dp = (pl.col("groups").struct.field(name) for name in ("1", "2", "3"))
    differs = both & (pl.col("first") != pl.col("second"))
    found = texts.select(
        af.fill_null("").alias("af"),
        dp.fill_null("").alias("dp"),
        hard=(pl.col("given") & whole.is_null()) | differs,
    )
    hard = found["hard"].arg_true()
    if hard.is_empty():
        return Parameters(found["af"], found["dp"], {})
    return _with_hard_rows(found, hard, texts.select("first", "second")[hard])


def _with_hard_rows(found: pl.DataFrame, hard: pl.Series, texts: pl.DataFrame) -> Parameters:
    known: dict[tuple[str, str], tuple[str, str] | Fault] = {}
    af, dp, faults = [], [], {}
    for index, pair in zip(hard.to_list(), texts.iter_rows(), strict=True):
        read = known.get(pair)
        if read is None:
            read = known[pair] = _read_pair(*pair)
        if isinstance(read, Fault):
            faults[index] = read
            read = ("", "")
        af.append(read[0])
        dp.append(read[1])
    return Parameters(
        found["af"].scatter(hard, pl.Series(af, dtype=pl.String)),
        found["dp"].scatter(hard, pl.Series(dp, dtype=pl.String)),
        faults,
    )


def _read_pair(first: str, second: str) -> tuple[str, str] | Fault:
    """(af, dp) of the two texts, "" where not given, or what is at fault."""
    objects = []
    for name, text in zip(PARAMETER_FIELDS, (first, second), strict=True):
        if not text:
            continue
        try:
            objects.append(_object_of(text))
        except ValueError as error:
            template, values = error.args
            reason = template % {"what": f"{name} {quoted(text)}", **values}
            return Fault(name, text, reason)
    if len(objects) == 2 and objects[0] != objects[1]:
        return Fault(
            PARAMETER_FIELDS[1],
            second,
            wording.PARAMETERS_DIFFER % {"first": quoted(first), "second": quoted(second)},
        )
    af, dp = _code(objects[0].get("af")), _code(objects[0].get("dp"))
    for key, value in (("af", af), ("dp", dp)):
        if UNSTORABLE.search(value):
            name, text = (PARAMETER_FIELDS[0], first) if first else (PARAMETER_FIELDS[1], second)
            where = wording.PLACE_OF_PARAMETER % {"key": key, "field": name}
            return Fault(name, text, unstorable_sentence(where, value, raw=False))
    return af, dp


def _code(value: object) -> str:
    # A number is the digits it was written with; null, lists and the like name nothing.
    return str(value) if isinstance(value, str) else ""


def _object_of(text: str) -> dict[str, object]:
    """Raises ValueError with a template of `wording` and values of it."""
    try:
        found = _DECODER.decode(text)
    except (_NamedTwice, _NoConstant):
        raise
    except RecursionError:
        raise ValueError(wording.NESTED_PARAMETERS, {}) from None
    except ValueError:
        raise ValueError(wording.NO_JSON, {}) from None
    if not isinstance(found, dict):
        raise ValueError(wording.NO_OBJECT, {})
    return found


def _object_or_refuse(pairs: Pairs) -> dict[str, object]:
    found = json_object(pairs)
    if isinstance(found, Clash):
        raise _NamedTwice(wording.GIVES_TWICE, {"key": quoted(found.key)})
    return found


def _refuse_constant(token: str) -> NoReturn:
    raise _NoConstant(wording.HOLDS_CONSTANT, {"token": token})


_DECODER = decoder(_refuse_constant, _object_or_refuse)
