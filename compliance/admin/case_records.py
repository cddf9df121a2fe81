from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from compliance.models import Case, CaseEvent, StatementOfReasons
from compliance.statements.sentences import sums
from publishers.admin.backoffice import ReadOnlyAdmin, link_to
from publishers.figures import instant


@admin.register(CaseEvent)
class CaseEventAdmin(ReadOnlyAdmin):
    """Everything that happened to cases; each case's page tells its own."""

    list_display = ("of_case", "step", "happened", "by", "from_publisher")
    list_filter = ("step", "from_publisher")
    list_select_related = ("by",)
    search_fields = ("=case__evidence", "=case__publisher__code")
    search_help_text = _("Number of the review, code of the publisher")
    empty_hint = _("Nothing has happened yet: no case was found.")

    @admin.display(description=_("case"), ordering="case_id")
    def of_case(self, event: CaseEvent) -> str:
        return _page_of_case(event.case_id)

    @admin.display(description=_("when"), ordering="at")
    def happened(self, event: CaseEvent) -> str:
        return instant(event.at, seconds=True)


@admin.register(StatementOfReasons)
class StatementOfReasonsAdmin(ReadOnlyAdmin):
    """What publishers were told of decisions, word for word."""

    list_display = ("of_case", "decision", "made", "automatic", "lines", "commission", "referral")
    list_filter = ("decision", "automatic")
    search_fields = ("=case__evidence", "=case__publisher__code")
    search_help_text = _("Number of the review, code of the publisher")
    empty_hint = _("No statement was made yet: no case was decided.")

    @admin.display(description=_("case"), ordering="case_id")
    def of_case(self, statement: StatementOfReasons) -> str:
        return _page_of_case(statement.case_id)

    @admin.display(description=_("made"), ordering="made_at")
    def made(self, statement: StatementOfReasons) -> str:
        return instant(statement.made_at)

    @admin.display(description=_("commission"))
    def commission(self, statement: StatementOfReasons) -> str:
        return sums(statement.commission)

    @admin.display(description=_("referral credit"))
    def referral(self, statement: StatementOfReasons) -> str:
        return sums(statement.referral)


def _page_of_case(case_id: int) -> str:
    """A link by the number alone: the case itself is not read."""
    return link_to(Case._meta.app_label, "case", case_id, f"#{case_id}")  # noqa: SLF001
