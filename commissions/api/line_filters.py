"""What a line must be to be asked for: the filters of lists, files and statistics alike."""

from commissions.cuts.enums import SUBS
from commissions.enums import LineStatus, Reason
from publishers.api.parameters import Parameter, Parameters, one_of
from publishers.columns import Text, code, country
from publishers.merchant_links import LONGEST_SUB

STATUSES = tuple(status.value for status in LineStatus)
REASONS = tuple(reason.value for reason in Reason)
# By the names of `commissions.cuts.asked.FILTERS`.
LINE_FILTERS = ("status", "reason", "source", "country", "rule", *(sub.value for sub in SUBS))


def _sub(number: int) -> Parameter:
    return Parameter(
        Text(LONGEST_SUB).read,
        required=False,
        help_text=f"Lines whose click says this in its sub id {number}.",
    )


class LineFilters(Parameters):
    """Which lines. source: one of the publisher's own, by its code."""

    status = Parameter(
        one_of(*STATUSES),
        required=False,
        shape={"type": "string", "enum": list(STATUSES)},
        help_text="Lines of this status alone.",
    )
    reason = Parameter(
        one_of(*REASONS),
        required=False,
        shape={"type": "string", "enum": list(REASONS)},
        help_text="Lines that earn nothing for this reason.",
    )
    source_ = Parameter(code().read, required=False, help_text="Lines of this source of yours.")
    country = Parameter(
        country().read, required=False, help_text="Lines that are delivered to this country."
    )
    rule = Parameter(code().read, required=False, help_text="Lines that this rule decided.")
    sub1, sub2, sub3, sub4, sub5 = map(_sub, range(1, 6))
