from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObservationKind(models.TextChoices):
    """What a detector of the daily watch looks for; a case of it has the same name."""

    MERCHANT_REFERRER = "merchant_referrer", _("clicks from the merchant's site")
    COOKIE_STUFFING = "cookie_stuffing", _("signs of cookie stuffing")
    SHARED_PAYOUT_DETAILS = "shared_payout_details", _("payout details of several accounts")


class ObservationStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("observation", "new")
    CASE_OPENED = "case_opened", _("case opened")
    DISMISSED = "dismissed", _("dismissed")


class ObservationMode(models.TextChoices):
    """What becomes of a new observation."""

    PERSON = "person", _("a person looks at it")
    OPEN_CASE = "open_case", _("the job opens a case")
