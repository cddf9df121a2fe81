from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import instant, number
from publishers.models import SourceFile, SourceStatement


@admin.register(SourceStatement)
class SourceStatementAdmin(ReadOnlyAdmin):
    """What publishers said of their sources, and when; what was approved then stays readable."""

    list_display = ("of_source", "title", "url", "given")
    list_select_related = ("source",)
    search_fields = ("=source__code", "=source__publisher__code", "title", "url")
    search_help_text = _("Code of the source or of its publisher, name or address")
    empty_hint = _("No publisher has added a source itself; those of a file say nothing more.")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, statement: SourceStatement) -> str:
        return page_of(statement.source)

    @admin.display(description=_("given"), ordering="given_at")
    def given(self, statement: SourceStatement) -> str:
        return instant(statement.given_at)


@admin.register(SourceFile)
class SourceFileAdmin(ReadOnlyAdmin):
    """Keyword lists and packages as they were given."""

    list_display = ("name", "kind", "of_source", "bytes_of", "given")
    list_filter = ("kind",)
    list_select_related = ("source",)
    search_fields = ("=source__code", "=source__publisher__code", "name", "=sha256")
    search_help_text = _("Code of the source or of its publisher, name of the file or its SHA-256")
    empty_hint = _("No file was given: sources of contextual advertising and extensions have one.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, file: SourceFile) -> str:
        return page_of(file.source)

    @admin.display(description=_("bytes"), ordering="size")
    def bytes_of(self, file: SourceFile) -> str:
        return number(file.size)

    @admin.display(description=_("given"), ordering="given_at")
    def given(self, file: SourceFile) -> str:
        return instant(file.given_at)
