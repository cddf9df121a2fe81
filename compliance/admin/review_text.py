from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from compliance.models import ReviewText
from publishers.admin.backoffice import BigListAdmin
from publishers.figures import instant


@admin.register(ReviewText)
class ReviewTextAdmin(BigListAdmin):
    """Product reviews kept for the job that looks for links in them."""

    list_display = ("review_id", "product_id", "author", "posted", "scanned", "beginning")
    exact_search = ("review_id",)
    search_help_text = _("The whole number of the review")
    empty_hint = _("No review text is kept. The command scan_reviews brings them.")

    @admin.display(description=_("posted"))
    def posted(self, review: ReviewText) -> str:
        return instant(review.posted_at)

    @admin.display(description=_("scanned"))
    def scanned(self, review: ReviewText) -> str:
        return instant(review.scanned_at)

    @admin.display(description=_("text"))
    def beginning(self, review: ReviewText) -> str:
        return Truncator(review.text).chars(80)
