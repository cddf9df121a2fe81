from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from commissions.admin.columns import ProgrammeColumn
from commissions.admin.rulebook_differences import RulebookDifferences
from commissions.admin.rulebook_editor import RulebookEditor
from commissions.admin.rulebook_files import RulebookFiles
from commissions.admin.rulebook_page import MAKES, page_context
from commissions.admin.rulebook_standing import (
    STANDING_LABELS,
    STANDING_WORDS,
    standing,
    with_calendar,
)
from commissions.admin.rulebook_way import RulebookWay
from commissions.enums import RulebookStatus
from commissions.models import CookieLife, Rule, Rulebook, TrafficStatement
from commissions.rule_words import given
from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.enums import Permission
from publishers.figures import in_own_language, instant


@admin.register(Rulebook)
class RulebookAdmin(
    RulebookWay,
    RulebookEditor,
    RulebookFiles,
    RulebookDifferences,
    ProgrammeColumn,
    ReadOnlyAdmin,
):
    """Dated sets of rules: drafts are written and asked for, published ones never change."""

    list_display = ("version", "own_title", "state", "starts", "asker", "rule_count",
                    "of_programme")  # fmt: skip
    list_display_links = ("version", "own_title")
    list_filter = ("status",)
    list_select_related = ("programme", "asked_by")
    search_fields = ("=version", "title_en", "title_ru")
    search_help_text = _("Version, or a part of the title")
    ordering = ("-starts_at", "-version")
    actions_list = ("new_draft", "new_from_file")
    change_form_template = "admin/commissions/rulebook/page.html"
    empty_hint = _("There are no rules: run the command load_programme.")

    def get_urls(self) -> list[URLPattern]:
        return [*self.way_urls(), *self.editor_urls(), *self.file_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        books = super().get_queryset(request).annotate(rules_in=Count("rules"))
        return with_calendar(books).select_related("programme", "asked_by", "approved_by")

    def has_new_draft_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAKES)

    @action(description=_("New draft"), url_path="new-draft", icon="add", permissions=["new_draft"])
    def new_draft(self, request: HttpRequest) -> HttpResponse:
        """To the rulebook that a draft begins as a copy of: the last one of the calendar."""
        last = (
            Rulebook.objects.filter(status=RulebookStatus.PUBLISHED)
            .order_by("starts_at", "version")
            .last()
        )
        if last is None:
            return redirect("admin:commissions_rulebook_changelist")
        self.message_user(
            request, _("A draft begins as a copy of these rules: say from which day on it rules.")
        )
        address = reverse("admin:commissions_rulebook_change", args=[last.pk])
        return redirect(f"{address}#starts")

    def page_context(self, request: HttpRequest, row: Rulebook) -> dict[str, Any]:
        return page_context(row, request.user, timezone.now())

    @admin.display(description=_("title"))
    def own_title(self, book: Rulebook) -> str:
        return in_own_language(book, "title")

    @display(description=_("status"), label=STANDING_LABELS)
    def state(self, book: Rulebook) -> tuple[str, Any]:
        now = standing(book, timezone.now())
        return now, STANDING_WORDS[now]

    @admin.display(description=_("in force from"), ordering="starts_at")
    def starts(self, book: Rulebook) -> str:
        return instant(book.starts_at, book.programme.time_zone)

    @admin.display(description=_("asked for by"))
    def asker(self, book: Rulebook) -> str:
        return str(book.asked_by or "–")

    @admin.display(description=_("rules"))
    def rule_count(self, book: Any) -> int:
        return int(book.rules_in)


@admin.register(Rule)
class RuleAdmin(ReadOnlyAdmin):
    """Every rule of every rulebook, to search."""

    list_display = ("code", "position", "of_rulebook", "gives", "own_sentence")
    list_select_related = ("rulebook__programme",)
    search_fields = ("=code", "sentence_en", "sentence_ru")
    search_help_text = _("Code, or a part of the sentence")

    @admin.display(description=_("rulebook"))
    def of_rulebook(self, rule: Rule) -> str:
        return page_of(rule.rulebook, in_own_language(rule.rulebook, "title"))

    @admin.display(description=_("gives"))
    def gives(self, rule: Rule) -> str:
        return given(rule)

    @admin.display(description=_("sentence"))
    def own_sentence(self, rule: Rule) -> str:
        return in_own_language(rule, "sentence")


@admin.register(CookieLife)
class CookieLifeAdmin(ReadOnlyAdmin):
    """How long clicks count, by rulebook and country group."""

    list_display = ("of_countries", "days", "of_rulebook")
    list_select_related = ("rulebook__programme", "countries")
    search_fields = ("countries__code", "rulebook__title_en", "rulebook__title_ru")

    @admin.display(description=_("countries"))
    def of_countries(self, life: CookieLife) -> str:
        return in_own_language(life.countries, "name") if life.countries else str(_("all others"))

    @admin.display(description=_("rulebook"))
    def of_rulebook(self, life: CookieLife) -> str:
        return page_of(life.rulebook, in_own_language(life.rulebook, "title"))


@admin.register(TrafficStatement)
class TrafficStatementAdmin(ReadOnlyAdmin):
    """What rulebooks say of types of traffic, by rulebook."""

    list_display = ("of_type", "says", "of_rulebook")
    list_filter = ("permission",)
    list_select_related = ("rulebook__programme", "traffic_type")
    search_fields = ("=traffic_type__code", "rulebook__title_en", "rulebook__title_ru")
    search_help_text = _("Type of traffic, or a part of the rulebook's title")
    empty_hint = _("No rulebook says anything of traffic: the permissions are as they were loaded.")

    @admin.display(description=_("traffic type"), ordering="traffic_type__code")
    def of_type(self, row: TrafficStatement) -> str:
        return in_own_language(row.traffic_type, "name")

    @admin.display(description=_("permission"), ordering="permission")
    def says(self, row: TrafficStatement) -> str:
        return str(Permission(row.permission).label)

    @admin.display(description=_("rulebook"))
    def of_rulebook(self, row: TrafficStatement) -> str:
        return page_of(row.rulebook, in_own_language(row.rulebook, "title"))
