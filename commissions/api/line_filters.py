"""What a line must be to be asked for: the filters of lists, files and statistics alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from commissions.cuts.enums import SUBS, DateKind, Lacking
from commissions.enums import LineStatus, Reason
from publishers.api.parameters import Parameter, Parameters, one_of
from publishers.columns import Text, WrongCell, code, country
from publishers.merchant_links import LONGEST_SUB

STATUSES = tuple(status.value for status in LineStatus)
REASONS = tuple(reason.value for reason in Reason)
# By the names of `commissions.cuts.asked.FILTERS`.
LINE_FILTERS = ("status", "reason", "source", "country", "rule", *(sub.value for sub in SUBS))


_LACKS = "|".join(Lacking.values)


def chosen(words: Iterable[str], help_text: str, *, required: bool = False) -> Parameter:
    """A parameter with one of a few words."""
    shape = {"type": "string", "enum": list(words)}
    return Parameter(one_of(*words), required=required, shape=shape, help_text=help_text)


def _as_it_came(text: str) -> str:
    """A sub id, of which links may make blanks alone."""
    return text if text.isspace() and len(text) <= LONGEST_SUB else Text(LONGEST_SUB).read(text)


def _sub(number: int) -> Parameter:
    return Parameter(
        _as_it_came,
        required=False,
        help_text=f"Lines whose click says this in its sub id {number}.",
    )


def _lacking(text: str) -> tuple[Lacking, ...]:
    try:
        return tuple(dict.fromkeys(Lacking(one) for one in text.split(",")))
    except ValueError as error:
        raise WrongCell(
            _("Write one of %(words)s, or several with commas between.")
            % {"words": ", ".join(Lacking.values)}
        ) from error


def which_instant(help_text: str) -> Parameter:
    """A parameter with one of the instants that a line has."""
    return chosen(DateKind.values, help_text)


def require_dates(asked: Mapping[str, Any]) -> None:
    """Raise ValidationError where it is said which instant a period is of, and no period."""
    if "date_kind" in asked and not {"from", "to"} & asked.keys():
        sentence = _("date_kind says which instant from and to are about: give one of them too.")
        raise ValidationError({"date_kind": [sentence]}, code="invalid")


class LineFilters(Parameters):
    """Which lines. source: one of the publisher's own, by its code."""

    status = chosen(STATUSES, "Lines of this status alone.")
    reason = chosen(REASONS, "Lines that earn nothing for this reason.")
    source_ = Parameter(code().read, required=False, help_text="Lines of this source of yours.")
    country = Parameter(
        country().read, required=False, help_text="Lines that are delivered to this country."
    )
    rule = Parameter(code().read, required=False, help_text="Lines that this rule decided.")
    sub1, sub2, sub3, sub4, sub5 = map(_sub, range(1, 6))
    lacking = Parameter(
        _lacking,
        required=False,
        shape={"type": "string", "pattern": f"^({_LACKS})(,({_LACKS}))*$"},
        help_text=(
            "Lines that have none of these: a known click, a rule, something in a sub id of their "
            "click. As groups without a key say it; several with commas between."
        ),
    )
