"""What the pages of the back office have in common."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from publishers.admin.pages_by_key import PagesByKey, UncountedPaginator
from publishers.models import User

# Fields that models leave their own names, which are not translated.
FIELD_LABELS = {
    "programme": _("Programme"),
    "named_set": _("Named set"),
    "publisher": _("Publisher"),
    "source": _("Source"),
    "rulebook": _("Rulebook"),
    "feed_import": _("Feed import"),
    "what_if": _("What-if"),
    "judged_to": _("Judged up to"),
    "orders_to": _("Orders judged up to"),
    "click_id": _("Number of a click"),
    "line_id": _("Number of a line"),
    "run_at": _("Last run"),
    "from_at": _("From when"),
    "to_at": _("To when"),
    "programme_id": _("Number of the programme"),
    "rules": _("Rules"),
    "taken": _("Under way"),
}


def _no_zone() -> str:
    return ""


class Clock:
    """Whose clock the pages show. Programmes live above this app, so the app above says which."""

    zone: ClassVar[Callable[[], str]] = staticmethod(_no_zone)


def reader(request: HttpRequest) -> User:
    """Who is signed in; the back office lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@contextmanager
def programme_clock() -> Iterator[None]:
    """Instants are shown, and read from forms, on the programme's clock."""
    name = Clock.zone()
    with timezone.override(ZoneInfo(name) if name else None):
        yield


def on_the_clock(view: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `view`, rendered while the programme's clock holds."""
    with programme_clock():
        response = view()
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            response.render()
        return response


class BackOfficeAdmin(ModelAdmin):
    """A model that staff read, and may change."""

    show_full_result_count = False
    list_per_page = 50
    empty_value_display = "–"
    # What to do when the list is empty: a sentence, shown above it.
    empty_hint: Any = ""
    list_before_template = "admin/list_hint.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return on_the_clock(
            lambda: super(BackOfficeAdmin, self).changelist_view(request, extra_context)
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return on_the_clock(lambda: self._page(request, object_id, form_url, extra_context or {}))

    def _page(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra: dict[str, Any]
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        if row is not None and self.has_view_permission(request, row):
            extra = {**extra, **self.page_context(request, row)}
        return super().changeform_view(request, object_id, form_url, extra)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type[ModelForm]:
        return super().get_form(request, obj, **{"labels": FIELD_LABELS, **kwargs})

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the row's page shows beside its own fields; read on the programme's clock."""
        return {}


class KeptAdmin(BackOfficeAdmin):
    """A model that staff change and never delete: the books refer to its rows for good."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NoWriting(BaseModelAdmin):
    """Neither added, changed nor deleted by hand."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(NoWriting, BackOfficeAdmin):
    """A model that the product writes by itself, and staff only read."""

    actions: tuple[str, ...] | None = None


class BigListAdmin(ReadOnlyAdmin):
    """A model of millions of rows: never counted, sorted by its key alone, searched exactly."""

    paginator = UncountedPaginator
    sortable_by = ()
    ordering = ("-id",)
    # Fields that the whole term is compared with; each needs an index of its own.
    exact_search: tuple[str, ...] = ()
    exact_number_search: tuple[str, ...] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PagesByKey

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.exact_search + self.exact_number_search

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(pk__in=())
        for name in self.exact_search:
            wanted |= Q(**{name: term})
        if is_key(term):
            for name in self.exact_number_search:
                wanted |= Q(**{name: int(term)})
        return queryset.filter(wanted), False


def is_key(term: str) -> bool:
    """Whether the text can be the number of a row."""
    return term.isascii() and term.isdigit() and len(term) < 19


class ReadOnlyInline(NoWriting, TabularInline):
    """Rows of another model on this one's page, to read."""

    extra = 0
    can_delete = False


def page_of(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row's page, under its own name."""
    if row is None:
        return "–"
    meta = row._meta  # noqa: SLF001 - Django's own way to a model's name
    return link_to(meta.app_label, meta.model_name or "", row.pk, text or str(row))


def link_to(app: str, model: str, key: Any, text: str) -> SafeString:
    """A link to the page of one row, known by its key alone."""
    return format_html(
        '<a class="pm-link" href="{}">{}</a>',
        reverse(f"admin:{app}_{model}_change", args=[key]),
        text,
    )


def list_of(app: str, model: str, **filters: Any) -> str:
    """The address of a list, filtered."""
    address = reverse(f"admin:{app}_{model}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def step_pages(page: Any, names: Iterable[str]) -> list[URLPattern]:
    """Addresses of what can be done with a row: each calls the page's `step_view` with its name."""
    view = page.admin_site.admin_view(page.step_view)
    model = f"{page.opts.app_label}_{page.opts.model_name}"
    return [
        path(f"<int:object_id>/{name}/", view, {"name": name}, name=f"{model}_{name}")
        for name in names
    ]
