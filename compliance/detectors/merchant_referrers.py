"""Affiliate links must not stand on the merchant's site: clicks came from the merchant's pages."""

from compliance.detectors.marking import gettext_noop as _

# Browser extensions and cashback reminders cause such clicks too: a person has to look (F4, F37).
from compliance.detectors.suspicion import Gravity, Sign, Suspicion, share_bp
from compliance.detectors.thresholds import Limits
from compliance.detectors.traffic import Traffic

MEDIUM_BP, HIGH_BP = 1_000, 5_000


SENTENCE = _(
    "Clicks that came from the merchant's own pages: %(from_merchant)s of %(clicks)s "
    "(%(measured_bp)s; told of from %(threshold_bp)s on)."
)


def judge(traffic: Traffic, limits: Limits) -> Suspicion | None:
    """A suspicion where enough clicks have a page of the merchant as their referrer."""
    count, minimum = traffic.merchant_referrers, limits["merchant_referrer_clicks"]
    measured = share_bp(count, traffic.clicks)
    threshold = limits["merchant_referrer_share"]
    if count < minimum or measured < threshold:
        return None
    figures = {"from_merchant": count, "clicks": traffic.clicks, "measured_bp": measured,
               "threshold_bp": threshold}  # fmt: skip
    sign = Sign("merchant_referrer", measured, "merchant_referrer_share", threshold, count,
                minimum, SENTENCE, figures)  # fmt: skip
    if measured >= HIGH_BP:
        return Suspicion(Gravity.HIGH, (sign,))
    return Suspicion(Gravity.MEDIUM if measured >= MEDIUM_BP else Gravity.LOW, (sign,))
