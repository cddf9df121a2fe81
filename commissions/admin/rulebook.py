from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from commissions.admin.columns import ProgrammeColumn
from commissions.enums import RulebookStatus
from commissions.models import CookieLife, Rule, Rulebook
from commissions.rule_words import asked, given, words_of
from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import in_own_language, instant, money, rate


@admin.register(Rulebook)
class RulebookAdmin(ProgrammeColumn, ReadOnlyAdmin):
    """Dated sets of rules. Published ones never change; drafts are read here too."""

    list_display = ("version", "own_title", "of_programme", "starts", "state", "cap", "rule_count")
    list_display_links = ("version", "own_title")
    list_filter = ("status",)
    list_select_related = ("programme",)
    search_fields = ("=version", "title_en", "title_ru")
    search_help_text = _("Version, or a part of the title")
    fieldsets = (
        (None, {"fields": (("own_title", "state_word"), ("of_programme", "version"),
                           ("starts", "took_effect"), ("cap", "referral"))}),
    )  # fmt: skip
    readonly_fields = (
        "of_programme",
        "own_title",
        "state_word",
        "starts",
        "took_effect",
        "cap",
        "referral",
    )
    change_form_outer_after_template = "admin/commissions/rulebook/rules.html"
    empty_hint = _("There are no rules: run the command load_programme.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(rules_in=Count("rules"))

    def page_context(self, request: HttpRequest, row: Rulebook) -> dict[str, Any]:
        return rules_in_words(row)

    @admin.display(description=_("title"))
    def own_title(self, book: Rulebook) -> str:
        return in_own_language(book, "title")

    @display(
        description=_("status"),
        label={RulebookStatus.DRAFT: "warning", RulebookStatus.PUBLISHED: "success"},
    )
    def state(self, book: Rulebook) -> tuple[str, Any]:
        return book.status, RulebookStatus(book.status).label

    @admin.display(description=_("status"))
    def state_word(self, book: Rulebook) -> str:
        return str(RulebookStatus(book.status).label)

    @admin.display(description=_("in force from"), ordering="starts_at")
    def starts(self, book: Rulebook) -> str:
        return instant(book.starts_at, book.programme.time_zone)

    @admin.display(description=_("took effect"))
    def took_effect(self, book: Rulebook) -> str:
        return instant(book.took_effect_at, book.programme.time_zone)

    @admin.display(description=_("cap of an order"))
    def cap(self, book: Rulebook) -> str:
        return money(book.cap_cents, book.programme.currency)

    @admin.display(description=_("referral rate"))
    def referral(self, book: Rulebook) -> str:
        return rate(book.referral_bp)

    @admin.display(description=_("rules"))
    def rule_count(self, book: Any) -> int:
        return int(book.rules_in)


def rules_in_words(book: Rulebook) -> dict[str, Any]:
    """The rules and the cookie lives of a rulebook as rows of words."""
    words = words_of(book.programme)
    return {
        "rules": [
            {
                "position": rule.position,
                "code": rule.code,
                "conditions": [asked(condition, words) for condition in rule.conditions],
                "gives": given(rule),
                "sentence": in_own_language(rule, "sentence"),
            }
            for rule in book.rules.order_by("position")
        ],
        "cookie_lives": [
            {
                "countries": in_own_language(life.countries, "name") if life.countries else "",
                "days": life.days,
            }
            for life in book.cookie_lives.select_related("countries").order_by("position")
        ],
    }


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
