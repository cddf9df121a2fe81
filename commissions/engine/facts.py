"""The facts of one line: the last word of the feed about a sub-order."""

from dataclasses import dataclass
from datetime import datetime

PAYMENT_COMPLETED, BUYER_CONFIRMED_RECEIPT, COMPLETED_SETTLEMENT, INVALID = 1, 2, 3, 4


@dataclass(frozen=True)
class LineFacts:
    """Amounts in cents, rates in hundredths of a percent, instants aware. Empty text: not given."""

    order_id: str
    sub_order_id: str
    feed_status: int
    created_at: datetime
    paid_cents: int
    country: str
    effect: str = ""
    tracking_id: str = ""
    af: str = ""
    dp: str = ""
    finished_cents: int | None = None
    feed_rate_bp: int | None = None
    is_hot: bool = False
    is_affiliate: bool = False
    dispute: bool = False
    cancel_reason: str = ""
    assistant_plugin: bool = False
    category_id: str = ""
    product_id: str = ""

    @property
    def base_cents(self) -> int:
        """What the rate applies to: the finished amount once the buyer has the goods."""
        received = self.feed_status in (BUYER_CONFIRMED_RECEIPT, COMPLETED_SETTLEMENT)
        if received and self.finished_cents is not None:
            return self.finished_cents
        return self.paid_cents


# The columns of a frame of lines that decide (see `engine.bulk`), by these same names.
FACT_COLUMNS = tuple(LineFacts.__dataclass_fields__)
