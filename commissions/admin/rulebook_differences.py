"""Any two rulebooks of a programme side by side."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from commissions.admin.rulebook_page import named
from commissions.models import Rulebook
from commissions.rulebooks.differences import differences
from publishers.admin.backoffice import BackOfficeAdmin, on_the_clock
from publishers.figures import in_own_language


class RulebookDifferences(BackOfficeAdmin):
    """The page that compares two rulebooks, and lets choose others."""

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "differences/<int:old_id>/<int:new_id>/",
                self.admin_site.admin_view(self.differences_view),
                name="commissions_rulebook_differences",
            ),
            path(
                "differences/",
                self.admin_site.admin_view(self.chosen_view),
                name="commissions_rulebook_compare",
            ),
            *super().get_urls(),
        ]

    def chosen_view(self, request: HttpRequest) -> HttpResponse:
        """The page of the two that were chosen by their numbers."""
        chosen = [request.GET.get(name, "") for name in ("old", "new")]
        if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in chosen):
            raise Http404
        return self.differences_view(request, int(chosen[0]), int(chosen[1]))

    def differences_view(self, request: HttpRequest, old_id: int, new_id: int) -> HttpResponse:
        """Two rulebooks side by side."""
        found = Rulebook.objects.select_related("programme").in_bulk([old_id, new_id])
        old, new = found.get(old_id), found.get(new_id)
        if old is None or new is None or old.programme_id != new.programme_id:
            raise Http404
        if not self.has_view_permission(request, new):
            raise Http404
        return on_the_clock(lambda: self._side_by_side(request, old, new))

    def _side_by_side(self, request: HttpRequest, old: Rulebook, new: Rulebook) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": new,
            "title": _("What differs"),
            "old": old,
            "new": new,
            "old_link": named(old),
            "new_link": named(new),
            "found": differences(old, new),
            "choices": choices(new),
            "compare_url": reverse("admin:commissions_rulebook_compare"),
            "turned_url": reverse("admin:commissions_rulebook_differences", args=[new.pk, old.pk]),
        }
        return TemplateResponse(request, "admin/commissions/rulebook/differences.html", context)


def choices(book: Rulebook) -> list[dict[str, Any]]:
    """Every rulebook of the programme, to choose from."""
    rows = Rulebook.objects.filter(programme_id=book.programme_id).order_by("-version")
    return [
        {"id": row.pk, "name": f"{row.version}. {in_own_language(row, 'title')}"} for row in rows
    ]
